from datetime import date

import factory
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from assurance.models import (
    AuditPlan,
    AuditPlanLine,
    AuditSample,
    AuditUnit,
    Engagement,
    Finding,
    PaperEvidence,
    ProgrammeStep,
    WorkingPaper,
)
from assurance.services.papers import add_paper_file
from tests.factories.staff import UserFactory


class UnitFactory(factory.django.DjangoModelFactory):
    """An area without owners; `UnitFactory(owned_by=[…])` has some."""

    class Meta:
        model = AuditUnit
        skip_postgeneration_save = True

    code = factory.Sequence(lambda n: f"area-{n}")
    name = factory.Sequence(lambda n: f"Area {n}")

    @factory.post_generation
    def owned_by(self, create, extracted, **kwargs):
        self.owners.set(extracted or [])


class EngagementFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Engagement

    unit = factory.SubFactory(UnitFactory)
    title = factory.Sequence(lambda n: f"Audit {n}")
    scope = "Releases of payouts in the last quarter."
    lead = factory.SubFactory(UserFactory, role="internal_audit")
    state = "fieldwork"
    starts_on = date(2026, 3, 2)

    @classmethod
    def _create(cls, model, *args, **fields):
        made = super()._create(model, *args, **fields)
        made.refresh_from_db(fields=["reference"])
        return made


class FindingFactory(EngagementFactory):
    class Meta:
        model = Finding
        exclude = ["unit", "scope", "lead", "starts_on"]

    engagement = factory.SubFactory(EngagementFactory)
    title = factory.Sequence(lambda n: f"Something is wanting {n}")
    severity = "high"
    state = "open"
    condition = "Payouts are released by one person."
    criteria = "Two people release a payout."
    owner = factory.SubFactory(UserFactory, role="product")
    due_on = date(2026, 6, 30)
    raised_by = factory.SelfAttribute("engagement.lead")
    raised_at = factory.LazyFunction(timezone.now)


class SampleFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = AuditSample

    engagement = factory.SubFactory(EngagementFactory)
    population = "risks"
    seed = "2026-q1"
    size = 5
    counted = 1
    sha256 = "0" * 64
    keys = factory.LazyFunction(lambda: ["R-1001"])
    drawn_by = factory.SelfAttribute("engagement.lead")
    drawn_at = factory.LazyFunction(timezone.now)


class AuditPlanFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = AuditPlan

    year = factory.Sequence(lambda n: 2027 + n % 70)
    version = 1
    drafted_by = factory.SubFactory(UserFactory, role="internal_audit")
    drafted_at = factory.LazyFunction(timezone.now)


class AuditPlanLineFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = AuditPlanLine

    plan = factory.SubFactory(AuditPlanFactory)
    unit = factory.SubFactory(UnitFactory)
    quarter = 2
    person_days = 15
    lead = factory.SelfAttribute("plan.drafted_by")
    priority = 30
    parts = factory.LazyFunction(lambda: [{"of": "time", "value": None, "points": 30}])


class WorkingPaperFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = WorkingPaper

    engagement = factory.SubFactory(EngagementFactory)
    number = 1
    title = factory.Sequence(lambda n: f"What was tested {n}")
    work = "Followed 25 releases to the people who made them."
    conclusion = "Three were released by one person."
    prepared_by = factory.SelfAttribute("engagement.lead")
    prepared_at = factory.LazyFunction(timezone.now)


def some_paper_evidence(paper: WorkingPaper) -> PaperEvidence:
    file = SimpleUploadedFile("releases.pdf", b"%PDF-1.7 releases of May")
    return add_paper_file(actor=paper.prepared_by, paper_id=paper.pk, file=file, at=timezone.now())


class ProgrammeStepFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = ProgrammeStep

    engagement = factory.SubFactory(EngagementFactory)
    position = 1
    title = "Follow releases to the people who made them"
    assignee = factory.SelfAttribute("engagement.lead")
