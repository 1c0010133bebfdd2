from datetime import timedelta

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from pages.forms import form_helper
from staff.access import permission_labels
from staff.changes import label_of
from staff.grants import all_grants
from staff.models import ChangePolicy, User
from staff.rules.changes import MOST_APPROVALS, bands_as_text, read_bands
from staff.rules.roles import Role

MOMENT = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")


class DelegationForm(forms.Form):
    """Who stands in, for what, and until when."""

    taker = forms.ModelChoiceField(label=_("Who decides in your place"), queryset=User.objects.none())
    command = forms.ChoiceField(label=_("What"), required=False)
    starts_at = forms.DateTimeField(label=_("From"), widget=MOMENT)
    ends_at = forms.DateTimeField(label=_("Until"), widget=MOMENT, help_text=_("At most 31 days."))
    reason = forms.CharField(label=_("Why"), max_length=300)

    def __init__(self, *args, user: User, commands, **kwargs):
        now = timezone.localtime().replace(second=0, microsecond=0)
        super().__init__(*args, initial={"starts_at": now, "ends_at": now + timedelta(days=7)}, **kwargs)
        self.fields["taker"].queryset = User.objects.active().exclude(pk=user.pk).order_by("full_name", "pk")
        named = sorted(((name, label_of(name)) for name in commands), key=lambda pair: pair[1])
        self.fields["command"].choices = [("", _("Everything I may approve")), *named]
        self.helper = form_helper(self, _("Delegate"))


class PolicyForm(forms.Form):
    """Who approves one action, and by when. Saving it asks for approval."""

    check_permission = forms.ChoiceField(label=_("Who may approve"))
    approvals = forms.IntegerField(label=_("Approvals needed"), min_value=1, max_value=MOST_APPROVALS)
    bands = forms.CharField(
        label=_("More for larger amounts"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("One line each, such as “100000: 2”: from this amount on, so many approvals."),
    )
    expiry_hours = forms.IntegerField(label=_("Expires after hours"), min_value=1, max_value=720)
    remind_after_hours = forms.IntegerField(label=_("Reminder after hours"), min_value=0, max_value=720)
    escalate_after_hours = forms.IntegerField(label=_("Escalated after hours"), min_value=0, max_value=720)
    escalate_to = forms.ChoiceField(label=_("Escalated to"), choices=Role.choices)
    break_glass = forms.BooleanField(label=_("May be done at once, and reviewed afterwards"), required=False)
    reason = forms.CharField(label=_("Why"), max_length=300)

    def __init__(self, *args, policy: ChangePolicy, cancel_url: str, **kwargs):
        names = ("check_permission", "approvals", "expiry_hours", "remind_after_hours", "escalate_after_hours",
                 "escalate_to", "break_glass")  # fmt: skip
        held = {name: getattr(policy, name) for name in names} | {"bands": bands_as_text(policy.bands)}
        super().__init__(*args, initial=held, **kwargs)
        words = permission_labels()
        rights = {name for name in all_grants() if name.partition(".")[2].startswith("check_")}
        self.fields["check_permission"].choices = [
            (name, words.get(name, name)) for name in sorted(rights | {policy.check_permission})
        ]
        self.helper = form_helper(self, _("Ask for approval"), cancel_url=cancel_url)

    def clean_bands(self):
        try:
            return read_bands(self.cleaned_data["bands"])
        except ValueError as error:
            raise forms.ValidationError(_("This cannot be read: %(error)s."), params={"error": error}) from error
