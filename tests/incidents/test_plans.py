from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from incidents.models import Activation, ActivationStep, Plan
from incidents.rules.plans import Step, read_steps, steps_as_text
from incidents.services.activations import activate, end_activation, finish_step, take_step, write_on_board
from staff.models import ChangeRequest, Notification
from staff.services.changes import approve, execute_approved
from tests.factories import UserFactory
from tests.factories.incidents import CaseFactory, PlanFactory, PlanVersionFactory, an_activation
from tests.factories.staff import past_the_guards

NOW = timezone.now
ROLES = ["risk", "compliance"]


def test_steps_are_read_one_a_line_with_or_without_a_role():
    read = read_steps("15 risk: Stop the payouts\n\n 60: Tell the bank: now \n0 compliance：通知监管", ROLES)

    assert read == [
        Step(15, "risk", "Stop the payouts"),
        Step(60, "", "Tell the bank: now"),
        Step(0, "compliance", "通知监管"),
    ]
    assert read_steps(steps_as_text(read), ROLES) == read


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "at least one step"),
        ("stop everything", "line 1 is not"),
        ("5: fine\n-3: before it began", "line 2 is not"),
        ("5 pirate: board", "no role “pirate”"),
        ("99999999: someday", "more than thirty days"),
        ("5: " + "x" * 301, "300 characters"),
        ("\n".join(["5: x"] * 61), "at most 60 steps"),
    ],
)
def test_what_is_no_step_is_said_with_its_line(text, why):
    with pytest.raises(ValueError, match=why):
        read_steps(text, ROLES)


def asked(plan, client):
    form = {
        "triggers": "Payouts fail",
        "calls": [],
        "steps": "5 risk: Call the bank",
        "reason": "The first version of it.",
    }
    return client.post(reverse("incidents:version_write", args=[plan.code]), form)


@pytest.mark.django_db
def test_a_version_is_in_force_once_somebody_else_has_approved_it(client):
    plan = PlanFactory(written=False)
    client.force_login(plan.owner)
    assert asked(plan, client).status_code == 302
    plan.refresh_from_db()
    assert plan.version is None
    request = ChangeRequest.objects.get()

    with pytest.raises((PermissionDenied, ValidationError)):
        approve(actor=plan.owner, request_id=request.pk, at=NOW())
    approve(actor=UserFactory(role="compliance"), request_id=request.pk, at=NOW())
    execute_approved(request_id=request.pk, at=NOW())

    plan.refresh_from_db()
    assert [step.title for step in plan.version.all_steps] == ["Call the bank"]


@pytest.mark.django_db
def test_no_sql_puts_a_version_in_force_or_changes_one():
    plan = PlanFactory(written=False)
    version = PlanVersionFactory(plan=plan)
    with pytest.raises(DatabaseError), transaction.atomic():
        Plan.objects.filter(pk=plan.pk).update(version=version)
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        plan.versions.update(triggers="Never")


@pytest.mark.django_db
def test_a_step_that_cannot_be_read_is_said_beside_the_field(client):
    plan = PlanFactory()
    client.force_login(plan.owner)

    answer = client.post(
        reverse("incidents:version_write", args=[plan.code]),
        {"triggers": "x", "steps": "5 pirate: board", "reason": "The pirates are back."},
    )

    assert answer.status_code == 422
    assert "no role “pirate”" in answer.content.decode()


@pytest.mark.django_db
def test_activating_lays_the_steps_out_with_their_clocks_and_calls_people():
    called, gone = UserFactory(role="risk"), UserFactory(role="risk", is_active=False)
    plan = PlanFactory(written=False)
    version = PlanVersionFactory(plan=plan, calls=[called.pk, gone.pk])
    with past_the_guards():
        Plan.objects.filter(pk=plan.pk).update(version=version)
    begun = NOW()

    activation = activate(actor=plan.owner, plan_id=plan.pk, reason="Payouts fail since nine.", at=begun)

    steps = list(activation.steps.values_list("position", "due_at"))
    assert steps == [(1, begun + timedelta(minutes=15)), (2, begun + timedelta(minutes=60))]
    assert list(Notification.objects.filter(key=f"activation:{activation.pk}").values_list("user", flat=True)) == [
        called.pk
    ]


@pytest.mark.django_db
def test_a_plan_without_a_version_is_not_activated():
    plan = PlanFactory(written=False)

    with pytest.raises(ValidationError, match="in force"):
        an_activation(plan)


@pytest.mark.django_db
def test_a_plan_activated_twice_says_so_and_a_drill_may_run_beside():
    plan = PlanFactory()
    an_activation(plan)
    with pytest.raises(ValidationError, match="active already"):
        an_activation(plan)

    assert an_activation(plan, is_drill=True).is_drill
    assert ActivationStep.objects.count() == 4


@pytest.mark.django_db(transaction=True)
def test_two_who_activate_at_once_begin_one():
    plan, barrier, said = PlanFactory(), Barrier(2), []

    def go():
        barrier.wait()
        try:
            said.append(an_activation(plan))
        except ValidationError as error:
            said.append(error)
        finally:
            connection.close()

    threads = [Thread(target=go) for _person in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(type(one).__name__ for one in said) == ["Activation", "ValidationError"]
    assert ActivationStep.objects.count() == 2


@pytest.mark.django_db
def test_a_step_is_taken_by_one_and_done_once():
    activation, first, second = (
        an_activation(),
        UserFactory(role="risk", full_name="Ada First"),
        UserFactory(role="risk"),
    )
    step = activation.steps.first()
    take_step(actor=first, step_id=step.pk, at=NOW())
    with pytest.raises(ValidationError, match="Ada First has this step"):
        take_step(actor=second, step_id=step.pk, at=NOW())
    finish_step(actor=second, step_id=step.pk, at=NOW())
    when = ActivationStep.objects.get(pk=step.pk).done_at

    finish_step(actor=first, step_id=step.pk, at=NOW() + timedelta(hours=1))

    step.refresh_from_db()
    assert (step.taken_by, step.done_by, step.done_at) == (first, second, when)


@pytest.mark.django_db
def test_a_drill_ends_with_a_score_and_an_activation_without():
    drill, real = an_activation(is_drill=True), an_activation()
    how = {"outcome": "Everybody answered.", "lessons": "Call the bank sooner.", "at": NOW()}
    with pytest.raises(ValidationError, match="score from 1 to 5"):
        end_activation(actor=drill.activated_by, activation_id=drill.pk, score=None, **how)

    assert end_activation(actor=drill.activated_by, activation_id=drill.pk, score=4, **how).score == 4
    assert end_activation(actor=real.activated_by, activation_id=real.pk, score=3, **how).score is None
    with pytest.raises(ValidationError, match="has ended"):
        write_on_board(actor=real.activated_by, activation_id=real.pk, text="Later", at=NOW())


@pytest.mark.django_db
def test_the_board_is_sent_again_only_when_it_changed(client):
    activation, user = an_activation(), UserFactory(role="service")
    client.force_login(user)
    live = reverse("incidents:activation_board", args=[activation.pk])
    seen = client.get(live)
    assert seen.status_code == 200
    with CaptureQueriesContext(connection) as asked:
        assert client.get(f"{live}?since={Activation.objects.get().revision}").status_code == 204
    assert not [one for one in asked if "activationstep" in one["sql"] or "activationentry" in one["sql"]]

    write_on_board(actor=activation.activated_by, activation_id=activation.pk, text="银行已答复 <b>", at=NOW())

    again = client.get(f"{live}?since=1")
    assert again.status_code == 200
    assert "银行已答复 &lt;b&gt;" in again.content.decode()


@pytest.mark.django_db
def test_a_case_leads_to_the_plan_and_the_plan_is_activated_on_it(client):
    case, plan = CaseFactory(), PlanFactory()
    client.force_login(case.owner)
    page = client.get(f"{reverse('incidents:plan_list')}?case={case.reference}").content.decode()
    url = f"{reverse('incidents:plan_activate', args=[plan.code])}?case={case.reference}"
    assert url in page
    assert client.get(url).context["form"].initial["case"] == case

    client.post(url, {"case": case.pk, "reason": "Payouts fail since nine."})

    assert Activation.objects.get().case == case
    assert plan.name in client.get(reverse("incidents:case_detail", args=[case.reference])).content.decode()


@pytest.mark.django_db
def test_whoever_sees_plans_and_no_cases_is_not_told_of_a_case(client):
    activation = an_activation(case=CaseFactory())
    url = f"/api/v1/activations/{activation.pk}/"
    shown = {}
    for role in ("service", "risk"):
        client.force_login(UserFactory(role=role))
        shown[role] = client.get(url).json()["case"]

    assert shown == {"service": None, "risk": activation.case.reference}
