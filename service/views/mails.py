from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from audit import downloads
from customers.masking import Masked
from customers.rules.masking import mask_email, mask_in_text
from pages.actions import Action
from pages.lists import ListPage, render_list
from pages.templatetags.pages import moment
from service.filters.mails import MailFilter
from service.mail_columns import kind_pill, mail_columns, state_pill, subject_of
from service.models import Mail, MailDirection, MailState, TicketKind
from service.services.mail_taking import make_ticket
from service.services.outbox import retry_mail, settle_mail
from service.services.strangers import rule_of_strangers

AGAIN = {MailState.FAILED, MailState.UNSURE, MailState.BOUNCED}


@require_safe
@login_required
@permission_required("service.view_mail", raise_exception=True)
def mail_list(request):
    """Every mail that came or went, the newest first."""
    listing = ListPage(
        request,
        filterset=MailFilter(request.GET, queryset=Mail.objects.visible_to(request.user).for_list(), request=request),
        columns=mail_columns(request.user),
        order=["-at"],
        row_url=lambda row: f"/service/mails/{row.pk}/",
        search_field="",
        label=_("Mail log"),
        empty=_("No mail has come or gone yet."),
    )
    actions = [Action(_("Mailboxes"), reverse("service:mailbox_list"), "at")]
    return render_list(request, "service/mail_list.html", listing, actions=actions)


def visible_mail(request, pk):
    return get_object_or_404(Mail.objects.visible_to(request.user).for_list(), pk=pk)


@require_safe
@login_required
@permission_required("service.view_mail", raise_exception=True)
def mail_detail(request, pk):
    mail, masked = visible_mail(request, pk), Masked(request.user)
    customer = mail.ticket.customer if mail.ticket else None

    def shown(text):
        return masked.note(customer, text) if customer else mask_in_text(text)

    words = mail.message.text if mail.message else mail.text
    context = {
        "mail": mail,
        "subject": subject_of(mail, masked) or _("E-mail without a subject"),
        "state": state_pill(mail),
        "kind": kind_pill(mail),
        "crumbs": [(_("Mail log"), reverse("service:mail_list")), (mail.number[:24] or f"#{mail.pk}", "")],
        "text": shown(words),
        "quoted": shown(mail.quoted),
        "error": shown(mail.error),
        "facts": _facts(mail),
        "actions": _actions(request.user, mail),
    }
    return render(request, "service/mail_detail.html", context)


def _facts(mail):
    return [
        (_("Direction"), mail.get_direction_display()),
        (_("Other side"), mask_email(mail.peer)),
        (_("Mailbox"), mail.mailbox.address),
        (_("At"), moment(mail.at)),
        (_("Ticket"), mail.ticket.reference if mail.ticket else _("None")),
        (_("Message-ID"), mail.number),
        (_("Size"), _("%(n)d bytes") % {"n": mail.size}),
        (_("Attempts"), mail.attempts),
        (_("Next attempt"), moment(mail.next_at) if mail.state == MailState.QUEUED else ""),
        (_("Sent"), moment(mail.sent_at) if mail.sent_at else ""),
        (_("Words kept"), _how_long(mail)),
    ]


def _how_long(mail):
    """Until when the words stand here: a customer's as long as the customer's, others' as the rule says."""
    if mail.ticket and (mail.ticket.customer or mail.ticket.kind == TicketKind.COMPLAINT):
        return _("as long as the ticket's")
    rule = rule_of_strangers(timezone.localdate())
    if rule is None:
        return _("no rule ends it")
    if mail.ticket:
        return _("%(span)s after the ticket has ended") % {"span": rule.span}
    return _("%(span)s after it came or went") % {"span": rule.span}


def _actions(user, mail):
    no_original = None if mail.original else _("It was not kept.")
    not_mine = None if user.has_perm("service.open_original") else _("Service leads and compliance open originals.")
    actions = [
        Action(_("Original"), reverse("service:mail_original", args=[mail.pk]), "download").unless(not_mine or no_original)
    ]  # fmt: skip
    if mail.direction == MailDirection.IN and not mail.ticket and mail.original:
        take = Action(
            _("Make it a ticket"), reverse("service:mail_take", args=[mail.pk]), "ticket", primary=True, post=True
        )
        actions.append(take.unless(None if user.has_perm("service.answer_ticket") else _("Agents answer tickets.")))
    if mail.state in AGAIN and mail.direction == MailDirection.OUT:
        lead = None if user.has_perm("service.resend_mail") else _("Service leads send mails again.")
        if mail.state == MailState.UNSURE:
            settle = Action(_("It arrived"), reverse("service:mail_settle", args=[mail.pk]), "check", post=True)
            actions.append(settle.unless(lead))
        retry = Action(
            _("Send again"), reverse("service:mail_retry", args=[mail.pk]), "refresh", primary=True, post=True
        )
        actions.append(retry.unless(lead))
    return actions


@require_safe
@login_required
@permission_required("service.open_original", raise_exception=True)
def mail_original(request, pk):
    """A mail as it came, as a file: never shown within our pages, and each download is in the log."""
    mail = visible_mail(request, pk)
    if not mail.original:
        raise Http404
    with mail.original.open("rb") as kept:
        content = kept.read()
    kind, action = "application/octet-stream", "service.mail.original_opened"
    return downloads.file(f"mail-{mail.pk}.eml", content, kind, action=action, table="service_mail", pk=mail.pk)


@require_POST
@login_required
@permission_required("service.resend_mail", raise_exception=True)
def mail_retry(request, pk):
    mail = visible_mail(request, pk)
    return _done(request, mail, retry_mail, _("The mail is queued again."), actor=request.user, at=timezone.now())


@require_POST
@login_required
@permission_required("service.resend_mail", raise_exception=True)
def mail_settle(request, pk):
    return _done(request, visible_mail(request, pk), settle_mail, _("Noted as arrived."), actor=request.user)


@require_POST
@login_required
@permission_required("service.answer_ticket", raise_exception=True)
def mail_take(request, pk):
    mail = visible_mail(request, pk)
    return _done(request, mail, make_ticket, _("The mail is a ticket now."), actor=request.user, at=timezone.now())


def _done(request, mail, service, said, **arguments):
    try:
        service(mail_id=mail.pk, **arguments)
        messages.success(request, said)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect("service:mail_detail", mail.pk)
