from django import forms
from django.utils.translation import gettext_lazy as _

LARGEST = 2**63 - 1


class BetweenForm(forms.Form):
    """Two checkpoints by their sizes."""

    old = forms.IntegerField(label=_("Earlier checkpoint"), min_value=1, max_value=LARGEST)
    new = forms.IntegerField(label=_("Later checkpoint"), min_value=1, max_value=LARGEST)
