from datetime import date

import factory
from django.utils import timezone

from identification.models import (
    CauseNode,
    CauseTree,
    Checklist,
    ChecklistAnswer,
    ChecklistItem,
    ChecklistRun,
    ChecklistVersion,
    EmergingReading,
    EmergingRisk,
    GuideWord,
    SwiftRow,
    SwiftSession,
)
from tests.factories.staff import UserFactory


class EmergingRiskFactory(factory.django.DjangoModelFactory):
    """Something watched for the whole company, with one look: `EmergingRiskFactory(look={"severity": 5})`."""

    class Meta:
        model = EmergingRisk
        skip_postgeneration_save = True

    name = factory.Sequence(lambda n: f"Quantum computers read our keys {n}")
    risk_class = "technology"
    description = "What is sealed today can be read one day."
    owner = factory.SubFactory(UserFactory, role="risk")
    next_look_on = date(2030, 1, 1)
    recorded_by = factory.SelfAttribute("owner")
    recorded_at = factory.LazyFunction(timezone.now)

    @factory.post_generation
    def look(self, create, extracted, **kwargs):
        self.refresh_from_db(fields=["reference"])
        self.latest = ReadingOfEmergingFactory(emerging=self, at=self.recorded_at, **(extracted or {}))
        self.save(update_fields=["latest"])


class ReadingOfEmergingFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = EmergingReading

    emerging = factory.SubFactory(EmergingRiskFactory)
    horizon = "three"
    likelihood = 2
    severity = 4
    velocity = "years"
    trend = "rising"
    reason = "Standards are being published."
    by = factory.SelfAttribute("emerging.owner")
    at = factory.LazyFunction(timezone.now)


class ChecklistFactory(factory.django.DjangoModelFactory):
    """A checklist with one version of two questions; `ChecklistFactory(questions=["…"])` has others."""

    class Meta:
        model = Checklist
        skip_postgeneration_save = True

    code = factory.Sequence(lambda n: f"new-product-{n}")
    name = factory.Sequence(lambda n: f"New product {n}")
    purpose = "Before a product is sold."

    @factory.post_generation
    def questions(self, create, extracted, **kwargs):
        writer = UserFactory(role="risk")
        version = ChecklistVersion.objects.create(
            checklist=self, number=1, written_by=writer, written_at=timezone.now()
        )
        texts = extracted or ["Is every charge shown before the sale?", "Is its data kept where law says?"]
        ChecklistItem.objects.bulk_create(
            ChecklistItem(version=version, position=number, text=text, risk_class="legal", risk_title=f"Not so: {text}")
            for number, text in enumerate(texts, start=1)
        )


class RunFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = ChecklistRun

    version = factory.LazyFunction(lambda: ChecklistFactory().version)
    subject = "Cash Plus 2"
    begun_by = factory.SubFactory(UserFactory, role="risk")
    begun_at = factory.LazyFunction(timezone.now)

    @classmethod
    def _create(cls, model, *args, **fields):
        made = super()._create(model, *args, **fields)
        made.refresh_from_db(fields=["reference"])
        return made


def answered(run, answer, position=1):
    """An answer to one question of a run."""
    item = run.version.items.get(position=position)
    return ChecklistAnswer.objects.create(run=run, item=item, answer=answer, by=run.begun_by, at=timezone.now())


class SwiftSessionFactory(factory.django.DjangoModelFactory):
    """An open session without rows, with every guide word."""

    class Meta:
        model = SwiftSession
        skip_postgeneration_save = True

    subject = "Release of payouts"
    facilitator = factory.SubFactory(UserFactory, role="risk")
    held_on = date(2026, 3, 2)

    @factory.post_generation
    def words(self, create, extracted, **kwargs):
        self.refresh_from_db(fields=["reference"])
        self.guide_words.set(extracted or GuideWord.objects.all())


class SwiftRowFactory(factory.django.DjangoModelFactory):
    """A row that is not judged yet."""

    class Meta:
        model = SwiftRow

    session = factory.SubFactory(SwiftSessionFactory)
    what_if = factory.Sequence(lambda n: f"What if the file comes too late {n}?")
    written_by = factory.SelfAttribute("session.facilitator")
    written_at = factory.LazyFunction(timezone.now)


class CauseTreeFactory(factory.django.DjangoModelFactory):
    """A tree without causes."""

    class Meta:
        model = CauseTree

    top_event = "A payout file was sent twice"
    begun_by = factory.SubFactory(UserFactory, role="risk")
    begun_at = factory.LazyFunction(timezone.now)

    @classmethod
    def _create(cls, model, *args, **fields):
        made = super()._create(model, *args, **fields)
        made.refresh_from_db(fields=["reference"])
        return made


class CauseNodeFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = CauseNode

    tree = factory.SubFactory(CauseTreeFactory)
    text = factory.Sequence(lambda n: f"Nobody saw the time-out {n}")
