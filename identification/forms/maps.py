from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from identification.map_columns import step_name
from identification.models import ProcessMap
from identification.people import drawers
from identification.rules.bpmn_xml import LARGEST
from products.models import BusinessLine
from risk.models import Control, Risk

MOST_LANES = 12


class MapForm(forms.ModelForm):
    """What a map is called and whose it is. What is drawn is another page."""

    class Meta:
        model = ProcessMap
        fields = ["name", "line", "owner", "description"]
        widgets = {"description": forms.Textarea(attrs={"rows": 3, "maxlength": 10_000})}
        help_texts = {
            "name": _("What is done, from when to when: “Personal loan, from application to collection”."),
            "line": _("Empty: the whole company."),
        }

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["owner"].queryset = drawers()
        self.fields["line"].queryset = BusinessLine.objects.visible_to(user)
        self.fields["line"].empty_label = _("Whole company")


class NewMapForm(MapForm):
    lanes = forms.CharField(
        label=_("Lanes"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=1_000,
        help_text=_("Who does something in this process, one a line. Lanes can be added while drawing."),
    )

    def clean_lanes(self):
        lanes = [line.strip() for line in self.cleaned_data["lanes"].splitlines() if line.strip()]
        if len(lanes) > MOST_LANES:
            raise ValidationError(_now("Begin with at most %(most)s lanes.") % {"most": MOST_LANES})
        return list(dict.fromkeys(lanes))


class DrawingFileField(forms.FileField):
    """The content of a BPMN file that is uploaded."""

    def clean(self, value, initial=None):
        file = super().clean(value, initial)
        if file.size > LARGEST:
            raise ValidationError(_now("The drawing is larger than 1 MB."))
        return file.read()


class ImportMapForm(MapForm):
    xml = DrawingFileField(
        label=_("Drawing (BPMN 2.0)"),
        help_text=_(
            "A .bpmn or .xml file. One without coordinates is laid out; what other programs added is left out."
        ),
    )


class ImportVersionForm(forms.Form):
    base = forms.IntegerField(widget=forms.HiddenInput, min_value=0)  # which drawing the page showed
    xml = DrawingFileField(label=_("Drawing (BPMN 2.0)"))
    note = forms.CharField(label=_("What changed"), max_length=300, required=False)


class AttachForm(forms.Form):
    """A step, and what stands on it: a risk, a control or both."""

    element = forms.ChoiceField(label=_("Step"))
    risk = forms.ModelChoiceField(queryset=Risk.objects.none(), label=_("Risk"), required=False)
    control = forms.ModelChoiceField(queryset=Control.objects.none(), label=_("Control"), required=False)

    def __init__(self, *args, user, steps, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["element"].choices = step_choices(steps)
        self.fields["risk"].queryset = Risk.objects.visible_to(user).open().order_by("reference")
        self.fields["control"].queryset = Control.objects.visible_to(user).order_by("name")
        self.fields["risk"].empty_label = self.fields["control"].empty_label = _("None")

    def clean(self):
        found = super().clean()
        if not self.errors and not found.get("risk") and not found.get("control"):
            raise ValidationError(_now("Choose a risk, a control, or both."))
        return found


def step_choices(steps):
    return [(step.element_id, f"{step_name(step)} · {step.lane}" if step.lane else step_name(step)) for step in steps]
