"""Rules of segregated duties and accepted conflicts: two people, never the holder, and only until a day."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from risk.models import ConflictRule, DutyException
from risk.rules.duties import in_square
from risk.services.duties import find_conflicts
from risk.services.duty_rules import propose_exception, propose_rule, rule_of
from risk.services.exception_reminders import remind_of_exceptions
from staff.models import Approval, ChangeRequest, Notification
from staff.services.changes import approve
from tests.factories import UserFactory
from tests.factories.changes import agreed
from tests.factories.duties import an_accepted_conflict
from tests.factories.staff import past_the_guards

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate
WHY = "The company is small and has nobody else."


def a_rule(**more):
    said = {
        "actor": UserFactory(role="risk"), "first": "marketing", "second": "service", "severity": "medium",
        "why": "Who sells does not answer complaints.", "reason": WHY, "at": timezone.now(), **more,
    }  # fmt: skip
    return propose_rule(**said)


def an_exception(holder, **more):
    said = {
        "actor": UserFactory(role="compliance"), "rule_id": rule_of("risk", "product").pk, "person_id": holder.pk,
        "control_id": None, "compensation": "王小明 reads <b>each</b> rating", "valid_until": TODAY() + timedelta(days=30),
        "reason": WHY, "at": timezone.now(), **more,
    }  # fmt: skip
    return propose_exception(**said)


def holders(on=None):
    found = next(one for one in find_conflicts(on) if {one.rule.first, one.rule.second} == {"risk", "product"})
    return [one.person.pk for one in found.open], [one.person.pk for one in found.accepted]


def test_a_rule_holds_once_somebody_else_has_agreed_and_a_retired_one_is_crossed_by_nobody():
    both = UserFactory(roles=["marketing", "service"])
    request = a_rule()
    assert rule_of("service", "marketing") is None

    agreed(request, UserFactory(role="management"))

    found = next(one for one in find_conflicts() if one.rule.first == "marketing" and one.rule.second == "service")
    assert ([one.person.pk for one in found.open], found.rule.severity) == ([both.pk], "medium")
    agreed(a_rule(first="service", second="marketing", is_retired=True), UserFactory(role="management"))
    rule = rule_of("marketing", "service")
    assert rule.is_retired
    assert rule.pk not in [one.rule.pk for one in find_conflicts()]


def test_a_change_of_severity_keeps_what_the_rule_says_in_every_language():
    rule = rule_of("risk", "product")
    before = dict(rule.reasons)

    agreed(
        a_rule(first="product", second="risk", severity="critical", why=rule.reasons["en"]),
        UserFactory(role="compliance"),
    )

    rule.refresh_from_db()
    assert (rule.severity, rule.reasons) == ("critical", before)


@pytest.mark.parametrize(
    "wrong", [{"second": "marketing"}, {"first": "no.such_duty"}, {"severity": "absurd"}, {"is_retired": True}]
)
def test_a_rule_that_is_none_is_refused(wrong):
    with pytest.raises(ValidationError):
        a_rule(**wrong)


def test_who_may_not_change_rules_is_refused():
    with pytest.raises(PermissionDenied):
        a_rule(actor=UserFactory(role="internal_audit"))


def test_an_accepted_conflict_counts_again_after_its_last_day():
    holder = UserFactory(roles=["risk", "product"])
    request = an_exception(holder)
    assert holders() == ([holder.pk], [])

    agreed(request, UserFactory(role="management"))

    last = TODAY() + timedelta(days=30)
    assert holders() == holders(last) == ([], [holder.pk])
    assert holders(last + timedelta(days=1)) == ([holder.pk], [])
    assert DutyException.objects.get().reason == WHY


@pytest.mark.parametrize(
    "wrong",
    [
        {"valid_until": TODAY() - timedelta(days=1)},
        {"valid_until": TODAY() + timedelta(days=400)},
        {"compensation": "  "},
        {"control_id": 987654},
        {"rule_id": 987654},
    ],
)
def test_an_exception_without_end_or_compensation_is_refused(wrong):
    with pytest.raises(ValidationError):
        an_exception(UserFactory(roles=["risk", "product"]), **wrong)


def test_only_a_real_conflict_is_accepted():
    with pytest.raises(ValidationError):
        an_exception(UserFactory(role="risk"))


def test_nobody_asks_for_or_agrees_to_an_exception_of_their_own():
    holder = UserFactory(roles=["risk", "product"])

    with pytest.raises(ValidationError, match="their own"):
        an_exception(holder, actor=holder)
    request = an_exception(holder)
    with pytest.raises((PermissionDenied, ValidationError, ChangeRequest.DoesNotExist)):
        approve(actor=holder, request_id=request.pk, at=timezone.now())
    assert not Approval.objects.filter(request=request).exists()


def test_the_database_refuses_an_exception_that_its_holder_agreed_to():
    holder = UserFactory(roles=["risk", "product"])
    request = an_exception(holder)
    fields = {
        "rule_id": rule_of("risk", "product").pk, "compensation": "x", "reason": "y", "request": request,
        "valid_from": TODAY(), "valid_until": TODAY(),
    }  # fmt: skip
    Approval.objects.create(
        request=request, maker=request.maker, checker=holder, authority=holder, verdict="approve", hash=request.hash,
        at=timezone.now(),
    )  # fmt: skip

    with pytest.raises(DatabaseError, match="of their own"), transaction.atomic(), past_the_guards():
        DutyException.objects.create(person=holder, **fields)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE risk_dutyexception SET valid_until = valid_until + 1",
        "DELETE FROM risk_dutyexception",
        "UPDATE risk_conflictrule SET severity = 'low'",
        "UPDATE risk_conflictrule SET is_retired = true",
        "DELETE FROM risk_conflictrule WHERE id NOT IN (SELECT rule_id FROM risk_dutyexception)",
        "INSERT INTO risk_conflictrule (first, second, reasons, severity, is_retired)"
        " VALUES ('marketing', 'service', '{}', 'low', false)",
    ],
)
def test_raw_statements_are_refused(statement):
    agreed(an_exception(UserFactory(roles=["risk", "product"])), UserFactory(role="management"))

    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_the_matrix_names_roles_first():
    assert in_square([("b.do", "risk"), ("risk", "a.do"), ("product", "risk")]) == ["product", "risk", "a.do", "b.do"]


@pytest.mark.parametrize(
    ("role", "status"), [("risk", 200), ("compliance", 200), ("internal_audit", 200), ("service", 403)]
)
@pytest.mark.parametrize("page", ["duty_matrix", "duty_conflicts", "duty_exceptions"])
def test_pages_by_role(client, role, status, page):
    client.force_login(UserFactory(role=role))

    assert client.get(reverse(f"risk:{page}")).status_code == status


def test_pages_show_what_is_accepted_and_escape_it(client):
    holder = UserFactory(roles=["risk", "product"], full_name="<i>李四</i>")
    agreed(an_exception(holder), UserFactory(role="management"))
    client.force_login(UserFactory(role="risk"))
    rule = rule_of("risk", "product")

    pages = [client.get(reverse("risk:duty_exceptions")), client.get(reverse("risk:duty_rule_detail", args=[rule.pk]))]

    for page in pages:
        assert "&lt;i&gt;李四&lt;/i&gt;" in page.content.decode()
        assert "&lt;b&gt;each" in page.content.decode()
    assert "1 accepted" in client.get(reverse("risk:duty_matrix")).content.decode()


def test_forms_ask_for_approval(client):
    holder = UserFactory(roles=["risk", "product"])
    client.force_login(UserFactory(role="risk"))
    rule = rule_of("risk", "product")
    accept = reverse("risk:duty_accept", args=[rule.pk])
    form = {"person": holder.pk, "compensation": "Four eyes", "valid_until": TODAY().isoformat(), "reason": WHY}

    assert client.post(accept, form | {"reason": "x"}).status_code == 422
    assert client.post(accept, form).status_code == 302
    assert client.post(reverse("risk:duty_rule_retire", args=[rule.pk]), {"reason": WHY}).status_code == 302
    changed = {"severity": "low", "why": "Judging is not selling.", "reason": WHY}
    assert (
        client.post(reverse("risk:duty_rule_new"), changed | {"first": "marketing", "second": "x"}).status_code == 422
    )
    new = changed | {"first": "marketing", "second": "service"}
    assert client.post(reverse("risk:duty_rule_new"), new).status_code == 302
    assert sorted(ChangeRequest.objects.values_list("command", flat=True)) == [
        "risk.conflict_rule.set", "risk.conflict_rule.set", "risk.duty_exception.accept",
    ]  # fmt: skip
    assert ConflictRule.objects.in_force().filter(pk=rule.pk).exists()


def test_whoever_asked_hears_once_that_an_exception_ends_soon():
    made = an_accepted_conflict()
    last = made.valid_until
    assert remind_of_exceptions(business_date=last - timedelta(days=15)) == 0
    assert remind_of_exceptions(business_date=last - timedelta(days=14)) == 1
    assert remind_of_exceptions(business_date=last) == 0
    assert Notification.objects.get(key__startswith="duty-exception:").user == made.request.maker
    assert remind_of_exceptions(business_date=last + timedelta(days=1)) == 0


@pytest.mark.parametrize("name", ["duty_matrix", "duty_conflicts", "duty_exceptions"])
def test_the_pages_cost_the_same_however_many_cross_a_rule(client, django_assert_max_num_queries, name):
    an_accepted_conflict()
    client.force_login(UserFactory(role="risk"))
    url = reverse(f"risk:{name}")
    client.get(url)
    with django_assert_max_num_queries(60) as before:
        client.get(url)
    for _number in range(3):
        an_accepted_conflict()
    UserFactory(roles=["risk", "product"])

    with django_assert_max_num_queries(len(before.captured_queries)):
        client.get(url)


def test_what_a_later_exception_goes_on_with_is_not_reminded_of():
    made = an_accepted_conflict()
    request = propose_exception(
        actor=UserFactory(role="compliance"), rule_id=made.rule_id, person_id=made.person_id, control_id=None,
        compensation="Each rating is read again", valid_until=made.valid_until + timedelta(days=60),
        reason="Nobody else knows the product", at=timezone.now(),
    )  # fmt: skip
    agreed(request, UserFactory(role="management"))
    assert remind_of_exceptions(business_date=made.valid_until) == 0
