import factory
from django.utils import timezone

from risk.models import RiskProposal
from tests.factories.staff import UserFactory


class ProposalFactory(factory.django.DjangoModelFactory):
    """A waiting proposal of a person of customer service, for the whole company."""

    class Meta:
        model = RiskProposal

    source = "person"
    source_key = factory.Sequence(lambda n: f"test:{n}")
    title = factory.Sequence(lambda n: f"Letters are sent to the wrong address {n}")
    risk_class = "operational"
    proposed_by = factory.SubFactory(UserFactory, role="service")
    proposed_at = factory.LazyFunction(timezone.now)

    @classmethod
    def _create(cls, model, *args, **fields):
        made = super()._create(model, *args, **fields)
        made.refresh_from_db(fields=["reference"])
        return made
