"""Personal values, planted where they are kept, appear in no answer to anybody; a name only to those who may read it.

Every page and route that a role opens is read, posted to, and searched by the very values; so are error pages, what the
application logs, notifications, e-mails and files. Only a reveal shows one value, to one person, and says so in the log.
"""

import io
import json
import logging
import zipfile
from datetime import date

import pytest
from django.conf import settings
from django.db import transaction
from django.test import override_settings

from audit.models import Event
from config.logs import SafeFormatter
from customers.exports import customers_export
from customers.models import Customer, CustomerTag, Interaction, Notice, PrivacyRequest, RequestEntry
from customers.services.access_packages import write_package
from customers.services.consents import record_consent
from customers.services.privacy_requests import receive_request
from customers.services.reveals import tell_of_quota
from staff.exports import ExportFunction
from staff.grants import all_grants
from staff.jobs import RunningJob
from staff.models import Job, Notification, NotificationKind, NotificationPreference
from staff.rules.roles import Role, may
from staff.services.emails import send_emails
from tests.config.test_every_url import address, quick, undone  # noqa: F401 a fixture
from tests.config.world import ADDRESSES, OWN, world_of
from tests.factories import UserFactory
from tests.factories.customers import CallerVerificationFactory, PersonFactory

NAME = "欧阳菲菲"
PLANTED = {
    "phone": "+8613912345678",
    "email": "ouyang.feifei@unmistakable.example",
    "identity_number": "110105194912310038",
    "address": "上海市浦东新区世纪大道一百零一号三单元七室",
}
CARD = "6222021234567890123"  # of `world_of`
BORN = date(1949, 12, 31)
BESIDE = {"13912345678", "ouyang.feifei", "1949-12-31", "31 Dec 1949", "31 December 1949"}  # parts that are enough
WRITTEN = (
    f"{NAME} ({PLANTED['phone']}, {PLANTED['email']}) said that {PLANTED['identity_number']} and {CARD} are theirs"
)
SEARCHED = ["customers:customer_list", "palette", "api:customer-list"]
VIEW_NAME = "customers.view_name"
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("quick")]


def as_role(*roles):
    """The world of a role is made once for all tests of the module: what one of them changes is undone after it."""
    return pytest.mark.parametrize("role", roles, scope="module")


def spoken_by(role: str) -> str:
    """Each role reads in one of the languages, so that every page is rendered in each of them by somebody."""
    languages = [code for code, _name in settings.LANGUAGES]
    return languages[Role.values.index(role) % len(languages)]


@pytest.fixture(scope="module")
def made(role, django_db_setup, django_db_blocker, tmp_path_factory):
    """Somebody of `role`, and one of everything, the customer recorded, changed, and looked at."""
    folder = tmp_path_factory.mktemp("media")
    with django_db_blocker.unblock(), override_settings(MEDIA_ROOT=folder), transaction.atomic():
        user = UserFactory(role=role, language=spoken_by(role))
        customer = PersonFactory(name=NAME, birth_date=BORN, **PLANTED)
        Customer.objects.filter(pk=customer.pk).update(city="上海")
        customer.phone = PLANTED["phone"]
        customer.name = NAME
        customer.save()
        world = world_of(user, customer)
        plant(world)
        world.user, world.role, world.folder = user, role, folder
        yield world
        transaction.set_rollback(True)


@pytest.fixture
def world(client, role, made):
    made.client, made.role = client, role
    client.force_login(made.user)
    with override_settings(MEDIA_ROOT=made.folder):
        yield made


def plant(world) -> None:
    """Write the values where people write: contacts, notes, requests, evidence."""
    now = world.job.created_at
    Interaction.objects.create(customer=world.customer, kind="note", at=now, title=WRITTEN, text=WRITTEN)
    PrivacyRequest.objects.filter(pk=world.request.pk).update(text=WRITTEN)
    correction = PrivacyRequest.objects.create(
        customer=world.customer, kind="correction", field="email", proposed=PLANTED["email"], text=WRITTEN,
        received_on=now.date(), due_on=now.date(), recorded_at=now, rule=world.request.rule, jurisdiction="CN",
    )  # fmt: skip
    CustomerTag.objects.filter(pk=world.said.pk).update(grounds=WRITTEN)
    for request in [world.request, correction]:
        RequestEntry.objects.create(request=request, kind="note", at=now, text=WRITTEN)
    record_consent(
        actor=None, customer_id=world.customer.pk, purpose="marketing", channel="call", given=True, origin="call",
        notice=Notice.objects.filter(purpose="marketing").first(), evidence=WRITTEN, at=now, now=now,
    )  # fmt: skip
    world.correction = correction


def body_of(response) -> str:
    content = b"".join(response.streaming_content) if response.streaming else response.content
    text = content.decode("utf-8", "replace")
    # JSON may write signs by their numbers.
    return (
        text + json.dumps(json.loads(text), ensure_ascii=False) if "json" in response.get("Content-Type", "") else text
    )


def leaks(text: str, world) -> list[str]:
    secret = {*PLANTED.values(), CARD, *BESIDE}
    if not may([world.role], VIEW_NAME, all_grants()):
        secret.add(NAME)
    return sorted(value for value in secret if value in text)


def opened(role: str) -> list[str]:
    asked = [(name, entry.demands("get")) for name, entry in ADDRESSES.items()]
    return [name for name, permission in asked if permission == OWN or may([role], permission, all_grants())]


@as_role(*Role.values)
def test_no_page_and_no_route_says_anything_personal_nor_does_the_log_of_the_application(world, role, logged):
    found = {}
    for name in opened(role):
        for headers in ({}, {"HX-Request": "true", "HX-Target": "preview-body"}):
            path = address(name, world)
            if leak := leaks(body_of(world.client.get(path, headers=headers)), world):
                found[path] = leak
    for path in [
        f"/customers/privacy/requests/{world.correction.reference}/",
        f"/customers/{world.customer.reference}/?kind=contact",
    ]:
        if leak := leaks(body_of(world.client.get(path)), world):
            found[path] = leak
    assert not found
    assert_nothing_personal(logged())


def assert_nothing_personal(said: str) -> None:
    assert not {one for one in [NAME, CARD, *PLANTED.values(), *BESIDE] if one in said}


@as_role(*Role.values)
def test_no_refused_form_and_no_refused_request_says_anything_personal(world, role):
    """Posted to with nothing in it, every page answers with its sentences, and none of them names the customer."""
    found = {}
    for name in opened(role):
        if "logout" in name or "language" in name:
            continue
        with undone():
            answer = world.client.post(address(name, world), {"reason": "", "field": "phone"})
            if leak := leaks(body_of(answer), world):
                found[name] = leak
    assert not found


@as_role("service", "marketing", "compliance", "administrator")
def test_an_address_that_holds_a_value_is_answered_without_it(world, role):
    for value in [NAME, *PLANTED.values(), CARD]:
        for path in [f"/customers/{value}/", f"/api/v1/customers/{value}/", f"/customers/?cursor={value}"]:
            text = body_of(world.client.get(path.replace("+", "%2B"), follow=True))
            shown = {value, *(part for part in BESIDE if part in value)} if "cursor" in path else set()
            assert not set(leaks(text, world)) - shown, path


@as_role(*Role.values)
def test_the_application_logs_nothing_of_what_was_searched_or_mistyped(world, role, logged):
    for name in [name for name in SEARCHED if name in opened(role)]:
        world.client.get(address(name, world).split("?")[0], {"q": PLANTED["phone"]})
    for value in ["+8613912345678", PLANTED["email"], PLANTED["identity_number"], CARD]:
        world.client.get(f"/customers/{value}/")  # mistyped into the address

    said = logged()
    assert "Not Found" in said
    assert_nothing_personal(said)


@pytest.fixture
def logged():
    """Return what the console would have been told since, in the words of its formatter."""
    told = io.StringIO()
    handler = logging.StreamHandler(told)
    handler.setFormatter(SafeFormatter(settings.LOGGING["formatters"]["line"]["format"], style="{"))
    root, level = logging.getLogger(), logging.getLogger().level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    yield told.getvalue
    root.removeHandler(handler)
    root.setLevel(level)


@as_role("compliance")
def test_notifications_and_mails_name_no_customer(world, role, mailoutbox, django_capture_on_commit_callbacks):
    watcher = UserFactory(role="compliance")
    for kind in NotificationKind:
        NotificationPreference.objects.create(user=watcher, kind=kind, by_email=True)
    now = world.job.created_at

    tell_of_quota(actor=world.user, customer=world.customer, field="phone", at=now)
    receive_request(
        actor=world.user, customer_id=world.customer.pk, kind="access", received_on=now.date(), text=WRITTEN, at=now
    )
    send_emails(at=now)

    told = "".join(f"{row.title} {row.body} {row.url}" for row in Notification.objects.all())
    sent = "".join(f"{mail.subject} {mail.body}" for mail in mailoutbox)
    world.role = "marketing"  # whoever reads a mailbox may not be somebody who reads names
    assert len(mailoutbox) == 2
    assert not leaks(told + sent, world)


@as_role("service", "compliance")
@pytest.mark.parametrize("field", [*PLANTED, "birth_date"])
def test_a_reveal_shows_one_value_and_no_other(world, role, field):
    path = f"/customers/{world.customer.reference}/reveal/{field}/"
    CallerVerificationFactory(customer=world.customer, by=world.user)

    text = body_of(world.client.post(path, {"reason_kind": "call"}))

    value = {**PLANTED, "birth_date": BORN.isoformat()}[field]
    assert text == value
    assert set(leaks(text, world)) <= {value, *BESIDE}
    assert not leaks(body_of(world.client.get("/customers/privacy/reveals/")), world)


@as_role("compliance")
def test_only_a_package_for_the_customer_holds_everything(world, role):
    """The one file that is not masked, and the log says who made it before it was written."""
    PrivacyRequest.objects.filter(pk=world.request.pk).update(kind="access", identity_check="document", state="working")
    job = Job.objects.create(
        owner=world.user, kind="customers.access_package", title="Package", parameters={"request": world.request.pk},
        created_at=world.job.created_at, state="running", attempt=1,
    )  # fmt: skip
    running = RunningJob(job)
    write_package(running)

    with zipfile.ZipFile(settings.MEDIA_ROOT / running.result) as package:
        data, page = package.read("data.json").decode(), package.read("readable.html").decode()

    for value in [NAME, CARD, *PLANTED.values(), "1949-12-31"]:
        assert value in data
        assert value in page
    assert "<script" not in page
    assert Event.objects.filter(action="customers.access_package.written", kind="export").count() == 1
    assert not leaks(body_of(world.client.get(f"/staff/jobs/{job.pk}/")), world)


@as_role(*Role.values)
def test_a_restricted_customer_is_masked_for_everybody(world, role):
    Customer.objects.filter(pk=world.customer.pk).update(restricted_at=world.job.created_at)
    found = {}
    for name in opened(role):
        text = body_of(world.client.get(address(name, world)))
        if NAME in text:
            found[name] = NAME
    answer = world.client.post(f"/customers/{world.customer.reference}/reveal/phone/", {"reason_kind": "call"})

    assert not found
    assert answer.status_code == (200 if role == "compliance" else 403)


@as_role("service", "marketing", "compliance", "administrator")
def test_searching_by_a_value_does_not_give_it_back(world, role):
    """What was searched for stands in the search field, and in the addresses of the page: nowhere else."""
    for value in [*PLANTED.values(), CARD]:
        for name in [name for name in SEARCHED if name in opened(role)]:
            path = address(name, world).split("?")[0]
            text = body_of(world.client.get(path, {"q": value}, headers={"HX-Request": "true", "HX-Target": "rows"}))
            assert not set(leaks(text, world)) - {value, *(part for part in BESIDE if part in value)}, (path, value)


@as_role("service_lead", "risk", "compliance")
def test_the_exported_file_is_masked(world, role):
    job = Job.objects.create(
        owner=world.user, kind="customers.export", title="Export", parameters={"query": "", "format": "csv"},
        created_at=world.job.created_at, state="running", attempt=1,
    )  # fmt: skip
    running = RunningJob(job)
    ExportFunction(customers_export)(running)

    text = (settings.MEDIA_ROOT / running.result).read_text("utf-8-sig")

    assert world.customer.reference in text
    assert not leaks(text, world)

    Customer.objects.filter(pk=world.customer.pk).update(restricted_at=world.job.created_at)
    again = RunningJob(job)
    ExportFunction(customers_export)(again)
    assert world.customer.reference not in (settings.MEDIA_ROOT / again.result).read_text("utf-8-sig")


@as_role("compliance", "internal_audit", "administrator")
def test_the_log_tells_that_something_personal_changed_and_not_what(world, role):
    customer, other = world.customer, "+8613987654321"
    customer.phone, customer.name = other, "司马相如如"
    customer.save()
    record = f"/audit/history/customers_customer/{customer.pk}/"

    for path in [record, "/audit/", "/api/v1/events/?size=200"]:
        text = body_of(world.client.get(path))
        assert not leaks(text, world), path
        assert other not in text
    assert customer.reference in body_of(world.client.get(record)) or customer.reference in body_of(
        world.client.get("/api/v1/events/?size=200")
    )


@override_settings(DEBUG=False)
@as_role("service", "marketing")
def test_a_page_of_errors_repeats_nothing_of_the_record(world, role, monkeypatch):
    from customers.views import customers

    def fails(*args, **kwargs):
        raise RuntimeError(f"{NAME} {PLANTED['phone']}")

    monkeypatch.setattr(customers, "frame", fails)
    world.client.raise_request_exception = False

    answer = world.client.get(f"/customers/{world.customer.reference}/")

    assert answer.status_code == 500
    assert not {NAME, *PLANTED.values()} & {value for value in [NAME, *PLANTED.values()] if value in body_of(answer)}
