"""How forms look: one helper for all of them, so that buttons stand in one place and say what they do."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Fieldset, Layout, LayoutObject
from django.forms import BaseForm, DateInput
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

Text = str | Promise


class DayInput(DateInput):
    """The browser's own field for a day, filled as it reads days whatever the language: 2026-11-25."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None):
        super().__init__(attrs=attrs, format="%Y-%m-%d")


def form_helper(
    form: BaseForm,
    submit: Text = "",
    *,
    cancel_url: str = "",
    fields: Sequence[Any] | None = None,
    tone: str = "",
) -> FormHelper:
    """Return a crispy helper: the fields (or crispy layout objects in `fields`), the button `submit`, the way out. A long form
    says in `groups` what belongs together, as pairs of a heading and the names of fields: all of them, each once.

    The browser's own checks are off: the server says what is wrong in the person's language, all of it at once.
    """
    helper = FormHelper()
    helper.form_method = "post"
    helper.attrs = {"novalidate": "novalidate"}
    submit = submit or _("Save")
    helper.layout = Layout(
        *(_layout_of(form) if fields is None else fields), Buttons(submit, cancel_url=cancel_url, tone=tone)
    )
    return helper


def _layout_of(form: BaseForm) -> Sequence[Any]:
    groups = getattr(form, "groups", ())
    return [Fieldset(heading, *names, css_class="field-group") for heading, names in groups] or list(form.fields)


class Buttons(LayoutObject):
    """The end of a form. `tone="red"` for what cannot be undone."""

    def __init__(self, submit: Text, *, cancel_url: str = "", tone: str = ""):
        self.submit, self.cancel_url, self.tone, self.fields = submit, cancel_url, tone, []

    def render(self, form: BaseForm, context: Any, template_pack: str = "", **kwargs: Any) -> SafeString:
        way_out = (
            format_html('<a class="btn" href="{}">{}</a>', self.cancel_url, _("Cancel")) if self.cancel_url else ""
        )
        kind = "btn-danger" if self.tone == "red" else "btn-primary"
        return format_html(
            '<div class="form-end"><button class="btn {}">{}</button>{}</div>', kind, self.submit, way_out
        )
