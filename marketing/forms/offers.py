"""What is asked of an offer: who it is for and until when, and the fields that its kind has."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from marketing.models import OfferKind, OfferVersion
from marketing.models.offers import ZONES
from marketing.rules.offer_kinds import DAY_COUNTS, PACKETS, STEPS
from products.models import BusinessLine, LineCode
from risk.forms.shared import ReasonForm

ROUNDING = ("step", "way")
FIELDS_OF = {
    "threshold": ("tiers",),
    "percentage": ("percent", "cap", "least", *ROUNDING),
    "fixed": ("amount", "least"),
    "rate_uplift": ("points", "days", "day_count", "cap", "least", *ROUNDING),
    "fee_waiver": ("percent", "cap", *ROUNDING),
    "gift": ("gift", "amount", "least"),
    "red_packet": ("form", "amount", "low", "high", "parts"),
}
SHARED = (
    "valid_from", "valid_until", "time_zone", "products", "lines", "new_customer_days", "segment_code", "per_customer_count",
    "per_customer_amount", "total_count", "coupon_days", "reserve_minutes", "payout_hours", "stack_with", "stack_group",
    "stack_base", "stack_place", "stack_most",
)  # fmt: skip
MONEY: dict[str, Any] = {"max_digits": 20, "decimal_places": 2, "required": False}


def _terms_fields() -> dict[str, forms.Field]:
    return {
        "tiers": forms.CharField(
            label=_("Tiers"), required=False, widget=forms.Textarea(attrs={"rows": 4}), max_length=2_000,
            help_text=_("One a line: spend, then save, such as 300 30."),
        ),
        "percent": forms.DecimalField(label=_("Per cent"), required=False),
        "points": forms.DecimalField(label=_("Points a year"), required=False),
        "days": forms.IntegerField(label=_("Days"), required=False),
        "day_count": forms.TypedChoiceField(
            label=_("Days of a year"), choices=[(n, n) for n in DAY_COUNTS], initial=365, coerce=int, required=False
        ),
        "gift": forms.CharField(label=_("Gift"), max_length=120, required=False),
        "form": forms.ChoiceField(
            label=_("Form"), choices=list(zip(PACKETS, [_("Fixed"), _("Random"), _("Shared")], strict=True)), required=False
        ),
        "amount": forms.DecimalField(label=_("Amount"), **MONEY),
        "low": forms.DecimalField(label=_("Smallest"), **MONEY),
        "high": forms.DecimalField(label=_("Largest"), **MONEY),
        "parts": forms.IntegerField(label=_("Parts"), required=False),
        "cap": forms.DecimalField(label=_("At most"), **MONEY),
        "least": forms.DecimalField(label=_("From an amount of"), **MONEY),
        "step": forms.ChoiceField(label=_("Rounded to"), choices=[(n, n) for n in STEPS], required=False),
        "way": forms.ChoiceField(
            label=_("Rounded"), choices=[("down", _("down")), ("half_up", _("half up"))], required=False
        ),
    }  # fmt: skip


class LocalMomentField(forms.DateTimeField):
    """A date and time as they are written, in no zone yet."""

    widget = forms.DateTimeInput(attrs={"type": "datetime-local", "step": "1"}, format="%Y-%m-%dT%H:%M:%S")

    def to_python(self, value: Any) -> datetime | None:
        with timezone.override(UTC):
            found = super().to_python(value)
        return found.replace(tzinfo=None) if found else None


def in_zone(moment: datetime, zone: ZoneInfo) -> datetime:
    """Return the moment of a wall clock; ValueError for an hour that a change of clocks leaves out."""
    found = moment.replace(tzinfo=zone)
    if found.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != moment:
        raise ValueError(_now("This time does not exist there: clocks go forward over it."))
    return found


class DraftForm(forms.ModelForm):
    """The draft of an offer of one kind. `zone` is that of the offer: its times are written on that clock."""

    products = forms.CharField(label=_("Products"), required=False, help_text=_("Codes, with commas; empty for all."))
    lines = forms.MultipleChoiceField(label=_("Business lines"), choices=LineCode.choices, required=False)
    valid_from = LocalMomentField(label=_("Valid from"))
    valid_until = LocalMomentField(
        label=_("Valid until"), help_text=_("The first moment at which it no longer counts, on the clock of its zone.")
    )

    class Meta:
        model = OfferVersion
        fields = SHARED

    def __init__(self, *args: Any, kind: str, version: OfferVersion | None = None, **kwargs: Any):
        super().__init__(*args, initial=_initial(version), **kwargs)
        self.kind = kind
        known = _terms_fields()
        self.fields = {**{name: known[name] for name in FIELDS_OF[kind]}, **self.fields}

    def clean_products(self) -> list[str]:
        return [code.strip() for code in self.cleaned_data["products"].split(",") if code.strip()]

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        zone = said.get("time_zone")
        if zone and zone not in ZONES:
            self.add_error(
                "time_zone", _now("%(zone)s is no time zone: write one such as Asia/Shanghai.") % {"zone": zone}
            )
        for name in ("valid_from", "valid_until"):
            if zone in ZONES and said.get(name):
                try:
                    said[name] = in_zone(said[name], ZoneInfo(zone))
                except ValueError as error:
                    self.add_error(name, str(error))
        return said

    def _post_clean(self) -> None:
        """The service checks the version as a whole, with its offer."""

    def terms(self) -> dict[str, Any]:
        found = {name: self.cleaned_data.get(name) for name in FIELDS_OF[self.kind]}
        if "tiers" in found:
            lines = [line.replace(",", " ").split() for line in (found["tiers"] or "").splitlines() if line.strip()]
            return {"tiers": [dict(zip(("spend", "save"), line, strict=False)) for line in lines]}
        return {name: str(value) for name, value in found.items() if value not in {None, ""}}

    def as_draft(self) -> dict[str, Any]:
        return {"terms": self.terms(), **{name: self.cleaned_data[name] for name in SHARED}}


def _initial(version: OfferVersion | None) -> dict[str, Any]:
    if version is None:
        begin = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None)
        return {"valid_from": begin, "valid_until": begin + timedelta(days=30)}
    terms = dict(version.terms)
    if "tiers" in terms:
        terms["tiers"] = "\n".join(f"{tier['spend']} {tier['save']}" for tier in terms["tiers"])
    shared = {name: getattr(version, name) for name in SHARED}
    times = {name: shared[name].astimezone(version.zone).replace(tzinfo=None) for name in ("valid_from", "valid_until")}
    return {**terms, **shared, **times, "products": ", ".join(version.products)}


class OfferForm(DraftForm):
    """A new offer with its first draft."""

    code = forms.SlugField(label=_("Code"), max_length=40)
    name = forms.CharField(label=_("Name"), max_length=120)
    line = forms.ModelChoiceField(label=_("Business line"), queryset=BusinessLine.objects.none(), required=False)
    currency = forms.RegexField(r"^[A-Z]{3}$", label=_("Currency"), help_text=_("Three capital letters, such as CNY."))

    def __init__(self, *args: Any, user: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["line"].queryset = BusinessLine.objects.visible_to(user)  # type: ignore[attr-defined]
        self.fields["line"].empty_label = _("Whole company")  # type: ignore[attr-defined]
        first = ("name", "code", "line", "currency")
        self.fields = {**{name: self.fields[name] for name in first}, **self.fields}

    def as_offer(self) -> dict[str, Any]:
        line = self.cleaned_data["line"]
        named = {name: self.cleaned_data[name] for name in ("code", "name", "currency")}
        return {**named, "kind": self.kind, "line_id": line.pk if line else None, **self.as_draft()}


class BudgetForm(ReasonForm):
    budget = forms.DecimalField(label=_("Budget"), max_digits=20, decimal_places=2, min_value=0.01)

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields = {"budget": self.fields["budget"], "reason": self.fields["reason"]}


class IssueForm(forms.Form):
    number = forms.IntegerField(label=_("Coupons"), min_value=1, max_value=1_000_000)
    uses = forms.IntegerField(
        label=_("Uses of each"), min_value=0, initial=1, help_text=_("0: as many as the offer allows.")
    )
    key = forms.CharField(
        label=_("Key"), max_length=120, help_text=_("What this issue is called; the same key is never issued twice.")
    )


class PacketForm(forms.Form):
    key = forms.CharField(label=_("Key"), max_length=120, help_text=_("By this key the shares are claimed."))


class CodeForm(forms.Form):
    code = forms.CharField(label=_("Code"), max_length=200, help_text=_("As it was typed or read aloud."))


class DecideForm(ReasonForm):
    pay = forms.TypedChoiceField(
        label=_("Decision"), choices=[("yes", _("Pay")), ("no", _("Refuse"))], coerce=lambda word: word == "yes"
    )

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields = {"pay": self.fields["pay"], "reason": self.fields["reason"]}


def kinds() -> list[tuple[str, Any]]:
    return list(OfferKind.choices)
