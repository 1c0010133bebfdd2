from django import forms
from django.utils.translation import gettext_lazy as _

from customers.models import ClearedAs, ListKind, WatchList

SENTENCE = {"rows": 3}


class WatchListForm(forms.ModelForm):
    """A list that is not there yet; its versions are loaded afterwards."""

    class Meta:
        model = WatchList
        fields = ["code", "name", "kind", "publisher"]

    kind = forms.ChoiceField(label=_("Kind"), choices=ListKind)


class LoadForm(forms.Form):
    watch_list = forms.ModelChoiceField(label=_("Watch list"), queryset=None)
    file = forms.FileField(
        label=_("File"), max_length=300, help_text=_("CSV in UTF-8: our own layout, or that of the OFAC SDN list.")
    )
    may_shrink = forms.BooleanField(
        label=_("It may be much smaller than the version in force"),
        required=False,
        help_text=_("Without this a file of less than half the entries is refused: it may have been cut off."),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["watch_list"].queryset = WatchList.objects.filter(is_active=True)


class ConfirmHitForm(forms.Form):
    reason = forms.CharField(
        label=_("What did you compare, and what did you find?"),
        min_length=10,
        max_length=4_000,
        widget=forms.Textarea(attrs=SENTENCE),
    )


class ClearHitForm(ConfirmHitForm):
    cleared_as = forms.ChoiceField(label=_("Why is it somebody else?"), choices=ClearedAs)
    field_order = ["cleared_as", "reason"]
