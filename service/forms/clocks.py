from django import forms
from django.utils.translation import gettext_lazy as _

from pages.forms import form_helper
from service.models import BreachCause


class CauseForm(forms.Form):
    cause = forms.ChoiceField(
        label=_("What was the cause?"),
        choices=BreachCause.choices,
        help_text=_("It goes before what the program derived from the ticket's states."),
    )

    def __init__(self, *args, cancel_url, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = form_helper(self, _("Save cause"), cancel_url=cancel_url)
