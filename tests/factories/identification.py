from datetime import date

import factory
from django.utils import timezone

from identification.models import EmergingReading, EmergingRisk
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
