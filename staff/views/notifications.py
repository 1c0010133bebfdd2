from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from pages.actions import Action
from pages.lists import ListPage, render_list
from staff import columns
from staff.filters.jobs import NotificationFilter
from staff.models import Notification
from staff.rules.links import is_own_path
from staff.services.notifications import mark_all_read, mark_read, unread_of

IN_THE_MENU = 8


@require_safe
@login_required
def notification_menu(request: HttpRequest) -> HttpResponse:
    """The bell: its number, asked for every 30 seconds and answered by one query; the newest when the menu is
    opened.
    """
    unread = unread_of(request.user)
    if request.htmx.target != "bell-menu":
        # Without the request no side bar is made ready, so the number is all that is read.
        return HttpResponse(render_to_string("staff/notification_menu.html#count", {"unread": unread}))
    newest = Notification.objects.visible_to(request.user).for_list()[:IN_THE_MENU]
    return render(request, "staff/notification_menu.html", {"unread": unread, "notifications": newest})


@require_safe
@login_required
def notification_list(request: HttpRequest) -> HttpResponse:
    own = Notification.objects.visible_to(request.user).for_list()
    listing = ListPage(
        request, filterset=NotificationFilter(request.GET, queryset=own, request=request),
        columns=columns.NOTIFICATIONS, order=["-created_at"], label=_("Notifications"),
        row_url=lambda notification: reverse("staff:notification_open", args=[notification.pk]),
        empty=_("Nothing yet. Ended jobs, alerts and due reviews of yours appear here."),
    )  # fmt: skip
    read_all = Action(_("Mark all as read"), reverse("staff:notification_read_all"), "checks", post=True)
    nothing = None if unread_of(request.user).number else _("Everything is read.")
    return render_list(request, "staff/notification_list.html", listing, actions=[read_all.unless(nothing)])


@require_safe
@login_required
def notification_open(request: HttpRequest, pk: int) -> HttpResponse:
    """Mark a notification as read and go to what it is about. Opening it again changes nothing, so a link is enough."""
    own = get_object_or_404(Notification.objects.visible_to(request.user), pk=pk)
    if request.headers.get("Sec-Purpose", "").startswith("prefetch"):
        return HttpResponse(status=204)
    notification = mark_read(actor=request.user, notification_id=own.pk, at=timezone.now())
    return redirect(notification.url if is_own_path(notification.url) else reverse("staff:notification_list"))


@require_POST
@login_required
def notification_read(request: HttpRequest, pk: int) -> HttpResponse:
    own = get_object_or_404(Notification.objects.visible_to(request.user), pk=pk)
    mark_read(actor=request.user, notification_id=own.pk, at=timezone.now())
    return redirect("staff:notification_list")


@require_POST
@login_required
def notification_read_all(request: HttpRequest) -> HttpResponse:
    mark_all_read(actor=request.user, at=timezone.now())
    return redirect("staff:notification_list")
