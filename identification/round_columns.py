"""Columns and words of rounds of questionnaires."""

from decimal import Decimal

from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from pages.columns import Column
from pages.formats import NOTHING, day, moment, number, percent
from pages.templatetags.pages import pill_html


def round_pill(assessment):
    late = assessment.is_open and assessment.due_on < timezone.localdate()
    if not assessment.is_open:
        return pill_html(gettext("Closed"), "")
    return pill_html(gettext("Overdue"), "red") if late else pill_html(gettext("Open"), "green")


def rate_text(assessment):
    if not assessment.n_asked:
        return NOTHING
    return percent(Decimal(assessment.n_answered) / assessment.n_asked, 0)


def invitee_state(invitee, at):
    """Whether somebody answered, is waited for, or cannot answer any more."""
    if invitee.answered_at:
        return format_html("{} {}", pill_html(gettext("Answered"), "green"), moment(invitee.answered_at))
    if invitee.has_left:
        return pill_html(gettext("Has left"), "")
    is_open = invitee.invitation and invitee.invitation.is_open(at)
    return pill_html(gettext("Waited for"), "amber") if is_open else pill_html(gettext("Did not answer"), "red")


def alpha_text(alpha):
    """The figure in a sentence, or why there is none."""
    if alpha.value is not None:
        words = gettext("Cronbach's alpha is %(alpha)s over %(questions)s questions and %(people)s people.")
        figures = {"alpha": number(alpha.value, 2), "questions": alpha.questions, "people": alpha.people}
        return words % figures
    return {
        "people": gettext("Cronbach's alpha is not stated: fewer than two people answered every scale."),
        "questions": gettext("Cronbach's alpha is not stated: the questionnaire has fewer than two scales."),
        "constant": gettext("Cronbach's alpha is not defined: everybody answered one of the scales alike."),
    }[alpha.why]


def round_columns():
    return [
        Column("reference", _("No."), sort="reference", mono=True),
        Column("name", _("Round"), sort="name", card="wide"),
        Column("state", _("State"), round_pill),
        Column("purpose", _("Purpose"), lambda row: row.get_purpose_display(), sort="purpose"),
        Column("due_on", _("Due"), lambda row: day(row.due_on), sort="due_on"),
        Column("n_asked", _("Asked"), lambda row: number(row.n_asked), numeric=True),
        Column("n_answered", _("Answered"), lambda row: number(row.n_answered), numeric=True),
        Column("rate", _("Response rate"), rate_text, numeric=True),
        Column("line", _("Line"), lambda row: row.line or _("Whole company")),
        Column("team", _("Unit"), lambda row: row.team or NOTHING, default=False),
        Column("owner", _("Owner"), lambda row: row.owner, sort="owner__full_name"),
        Column("questionnaire", _("Questionnaire"), lambda row: row.version, default=False),
        Column("opened_at", _("Opened"), lambda row: moment(row.opened_at), sort="opened_at", default=False),
    ]
