"""How a change request went, step by step, for its page."""

from typing import Any

from django.utils.translation import gettext as _

from staff.models import ChangeRequest, ChangeState

ENDS = {
    ChangeState.EXECUTED: ("check", "green"),
    ChangeState.REFUSED: ("x", "red"),
    ChangeState.WITHDRAWN: ("arrow-back-up", "neutral"),
    ChangeState.EXPIRED: ("clock", "neutral"),
    ChangeState.STALE: ("alert-triangle", "orange"),
    ChangeState.FAILED: ("alert-triangle", "red"),
}


def timeline_of(change: ChangeRequest) -> list[dict[str, Any]]:
    """Return the steps of a request, oldest first."""
    asked = _("Done at once, to be reviewed") if change.break_glass else _("Asked for")
    steps = [_step(change.created_at, asked, "send", text=change.reason, who=str(change.maker))]
    steps += [_verdict(approval) for approval in change.approvals.all()]
    steps += [_step(change.reminded_at, _("Reminder sent"), "bell")] if change.reminded_at else []
    steps += [_step(change.escalated_at, _("Escalated"), "arrow-up", "amber")] if change.escalated_at else []
    steps += _end(change)
    if change.reviewed_at:
        tone = "green" if change.review_verdict == "approve" else "red"
        words = _("Reviewed: it was right") if change.review_verdict == "approve" else _("Reviewed: it was wrong")
        steps.append(_step(change.reviewed_at, words, "eye", tone, change.review_comment, str(change.reviewed_by)))
    return sorted(steps, key=lambda step: step["at"])


def _step(at, title, icon, tone="neutral", text="", who="") -> dict[str, Any]:
    return {"at": at, "title": title, "icon": icon, "tone": tone, "text": text, "who": who}


def _verdict(approval) -> dict[str, Any]:
    who = str(approval.checker)
    if approval.authority_id != approval.checker_id:
        who = _("%(checker)s, in the place of %(giver)s") % {"checker": approval.checker, "giver": approval.authority}
    agreed = approval.verdict == "approve"
    icon, tone = ("check", "green") if agreed else ("x", "red")
    return _step(approval.at, approval.get_verdict_display(), icon, tone, approval.comment, who)


def _end(change: ChangeRequest) -> list[dict[str, Any]]:
    """How it ended; a refusal is told by the verdict already."""
    if change.is_open or change.state == ChangeState.REFUSED:
        return []
    icon, tone = ENDS[ChangeState(change.state)]
    at = change.executed_at or change.decided_at
    return [_step(at, change.get_state_display(), icon, tone, change.error or change.result)]
