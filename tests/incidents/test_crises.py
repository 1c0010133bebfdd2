import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from incidents.models import Crisis
from incidents.services.crises import decide_in_crisis, declare_crisis, end_crisis
from staff.rules.roles import Role
from tests.factories import UserFactory
from tests.factories.losses import CrisisFactory

pytestmark = pytest.mark.django_db
BANNER = reverse("incidents:crisis_banner")


def declared(actor=None, **more):
    said = {
        "title": "挤兑", "message": "Promise <b>no</b> day.", "authority": "Board, 2026-11", "reason": "The bank stopped.",
        "at": timezone.now(),
    }  # fmt: skip
    return declare_crisis(actor=actor or UserFactory(role="management"), **{**said, **more})


@pytest.mark.parametrize("role", Role.values)
def test_everybody_reads_the_banner_and_scripts_in_it_are_text(client, role, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        declared()
    client.force_login(UserFactory(role=role))

    said = client.get(BANNER).content.decode()

    assert "挤兑" in said
    assert "Promise &lt;b&gt;no&lt;/b&gt; day." in said
    assert BANNER in client.get(reverse("staff:profile")).content.decode()


def test_a_page_that_knows_hears_nothing_new_and_loses_the_banner_once_it_is_over(
    client, django_capture_on_commit_callbacks
):
    boss = UserFactory(role="management")
    client.force_login(boss)
    assert client.get(BANNER).status_code == 204
    with django_capture_on_commit_callbacks(execute=True):
        crisis = declared(boss)
    assert client.get(f"{BANNER}?since={crisis.reference}").status_code == 204

    with django_capture_on_commit_callbacks(execute=True):
        end_crisis(actor=boss, crisis_id=crisis.pk, reason="The bank pays again", at=timezone.now())

    gone = client.get(f"{BANNER}?since={crisis.reference}")
    assert gone.status_code == 200
    assert "挤兑" not in gone.content.decode()


def test_there_is_one_crisis_at_a_time_in_the_database_too():
    declared()

    with pytest.raises(ValidationError, match="declared already"):
        declared()
    with pytest.raises(IntegrityError), transaction.atomic():
        CrisisFactory()


def test_decisions_stay_and_need_grounds_and_a_crisis():
    crisis = declared()
    actor = crisis.declared_by

    made = decide_in_crisis(
        actor=actor, crisis_id=crisis.pk, decision="Spread payouts", grounds="Cash for two days", at=timezone.now()
    )
    with pytest.raises(ValidationError):
        decide_in_crisis(actor=actor, crisis_id=crisis.pk, decision="More", grounds=" ", at=timezone.now())
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        type(made).objects.update(decision="Nothing")
    end_crisis(actor=actor, crisis_id=crisis.pk, reason="It is over now", at=timezone.now())
    with pytest.raises(ValidationError, match="has ended"):
        decide_in_crisis(actor=actor, crisis_id=crisis.pk, decision="Late", grounds="Forgot", at=timezone.now())


@pytest.mark.parametrize("missing", ["title", "message", "authority", "reason"])
def test_a_crisis_says_what_by_whom_and_why(missing):
    with pytest.raises(ValidationError):
        declared(**{missing: "  "})

    assert not Crisis.objects.exists()


def test_management_alone_declares_on_the_page(client):
    form = {"title": "Run", "message": "Hold", "authority": "Board", "reason": "The bank stopped."}
    client.force_login(UserFactory(role="risk"))
    assert client.post(reverse("incidents:crisis_declare"), form).status_code == 403
    client.force_login(UserFactory(role="management"))

    answer = client.post(reverse("incidents:crisis_declare"), form)

    assert answer["Location"] == reverse("incidents:crisis_detail", args=[Crisis.objects.get().reference])
