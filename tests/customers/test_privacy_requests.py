"""What people ask about their own data: by when, who checks, what is given, what is written down."""

import json
import zipfile
from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, transaction
from django.utils import timezone

from audit.models import Event
from customers.models import Customer, PrivacyRequest
from customers.services import privacy_requests as services
from customers.services.access_packages import package_of, start_package, write_package
from staff.jobs import RunningJob
from staff.models import ChangeRequest, Job, Notification
from tests.factories import UserFactory
from tests.factories.changes import agreed
from tests.factories.customers import AccountFactory, PersonFactory, TransactionFactory

pytestmark = pytest.mark.django_db
NOW = timezone.now()


@pytest.fixture
def officer():
    return UserFactory(role="compliance")


@pytest.fixture
def clerk():
    return UserFactory(role="service")


def ask(clerk, kind="access", customer=None, received_on=date(2025, 9, 26), **fields):
    customer = customer or PersonFactory()
    return services.receive_request(
        actor=clerk, customer_id=customer.pk, kind=kind, received_on=received_on, at=NOW, **fields
    )


def checked(officer, request):
    return services.check_identity(actor=officer, request_id=request.pk, check="document", at=NOW)


@pytest.mark.parametrize(
    ("law", "kind", "due"),
    [
        ("CN", "access", date(2025, 10, 26)),
        ("DE", "access", date(2025, 10, 26)),
        ("GB", "deletion", date(2025, 10, 26)),
        ("", "access", date(2025, 10, 26)),
        ("CN", "closure", date(2025, 10, 23)),
        ("SG", "closure", date(2025, 10, 17)),
    ],
)
def test_the_deadline_is_that_of_the_customers_jurisdiction(clerk, law, kind, due):
    assert ask(clerk, kind, PersonFactory(jurisdiction=law)).due_on == due


def test_a_month_ends_on_the_last_day_of_a_shorter_one(clerk):
    assert ask(clerk, customer=PersonFactory(jurisdiction="FR"), received_on=date(2025, 1, 31)).due_on == date(
        2025, 2, 28
    )


def test_an_extension_is_granted_once_where_the_law_knows_one(clerk, officer, monkeypatch):
    german = ask(clerk, customer=PersonFactory(jurisdiction="DE"), received_on=timezone.localdate())
    chinese = ask(clerk, customer=PersonFactory(jurisdiction="CN"), received_on=timezone.localdate())
    first = german.due_on
    why = "Your transactions fill many volumes."

    extended = services.extend_request(actor=officer, request_id=german.pk, reason=why, at=NOW)

    assert extended.extended_from == first
    assert (extended.due_on.month - first.month) % 12 == 2
    with pytest.raises(ValidationError, match="once is all"):
        services.extend_request(actor=officer, request_id=german.pk, reason=why, at=NOW)
    with pytest.raises(ValidationError, match="Extension"):
        services.extend_request(actor=officer, request_id=chinese.pk, reason=why, at=NOW)


def test_a_deadline_that_has_passed_is_not_extended(clerk, officer):
    request = ask(clerk, customer=PersonFactory(jurisdiction="DE"))

    with pytest.raises(ValidationError, match="has passed"):
        services.extend_request(actor=officer, request_id=request.pk, reason="It takes longer.", at=NOW)


def test_recording_tells_compliance_and_hides_the_words_from_the_log(clerk, officer):
    request = ask(clerk, text="My name is 欧阳菲菲")

    assert Notification.objects.filter(user=officer, kind="privacy").count() == 1
    assert request.reference.startswith("PR-")
    assert request.entries.get().kind == "received"
    event = Event.objects.get(table_name="customers_privacyrequest", kind="insert")
    assert event.action == "customers.privacy_request.received"
    assert "欧阳菲菲" not in event.body


@pytest.mark.parametrize(
    ("service", "fields"),
    [
        (services.answer_request, {"outcome": "fulfilled", "answer": "We sent you everything."}),
        (start_package, {}),
    ],
)
def test_nothing_is_given_out_before_it_is_known_who_asks(clerk, officer, service, fields):
    request = ask(clerk)

    with pytest.raises(ValidationError, match="who is asking"):
        service(actor=officer, request_id=request.pk, at=NOW, **fields)
    with pytest.raises(DatabaseError), transaction.atomic():
        PrivacyRequest.objects.filter(pk=request.pk).update(state="answered", outcome="fulfilled")


def test_an_answer_closes_and_a_closed_request_takes_no_more(clerk, officer):
    request = checked(officer, ask(clerk))

    services.answer_request(
        actor=officer, request_id=request.pk, outcome="partly", answer="Without what concerns others.", at=NOW
    )

    request.refresh_from_db()
    assert (request.state, request.outcome, request.answered_at) == ("answered", "partly", NOW)
    with pytest.raises(ValidationError, match="is closed"):
        services.answer_request(actor=officer, request_id=request.pk, outcome="refused", answer="No, no, no.", at=NOW)
    services.add_note(actor=officer, request_id=request.pk, text="They wrote again.", at=NOW)
    assert [entry.kind for entry in request.entries.order_by("id")] == ["received", "identity", "answered", "note"]


def test_the_desk_records_and_does_not_handle(clerk):
    request = ask(clerk)

    with pytest.raises(PermissionDenied):
        services.check_identity(actor=clerk, request_id=request.pk, check="document", at=NOW)


def test_only_who_handles_requests_can_own_one(clerk, officer):
    request, other = ask(clerk), UserFactory(role="compliance")

    services.assign_request(actor=officer, request_id=request.pk, owner=other, at=NOW)

    assert Notification.objects.filter(user=other, title__startswith="You now own").count() == 1
    with pytest.raises(ValidationError, match="may not handle"):
        services.assign_request(actor=officer, request_id=request.pk, owner=clerk, at=NOW)


# Correction


@pytest.mark.parametrize(
    ("field", "proposed", "stored"),
    [
        ("email", "  new@dali.example ", "new@dali.example"),
        ("phone", "139 1234 5678", "+8613912345678"),
        ("name", "段誉", "段誉"),
        ("birth_date", "1990-02-28", date(1990, 2, 28)),
        ("address", "大理市", "大理市"),
    ],
)
def test_a_correction_is_written_with_what_finds_it(clerk, officer, field, proposed, stored):
    customer = PersonFactory()
    request = checked(officer, ask(clerk, "correction", customer, field=field, proposed=proposed))

    services.correct_customer(actor=officer, request_id=request.pk, at=NOW)

    again = Customer.objects.get(pk=customer.pk)
    assert getattr(again, field) == stored
    if field in {"email", "phone", "name"}:
        assert list(Customer.objects.matching(proposed.strip())) == [customer]
    assert Event.objects.filter(action="customers.customer.corrected", table_name="customers_customer").count() == 1


@pytest.mark.parametrize(
    ("field", "proposed"),
    [("phone", "12"), ("email", "nobody"), ("birth_date", "1990-02-30"), ("birth_date", "2999-01-01"), ("name", "  "),
     ("risk_level", "low"), ("", "x")],
)  # fmt: skip
def test_a_correction_that_cannot_be_is_refused_at_once(clerk, field, proposed):
    with pytest.raises(ValidationError):
        ask(clerk, "correction", field=field, proposed=proposed)


def test_before_and_after_stand_side_by_side_as_masks(client, clerk, officer):
    request = ask(clerk, "correction", field="email", proposed="new.address@dali.example")
    client.force_login(officer)

    page = client.get(f"/customers/privacy/requests/{request.reference}/").content.decode()

    assert "n**********@dali.example" in page
    assert "d*************@dali.example" in page
    assert "new.address@" not in page


# Restriction


def test_a_restriction_is_set_and_lifted_with_a_reason(clerk, officer):
    request = checked(officer, ask(clerk, "restriction"))

    customer = services.restrict_customer(actor=officer, request_id=request.pk, at=NOW)
    assert customer.restricted_at == NOW
    assert not Customer.objects.exportable().filter(pk=customer.pk).exists()

    services.lift_restriction(actor=officer, request_id=request.pk, reason="The dispute is over.", at=NOW)
    assert Customer.objects.exportable().filter(pk=customer.pk).exists()


def test_a_request_does_only_what_it_asks_for(clerk, officer):
    request = checked(officer, ask(clerk, "access"))

    with pytest.raises(ValidationError, match="not what"):
        services.restrict_customer(actor=officer, request_id=request.pk, at=NOW)


# Access


def test_a_package_holds_everything_of_the_customer_and_nothing_of_others(clerk, officer, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    customer, other = PersonFactory(name="欧阳菲菲"), PersonFactory(name="司马光")
    TransactionFactory(account=AccountFactory(customer=customer), counterparty="Tea house")
    TransactionFactory(account=AccountFactory(customer=other), counterparty="Coffee house")
    request = checked(officer, ask(clerk, "portability", customer))
    job = start_package(actor=officer, request_id=request.pk, at=NOW)
    Job.objects.filter(pk=job.pk).update(state="running", attempt=1)
    running = RunningJob(Job.objects.get(pk=job.pk))

    write_package(running)

    with zipfile.ZipFile(tmp_path / running.result) as package:
        data, page = json.loads(package.read("data.json")), package.read("readable.html").decode()
    assert data["customer"]["name"] == "欧阳菲菲"
    assert [row["counterparty"] for row in data["transactions"]] == ["Tea house"]
    assert data["requests"][0]["reference"] == request.reference
    assert "Tea house" in page
    assert "Coffee house" not in json.dumps(data) + page
    assert "司马光" not in json.dumps(data, ensure_ascii=False) + page


def test_a_readable_page_escapes_what_people_wrote(clerk, officer):
    from customers.services.access_packages import readable

    customer = PersonFactory(name="<script>alert(1)</script>")

    assert "<script>" not in readable(package_of(customer, at=NOW))


# Pages and API


def test_the_list_shows_open_ones_by_their_next_deadline(client, clerk, officer):
    later = ask(clerk, received_on=date(2025, 9, 26))
    sooner = ask(clerk, received_on=date(2025, 9, 1))
    closed = checked(officer, ask(clerk, received_on=date(2025, 8, 1)))
    services.answer_request(actor=officer, request_id=closed.pk, outcome="fulfilled", answer="All was sent.", at=NOW)
    client.force_login(officer)

    page = client.get("/customers/privacy/requests/").content.decode()
    everything = client.get("/customers/privacy/requests/?state=answered").content.decode()

    assert page.index(sooner.reference) < page.index(later.reference)
    assert closed.reference not in page
    assert closed.reference in everything


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_for_any_rows(client, clerk, officer, count, django_assert_max_num_queries):
    for _each in range(count):
        ask(clerk)
    client.force_login(officer)

    with django_assert_max_num_queries(14):
        client.get("/customers/privacy/requests/")


def test_a_whole_request_goes_through_the_pages(client, clerk, officer):
    customer = PersonFactory()
    client.force_login(clerk)
    today = timezone.localdate()
    client.post(f"/customers/{customer.reference}/request/", {"kind": "access", "received_on": today.isoformat()})
    request = PrivacyRequest.objects.get()
    path = f"/customers/privacy/requests/{request.reference}/"
    client.force_login(officer)

    assert client.post(f"{path}identity/", {"check": "sign_in"}).status_code == 302
    assert client.post(f"{path}package/", {"reason": "They asked for it."}).status_code == 302
    agreed(ChangeRequest.objects.get(), UserFactory(role="compliance"))
    assert client.post(f"{path}answer/", {"outcome": "fulfilled", "answer": ""}).status_code == 422
    assert client.post(f"{path}answer/", {"outcome": "fulfilled", "answer": "Handed over today."}).status_code == 302
    assert client.get(f"{path}nothing/").status_code == 404
    assert client.get(f"{path}correct/").status_code == 404

    request.refresh_from_db()
    assert request.outcome == "fulfilled"
    assert Job.objects.filter(kind="customers.access_package", owner=officer).count() == 1


def test_a_program_records_and_handles_requests(client, officer):
    customer = PersonFactory(jurisdiction="DE")
    client.force_login(officer)
    asked = {"customer": customer.reference, "kind": "restriction", "received_on": timezone.localdate().isoformat()}

    made = client.post("/api/v1/privacy-requests/", asked)
    path = f"/api/v1/privacy-requests/{made.json()['reference']}/"

    assert made.status_code == 201
    assert client.post(f"{path}restrict/").status_code == 400  # nobody has looked who is asking
    assert client.post(f"{path}identity/", {"check_by": "document"}).json()["state"] == "working"
    assert client.post(f"{path}restrict/").status_code == 200
    assert client.post(f"{path}extend/", {"reason": "Many systems are asked."}).json()["extended_from"]
    assert (
        client.post(f"{path}answer/", {"outcome": "fulfilled", "answer": "Restricted."}).json()["outcome"]
        == "fulfilled"
    )
    assert Customer.objects.get(pk=customer.pk).restricted_at


def test_requests_of_customers_outside_ones_scope_are_not_there(client, clerk):
    request = ask(clerk, customer=PersonFactory(region="北京"))
    client.force_login(UserFactory(role="service", regions=["上海"]))

    assert client.get(f"/customers/privacy/requests/{request.reference}/").status_code == 404
    assert client.get("/api/v1/privacy-requests/").json()["results"] == []


def test_a_request_from_tomorrow_is_refused(clerk):
    with pytest.raises(ValidationError, match="not come yet"):
        ask(clerk, received_on=timezone.localdate() + timedelta(days=1))
