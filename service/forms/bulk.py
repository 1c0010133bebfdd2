from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from service.forms.tickets import TagsField
from service.models import Priority, TicketStatus
from staff.models import User


class BulkForm(forms.Form):
    """What is to change of all the chosen tickets; what is left empty stays."""

    assignee = forms.ModelChoiceField(label=_("Agent"), queryset=None, required=False, empty_label=_("Stays"))
    status = forms.ChoiceField(label=_("Status"), required=False, choices=[("", _("Stays")), *TicketStatus.choices])
    priority = forms.TypedChoiceField(
        label=_("Priority"), required=False, choices=[("", _("Stays")), *Priority.choices], coerce=int, empty_value=None
    )
    tags = TagsField(label=_("Add tags"), required=False, max_length=800, help_text=_("Separated by commas."))

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        agents = User.objects.filter(agent__isnull=False, is_active=True)
        self.fields["assignee"].queryset = (
            agents.order_by("full_name") if user.has_perm("service.assign_ticket") else User.objects.filter(pk=user.pk)
        )

    def clean(self):
        asked = {key: value for key, value in super().clean().items() if value}
        if not asked and not self.errors:
            raise ValidationError(_("Choose what is to change."))
        return asked
