import factory
from django.utils import timezone

from incidents.models import Case, Plan, PlanVersion
from incidents.services.activations import activate
from tests.factories.staff import UserFactory, past_the_guards

STEPS = [
    {"minutes": 15, "role": "risk", "title": "Stop the payouts"},
    {"minutes": 60, "role": "", "title": "Tell the bank"},
]


class CaseFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Case

    title = factory.Sequence(lambda n: f"Something happened {n}")
    severity = "high"
    owner = factory.SubFactory(UserFactory, role="risk")
    opened_by = factory.SelfAttribute("owner")
    opened_at = factory.LazyFunction(timezone.now)

    @classmethod
    def _create(cls, model, *args, **fields):
        case = super()._create(model, *args, **fields)
        case.refresh_from_db(fields=["reference"])
        return case


class PlanFactory(factory.django.DjangoModelFactory):
    """A plan of two steps whose first version is in force; `PlanFactory(written=False)` has none."""

    class Meta:
        model = Plan
        skip_postgeneration_save = True

    code = factory.Sequence(lambda n: f"plan-{n}")
    name = factory.Sequence(lambda n: f"Plan {n}")
    owner = factory.SubFactory(UserFactory, role="risk")

    @factory.post_generation
    def written(self, create, extracted, **kwargs):
        if extracted is not False:
            self.version = PlanVersionFactory(plan=self)
            with past_the_guards():
                self.save(update_fields=["version"])


class PlanVersionFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = PlanVersion

    plan = factory.SubFactory(PlanFactory, written=False)
    number = factory.LazyAttribute(lambda version: version.plan.versions.count() + 1)
    triggers = "When payouts fail for more than ten minutes."
    steps = factory.LazyFunction(lambda: list(STEPS))
    written_by = factory.SelfAttribute("plan.owner")
    written_at = factory.LazyFunction(timezone.now)


def an_activation(plan=None, **more):
    """An open activation of a plan, as whoever owns the plan began it."""
    plan = plan or PlanFactory()
    asked = {"reason": "Payouts have failed since nine.", "at": timezone.now(), **more}
    return activate(
        actor=more.pop("actor", plan.owner), plan_id=plan.pk, **{k: v for k, v in asked.items() if k != "actor"}
    )
