"""Explain this number: from a figure back to what it says, the rows it was made of, the run that wrote it, the events.

An upper room says in its `AppConfig.ready` what it can explain:

    from audit.explanations import Explainer, register_explainer
    register_explainer("portrait", Explainer(explain_portrait, permission="customers.view_customer", figures=FIGURES))

`explain_portrait(reader, record, figure)` returns an Explanation, or None where there is nothing of this name that the
reader may see. `record` is text as the address has it. A page puts the way there beside the figure:
`{% why "portrait" customer.reference "balance" label %}`, or in Python `why(…)`, both of `audit.templatetags.why`.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import Promise

Text = str | Promise


@dataclass(frozen=True)
class Source:
    """Rows that a number was made of: what they are, how many or how much, and where they are opened."""

    label: Text
    text: Text
    url: str = ""


@dataclass(frozen=True)
class Explanation:
    """How a number came about.

    `rule` says in a sentence what is counted; `facts` are the version and parameters of the rule, by name; `sources`
    the rows, `run` the number of the nightly run that wrote it; `records` (table, key) are what it was made of and
    decided by, whose last events are shown to those who read the log. `fields` narrows these to changes of certain
    columns.
    """

    title: Text
    value: Any
    rule: Text
    crumbs: list[tuple[Text, str]]
    facts: list[tuple[Text, Any]] = field(default_factory=list)
    sources: list[Source] = field(default_factory=list)
    run: int | None = None
    records: list[tuple[str, str]] = field(default_factory=list)
    fields: Collection[str] = ()
    note: Text = ""


@dataclass(frozen=True)
class Explainer:
    """What explains the figures of one kind of record, and the permission to read them."""

    explain: Callable[[Any, str, str], Explanation | None]
    permission: str
    figures: Collection[str]


EXPLAINERS: dict[str, Explainer] = {}


def register_explainer(subject: str, explainer: Explainer) -> None:
    """Say how the figures of `subject` are explained. A second, different one under its name raises ValueError."""
    if EXPLAINERS.setdefault(subject, explainer) != explainer:
        raise ValueError(f"The figures of {subject!r} are explained already: give the new subject its own name.")
