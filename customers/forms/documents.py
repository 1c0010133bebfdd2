from django import forms
from django.utils.translation import gettext_lazy as _

from customers.forms.imports import SeveralFiles
from customers.models import DocumentKind, VerifiedBy
from pages.forms import DayInput


def day_field(label, help_text=""):
    widget = DayInput()
    return forms.DateField(label=label, required=False, widget=widget, help_text=help_text)


class CopiesField(forms.FileField):
    """No file, one or several; cleans to a list. What they are is asked by the service, of their bytes."""

    widget = SeveralFiles

    def clean(self, data, initial=None):
        given = data if isinstance(data, (list, tuple)) else [data] if data else []
        return [forms.FileField(max_length=300).clean(one, initial) for one in given]


class DocumentForm(forms.Form):
    """An identity document as it lies before somebody. Never kept as a draft."""

    kind = forms.ChoiceField(label=_("Kind"), choices=DocumentKind)
    number = forms.CharField(
        label=_("Number"), max_length=40, widget=forms.TextInput(attrs={"autocomplete": "off", "data-no-draft": ""})
    )
    country = forms.RegexField(
        r"^[A-Za-z]{2}$",
        label=_("Country of issue"),
        required=False,
        help_text=_("Two letters (ISO 3166), such as CN."),
        error_messages={"invalid": _("Write the country as two letters, such as CN.")},
    )
    issuer = forms.CharField(label=_("Issuer"), max_length=120, required=False)
    issued_on = day_field(_("Issued on"))
    expires_on = day_field(_("Expires on"), _("Empty: it does not expire."))
    files = CopiesField(
        label=_("Copies"), required=False, help_text=_("Pictures (JPEG, PNG) or PDF, 10 MiB each at most. Kept sealed.")
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["files"].widget.attrs["accept"] = "image/jpeg,image/png,application/pdf"


class VerifyForm(forms.Form):
    how = forms.ChoiceField(label=_("How did you make sure?"), choices=VerifiedBy)


class RefuseForm(forms.Form):
    reason = forms.CharField(
        label=_("Why is it not accepted?"), min_length=5, max_length=200, widget=forms.Textarea(attrs={"rows": 2})
    )
