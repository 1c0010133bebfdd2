from django import forms
from django.utils.translation import gettext_lazy as _

from marketing.models import Segment, SegmentKind


class SegmentForm(forms.Form):
    """What is written about a segment; the code is given once."""

    code = forms.SlugField(
        label=_("Code"), max_length=40, help_text=_("Small letters, digits and hyphens; rules name it.")
    )
    name = forms.CharField(label=_("Name"), max_length=120)
    description = forms.CharField(
        label=_("What it is for"), required=False, max_length=2_000, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args, segment=None, **kwargs):
        super().__init__(*args, **kwargs)
        if segment:
            del self.fields["code"]

    def clean_code(self):
        code = self.cleaned_data["code"].lower()
        if Segment.objects.filter(code=code).exists():
            raise forms.ValidationError(_("There is a segment with this code already."))
        return code


class ListForm(SegmentForm):
    kind = forms.ChoiceField(
        label=_("Kind"),
        choices=[(one.value, one.label) for one in (SegmentKind.LIST, SegmentKind.SUPPRESSION)],
        help_text=_("Nobody on a suppression list is written to."),
    )


class ReferencesForm(forms.Form):
    """Customers by their numbers, one a line."""

    references = forms.CharField(
        label=_("Customer numbers"),
        widget=forms.Textarea(attrs={"rows": 6}),
        max_length=40_000,
        help_text=_("One a line. A table is brought in from the list of segments."),
    )

    def clean_references(self):
        return self.cleaned_data["references"].replace(",", " ").split()


class OverlapForm(forms.Form):
    """Two or three segments."""

    segment = forms.ModelMultipleChoiceField(
        label=_("Segments"),
        queryset=Segment.objects.none(),
        to_field_name="code",
        widget=forms.SelectMultiple(attrs={"size": 8}),
    )

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["segment"].queryset = Segment.objects.visible_to(user).standing().order_by("name")

    def clean_segment(self):
        chosen = list(self.cleaned_data["segment"])
        if not 2 <= len(chosen) <= 3:
            raise forms.ValidationError(_("Choose two or three segments."))
        return chosen
