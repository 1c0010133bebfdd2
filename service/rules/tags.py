from collections.abc import Sequence

LONGEST_TAG = 40


def tidy_tags(tags: Sequence[str]) -> list[str]:
    """Return tags in order, each once, in lower case and without what is empty; at most forty signs each."""
    tidy = {" ".join(tag.lower().split())[:LONGEST_TAG].strip() for tag in tags}
    return sorted(tidy - {""})


def read_tags(text: str) -> list[str]:
    """Return the tags in a text that separates them by commas, Chinese ones too."""
    return tidy_tags(text.replace("\x00", "").replace("，", ",").replace("、", ",").split(","))
