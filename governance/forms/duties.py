from django import forms
from django.utils.translation import gettext_lazy as _

from governance.models import Defence, DutyArea, Part
from governance.people import colleagues
from governance.services.departments import choices_of_departments
from identification.models import ProcessMap
from pages.forms import DayInput
from products.models import BusinessLine
from risk.models import Risk

NO_PART = ("", "–")


class AreaForm(forms.ModelForm):
    class Meta:
        model = DutyArea
        fields = ["code", "name", "line", "owner", "process", "risks"]
        help_texts = {
            "line": _("Empty: the whole company."),
            "process": _("Its steps are the activities to begin with."),
            "risks": _("Their pages say who answers for what."),
        }

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            del self.fields["code"]  # links and texts name it
        self.fields["process"].queryset = ProcessMap.objects.visible_to(user).order_by("reference")
        self.fields["process"].empty_label = _("Of none")
        self.fields["risks"].queryset = Risk.objects.visible_to(user).open().order_by("reference")
        self.fields["owner"].queryset = colleagues()
        self.fields["line"].queryset = BusinessLine.objects.visible_to(user)
        self.fields["line"].empty_label = _("Whole company")


class MatrixForm(forms.Form):
    """What a matrix has: its activities one a line, and its departments."""

    activities = forms.CharField(
        label=_("Activities"),
        widget=forms.Textarea(attrs={"rows": 10}),
        max_length=20_000,
        help_text=_("One a line, in the order of the work."),
    )
    departments = forms.MultipleChoiceField(
        label=_("Departments"), widget=forms.SelectMultiple(attrs={"size": 9}), help_text=_("Roles and teams.")
    )
    summary = forms.CharField(
        label=_("What changes"), widget=forms.Textarea(attrs={"rows": 2}), min_length=10, max_length=2_000
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["departments"].choices = choices_of_departments()

    @property
    def written(self):
        return {**self.cleaned_data, "activities": self.cleaned_data["activities"].splitlines()}


class PartsForm(forms.Form):
    """The parts of a draft: a list to choose from for each activity and department, walked through with Tab."""

    def __init__(self, *args, duties, departments, parts, **kwargs):
        super().__init__(*args, **kwargs)
        self.duties, self.departments = duties, departments
        for duty in duties:
            for department in departments:
                self.fields[f"part-{duty.pk}-{department.pk}"] = forms.ChoiceField(
                    label=f"{duty.activity}: {department}", choices=[NO_PART, *[(part.value, part.value) for part in Part]],
                    required=False, initial=parts.get((duty.activity, department.pk), ""),
                )  # fmt: skip

    def rows(self):
        """Each activity with its lists, in the order of the departments."""
        return [
            (duty, [self[f"part-{duty.pk}-{department.pk}"] for department in self.departments]) for duty in self.duties
        ]

    @property
    def parts(self):
        return {
            (duty.pk, department.pk): self.cleaned_data[f"part-{duty.pk}-{department.pk}"]
            for duty in self.duties
            for department in self.departments
        }


class MatrixInForceForm(forms.Form):
    effective_from = forms.DateField(label=_("In force from"), widget=DayInput())
    reason = forms.CharField(
        label=_("Why this matrix?"), widget=forms.Textarea(attrs={"rows": 2}), min_length=10, max_length=2_000
    )


class AssignmentForm(forms.Form):
    department = forms.ChoiceField(label=_("Department"))
    defence = forms.TypedChoiceField(label=_("Line of defence"), choices=Defence.choices, coerce=int)
    from_on = forms.DateField(label=_("From"), widget=DayInput())
    reason = forms.CharField(
        label=_("Why does it belong there?"), widget=forms.Textarea(attrs={"rows": 2}), min_length=10, max_length=2_000
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["department"].choices = choices_of_departments()
