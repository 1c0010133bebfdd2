"""What of knowing customers needs a second pair of eyes: another rating than the counted one, and a relationship of high
risk."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.models import Customer, CustomerRisk, EddOutcome, EnhancedReview, KycProfile
from customers.services.enhanced_reviews import HANDLE, check_outcome, end_enhanced
from customers.services.kyc_profiles import OVERRIDE, check_override, override_rating
from staff.changes import Arguments, Command, Differences, register_command, version_of

RATE, END = "customers.profile.override", "customers.edd.end"


def _rating(value: str) -> str:
    return str(CustomerRisk(value).label) if value else _("as counted")


def _check_rating(*, actor: Any, arguments: Arguments) -> None:
    check_override(actor=actor, customer_id=arguments["customer_id"], rating=arguments["override"])


def _rate(*, actor: Any, arguments: Arguments, request: Any) -> str:
    profile = override_rating(
        actor=actor, customer_id=arguments["customer_id"], rating=arguments["override"], reason=request.reason,
        at=timezone.now(),
    )  # fmt: skip
    return _("Next review on %(day)s.") % {"day": profile.next_review_on}


def _describe_rating(arguments: Arguments) -> Differences:
    profile = KycProfile.objects.get(customer=arguments["customer_id"])
    return [
        (_("Counted rating"), _rating(profile.rating), ""),
        (_("Overridden to"), _rating(profile.override), _rating(arguments["override"])),
    ]


def _reference(arguments: Arguments) -> str:
    return Customer.objects.only("reference").get(pk=arguments["customer_id"]).reference


def _check_end(*, actor: Any, arguments: Arguments) -> None:
    check_outcome(actor=actor, review_id=arguments["review_id"], outcome=arguments["outcome"])


def _end(*, actor: Any, arguments: Arguments, request: Any) -> str:
    review = end_enhanced(actor=actor, at=timezone.now(), **arguments)
    return str(review.get_outcome_display())


def _describe_end(arguments: Arguments) -> Differences:
    """The checklist stands on its page: a request stays for good."""
    return [(_("Outcome"), _("open"), str(EddOutcome(arguments["outcome"]).label))]


def register() -> None:
    register_command(
        Command(
            name=RATE,
            label=gettext_lazy("Override a risk rating"),
            permission=OVERRIDE,
            execute=_rate,
            describe=_describe_rating,
            about=_reference,
            version=lambda arguments: version_of(
                KycProfile.objects.filter(customer=arguments["customer_id"]), "override", "rating"
            ),
            target=lambda arguments: ("customers_kycprofile", arguments["customer_id"]),
            check=_check_rating,
            guards={"customers_kycprofile": ("override",)},
        )
    )
    register_command(
        Command(
            name=END,
            label=gettext_lazy("End enhanced due diligence"),
            permission=HANDLE,
            execute=_end,
            describe=_describe_end,
            about=lambda arguments: f"EDD-{arguments['review_id']}",
            version=lambda arguments: version_of(EnhancedReview.objects.filter(pk=arguments["review_id"]), "outcome"),
            target=lambda arguments: ("customers_enhancedreview", arguments["review_id"]),
            check=_check_end,
            guards={"customers_enhancedreview": ("outcome",)},
        )
    )
