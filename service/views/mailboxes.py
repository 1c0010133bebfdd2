from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from pages.actions import Action
from pages.lists import ListPage, render_list
from pages.templatetags.pages import moment
from service.filters.mailboxes import MailboxFilter
from service.forms.mailboxes import MailboxForm
from service.mail_columns import MAILBOX_COLUMNS, mailbox_pill
from service.models import Mailbox
from service.services.mail_trials import try_mailbox
from service.services.mailboxes import save_mailbox


def _why_not(user):
    return None if user.has_perm("service.change_mailbox") else _("Administrators set mailboxes up.")


@require_safe
@login_required
@permission_required("service.view_mailbox", raise_exception=True)
def mailbox_list(request):
    listing = ListPage(
        request,
        filterset=MailboxFilter(
            request.GET, queryset=Mailbox.objects.visible_to(request.user).for_list(), request=request
        ),
        columns=MAILBOX_COLUMNS,
        order=["address"],
        row_url=lambda row: f"/service/mailboxes/{row.pk}/",
        search_field="",
        label=_("Mailboxes"),
        empty=_("No mailbox is set up: mail of customers does not come here yet."),
    )
    actions = [
        Action(_("Mail log"), reverse("service:mail_list"), "mail"),
        Action(_("New mailbox"), reverse("service:mailbox_create"), "plus", primary=True).unless(
            _why_not(request.user)
        ),
    ]
    return render_list(request, "service/mailbox_list.html", listing, actions=actions)


def visible_mailbox(request, pk):
    return get_object_or_404(Mailbox.objects.visible_to(request.user).for_list(), pk=pk)


@require_safe
@login_required
@permission_required("service.view_mailbox", raise_exception=True)
def mailbox_detail(request, pk):
    box = visible_mailbox(request, pk)
    servers = _why_not(request.user) or (None if box.imap_host or box.smtp_host else _("It names no server."))
    context = {
        "box": box,
        "crumbs": [(_("Mailboxes"), reverse("service:mailbox_list")), (box.address, "")],
        "state": mailbox_pill(box),
        "facts": _facts(box),
        "actions": [
            Action(_("Mail log"), f"{reverse('service:mail_list')}?mailbox={box.pk}", "mail"),
            Action(_("Edit"), reverse("service:mailbox_edit", args=[box.pk]), "edit").unless(_why_not(request.user)),
            Action(
                _("Test connection"), reverse("service:mailbox_test", args=[box.pk]), "plug-connected", primary=True, post=True
            ).unless(servers),
        ],
    }  # fmt: skip
    return render(request, "service/mailbox_detail.html", context)


def _facts(box):
    pipe = f"manage.py receive_mail --mailbox {box.code}"
    reads = f"{box.imap_host}:{box.imap_port} ({box.get_imap_security_display()}), {box.imap_folder}"
    writes = f"{box.smtp_host}:{box.smtp_port} ({box.get_smtp_security_display()})"
    return [
        (_("Code"), box.code),
        (_("Queue"), box.queue),
        (_("Name of the sender"), box.name),
        (_("Read from"), reads if box.imap_host else pipe),
        (_("Read mail goes to"), box.done_folder or _("It stays, marked as read.")),
        (_("Sent by"), writes if box.smtp_host else _("Nothing is sent.")),
        (_("Signs in as"), f"{box.user} (MAIL_SECRET_{box.secret})" if box.user else "–"),
        (_("Checks senders"), box.authentication_host),
        (_("Acknowledges"), _("Yes") if box.acknowledge else _("No")),
        (_("Last read"), moment(box.polled_at)),
        (_("Failing since"), moment(box.failing_since) if box.failing_since else ""),
    ]


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("service.add_mailbox", raise_exception=True)
def mailbox_create(request):
    return _edit(request, Mailbox(), _("New mailbox"), reverse("service:mailbox_list"))


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("service.change_mailbox", raise_exception=True)
def mailbox_edit(request, pk):
    box = visible_mailbox(request, pk)
    return _edit(request, box, box.address, reverse("service:mailbox_detail", args=[box.pk]))


def _edit(request, box, title, cancel_url):
    form = MailboxForm(request.POST or None, instance=box, cancel_url=cancel_url)
    if form.is_valid():
        try:
            saved = save_mailbox(actor=request.user, mailbox=form.instance)
            messages.success(request, _("Mailbox saved. Test its connection now."))
            return redirect("service:mailbox_detail", saved.pk)
        except ValidationError as error:
            form.add_error(None, error)
    crumbs = [(_("Mailboxes"), reverse("service:mailbox_list")), (title, "")]
    context = {"form": form, "title": title, "crumbs": crumbs}
    return render(request, "service/mail_form.html", context, status=422 if form.is_bound and form.errors else 200)


@require_POST
@login_required
@permission_required("service.change_mailbox", raise_exception=True)
def mailbox_test(request, pk):
    """Sign in to the mailbox's servers and say what each answered."""
    box = visible_mailbox(request, pk)
    for trial in try_mailbox(box):
        say = messages.success if trial.is_good else messages.error
        say(request, f"{trial.server}: {trial.said}")
    return redirect("service:mailbox_detail", box.pk)
