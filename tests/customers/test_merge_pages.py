"""Pages of merges: fields chosen side by side and masked, asked for under four eyes; old numbers lead to the one that stays."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from audit.models import Event
from customers.models import Customer, Merge
from staff.models import ChangeRequest
from tests.customers.test_merges import merge
from tests.factories import UserFactory
from tests.factories.changes import agreed
from tests.factories.customers import AccountFactory, MergeFactory, PersonFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def clerk(client):
    user = UserFactory(role="service")
    client.force_login(user)
    return user


def two():
    made = [PersonFactory(name="张伟"), PersonFactory(name="張偉", email="zhang.wei@example.test")]
    for who in made:
        who.refresh_from_db()
    return made


def test_choosing_asks_a_second_person_and_says_nothing_personal(client, clerk):
    one, other = two()
    address = f"{reverse('customers:merge_create')}?one={one.reference.lower()}&other={other.reference}"
    page = client.get(address).content.decode()
    assert "zhang.wei@example.test" not in page
    assert "13800138000" not in page

    fields = {
        f"field_{name}": "one"
        for name in (
            "name",
            "sex",
            "birth_date",
            "phone",
            "identity_number",
            "address",
            "city",
            "language",
            "relationship_owner",
        )
    }
    answer = client.post(address, {"stays": "one", "reason": "Same papers", **fields, "field_email": "other"})

    request = ChangeRequest.objects.get()
    assert answer["Location"] == reverse("staff:change_detail", args=[request.pk])
    assert request.said == {"survivor_id": one.pk, "absorbed_id": other.pk, "choices": ["email"]}
    assert "zhang.wei" not in str(request.shown)
    assert agreed(request, UserFactory(role="service_lead")).state == "executed"
    one.refresh_from_db()
    assert one.email == "zhang.wei@example.test"


def test_a_customer_is_not_merged_with_themselves_on_the_page_either(client, clerk):
    one, __ = two()
    page = client.get(f"{reverse('customers:merge_create')}?one={one.reference}&other={one.reference}").content.decode()
    assert "cannot be merged with themselves" in page


def test_a_number_that_is_not_there_is_said_beside_its_field(client, clerk):
    answer = client.get(f"{reverse('customers:merge_create')}?one=C-1&other=C-2")
    assert answer.status_code == 422
    assert "There is no customer of this number" in answer.content.decode()


@pytest.mark.parametrize("part", ["", "accounts/", "privacy/", "transactions/"])
def test_an_old_address_leads_to_the_one_that_stays_and_says_so(client, clerk, part):
    one, other = two()
    merge(one, other)

    answer = client.get(f"/customers/{other.reference}/{part}", follow=True)

    assert answer.redirect_chain == [(f"/customers/{one.reference}/{part}", 302)]
    assert f"{other.reference} was merged into {one.reference}" in answer.content.decode()


def test_what_is_sent_to_an_old_address_is_not_done(client, clerk):
    one, other = two()
    merge(one, other)
    answer = client.post(f"/customers/{other.reference}/contact/", {"title": "Called"}, follow=True)
    assert "nothing was done" in answer.content.decode()
    assert one.interactions.count() == 0


def test_an_old_number_of_somebody_out_of_reach_is_not_there(client):
    one, other = PersonFactory(region="北京"), PersonFactory(region="北京")
    merge(one, other)
    other.refresh_from_db()
    client.force_login(UserFactory(role="service", regions=["上海"]))
    assert client.get(f"/customers/{other.reference}/").status_code == 404


def test_the_api_says_where_an_old_number_leads(client, clerk):
    one, other = two()
    merge(one, other)
    answer = client.get(f"/api/v1/customers/{other.reference}/")
    assert (answer.status_code, answer.json()["merged_into"]) == (410, one.reference)


@pytest.mark.parametrize("sought", ["reference", "phone", "email"])
def test_searching_by_what_the_old_record_was_called_finds_the_one_that_stays(clerk, sought):
    one, other = PersonFactory(), PersonFactory(phone="+8613912345678", email="old@example.test")
    other.refresh_from_db()
    merge(one, other)
    text = {"reference": other.reference, "phone": "13912345678", "email": "old@example.test"}[sought]
    assert list(Customer.objects.visible_to(clerk).matching(text)) == [one]


def test_the_history_of_the_one_that_stays_is_that_of_both(client):
    one, other = two()
    Customer.objects.filter(pk=other.pk).update(city="Xiamen")
    merge(one, other)
    client.force_login(UserFactory(role="compliance"))
    page = client.get(reverse("audit:record_history", args=["customers_customer", one.pk])).content.decode()
    assert "Xiamen" in page


def test_a_merge_tells_what_moved_and_is_undone_under_four_eyes(client, clerk):
    one, other = two()
    AccountFactory(customer=other)
    made = merge(one, other)
    page = client.get(f"/customers/merges/{made.pk}/").content.decode()
    assert "Accounts" in page or "accounts" in page

    answer = client.post(f"/customers/merges/{made.pk}/undo/", {"reason": "Namesakes"})
    request = ChangeRequest.objects.order_by("-pk")[0]
    assert answer["Location"] == reverse("staff:change_detail", args=[request.pk])
    assert agreed(request, UserFactory(role="compliance")).state == "executed"
    assert Merge.objects.get().undone_at
    seen = Event.objects.filter(kind="read", table_name="customers_customer").values_list("pk_text", flat=True)
    assert {str(one.pk), str(other.pk)} <= set(seen)


def test_the_list_costs_the_same_at_one_row_and_at_three(client, clerk, django_assert_num_queries):
    MergeFactory()
    client.get("/customers/merges/")
    with CaptureQueriesContext(connection) as one:
        client.get("/customers/merges/")
    MergeFactory(), MergeFactory()
    with django_assert_num_queries(len(one)):
        client.get("/customers/merges/")


def test_the_customers_page_tells_who_may_be_the_same_and_who_was_merged(client, clerk):
    from tests.factories.customers import DuplicatePairFactory

    one, other = two()
    merge(one, other)
    pair = DuplicatePairFactory(first=one)
    page = client.get(f"/customers/{one.reference}/").content.decode()
    assert f"{other.reference} was merged into this record" in page
    assert f"/customers/duplicates/{pair.pk}/" in page
