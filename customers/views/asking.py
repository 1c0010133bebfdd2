"""A form that asks one service; what the service refuses stands in the form."""

from collections.abc import Callable

from django.core.exceptions import ValidationError
from django.shortcuts import redirect, render

from pages.forms import form_helper


def ask(
    request,
    form,
    *,
    title,
    crumbs,
    service: Callable[[dict], object],
    then: str,
    verb="",
    tone="",
    draft="",
    notices=(),
    uploads=False,
):
    """Show `form`; where it was posted and is valid, call `service(cleaned)` and go on to `then`. `notices` are
    (text, tone) pairs that stand above it."""
    form.helper = form_helper(form, verb or title, cancel_url=then, tone=tone)
    if uploads:
        form.helper.attrs["enctype"] = "multipart/form-data"
    if request.method == "POST" and form.is_valid():
        try:
            service(form.cleaned_data)
            return redirect(then)
        except ValidationError as error:
            add_errors(form, error)
    context = {"form": form, "title": title, "crumbs": [*crumbs, (title, "")], "draft": draft, "notices": notices}
    return render(request, "customers/privacy_form.html", context, status=422 if form.errors else 200)


def add_errors(form, error: ValidationError) -> None:
    if not hasattr(error, "error_dict"):
        form.add_error(None, error)
        return
    for field, errors in error.error_dict.items():
        form.add_error(field if field in form.fields else None, errors)
