from datetime import date

import factory
from django.utils import timezone

from customers.models import Account, Customer, ImportFile, ImportReject, ImportRun, Source
from customers.ingest.reasons import write_reason
from tests.factories.products import ProductFactory


class SourceFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Source
        django_get_or_create = ["code"]

    code = "platform"
    name = "Platform"


class CustomerFactory(factory.django.DjangoModelFactory):
    """A customer who trades in nothing yet; `CustomerFactory(lines=["payment"])` for one who does."""

    class Meta:
        model = Customer

    name = factory.Sequence(lambda n: f"Customer {n}")
    currency = "CNY"
    joined_on = date(2024, 1, 1)


class AccountFactory(factory.django.DjangoModelFactory):
    """An open account of a new customer, under a new product; `AccountFactory(external_id="7")` is known to its source."""

    class Meta:
        model = Account

    number = factory.Sequence(lambda n: f"A{n:08d}")
    customer = factory.SubFactory(CustomerFactory)
    product = factory.SubFactory(ProductFactory)
    product_version = factory.SelfAttribute("product.version")
    source = factory.SubFactory(SourceFactory)
    external_id = factory.Sequence(lambda n: f"account-{n}")
    currency = "CNY"
    opened_on = date(2024, 1, 1)


class ImportRunFactory(factory.django.DjangoModelFactory):
    """An import that is done."""

    class Meta:
        model = ImportRun

    mapping = "berka"
    state = "done"
    created_at = factory.LazyFunction(timezone.now)


class ImportFileFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = ImportFile

    run = factory.SubFactory(ImportRunFactory)
    position = factory.Sequence(lambda n: n + 1)
    target = "transactions"
    name = "trans.asc"
    state = "done"


class ImportRejectFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = ImportReject

    file = factory.SubFactory(ImportFileFactory)
    line = factory.Sequence(lambda n: n + 2)
    column = "date"
    reason = write_reason("bad_date", value="930229", expected="YYMMDD")
    text = "1;930229"
