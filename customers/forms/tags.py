from decimal import Decimal

from django import forms
from django.utils.translation import gettext_lazy as _

from customers.models import Tag
from pages.forms import DayInput

SURE = [(Decimal("1"), _("Sure")), (Decimal("0.7"), _("Likely")), (Decimal("0.4"), _("A guess"))]


class CustomerTagForm(forms.Form):
    """What is said of a customer, how surely, and on what grounds."""

    tag = forms.ModelChoiceField(label=_("Tag"), queryset=None)
    confidence = forms.TypedChoiceField(label=_("How sure is it?"), choices=SURE, coerce=Decimal)
    grounds = forms.CharField(
        label=_("Grounds"), max_length=300, help_text=_("What it rests on: a call, a document, what the customer said.")
    )
    expires_on = forms.DateField(
        label=_("Until"),
        required=False,
        widget=DayInput(),
        help_text=_("The last day. Left empty, it stands for as long as the tag says."),
    )

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["tag"].queryset = Tag.objects.sayable_by(user)


class TagForm(forms.ModelForm):
    """A tag, and the rule by which each night says it."""

    class Meta:
        model = Tag
        fields = [
            "code", "name", "name_hans", "name_hant", "audience", "tone", "days", "figure", "bound", "value", "currency",
            "confidence", "is_active",
        ]  # fmt: skip

    def clean_currency(self):
        return self.cleaned_data["currency"].strip().upper()
