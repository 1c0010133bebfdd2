"""A whole fictitious company, the same for the same seed and last day: staff, products, customers, two years of movements
in six lines, and stories that a person can find (`docs/demo.md`)."""
