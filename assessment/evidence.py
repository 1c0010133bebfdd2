"""What a method rests on, line by line, in the reader's words."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assessment.models import Figure, MethodResult
from pages.formats import day, money, number


def evidence_lines(result: MethodResult) -> list[str]:
    """Return the evidence of a result as sentences."""
    return [WORDS[line["kind"]](line) for line in result.evidence if line.get("kind") in WORDS]


def _losses(line: Mapping[str, Any]) -> str:
    count = line["count"]
    said = ngettext("%(n)s loss in %(years)s years", "%(n)s losses in %(years)s years", count)
    text = said % {"n": number(count), "years": line["years"]}
    if line["left_out"]:
        text += _("; %(n)s in other currencies or without an amount are not among the amounts") % {
            "n": line["left_out"]
        }
    return text


def _indicator(line: Mapping[str, Any]) -> str:
    return _("%(name)s: %(n)s readings in a year, %(share)s %% outside green (amber counted half)") % {
        "name": _(line["name"]),
        "n": number(line["readings"]),
        "share": line["outside"],
    }


def _figure(line: Mapping[str, Any]) -> str:
    value = Decimal(line["value"])
    shown = money(value, line["currency"]) if line["currency"] else f"{value.normalize():f}"
    return f"{Figure(line['figure']).label}: {shown}"


def _mapped(line: Mapping[str, Any]) -> str:
    side = _("impact") if line["figure"] == Figure.LOSS else _("likelihood")
    return _("%(figure)s, which is %(side)s %(step)s by the table") % {
        "figure": _figure(line),
        "side": side,
        "step": line["step"],
    }


def _unmapped(line: Mapping[str, Any]) -> str:
    return _("%(figure)s; no table maps it to this matrix, so it says nothing") % {"figure": _figure(line)}


def _panel(line: Mapping[str, Any]) -> str:
    agreement = line["agreement"] or "–"
    words = {"n": line["experts"], "rounds": line["rounds"], "w": agreement}
    if line["converged"]:
        text = _("%(n)s experts agreed; rounds: %(rounds)s, W %(w)s") % words
    else:
        text = _("%(n)s experts did not agree; rounds: %(rounds)s, W %(w)s") % words
    if line["dissents"]:
        text += ngettext("; %(d)s dissent", "; %(d)s dissents", line["dissents"]) % {"d": line["dissents"]}
    return text


def _scenario(line: Mapping[str, Any]) -> str:
    low, likely, high = (money(Decimal(one), line["currency"]) for one in line["losses"])
    return _("%(name)s, discussed on %(day)s: a loss of %(low)s to %(high)s, most likely %(likely)s") % {
        "name": line["name"],
        "day": day(date.fromisoformat(line["held_on"])),
        "low": low,
        "high": high,
        "likely": likely,
    }


WORDS = {
    "losses": _losses,
    "indicator": _indicator,
    "mapped": _mapped,
    "unmapped": _unmapped,
    "panel": _panel,
    "scenario": _scenario,
}
