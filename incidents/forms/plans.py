from django import forms
from django.utils.translation import gettext_lazy as _

from incidents.models import Case, Plan
from incidents.people import called_people, case_people
from products.models import BusinessLine
from risk.models import Indicator, Risk


class PlanForm(forms.ModelForm):
    class Meta:
        model = Plan
        fields = ["code", "name", "line", "owner", "indicator", "band", "risks"]
        help_texts = {
            "line": _("Empty: the whole company."),
            "indicator": _("The indicator whose breach calls for this plan, if there is one."),
        }

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["owner"].queryset = case_people()
        self.fields["line"].queryset = BusinessLine.objects.visible_to(user)
        self.fields["line"].empty_label = _("Whole company")
        self.fields["indicator"].queryset = Indicator.objects.visible_to(user).order_by("name")
        self.fields["risks"].queryset = Risk.objects.visible_to(user).open().order_by("reference")
        self.fields["risks"].required = False


class VersionForm(forms.Form):
    """A version as text: when, who, and the steps one a line."""

    triggers = forms.CharField(
        label=_("When it is activated"), widget=forms.Textarea(attrs={"rows": 3}), max_length=10_000
    )
    calls = forms.ModelMultipleChoiceField(
        label=_("Who is called"), queryset=None, required=False, widget=forms.SelectMultiple(attrs={"size": 6})
    )
    steps = forms.CharField(
        label=_("Steps"),
        widget=forms.Textarea(attrs={"rows": 8, "class": "mono"}),
        max_length=20_000,
        help_text=_("One a line: minutes after the start, the role that does it (or none), what to do. “15 risk: Stop the payouts”."),
    )  # fmt: skip
    tree = forms.CharField(
        label=_("Call tree"),
        widget=forms.Textarea(attrs={"rows": 5, "class": "mono"}),
        required=False,
        strip=False,
        max_length=10_000,
        help_text=_(
            "One a line: minutes after the start, the person's address, and after a stroke the deputy's: “10 li.na@example.com / wang.fang@example.com”. Indented under who calls them."
        ),
    )
    reason = forms.CharField(
        label=_("Why this version?"), widget=forms.Textarea(attrs={"rows": 2}), min_length=10, max_length=2_000
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["calls"].queryset = called_people()


class ActivateForm(forms.Form):
    case = forms.ModelChoiceField(label=_("Case"), queryset=None, required=False)
    is_drill = forms.BooleanField(
        label=_("This is a drill"), required=False, help_text=_("Everybody called is told that it is one.")
    )
    reason = forms.CharField(
        label=_("Why now?"), widget=forms.Textarea(attrs={"rows": 2}), min_length=10, max_length=2_000
    )

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["case"].queryset = Case.objects.visible_to(user).open().order_by("-opened_at")
        self.fields["case"].empty_label = _("No case")


class BoardEntryForm(forms.Form):
    text = forms.CharField(
        label=_("What was decided or seen?"), widget=forms.Textarea(attrs={"rows": 2}), max_length=10_000
    )


class EndForm(forms.Form):
    outcome = forms.CharField(
        label=_("How did it end?"), widget=forms.Textarea(attrs={"rows": 3}), min_length=10, max_length=10_000
    )
    lessons = forms.CharField(
        label=_("What do we do better next time?"),
        widget=forms.Textarea(attrs={"rows": 3}),
        required=False,
        max_length=10_000,
    )
    score = forms.TypedChoiceField(
        label=_("Score of the drill"),
        choices=[("", "–"), *((number, number) for number in range(1, 6))],
        coerce=int,
        empty_value=None,
        required=False,
        help_text=_("5: everything in time and in order. 1: the plan would not have worked."),
    )

    def __init__(self, *args, is_drill, **kwargs):
        super().__init__(*args, **kwargs)
        if not is_drill:
            del self.fields["score"]

    @property
    def ending(self):
        return {"score": None, **self.cleaned_data}
