"""Columns of the lists of offers, coupons and redemptions."""

from django.utils.translation import gettext_lazy as _

from marketing.models import OfferKind, State
from marketing.services.abuse import words_of
from pages.columns import Column
from pages.formats import NOTHING, amount, moment, number
from pages.templatetags.pages import pill_html

STATE_TONES = {
    "reserved": "blue", "waiting": "amber", "held": "red", "committed": "green", "released": "neutral", "reversed": "neutral",
}  # fmt: skip


def state_pill(redemption):
    return pill_html(State(redemption.now.state).label, STATE_TONES[redemption.now.state])


def offer_state(offer):
    """(word, tone) of where an offer stands; its end is said beside it."""
    if offer.version is None:
        return _("Draft"), "neutral"
    if offer.stopped_at:
        return _("Stopped"), "red"
    return _("Published"), "green"


def offer_columns():
    kinds = {choice.value: str(choice.label) for choice in OfferKind}
    return [
        Column("name", _("Offer"), sort="name", card="wide"),
        Column("code", _("Code"), sort="code", mono=True),
        Column("kind", _("Kind"), lambda row: kinds[row.kind], sort="kind"),
        Column("state", _("State"), lambda row: pill_html(*offer_state(row))),
        Column("until", _("Valid until"), lambda row: moment(row.version.valid_until) if row.version else NOTHING),
        Column("currency", _("Currency")),
        Column("budget", _("Budget"), lambda row: amount(row.budget), sort="budget", numeric=True),
        Column("reserved", _("Reserved"), lambda row: amount(row.reserved), numeric=True),
        Column("committed", _("Redeemed"), lambda row: amount(row.committed), numeric=True),
        Column("uses", _("Redemptions"), lambda row: number(row.uses), numeric=True),
        Column("line", _("Line"), lambda row: row.line or _("Whole company"), default=False),
        Column("owner", _("Owner"), lambda row: row.owner, default=False),
    ]


def coupon_columns():
    return [
        Column("tail", _("Code"), lambda row: f"•••• {row.tail}", mono=True),
        Column("offer", _("Offer"), lambda row: row.version.offer.name, card="wide"),
        Column("customer", _("Customer"), lambda row: row.customer.reference if row.customer else _("whoever has it")),
        Column("used", _("Used"), lambda row: used_of(row), numeric=True),
        Column("issued_at", _("Issued"), lambda row: moment(row.issued_at), sort="issued_at"),
        Column("expires_at", _("Expires"), lambda row: moment(row.expires_at)),
        Column("batch", _("Issue"), lambda row: row.batch.key, default=False),
    ]


def used_of(coupon):
    return f"{number(coupon.times_used)} / {number(coupon.uses) if coupon.uses else '∞'}"


def redemption_columns():
    return [
        Column("id", _("No."), lambda row: str(row.pk), mono=True),
        Column("offer", _("Offer"), lambda row: row.offer.name, card="wide"),
        Column("customer", _("Customer"), lambda row: row.customer.reference, mono=True),
        Column("state", _("State"), state_pill),
        Column("order_amount", _("Order's amount"), lambda row: amount(row.order_amount), numeric=True),
        Column("amount", _("Amount"), lambda row: amount(row.amount), sort="amount", numeric=True),
        Column("currency", _("Currency")),
        Column("score", _("Score"), lambda row: number(row.abuse.score) if scored(row) else NOTHING, numeric=True),
        Column("at", _("At"), lambda row: moment(row.at), sort="at"),
        Column("order", _("Order"), lambda row: row.order or NOTHING, default=False),
    ]


def scored(redemption):
    return getattr(redemption, "abuse", None) is not None


def held_columns():
    return [
        *(column for column in redemption_columns() if column.key not in {"state", "order_amount", "order"}),
        Column("why", _("Why it is held"), lambda row: "; ".join(words_of(row.abuse.signs)) if scored(row) else NOTHING,
               wrap=True, card="wide"),
    ]  # fmt: skip
