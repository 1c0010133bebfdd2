from datetime import date

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from pages.forms import DayInput
from products.models import BusinessLine
from risk.formats import scale_labels
from risk.models import AppetiteStatement, RiskLevel, RiskMatrix, TierRule
from risk.services.matrices import LARGEST

REASON = {"min_length": 10, "max_length": 2_000, "widget": forms.Textarea(attrs={"rows": 2})}


class AppetiteForm(forms.ModelForm):
    """A revision of the appetite, from a day on."""

    reason = forms.CharField(label=_("Why?"), **REASON)

    class Meta:
        model = AppetiteStatement
        fields = [
            "risk_class", "line", "team", "statement", "tolerance", "lead_after_days", "management_after_days",
            "valid_from",
        ]  # fmt: skip
        widgets = {"valid_from": DayInput(), "statement": forms.Textarea(attrs={"rows": 3, "maxlength": 4_000})}

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["line"].queryset = BusinessLine.objects.visible_to(user)
        self.fields["line"].empty_label = _("Whole company")
        self.fields["team"].empty_label = _("All units")
        self.fields["valid_from"].initial = timezone.localdate()

    def as_revision(self):
        """What the service takes: line and unit by their keys."""
        found = dict(self.cleaned_data)
        line, team = found.pop("line"), found.pop("team")
        return {**found, "line_id": line.pk if line else None, "team_id": team.pk if team else None}


class MatrixForm(forms.Form):
    """A draft: words of both sides, and from which score on a place is of a level. Scores are the product."""

    likelihoods = forms.CharField(
        label=_("Likelihood, one word a line, lowest first"), max_length=1_000, widget=forms.Textarea(attrs={"rows": 5})
    )
    impacts = forms.CharField(
        label=_("Impact, one word a line, lowest first"), max_length=1_000, widget=forms.Textarea(attrs={"rows": 5})
    )
    medium = forms.IntegerField(label=_("Medium from score"), min_value=2, max_value=LARGEST**2)
    high = forms.IntegerField(label=_("High from score"), min_value=2, max_value=LARGEST**2)
    critical = forms.IntegerField(label=_("Critical from score"), min_value=2, max_value=LARGEST**2)

    def clean(self):
        found = super().clean()
        bounds = [found.get(name) for name in ("medium", "high", "critical")]
        if None not in bounds and not bounds[0] < bounds[1] < bounds[2]:
            raise forms.ValidationError(_("Each level begins above the one before."))
        return found

    def as_draft(self):
        found = self.cleaned_data
        sides = {
            name: [word.strip() for word in found[name].splitlines() if word.strip()]
            for name in ("likelihoods", "impacts")
        }
        cells = {
            (row, column): (row * column, self._level(row * column))
            for row in range(1, len(sides["likelihoods"]) + 1)
            for column in range(1, len(sides["impacts"]) + 1)
        }
        return {**sides, "cells": cells}

    def _level(self, score):
        reached = [level for level in ("medium", "high", "critical") if score >= self.cleaned_data[level]]
        return reached[-1] if reached else RiskLevel.LOW.value


class MappingForm(forms.Form):
    """For every place of the old matrix, which place of the new one it becomes. Nothing is chosen beforehand."""

    def __init__(self, *args, old: RiskMatrix, new: RiskMatrix, **kwargs):
        super().__init__(*args, **kwargs)
        places, old_words = self._places(new), scale_labels(old)
        for cell in old.cells.all():
            name = f"{old_words[0][cell.likelihood - 1]} × {old_words[1][cell.impact - 1]}"
            self.fields[cell.place] = forms.ChoiceField(
                label=f"{cell.place} · {name} · {cell.score} {cell.get_level_display()}", choices=[("", "–"), *places]
            )

    @staticmethod
    def _places(matrix):
        likelihoods, impacts = scale_labels(matrix)
        return [
            (
                cell.place,
                f"{cell.place} · {likelihoods[cell.likelihood - 1]} × {impacts[cell.impact - 1]} · {cell.score}",
            )
            for cell in matrix.cells.all()
        ]

    def as_places(self):
        read = lambda place: tuple(int(part) for part in place.split("x"))  # noqa: E731
        return {read(old): read(new) for old, new in self.cleaned_data.items()}


class InForceForm(forms.Form):
    day = forms.DateField(label=_("In force from"), widget=DayInput())
    reason = forms.CharField(label=_("Why?"), **REASON)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["day"].initial = timezone.localdate()


class MovedForm(forms.Form):
    """Two days; without them, the last thirty."""

    first = forms.DateField(label=_("From the end of"), widget=DayInput(attrs={"class": "form-control"}))
    last = forms.DateField(label=_("To the end of"), widget=DayInput(attrs={"class": "form-control"}))

    def clean(self):
        found = super().clean()
        first, last = found.get("first"), found.get("last")
        if first and last and not date(1990, 1, 1) <= first < last:
            raise forms.ValidationError(_("Choose two days, the earlier one first."))
        if last and last > timezone.localdate():
            raise forms.ValidationError(_("The map of a day to come is not known."))
        return found


class TierRuleForm(forms.ModelForm):
    """A rule of tiers and why it is wanted."""

    reason = forms.CharField(
        label=_("Reason"), widget=forms.Textarea(attrs={"rows": 2}), min_length=10, max_length=2_000
    )

    class Meta:
        model = TierRule
        fields = ["level", "tier", "review_days", "valid_from"]
        widgets = {"valid_from": DayInput()}
