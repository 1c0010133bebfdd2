from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from audit.services import emit
from pages.lists import ListPage, render_list
from staff.change_columns import CHANGES, INBOX, STATE_TONES
from staff.changes import label_of
from staff.checkers import authority_of, checkable_commands, checkers_of
from staff.filters.changes import ChangeFilter
from staff.models import ChangeRequest, User
from staff.policy_command import terms_of
from staff.reauth import recently_authenticated
from staff.services.change_execution import is_stale
from staff.services.changes import approve, refuse, review_break_glass, withdraw
from staff.timeline import timeline_of
from staff.views.previews import page_or_preview


def waiting_for(user: User):
    """Requests that wait for `user` and nobody else of this person's rights has judged."""
    commands = checkable_commands(user, timezone.now())
    waiting = ChangeRequest.objects.pending().filter(expires_at__gt=timezone.now()).not_kept_from(user)
    return waiting.of(commands).without_verdict_of(user)


def to_review_by(user: User):
    """What was done at once and waits for a look by `user`."""
    commands = checkable_commands(user, timezone.now())
    return ChangeRequest.objects.to_review().not_kept_from(user).of(commands).exclude(maker=user)


def _seen(request: HttpRequest):
    commands = checkable_commands(request.user, timezone.now())
    return ChangeRequest.objects.visible_to(request.user, commands)


def tabs_of(user: User, here: str) -> list[dict]:
    places = [
        ("change_inbox", _("Waiting for me"), waiting_for(user).count()),
        ("change_reviews", _("To review afterwards"), to_review_by(user).count()),
        ("change_mine", _("Asked for by me"), ChangeRequest.objects.open().filter(maker=user).count()),
        ("change_list", _("All"), ""),
        ("delegation_list", _("Delegations"), ""),
    ]
    return [
        {"label": label, "url": reverse(f"staff:{name}"), "active": name == here, "count": count}
        for name, label, count in places
    ]


def _listing(request: HttpRequest, requests, here: str, *, columns, order, empty: str) -> HttpResponse:
    listing = ListPage(
        request,
        filterset=ChangeFilter(request.GET, queryset=requests.for_list(), request=request),
        columns=columns,
        order=order,
        row_url=lambda change: reverse("staff:change_detail", args=[change.pk]),
        label=_("Approvals"),
        empty=empty,
    )
    return render_list(request, "staff/change_list.html", listing, tabs=tabs_of(request.user, here), here=here)


@require_safe
@login_required
@permission_required("staff.view_changerequest", raise_exception=True)
def change_inbox(request: HttpRequest) -> HttpResponse:
    """What waits for the reader's approval, soonest to expire first."""
    empty = _("Nothing waits for your approval.")
    return _listing(
        request, waiting_for(request.user), "change_inbox", columns=INBOX, order=["expires_at"], empty=empty
    )


@require_safe
@login_required
@permission_required("staff.view_changerequest", raise_exception=True)
def change_reviews(request: HttpRequest) -> HttpResponse:
    """What somebody did at once, and somebody else has yet to look at."""
    empty = _("Nothing was done at once that still waits for a review.")
    return _listing(
        request, to_review_by(request.user), "change_reviews", columns=CHANGES, order=["executed_at"], empty=empty
    )


@require_safe
@login_required
@permission_required("staff.view_changerequest", raise_exception=True)
def change_mine(request: HttpRequest) -> HttpResponse:
    """What the reader asked for, and where each stands."""
    mine = ChangeRequest.objects.filter(maker=request.user)
    empty = _("You have asked for nothing that needs an approval.")
    return _listing(request, mine, "change_mine", columns=CHANGES, order=["-created_at"], empty=empty)


@require_safe
@login_required
@permission_required("staff.view_changerequest", raise_exception=True)
def change_list(request: HttpRequest) -> HttpResponse:
    empty = _("Nobody has asked for anything yet.")
    return _listing(request, _seen(request), "change_list", columns=CHANGES, order=["-created_at"], empty=empty)


@require_safe
@login_required
@permission_required("staff.view_changerequest", raise_exception=True)
def change_count(request: HttpRequest) -> HttpResponse:
    """The number beside the bell: what waits for the reader, up to 99."""
    number = min(waiting_for(request.user)[:100].count() + to_review_by(request.user)[:100].count(), 99)
    said = ngettext("%(n)d waits for your approval", "%(n)d wait for your approval", number) % {"n": number}
    return render(request, "staff/change_count.html", {"number": number, "said": said})


@require_safe
@login_required
@permission_required("staff.view_changerequest", raise_exception=True)
def change_detail(request: HttpRequest, pk: int) -> HttpResponse:
    change = get_object_or_404(_seen(request).for_list(), pk=pk)
    return render(request, page_or_preview(request, "staff/change_detail.html", "change"), _context(request, change))


def _context(request: HttpRequest, change: ChangeRequest) -> dict:
    now, user = timezone.now(), request.user
    may_judge = change.state == "pending" and not change.is_expired(now) and authority_of(user, change, now)
    waiting = change.break_glass and change.state == "executed" and change.reviewed_at is None
    return {
        "change": change,
        "label": label_of(change.command),
        "pills": [(change.get_state_display(), STATE_TONES[change.state])],
        "may_judge": may_judge,
        "in_place_of": may_judge if may_judge and may_judge != user else None,
        "why_not": _why_not(user, change, now),
        "may_withdraw": change.is_open and change.maker_id == user.pk,
        "to_review": waiting,
        "may_review": waiting and authority_of(user, change, now),
        "stale": change.is_open and is_stale(change),
        "expired": change.is_expired(now),
        "checkers": checkers_of(change, now) if change.state == "pending" else [],
        "approved": sum(1 for approval in change.approvals.all() if approval.verdict == "approve"),
        "terms": terms_of(change.policy),
        "events": timeline_of(change),
        "act": request.GET.get("act", ""),
    }


def _why_not(user: User, change: ChangeRequest, now) -> str:
    """Why this reader does not decide, where the request waits for somebody."""
    if change.state != "pending":
        return ""
    if change.maker_id == user.pk:
        return _("You asked for this yourself: somebody else decides.")
    if any(approval.checker_id == user.pk for approval in change.approvals.all()):
        return _("You have judged this request already.")
    return "" if authority_of(user, change, now) else _("Your role does not decide this.")


@require_POST
@login_required
@permission_required("staff.view_changerequest", raise_exception=True)
@recently_authenticated
def change_approve(request: HttpRequest, pk: int) -> HttpResponse:
    return _decided(request, pk, approve, _("Approved: %(title)s"))


@require_POST
@login_required
@permission_required("staff.view_changerequest", raise_exception=True)
def change_refuse(request: HttpRequest, pk: int) -> HttpResponse:
    return _decided(request, pk, refuse, _("Refused: %(title)s"))


def _decided(request: HttpRequest, pk: int, service, sentence: str) -> HttpResponse:
    """Judge, and go on with what waits next; a verdict that is not possible says why, on the request's page."""
    change = get_object_or_404(_seen(request), pk=pk)
    comment = request.POST.get("comment", "")
    try:
        service(actor=request.user, request_id=change.pk, comment=comment, at=timezone.now())
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect(change_url(change))
    except PermissionDenied as error:
        # The page answers in words and not with 403, so the refusal is recorded here.
        emit("denied", table="staff_changerequest", pk=change.pk, action="staff.change.judging_denied")
        messages.error(request, str(error))
        return redirect(change_url(change))
    messages.success(request, sentence % {"title": change.title})
    return redirect("staff:change_inbox" if waiting_for(request.user).exists() else change_url(change))


def change_url(change: ChangeRequest) -> str:
    return reverse("staff:change_detail", args=[change.pk])


@require_POST
@login_required
@permission_required("staff.view_changerequest", raise_exception=True)
def change_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    change = get_object_or_404(_seen(request), pk=pk)
    try:
        withdraw(actor=request.user, request_id=change.pk, at=timezone.now())
        messages.success(request, _("Withdrawn: %(title)s") % {"title": change.title})
    except (ValidationError, PermissionDenied) as error:
        messages.error(request, " ".join(getattr(error, "messages", [str(error)])))
    return redirect(change_url(change))


@require_POST
@login_required
@permission_required("staff.view_changerequest", raise_exception=True)
def change_review(request: HttpRequest, pk: int) -> HttpResponse:
    """Close the review of what was done at once."""
    change = get_object_or_404(_seen(request), pk=pk)
    said = {"verdict": request.POST.get("verdict", ""), "comment": request.POST.get("comment", "")}
    try:
        review_break_glass(actor=request.user, request_id=change.pk, at=timezone.now(), **said)
        messages.success(request, _("Reviewed: %(title)s") % {"title": change.title})
    except (ValidationError, PermissionDenied) as error:
        messages.error(request, " ".join(getattr(error, "messages", [str(error)])))
    return redirect(change_url(change))
