"""What views share: the buttons of a record, a form that asks one service, a button that does."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from pages.actions import Action
from pages.forms import form_helper


def act(
    user, permission: str, label, url: str, icon: str, *, hurdle: str = "", primary: bool = False, post: bool = False
) -> Action:
    """A button, greyed with why where the person's role or the record's state forbids it."""
    why = hurdle if user.has_perm(permission) else _("Your role does not allow this.")
    return Action(label, url, icon, primary=primary, post=post).unless(why)


def ask(
    request,
    form,
    *,
    context: dict,
    verb,
    service: Callable[[], Any],
    then: str,
    leads: Callable[[Any], str] | None = None,
    template: str = "components/act.html",
    tone: str = "",
):
    """Show a form; where it was posted and is valid, call the service and go on to `then`, or to where `leads` says that
    what it returned stands. Refusals stand in the form.

    `verb` stands on the button; Cancel leads to `then` as well.
    """
    form.helper = form_helper(form, verb, cancel_url=then, tone=tone)
    if request.method == "POST" and form.is_valid():
        try:
            made = service()
            return redirect(leads(made) if leads else then)
        except ValidationError as error:
            add_errors(form, error)
    return render(request, template, {"here": verb, **context, "form": form}, status=422 if form.errors else 200)


def add_errors(form, error: ValidationError) -> None:
    """Put what a service refused beside the field that it names, or over the form where there is no such field."""
    if not hasattr(error, "error_dict"):
        form.add_error(None, error)
        return
    for field, errors in error.error_dict.items():
        name = field.removesuffix("_id")
        form.add_error(name if name in form.fields else None, errors)


def attempt(request, service: Callable[[], Any], said="") -> bool:
    """Call the service of a button without a form, and tell what was done; where it refuses, tell why. Return whether it did."""
    try:
        service()
    except ValidationError as error:
        for one in error.messages:
            messages.error(request, one)
        return False
    if said:
        messages.success(request, said)
    return True
