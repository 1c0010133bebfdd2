"""Assessments as they stand after somebody answered."""

from datetime import timedelta

import factory
from django.utils import timezone

from customers.models import CoolingOff, SuitabilityResult, SuitabilityRule
from tests.factories.customers import CustomerFactory, HoldingFactory
from tests.factories.surveys import ResponseFactory


class ResultFactory(factory.django.DjangoModelFactory):
    """A customer's class, valid for a year from now; `ResultFactory(investor_class="C1", valid_until=…)`."""

    class Meta:
        model = SuitabilityResult

    customer = factory.SubFactory(CustomerFactory)
    investor_class = "C3"
    decided_at = factory.LazyFunction(timezone.now)
    valid_until = factory.LazyAttribute(lambda o: (o.decided_at + timedelta(days=365)).date())
    rule = factory.LazyFunction(lambda: SuitabilityRule.objects.get(code="validity", jurisdiction="CN"))
    response = factory.LazyAttribute(
        lambda o: ResponseFactory(subject=o.customer.pk, submitted_at=o.decided_at, band=o.investor_class)
    )


class CoolingOffFactory(factory.django.DjangoModelFactory):
    """A period of fifteen days that began today, over a holding of its own."""

    class Meta:
        model = CoolingOff

    customer = factory.SubFactory(CustomerFactory)
    holding = factory.LazyAttribute(lambda o: HoldingFactory(customer=o.customer, opened_on=o.starts_on))
    product = factory.LazyAttribute(lambda o: o.holding.product)
    starts_on = factory.LazyFunction(timezone.localdate)
    ends_on = factory.LazyAttribute(lambda o: o.starts_on + timedelta(days=15))
