"""Every way to personal data is in the log: opening, searching by a number, exporting, printing, signing in, refusals.

A test a way: each fails where the event is missing, or where it holds a personal value in plain text."""

import json

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.urls import reverse
from django.utils import timezone

from audit.models import Event, Secret
from customers.models import Customer
from staff.jobs import RunningJob
from staff.models import Job
from staff.services.tokens import create_token
from tests.config.world import ADDRESSES, PAGES, world_of
from tests.factories import PASSWORD, UserFactory
from tests.factories.customers import PersonFactory

pytestmark = pytest.mark.django_db
PHONE, IDENTITY, CARD = "13912345678", "110105194912310038", "6222021234567890123"


@pytest.fixture(autouse=True)
def _somewhere(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def reader(client):
    user = UserFactory(roles=["service", "risk", "compliance", "service_lead"])
    client.force_login(user)
    return user


@pytest.fixture
def world(reader):
    return world_of(reader, PersonFactory(phone="+86" + PHONE, identity_number=IDENTITY, email="a.wang@example.test"))


@pytest.fixture
def since():
    """Events of a kind since the test asked the last time, oldest first."""
    seen = {"id": Event.objects.order_by("-id").values_list("id", flat=True).first() or 0}

    def since(kind):
        found = list(Event.objects.filter(id__gt=seen["id"], kind=kind).order_by("id"))
        seen["id"] = Event.objects.order_by("-id")[0].id
        return found

    return since


def of_customers():
    """Addresses of one customer that can be read, made from the URL map: a new one must be logged too."""
    with_reference = ("customers:", "api:customer-")
    return sorted(name for name in ADDRESSES if name.startswith(with_reference) and name not in WITHOUT_A_CUSTOMER)


WITHOUT_A_CUSTOMER = {
    "customers:customer_list", "customers:customer_export", "customers:suitability_list", "customers:suitability_matrix",
    "customers:suitability_matrix_change", "api:customer-list",
    *(name for name in PAGES if name.startswith("customers:import")),
    # Rules are of nobody.
    *(name for name in PAGES if name.endswith(("rule_change", "rule_confirm", "match_weight_change", "match_limit_change"))),
    # Pairs of customers, whose own test is in tests/customers/test_duplicate_pages.py: both are opened at once.
    *(name for name in PAGES if name.startswith(("customers:duplicate", "customers:merge"))),
    # Lists of privacy, whose rows lead to what is read; and what is only ever posted, and an event of its own kind.
    "customers:consent_list", "customers:consent_report", "customers:notice_create", "customers:notice_detail",
    "customers:kyc_task_list", "customers:kyc_rule_list",
    # Screening: a hit is read under its own name, as an event of the customer would tell others of it.
    "customers:hit_list", "customers:hit_detail", "customers:hit_act", "customers:list_version_list",
    "customers:list_version_detail", "customers:watch_list_create", "customers:list_load",
    "customers:request_list", "customers:reveal_list", "customers:rule_list", "customers:key_list", "customers:key_rotate",
    "customers:customer_reveal", "customers:card_reveal", "customers:caller_answer", "customers:tag_list", "customers:tag_create", "customers:tag_edit", "customers:tag_end", "customers:caller_end", "api:customer-reveal",
}  # fmt: skip


@pytest.mark.parametrize("name", of_customers())
def test_every_page_and_route_of_a_customer_is_a_read_event(client, reader, world, since, name):
    since("read")

    path = reverse(name, kwargs=ADDRESSES[name].kwargs(world))
    response = client.get(path)

    (event,) = since("read")
    assert response.status_code == 200
    assert (event.table_name, event.pk_text, event.actor_id) == (
        "customers_customer",
        str(world.customer.pk),
        reader.pk,
    )
    assert event.action == "customers.customer.opened"
    assert json.loads(event.body)["part"]


def test_a_customer_beside_the_list_is_a_read_event_too(client, reader, world, since):
    since("read")

    client.get(f"/customers/{world.customer.reference}/", headers={"HX-Request": "true", "HX-Target": "preview-body"})

    assert [json.loads(event.body)["part"] for event in since("read")] == ["preview"]


def test_rejected_rows_are_a_read_event_where_they_are_shown_whole(client, reader, world, since):
    since("read")
    address = reverse("customers:import_rejects", args=[world.run.pk])

    client.get(address)
    masked = since("read")
    client.force_login(UserFactory(role="administrator"))
    client.get(address)

    assert masked == []
    assert [(event.action, event.pk_text) for event in since("read")] == [
        ("customers.import.rejects_opened", str(world.run.pk))
    ]


@pytest.mark.parametrize("way", ["/customers/?q={}", "/palette/?q={}", "/api/v1/customers/?q={}"])
@pytest.mark.parametrize("number", [PHONE, IDENTITY, CARD, "a.wang@example.test", "5678"])
def test_a_search_by_a_number_is_a_read_event_and_the_number_a_hash(client, reader, world, since, way, number):
    since("read")

    client.get(way.format(number))

    (event,) = since("read")
    assert event.action == "customers.customer.searched"
    assert number not in event.body
    assert Secret.objects.get(event_id=event.id, field="number").value == number
    assert event.actor_id == reader.pk


def test_a_search_that_led_to_one_customer_is_an_event_of_that_customer(client, reader, world, since):
    PersonFactory()
    since("read")

    client.get(f"/customers/?q={PHONE}")
    client.get("/customers/?q=13700000000")

    found, nobody = since("read")
    assert (found.pk_text, nobody.pk_text) == (str(world.customer.pk), "")


@pytest.mark.parametrize("text", ["", "wang", "王明", "C-100007", "12", "138001"])
def test_a_search_that_names_nobody_by_a_number_is_no_event(client, reader, world, since, text):
    since("read")

    client.get("/customers/", {"q": text})

    assert since("read") == []


def test_an_export_is_an_event_before_its_first_row(reader, world, since):
    from customers.exports import customers_export
    from staff.exports import ExportFunction

    def rows_that_fail(user, parameters):
        export = customers_export(user, parameters)
        object.__setattr__(export, "rows", fail())
        return export

    def fail():
        raise RuntimeError("the disk is full")
        yield

    job = Job.objects.create(owner=reader, kind="customers.export", title="t", parameters={"query": f"q={PHONE}"},
                             created_at=timezone.now())  # fmt: skip
    since("export")
    with pytest.raises(RuntimeError):
        ExportFunction(rows_that_fail)(RunningJob(job))

    (event,) = since("export")
    assert event.action == "customers.export.written"
    assert PHONE not in event.body


def test_printing_is_an_event_of_the_record_that_is_printed(client, reader, world, since):
    answer = client.post("/audit/printed/", {"path": f"/customers/{world.customer.reference}/accounts/"})

    (event,) = since("export")
    assert answer.status_code == 204
    assert (event.action, event.table_name, event.pk_text) == (
        "pages.page.printed",
        "customers_customer",
        str(world.customer.pk),
    )


def test_printing_a_page_that_is_none_is_refused(client, reader, since):
    assert client.post("/audit/printed/", {"path": "/no/such/page\nforged"}).status_code == 422
    assert since("export") == []


def test_a_wrong_one_time_code_is_an_event_without_the_code(client, since):
    user = UserFactory()
    TOTP.activate(user, generate_totp_secret())
    client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})
    since("denied")

    client.post(reverse("mfa_authenticate"), {"code": "000000"})

    (event,) = since("denied")
    assert Authenticator.objects.filter(user=user).exists()
    assert (event.action, event.pk_text) == ("staff.user.second_factor_failed", str(user.pk))
    assert "000000" not in event.body


def test_a_token_that_opens_nothing_is_an_event(client, since):
    client.get("/api/v1/customers/", headers={"Authorization": "Bearer mrd_stolen_and_old"})

    (event,) = since("denied")
    assert event.action == "request.token_refused"
    assert "stolen" not in event.body


def test_who_reads_with_a_token_is_its_owner(client, world, since):
    owner = UserFactory(role="compliance")
    _token, key = create_token(actor=owner, name="t", days=1, at=timezone.now())
    client.logout()
    since("read")

    client.get(f"/api/v1/customers/{world.customer.reference}/", headers={"Authorization": f"Bearer {key}"})

    assert [event.actor_id for event in since("read")] == [owner.pk]


@pytest.mark.parametrize("way", ["/customers/{}/", "/customers/{}/accounts/", "/api/v1/customers/{}/"])
def test_a_customer_outside_ones_scope_is_refused_in_the_log(client, since, way):
    customer = PersonFactory(region="上海")
    customer = Customer.objects.get(pk=customer.pk)
    stranger = UserFactory(role="service", regions=["北京"])
    client.force_login(stranger)
    since("denied")

    assert client.get(way.format(customer.reference)).status_code == 404

    (event,) = since("denied")
    assert (event.action, event.pk_text, event.actor_id) == ("request.not_found", str(customer.pk), stranger.pk)


def test_a_number_that_was_tried_as_an_address_is_kept_as_a_hash(client, reader, since):
    client.get(f"/customers/{PHONE}/")

    (event,) = since("denied")
    assert PHONE not in event.body
    assert PHONE in Secret.objects.get(event_id=event.id).value


def test_an_address_that_names_no_record_is_no_event(client, reader, since):
    client.get("/no/such/page/")

    assert since("denied") == []


def test_a_page_that_a_role_does_not_open_is_a_refusal_in_the_log(client, since):
    client.force_login(UserFactory(role="marketing"))

    client.get("/risk/alerts/")

    assert [event.action for event in since("denied")] == ["request.denied"]
