"""Pages that change rules with a date and a place: each asks for an approval, for whatever table a `RuleBook` names."""

from django.contrib.auth.decorators import login_required, permission_required
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from customers.dated_rules import RuleBook, called
from customers.forms.dated_rules import ConfirmationForm, RuleForm
from customers.services.dated_rules import said_of
from customers.services.suitability_rules import company_day
from customers.views.asking import ask
from pages.actions import Action
from pages.columns import opens
from pages.templatetags.pages import pill_html
from staff.models import ChangeRequest
from staff.services.changes import propose
from staff.views.waiting import say_waiting


def change_of(book: RuleBook):
    """The page on which the next rule of a book is entered, beginning from the one that `of` names."""

    @require_http_methods(["GET", "POST"])
    @login_required
    @permission_required(book.permission, raise_exception=True)
    def change(request):
        return ask_for_rule(request, book)

    return change


def confirm_of(book: RuleBook):
    """The page on which somebody says which text a rule of a book stands on."""

    @require_http_methods(["GET", "POST"])
    @login_required
    @permission_required(book.permission, raise_exception=True)
    def confirm(request, pk):
        return ask_for_confirmation(request, book, pk)

    return confirm


def ask_for_rule(request, book: RuleBook):
    form = RuleForm(request.POST or None, model=book.model, initial=_beginning(request.GET.get("of", ""), book))

    def service(said):
        made = propose(
            actor=request.user, command=book.enter, arguments=form.arguments, reason=said["reason"], at=timezone.now()
        )
        return say_waiting(request, made)

    return ask(
        request, form, title=str(book.entering), crumbs=_crumbs(book), service=service, then=reverse(book.list_url),
        verb=_("Ask for approval"), draft=book.enter.replace(".", "-"),
    )  # fmt: skip


def _beginning(of: str, book: RuleBook):
    today = company_day(timezone.now())
    standing = (
        book.model._default_manager.filter(pk=of).first() if of.isascii() and of.isdecimal() and len(of) < 19 else None
    )
    if standing is None:
        return {"valid_from": today}
    copied = {name: getattr(standing, name) for name in said_of(book.model) if name != "needs_confirmation"}
    return {**copied, "valid_from": today}


def _crumbs(book: RuleBook):
    return [(book.title, reverse(book.list_url))]


def ask_for_confirmation(request, book: RuleBook, pk: int):
    rule = get_object_or_404(book.model, pk=pk)
    form = ConfirmationForm(request.POST or None, initial={"source": rule.source})

    def service(said):
        arguments = {"rule_id": rule.pk, "source": said["source"]}
        made = propose(
            actor=request.user, command=book.confirm, arguments=arguments, reason=said["reason"], at=timezone.now()
        )
        return say_waiting(request, made)

    return ask(
        request, form, title=str(book.confirming), crumbs=_crumbs(book), service=service, then=reverse(book.list_url),
        verb=_("Ask for approval"),
        notices=[(f"{called(rule)}: {rule.span}", "neutral")],
    )  # fmt: skip


def confirmed_pill(rule):
    return (
        pill_html(_("needs confirmation"), "amber") if rule.needs_confirmation else pill_html(_("confirmed"), "green")
    )


def changing(user, book: RuleBook, *, change: str, confirm: str = "") -> dict[str, object]:
    """What a page that shows the rules of a book hands to its template: the button, what waits, where a row leads, and
    the cell that says whether a rule is confirmed. `change` and `confirm` name the two pages."""
    may = user.has_perm(book.permission)

    def confirmed(rule):
        asks = may and rule.needs_confirmation
        link = format_html(' <a href="{}">{}</a>', reverse(confirm, args=[rule.pk]), _("Confirm…")) if asks else ""
        return format_html("{}{}", confirmed_pill(rule), link)

    return {
        "waiting": ChangeRequest.objects.open().of(book.commands),
        "actions": [Action(book.entering, reverse(change), "edit", primary=True).unless(None if may else book.who)],
        "rule_url": opens(lambda rule: f"{reverse(change)}?of={rule.pk}") if may else None,
        "confirmed": confirmed,
    }
