from crispy_forms.helper import FormHelper
from django import forms
from django.utils.translation import gettext_lazy as _

from customers.models import Interaction


class ContactForm(forms.ModelForm):
    """A call, a visit, a note: what it was about and what was said."""

    class Meta:
        model = Interaction
        fields = ["kind", "title", "text", "internal"]
        widgets = {"text": forms.Textarea(attrs={"rows": 5, "maxlength": 20_000})}
        help_texts = {"internal": _("Customers never see internal notes.")}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["title"].widget.attrs["autofocus"] = True
        self.helper = FormHelper()
        self.helper.form_tag = False
