"""Where the value of a field comes from, as a mapping writes it, and how that is read.

    region = "district"                                             the text of a column
    currency = { constant = "CZK" }                                 the same for every row
    name = { template = "Client {client_id}" }                      columns in a text
    kind = { rules = [ { when = { k_symbol = "UROK" }, is = "interest" }, { is = "other" } ] }
    customer = { lookup = [ { file = "disp.asc", from = "account_id", to = "client_id", where = { type = "OWNER" } } ],
                 by = "account_id" }

and, beside a column, template, rules or lookup: `map`, `otherwise`, `default`, `date`, `pivot`, `sign`, `percent`, ….
"""

import re
from dataclasses import dataclass, field
from typing import Any

from customers.ingest.forms_of_time import Form, parse_form

SOURCES = ("column", "constant", "template", "rules", "lookup")
OPTIONS: dict[str, type | tuple[type, ...]] = {
    "column": str,
    "constant": (str, int, bool),
    "template": str,
    "rules": list,
    "lookup": list,
    "by": str,
    "pick": str,
    "map": dict,
    "otherwise": str,
    "default": str,
    "date": str,
    "pivot": int,
    "women_add_50": bool,
    "sex_from": str,
    "percent": bool,
    "decimal": str,
    "thousands": str,
    "sign": dict,
    "zone": str,
}
HOLE = re.compile(r"\{([^{}]*)\}")


@dataclass(frozen=True)
class Step:
    """One file that leads from a key to a value: rows where `where` holds give `origin` → `result`."""

    file: str
    origin: str
    result: str
    where: dict[str, list[str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Rule:
    """`result`, if each column of `when` holds one of its texts; an empty text means an empty column."""

    when: dict[str, list[str]]
    result: str


@dataclass(frozen=True)
class Value:
    """The origin of a field's text and what is done to it before it is checked."""

    column: str = ""
    constant: str | None = None
    template: str = ""
    rules: tuple[Rule, ...] = ()
    lookup: tuple[Step, ...] = ()
    by: str = ""
    pick: str = "first"
    map: dict[str, str] | None = None
    otherwise: str | None = None
    default: str | None = None
    form: Form | None = None
    women_add_50: bool = False
    sex_from: Form | None = None
    percent: bool = False
    decimal: str = "."
    thousands: str = ""
    sign: dict[str, Any] | None = None
    zone: str = "UTC"

    @property
    def columns(self) -> list[str]:
        """Every column of the file that this value reads."""
        named = [
            self.column,
            self.by,
            *HOLE.findall(self.template),
            *(name for rule in self.rules for name in rule.when),
        ]
        named += [self.sign["column"]] if self.sign else []
        return [name for name in dict.fromkeys(named) if name]

    @property
    def says(self) -> str:
        """The column to name when the value is refused."""
        return self.column or self.by or next(iter(self.columns), "")


def read_value(written: Any, *, kind: str, defaults: dict[str, Any]) -> Value:
    """Read one entry of `[files.columns]`. Raises ValueError with a sentence that says what to write instead."""
    if isinstance(written, str):
        written = {"column": written}
    if not isinstance(written, dict):
        raise ValueError('write the name of a column in quotes, or a table such as { constant = "CZK" }')
    _check_options(written)
    _check_one_source(written)
    form, sex_from = _forms(written, kind, defaults)
    return Value(
        column=written.get("column", ""),
        constant=_constant(written),
        template=_template(written),
        rules=tuple(_rule(rule) for rule in written.get("rules", [])),
        lookup=tuple(_step(step) for step in written.get("lookup", [])),
        by=_by(written),
        pick=_pick(written),
        map=_map(written),
        otherwise=written.get("otherwise"),
        default=written.get("default"),
        form=form,
        women_add_50=written.get("women_add_50", False),
        sex_from=sex_from,
        percent=written.get("percent", False),
        decimal=_mark(written, defaults, "decimal", "."),
        thousands=_mark(written, defaults, "thousands", ""),
        sign=_sign(written),
        zone=written.get("zone", defaults.get("zone", "UTC")),
    )


def _check_options(written: dict[str, Any]) -> None:
    for key, value in written.items():
        if key not in OPTIONS:
            raise ValueError(f"“{key}” is not known here: write one of {', '.join(OPTIONS)}")
        if not isinstance(value, OPTIONS[key]):
            raise ValueError(f"“{key}” is {value!r}, which is not of the right sort")


def _check_one_source(written: dict[str, Any]) -> None:
    given = [source for source in SOURCES if source in written]
    if len(given) != 1:
        raise ValueError(
            f"say once where the value comes from ({', '.join(SOURCES)}); found {', '.join(given) or 'none'}"
        )


def _constant(written: dict[str, Any]) -> str | None:
    return str(written["constant"]) if "constant" in written else None


def _template(written: dict[str, Any]) -> str:
    text = written.get("template", "")
    if "template" in written and (not HOLE.search(text) or any(mark in HOLE.sub("", text) for mark in "{}")):
        raise ValueError(f"the template “{text}” needs a column in braces, such as Client {{client_id}}")
    return text


def _forms(written: dict[str, Any], kind: str, defaults: dict[str, Any]) -> tuple[Form | None, Form | None]:
    pivot = written.get("pivot", defaults.get("pivot", 50))
    if not isinstance(pivot, int) or not 0 <= pivot <= 99:
        raise ValueError(f"pivot is {pivot!r}: write a number from 0 to 99; two-digit years above it are 19YY")
    text = written.get("date", defaults.get("date", "ISO")) if kind in ("date", "moment") else "ISO"
    form = parse_form(text, pivot=pivot) if text != "ISO" or kind == "date" else None
    return form, parse_form(written["sex_from"], pivot=pivot) if "sex_from" in written else None


def _rule(written: Any) -> Rule:
    if not isinstance(written, dict) or not isinstance(written.get("is"), str) or set(written) - {"when", "is"}:
        raise ValueError('a rule is written { when = { column = "text" }, is = "value" }')
    return Rule(_texts(written.get("when", {})), written["is"])


def _step(written: Any) -> Step:
    names = ("file", "from", "to")
    if (
        not isinstance(written, dict)
        or not all(isinstance(written.get(name), str) for name in names)
        or set(written) - {*names, "where"}
    ):
        raise ValueError('a step of a lookup is written { file = "disp.asc", from = "account_id", to = "client_id" }')
    return Step(written["file"], written["from"], written["to"], _texts(written.get("where", {})))


def _texts(written: Any) -> dict[str, list[str]]:
    if not isinstance(written, dict):
        raise ValueError('a condition is written { column = "text" } or { column = ["one", "other"] }')
    return {
        name: [str(one) for one in (texts if isinstance(texts, list) else [texts])] for name, texts in written.items()
    }


def _by(written: dict[str, Any]) -> str:
    if ("lookup" in written) != ("by" in written):
        raise ValueError("a lookup needs `by`, the column of this file that holds its key")
    return written.get("by", "")


def _pick(written: dict[str, Any]) -> str:
    pick = written.get("pick", "first")
    if pick not in ("first", "least", "greatest"):
        raise ValueError(f"pick is “{pick}”: write first, least or greatest")
    return pick


def _map(written: dict[str, Any]) -> dict[str, str] | None:
    if "otherwise" in written and "map" not in written:
        raise ValueError("otherwise goes with a map")
    return {str(key): str(value) for key, value in written["map"].items()} if "map" in written else None


def _mark(written: dict[str, Any], defaults: dict[str, Any], name: str, standard: str) -> str:
    mark = written.get(name, defaults.get(name, standard))
    if not isinstance(mark, str) or len(mark) > 1 or mark.isdigit() or mark == "-":
        raise ValueError(f"{name} is {mark!r}: write one sign, such as “,”")
    return mark


def _sign(written: dict[str, Any]) -> dict[str, Any] | None:
    sign = written.get("sign")
    if sign is None:
        return None
    if not isinstance(sign.get("column"), str) or not _both_lists(sign) or set(sign) - {"column", "plus", "minus"}:
        raise ValueError('sign is written { column = "type", plus = ["CREDIT"], minus = ["DEBIT"] }')
    return sign


def _both_lists(sign: dict[str, Any]) -> bool:
    return all(
        isinstance(sign.get(side), list) and all(isinstance(one, str) for one in sign[side])
        for side in ("plus", "minus")
    )
