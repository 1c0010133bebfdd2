"""Pages of complaints: who sees what, constant queries, what is done from them."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from service.complaint_places import complaints_export
from service.models import Complaint
from tests.factories import UserFactory
from tests.factories.complaints import a_complaint, caused
from tests.factories.customers import PersonFactory
from tests.factories.service import TicketFactory

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()


@pytest.fixture
def lead(client):
    person = UserFactory(role="service_lead")
    client.force_login(person)
    return person


def queries(client, url):
    client.get(url)
    with CaptureQueriesContext(
        connection,
    ) as seen:
        assert client.get(url).status_code == 200
    return len(seen)


@pytest.mark.parametrize("address", ["/service/complaints/", "/service/complaints/of/{}/"])
def test_lists_ask_as_much_for_three_rows_as_for_one(client, lead, address):
    customer = PersonFactory()
    customer.refresh_from_db()
    url = address.format(customer.reference)
    a_complaint(customer=customer)
    one = queries(client, url)

    for _n in range(2):
        a_complaint(customer=customer)

    assert queries(client, url) == one


def test_the_list_begins_with_the_next_statutory_day_and_hides_closed_ones(client, lead):
    later, sooner, closed = a_complaint(ago=1), a_complaint(ago=20), a_complaint(ago=30)
    Complaint.objects.filter(pk=closed.pk).update(
        state="withdrawn", outcome="withdrawn", withdrawn_on=TODAY, due_on=None
    )

    shown = client.get("/service/complaints/").content.decode()

    assert shown.index(sooner.ticket.reference) < shown.index(later.ticket.reference)
    assert closed.ticket.reference not in shown
    assert closed.ticket.reference in client.get("/service/complaints/?state=withdrawn").content.decode()


def test_a_complaint_is_shown_with_its_days_its_source_and_its_life(client, lead):
    complaint = a_complaint()

    shown = client.get(f"/service/complaints/{complaint.ticket.reference}/").content.decode()

    assert "CBIRC Order 2020 No. 3" in shown
    assert "needs confirmation" in shown
    assert "Received" in shown


@pytest.mark.parametrize("role", ["marketing", "product", "management", "administrator"])
def test_other_roles_see_no_complaints_anywhere(client, role):
    complaint = a_complaint()
    complaint.ticket.customer.refresh_from_db()
    client.force_login(UserFactory(role=role))

    assert client.get("/service/complaints/").status_code == 403
    assert client.get(f"/service/complaints/{complaint.ticket.reference}/").status_code == 403
    overview = client.get(f"/customers/{complaint.ticket.customer.reference}/").content.decode()
    assert "open complaint" not in overview
    assert "/complaints/of/" not in overview


def test_a_complaint_about_oneself_or_from_elsewhere_is_not_there(client):
    clerk = UserFactory(role="service")
    complaint = a_complaint(subjects=[clerk])
    client.force_login(clerk)
    assert client.get(f"/service/complaints/{complaint.ticket.reference}/").status_code == 404

    client.force_login(UserFactory(role="service", regions=["青海"]))
    complaint.ticket.region = "上海"
    complaint.ticket.save()
    assert client.get(f"/service/complaints/{complaint.ticket.reference}/").status_code == 404


def test_a_complaint_is_recorded_from_a_customers_page_and_made_of_a_ticket(client, lead):
    customer, ticket = PersonFactory(), TicketFactory(kind="problem")
    customer.refresh_from_db()
    said = {"subject": "费用太高 🙂", "kind": "fees", "channel": "phone", "received_on": TODAY.isoformat()}

    assert client.post(f"/service/complaints/of/{customer.reference}/new/", said).status_code == 302
    assert (
        client.post(
            f"/service/complaints/ticket/{ticket.reference}/", {"kind": "payment", "received_on": TODAY.isoformat()}
        ).status_code
        == 302
    )

    assert set(Complaint.objects.values_list("ticket__kind", flat=True)) == {"complaint"}
    assert Complaint.objects.count() == 2
    flags = client.get(f"/customers/{customer.reference}/").content.decode()
    assert "1 open complaint" in flags


def test_it_is_worked_on_from_its_page_until_it_is_decided(client, lead):
    complaint = a_complaint()
    home = f"/service/complaints/{complaint.ticket.reference}/"

    def do(act, **said):
        answer = client.post(f"{home}{act}/", said)
        assert answer.status_code == 302, answer.content.decode()[:3000]

    do("acknowledge")
    do("cause", cause="pricing", step=complaint_step())
    do("redress", kind="refund", amount="100", currency="CNY", reason="The fee was not agreed")
    do("decide", outcome="upheld", reply="We refund the fee that was not agreed.")

    complaint.refresh_from_db()
    assert (complaint.state, complaint.outcome) == ("decided", "upheld")
    shown = client.get(home).content.decode()
    assert "We refund the fee" in shown
    assert "Record payment" in shown


def complaint_step():
    from service.models import ProcessStep

    return ProcessStep.objects.get(code="pricing").pk


def test_what_a_service_refuses_stands_in_the_form(client, lead):
    complaint = a_complaint()

    answer = client.post(
        f"/service/complaints/{complaint.ticket.reference}/decide/", {"outcome": "upheld", "reply": "It is our fault."}
    )

    assert answer.status_code == 422
    assert "why it came to the complaint" in answer.content.decode()


def test_an_unknown_act_and_one_that_ones_role_has_not_are_not_there(client, lead):
    reference = a_complaint().ticket.reference
    assert client.get(f"/service/complaints/{reference}/explode/").status_code == 404

    client.force_login(UserFactory(role="service"))
    assert client.get(f"/service/complaints/{reference}/decide/").status_code == 404
    assert client.get(f"/service/complaints/{reference}/cause/").status_code == 200


@pytest.mark.parametrize("page", ["report", "rules", "past", "themes", "trends"])
def test_pages_of_figures_open_with_and_without_complaints(client, lead, page):
    assert client.get(f"/service/complaints/{page}/").status_code == 200
    caused(a_complaint())

    assert client.get(f"/service/complaints/{page}/").status_code == 200


def test_the_export_is_scoped_masked_and_filtered_as_the_list(lead):
    mine = a_complaint(kind="fees")
    a_complaint(kind="fraud")
    about_me = a_complaint(kind="fees", subjects=[lead])

    rows = list(complaints_export(lead, {"query": "kind=fees"}).rows)

    assert [row[0] for row in rows] == [mine.ticket.reference]
    assert about_me.ticket.reference not in str(rows)


def test_two_at_a_ticket_page_see_the_statutory_days_and_the_way_to_the_complaint(client, lead):
    complaint = a_complaint()

    shown = client.get(f"/service/tickets/{complaint.ticket.reference}/").content.decode()

    assert "Decision, told in writing" in shown
    assert f"/service/complaints/{complaint.ticket.reference}/" in shown
    plain = client.get(f"/service/tickets/{TicketFactory().reference}/").content.decode()
    assert "Make it a complaint" in plain
