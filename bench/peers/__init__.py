"""Other audit libraries, each with the row that ours is measured with."""
