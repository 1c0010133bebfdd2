from decimal import Decimal

from django import forms
from django.utils.translation import gettext_lazy as _

from governance.people import colleagues
from marketing.models import Campaign, Message, Offer, Provider, Segment
from pages.forms import DayInput
from products.models import BusinessLine, Product

MOST_VARIANTS = 4


class MomentInput(forms.DateTimeInput):
    """The browser's own field for a moment, in the company's time."""

    input_type = "datetime-local"

    def __init__(self, attrs=None):
        super().__init__(attrs=attrs, format="%Y-%m-%dT%H:%M")


class CampaignForm(forms.ModelForm):
    groups = (
        (_("What it is for"), ["name", "objective", "owner", "line", "product", "offer"]),
        (_("Whom it reaches"), ["segment", "suppress", "purpose", "priority", "holdout_percent"]),
        (_("How and when"), ["provider", "kind", "starts_at", "send_by", "every", "again_after_days", "ends_at"]),
        (_("What counts"), ["conversion", "conversion_days", "tracking"]),
        (_("What it costs"), ["budget", "fixed_cost", "currency"]),
    )

    holdout_percent = forms.DecimalField(
        label=_("Held out, in percent"), min_value=0, max_value=50, decimal_places=2, initial=10,
        help_text=_("Like the others, but not written to: what comes by itself."),
    )  # fmt: skip

    class Meta:
        model = Campaign
        fields = [
            "name", "objective", "owner", "kind", "segment", "suppress", "line", "product", "offer", "provider", "purpose",
            "priority", "starts_at", "send_by", "every", "ends_at", "again_after_days", "conversion", "conversion_days",
            "tracking", "budget", "currency", "fixed_cost",
        ]  # fmt: skip
        widgets = {
            "objective": forms.Textarea(attrs={"rows": 3}),
            "starts_at": MomentInput(),
            "send_by": MomentInput(),
            "ends_at": MomentInput(),
            "suppress": forms.SelectMultiple(attrs={"size": 4}),
        }
        help_texts = {
            "budget": _("A round that would cost more pauses the campaign before it goes out. Nought is no limit."),
        }

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.fields["holdout_percent"].initial = Decimal(self.instance.holdout) / 100
        alive = Segment.objects.visible_to(user).standing().order_by("name")
        self.fields["owner"].queryset = colleagues()
        self.fields["segment"].queryset = alive.exclude(kind="suppression")
        self.fields["suppress"].queryset = alive
        self.fields["line"].queryset = BusinessLine.objects.visible_to(user)
        self.fields["line"].empty_label = _("Whole company")
        self.fields["product"].queryset = Product.objects.visible_to(user).order_by("name")
        self.fields["offer"].queryset = Offer.objects.visible_to(user).in_force().order_by("name")
        self.fields["provider"].queryset = Provider.objects.active()
        for name in ("product", "offer"):
            self.fields[name].empty_label = _("None")

    def clean(self):
        said = super().clean()
        if "holdout_percent" in said:
            said["holdout"] = int(said.pop("holdout_percent") * 100)
        return said

    def _post_clean(self):
        """The service validates the whole: a copy must not be half changed by the form."""


class VariantsForm(forms.Form):
    """Up to four messages that are compared, each with its share in percent."""

    def __init__(self, *args, campaign, user, **kwargs):
        super().__init__(*args, **kwargs)
        seen = Message.objects.visible_to(user).standing()
        messages = seen.filter(channel=campaign.provider.channel).order_by("name")
        standing = list(campaign.variants.order_by("code"))
        for place, letter in enumerate("ABCD"[:MOST_VARIANTS]):
            kept = standing[place] if place < len(standing) else None
            self.fields[f"message_{letter}"] = forms.ModelChoiceField(
                queryset=messages, required=place == 0, label=_("Message of variant %(letter)s") % {"letter": letter},
                initial=kept.message_id if kept else None, empty_label=_("None"),
            )  # fmt: skip
            self.fields[f"share_{letter}"] = forms.DecimalField(
                required=False, min_value=0, max_value=100, decimal_places=2,
                label=_("Share of variant %(letter)s, in percent") % {"letter": letter},
                initial=Decimal(kept.share) / 100 if kept else (100 if place == 0 else None),
            )  # fmt: skip

    @property
    def variants(self):
        said = self.cleaned_data
        chosen = [(said[f"message_{letter}"], said[f"share_{letter}"]) for letter in "ABCD"[:MOST_VARIANTS]]
        return [(message, int((share or 0) * 100)) for message, share in chosen if message]


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_("Why?"), widget=forms.Textarea(attrs={"rows": 3}), min_length=5, max_length=300)


class DecideForm(forms.Form):
    sha256 = forms.CharField(widget=forms.HiddenInput)
    note = forms.CharField(
        label=_("Note"), widget=forms.Textarea(attrs={"rows": 3}), required=False, max_length=2_000,
        help_text=_("To refuse, say what has to change."),
    )  # fmt: skip


class TaskForm(forms.Form):
    title = forms.CharField(label=_("What is to be done?"), max_length=160)
    owner = forms.ModelChoiceField(queryset=None, label=_("Who does it?"))
    due_on = forms.DateField(label=_("By"), required=False, widget=DayInput())

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["owner"].queryset = colleagues()


class LessonsForm(forms.Form):
    lessons = forms.CharField(
        label=_("What did we learn?"), widget=forms.Textarea(attrs={"rows": 8}), max_length=20_000,
        help_text=_("What worked, what did not, what we do differently next time."),
    )  # fmt: skip


class ReconcileForm(forms.Form):
    log = forms.CharField(
        label=_("The provider's log"), widget=forms.Textarea(attrs={"rows": 12}), max_length=5_000_000, required=False,
        help_text=_(
            "Any text in which the numbers of the messages stand that the provider has taken, such as Message-IDs. What it "
            "does not name goes out again: it must be whole."
        ),
    )  # fmt: skip


class ProviderForm(forms.ModelForm):
    class Meta:
        model = Provider
        fields = [
            "code", "name", "channel", "kind", "host", "port", "security", "user", "secret", "gateway", "from_name",
            "from_address", "per_second", "price", "currency", "is_active",
        ]  # fmt: skip

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            del self.fields["code"]
