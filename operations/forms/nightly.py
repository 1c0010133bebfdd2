from django import forms
from django.utils.translation import gettext_lazy as _

from operations.services.nightly import check_date
from pages.forms import DayInput, form_helper


class NightlyForm(forms.Form):
    business_date = forms.DateField(
        label=_("Business date"),
        widget=DayInput(),
        help_text=_("The day that the run is about: movements up to it count, later ones do not."),
    )

    def __init__(self, *args, cancel_url="", **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = form_helper(self, _("Run now"), cancel_url=cancel_url)

    def clean_business_date(self):
        check_date(self.cleaned_data["business_date"])
        return self.cleaned_data["business_date"]
