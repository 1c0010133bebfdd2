from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from pages.forms import DayInput
from products.models import BusinessLine
from risk import measures
from risk.models import Indicator, Risk, Unit
from risk.querysets.people import risk_people
from risk.rules.indicators import share_from_text

READ_WRONG = {
    "ambiguous": _("Is that a percentage or a fraction? Write 5% for five per cent, or 0.05."),
    "not a number": _("Write a number, such as 5% or 0.05."),
}


class ShareField(forms.CharField):
    """A share: typed as a percentage or as a fraction, kept as a fraction."""

    def __init__(self, **kwargs):
        super().__init__(
            **{"help_text": _("A percentage with its sign, or a fraction: 5% or 0.05."), "max_length": 30, **kwargs}
        )

    def clean(self, value):
        text = super().clean(value)
        try:
            return share_from_text(text)
        except ValueError as error:
            raise forms.ValidationError(READ_WRONG[str(error)]) from error

    def prepare_value(self, value):
        return value if value is None or isinstance(value, str) else f"{(value * 100).normalize():f}%"


def value_field(unit, **kwargs):
    """The field that a value of this unit is typed into."""
    return ShareField(**kwargs) if unit == Unit.SHARE else forms.DecimalField(max_digits=20, decimal_places=6, **kwargs)


class WithPeopleAndLines:
    """Owners, lines and risks as this person may choose them."""

    def offer(self, user):
        self.fields["owner"].queryset = risk_people()
        self.fields["line"].queryset = BusinessLine.objects.visible_to(user)
        self.fields["line"].empty_label = _("Whole company")
        self.fields["risks"].queryset = Risk.objects.visible_to(user).open().order_by("reference")


class IndicatorForm(WithPeopleAndLines, forms.ModelForm):
    """A new indicator. Bounds are typed in its unit, a share with its percent sign or as a fraction."""

    measure = forms.ChoiceField(
        label=_("Measure"),
        choices=measures.choices,
        required=False,
        help_text=_("For an indicator that the nightly run reads."),
    )
    amber = forms.CharField(
        label=_("Amber from"), max_length=30, help_text=_("The first value inside amber: 5% or 0.05 for a share.")
    )
    red = forms.CharField(label=_("Red from"), max_length=30, help_text=_("The first value inside red, beyond amber."))
    reason = forms.CharField(
        label=_("Why this indicator, and these bounds?"), widget=forms.Textarea(attrs={"rows": 2}), min_length=10,
        max_length=2_000, help_text=_("For whoever approves it: it is read only once somebody else agrees."),
    )  # fmt: skip

    class Meta:
        model = Indicator
        fields = [
            "name",
            "code",
            "risk_class",
            "line",
            "source",
            "measure",
            "unit",
            "direction",
            "amber",
            "red",
            "owner",
            "stale_after_days",
            "description",
            "risks",
        ]
        widgets = {"description": forms.Textarea(attrs={"rows": 3, "maxlength": 10_000})}
        help_texts = {
            "code": _("Small letters, digits and hyphens; it stands in addresses and never changes."),
            "line": _("Empty: the whole company."),
            "unit": _("A measure brings its own."),
        }

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.offer(user)

    def clean_code(self):
        if self.cleaned_data["code"] == "new":
            raise forms.ValidationError(_("This word is taken by a page: choose another."))
        return self.cleaned_data["code"]

    def clean(self):
        """Bounds can be read only once the unit is known, which a measure decides."""
        found = super().clean()
        measure = measures.MEASURES.get(found.get("measure") or "") if found.get("source") == "measure" else None
        unit = measure.unit if measure else found.get("unit")
        for name in ("amber", "red"):
            if name in found:
                try:
                    found[name] = value_field(unit).clean(found[name])
                except forms.ValidationError as error:
                    self.add_error(name, error)
        return found


class IndicatorChangeForm(WithPeopleAndLines, forms.ModelForm):
    """What may change later: words, owner, line, risks; source and unit never do, bounds have their own form."""

    class Meta:
        model = Indicator
        fields = ["name", "risk_class", "line", "owner", "stale_after_days", "is_active", "description", "risks"]
        widgets = {"description": forms.Textarea(attrs={"rows": 3, "maxlength": 10_000})}
        help_texts = {"is_active": _("One that is switched off is not read, and its alert can be closed.")}

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.offer(user)


class BoundsForm(forms.Form):
    reason = forms.CharField(
        label=_("Why do the bounds change?"), widget=forms.Textarea(attrs={"rows": 3}), min_length=10, max_length=2_000
    )

    def __init__(self, *args, indicator, **kwargs):
        super().__init__(*args, **kwargs)
        fields = {
            "amber": value_field(indicator.unit, label=_("Amber from"), initial=indicator.amber),
            "red": value_field(indicator.unit, label=_("Red from"), initial=indicator.red),
        }
        self.fields = {**fields, **self.fields}


class ReadingForm(forms.Form):
    """A reading taken by hand: of which day, what it was, and where it is from."""

    day = forms.DateField(label=_("Day"), widget=DayInput())
    note = forms.CharField(
        label=_("Where is the number from?"), widget=forms.Textarea(attrs={"rows": 2}), required=False, max_length=2_000
    )

    def __init__(self, *args, indicator, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["day"].initial = timezone.localdate()
        value = value_field(indicator.unit, label=_("Value (%(unit)s)") % {"unit": indicator.get_unit_display()})
        self.fields = {"day": self.fields["day"], "value": value, "note": self.fields["note"]}
