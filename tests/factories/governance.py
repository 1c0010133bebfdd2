from datetime import date

import factory
from django.utils import timezone

from governance.models import (
    Attestation,
    Defence,
    Department,
    Duty,
    DutyArea,
    DutyCell,
    DutyMatrix,
    LineAssignment,
    Policy,
    PolicyVersion,
)
from governance.rules.policies import digest_of
from tests.factories.staff import UserFactory, past_the_guards

BEGAN = date(2026, 1, 5)


class PolicyFactory(factory.django.DjangoModelFactory):
    """A policy whose first version is in force; `PolicyFactory(written=False)` has none."""

    class Meta:
        model = Policy
        skip_postgeneration_save = True

    code = factory.Sequence(lambda n: f"policy-{n}")
    name = factory.Sequence(lambda n: f"Policy {n}")
    owner = factory.SubFactory(UserFactory, role="compliance")

    @factory.post_generation
    def written(self, create, extracted, **kwargs):
        if extracted is not False:
            PolicyVersionFactory(policy=self, begins=extracted if isinstance(extracted, date) else BEGAN)


class PolicyVersionFactory(factory.django.DjangoModelFactory):
    """A draft; `PolicyVersionFactory(begins=day)` has its day."""

    class Meta:
        model = PolicyVersion
        skip_postgeneration_save = True

    policy = factory.SubFactory(PolicyFactory, written=False)
    number = factory.LazyAttribute(lambda version: version.policy.versions.count() + 1)
    texts = factory.LazyFunction(lambda: {"en": "# Purpose\n\nTwo people release each payout."})
    sha256 = factory.LazyAttribute(lambda version: digest_of(version.texts))
    summary = "The first version of it."
    written_by = factory.SelfAttribute("policy.owner")
    written_at = factory.LazyFunction(timezone.now)

    @factory.post_generation
    def begins(self, create, extracted, **kwargs):
        if extracted:
            self.effective_from = extracted
            with past_the_guards():
                self.save(update_fields=["effective_from"])


class AttestationFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Attestation

    version = factory.SubFactory(PolicyVersionFactory, begins=BEGAN)
    person = factory.SubFactory(UserFactory, role="risk")
    asked_at = factory.LazyFunction(timezone.now)
    due_on = date(2026, 1, 19)


def a_department(role="risk"):
    return Department.objects.get_or_create(role=role, team=None)[0]


class DutyAreaFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = DutyArea

    code = factory.Sequence(lambda n: f"duties-{n}")
    name = factory.Sequence(lambda n: f"Duties {n}")
    owner = factory.SubFactory(UserFactory, role="risk")


class DutyMatrixFactory(factory.django.DjangoModelFactory):
    """A draft in which nothing is wanting: risk answers for one activity; `begins=day` puts it in force."""

    class Meta:
        model = DutyMatrix
        skip_postgeneration_save = True

    area = factory.SubFactory(DutyAreaFactory)
    number = factory.LazyAttribute(lambda matrix: matrix.area.matrices.count() + 1)
    summary = "The first matrix of it."
    written_by = factory.SelfAttribute("area.owner")
    written_at = factory.LazyFunction(timezone.now)

    @factory.post_generation
    def begins(self, create, extracted, **kwargs):
        department = a_department()
        self.departments.add(department)
        duty = Duty.objects.create(matrix=self, position=1, activity="Approve the limit")
        DutyCell.objects.create(duty=duty, department=department, part="AR")
        if extracted:
            self.effective_from = extracted
            with past_the_guards():
                self.save(update_fields=["effective_from"])


class LineAssignmentFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = LineAssignment

    department = factory.LazyFunction(a_department)
    defence = Defence.SECOND
    from_on = BEGAN

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        with past_the_guards():
            return super()._create(model_class, *args, **kwargs)
