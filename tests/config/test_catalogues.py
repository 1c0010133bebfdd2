"""Every sentence of the sources stands in both catalogues, translated, with the same placeholders.

Python is read by Babel, templates by Django's own lexer, so gettext is not needed.
"""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from babel.messages.extract import extract
from babel.messages.pofile import read_po
from django.conf import settings
from django.template.base import Lexer, TokenType
from django.utils.text import smart_split
from django.utils.translation import trim_whitespace

ROOT = Path(settings.ROOT)
ROOMS = (
    "assessment", "assurance", "audit", "config", "customers", "governance", "identification", "incidents", "marketing", "operations",
    "pages", "products", "risk", "service", "staff", "surveys",
)  # fmt: skip
CALLS: dict = dict.fromkeys(("_", "_now", "gettext", "gettext_lazy", "gettext_noop"))
CALLS |= {"ngettext": (1, 2), "ngettext_lazy": (1, 2), "pgettext": ((1, "c"), 2), "pgettext_lazy": ((1, "c"), 2)}
LITERAL = re.compile(r"""_\(\s*("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')\s*\)""")
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%[sd]|\{\w*\}")
# The same in every language: names, abbreviations, and words that our own catalogues keep.
KEPT = {"API", "CSV", "PDF", "English", "Meridian", "ID", "Excel", "CSV (.csv)", "Excel (.xlsx)", "HTML"}
Message = tuple[str, ...]  # the sentence, and its plural where it has one


def of_python() -> Iterator[tuple[Message, str]]:
    for room in ROOMS:
        for file in sorted((ROOT / room).rglob("*.py")):
            with file.open("rb") as source:
                for line, found, *_rest in extract("python", source, CALLS, options={"encoding": "utf-8"}):
                    yield _message(found), f"{file.relative_to(ROOT)}:{line}"


def _message(found) -> Message:
    return tuple(found) if isinstance(found, tuple) else (found,)


def of_templates() -> Iterator[tuple[Message, str]]:
    for folder in [ROOT / "templates", *(ROOT / room / "templates" for room in ROOMS)]:
        for file in sorted(path for path in folder.rglob("*") if path.suffix in (".html", ".txt")):
            for message in in_template(file.read_text()):
                yield message, str(file.relative_to(ROOT))


def in_template(text: str) -> Iterator[Message]:
    """What `{% translate %}`, `{% blocktranslate %}` and `_("…")` say in a template, as gettext knows it."""
    tokens = iter(Lexer(text).tokenize())
    for token in tokens:
        if token.token_type in (TokenType.BLOCK, TokenType.VAR):
            yield from ((literal[1:-1],) for literal in LITERAL.findall(token.contents))
        if token.token_type != TokenType.BLOCK:
            continue
        words = list(smart_split(token.contents))
        if words[0] in ("translate", "trans") and words[1][0] in "\"'":
            yield (words[1][1:-1].replace("%", "%%"),) if "%" in words[1] else (words[1][1:-1],)
        elif words[0] in ("blocktranslate", "blocktrans"):
            yield _block(tokens, "trimmed" in words)


def _block(tokens, trimmed: bool) -> Message:
    forms = [""]
    for token in tokens:
        first = token.contents.split()[0] if token.token_type == TokenType.BLOCK else ""
        if first in ("endblocktranslate", "endblocktrans"):
            return tuple(trim_whitespace(form) if trimmed else form for form in forms)
        if first == "plural":
            forms.append("")
        elif token.token_type == TokenType.VAR:
            forms[-1] += f"%({token.contents})s"
        else:
            forms[-1] += token.contents.replace("%", "%%")
    raise ValueError("a translated block has no end")


@cache
def sentences() -> dict[str, tuple[Message, str]]:
    """Every sentence of the sources with its plural and one place where it stands."""
    return {message[0]: (message, place) for message, place in [*of_python(), *of_templates()] if message[0]}


@pytest.fixture(params=["zh_Hans", "zh_Hant"])
def catalogue(request):
    with (ROOT / "locale" / request.param / "LC_MESSAGES/django.po").open("rb") as text:
        return read_po(text, locale=request.param)


def forms(entry) -> list[str]:
    return list(entry.string) if isinstance(entry.string, tuple) else [entry.string]


def test_templates_are_read_as_gettext_reads_them():
    text = """{% translate "One" as x %}{% include "a" with b=_("Two") %}{{ c|default:_('Three') }}
    {% blocktranslate trimmed count n=m %}
      {{ n }} row,
      100%{% plural %}{{ n }} rows{% endblocktranslate %}"""
    assert list(in_template(text)) == [("One",), ("Two",), ("Three",), ("%(n)s row, 100%%", "%(n)s rows")]


def test_the_sources_are_read():
    assert len(sentences()) > 1_000
    assert {"Sign in", "Customers", "Skip to content"} <= set(sentences())


def test_nothing_is_missing_or_empty(catalogue):
    missing = [
        f"{place}: {sentence}" for sentence, (_message, place) in sentences().items()
        if not (entry := catalogue.get(sentence)) or not all(forms(entry))
    ]  # fmt: skip
    assert not missing, f"{len(missing)} sentences lack a translation; docs/translations.md says how: {missing[:40]}"


def test_nothing_is_a_guess(catalogue):
    assert not [entry.id for entry in catalogue if entry.fuzzy and entry.id]


def test_a_translation_has_the_placeholders_of_its_sentence(catalogue):
    wrong = []
    for entry in catalogue:
        wanted = [set(PLACEHOLDER.findall(text)) for text in (entry.id if isinstance(entry.id, tuple) else (entry.id,))]
        # One form of a plural may write its number as a word.
        allowed = set.union(*wanted)
        wrong += [
            (entry.id, text) for text in forms(entry) if entry.id and text and not _fits(text, wanted[-1], allowed)
        ]
    assert not wrong


def _fits(text: str, wanted: set[str], allowed: set[str]) -> bool:
    found = set(PLACEHOLDER.findall(text))
    return wanted <= found <= allowed


def test_a_translation_can_be_filled_in(catalogue):
    """A sign of percent beside a placeholder is written twice; written once, the page fails in that language alone."""
    wrong = []
    for entry in catalogue:
        names = set(re.findall(r"%\((\w+)\)", "".join(entry.id)))
        wrong += [text for text in forms(entry) if names and not _fills(text, names)]
    assert not wrong


def _fills(text: str, names: set[str]) -> bool:
    try:
        text % dict.fromkeys(names, 1)
    except (KeyError, TypeError, ValueError):
        return False
    return True


def test_nothing_is_left_in_english(catalogue):
    english = [
        entry.id for entry in catalogue
        if entry.id and re.search("[A-Za-z]{2}", PLACEHOLDER.sub("", forms(entry)[0]))
        and entry.id == entry.string and entry.id not in KEPT
    ]  # fmt: skip
    assert not english


def test_every_sentence_is_marked_once_and_the_same():
    """A sentence with a plural in one place and without in another would be two entries of one catalogue."""
    seen: dict[str, set[Message]] = {}
    for message, _place in [*of_python(), *of_templates()]:
        seen.setdefault(message[0], set()).add(message)
    assert not {sentence for sentence, said in seen.items() if len({m for m in said if len(m) == 2}) > 1}
