"""What a field of the catalogue is: what may be asked of it, and where its value stands."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Choices = Sequence[tuple[str, str | Promise]]


class Kind(StrEnum):
    CHOICE = "choice"  # one value of several
    MONTH = "month"  # 1 to 12
    SET = "set"  # a customer has several of them: an array
    HELD = "held"  # a customer has several of them: rows elsewhere
    CONSENT = "consent"  # as held, and a yes for any channel counts for each
    NUMBER = "number"
    MONEY = "money"
    DATE = "date"
    AGE = "age"
    BIRTHDAY = "birthday"
    FLAG = "flag"


OPERATORS: dict[Kind, dict[str, str | Promise]] = {
    Kind.CHOICE: {"in": _("is"), "not_in": _("is not")},
    Kind.MONTH: {"in": _("is"), "not_in": _("is not")},
    Kind.SET: {"any": _("has any of"), "all": _("has all of"), "none": _("has none of")},
    Kind.HELD: {"any": _("has any of"), "all": _("has all of"), "none": _("has none of")},
    Kind.CONSENT: {"any": _("has any of"), "all": _("has all of"), "none": _("has none of")},
    Kind.NUMBER: {},
    Kind.MONEY: {},
    Kind.DATE: {
        "within_last": _("in the last … days"),
        "older_than": _("more than … days ago"),
        "within_next": _("in the next … days"),
        "before": _("before"),
        "after": _("after"),
        "between": _("between"),
        "known": _("is known"),
    },
    Kind.AGE: {"ge": _("is at least"), "le": _("is at most"), "between": _("between")},
    Kind.BIRTHDAY: {"within_next": _("in the next … days")},
    Kind.FLAG: {"is": _("is")},
}
COMPARISONS = {
    "ge": _("is at least"),
    "le": _("is at most"),
    "gt": _("is above"),
    "lt": _("is below"),
    "eq": _("equals"),
    "between": _("between"),
}
OPERATORS[Kind.NUMBER] = OPERATORS[Kind.MONEY] = COMPARISONS
LISTED = {Kind.CHOICE, Kind.MONTH, Kind.SET, Kind.HELD, Kind.CONSENT}
RELATIVE = {"within_last", "older_than", "within_next"}  # what a day's passing changes


@dataclass(frozen=True)
class Field:
    """Something that can be asked about a customer.

    `column` is its place in SQL, where `c` is the customer and `p` their portrait. `within` is the condition that it
    stands in, if it is not a plain column: `{test}` is where the comparison goes, `{test x.y}` where it is made with
    another column, `{day}` the day of the question. `needs` is the permission that a rule with it asks of its author and
    its readers; empty is nothing beyond seeing customers. `tables` are those whose changes may change an answer.
    """

    name: str
    label: str | Promise
    group: str
    kind: Kind
    column: str
    within: str = "{test}"
    choices: Callable[[], Choices] | None = None
    is_closed: bool = True  # nothing but the choices may be asked for
    needs: str = ""
    tables: tuple[str, ...] = ("customers_customer",)
    hint: str | Promise = ""
    has_words: bool = True  # its choices read otherwise than their values

    @property
    def operators(self) -> dict[str, str | Promise]:
        return OPERATORS[self.kind]

    @property
    def uses_portrait(self) -> bool:
        return re.search(r"\bp\.", f"{self.column} {self.within}") is not None

    def label_of(self, value: object) -> str:
        """The word for a value, or the value where there is none."""
        return dict(self.shown_choices()).get(str(value), str(value))

    def shown_choices(self) -> list[tuple[str, str]]:
        return [(str(value), str(label)) for value, label in (self.choices() if self.choices else ())]
