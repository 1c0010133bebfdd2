import hashlib
from datetime import date, timedelta

import factory
from django.core.files.base import ContentFile
from django.utils import timezone

from audit.partitions import ensure_months
from customers import encryption
from customers.ingest.reasons import write_reason
from customers.models import (
    Account,
    CallerVerification,
    Customer,
    DocumentFile,
    DuplicatePair,
    DuplicateRun,
    Holding,
    IdentityDocument,
    ImportFile,
    ImportReject,
    ImportRun,
    ListEntry,
    Loan,
    Merge,
    Portrait,
    ScreeningHit,
    Source,
    Transaction,
    WatchList,
)
from customers.services.document_files import PURPOSE
from tests.factories.products import ProductFactory
from tests.factories.staff import UserFactory


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
    """An open account of a new customer, under a new product; `AccountFactory(external_id="7")` is known to its
    source.
    """

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


class PersonFactory(CustomerFactory):
    """A customer with everything personal, found by it as those that were imported are."""

    name = "段正淳"
    phone = "+8613800138000"
    phone_index = factory.LazyAttribute(lambda o: encryption.phone_index(o.phone))
    phone_tail_index = factory.LazyAttribute(lambda o: encryption.phone_tail_index(o.phone))
    email = "duan.zhengchun@dali.example"
    email_index = factory.LazyAttribute(lambda o: encryption.email_index(o.email))
    identity_number = "11010519491231002X"
    identity_index = factory.LazyAttribute(lambda o: encryption.identity_index(o.identity_number))
    identity_tail_index = factory.LazyAttribute(lambda o: encryption.identity_tail_index(o.identity_number))
    address = "北京市朝阳区建国路八十八号院二单元"


class LoanFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Loan

    number = factory.Sequence(lambda n: f"L{n:08d}")
    customer = factory.SubFactory(CustomerFactory)
    product = factory.SubFactory(ProductFactory)
    currency = "CNY"
    principal = 12_000
    annual_rate = "0.12"
    periods = 12
    disbursed_on = date(2024, 1, 15)


class HoldingFactory(factory.django.DjangoModelFactory):
    """`HoldingFactory(card_number="6222…")` is found by its card."""

    class Meta:
        model = Holding

    customer = factory.SubFactory(CustomerFactory)
    product = factory.SubFactory(ProductFactory)
    currency = "CNY"
    value = 100
    card_index = factory.LazyAttribute(lambda o: encryption.card_index(getattr(o, "card_number", None)))
    card_tail_index = factory.LazyAttribute(lambda o: encryption.card_tail_index(getattr(o, "card_number", None)))
    opened_on = date(2024, 1, 1)


class PortraitFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Portrait

    customer = factory.SubFactory(CustomerFactory)
    as_of = date(2024, 6, 30)
    currency = "CNY"
    balance = 100


class TransactionFactory(factory.django.DjangoModelFactory):
    """A deposit of the account's customer; its month's partition is made if it is missing."""

    class Meta:
        model = Transaction

    account = factory.SubFactory(AccountFactory)
    customer = factory.SelfAttribute("account.customer")
    product = factory.SelfAttribute("account.product")
    line = factory.SelfAttribute("product.line_id")
    source = factory.SubFactory(SourceFactory)
    external_id = factory.Sequence(lambda n: f"transaction-{n}")
    booked_on = date(2024, 3, 1)
    kind = "deposit"
    amount = 10
    currency = "CNY"

    @classmethod
    def _create(cls, model, *args, **fields):
        ensure_months("customers_transaction", fields["booked_on"], fields["booked_on"])
        return super()._create(model, *args, **fields)


class CallerVerificationFactory(factory.django.DjangoModelFactory):
    """Somebody of the desk knows who is calling, for fifteen minutes from `started_at`."""

    class Meta:
        model = CallerVerification

    customer = factory.SubFactory(CustomerFactory)
    by = factory.SubFactory(UserFactory)
    state = "passed"
    started_at = factory.LazyFunction(timezone.now)
    ended_at = factory.SelfAttribute("started_at")
    expires_at = factory.LazyAttribute(lambda made: made.started_at + timedelta(minutes=15))


class IdentityDocumentFactory(factory.django.DjangoModelFactory):
    """A resident card that waits to be verified; `IdentityDocumentFactory(verified=user)` was."""

    class Meta:
        model = IdentityDocument

    class Params:
        verified = None

    customer = factory.SubFactory(PersonFactory)
    kind = "resident_id"
    number = "11010519491231002X"
    number_index = factory.LazyAttribute(lambda o: encryption.document_index(o.number))
    country = "CN"
    issued_on = date(2010, 5, 1)
    added_at = factory.LazyFunction(timezone.now)
    status = factory.LazyAttribute(lambda o: "verified" if o.verified else "received")
    verified_how = factory.LazyAttribute(lambda o: "original" if o.verified else "")
    verified_by = factory.SelfAttribute("verified")
    verified_at = factory.LazyAttribute(lambda o: o.added_at if o.verified else None)


class CopyFactory(factory.django.DjangoModelFactory):
    """A sealed copy of an identity document."""

    class Meta:
        model = DocumentFile

    document = factory.SubFactory(IdentityDocumentFactory)
    media_type = "application/pdf"
    size = 8
    sha256 = hashlib.sha256(b"%PDF-1.7").hexdigest()
    key = factory.LazyFunction(lambda: encryption.key_ring().first)
    file = factory.LazyFunction(lambda: ContentFile(encryption.seal(b"%PDF-1.7", purpose=PURPOSE), "copy.sealed"))


class WatchListFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = WatchList
        django_get_or_create = ["code"]

    code = "un"
    name = "Consolidated list"
    kind = "sanctions"


class ListEntryFactory(factory.django.DjangoModelFactory):
    """An entry in force; `ListEntryFactory(names=["…"])`."""

    class Meta:
        model = ListEntry

    watch_list = factory.SubFactory(WatchListFactory)
    external_id = factory.Sequence(lambda n: f"E{n}")
    names = factory.LazyFunction(lambda: ["Duan Zhengchun"])
    digest = factory.Sequence(lambda n: f"{n:064}")
    from_version = 1


class HitFactory(factory.django.DjangoModelFactory):
    """An open hit of a customer and an entry of a list."""

    class Meta:
        model = ScreeningHit

    customer = factory.SubFactory(PersonFactory)
    entry = factory.SubFactory(ListEntryFactory)
    score = 97
    matched = factory.LazyFunction(lambda: {"name": "Duan Zhengchun", "names": 97, "pairs": [], "points": []})
    customer_digest = "0" * 64
    opened_at = factory.LazyFunction(timezone.now)


class DuplicatePairFactory(factory.django.DjangoModelFactory):
    """Two customers whose names and telephones agree; the second one is made after the first."""

    class Meta:
        model = DuplicatePair

    first = factory.SubFactory(CustomerFactory)
    second = factory.LazyAttribute(lambda made: CustomerFactory(region=made.first.region, lines=made.first.lines))
    kind = "individual"
    score = 25
    levels = factory.LazyFunction(lambda: {"name": ["exact", 10.7], "phone": ["exact", 15.1], "sex": ["missing", 0]})
    first_print = second_print = 1
    run = factory.LazyFunction(
        lambda: DuplicateRun.objects.create(whole=True, business_date=date(2026, 6, 30), began_at=timezone.now())
    )
    found_at = factory.LazyFunction(timezone.now)


class MergeFactory(factory.django.DjangoModelFactory):
    """What is written down of a merge that was undone again: nobody leads to `survivor`."""

    class Meta:
        model = Merge

    class Params:
        by = factory.SubFactory(UserFactory)

    survivor = factory.SubFactory(CustomerFactory)
    absorbed = factory.LazyAttribute(
        lambda made: CustomerFactory(region=made.survivor.region, lines=made.survivor.lines)
    )
    reason = "One person"
    merged_at = undone_at = factory.LazyFunction(timezone.now)
    merged_by = undone_by = factory.SelfAttribute("by")
