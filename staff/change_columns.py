"""What lists of change requests, delegations and policies show."""

from dataclasses import replace
from decimal import Decimal

from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from pages import formats
from pages.columns import Column
from pages.templatetags.pages import moment_only, pill_html
from staff.access import permission_labels
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

INBOX = [
    TITLE,
    DIFFERENCES,
    MAKER,
    EXPIRES,
    REASON,
    replace(APPROVALS, default=False),
    replace(ASKED, default=False),
    ACTION,
    NUMBER,
]
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


def _hours(row: dict) -> str:
    policy = row["policy"]
    return f"{policy.remind_after_hours} / {policy.escalate_after_hours} / {policy.expiry_hours}"


def _at_once(row: dict):
    return gettext("Yes") if row["policy"].break_glass else gettext("No")


def _waiting(row: dict):
    return (
        pill_html(gettext("Waiting for approval"), "amber") if row["waiting"] else moment_only(row["policy"].starts_at)
    )


def _needed(row: dict) -> str:
    """How many approvals, and from which amounts on more."""
    bands = [
        gettext("%(n)d from %(amount)s on") % {"n": band["approvals"], "amount": formats.number(Decimal(band["from"]))}
        for band in row["policy"].bands
    ]
    return ", ".join([str(row["policy"].approvals), *bands])


def _who(row: dict) -> str:
    permission = row["policy"].check_permission
    return str(permission_labels().get(permission, permission))


POLICIES = [
    Column("action", _("Action"), lambda row: label_of(row["policy"].command), link=True, card="wide"),
    Column("who", _("Who may approve"), _who, card="wide"),
    Column("holders", _("People who could"), lambda row: formats.number(row["holders"]), numeric=True),
    Column("needed", _("Approvals needed"), _needed, numeric=True),
    Column("hours", _("Reminder / escalation / expiry, hours"), _hours, numeric=True, card="wide"),
    Column("to", _("Escalated to"), lambda row: row["policy"].get_escalate_to_display()),
    Column("once", _("May be done at once"), _at_once),
    Column("since", _("In force from"), _waiting, numeric=True),
]

LIFTS = [
    Column("at", _("Time"), lambda lift: moment_only(lift.at), numeric=True),
    Column("table", _("Table"), lambda lift: lift.table_name, mono=True),
    Column("record", _("Record"), lambda lift: lift.record, mono=True),
    Column("operation", _("What happened"), lambda lift: lift.operation),
    Column("why", _("Why"), lambda lift: lift.why, card="wide"),
    Column("db_user", _("Database user"), lambda lift: lift.db_user, mono=True),
]
