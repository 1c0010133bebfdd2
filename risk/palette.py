"""What of this room is found by typing in the command palette."""

from collections.abc import Iterator

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from risk.models import Indicator, Risk, RiskProposal
from staff.models import User
from staff.palette import Hit


def find_risks(user: User, text: str, limit: int) -> Iterator[Hit]:
    """Risks by number or words of their title; open ones first."""
    found = (
        Risk.objects.visible_to(user)
        .filter(Q(reference__iexact=text) | Q(title__icontains=text))
        .order_by("-status", "-pk")
    )
    for risk in found[:limit]:
        yield Hit(
            risk.title,
            risk.reference,
            reverse("risk:risk_detail", args=[risk.reference]),
            "shield-exclamation",
            _("Risks"),
        )


def find_proposals(user: User, text: str, limit: int) -> Iterator[Hit]:
    """Proposals by number or words of their title; waiting ones first."""
    found = (
        RiskProposal.objects.visible_to(user)
        .filter(Q(reference__iexact=text) | Q(title__icontains=text))
        .order_by("-state", "-pk")
    )
    for row in found[:limit]:
        yield Hit(
            row.title, row.reference, reverse("risk:proposal_detail", args=[row.reference]), "inbox", _("Proposals of risks")
        )  # fmt: skip


def find_indicators(user: User, text: str, limit: int) -> Iterator[Hit]:
    found = (
        Indicator.objects.visible_to(user)
        .active()
        .filter(Q(code__icontains=text) | Q(name__icontains=text))
        .order_by("code")
    )
    for row in found[:limit]:
        yield Hit(row.label, row.code, reverse("risk:indicator_detail", args=[row.code]), "gauge", _("Indicators"))
