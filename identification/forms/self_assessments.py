from django import forms
from django.utils.translation import gettext_lazy as _

from identification.models import AssessmentPurpose, SelfAssessment
from pages.forms import DayInput
from products.models import BusinessLine
from staff.models import User
from surveys.models import Questionnaire, QuestionnaireVersion


def versions_in_force():
    """The published versions that a round may ask."""
    current = Questionnaire.objects.filter(purpose__in=AssessmentPurpose.values, version__isnull=False)
    return QuestionnaireVersion.objects.filter(pk__in=current.values("version")).select_related("questionnaire")


class RoundForm(forms.ModelForm):
    people = forms.ModelMultipleChoiceField(
        label=_("People of the house"), queryset=None, required=False, help_text=_("They are told, with their link.")
    )
    others = forms.CharField(
        label=_("People outside"),
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("One a line, by what they are to us, such as “Partner bank, operations”: no name, no address. You hand their links on."),
    )  # fmt: skip

    class Meta:
        model = SelfAssessment
        fields = ["name", "purpose", "version", "line", "team", "due_on"]
        widgets = {"due_on": DayInput()}
        help_texts = {
            "line": _("Empty: the whole company."),
            "team": _("Everybody in it is asked, beside whom you name."),
        }

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["version"].queryset = versions_in_force()
        self.fields["line"].queryset = BusinessLine.objects.visible_to(user)
        self.fields["line"].empty_label = _("Whole company")
        self.fields["people"].queryset = User.objects.active().order_by("full_name", "pk")

    def as_round(self):
        """What the service takes: the line by its code, people outside as a list."""
        found = dict(self.cleaned_data)
        line = found.pop("line")
        return {**found, "line_id": line.pk if line else None, "others": found["others"].splitlines()}


class TagsForm(forms.Form):
    tags = forms.CharField(
        label=_("Tags"), required=False, max_length=500, help_text=_("Words with commas between; empty takes all away.")
    )

    def as_tags(self):
        return self.cleaned_data["tags"].replace("，", ",").split(",")
