from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from pages.forms import form_helper
from service.models import Mailbox

SIGNATURES = ("signature_en", "signature_hans", "signature_hant")


class MailboxForm(forms.ModelForm):
    """A mailbox; of passwords it knows the names alone."""

    secret = forms.ChoiceField(label=_("Name of the password"), required=False)

    class Meta:
        model = Mailbox
        fields = [
            "code", "address", "name", "queue", "is_active", "acknowledge",
            "user", "secret",
            "imap_host", "imap_port", "imap_security", "imap_folder", "done_folder",
            "smtp_host", "smtp_port", "smtp_security",
            "authentication_host", "plus_addresses", *SIGNATURES,
        ]  # fmt: skip
        widgets = {name: forms.Textarea(attrs={"rows": 3}) for name in SIGNATURES}

    def __init__(self, *args, cancel_url="", **kwargs):
        super().__init__(*args, **kwargs)
        names = sorted({*settings.MAIL_SECRETS, *filter(None, [self.instance.secret])})
        self.fields["secret"].choices = [("", "–"), *((name, name) for name in names)]
        self.fields["secret"].help_text = Mailbox._meta.get_field("secret").help_text
        if self.instance.pk:
            del self.fields["code"]  # a mail server's pipe calls it by that
        self.helper = form_helper(self, _("Save mailbox"), cancel_url=cancel_url)
