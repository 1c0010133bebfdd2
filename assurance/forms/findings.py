from django import forms
from django.utils.translation import gettext_lazy as _

from assurance.models import Finding
from assurance.people import owners
from incidents.models import Activation
from pages.forms import DayInput

LONG = {"rows": 3, "maxlength": 10_000}


class FindingForm(forms.ModelForm):
    class Meta:
        model = Finding
        fields = [
            "title", "severity", "condition", "criteria", "cause", "effect", "recommendation", "risk", "activation", "owner",
            "due_on",
        ]  # fmt: skip
        widgets = {
            "due_on": DayInput(),
            "condition": forms.Textarea(attrs=LONG),
            "criteria": forms.Textarea(attrs=LONG),
            "cause": forms.Textarea(attrs=LONG),
            "effect": forms.Textarea(attrs=LONG),
            "recommendation": forms.Textarea(attrs=LONG),
        }
        help_texts = {"risk": _("The risk is assessed anew because of this finding.")}

    def __init__(self, *args, user, engagement, **kwargs):
        super().__init__(*args, **kwargs)
        self.engagement = engagement
        self.fields["owner"].queryset = owners()
        self.fields["risk"].queryset = engagement.unit.risks.order_by("reference")
        self.fields["risk"].empty_label = _("Of no recorded risk")
        self.fields["activation"].queryset = Activation.objects.visible_to(user).for_list()
        self.fields["activation"].empty_label = _("Of none")


def _words(label, name):
    """A form of one text, which the service takes by `name`."""
    field = forms.CharField(label=label, widget=forms.Textarea(attrs={"rows": 4}), min_length=10, max_length=10_000)
    return type("WordsForm", (forms.Form,), {name: field})


AnswerForm = _words(_("What will be done, by when?"), "response")
DoneForm = _words(_("By what does one see that it is mended?"), "evidence")
VerifyForm = _words(_("How did you verify it?"), "verification")
ReturnForm = _words(_("What is still wanting?"), "verification")
