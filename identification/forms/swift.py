from django import forms
from django.core.validators import validate_slug
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from identification.models import GuideWord, SwiftRow, SwiftSession
from identification.people import session_people
from pages.forms import DayInput
from products.models import BusinessLine
from risk.models import Control, RiskMatrix

SHORT = {"rows": 2, "maxlength": 5_000}


class SessionForm(forms.ModelForm):
    class Meta:
        model = SwiftSession
        fields = ["subject", "scope", "line", "facilitator", "participants", "guide_words", "held_on"]
        widgets = {"scope": forms.Textarea(attrs=SHORT), "held_on": DayInput()}

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["facilitator"].queryset = session_people()
        self.fields["participants"].queryset = session_people()
        self.fields["guide_words"].queryset = GuideWord.objects.filter(is_retired=False)
        self.fields["guide_words"].widget = forms.CheckboxSelectMultiple(choices=self.fields["guide_words"].choices)
        self.fields["line"].queryset = BusinessLine.objects.visible_to(user)
        self.fields["line"].empty_label = _("Whole company")
        self.initial.setdefault("held_on", timezone.localdate())


class RowForm(forms.ModelForm):
    likelihood = forms.TypedChoiceField(label=_("Likelihood"), coerce=int, empty_value=None, required=False)
    impact = forms.TypedChoiceField(label=_("Impact"), coerce=int, empty_value=None, required=False)

    class Meta:
        model = SwiftRow
        fields = [
            "guide_word", "what_if", "causes", "consequences", "controls", "likelihood", "impact", "recommendation",
            "action_owner", "due_on",
        ]  # fmt: skip
        widgets = {
            "causes": forms.Textarea(attrs=SHORT),
            "consequences": forms.Textarea(attrs=SHORT),
            "recommendation": forms.Textarea(attrs=SHORT),
            "due_on": DayInput(),
        }

    def __init__(self, *args, user, session, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["guide_word"].queryset = session.guide_words.all()
        self.fields["controls"].queryset = Control.objects.visible_to(user).order_by("name")
        self.fields["action_owner"].queryset = session_people()
        matrix = RiskMatrix.objects.in_force(timezone.localdate()).first()
        for name in ("likelihood", "impact"):
            words = getattr(matrix, f"{name}_labels", [])
            places = [(number, f"{number} {_word(word)}") for number, word in enumerate(words, start=1)]
            self.fields[name].choices = [("", _("Not judged yet")), *places]


def _word(word):
    return _(word)


class CloseSessionForm(forms.Form):
    conclusion = forms.CharField(
        label=_("Conclusion"), widget=forms.Textarea(attrs={"rows": 4}), min_length=10, max_length=10_000
    )


class GuideWordForm(forms.Form):
    code = forms.CharField(label=_("Code"), max_length=40, validators=[validate_slug])
    en = forms.CharField(label=_("English"), max_length=80)
    zh_hans = forms.CharField(label=_("Simplified Chinese"), max_length=80, required=False)
    zh_hant = forms.CharField(label=_("Traditional Chinese"), max_length=80, required=False)
    position = forms.IntegerField(label=_("Position"), min_value=1, max_value=999, initial=100)
    is_retired = forms.BooleanField(label=_("Not used any more"), required=False)

    def __init__(self, *args, word=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.word = word
        if word:
            self.fields["code"].disabled = True
            names = {name.replace("-", "_"): text for name, text in word.names.items()}
            self.initial |= {"code": word.code, "position": word.position, "is_retired": word.is_retired, **names}

    def clean_code(self):
        code = self.cleaned_data["code"]
        if not self.word and GuideWord.objects.filter(code=code).exists():
            raise forms.ValidationError(_("There is a guide word of this code already."))
        return code

    def as_word(self):
        found = self.cleaned_data
        names = {name.replace("_", "-"): found[name] for name in ("en", "zh_hans", "zh_hant")}
        return {"names": names, "code": found["code"], "position": found["position"], "is_retired": found["is_retired"]}
