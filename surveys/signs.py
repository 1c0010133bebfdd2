"""What a warning about answers says, by its code; rooms above add their own."""

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

SENTENCES: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "straight_line": lambda sign: (
        ngettext(
            "%(n)d answer in a row stands in the same place of its question.",
            "%(n)d answers in a row stand in the same place of their questions.",
            sign["n"],
        )
        % {"n": sign["n"]}
    ),
    "too_fast": lambda sign: (
        _("Half of the questions took %(seconds)s seconds or less; to read one takes %(least)s.")
        % {"seconds": sign["seconds"], "least": sign["least"]}
    ),
}


def register_sign(code: str, sentence: Callable[[Mapping[str, Any]], str]) -> None:
    if SENTENCES.setdefault(code, sentence) != sentence:
        raise ValueError(f"There is a warning {code!r} already: give the new one its own code.")


def sentence_of(sign: Mapping[str, Any]) -> str:
    """Return a warning in words, in the reader's language; its code where nobody knows it any more."""
    return SENTENCES[sign["code"]](sign) if sign["code"] in SENTENCES else str(sign["code"])
