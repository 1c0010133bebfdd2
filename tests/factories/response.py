from datetime import date

import factory
from django.utils import timezone

from risk.models import AutomatedRun, Control, ControlTest, Treatment, TreatmentTask
from tests.factories.risk import RiskFactory
from tests.factories.staff import UserFactory


class ControlFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Control

    code = factory.Sequence(lambda n: f"control-{n}")
    name = factory.Sequence(lambda n: f"Two people release {n}")
    kind = "preventive"
    frequency = "daily"
    owner = factory.SubFactory(UserFactory, role="product")


class ControlTestFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = ControlTest

    control = factory.SubFactory(ControlFactory)
    tester = factory.SubFactory(UserFactory, role="risk")
    begun_at = factory.LazyFunction(timezone.now)
    seed = "2026"
    counted = 30
    sha256 = "0" * 64
    required = 25


class AutomatedRunFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = AutomatedRun

    control = factory.SubFactory(ControlFactory, measure="reviews_overdue")
    measure = "reviews_overdue"
    as_of = date(2026, 6, 30)
    population = 10
    exceptions = 1
    keys = factory.LazyFunction(lambda: ["R-1001"])
    tolerance = 0
    passed = False
    ran_at = factory.LazyFunction(timezone.now)


class TreatmentFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Treatment

    risk = factory.SubFactory(RiskFactory)
    strategy = "reduce"
    title = factory.Sequence(lambda n: f"A second provider {n}")
    owner = factory.SubFactory(UserFactory, role="risk")
    starts_on = date(2026, 3, 1)
    due_on = date(2026, 6, 30)
    created_at = factory.LazyFunction(timezone.now)
    created_by = factory.SelfAttribute("owner")


class TreatmentTaskFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = TreatmentTask

    treatment = factory.SubFactory(TreatmentFactory)
    title = "Sign the contract"
    owner = factory.SelfAttribute("treatment.owner")
    due_on = date(2026, 4, 30)
