from crispy_forms.helper import FormHelper
from django import forms
from django.utils.translation import gettext_lazy as _

from pages.forms import DayInput
from products.models import FeeBasis, Product, ProductDocument, ProductStatus, ProductVersion, RateKind, RiskRating
from products.rules.terms import TERMS, read_term


class ProductForm(forms.ModelForm):
    """A new product with the terms of its first version's frame; the line's own terms follow in the version."""

    risk_rating = forms.ChoiceField(label=_("Risk rating"), choices=RiskRating)
    target_group = forms.CharField(label=_("Target group"), widget=forms.Textarea(attrs={"rows": 2}), required=False)

    class Meta:
        model = Product
        fields = ["code", "name", "line", "currency", "jurisdiction", "owner"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_tag = False

    def clean_currency(self):
        return self.cleaned_data["currency"].upper()

    def clean_line(self):
        line = self.cleaned_data["line"]
        if not line.is_on:
            raise forms.ValidationError(_("This line is switched off: nothing new is made in it."))
        return line


class VersionForm(forms.ModelForm):
    """A draft version: rating, target group, description, and one field for each term of its line."""

    class Meta:
        model = ProductVersion
        fields = ["risk_rating", "target_group", "description"]
        widgets = {"target_group": forms.Textarea(attrs={"rows": 2}), "description": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for term in self._terms():
            self.fields[f"term_{term.name}"] = forms.CharField(
                label=term.label, required=False, initial=self._written(self.instance.terms.get(term.name, ""))
            )
        self.helper = FormHelper()
        self.helper.form_tag = False

    def _terms(self):
        return TERMS.get(self.instance.product.line_id, ())

    @staticmethod
    def _written(value):
        return ", ".join(str(part) for part in value) if isinstance(value, list) else value

    def clean(self):
        cleaned = super().clean()
        terms = dict(self.instance.terms)
        for term in self._terms():
            try:
                terms[term.name] = read_term(term, cleaned.get(f"term_{term.name}") or "")
            except ValueError as error:
                self.add_error(f"term_{term.name}", str(error))
        cleaned["terms"] = {name: value for name, value in terms.items() if value not in ("", [])}
        return cleaned

    @property
    def version_fields(self):
        return {name: self.cleaned_data[name] for name in ("risk_rating", "target_group", "description", "terms")}


class MoveForm(forms.Form):
    to = forms.ChoiceField(label=_("To"), choices=ProductStatus)
    reason = forms.CharField(label=_("Why?"), widget=forms.Textarea(attrs={"rows": 2}), min_length=5)


class RateForm(forms.Form):
    kind = forms.ChoiceField(label=_("Kind"), choices=RateKind)
    amount_from = forms.DecimalField(label=_("From amount"), min_value=0, max_digits=20, decimal_places=2, initial=0)
    percent = forms.DecimalField(
        label=_("Annual rate, percent"), min_value=0, max_value=100, max_digits=7, decimal_places=4
    )
    valid_from = forms.DateField(label=_("From"), widget=DayInput())


class FeeForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=80)
    basis = forms.ChoiceField(label=_("Basis"), choices=FeeBasis)
    value = forms.DecimalField(label=_("Value"), min_value=0, max_digits=18, decimal_places=6)
    valid_from = forms.DateField(label=_("From"), widget=DayInput())


class DocumentForm(forms.ModelForm):
    class Meta:
        model = ProductDocument
        fields = ["kind", "title", "file"]


class SwitchLineForm(forms.Form):
    reason = forms.CharField(label=_("Why?"), widget=forms.Textarea(attrs={"rows": 2}), min_length=5)
