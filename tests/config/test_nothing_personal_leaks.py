"""Personal values, planted where they are kept, appear in no answer to anybody; a name only to those who may read it.

Every page and route that a role opens is read, and searched by the very values. Nothing here reveals yet.
"""

import json

import pytest
from django.test import override_settings

from customers.exports import customers_export
from customers.models import Customer
from staff.exports import ExportFunction
from staff.grants import all_grants
from staff.jobs import RunningJob
from staff.models import Job
from staff.rules.roles import Role, may
from tests.config.test_every_url import _somewhere, address, quick  # noqa: F401 fixtures
from tests.config.world import ADDRESSES, OWN, world_of
from tests.factories import UserFactory
from tests.factories.customers import PersonFactory

NAME = "欧阳菲菲"
PLANTED = {
    "phone": "+8613912345678",
    "email": "ouyang.feifei@unmistakable.example",
    "identity_number": "110105194912310038",
    "address": "上海市浦东新区世纪大道一百零一号三单元七室",
}
CARD = "6222021234567890123"  # of `world_of`
BESIDE = {"13912345678", "ouyang.feifei"}  # parts of them that are enough
SEARCHED = ["customers:customer_list", "palette", "api:customer-list"]
VIEW_NAME = "customers.view_name"
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("quick")]


@pytest.fixture
def world(client, role):
    """Somebody of `role`, signed in, and one of everything, the customer recorded, changed, and looked at."""
    user = UserFactory(role=role)
    customer = PersonFactory(name=NAME, **PLANTED)
    Customer.objects.filter(pk=customer.pk).update(city="上海")
    customer.phone = PLANTED["phone"]
    customer.name = NAME
    customer.save()
    client.force_login(user)
    world = world_of(user, customer)
    world.user, world.client, world.role = user, client, role
    return world


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


@pytest.mark.parametrize("role", Role.values)
def test_no_page_and_no_route_says_anything_personal(world, role):
    found = {}
    for name in opened(role):
        for headers in ({}, {"HX-Request": "true", "HX-Target": "preview-body"}):
            path = address(name, world)
            if leak := leaks(body_of(world.client.get(path, headers=headers)), world):
                found[path] = leak
    assert not found


@pytest.mark.parametrize("role", ["service", "marketing", "compliance", "administrator"])
def test_searching_by_a_value_does_not_give_it_back(world, role):
    """What was searched for stands in the search field, and in the addresses of the page: nowhere else."""
    for value in [*PLANTED.values(), CARD]:
        for name in [name for name in SEARCHED if name in opened(role)]:
            path = address(name, world).split("?")[0]
            text = body_of(world.client.get(path, {"q": value}, headers={"HX-Request": "true", "HX-Target": "rows"}))
            assert not set(leaks(text, world)) - {value, *(part for part in BESIDE if part in value)}, (path, value)


@pytest.mark.parametrize("role", ["service_lead", "risk", "compliance"])
def test_the_exported_file_is_masked(world, role, settings):
    job = Job.objects.create(
        owner=world.user, kind="customers.export", title="Export", parameters={"query": "", "format": "csv"},
        created_at=world.job.created_at, state="running", attempt=1,
    )  # fmt: skip
    running = RunningJob(job)
    ExportFunction(customers_export)(running)

    text = (settings.MEDIA_ROOT / running.result).read_text("utf-8-sig")

    assert world.customer.reference in text
    assert not leaks(text, world)


@pytest.mark.parametrize("role", ["compliance", "internal_audit", "administrator"])
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
@pytest.mark.parametrize("role", ["service", "marketing"])
def test_a_page_of_errors_repeats_nothing_of_the_record(world, role, monkeypatch):
    from customers.views import customers

    def fails(*args, **kwargs):
        raise RuntimeError(f"{NAME} {PLANTED['phone']}")

    monkeypatch.setattr(customers, "frame", fails)
    world.client.raise_request_exception = False

    answer = world.client.get(f"/customers/{world.customer.reference}/")

    assert answer.status_code == 500
    assert not {NAME, *PLANTED.values()} & {value for value in [NAME, *PLANTED.values()] if value in body_of(answer)}
