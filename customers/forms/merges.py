from django import forms
from django.utils.translation import gettext_lazy as _

from customers.models import Customer
from customers.rules.merging import CHOSEN


class TwoCustomersForm(forms.Form):
    """Which two customers are one."""

    one = forms.CharField(label=_("Customer no."), max_length=16)
    other = forms.CharField(label=_("Other customer no."), max_length=16)

    def __init__(self, *args, user=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.user = user
        self.fields["one"].widget.attrs["autofocus"] = True

    def _found(self, name):
        seen = Customer.objects.visible_to(self.user).defer("search").select_related("relationship_owner", "source")
        customer = seen.filter(reference=self.cleaned_data[name].strip().upper()).first()
        if customer is None:
            raise forms.ValidationError(_("There is no customer of this number, or it leads to another one."))
        return customer

    def clean_one(self):
        return self._found("one")

    def clean_other(self):
        return self._found("other")


class MergeForm(forms.Form):
    """Which record stays, whose value each field takes, and why they are one."""

    stays = forms.ChoiceField(choices=[("one", "one"), ("other", "other")])
    reason = forms.CharField(label=_("Why are they one?"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in CHOSEN:
            self.fields[f"field_{name}"] = forms.ChoiceField(choices=self.fields["stays"].choices)

    def arguments(self, one, other):
        """What the change request says: numbers of records, and names of fields."""
        stays = self.cleaned_data["stays"]
        survivor, absorbed = (one, other) if stays == "one" else (other, one)
        taken = [name for name in CHOSEN if self.cleaned_data[f"field_{name}"] != stays]
        return {"survivor_id": survivor.pk, "absorbed_id": absorbed.pk, "choices": taken}
