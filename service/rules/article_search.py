"""Words of a text that articles are looked for by."""

import re

CJK = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]+")
LATIN = re.compile(r"[^\W_]+")
EVERYWHERE = frozenset(
    [
        "the",
        "and",
        "for",
        "you",
        "are",
        "was",
        "were",
        "not",
        "with",
        "from",
        "that",
        "this",
        "have",
        "has",
        "had",
        "can",
        "could",
        "will",
        "would",
        "what",
        "when",
        "where",
        "which",
        "who",
        "how",
        "why",
        "please",
        "hello",
        "dear",
        "thanks",
        "thank",
        "your",
        "our",
        "they",
        "them",
        "then",
        "than",
        "there",
        "here",
        "any",
        "all",
        "but",
        "does",
        "did",
        "been",
        "into",
        "about",
    ]
)
LONGEST, MOST_TERMS = 2_000, 40


def terms_of(text: str) -> list[str]:
    """Return the Latin words and the pairs of Chinese signs of a text, in order, each once.

    >>> terms_of("如何退款 Refund")
    ['如何', '何退', '退款', 'refund']
    """
    text = text.lower()[:LONGEST]
    found: list[str] = []
    for match in re.finditer(rf"{CJK.pattern}|[a-z0-9À-ɏ]+", text):
        run = match.group()
        pairs = [run[at : at + 2] for at in range(len(run) - 1)] if CJK.fullmatch(run) and len(run) > 1 else [run]
        found += pairs
    return list(dict.fromkeys(found))


def query_for(text: str) -> str:
    """Return the tsquery of articles that hold every term of a typed text, words being perhaps unfinished."""
    return " & ".join(_loosely(term) for term in terms_of(text)[:MOST_TERMS])


def query_like(text: str) -> str:
    """Return the tsquery of articles that hold any telling term of a longer text: what a ticket says."""
    telling = [term for term in terms_of(text) if len(term) > 2 or CJK.fullmatch(term) and len(term) > 1]
    return (
        " | ".join(f"'{term}'" for term in telling if term not in EVERYWHERE and not term.isdigit()) if telling else ""
    )


def _loosely(term: str) -> str:
    return f"'{term}'" if CJK.fullmatch(term) and len(term) > 1 else f"'{term}':*"
