"""A board lives in the database: whoever is killed in the middle of an act leaves it as it was before."""

import signal

import pytest
from django.urls import reverse
from django.utils import timezone

from incidents.models import Activation, ActivationEntry, ActivationStep
from incidents.services.activations import activate, write_on_board
from tests.factories import UserFactory
from tests.factories.incidents import PlanFactory, an_activation
from tests.killed import run_and_die

pytestmark = pytest.mark.django_db(transaction=True)
ACTIVATE = """
from staff.models import User
module.activate(actor=User.objects.get(pk={actor}), plan_id={plan}, reason="Payouts fail.", at=timezone.now())
"""
WRITE = """
from staff.models import User
module.write_on_board(actor=User.objects.get(pk={actor}), activation_id={board}, text="Lost", at=timezone.now())
"""


def test_who_dies_while_activating_leaves_no_half_board_and_the_next_one_activates():
    plan = PlanFactory()

    code = run_and_die(ACTIVATE.format(actor=plan.owner.pk, plan=plan.pk), at="incidents.services.activations._call")

    assert code == -signal.SIGKILL
    assert not Activation.objects.exists()
    assert not ActivationStep.objects.exists()
    board = activate(actor=plan.owner, plan_id=plan.pk, reason="Payouts fail.", at=timezone.now())
    assert board.steps.count() == 2


def test_who_dies_while_writing_loses_what_was_not_said_yet_and_the_board_goes_on(client):
    plan = PlanFactory()
    board = an_activation(plan)
    write_on_board(actor=plan.owner, activation_id=board.pk, text="The bank answers", at=timezone.now())
    before = Activation.objects.get(pk=board.pk).revision

    code = run_and_die(WRITE.format(actor=plan.owner.pk, board=board.pk), at="incidents.services.activations._changed")

    assert code == -signal.SIGKILL
    assert list(ActivationEntry.objects.values_list("text", flat=True)) == ["The bank answers"]
    client.force_login(UserFactory(role="service"))
    url = reverse("incidents:activation_board", args=[board.pk])
    assert client.get(f"{url}?since={before}").status_code == 204
    write_on_board(actor=plan.owner, activation_id=board.pk, text="Payouts run again", at=timezone.now())
    assert "Payouts run again" in client.get(f"{url}?since={before}").content.decode()
