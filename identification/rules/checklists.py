"""What became worse between two runs of a checklist."""

from collections.abc import Mapping

GOOD, BAD = "yes", "no"


def differences(before: Mapping[str, str], now: Mapping[str, str]) -> dict[str, str]:
    """Return `{question: worse | better | new | changed}` for what differs between two runs, each `{question: answer}`.

    Worse is a no that was none, better a no that is none any more. A question that was not asked before is `new` where the
    answer is no; questions that are not asked any more say nothing.
    """
    found = {question: _difference(before.get(question), answer) for question, answer in now.items()}
    return {question: word for question, word in found.items() if word}


def _difference(before: str | None, now: str) -> str:
    if before == now:
        return ""
    if before is None:
        return "new" if now == BAD else ""
    if now == BAD:
        return "worse"
    return "better" if before == BAD else "changed"
