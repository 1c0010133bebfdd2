"""Columns of the room's lists."""

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from marketing.models import CampaignState
from pages.columns import Column
from pages.formats import NOTHING, moment
from pages.templatetags.pages import pill_html

TONES = {
    CampaignState.REVIEW: "amber",
    CampaignState.APPROVED: "blue",
    CampaignState.SCHEDULED: "blue",
    CampaignState.RUNNING: "green",
    CampaignState.PAUSED: "amber",
    CampaignState.CANCELLED: "red",
}


def campaign_pill(campaign):
    return pill_html(campaign.get_state_display(), TONES.get(campaign.state, ""))


def campaign_columns():
    return [
        Column("reference", _("Campaign no."), sort="reference", mono=True),
        Column("name", _("Campaign"), sort="name", card="wide"),
        Column("state", _("State"), campaign_pill, sort="state"),
        Column("kind", _("Kind"), lambda one: one.get_kind_display()),
        Column("segment", _("Segment"), lambda one: one.segment),
        Column("channel", _("Channel"), lambda one: one.provider.get_channel_display()),
        Column("starts_at", _("Starts"), lambda one: moment(one.starts_at), sort="starts_at"),
        Column("owner", _("Owner"), lambda one: one.owner, sort="owner__full_name"),
        Column("product", _("Product"), lambda one: one.product or NOTHING, default=False),
        Column("line", _("Line"), lambda one: one.line or _("Whole company"), default=False),
        Column("priority", _("Priority"), lambda one: one.priority, sort="priority", numeric=True, default=False),
        Column("created_at", _("Created"), lambda one: moment(one.created_at), sort="created_at", default=False),
    ]


def standing_pill(recipient):
    if recipient.exclusion:
        return pill_html(recipient.get_exclusion_display(), "amber")
    if recipient.is_held:
        return pill_html(_now("Held out"), "")
    delivery = getattr(recipient, "delivery", None)
    tone = {"sent": "green", "failed": "red", "unknown": "red", "skipped": "amber"}.get(delivery.state, "blue")
    return pill_html(delivery.get_state_display(), tone)


def recipient_columns():
    return [
        Column("customer", _("Customer"), lambda one: one.customer.reference, mono=True),
        Column("round", _("Round"), lambda one: one.round.number, numeric=True),
        Column("variant", _("Variant"), lambda one: one.variant.code if one.variant else NOTHING),
        Column("standing", _("State"), standing_pill),
        Column("settled", _("Settled"), _settled),
        Column("drawn", _("Drawn"), lambda one: moment(one.at), default=False),
    ]


def _settled(recipient):
    delivery = getattr(recipient, "delivery", None)
    return moment(delivery.settled_at) if delivery and delivery.settled_at else NOTHING


def provider_columns():
    return [
        Column("name", _("Provider"), sort="name", card="wide"),
        Column("code", _("Code"), sort="code", mono=True),
        Column("channel", _("Channel"), lambda one: one.get_channel_display(), sort="channel"),
        Column("kind", _("Kind"), lambda one: one.get_kind_display()),
        Column("reaches", _("Where"), lambda one: one.host or one.gateway or NOTHING, mono=True),
        Column("per_second", _("Messages per second"), lambda one: one.per_second, numeric=True),
        Column("price", _("Price"), lambda one: f"{one.price.normalize():f} {one.currency}", numeric=True),
        Column("state", _("State"), provider_pill),
    ]


def provider_pill(provider):
    pace = getattr(provider, "pace", None)
    if not provider.is_active:
        return pill_html(_now("Not in use"), "")
    if pace and pace.failures:
        return pill_html(_now("Does not answer"), "red")
    return pill_html(_now("In use"), "green")
