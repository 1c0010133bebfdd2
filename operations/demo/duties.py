"""Who answers for what in the demo company: three matrices of duties, one of them a draft with gaps, and the three lines."""

from datetime import datetime

from django.utils import timezone

from governance.models import Defence, DutyArea
from governance.services.duties import propose_matrix, record_area, write_matrix
from governance.services.lines import propose_assignment
from identification.models import ProcessMap
from risk.models import Risk
from staff.models import ChangeRequest, User
from staff.services.changes import approve, execute_approved

RISK, COMPLIANCE, DESK = "role:risk", "role:compliance", "role:service"
PRODUCT, MANAGEMENT, AUDIT = "role:product", "role:management", "role:internal_audit"
LEAD, MARKETING = "role:service_lead", "role:marketing"
# code, name, owner, class of risks, activities with the part of each department
AREAS = [
    ("new-products", "New products and changes of terms", "product", "legal", [
        ("Describe the product and its customers", {PRODUCT: "AR", MARKETING: "C", DESK: "I"}),
        ("Assess its risks", {RISK: "AR", PRODUCT: "C", COMPLIANCE: "C"}),
        ("Check disclosure and suitability", {COMPLIANCE: "AR", PRODUCT: "C", MARKETING: "I"}),
        ("Approve the version", {MANAGEMENT: "A", RISK: "R", COMPLIANCE: "R", DESK: "I"}),
        ("Train the desk before the launch", {LEAD: "AR", DESK: "I", PRODUCT: "C"}),
    ]),
    ("complaints", "Complaints", "lead", "operational", [
        ("Record the complaint and confirm receipt", {LEAD: "A", DESK: "R", COMPLIANCE: "I"}),
        ("Find out what happened", {LEAD: "A", DESK: "R", PRODUCT: "C", RISK: "C"}),
        ("Decide on redress", {LEAD: "AR", COMPLIANCE: "C", RISK: "I"}),
        ("Report themes to management", {COMPLIANCE: "AR", LEAD: "C", MANAGEMENT: "I"}),
        ("Audit the handling once a year", {AUDIT: "AR", COMPLIANCE: "I", LEAD: "I"}),
    ]),
]  # fmt: skip
DRAFT = [
    ("Classify the incident", {RISK: "AR", LEAD: "C"}),
    ("Tell the authorities in time", {COMPLIANCE: "R", RISK: "C", MANAGEMENT: "I"}),
    ("Tell customers", {LEAD: "AR", MARKETING: "A"}),
]
LINES = [
    (DESK, Defence.FIRST), (LEAD, Defence.FIRST), (PRODUCT, Defence.FIRST), (MARKETING, Defence.FIRST),
    (RISK, Defence.SECOND), (COMPLIANCE, Defence.SECOND), (AUDIT, Defence.THIRD),
]  # fmt: skip


def make_duties(people: dict[str, User], *, now: datetime) -> None:
    """Put two matrices in force, leave one as a draft with gaps, and assign departments to the three lines."""
    today = timezone.localdate(now)
    for code, name, owner, risk_class, activities in AREAS:
        area = _area(people, code, name, owner, risk_class)
        matrix = _written(people, area, activities, now)
        asked = propose_matrix(
            actor=people["compliance"], matrix_id=matrix.pk, effective_from=today, reason="Agreed by the heads", at=now
        )
        _agreed(people, asked, now)
    _written(people, _area(people, "incidents", "Incidents", "risk", "technology"), DRAFT, now)
    for department, defence in LINES:
        asked = propose_assignment(
            actor=people["compliance"], department=department, defence=defence, from_on=today,
            reason="As the charter of governance says", at=now,
        )  # fmt: skip
        _agreed(people, asked, now)


def _area(people: dict[str, User], code: str, name: str, owner: str, risk_class: str) -> DutyArea:
    risks = Risk.objects.open().filter(risk_class=risk_class).order_by("pk")[:3]
    process = ProcessMap.objects.filter(line__isnull=True).order_by("pk").first()
    return record_area(
        actor=people["compliance"], code=code, name=name, owner=people[owner], risks=risks,
        process=process if code == "new-products" else None,
    )  # fmt: skip


def _written(people: dict[str, User], area: DutyArea, activities: list, now: datetime):
    rows = [{"activity": activity, "parts": parts} for activity, parts in activities]
    return write_matrix(
        actor=people["compliance"],
        area_id=area.pk,
        activities=rows,
        summary="First matrix, as the heads agreed.",
        at=now,
    )


def _agreed(people: dict[str, User], request: ChangeRequest, now: datetime) -> None:
    approve(actor=people["management"], request_id=request.pk, comment="As agreed", at=now)
    execute_approved(request_id=request.pk, at=now)
