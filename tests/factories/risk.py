from datetime import date, timedelta
from decimal import Decimal

import factory
from django.utils import timezone

from customers.models import Customer, Instalment, Loan
from products.models import BusinessLine
from risk.models import (
    Alert,
    Indicator,
    IndicatorReading,
    LoanGrade,
    Risk,
    RiskMatrix,
    RiskRating,
)
from risk.rules.indicators import band_of, is_breach
from tests.factories.products import ProductFactory
from tests.factories.staff import UserFactory, past_the_guards


class RiskFactory(factory.django.DjangoModelFactory):
    """An open, unrated risk of the whole company; `RiskFactory(rated=(4, 3))` has both ratings under matrix version
    1."""

    class Meta:
        model = Risk
        skip_postgeneration_save = True

    title = factory.Sequence(lambda n: f"Something may go wrong {n}")
    risk_class = "credit"
    owner = factory.SubFactory(UserFactory, role="risk")
    created_at = factory.LazyFunction(timezone.now)

    @factory.post_generation
    def rated(self, create, extracted, **kwargs):
        self.refresh_from_db(fields=["reference"])
        if extracted:
            likelihood, impact = extracted
            self.inherent = RatingFactory(risk=self, kind="inherent", likelihood=likelihood, impact=impact)
            self.residual = RatingFactory(risk=self, kind="residual", likelihood=likelihood, impact=impact)
            self.save(update_fields=["inherent", "residual"])


class RatingFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = RiskRating

    risk = factory.SubFactory(RiskFactory)
    kind = "inherent"
    matrix = factory.LazyFunction(lambda: RiskMatrix.objects.get(version=1))
    likelihood = 3
    impact = 3
    score = factory.LazyAttribute(lambda o: o.matrix.cells.get(likelihood=o.likelihood, impact=o.impact).score)
    level = factory.LazyAttribute(lambda o: o.matrix.cells.get(likelihood=o.likelihood, impact=o.impact).level)
    reason = "Judged by the risk office."
    rated_at = factory.LazyFunction(timezone.now)


class IndicatorFactory(factory.django.DjangoModelFactory):
    """A manual indicator, amber from 5 % and red from 8 %; `IndicatorFactory(reads=Decimal("0.06"))` has been read
    today."""

    class Meta:
        model = Indicator
        skip_postgeneration_save = True

    code = factory.Sequence(lambda n: f"indicator-{n}")
    name = factory.Sequence(lambda n: f"Indicator {n}")
    risk_class = "credit"
    unit = "share"
    direction = "high"
    amber = Decimal("0.05")
    red = Decimal("0.08")
    source = "manual"
    owner = factory.SubFactory(UserFactory, role="risk")

    @classmethod
    def _create(cls, model_class, *args, **fields):
        with past_the_guards():
            return super()._create(model_class, *args, **fields)

    @factory.post_generation
    def reads(self, create, extracted, **kwargs):
        if extracted is not None:
            self.latest = ReadingFactory(indicator=self, value=extracted)
            self.save(update_fields=["latest"])


class ReadingFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = IndicatorReading

    indicator = factory.SubFactory(IndicatorFactory)
    day = factory.LazyFunction(timezone.localdate)
    value = Decimal("0.01")
    amber = factory.SelfAttribute("indicator.amber")
    red = factory.SelfAttribute("indicator.red")
    band = factory.LazyAttribute(lambda o: band_of(o.value, amber=o.amber, red=o.red) if o.value is not None else "")
    taken_at = factory.LazyFunction(timezone.now)


class AlertFactory(factory.django.DjangoModelFactory):
    """An open alert whose indicator is green again, so that its owner may close it; `AlertFactory(reads=…)` for
    another value."""

    class Meta:
        model = Alert

    class Params:
        reads = Decimal("0.01")

    indicator = factory.LazyAttribute(lambda o: IndicatorFactory(reads=o.reads))
    reading = factory.LazyAttribute(lambda o: o.indicator.latest)
    band = factory.LazyAttribute(lambda o: o.reading.band if is_breach(o.reading.band) else "amber")
    owner = factory.SelfAttribute("indicator.owner")
    opened_at = factory.LazyFunction(timezone.now)


class BorrowerFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Customer

    name = factory.Sequence(lambda n: f"Borrower {n}")
    currency = "CNY"
    region = "Zhejiang"
    lines = ["p2p"]
    joined_on = date(2025, 1, 1)

    @classmethod
    def _create(cls, model, *args, **fields):
        customer = super()._create(model, *args, **fields)
        customer.refresh_from_db(fields=["reference"])
        return customer


class LoanFactory(factory.django.DjangoModelFactory):
    """A running loan of 1,200 in twelve parts from 2026-01-01, without instalments.

    `LoanFactory(paid=3)` has the instalments, the first three of them paid on their due days."""

    class Meta:
        model = Loan
        skip_postgeneration_save = True

    number = factory.Sequence(lambda n: f"LN{n:06d}")
    customer = factory.SubFactory(BorrowerFactory)
    product = factory.SubFactory(
        ProductFactory, line=factory.LazyFunction(lambda: BusinessLine.objects.get(code="p2p"))
    )
    currency = "CNY"
    principal = Decimal(1200)
    periods = 12
    disbursed_on = date(2026, 1, 1)
    matures_on = factory.LazyAttribute(lambda o: o.disbursed_on + timedelta(days=30 * o.periods))

    @factory.post_generation
    def paid(self, create, extracted, **kwargs):
        if extracted is not None:
            part = self.principal / self.periods
            Instalment.objects.bulk_create(
                Instalment(
                    loan=self,
                    number=number,
                    due_on=(due := self.disbursed_on + timedelta(days=30 * number)),
                    principal=part,
                    paid=part if number <= extracted else 0,
                    paid_on=due if number <= extracted else None,
                )
                for number in range(1, self.periods + 1)
            )


class GradeFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = LoanGrade

    loan = factory.SubFactory(LoanFactory)
    as_of = since = date(2026, 6, 30)
    loan_class = "pass"
    outstanding = Decimal(600)
