from datetime import timedelta

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from pages.forms import DayInput, form_helper


class BundleForm(forms.Form):
    """Which days of the log; last month, until somebody says otherwise."""

    first = forms.DateField(
        label=_("First day"),
        widget=DayInput(),
        help_text=_("Days are counted in UTC."),
    )
    last = forms.DateField(label=_("Last day"), widget=DayInput())

    def __init__(self, *args, cancel_url: str, **kwargs):
        end = timezone.localdate().replace(day=1) - timedelta(days=1)
        kwargs.setdefault("initial", {"first": end.replace(day=1), "last": end})
        super().__init__(*args, **kwargs)
        self.helper = form_helper(self, _("Export a bundle"), cancel_url=cancel_url)

    def clean(self):
        cleaned = super().clean()
        first, last = cleaned.get("first"), cleaned.get("last")
        if first and last and first > last:
            self.add_error("last", _("The last day lies before the first: swap them."))
        return cleaned
