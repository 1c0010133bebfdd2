"""Columns of the lists of messages and claims."""

from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from pages.columns import Column
from pages.formats import NOTHING, day, moment
from pages.templatetags.pages import pill_html


def message_columns():
    return [
        Column("name", _("Message"), sort="name", card="wide"),
        Column("code", _("Code"), sort="code", mono=True),
        Column("channel", _("Channel"), lambda one: one.get_channel_display(), sort="channel"),
        Column("languages", _("Languages"), lambda one: ", ".join(t.get_language_display() for t in one.texts.all()) or NOTHING),
        Column("line", _("Line"), lambda one: one.line or _("Whole company")),
        Column("owner", _("Owner"), lambda one: one.owner, sort="owner__full_name"),
        Column("planned_on", _("Planned for"), lambda one: day(one.planned_on) if one.planned_on else NOTHING, sort="planned_on"),
        Column("created_at", _("Created"), lambda one: moment(one.created_at), sort="created_at", default=False),
    ]  # fmt: skip


def claim_columns():
    return [
        Column("words", _("Words"), sort="words", card="wide"),
        Column("language", _("Language"), lambda one: one.get_language_display()),
        Column("standing", _("State"), claim_pill),
        Column("expires_on", _("Holds until"), lambda one: day(one.expires_on), sort="expires_on"),
        Column("proof", _("Proof"), lambda one: one.proof),
        Column("added_by", _("Entered by"), lambda one: one.added_by),
        Column("approved_by", _("Approved by"), lambda one: one.approved_by or NOTHING),
    ]


def claim_pill(claim):
    if claim.approved_at is None:
        return pill_html(_now("Waits for approval"), "amber")
    if claim.expires_on < timezone.localdate():
        return pill_html(_now("Expired"), "red")
    return pill_html(_now("Approved"), "green")
