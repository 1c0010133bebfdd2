from django import forms
from django.utils.translation import gettext_lazy as _

from identification.models import RegulatoryChange
from identification.people import change_owners
from pages.forms import DayInput
from products.models import BusinessLine, Jurisdiction

LONG = {"rows": 3, "maxlength": 10_000}


class ChangeForm(forms.ModelForm):
    jurisdictions = forms.MultipleChoiceField(
        label=_("Jurisdictions"), choices=Jurisdiction, widget=forms.CheckboxSelectMultiple
    )

    class Meta:
        model = RegulatoryChange
        fields = [
            "title", "authority", "jurisdictions", "summary", "link", "published_on", "in_force_on", "lines", "gap", "owner",
            "due_on",
        ]  # fmt: skip
        widgets = {
            "published_on": DayInput(),
            "in_force_on": DayInput(),
            "due_on": DayInput(),
            "summary": forms.Textarea(attrs=LONG),
            "gap": forms.Textarea(attrs=LONG),
            "lines": forms.CheckboxSelectMultiple,
            "link": forms.URLInput,
        }
        help_texts = {
            "authority": _("Who made the rule, as it calls itself."),
            "link": _("Where the text of the rule stands."),
            "lines": _("None: the whole company."),
            "due_on": _("Until when the gap is closed: before the rule is in force."),
        }

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["owner"].queryset = change_owners()
        self.fields["lines"].queryset = BusinessLine.objects.visible_to(user)


class EntryForm(forms.Form):
    """What is said about a change of rules, alone or with a move to another state."""

    text = forms.CharField(label=_("Text"), widget=forms.Textarea(attrs={"rows": 4}), min_length=10, max_length=10_000)

    def __init__(self, *args, label="", **kwargs):
        super().__init__(*args, **kwargs)
        if label:
            self.fields["text"].label = label
