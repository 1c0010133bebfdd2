import io

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone

from audit.models import Event
from staff.models import ChangeRequest, GuardLift, User
from staff.services import people
from staff.services.account_changes import propose_access, propose_activation, propose_deactivation, propose_user
from staff.services.emails import send_password_link
from staff.services.people import change_user, invite_user
from staff.services.teams import change_team
from staff.services.tokens import create_token, owner_of_key
from tests.database_roles import as_owner
from tests.factories import PASSWORD, TeamFactory, UserFactory
from tests.factories.changes import agreed


@pytest.fixture(autouse=True)
def invited(monkeypatch):
    """People who were sent a link to set their password."""
    ids = []
    monkeypatch.setattr(people.send_password_link_task, "delay_on_commit", ids.append)
    return ids


@pytest.fixture
def admin(db):
    return UserFactory(role="administrator")


@pytest.fixture
def checker(db):
    return UserFactory(role="compliance")


def change(actor, person, **fields):
    """Ask for another access and let somebody of compliance agree, as the page and the inbox do."""
    kept = {
        "email": person.email, "roles": sorted(person.roles), "business_lines": person.business_lines,
        "regions": person.regions, "reason": "Asked for",
    }  # fmt: skip
    request = propose_access(actor=actor, user_id=person.pk, at=timezone.now(), **{**kept, **fields})
    return agreed(request, User.objects.in_role("compliance").first() or UserFactory(role="compliance"))


def end(actor, person):
    request = propose_deactivation(actor=actor, user_ids=[person.pk], reason="Left the company", at=timezone.now())
    return agreed(request, User.objects.in_role("compliance").first() or UserFactory(role="compliance"))


def made(actor, **fields):
    known = {"email": "zhao@example.test", "full_name": "Zhao Min", "roles": [], "reason": "Joins", **fields}
    request = propose_user(actor=actor, at=timezone.now(), **known)
    agreed(request, User.objects.in_role("compliance").first() or UserFactory(role="compliance"))
    return User.objects.get(email=request.said["email"])


def test_a_new_person_has_roles_and_scope_and_is_sent_a_link(admin, invited):
    team = TeamFactory()

    person = made(
        admin, email=" Zhao@Example.test ", roles=["risk"], teams=[team], business_lines=["p2p"], regions=["East"]
    )

    assert (person.email, person.roles, person.business_lines, person.regions) == (
        "zhao@example.test",
        {"risk"},
        ["p2p"],
        ["East"],
    )
    assert (list(person.teams.all()), person.has_usable_password(), invited) == ([team], False, [person.pk])
    assert Event.objects.filter(table_name="staff_user", kind="insert", action="staff.user.created").exists()


def test_an_e_mail_is_taken_once_whatever_its_case(admin):
    UserFactory(email="zhao@example.test")

    with pytest.raises(ValidationError, match="already in use"):
        made(admin, email="ZHAO@example.test")


def test_a_role_that_is_none_is_refused(admin):
    with pytest.raises(ValidationError, match="no role boss"):
        made(admin, roles=["boss"])


@pytest.mark.parametrize("role", ["service_lead", "compliance", "management"])
def test_only_an_administrator_makes_and_changes_accounts(db, role):
    actor, person = UserFactory(role=role), UserFactory()

    with pytest.raises(PermissionDenied):
        made(actor)
    with pytest.raises(PermissionDenied):
        change(actor, person, roles=["administrator"])
    with pytest.raises(PermissionDenied):
        change_user(actor=actor, user_id=person.pk, full_name="X", teams=[])
    with pytest.raises(PermissionDenied):
        end(actor, person)
    with pytest.raises(PermissionDenied):
        invite_user(actor=actor, user_id=person.pk, at=timezone.now())


def test_a_change_of_roles_says_who_why_and_what(admin):
    person = UserFactory(role="service")

    change(admin, person, roles=["service_lead"], reason="Promoted")

    person = User.objects.get(pk=person.pk)
    assert person.roles == {"service_lead"}
    events = Event.objects.filter(table_name="staff_user_groups", action="staff.user.changed", reason="Promoted")
    assert sorted(events.values_list("kind", flat=True)) == ["delete", "insert"]


@pytest.mark.parametrize(
    "fields", [{"roles": ["administrator", "risk"]}, {"business_lines": ["p2p"]}, {"regions": ["East"]}]
)
def test_nobody_changes_what_they_themselves_may_do_or_see(admin, fields):
    UserFactory(role="administrator")

    with pytest.raises(ValidationError, match="their own"):
        change(admin, admin, **fields)

    assert change_user(actor=admin, user_id=admin.pk, full_name="Grace", teams=[]).full_name == "Grace"


def test_the_last_active_administrator_stays(admin):
    second = UserFactory(role="administrator")
    UserFactory(role="administrator", is_active=False)
    change(admin, second, roles=["risk"])
    outsider = UserFactory(may=["staff.change_user"])

    with pytest.raises(ValidationError, match="last active administrator"):
        change(outsider, admin, roles=["risk"])
    with pytest.raises(ValidationError, match="last active administrator"):
        end(outsider, admin)


def test_a_deactivated_person_is_out_at_once_everywhere(admin, client):
    person = UserFactory(role="risk")
    _token, key = create_token(actor=person, name="load", days=1, at=timezone.now())
    client.force_login(person)
    assert client.get(reverse("staff:user_list")).status_code == 200

    end(admin, person)

    assert client.get(reverse("staff:user_list")).status_code == 302
    assert owner_of_key(key, at=timezone.now()) is None
    assert not client.login(email=person.email, password=PASSWORD)
    request = propose_activation(actor=admin, user_id=person.pk, reason="Came back", at=timezone.now())
    assert agreed(request, UserFactory(role="compliance")).state == "executed"
    assert client.get(reverse("staff:user_list")).status_code == 302, "an old session came back to life"
    assert owner_of_key(key, at=timezone.now()) is None


def test_nobody_deactivates_themselves(admin):
    with pytest.raises(ValidationError, match="your own account"):
        end(admin, admin)


def test_an_old_e_mail_receives_no_link_to_a_new_password(admin):
    person = UserFactory(email="old@example.test")
    EmailAddress.objects.create(user=person, email="old@example.test", primary=True, verified=True)

    change(admin, person, email="new@example.test")

    assert not EmailAddress.objects.filter(user=person).exists()


def test_the_link_sets_a_password_once(db, client, settings):
    settings.SITE_URL = "http://testserver"
    person = UserFactory(language="zh-hans")
    send_password_link(user_id=person.pk)
    link = next(line for line in mail.outbox[0].body.splitlines() if line.startswith("http://testserver/"))

    page = client.get(link, follow=True)
    new = {"password1": "another long password", "password2": "another long password"}
    client.post(page.request["PATH_INFO"], new)

    person.refresh_from_db()
    assert person.check_password("another long password")
    again = client.get(link, follow=True)
    client.post(again.request["PATH_INFO"], {"password1": "third long password", "password2": "third long password"})
    person.refresh_from_db()
    assert person.check_password("another long password")


def test_an_inactive_person_gets_no_link(db):
    send_password_link(user_id=UserFactory(is_active=False).pk)

    assert mail.outbox == []


def test_an_administrator_asks_for_a_person_on_the_page(admin, checker, client, invited):
    client.force_login(admin)

    answer = client.post(
        reverse("staff:user_create"),
        {
            "full_name": "Zhao Min",
            "email": "zhao@example.test",
            "roles": ["risk"],
            "language": "zh-hans",
            "regions": "East, 华东",
            "reason": "Joins the desk",
        },
        follow=True,
    )

    request = ChangeRequest.objects.get()
    assert answer.request["PATH_INFO"] == reverse("staff:change_detail", args=[request.pk])
    assert f"Waiting for approval by {checker}" in answer.content.decode()
    assert (User.objects.filter(email="zhao@example.test").exists(), invited) == (False, [])
    agreed(request, checker)
    person = User.objects.get(email="zhao@example.test")
    assert (person.language, person.regions, invited) == ("zh-hans", ["East", "华东"], [person.pk])


def test_what_a_service_refuses_stands_beside_the_field(admin, client):
    client.force_login(admin)
    fields = {
        "full_name": admin.full_name, "email": admin.email, "roles": ["administrator", "risk"], "reason": "More"
    }  # fmt: skip

    answer = client.post(reverse("staff:user_change", args=[admin.pk]), fields)

    assert answer.status_code == 422
    assert "Nobody changes their own roles" in answer.content.decode()


def test_a_service_lead_changes_the_team_they_lead_and_no_other(db, client):
    lead = UserFactory(role="service_lead")
    own, other = TeamFactory(lead=lead), TeamFactory()

    assert lead in change_team(actor=lead, team_id=own.pk, name="Desk", lead=lead, members=[]).members.all()
    with pytest.raises(PermissionDenied):
        change_team(actor=lead, team_id=other.pk, name="Mine", lead=lead, members=[])
    client.force_login(lead)
    assert client.get(reverse("staff:team_change", args=[other.pk])).status_code == 403


def test_people_and_teams_are_seen_by_roles_only(db):
    person, team = UserFactory(role="service"), TeamFactory()
    nobody = UserFactory()
    own = TeamFactory(members=[nobody])

    assert set(User.objects.visible_to(person)) >= {person, nobody}
    assert list(User.objects.visible_to(nobody)) == []
    assert set(type(team).objects.visible_to(person)) == {team, own}
    assert list(type(team).objects.visible_to(nobody)) == [own]


def test_an_operator_makes_the_first_administrator(db, monkeypatch, capsys):
    monkeypatch.setattr("sys.stdin", io.StringIO("a long first password\n"))

    call_command("create_administrator", "Grace@Example.test", "Grace Liu")

    made = User.objects.get(email="grace@example.test")
    assert (made.roles, made.check_password("a long first password")) == ({"administrator"}, True)
    event = Event.objects.filter(table_name="staff_user", kind="insert").latest("id")
    assert event.actor_label == "command:create_administrator"
    lifted = GuardLift.objects.exclude(why="migration").values_list("table_name", "why")
    assert list(lifted) == [("staff_user_groups", "founding: fewer than two administrators")]


def test_the_founders_are_two_and_a_third_needs_an_approval_or_a_reason(db, monkeypatch):
    for number in range(3):
        monkeypatch.setattr("sys.stdin", io.StringIO("a long first password\n"))
        if number < 2:
            call_command("create_administrator", f"grace{number}@example.test", "Grace")
    with pytest.raises(CommandError, match="two administrators already"):
        call_command("create_administrator", "third@example.test", "Third")

    monkeypatch.setattr("sys.stdin", io.StringIO("a long first password\n"))
    further = ["create_administrator", "third@example.test", "Third", "--because", "Both have left the company"]
    with pytest.raises(CommandError, match="MERIDIAN_DATABASE_ROLE=migrator"):
        call_command(*further)
    monkeypatch.setattr("sys.stdin", io.StringIO("a long first password\n"))
    with as_owner():
        call_command(*further)

    assert GuardLift.objects.order_by("-id")[0].why == "Both have left the company"


def test_a_weak_first_password_is_refused_with_a_sentence(db, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO("short\n"))

    with pytest.raises(CommandError, match="at least 12 characters"):
        call_command("create_administrator", "grace@example.test", "Grace Liu")
    assert not User.objects.exists()
