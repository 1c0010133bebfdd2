"""What lists of change requests, delegations and policies show."""

from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from pages.columns import Column
from pages.templatetags.pages import moment_only, pill_html
from staff.changes import label_of
from staff.models import ChangeRequest, ChangeState

STATE_TONES = {
    ChangeState.PENDING: "amber",
    ChangeState.APPROVED: "blue",
    ChangeState.EXECUTED: "green",
    ChangeState.REFUSED: "red",
    ChangeState.WITHDRAWN: "neutral",
    ChangeState.EXPIRED: "neutral",
    ChangeState.STALE: "orange",
    ChangeState.FAILED: "red",
}


def state_pill(change: ChangeRequest):
    pill = pill_html(change.get_state_display(), STATE_TONES[ChangeState(change.state)])
    if change.break_glass and change.reviewed_at is None:
        return format_html("{} {}", pill, pill_html(gettext("To review"), "red"))
    return pill


def approvals_of(change: ChangeRequest) -> str:
    """How many of the approvals it needs it has."""
    if change.break_glass:
        return gettext("At once")
    given = sum(1 for approval in change.approvals.all() if approval.verdict == "approve")
    return gettext("%(given)d of %(needed)d") % {"given": given, "needed": change.approvals_needed}


def differences_short(change: ChangeRequest) -> str:
    """The first differences in one line."""
    rows = [f"{label}: {before or '–'} → {after or '–'}" for label, before, after in change.differences[:3]]
    return "; ".join(rows) + (" …" if len(change.differences) > 3 else "")


TITLE = Column("title", _("Change"), lambda change: change.title, link=True, card="wide")
DIFFERENCES = Column("differences", _("Before and after"), differences_short, card="wide")
MAKER = Column("maker", _("Asked by"), lambda change: str(change.maker))
REASON = Column("reason", _("Why"), lambda change: change.reason, card="wide")
APPROVALS = Column("approvals", _("Approvals"), approvals_of, numeric=True)
ASKED = Column("asked", _("Asked"), lambda change: moment_only(change.created_at), sort="created_at", numeric=True)
EXPIRES = Column(
    "expires", _("Expires"), lambda change: moment_only(change.expires_at), sort="expires_at", numeric=True
)
ACTION = Column("command", _("Action"), lambda change: label_of(change.command), default=False)
NUMBER = Column("number", _("Number"), lambda change: str(change.pk), mono=True, default=False)

INBOX = [TITLE, DIFFERENCES, MAKER, REASON, APPROVALS, ASKED, EXPIRES, ACTION, NUMBER]
CHANGES = [
    TITLE,
    Column("state", _("State"), state_pill),
    MAKER,
    APPROVALS,
    ASKED,
    Column("decided", _("Decided"), lambda change: moment_only(change.decided_at), numeric=True),
    REASON,
    ACTION,
    NUMBER,
]

DELEGATIONS = [
    Column("giver", _("From"), lambda delegation: str(delegation.giver)),
    Column("taker", _("To"), lambda delegation: str(delegation.taker)),
    Column(
        "command",
        _("Action"),
        lambda delegation: label_of(delegation.command) if delegation.command else gettext("Everything they approve"),
        card="wide",
    ),
    Column("starts", _("Begins"), lambda delegation: moment_only(delegation.starts_at), numeric=True),
    Column("ends", _("Ends"), lambda delegation: moment_only(delegation.ends_at), numeric=True),
    Column("reason", _("Why"), lambda delegation: delegation.reason, card="wide"),
]

LIFTS = [
    Column("at", _("Time"), lambda lift: moment_only(lift.at), numeric=True),
    Column("table", _("Table"), lambda lift: lift.table_name, mono=True),
    Column("record", _("Record"), lambda lift: lift.record, mono=True),
    Column("operation", _("What happened"), lambda lift: lift.operation),
    Column("why", _("Why"), lambda lift: lift.why, card="wide"),
    Column("db_user", _("Database user"), lambda lift: lift.db_user, mono=True),
]
