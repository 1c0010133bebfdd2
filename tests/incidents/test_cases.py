from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from incidents.models import Case, CaseEntry
from incidents.services.cases import assign_case, close_case, note_in_case, open_case
from staff.models import Notification
from tests.factories import UserFactory
from tests.factories.incidents import CaseFactory, PlanFactory, an_activation
from tests.factories.risk import AlertFactory, RiskFactory

WHY = {"root_cause": "The limit was never set for the new product.", "conclusion": "Set, and tested twice."}


@pytest.fixture
def alert():
    return AlertFactory()


def opened(alert=None, **more):
    owner = more.pop("owner", None) or UserFactory(role="risk")
    fields = {"title": "Payouts fail", "severity": "high", "at": timezone.now(), "actor": owner, **more}
    return open_case(owner=owner, alert=alert, **fields)


@pytest.mark.django_db
def test_a_case_on_an_alert_takes_its_line_and_tells_its_owner(alert):
    owner, actor = UserFactory(role="risk"), UserFactory(role="compliance")

    case = opened(alert, owner=owner, actor=actor)

    assert case.reference.startswith("CA-")
    assert case.line_id == alert.indicator.line_id
    assert Notification.objects.filter(user=owner, url=reverse("incidents:case_detail", args=[case.reference])).exists()


@pytest.mark.django_db
def test_one_open_case_per_alert_and_a_new_one_once_it_is_closed(alert):
    case = opened(alert)
    with pytest.raises(ValidationError, match="already has an open case"):
        opened(alert)

    close_case(actor=case.owner, case_id=case.pk, at=timezone.now(), **WHY)

    assert opened(alert).pk != case.pk


@pytest.mark.django_db(transaction=True)
def test_two_at_once_open_one_case(alert):
    barrier, said = Barrier(2), []
    people = [UserFactory(role="risk") for _person in range(2)]

    def go(person):
        barrier.wait()
        try:
            said.append(opened(alert, owner=person))
        except ValidationError as error:
            said.append(error)
        finally:
            connection.close()

    threads = [Thread(target=go, args=[person]) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(type(one).__name__ for one in said) == ["Case", "ValidationError"]
    assert Case.objects.filter(alert=alert).count() == 1


@pytest.mark.django_db
def test_only_its_owner_closes_it_with_a_root_cause_and_once_no_plan_runs_on_it():
    case = CaseFactory()
    activation = an_activation(case=case)
    with pytest.raises(PermissionDenied):
        close_case(actor=UserFactory(role="risk"), case_id=case.pk, at=timezone.now(), **WHY)
    with pytest.raises(ValidationError, match="still active"):
        close_case(actor=case.owner, case_id=case.pk, at=timezone.now(), **WHY)
    activation.ended_at, activation.outcome = timezone.now(), "Payouts run again."
    activation.save()
    with pytest.raises(ValidationError, match="root cause"):
        close_case(actor=case.owner, case_id=case.pk, at=timezone.now(), root_cause=" ", conclusion="Done")

    close_case(actor=case.owner, case_id=case.pk, at=timezone.now(), **WHY)

    with pytest.raises(ValidationError, match="is closed"):
        note_in_case(actor=case.owner, case_id=case.pk, text="Too late", at=timezone.now())


@pytest.mark.django_db
def test_the_owners_first_entry_begins_the_work_and_entries_never_change():
    case, other = CaseFactory(), UserFactory(role="risk")
    note_in_case(actor=other, case_id=case.pk, text="The gateway answers again. 通道恢复", at=timezone.now())
    case.refresh_from_db()
    assert case.state == "open"

    note_in_case(actor=case.owner, case_id=case.pk, text="I have it.", at=timezone.now() + timedelta(minutes=1))

    case.refresh_from_db()
    assert case.state == "working"
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        CaseEntry.objects.update(text="It never happened")


@pytest.mark.django_db
def test_nobody_who_may_not_work_on_cases_owns_one():
    case = CaseFactory()

    with pytest.raises(ValidationError, match="may not work on cases"):
        assign_case(actor=case.owner, case_id=case.pk, owner=UserFactory(role="internal_audit"), at=timezone.now())


@pytest.mark.django_db
def test_a_case_of_another_line_is_not_there(client):
    risk = RiskFactory(line_id="p2p")
    case = opened(risk=risk)
    client.force_login(UserFactory(role="risk", business_lines=["fund"]))

    assert client.get(reverse("incidents:case_detail", args=[case.reference])).status_code == 404
    assert case.reference not in client.get(reverse("incidents:case_list")).content.decode()


@pytest.mark.django_db
def test_from_the_alert_to_the_case_and_back(client, alert):
    user = UserFactory(role="risk")
    client.force_login(user)
    page = client.get(reverse("risk:alert_detail", args=[alert.pk])).content.decode()
    url = f"{reverse('incidents:case_create')}?alert={alert.pk}"
    assert url in page

    asked = {"title": "Overdue rises", "severity": "high", "owner": user.pk, "risk": "", "text": "Since Monday."}
    assert client.post(url, asked).status_code == 302

    case = Case.objects.get()
    assert case.alert == alert
    assert case.reference in client.get(reverse("risk:alert_detail", args=[alert.pk])).content.decode()


@pytest.mark.django_db
def test_the_thread_of_a_risk_has_the_case_under_its_alert_and_the_plan_under_the_case(client, alert):
    risk = RiskFactory()
    alert.indicator.risks.add(risk)
    case = opened(alert)
    activation = an_activation(PlanFactory(), case=case)
    client.force_login(UserFactory(role="risk"))

    tied = client.get(reverse("risk:risk_thread", args=[risk.reference])).context["thread"]

    assert [(one.knot.key, one.depth) for one in tied] == [
        (f"alert:{alert.pk}", 0), (f"case:{case.pk}", 1), (f"activation:{activation.pk}", 2),
    ]  # fmt: skip


@pytest.mark.django_db
def test_lists_cost_the_same_for_one_row_and_three(client, django_assert_max_num_queries):
    client.force_login(UserFactory(role="risk"))
    CaseFactory(risk=RiskFactory()), PlanFactory()
    for name in ("incidents:case_list", "incidents:plan_list"):
        client.get(reverse(name))
        with django_assert_max_num_queries(40) as one:
            client.get(reverse(name))
        CaseFactory(risk=RiskFactory()), CaseFactory(), PlanFactory(), PlanFactory()
        with django_assert_max_num_queries(len(one.captured_queries)):
            client.get(reverse(name))
