import re

import pytest
from django.urls import reverse
from django.utils import timezone

from marketing.models import CouponBatch, Offer
from marketing.services.coupons import codes_of, issue_anonymous, issue_many
from staff.models import ChangeRequest
from tests.factories import UserFactory
from tests.factories.changes import agreed
from tests.factories.offers import a_customer, a_draft, a_redemption, an_offer

pytestmark = pytest.mark.django_db
DRAFT = {
    "name": "春季满减", "code": "spring", "currency": "CNY", "line": "", "tiers": "300 30\n500, 70",
    "valid_from": "2026-01-01T00:00", "valid_until": "2099-12-31T23:59:59", "time_zone": "Asia/Shanghai", "products": "",
    "reserve_minutes": "30", "payout_hours": "0", "stack_with": "other_groups", "stack_base": "after", "stack_place": "100",
    "stack_most": "1", "stack_group": "", "segment_code": "",
}  # fmt: skip


@pytest.fixture
def marketer(client):
    user = UserFactory(role="marketing")
    client.force_login(user)
    return user


def test_an_offer_is_drafted_proposed_approved_and_stopped(client, marketer):
    made = client.post(reverse("marketing:offer_create") + "?kind=threshold", DRAFT)
    offer = Offer.objects.get()
    assert made.status_code == 302, made.context["form"].errors
    page = client.get(made["Location"]).content.decode()
    assert "春季满减" in page
    assert re.search(r"spend\D+320\.00\D+290\.00", page)
    version = offer.versions.get()
    assert version.valid_from.isoformat() == "2025-12-31T16:00:00+00:00"

    client.post(
        reverse("marketing:offer_publish", args=["spring"]), {"budget": "5000", "reason": "For the spring season"}
    )
    request = ChangeRequest.objects.get(command="marketing.offer.publish")
    assert "waits for approval" in client.get(reverse("marketing:offer_detail", args=["spring"])).content.decode()
    agreed(request, UserFactory(role="compliance"))
    offer.refresh_from_db()
    assert (offer.version_id, offer.budget) == (version.pk, 5000)

    client.post(
        reverse("marketing:offer_budget", args=["spring"]), {"budget": "9000", "reason": "More demand than planned"}
    )
    agreed(ChangeRequest.objects.get(command="marketing.offer.budget"), UserFactory(role="management"))
    client.post(reverse("marketing:offer_stop", args=["spring"]), {"reason": "The terms were misread"})
    offer.refresh_from_db()
    assert offer.budget == 9000
    assert offer.stopped_by == marketer


def test_a_draft_that_changed_since_it_was_proposed_is_not_published(client, marketer):
    offer = a_draft(actor=marketer)
    client.post(
        reverse("marketing:offer_publish", args=[offer.code]), {"budget": "5000", "reason": "For the spring season"}
    )
    changed = {**DRAFT, "tiers": "300 299"}
    assert client.post(reverse("marketing:offer_draft", args=[offer.code]), changed).status_code == 302

    request = agreed(ChangeRequest.objects.get(), UserFactory(role="compliance"))

    assert request.state != "executed"
    assert Offer.objects.get().version is None


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("tiers", "300", "amount"), ("tiers", "30 31", "no more than"), ("tiers", "三百 三十", "amount"),
        ("valid_until", "2025-01-01T00:00", "ends after"), ("time_zone", "Mars/Olympus", "no time zone"),
        ("products", "nothing-like-it", "no product"), ("stack_most", "1.5", "1 at most"), ("code", "a b", "slug|valid"),
        ("valid_from", "2026-13-01T00:00", "valid"), ("reserve_minutes", "0", "one minute"),
    ],
)  # fmt: skip
def test_what_is_wrong_stands_on_the_form(client, marketer, field, value, says):
    answer = client.post(reverse("marketing:offer_create") + "?kind=threshold", {**DRAFT, field: value})

    assert answer.status_code == 422
    assert re.search(says, str(answer.context["form"].errors))
    assert not Offer.objects.exists()


def test_an_hour_that_clocks_leave_out_is_refused(client, marketer):
    said = {**DRAFT, "time_zone": "Europe/London", "valid_until": "2027-03-28T01:30"}
    answer = client.post(reverse("marketing:offer_create") + "?kind=threshold", said)
    assert "does not exist there" in str(answer.context["form"].errors)


@pytest.mark.parametrize("kind", ["percentage", "fixed", "rate_uplift", "fee_waiver", "gift", "red_packet"])
def test_each_kind_has_a_form_and_a_page(client, marketer, kind):
    said = {
        **DRAFT, "percent": "10", "cap": "50", "amount": "20", "points": "0.5", "days": "30", "day_count": "365", "gift": "雨伞",
        "form": "fixed", "step": "0.01", "way": "down", "least": "",
    }  # fmt: skip
    assert client.get(reverse("marketing:offer_create") + f"?kind={kind}").status_code == 200
    made = client.post(reverse("marketing:offer_create") + f"?kind={kind}", said)
    assert made.status_code == 302, made.context["form"].errors
    assert client.get(made["Location"]).status_code == 200
    assert client.get(reverse("marketing:offer_draft", args=["spring"])).status_code == 200


def test_codes_leave_once(client, marketer, django_capture_on_commit_callbacks):
    offer = an_offer(actor=marketer)
    client.post(reverse("marketing:coupon_issue", args=[offer.code]), {"number": "5", "uses": "1", "key": "leaflet"})
    batch = CouponBatch.objects.get()

    first = client.post(reverse("marketing:codes_export", args=[batch.pk]))
    second = client.post(reverse("marketing:codes_export", args=[batch.pk]))

    assert first["Location"].startswith("/staff/jobs/")
    assert second["Location"].startswith("/marketing/offers/")


def test_a_code_is_looked_up_as_it_was_typed(client, marketer):
    batch = issue_anonymous(actor=marketer, offer_id=an_offer().pk, number=1, uses=1, key="k", at=timezone.now())
    code = codes_of(batch)[0][0]

    page = client.post(reverse("marketing:coupon_look"), {"code": f" {code.lower()} "})
    wrong = client.post(reverse("marketing:coupon_look"), {"code": code[:-1] + ("2" if code[-1] != "2" else "3")})

    assert code[-4:] in page.content.decode()
    assert page.status_code == 200
    assert wrong.status_code == 422
    assert "read it again" in str(wrong.context["form"].errors)


LISTS = ["offer_list", "coupon_list", "redemption_list", "held_list"]


@pytest.mark.parametrize("name", LISTS)
def test_a_list_costs_the_same_queries_for_any_length(client, django_assert_max_num_queries, name):
    client.force_login(UserFactory(role="compliance"))
    counted = []
    for more in (1, 2):
        for _n in range(more):
            offer, customer = an_offer(), a_customer()
            issue_many(offer_id=offer.pk, customer_ids=[customer.pk], key=f"q-{offer.pk}", at=timezone.now())
            a_redemption(offer)
        client.get(reverse(f"marketing:{name}"))
        with django_assert_max_num_queries(60) as queries:
            assert client.get(reverse(f"marketing:{name}")).status_code == 200
        counted.append(len(queries))
    assert counted[0] == counted[1]


def test_nobody_sees_a_customers_name_there(client, marketer):
    customer = a_customer(name="段正淳")
    offer = an_offer(actor=marketer)
    issue_many(offer_id=offer.pk, customer_ids=[customer.pk], key="n", at=timezone.now())
    made = a_redemption(offer, customer=customer)

    for path in (
        reverse("marketing:coupon_list"), reverse("marketing:redemption_list"), reverse("marketing:ring_list"),
        reverse("marketing:redemption_detail", args=[made.pk]),
    ):  # fmt: skip
        page = client.get(path).content.decode()
        assert "段正淳" not in page
    assert customer.reference in client.get(reverse("marketing:redemption_list")).content.decode()


def test_an_offer_of_another_line_is_not_seen(client):
    client.force_login(UserFactory(role="marketing", business_lines=["payment"]))
    offer = an_offer(line_id="fund")
    assert client.get(reverse("marketing:offer_detail", args=[offer.code])).status_code == 404
    assert offer.name not in client.get(reverse("marketing:offer_list")).content.decode()


@pytest.fixture
def platform(client):
    user = UserFactory(role="administrator")
    client.force_login(user)
    return user


def post(client, name, said=None, **kwargs):
    return client.post(
        reverse(f"api:redemption-{name}", kwargs=kwargs or None), said or {}, content_type="application/json"
    )


def test_the_platform_quotes_reserves_commits_and_reverses_over_rest(client, platform):
    offer, customer = an_offer(), a_customer()
    said = {"customer": customer.reference, "amount": "320", "offer": offer.code, "order": "o-1"}

    assert post(client, "quote", said).json()["amount"] == "30.00"
    made = post(client, "list", {**said, "key": "k-1", "signals": {"device": "d", "network": "203.0.113.7"}})
    again = post(client, "list", {**said, "key": "k-1"})
    assert (made.status_code, made.json()["state"], again.json()["id"]) == (201, "reserved", made.json()["id"])
    key = made.json()["id"]
    assert post(client, "commit", pk=key).json()["state"] == "committed"
    assert post(client, "release", pk=key).status_code == 400
    assert post(client, "reverse", {"reason": "Order sent back"}, pk=key).json()["state"] == "reversed"


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"amount": "-1"}, "amount"), ({"amount": "1e99"}, "amount"), ({"customer": "C-0"}, "customer"),
        ({"offer": "", "coupon": ""}, "coupon"), ({"offer": "none"}, "offer"), ({"coupon": "ABC", "offer": ""}, "code"),
        ({"amount": "NaN"}, "amount"), ({"signals": {"network": "here"}}, "network"), ({"key": ""}, "key"),
    ],
)  # fmt: skip
def test_bad_input_over_rest_is_told_where(client, platform, wrong, field):
    said = {"customer": a_customer().reference, "amount": "320", "offer": an_offer().code, "key": "k", **wrong}
    answer = post(client, "list", said)
    assert answer.status_code == 400
    assert field in str(answer.json())


def test_others_may_not_redeem(client, marketer):
    made = a_redemption()
    assert post(client, "quote").status_code == post(client, "commit", pk=made.pk).status_code == 403
