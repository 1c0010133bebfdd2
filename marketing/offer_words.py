"""An offer in words: what it gives, to whom, until when, together with what."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from marketing.models import OfferVersion
from marketing.rules.discounts import discount
from pages.formats import money, number


def terms_in_words(kind: str, terms: dict[str, Any], currency: str) -> str:
    """Return what an offer gives, as one sentence."""
    said = {name: money(Decimal(value), currency) for name, value in terms.items() if name in AMOUNTS}
    if kind == "threshold":
        return "; ".join(
            _("spend %(spend)s, save %(save)s")
            % {"spend": money(Decimal(tier["spend"]), currency), "save": money(Decimal(tier["save"]), currency)}
            for tier in terms["tiers"]
        )
    sentence = _sentence(kind, terms) % {**terms, **said}
    if Decimal(terms.get("least", "0")):
        sentence += " " + _("From %(least)s on.") % said
    return sentence


AMOUNTS = ("amount", "cap", "least", "low", "high")


def _sentence(kind: str, terms: dict[str, Any]) -> str:
    if kind == "red_packet":
        return {
            "fixed": _("A red packet of %(amount)s."),
            "random": _("A red packet of %(low)s to %(high)s, by chance."),
            "shared": _("A red packet of %(amount)s, shared by chance among %(parts)s."),
        }[terms["form"]]
    return {
        "percentage": _("%(percent)s%% off, at most %(cap)s."),
        "fixed": _("%(amount)s off."),
        "rate_uplift": _("%(points)s points a year more for %(days)s days (actual/%(day_count)s), at most %(cap)s."),
        "fee_waiver": _("%(percent)s%% of the fee waived, at most %(cap)s."),
        "gift": _("%(gift)s, worth %(amount)s."),
    }[kind]


def worked_example(kind: str, terms: dict[str, Any], currency: str, amount: Decimal) -> str:
    """Return “spend 320 → pays 290”; nothing where chance decides or terms do not reach."""
    if kind == "red_packet":
        return ""
    given = discount(kind, terms, amount)
    if kind in {"rate_uplift", "gift"}:
        return _("%(spend)s → gets %(given)s") % {"spend": money(amount, currency), "given": money(given, currency)}
    if kind == "fee_waiver":
        return _("a fee of %(spend)s → pays %(paid)s") % {
            "spend": money(amount, currency), "paid": money(amount - given, currency),
        }  # fmt: skip
    return _("spend %(spend)s → pays %(paid)s") % {
        "spend": money(amount, currency), "paid": money(amount - given, currency),
    }  # fmt: skip


def example_amount(kind: str, terms: dict[str, Any]) -> Decimal:
    """Return an amount at which the terms show: a little above where they begin."""
    if kind == "threshold":
        return Decimal(terms["tiers"][0]["spend"]) + 20
    if kind == "rate_uplift":
        return max(Decimal(10_000), Decimal(terms["least"]))
    return max(Decimal(terms.get("least", "0")), Decimal(terms["amount"]) if kind == "fixed" else Decimal(0)) + 100


def in_zone(moment: datetime, version: OfferVersion) -> str:
    return f"{moment.astimezone(version.zone):%Y-%m-%d %H:%M:%S} {version.time_zone}"


def version_facts(version: OfferVersion) -> list[tuple[str, str]]:
    """Return every term of a version as (label, words)."""
    offer = version.offer
    limit = lambda n: number(n) if n is not None else _("no limit")  # noqa: E731
    most = version.per_customer_amount
    facts = [
        (_("Gives"), terms_in_words(offer.kind, version.terms, offer.currency)),
        (_("Valid from"), in_zone(version.valid_from, version)),
        (_("Valid until"), in_zone(version.valid_until, version)),
        (_("For"), eligibility_in_words(version)),
        (_("Per customer, times"), limit(version.per_customer_count)),
        (_("Per customer, amount"), money(most, offer.currency) if most is not None else _("no limit")),
        (_("In all, times"), limit(version.total_count)),
        (_("Together with others"), stacking_in_words(version)),
        (_("A reservation lives"), _("%(n)s minutes") % {"n": number(version.reserve_minutes)}),
        (_("Payout waits"), _("%(n)s hours") % {"n": number(version.payout_hours)}),
    ]
    if offer.kind in {"percentage", "fee_waiver", "rate_uplift"}:
        ways = {"down": _("down"), "half_up": _("half up")}
        facts.insert(1, (_("Rounded"), _("to %(step)s, %(way)s") % {
            "step": version.terms["step"], "way": ways[version.terms["way"]]}))  # fmt: skip
    return facts


def eligibility_in_words(version: OfferVersion) -> str:
    said = []
    if version.products:
        said.append(_("products %(products)s") % {"products": ", ".join(version.products)})
    if version.lines:
        said.append(_("lines %(lines)s") % {"lines": ", ".join(version.lines)})
    if version.new_customer_days is not None:
        said.append(_("customers of at most %(n)s days") % {"n": number(version.new_customer_days)})
    if version.segment_code:
        said.append(_("segment %(code)s") % {"code": version.segment_code})
    return "; ".join(said) or _("every customer")


def stacking_in_words(version: OfferVersion) -> str:
    said = [version.get_stack_with_display()]
    if version.stack_with != "alone":
        said += [version.get_stack_base_display(), _("place %(n)s") % {"n": version.stack_place}]
    if version.stack_most < 1:
        said.append(_("all discounts together at most %(n)s%%") % {"n": f"{(version.stack_most * 100).normalize():f}"})
    return "; ".join(map(str, said))
