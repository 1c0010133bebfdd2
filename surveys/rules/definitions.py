"""What a questionnaire asks: read from the document that a version keeps, and written back into it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from audit.rules.canonical import canonical_json

LANGUAGES = ("en", "zh-hans", "zh-hant")
KINDS = ("single", "multiple", "number", "text", "scale")
CHOICES = ("single", "multiple")
KEY = re.compile(r"[a-z][a-z0-9_]{0,29}")
Texts = Mapping[str, str]
Condition = Mapping[str, Any]


@dataclass(frozen=True)
class Option:
    """An answer to choose, and the points it is worth. `low` and `high` say which numbers it stands for, where it
    stands for some: an age from 31 up to 50 is `low=31, high=50`."""

    key: str
    text: Texts
    points: int = 0
    low: int | None = None
    high: int | None = None


@dataclass(frozen=True)
class Step:
    """From this number on, the answer is worth these points."""

    least: Decimal
    points: int


@dataclass(frozen=True)
class Question:
    """One question. `counts` says how the points of several chosen options add up: `sum` or `highest`. `about` is what
    the answer tells of the person (age, income), for whoever compares it with what is on record."""

    key: str
    kind: str
    text: Texts
    help: Texts = field(default_factory=dict)
    required: bool = True
    options: Sequence[Option] = ()
    least: Decimal | None = None
    most: Decimal | None = None
    steps: Sequence[Step] = ()
    counts: str = "sum"
    about: str = ""
    shown_if: Condition | None = None


@dataclass(frozen=True)
class Band:
    """What a score from `least` up is called."""

    code: str
    least: int
    label: Texts
    text: Texts = field(default_factory=dict)


@dataclass(frozen=True)
class Override:
    """Whoever answers so is in this band, whatever the score."""

    band: str
    condition: Condition


@dataclass(frozen=True)
class Reliability:
    """When answers look as if nobody had read the questions; 0 asks for no such look."""

    least_seconds: int = 0
    same_place: int = 0


@dataclass(frozen=True)
class Definition:
    title: Texts = field(default_factory=dict)
    intro: Texts = field(default_factory=dict)
    thanks: Texts = field(default_factory=dict)
    questions: Sequence[Question] = ()
    bands: Sequence[Band] = ()
    overrides: Sequence[Override] = ()
    reliability: Reliability = field(default_factory=Reliability)

    def question(self, key: str) -> Question | None:
        return next((one for one in self.questions if one.key == key), None)

    @property
    def is_scored(self) -> bool:
        return bool(self.bands)


def read_definition(document: Mapping[str, Any]) -> Definition:
    """Return what a version's document says; numbers of questions are text there, exact."""
    return Definition(
        title=document.get("title", {}),
        intro=document.get("intro", {}),
        thanks=document.get("thanks", {}),
        questions=tuple(read_question(one) for one in document.get("questions", [])),
        bands=tuple(Band(**one) for one in document.get("bands", [])),
        overrides=tuple(Override(one["band"], one["if"]) for one in document.get("overrides", [])),
        reliability=Reliability(**document.get("reliability", {})),
    )


def read_question(document: Mapping[str, Any]) -> Question:
    return Question(
        key=document["key"],
        kind=document["kind"],
        text=document["text"],
        help=document.get("help", {}),
        required=document.get("required", True),
        options=tuple(Option(**one) for one in document.get("options", [])),
        least=_decimal(document.get("least")),
        most=_decimal(document.get("most")),
        steps=tuple(Step(Decimal(one["least"]), one["points"]) for one in document.get("steps", [])),
        counts=document.get("counts", "sum"),
        about=document.get("about", ""),
        shown_if=document.get("shown_if"),
    )


def _decimal(text: str | None) -> Decimal | None:
    return None if text in (None, "") else Decimal(text)


def in_language(texts: Texts, language: str) -> str:
    """Return the text in a language, else in English, else in whichever there is."""
    return texts.get(language) or texts.get("en") or next((text for text in texts.values() if text), "")


def text_shown(question: Question, language: str) -> dict[str, Any]:
    """What somebody reads who is asked this question in this language."""
    return {
        "key": question.key,
        "text": in_language(question.text, language),
        "help": in_language(question.help, language),
        "options": [[option.key, in_language(option.text, language)] for option in question.options],
        "least": None if question.least is None else str(question.least),
        "most": None if question.most is None else str(question.most),
    }


def hash_of(value: Any) -> str:
    """Return SHA-256 over the canonical form of a value."""
    return hashlib.sha256(canonical_json(value)).hexdigest()


def hash_of_question(question: Question, language: str) -> str:
    return hash_of(text_shown(question, language))
