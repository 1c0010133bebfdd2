from django import forms
from django.utils.translation import gettext_lazy as _

from assurance.models import AuditUnit, Engagement
from assurance.people import auditors, owners
from assurance.populations import POPULATIONS
from pages.forms import DayInput
from products.models import BusinessLine
from risk.models import Risk


class UnitForm(forms.ModelForm):
    class Meta:
        model = AuditUnit
        fields = ["code", "name", "line", "owners", "risks", "every_months", "description"]
        widgets = {"description": forms.Textarea(attrs={"rows": 3, "maxlength": 10_000})}
        help_texts = {
            "line": _("Empty: the whole company."),
            "owners": _("Who answers for the area. They never audit it, and never verify its findings."),
        }

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["owners"].queryset = owners()
        self.fields["line"].queryset = BusinessLine.objects.visible_to(user)
        self.fields["line"].empty_label = _("Whole company")
        self.fields["risks"].queryset = Risk.objects.visible_to(user).open().order_by("reference")
        self.fields["risks"].required = False


class EngagementForm(forms.ModelForm):
    class Meta:
        model = Engagement
        fields = ["unit", "title", "lead", "starts_on", "scope", "programme"]
        widgets = {
            "starts_on": DayInput(),
            "scope": forms.Textarea(attrs={"rows": 3, "maxlength": 10_000}),
            "programme": forms.Textarea(attrs={"rows": 5, "maxlength": 10_000}),
        }

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = AuditUnit.objects.visible_to(user).order_by("name")
        self.fields["lead"].queryset = auditors()


class CloseEngagementForm(forms.Form):
    conclusion = forms.CharField(
        label=_("Conclusion"), widget=forms.Textarea(attrs={"rows": 4}), min_length=10, max_length=10_000
    )


class SampleForm(forms.Form):
    population = forms.ChoiceField(label=_("List"))
    size = forms.IntegerField(label=_("Size"), min_value=1, max_value=500, initial=25)
    seed = forms.CharField(
        label=_("Seed"),
        max_length=60,
        help_text=_("A word or a number of your choice: with it anybody draws the same sample again."),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["population"].choices = [(one.name, one.label) for one in POPULATIONS.values()]
