"""Who calls is who they say: answers compared and not kept, points, attempts, minutes; and no reveal without it."""

from datetime import date, timedelta
from decimal import Decimal
from threading import Thread

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.utils import timezone

from audit.models import Event, Secret
from customers.models import CallerAnswer, CallerVerification, Customer, PrivacyRule
from customers.rules.callers import OnRecord, amount_in, dates_in, is_right, known_questions
from customers.services.callers import answer_question, end_verification, standing, verified
from customers.services.reveals import reveal_field
from staff.models import Notification
from tests.factories import UserFactory
from tests.factories.customers import AccountFactory, PersonFactory
from tests.factories.staff import past_the_guards

RECORD = OnRecord(
    birth_date=date(1980, 2, 29),
    identity_number="11010519800229002X",
    phone="+8613912345678",
    email="Li.Ming@example.com",
    city="上海市",
    numbers=["6222021234567890", "L-77"],
    amounts=[Decimal("-1200.50"), Decimal("88.00")],
)


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("birth_date", "1980-02-29"), ("birth_date", "19800229"), ("birth_date", "29.2.1980"),
        ("birth_date", "2/29/1980"), ("birth_date", "1980年2月29日"), ("birth_date", "１９８０-２-２９"), ("birth_date", "29021980"),
        ("identity_tail", "002x"), ("identity_tail", "00 2X"), ("phone_tail", "5678"), ("email", " li.ming@EXAMPLE.com "),
        ("city", "上海"), ("city", "上海市"), ("account_tail", "7890"),
        ("last_amount", "1,200.50"), ("last_amount", "1200.5 yuan"), ("last_amount", "¥88"), ("document_seen", "yes"),
    ],
)  # fmt: skip
def test_what_agrees_with_the_record_is_right(question, said):
    assert is_right(question, said, RECORD)


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("birth_date", "1980-02-28"), ("birth_date", "1980"), ("birth_date", ""), ("birth_date", "30.2.1980"),
        ("birth_date", "80-02-29"), ("identity_tail", "2X"), ("identity_tail", "1002X"), ("phone_tail", "13912345678"),
        ("phone_tail", "678"), ("email", "li.ming"), ("email", ""), ("city", "海"), ("account_tail", "L-77"),
        ("last_amount", "1200"), ("last_amount", "1200.50 88"), ("last_amount", "abc"), ("document_seen", "no"),
    ],
)  # fmt: skip
def test_what_does_not_is_wrong(question, said):
    assert not is_right(question, said, RECORD)


def test_nothing_on_record_is_never_agreed_with():
    questions = ["birth_date", "identity_tail", "phone_tail", "email", "city", "account_tail", "last_amount"]

    assert [one for one in questions if is_right(one, " ", OnRecord()) or is_right(one, "None", OnRecord())] == []
    assert known_questions(OnRecord()) == ["document_seen"]


def test_an_ambiguous_date_is_read_both_ways_and_an_amount_only_alone():
    assert dates_in("03/04/1990") == {date(1990, 3, 4), date(1990, 4, 3)}
    assert amount_in("12 or 13") is None


pytestmark = pytest.mark.django_db


@pytest.fixture
def clerk():
    return UserFactory(role="service")


@pytest.fixture
def customer():
    return PersonFactory(
        birth_date=date(1980, 2, 29),
        phone="+8613912345678",
        email="li@example.com",
        identity_number="11010519800229002X",
    )


def say(clerk, customer, question, said, at=None):
    return answer_question(actor=clerk, customer_id=customer.pk, question=question, said=said, at=at or timezone.now())


def verify(clerk, customer, at=None):
    say(clerk, customer, "birth_date", "1980-02-29", at)
    return say(clerk, customer, "identity_tail", "002X", at)


def reveal(clerk, customer, at=None):
    return reveal_field(
        actor=clerk, customer_id=customer.pk, field="phone", reason_kind="call", at=at or timezone.now()
    ).value


def test_enough_points_verify_for_minutes_and_open_reveals_to_that_person_alone(clerk, customer):
    at = timezone.now()
    assert say(clerk, customer, "birth_date", "1980-02-29", at).state == "open"
    with pytest.raises(PermissionDenied, match="Verify the caller first"):
        reveal(clerk, customer, at)

    assert say(clerk, customer, "identity_tail", "002X", at).state == "passed"

    assert reveal(clerk, customer, at) == "+8613912345678"
    with pytest.raises(PermissionDenied, match="Verify"):
        reveal(UserFactory(role="service"), customer, at)
    with pytest.raises(PermissionDenied, match="Verify"):
        reveal(clerk, PersonFactory(), at)
    with pytest.raises(PermissionDenied, match="Verify"):
        reveal(clerk, customer, at + timedelta(minutes=15))


def test_a_lead_and_compliance_reveal_without_a_caller(customer):
    assert reveal(UserFactory(role="service_lead"), customer)
    assert reveal(UserFactory(role="compliance"), customer)


def test_what_the_caller_said_is_kept_nowhere(clerk, customer):
    say(clerk, customer, "email", "typed.by.nobody@example.org")

    assert not Event.objects.filter(body__contains="typed.by.nobody").exists()
    assert not Secret.objects.filter(value__contains="typed.by.nobody").exists()
    assert list(CallerAnswer.objects.values_list("question", "is_right")) == [("email", False)]
    assert Event.objects.filter(action="customers.caller.wrong", table_name="customers_calleranswer").exists()


def test_a_second_wrong_answer_fails_and_right_ones_after_it_change_nothing(clerk, customer):
    say(clerk, customer, "email", "wrong@example.org")
    failed = say(clerk, customer, "phone_tail", "0000")

    assert failed.state == "failed"
    assert standing(actor=clerk, customer=customer, at=timezone.now()).state == "failed"
    assert verified(actor=clerk, customer=customer, at=timezone.now()) is None


def test_after_three_failures_within_a_day_nobody_asks_again(clerk, customer):
    at = timezone.now()
    for person in [clerk, clerk, UserFactory(role="service")]:
        say(person, customer, "email", "wrong@example.org", at)
        say(person, customer, "phone_tail", "0000", at)

    with pytest.raises(ValidationError, match="3 verifications"):
        say(UserFactory(role="service"), customer, "birth_date", "1980-02-29", at + timedelta(hours=1))
    assert verify(clerk, customer, at + timedelta(days=1, minutes=1)).state == "passed"


def test_who_asks_after_too_many_failures_is_told_so_logged_and_the_leads_hear_of_it_once(client, clerk, customer):
    lead, base = UserFactory(role="service_lead"), f"/customers/{customer.reference}/caller/"
    with past_the_guards():
        PrivacyRule.objects.filter(code="caller_failures_per_day").update(value=1)
    say(clerk, customer, "email", "wrong@example.org")
    say(clerk, customer, "phone_tail", "0000")
    client.force_login(UserFactory(role="service"))

    for _twice in range(2):
        answer = client.post(
            base,
            {"question": "birth_date", "said": "1980-02-29"},
            headers={"HX-Request": "true", "HX-Target": "caller"},
        )

    assert (answer.status_code, "hand the call over" in answer.content.decode()) == (422, True)
    assert Event.objects.filter(kind="denied", action="customers.caller.too_many").count() == 2
    assert Notification.objects.filter(user=lead, kind="privacy").count() == 1


def test_each_question_counts_once(clerk, customer):
    say(clerk, customer, "birth_date", "1980-02-29")

    with pytest.raises(ValidationError, match="answered already"):
        say(clerk, customer, "birth_date", "1980-02-29")


def test_what_began_long_ago_is_not_gone_on_with(clerk, customer):
    at = timezone.now()
    say(clerk, customer, "birth_date", "1980-02-29", at)

    later = say(clerk, customer, "identity_tail", "002X", at + timedelta(minutes=16))

    assert later.state == "open"
    assert later.answers.count() == 1


@pytest.mark.parametrize(("question", "said", "sentence"), [
    ("birth_date", "  ", "Write what"), ("favourite_colour", "blue", "cannot be asked"), ("account_tail", "1234", "cannot be asked"),
])  # fmt: skip
def test_bad_input_gets_a_sentence(clerk, customer, question, said, sentence):
    with pytest.raises(ValidationError, match=sentence):
        say(clerk, customer, question, said)


def test_a_question_that_a_rule_values_at_nothing_is_not_asked(clerk, customer):
    with past_the_guards():
        PrivacyRule.objects.filter(code="caller_email").update(value=0)

    asked = standing(actor=clerk, customer=customer, at=timezone.now()).asked

    assert "email" not in [one.question for one in asked]


def test_rows_outside_ones_lines_are_not_compared_with(customer):
    AccountFactory(customer=customer, number="6222000000001111", product__line_id="wealth")
    Customer.objects.filter(pk=customer.pk).update(lines=["wealth", "fund"])
    fund = UserFactory(role="service", business_lines=["fund"])

    with pytest.raises(ValidationError, match="cannot be asked"):
        say(fund, customer, "account_tail", "1111")
    assert say(UserFactory(role="service"), customer, "account_tail", "1111").answers.get().is_right


def test_the_end_of_a_call_ends_it(clerk, customer):
    verify(clerk, customer)

    end_verification(actor=clerk, customer_id=customer.pk, at=timezone.now())

    with pytest.raises(PermissionDenied):
        reveal(clerk, customer)


def test_who_may_not_verify_or_not_see_is_refused(customer):
    with pytest.raises(PermissionDenied):
        say(UserFactory(role="marketing"), customer, "birth_date", "1980-02-29")
    with pytest.raises(Customer.DoesNotExist):
        say(UserFactory(role="service", regions=["Nowhere"]), customer, "birth_date", "1980-02-29")


@pytest.mark.django_db(transaction=True)
def test_two_answers_at_once_make_one_verification(clerk, customer):
    def ask(question, said):
        try:
            say(clerk, customer, question, said)
        finally:
            connection.close()

    both = [Thread(target=ask, args=pair) for pair in [("birth_date", "1980-02-29"), ("identity_tail", "002X")]]
    [one.start() for one in both]
    [one.join() for one in both]

    assert CallerVerification.objects.get().state == "passed"


def test_the_page_shows_the_checklist_and_answers_a_fragment(client, clerk, customer):
    client.force_login(clerk)
    page = client.get(f"/customers/{customer.reference}/").content.decode()
    assert "Birth date" in page

    part = client.post(
        f"/customers/{customer.reference}/caller/",
        {"question": "birth_date", "said": "1980-02-29"},
        headers={"HX-Request": "true", "HX-Target": "caller"},
    )
    wrong = client.post(
        f"/customers/{customer.reference}/caller/",
        {"question": "birth_date", "said": "1980-02-29"},
        headers={"HX-Request": "true", "HX-Target": "caller"},
    )

    assert "2 of 4 points" in part.content.decode()
    assert (wrong.status_code, "answered already" in wrong.content.decode()) == (422, True)


def test_a_restricted_customer_has_no_checklist(client, clerk, customer):
    Customer.objects.filter(pk=customer.pk).update(restricted_at=timezone.now())
    client.force_login(clerk)

    assert "panel-caller" not in client.get(f"/customers/{customer.reference}/").content.decode()
    answer = client.post(f"/customers/{customer.reference}/caller/", {"question": "birth_date", "said": "1980-02-29"})
    assert answer.status_code == 403
