from django import forms
from django.utils.translation import gettext_lazy as _

from assurance.models import AuditSample, ProgrammeStep, TickMark, WorkingPaper
from assurance.people import auditors
from assurance.populations import POPULATIONS

LONG = {"rows": 5, "maxlength": 20_000}


class PaperForm(forms.ModelForm):
    class Meta:
        model = WorkingPaper
        fields = ["title", "work", "conclusion"]
        widgets = {"work": forms.Textarea(attrs=LONG), "conclusion": forms.Textarea(attrs={**LONG, "rows": 3})}


class PaperNotesForm(forms.Form):
    """What a reviewer says; without it a paper may be found in order, and not be given back."""

    notes = forms.CharField(
        label=_("Notes of the review"), widget=forms.Textarea(attrs={"rows": 4}), max_length=10_000, required=False
    )


class SampleChoice(forms.ModelChoiceField):
    def label_from_instance(self, drawn):
        return f"{POPULATIONS[drawn.population].label}: {drawn.seed}"


class TickForm(forms.Form):
    sample = SampleChoice(label=_("Sample"), queryset=AuditSample.objects.none())
    key = forms.CharField(label=_("Item"), max_length=80, help_text=_("As the page of the sample names it."))
    mark = forms.ChoiceField(label=_("Mark"), choices=TickMark.choices)
    note = forms.CharField(label=_("Note"), max_length=300, required=False)

    def __init__(self, *args, paper, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["sample"].queryset = paper.engagement.samples.all()


class StepForm(forms.ModelForm):
    class Meta:
        model = ProgrammeStep
        fields = ["title", "assignee"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["assignee"].queryset = auditors()


class FinishStepForm(forms.Form):
    paper = forms.ModelChoiceField(
        label=_("Working paper that shows it"), queryset=WorkingPaper.objects.none(), required=False
    )

    def __init__(self, *args, step, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["paper"].queryset = step.engagement.papers.all()
