from django import forms
from django.utils.translation import gettext_lazy as _

from governance.people import colleagues
from marketing.models import Claim, Language, Message, Provider, ProviderKind
from marketing.services.variables import VARIABLES
from pages.forms import DayInput
from products.models import BusinessLine, Product


class MessageForm(forms.ModelForm):
    class Meta:
        model = Message
        fields = ["code", "name", "channel", "purpose", "line", "product", "owner", "planned_on"]
        widgets = {"planned_on": DayInput()}

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            del self.fields["code"]  # campaigns and links name it
        self.fields["owner"].queryset = colleagues()
        self.fields["line"].queryset = BusinessLine.objects.visible_to(user)
        self.fields["line"].empty_label = _("Whole company")
        self.fields["product"].queryset = Product.objects.visible_to(user).order_by("name")
        self.fields["product"].empty_label = _("None")

    def _post_clean(self):
        """The service validates the whole."""


class TextForm(forms.Form):
    """What a message says in one language."""

    subject = forms.CharField(label=_("Subject"), max_length=200, required=False)
    preheader = forms.CharField(label=_("First line in the inbox"), max_length=200, required=False)
    body = forms.CharField(label=_("Text"), max_length=100_000, widget=forms.Textarea(attrs={"rows": 16}))

    def __init__(self, *args, message, text=None, **kwargs):
        said = {name: getattr(text, name) for name in ("subject", "preheader", "body")} if text else {}
        super().__init__(*args, initial=said, **kwargs)
        if not message.is_mail:
            del self.fields["preheader"]
        names = ", ".join("{{%s}}" % name for name in VARIABLES)  # noqa: UP031 (braces)
        self.fields["body"].help_text = _("Variables: %(names)s. E-mail may be MJML; otherwise empty lines part paragraphs.") % {
            "names": names
        }  # fmt: skip


class ClaimForm(forms.ModelForm):
    class Meta:
        model = Claim
        fields = ["language", "words", "proof", "expires_on"]
        widgets = {"expires_on": DayInput()}

    def _post_clean(self):
        """The service validates the whole."""


LANGUAGES = dict(Language.choices)


class TestMailForm(forms.Form):
    provider = forms.ModelChoiceField(
        queryset=Provider.objects.none(), label=_("Mail server"), empty_label=None,
        help_text=_("Administrators set up the servers that mails go out by."),
    )  # fmt: skip

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["provider"].queryset = Provider.objects.active().filter(kind=ProviderKind.SMTP)
