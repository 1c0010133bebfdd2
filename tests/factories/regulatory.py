import factory
from django.utils import timezone

from identification.models import RegulatoryChange
from tests.factories.staff import UserFactory


class RegulatoryChangeFactory(factory.django.DjangoModelFactory):
    """A new change of rules of the mainland for the whole company; `RegulatoryChangeFactory(of_lines=["fund"])` for lines."""

    class Meta:
        model = RegulatoryChange
        skip_postgeneration_save = True

    title = factory.Sequence(lambda n: f"Records are kept for ten years {n}")
    authority = "Standing Committee"
    jurisdictions = factory.LazyFunction(lambda: ["CN"])
    summary = "Identity and transaction records are kept for ten years."
    owner = factory.SubFactory(UserFactory, role="compliance")
    recorded_by = factory.SelfAttribute("owner")
    recorded_at = factory.LazyFunction(timezone.now)

    @classmethod
    def _create(cls, model, *args, **fields):
        made = super()._create(model, *args, **fields)
        made.refresh_from_db(fields=["reference"])
        return made

    @factory.post_generation
    def of_lines(self, create, extracted, **kwargs):
        self.lines.set(extracted or [])
