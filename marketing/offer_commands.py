"""What of offers is under four eyes: putting one in force, its budget, and when a payout is held."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from marketing.models import AbuseRule, Offer, OfferVersion
from marketing.offer_words import version_facts
from marketing.services.abuse_rules import ADD, add_rule, checked_rule
from marketing.services.offers import BUDGET, PUBLISH, publish, set_budget
from pages.formats import money
from staff.changes import Arguments, Command, Differences, register_command, version_of
from staff.models import ChangeRequest, User


def register() -> None:
    register_command(PUBLICATION)
    register_command(FUNDING)
    register_command(ABUSE)


def _offer(arguments: Arguments) -> Offer:
    return Offer.objects.select_related("version").get(pk=arguments["offer_id"])


def _version(arguments: Arguments) -> OfferVersion:
    return OfferVersion.objects.select_related("offer").get(pk=arguments["version_id"], offer=arguments["offer_id"])


def _check(*, actor: User, arguments: Arguments) -> None:
    if not Offer.objects.visible_to(actor).filter(pk=arguments["offer_id"]).exists():
        raise PermissionDenied(_("This is outside your scope."))


def _publish(*, actor: User, arguments: Arguments, request: ChangeRequest) -> str:
    return str(publish(actor=actor, reason=request.reason, **_written(arguments)))


def _fund(*, actor: User, arguments: Arguments, request: ChangeRequest) -> str:
    return str(set_budget(actor=actor, reason=request.reason, **_written(arguments)))


def _written(arguments: Arguments) -> dict[str, Any]:
    return {**arguments, "budget": Decimal(arguments["budget"])}


def _describe_publication(arguments: Arguments) -> Differences:
    offer, after = _offer(arguments), _version(arguments)
    before = dict(version_facts(offer.version)) if offer.version else {}
    facts = [(label, before.get(label, ""), value) for label, value in version_facts(after)]
    return [*facts, *_describe_budget(arguments)]


def _describe_budget(arguments: Arguments) -> Differences:
    offer = _offer(arguments)
    return [(_("Budget"), money(offer.budget, offer.currency), money(Decimal(arguments["budget"]), offer.currency))]


def _draft_version(arguments: Arguments) -> str:
    drafts = OfferVersion.objects.filter(offer=arguments["offer_id"], published_at__isnull=True)
    return version_of(drafts, "id", "written_at", "terms") + version_of(
        Offer.objects.filter(pk=arguments["offer_id"]), "version_id", "budget"
    )


def _publication_writes(arguments: Arguments) -> list[dict[str, Any]]:
    values = {"version_id": arguments["version_id"], "budget": arguments["budget"]}
    return [{"table": "marketing_offer", "on": "update", "key": {"id": arguments["offer_id"]}, "values": values}]


PUBLICATION = Command(
    name=PUBLISH,
    label=gettext_lazy("Publish an offer"),
    permission="marketing.change_offer",
    execute=_publish,
    describe=_describe_publication,
    about=lambda arguments: str(_version(arguments)),
    version=_draft_version,
    target=lambda arguments: ("marketing_offer", arguments["offer_id"]),
    check=_check,
    amount=lambda arguments: Decimal(arguments["budget"]),
    guards={"marketing_offer": ("version_id", "budget")},
    writes=_publication_writes,
)
FUNDING = Command(
    name=BUDGET,
    label=gettext_lazy("Change the budget of an offer"),
    permission="marketing.change_offer",
    execute=_fund,
    describe=_describe_budget,
    about=lambda arguments: str(_offer(arguments)),
    version=lambda arguments: version_of(Offer.objects.filter(pk=arguments["offer_id"]), "budget"),
    target=lambda arguments: ("marketing_offer", arguments["offer_id"]),
    check=_check,
    amount=lambda arguments: Decimal(arguments["budget"]),
    guards={"marketing_offer": ("budget",)},
)


COLUMNS = (
    "valid_from", "threshold", "device", "payee", "address", "network", "contact", "joined", "timing", "velocity",
    "window_hours", "minutes", "many", "source",
)  # fmt: skip


def _rule(arguments: Arguments) -> AbuseRule:
    return AbuseRule(**{**arguments, "valid_from": date.fromisoformat(arguments["valid_from"])})


def _check_rule(*, actor: User, arguments: Arguments) -> None:
    checked_rule(**{**arguments, "valid_from": date.fromisoformat(arguments["valid_from"])})


def _rule_before(arguments: Arguments) -> AbuseRule | None:
    begun = AbuseRule.objects.filter(valid_from__lte=date.fromisoformat(arguments["valid_from"]))
    return begun.order_by("-valid_from").first()


def _describe_rule(arguments: Arguments) -> Differences:
    after, before = _rule(arguments), _rule_before(arguments)
    label = lambda name: AbuseRule._meta.get_field(name).verbose_name  # noqa: E731
    return [(label(name), str(getattr(before, name, "")), str(getattr(after, name))) for name in COLUMNS]


ABUSE = Command(
    name=ADD,
    label=gettext_lazy("Change when a payout is held"),
    permission="marketing.add_abuserule",
    execute=lambda *, actor, arguments, request: str(add_rule(actor=actor, reason=request.reason, **arguments)),
    describe=_describe_rule,
    about=lambda arguments: arguments["valid_from"],
    version=lambda arguments: str(getattr(_rule_before(arguments), "pk", "")),
    target=lambda arguments: ("", ""),
    check=_check_rule,
    guards={"marketing_abuserule": COLUMNS},
    writes=lambda arguments: [{"table": "marketing_abuserule", "on": "insert", "key": {}, "values": dict(arguments)}],
)
