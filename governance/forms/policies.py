from django import forms
from django.utils.translation import gettext_lazy as _

from governance.models import Policy
from governance.people import colleagues
from governance.services.policies import LANGUAGES
from pages.forms import DayInput
from products.models import BusinessLine
from risk.models import Control, Risk
from service.rules.markup import LONGEST
from staff.models import Team
from staff.rules.roles import Role


class PolicyForm(forms.ModelForm):
    audience_roles = forms.MultipleChoiceField(
        label=_("Roles that confirm"), choices=Role.choices, required=False, widget=forms.SelectMultiple(attrs={"size": 5})
    )  # fmt: skip

    class Meta:
        model = Policy
        fields = [
            "code", "name", "kind", "owner", "line", "parent", "source", "risks", "controls", "audience_roles",
            "audience_teams", "confirm_days", "review_months",
        ]  # fmt: skip
        widgets = {"source": forms.Textarea(attrs={"rows": 2, "maxlength": 4_000})}
        help_texts = {
            "line": _("Empty: the whole company. Only people who work in this line are asked to confirm."),
            "parent": _("The policy that this one is made under, if there is one."),
            "source": _("The law or rule that asks for it, with its article."),
            "audience_teams": _("Who is in one of the roles or teams confirms. With neither, everybody does."),
        }

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            del self.fields["code"]  # links and texts name it
        self.fields["owner"].queryset = colleagues()
        self.fields["line"].queryset = BusinessLine.objects.visible_to(user)
        self.fields["line"].empty_label = _("Whole company")
        self.fields["parent"].queryset = Policy.objects.visible_to(user).exclude(pk=self.instance.pk).order_by("name")
        self.fields["parent"].empty_label = _("Of none")
        self.fields["risks"].queryset = Risk.objects.visible_to(user).open().order_by("reference")
        self.fields["controls"].queryset = Control.objects.visible_to(user).order_by("code")
        self.fields["audience_teams"].queryset = Team.objects.order_by("name")


class VersionForm(forms.Form):
    """A policy's text in each language; a language stays out where its field is empty."""

    summary = forms.CharField(
        label=_("What changes"), widget=forms.Textarea(attrs={"rows": 2}), min_length=10, max_length=2_000
    )

    def __init__(self, *args, texts=None, **kwargs):
        super().__init__(*args, **kwargs)
        for language, name in LANGUAGES.items():
            self.fields[f"body_{language}"] = forms.CharField(
                label=f"{name}: {_('Text')}", required=False, initial=(texts or {}).get(language, ""),
                max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 14}),
                help_text=_("Markdown: # heading, **bold**, - list, [link](https://…)."),
            )  # fmt: skip

    @property
    def written(self):
        texts = {language: self.cleaned_data[f"body_{language}"] for language in LANGUAGES}
        return {"texts": texts, "summary": self.cleaned_data["summary"]}


class InForceForm(forms.Form):
    effective_from = forms.DateField(label=_("In force from"), widget=DayInput())
    reason = forms.CharField(
        label=_("Why this version?"), widget=forms.Textarea(attrs={"rows": 2}), min_length=10, max_length=2_000
    )


class ReviewForm(forms.Form):
    conclusion = forms.CharField(
        label=_("What did the review conclude?"), widget=forms.Textarea(attrs={"rows": 3}), min_length=10, max_length=2_000
    )  # fmt: skip
