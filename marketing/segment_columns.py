"""Columns of segments and of their members."""

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from customers.masking import Masked
from customers.models import Lifecycle
from pages.columns import Column
from pages.formats import NOTHING, moment, number
from pages.templatetags.pages import pill_html


def segment_pill(segment):
    """Where a segment stands."""
    if segment.archived_at:
        return pill_html(_now("Archived"), "")
    if segment.trouble:
        return pill_html(_now("Not refreshed"), "red")
    if segment.is_rule and not segment.refreshed_at:
        return pill_html(_now("Not counted yet"), "amber")
    return pill_html(_now("In use"), "green")


def segment_columns():
    return [
        Column("name", _("Segment"), sort="name", card="wide"),
        Column("code", _("Code"), sort="code", mono=True),
        Column("kind", _("Made"), lambda one: one.get_kind_display(), sort="kind"),
        Column("state", _("State"), segment_pill),
        Column("members", _("Members"), lambda one: number(one.member_count), numeric=True, sort="member_count"),
        Column(
            "refreshed_at", _("Refreshed at"), lambda one: moment(one.refreshed_at) if one.refreshed_at else NOTHING
        ),
        Column("owner", _("Owner"), lambda one: one.owner, sort="owner__full_name"),
    ]


def member_columns(user):
    masked, lifecycles = Masked(user), dict(Lifecycle.choices)

    def lifecycle(row):
        portrait = getattr(row.customer, "portrait", None)
        return lifecycles.get(portrait.lifecycle) if portrait else NOTHING

    return [
        Column("reference", _("Customer no."), lambda row: row.customer.reference, mono=True),
        Column("name", _("Name"), lambda row: masked.name(row.customer)),
        Column("region", _("Region"), lambda row: row.customer.region or NOTHING),
        Column("lifecycle", _("Lifecycle"), lifecycle),
        Column("entered_at", _("Entered"), lambda row: moment(row.entered_at), sort="entered_at"),
        Column("left_at", _("Left"), lambda row: moment(row.left_at) if row.left_at else NOTHING),
    ]
