"""How well the demo company knows its customers: documents, ratings, reviews, owners, and a watch list with a few hits."""

from datetime import date, datetime, timedelta
from decimal import Decimal

from customers.encryption import document_index
from customers.models import (
    Customer,
    CustomerKind,
    EddItem,
    EnhancedReview,
    IdentityDocument,
    KycProfile,
    KycReview,
    ListEntry,
    ListVersion,
    Representative,
    Stake,
    WatchList,
)
from customers.rules.documents import age_at
from customers.rules.han import is_han, syllables
from customers.rules.list_rows import Entry
from customers.services.enhanced_reviews import open_due_enhanced
from customers.services.kyc_profiles import rate_customers
from customers.services.kyc_reviews import open_due_reviews
from customers.services.kyc_watch import watch_documents
from customers.services.screening import screen_customers
from operations.demo.movements import at_time
from products.rules.calendar import shift_months
from staff.models import User

ISSUERS = {"Shanghai": "上海市公安局", "Beijing": "北京市公安局"}
LISTED = 240  # entries of the watch list
ALIKE = (11, 137, 402)  # places of customers whose names the list has in other writings
FAMILIES = ["ivanov", "petrov", "karimi", "hassan", "rahman", "lombardi", "novak", "kowalski", "fernandez", "okafor"]
GIVEN = ["viktor", "anatoly", "mehdi", "farid", "omar", "giulio", "marek", "lucia", "ramon", "chidi", "zoran", "pavel"]


def make_kyc(customers: list[Customer], people: dict[str, User], *, last: date) -> None:
    """Give everybody documents, rate them, open what is due, and hold them against a list."""
    at = at_time(last, 9)
    lead, officer = people["lead"], people["compliance"]
    IdentityDocument.objects.bulk_create(
        [_document(place, customer, lead, last) for place, customer in enumerate(customers) if place % 23],
        batch_size=1_000,
    )
    _owners([one for one in customers if one.kind == CustomerKind.BUSINESS], lead, last)
    watch_documents(at=at)
    rate_customers(at=at)
    _reviews(customers, lead, officer, last=last, at=at)
    _watch_list(customers, officer, at)
    screen_customers(at=at)
    _enhanced(officer, at)


def _document(place: int, customer: Customer, lead: User, last: date) -> IdentityDocument:
    """A card or licence that the customer brought when they joined; of some the end is near or past, some wait."""
    is_business = customer.kind == CustomerKind.BUSINESS
    waits = place % 41 == 1
    issued = customer.joined_on - timedelta(days=200 + place % 900)
    expires = None if is_business else _end_of_card(customer, issued)
    if place % 60 == 7 and not is_business:
        expires = last + timedelta(days=place % 120 - 30)
        issued = shift_months(expires, -12 * 10)
    number = str(customer.identity_number)
    return IdentityDocument(
        customer=customer, kind="licence" if is_business else "resident_id", number=number,
        number_index=document_index(number), country="CN", issued_on=issued, expires_on=expires,
        issuer="市场监督管理局" if is_business else ISSUERS.get(customer.city, "公安局"),
        status="received" if waits else "verified", added_at=at_time(customer.joined_on, place % 480),
        findings=[], verified_how="" if waits else ("original", "chip", "copy")[place % 3],
        verified_by=None if waits else lead, verified_at=None if waits else at_time(customer.joined_on, place % 480 + 5),
    )  # fmt: skip


def _end_of_card(customer: Customer, issued: date) -> date | None:
    """As the law has it by the age at the issue."""
    age = age_at(customer.birth_date or issued, issued)
    return None if age >= 46 else shift_months(issued, 12 * (20 if age >= 26 else 10 if age >= 16 else 5))


def _owners(businesses: list[Customer], lead: User, last: date) -> None:
    """A chain with a beneficial owner, a diamond, a circle, and one of which nobody knows much, in turn."""
    shapes = [
        [("", "恒瑞控股有限公司", "company", 60), ("恒瑞控股有限公司", "李建国", "person", 55), ("", "王芳", "person", 40)],
        [("", "甲投资", "company", 50), ("", "乙投资", "company", 50), ("甲投资", "张伟", "person", 40), ("乙投资", "张伟", "person", 30)],
        [("", "远达贸易", "company", 70), ("远达贸易", "远达物流", "company", 40), ("远达物流", "远达贸易", "company", 30),
         ("", "陈静", "person", 30)],
        [("", "信远集团", "company", 80)],
    ]  # fmt: skip
    stakes, people = [], []
    for place, business in enumerate(businesses[:40]):
        for company, holder, kind, share in shapes[place % len(shapes)]:
            stakes.append(Stake(customer=business, company=company, holder=holder, holder_kind=kind, share=Decimal(share),
                                from_on=business.joined_on, evidence="股东名册", added_by=lead))  # fmt: skip
        people.append(Representative(customer=business, name="赵明", role="legal", powers=["open", "pay", "borrow"],
                                     from_on=business.joined_on, added_by=lead))  # fmt: skip
    Stake.objects.bulk_create(stakes)
    Representative.objects.bulk_create(people)


def _reviews(customers: list[Customer], lead: User, officer: User, *, last: date, at: datetime) -> None:
    """Some reviews are due or overdue, one is decided and waits for its signature."""
    due = [customer.pk for customer in customers[5::90]]
    for place, pk in enumerate(due):
        KycProfile.objects.filter(customer=pk).update(next_review_on=last - timedelta(days=place % 25))
    open_due_reviews(at=at)
    for review in KycReview.objects.order_by("pk")[:1]:
        KycReview.objects.filter(pk=review.pk).update(
            state="decided", documents_by=lead, documents_at=at, decision="go_on", decided_by=lead, decided_at=at,
            conclusion="Salary account, movements as expected.",
        )  # fmt: skip


def _watch_list(customers: list[Customer], officer: User, at: datetime) -> None:
    """An invented list: nobody on it is anybody, but three are called like customers."""
    watch_list = WatchList.objects.create(
        code="demo-sanctions", name="Sanctions (invented)", kind="sanctions", publisher="Meridian demo"
    )
    invented = [
        Entry(f"D-{n}", "person", (f"{GIVEN[n % 12]} {FAMILIES[n // 12 % 10]} {'abcdefghij'[n % 10]}ko".title(),), (str(1950 + n % 40),))
        for n in range(LISTED)
    ]  # fmt: skip
    alike = [_alike(n, customers[place]) for n, place in enumerate(ALIKE) if place < len(customers)]
    entries = [*invented, *(entry for entry in alike if entry)]
    ListVersion.objects.create(
        watch_list=watch_list, number=1, state="current", file_name="sanctions-demo.csv", sha256="0" * 64, asked_by=officer,
        rows_read=len(entries), rows_taken=len(entries), rows_new=len(entries), created_at=at, in_force_at=at,
        screened_at=at,
    )  # fmt: skip
    ListEntry.objects.bulk_create(
        ListEntry(watch_list=watch_list, external_id=one.external_id, kind=one.kind, names=list(one.names),
                  birth_dates=list(one.birth_dates), countries=list(one.countries), digest=one.digest, from_version=1)
        for one in entries
    )  # fmt: skip


def _alike(n: int, customer: Customer) -> Entry | None:
    if customer.kind == CustomerKind.BUSINESS:
        return Entry(f"A-{n}", "entity", (customer.name,), (), ("CN",))
    spoken = " ".join(syllables(customer.name)) if is_han(customer.name) else customer.name
    family, *given = spoken.split()
    name = f"{''.join(given)} {family}".title() if given else family.title()
    born = customer.birth_date
    dates = (str(born.year + n),) if born else ()
    return Entry(f"A-{n}", "person", (name,), dates, ("CN",), (), "DEMO")


def _enhanced(officer: User, at: datetime) -> None:
    """Enhanced due diligence for whom it is due; for somebody of high risk three points are answered."""
    open_due_enhanced(at=at)
    review = EnhancedReview.objects.filter(cause="high_risk", outcome="").order_by("pk").first()
    if review is None:
        return
    for step, finding in [
        ("funds", "Salary and sales of the family's shop, by statements of twelve months."),
        ("purpose", "Saves for a flat; movements as told."),
        ("media", "Nothing found under the name in Chinese and English."),
    ]:
        EddItem.objects.create(review=review, step=step, finding=finding, by=officer, at=at)
