"""Who is asked to confirm a policy, who has, and who is told."""

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from governance.models import Attestation
from governance.services.attestations import (
    ask_attestations,
    confirm_attestation,
    rate_of,
    rates_by_team,
    watch_policies,
)
from products.models import BusinessLine
from staff.models import Notification, User
from tests.factories import TeamFactory, UserFactory
from tests.factories.governance import BEGAN, AttestationFactory, PolicyFactory, PolicyVersionFactory
from tests.factories.staff import past_the_guards

pytestmark = pytest.mark.django_db
NOW = timezone.now
TODAY = timezone.localdate


def ask(day=None):
    return ask_attestations(business_date=day or TODAY(), at=NOW())


def asked_of(policy):
    return set(Attestation.objects.filter(version__policy=policy).values_list("person", flat=True))


def confirmed(attestation, person=None, sha256=None):
    return confirm_attestation(
        actor=person or attestation.person,
        attestation_id=attestation.pk,
        sha256=sha256 or attestation.version.sha256,
        at=NOW(),
    )


def test_everybody_in_a_role_or_a_team_is_asked_once_and_nobody_else():
    clerk, lead, other = UserFactory(role="service"), UserFactory(role="service_lead"), UserFactory(role="product")
    gone = UserFactory(role="service", is_active=False)
    policy = PolicyFactory(audience_roles=["service"])
    policy.audience_teams.set([TeamFactory(members=[lead, clerk])])

    assert (ask(), ask()) == (2, 0)
    assert asked_of(policy) == {clerk.pk, lead.pk}
    assert not {other.pk, gone.pk, policy.owner_id} & asked_of(policy)


def test_without_roles_and_teams_everybody_of_its_line_is_asked():
    here, whole = UserFactory(business_lines=["p2p"]), UserFactory()
    elsewhere = UserFactory(business_lines=["wealth"])
    policy = PolicyFactory(line=BusinessLine.objects.get(code="p2p"), owner=elsewhere)

    ask()

    assert asked_of(policy) == {here.pk, whole.pk}


def test_who_joins_later_is_asked_by_the_night_with_a_day_of_their_own():
    policy = PolicyFactory(audience_roles=["service"], confirm_days=10)
    ask(BEGAN)
    joiner = UserFactory(role="service")

    watch_policies(business_date=BEGAN + timedelta(days=30))

    assert Attestation.objects.get(person=joiner).due_on == BEGAN + timedelta(days=40)
    assert Notification.objects.filter(user=joiner, key__endswith=":asked").count() == 1
    assert asked_of(policy) == {joiner.pk}


def test_who_left_the_audience_is_let_go_and_asked_again_on_coming_back():
    team, person = TeamFactory(), UserFactory(role="service")
    team.members.add(person)
    policy = PolicyFactory(confirm_days=10)
    policy.audience_teams.set([team])
    ask()
    team.members.clear()

    ask()
    let_go = Attestation.objects.get()
    assert (let_go.left_on, Attestation.objects.waiting(TODAY()).count()) == (TODAY(), 0)
    team.members.add(person)
    assert ask(TODAY() + timedelta(days=3)) == 1

    again = Attestation.objects.get()
    assert (again.left_on, again.due_on) == (None, TODAY() + timedelta(days=13))


def test_a_new_version_asks_everybody_anew_and_nobody_for_the_old_one():
    person = UserFactory(role="service")
    policy = PolicyFactory(audience_roles=["service"])
    ask()
    confirmed(Attestation.objects.get())
    new = PolicyVersionFactory(policy=policy, begins=TODAY())

    assert ask() == 1
    assert [one.version for one in Attestation.objects.waiting(TODAY())] == [new]
    assert Attestation.objects.filter(person=person).count() == 2


def test_a_version_of_tomorrow_asks_nobody_today():
    PolicyFactory(written=TODAY() + timedelta(days=1))
    UserFactory()

    assert ask() == 0
    assert ask(TODAY() + timedelta(days=1)) > 0


def test_a_confirmation_binds_the_text_and_the_time():
    attestation = AttestationFactory()

    confirmed(attestation)

    attestation.refresh_from_db()
    assert attestation.sha256 == attestation.version.sha256
    assert attestation.confirmed_at is not None
    with pytest.raises(ValidationError, match="already"):
        confirmed(attestation)


def test_nobody_confirms_for_somebody_else_or_another_text():
    attestation = AttestationFactory()

    with pytest.raises(PermissionDenied, match="themselves"):
        confirmed(attestation, UserFactory(role="compliance"))
    with pytest.raises(ValidationError, match="reads differently"):
        confirmed(attestation, sha256="0" * 64)
    PolicyVersionFactory(policy=attestation.version.policy, begins=TODAY())
    with pytest.raises(ValidationError, match="reads differently"):
        confirmed(attestation)


@pytest.mark.parametrize(("statement", "why"), [
    ("UPDATE governance_attestation SET confirmed_at = now(), sha256 = repeat('0', 64) WHERE id = %s", "binds the text"),
    ("UPDATE governance_attestation SET person_id = person_id + 1 WHERE id = %s", "one person and one version"),
    ("DELETE FROM governance_attestation WHERE id = %s", "never removed"),
])  # fmt: skip
def test_no_sql_makes_or_takes_a_confirmation(statement, why):
    attestation = AttestationFactory()

    with pytest.raises(DatabaseError, match=why), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, [attestation.pk])


def test_no_sql_changes_a_confirmation():
    attestation = AttestationFactory()
    confirmed(attestation)

    with pytest.raises(DatabaseError, match="as it was given"), transaction.atomic():
        Attestation.objects.filter(pk=attestation.pk).update(confirmed_at=NOW())


@pytest.mark.django_db(transaction=True)
def test_two_nights_at_once_ask_everybody_once():
    UserFactory.create_batch(3, role="service")
    PolicyFactory(audience_roles=["service"])
    barrier, asked = Barrier(2), []

    def go():
        barrier.wait()
        try:
            asked.append(ask())
        finally:
            connection.close()

    threads = [Thread(target=go) for _night in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(asked) == [0, 3]


def test_reminders_come_once_before_and_once_after_the_day_to_owner_and_lead_as_well():
    lead, person = UserFactory(role="service_lead"), UserFactory(role="service")
    TeamFactory(lead=lead, members=[person])
    policy = PolicyFactory(audience_roles=["service"], confirm_days=10)
    ask(BEGAN)
    heard = lambda user: set(Notification.objects.filter(user=user).values_list("title", flat=True))  # noqa: E731

    assert watch_policies(business_date=BEGAN + timedelta(days=6)) == 0
    assert watch_policies(business_date=BEGAN + timedelta(days=7)) == 1
    assert watch_policies(business_date=BEGAN + timedelta(days=8)) == 0
    assert watch_policies(business_date=BEGAN + timedelta(days=11)) == 3
    assert watch_policies(business_date=BEGAN + timedelta(days=12)) == 0

    late = f"You have not confirmed “{policy.name}” in time"
    missing = f"1 person has not confirmed “{policy.name}” in time"
    assert late in heard(person)
    assert heard(lead) == heard(policy.owner) == {missing}


def test_who_has_confirmed_hears_nothing_more():
    UserFactory(role="service")
    PolicyFactory(audience_roles=["service"], confirm_days=10)
    ask()
    confirmed(Attestation.objects.get())

    assert watch_policies(business_date=TODAY() + timedelta(days=20)) == 0


def test_an_overdue_review_is_told_once_for_each_day():
    policy = PolicyFactory(audience_roles=["marketing"], review_on=TODAY() - timedelta(days=1))

    assert watch_policies(business_date=TODAY()) == 1
    assert watch_policies(business_date=TODAY()) == 0
    assert Notification.objects.get(user=policy.owner).title.startswith("The review of the policy")


def test_rates_are_by_team_and_everybody_counts_once_in_the_whole():
    two_teams, alone = UserFactory(role="service", full_name="Two"), UserFactory(role="service")
    TeamFactory(name="A desk", members=[two_teams])
    TeamFactory(name="B desk", members=[two_teams])
    version = PolicyFactory(audience_roles=["service"]).versions.get()
    ask()
    confirmed(Attestation.objects.get(person=two_teams))

    rates = [(str(rate.team), rate.asked, rate.confirmed, rate.percent) for rate in rates_by_team(version, TODAY())]

    assert rates == [("A desk", 1, 1, 100), ("B desk", 1, 1, 100), ("None", 1, 0, 0)]
    whole = rate_of(version, TODAY())
    assert (whole.asked, whole.confirmed, whole.percent, whole.missing) == (2, 1, 50, 1)
    with past_the_guards():
        User.objects.filter(pk=alone.pk).update(is_active=False)
    assert rate_of(version, TODAY()).asked == 1


def test_the_page_shows_the_text_and_takes_the_confirmation(client):
    person = UserFactory(role="service")
    policy = PolicyFactory(audience_roles=["service"])
    ask()
    client.force_login(person)
    url, confirm = (
        reverse("governance:policy_detail", args=[policy.code]),
        reverse("governance:policy_confirm", args=[policy.code]),
    )
    page = client.get(url).content.decode()
    assert f'name="sha256" value="{policy.versions.get().sha256}"' in page
    client.post(confirm, {"sha256": "0" * 64})
    assert Attestation.objects.get().confirmed_at is None

    client.post(confirm, {"sha256": policy.versions.get().sha256})

    assert Attestation.objects.get().confirmed_at is not None
    assert "You confirmed this version" in client.get(url).content.decode()


def test_who_was_not_asked_confirms_nothing_and_sees_nobodys(client):
    AttestationFactory(person__full_name="Somebody Else")
    policy = Attestation.objects.get().version.policy
    client.force_login(UserFactory(role="marketing"))

    assert client.post(reverse("governance:policy_confirm", args=[policy.code])).status_code == 404
    assert "Somebody Else" not in client.get(reverse("governance:attestation_list")).content.decode()
    assert client.get(reverse("governance:policy_attestations", args=[policy.code])).status_code == 403


def test_home_counts_what_one_has_to_confirm(client):
    person = UserFactory(role="service")
    PolicyFactory(audience_roles=["service"])
    ask()
    client.force_login(person)

    assert "Policies for me to confirm" in client.get(reverse("operations:home")).content.decode()
    confirmed(Attestation.objects.get())
    assert "Policies for me to confirm" not in client.get(reverse("operations:home")).content.decode()


def test_a_program_confirms_by_the_hash_and_only_its_own(client):
    own, other = AttestationFactory(person=UserFactory(role="service")), AttestationFactory()
    client.force_login(own.person)
    say = lambda one, sha256: client.post(  # noqa: E731
        f"/api/v1/attestations/{one.pk}/confirm/", {"sha256": sha256}, content_type="application/json"
    )

    assert say(own, "nonsense").status_code == 400
    assert say(own, "0" * 64).status_code == 400
    assert say(other, other.version.sha256).status_code == 404
    assert say(own, own.version.sha256).json()["sha256"] == own.version.sha256


@pytest.mark.parametrize("rows", [1, 3])
def test_pages_of_confirmations_cost_the_same_for_any_number(client, django_assert_max_num_queries, rows):
    for _each in range(rows):
        TeamFactory(members=[UserFactory(role="service")])
    policy = PolicyFactory(audience_roles=["service"])
    ask()
    client.force_login(UserFactory(role="compliance"))
    client.get(reverse("governance:attestation_list"))

    for url in (reverse("governance:attestation_list"), reverse("governance:policy_attestations", args=[policy.code])):
        with django_assert_max_num_queries(16):
            assert client.get(url).status_code == 200
