"""What the demo company rules for itself: four policies that two people agreed on, confirmed by some of those asked."""

from datetime import date, datetime, timedelta
from pathlib import Path

from django.utils import timezone

from governance.models import Attestation, Policy
from governance.services.attestations import confirm_attestation
from governance.services.policies import propose_version, record_policy, write_version
from risk.models import Control, Risk
from staff.models import User
from staff.services.changes import approve, execute_approved

TEXTS = Path(__file__).parent / "policies"
# code, name, kind, owner, class of risks, roles that confirm, days, source of law
POLICIES = [
    (
        "risk-management", "Risk management", "policy", "risk", "operational", [], 14,
        "Guidelines on comprehensive risk management of banking institutions (CBRC 2016 no. 44), by analogy; ISO 31000:2018",
    ),
    (
        "information-security", "Information security", "policy", "risk2", "technology", [], 10,
        "Personal Information Protection Law, articles 51 to 57; Data Security Law, articles 27 to 29",
    ),
    (
        "complaints-handling", "Complaints handling", "procedure", "lead", "legal",
        ["service", "service_lead", "compliance", "product"], 14,
        "Measures for the protection of consumers' rights of banking and insurance institutions (CBIRC order 2022 no. 9)",
    ),
    (
        "conflicts-of-interest", "Conflicts of interest", "standard", "compliance", "legal",
        ["product", "marketing", "risk", "compliance", "management"], 21,
        "MiFID II, articles 16 (3) and 23, where services are offered in the EU",
    ),
]  # fmt: skip
READERS = ["service", "lead", "risk", "compliance", "audit", "product"]


def make_governance(people: dict[str, User], *, now: datetime) -> None:
    """Write the policies, put them in force, let some people confirm them, and prepare a second version of one."""
    for code, name, kind, owner, risk_class, roles, days, source in POLICIES:
        policy = record_policy(
            actor=people["compliance"], code=code, name=name, kind=kind, owner=people[owner], source=source,
            audience_roles=roles, confirm_days=days, controls=Control.objects.order_by("code")[:2],
            risks=Risk.objects.open().filter(risk_class=risk_class, line__isnull=True).order_by("pk")[:3]
            or Risk.objects.open().order_by("pk")[:2],
        )  # fmt: skip
        texts = {
            path.name.split(".")[1]: path.read_text() for path in TEXTS.glob(f"{code}.*.md") if ".v2" not in path.name
        }
        _in_force(people, policy, texts, "First version, as the board adopted it.", timezone.localdate(now), now)
    _under("conflicts-of-interest", "risk-management")
    _confirm(people, now)
    complaints = Policy.objects.get(code="complaints-handling")
    later = (TEXTS / "complaints-handling.en.v2.md").read_text()
    words = "Social media count as a channel; vulnerable customers are called back; two cases of one cause are enough."
    _in_force(people, complaints, {"en": later}, words, timezone.localdate(now) + timedelta(days=21), now)


def _in_force(
    people: dict[str, User], policy: Policy, texts: dict[str, str], summary: str, day: date, now: datetime
) -> None:
    write_version(actor=people["compliance"], policy_id=policy.pk, texts=texts, summary=summary, at=now)
    request = propose_version(
        actor=people["compliance"], policy_id=policy.pk, effective_from=day, reason="Adopted by the committee", at=now
    )
    approve(actor=people["management"], request_id=request.pk, comment="As adopted", at=now)
    execute_approved(request_id=request.pk, at=now)


def _under(code: str, above: str) -> None:
    policy = Policy.objects.get(code=code)
    policy.parent = Policy.objects.get(code=above)
    policy.save(update_fields=["parent"])


def _confirm(people: dict[str, User], now: datetime) -> None:
    """Two of three of the early readers confirm each policy."""
    for number, word in enumerate(READERS):
        for place, row in enumerate(
            Attestation.objects.filter(person=people[word]).select_related("version").order_by("pk")
        ):
            if (number + place) % 3:
                confirm_attestation(
                    actor=people[word],
                    attestation_id=row.pk,
                    sha256=row.version.sha256,
                    at=now + timedelta(minutes=number),
                )
