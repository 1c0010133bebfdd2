"""ASVS 5.0, chapter V7: how sessions begin, live, are seen and end."""

import time
from datetime import timedelta

import pytest
from django.conf import settings as configured
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from audit.models import Event
from staff.models import UserSession
from staff.services.account_changes import propose_deactivation
from staff.services.sessions import expire_sessions
from staff.services.tokens import create_token
from tests.factories import PASSWORD, UserFactory
from tests.factories.changes import agreed, promotion

pytestmark = pytest.mark.django_db
PAGE = "/staff/people/"


@pytest.fixture
def user():
    return UserFactory(role="risk")


@pytest.fixture
def clock(monkeypatch):
    """Time that a test moves on."""
    now = [time.time()]
    monkeypatch.setattr("staff.session_life.time.time", lambda: now[0])

    def wait(seconds: float) -> None:
        now[0] += seconds

    return wait


def sign_in(client, user, agent="Mozilla/5.0 (Windows NT 10.0) Gecko/20100101 Firefox/140.0"):
    client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD}, headers={"User-Agent": agent})
    return client


def is_in(client) -> bool:
    return client.get(PAGE).status_code == 200


def test_7_2_2_7_2_3_a_key_is_random_opaque_and_long(client, user):
    keys = {sign_in(Client(), user).cookies[configured.SESSION_COOKIE_NAME].value for _ in range(3)}
    assert len(keys) == 3
    assert all(len(key) >= 32 and key.isalnum() for key in keys)


def test_7_2_4_signing_in_gives_the_session_a_new_key(client, user):
    client.get(reverse("account_login"))
    session = client.session
    session["planted"] = "1"
    session.save()
    before = session.session_key
    client.cookies[configured.SESSION_COOKIE_NAME] = before

    sign_in(client, user)

    assert client.session.session_key != before
    assert not Session.objects.filter(session_key=before).exists()


def test_7_2_4_a_change_of_rights_gives_it_another(client, user):
    sign_in(client, user)
    before = client.session.session_key
    administrator = UserFactory(role="administrator")

    agreed(promotion(administrator, user, ["compliance"]), UserFactory(role="compliance"))
    assert is_in(client)

    assert client.session.session_key != before
    stolen = Client()
    stolen.cookies[configured.SESSION_COOKIE_NAME] = before
    assert not is_in(stolen)
    assert UserSession.objects.open().get(user=user).session_key == client.session.session_key


def test_7_3_1_fifteen_minutes_without_use_end_it(client, user, clock):
    sign_in(client, user)
    clock(899)
    assert is_in(client)
    clock(901)

    answer = client.get(PAGE)

    assert answer["Location"].startswith(reverse("account_login"))
    page = client.get(answer["Location"])
    assert "nothing was done for a while" in page.content.decode()
    assert UserSession.objects.get(user=user).end == "idle"


def test_7_3_1_what_a_page_asks_by_itself_is_no_use(client, user, clock):
    sign_in(client, user)
    for _minute in range(14):
        clock(60)
        assert client.get(PAGE, headers={"X-Background": "1"}).status_code == 200
    clock(61)
    assert client.get(PAGE, headers={"X-Background": "1"}).status_code == 302


def test_7_3_1_it_holds_also_where_redis_has_forgotten(client, user, clock):
    sign_in(client, user)
    cache.clear()
    clock(901)
    assert not is_in(client)


def test_7_3_2_twelve_hours_end_it_however_busy_it_was(client, user, clock):
    sign_in(client, user)
    for _ in range(12 * 6 - 1):
        clock(600)
        assert is_in(client)
    clock(601)
    assert not is_in(client)
    assert UserSession.objects.get(user=user).end == "absolute"


def test_7_3_1_typing_without_asking_is_use_that_the_page_tells_of(client, user, clock):
    sign_in(client, user)
    for _ in range(3):
        clock(600)
        assert client.post(reverse("staff:session_stay")).status_code == 204
    assert is_in(client)


def test_7_4_1_signing_out_ends_it_on_the_server(client, user):
    sign_in(client, user)
    key = client.session.session_key

    client.post(reverse("account_logout"))

    thief = Client()
    thief.cookies[configured.SESSION_COOKIE_NAME] = key
    assert not is_in(thief)
    session = UserSession.objects.get(user=user)
    assert (session.end, session.session_key) == ("signed_out", "")


def test_7_4_2_a_deactivated_account_is_out_at_once(client, user):
    sign_in(client, user)
    administrator, now = UserFactory(role="administrator"), timezone.now()
    asked = propose_deactivation(actor=administrator, user_ids=[user.pk], reason="left", at=now)
    agreed(asked, UserFactory(role="compliance"))
    assert not is_in(client)
    assert not UserSession.objects.open().filter(user=user).exists()


def test_7_4_3_a_new_password_ends_all_other_sessions(user):
    here, there = sign_in(Client(), user), sign_in(Client(), user)
    fresh = "orchid lantern 42 harbour"

    here.post(reverse("account_change_password"), {"oldpassword": PASSWORD, "password1": fresh, "password2": fresh})

    assert (is_in(here), is_in(there)) == (True, False)
    assert UserSession.objects.open().filter(user=user).count() == 1


def test_7_4_4_every_page_lets_one_sign_out(client, user):
    sign_in(client, user)
    assert reverse("account_logout") in client.get(PAGE).content.decode()


def test_7_5_2_people_see_where_they_are_signed_in_and_end_it(user):
    here, there = sign_in(Client(), user), sign_in(Client(REMOTE_ADDR="192.0.2.7"), user, agent="curl/8.5.0")
    page = here.get(reverse("staff:profile")).content.decode()
    assert "Firefox, Windows" in page
    assert "curl" in page
    assert "192.0.2.7" in page
    other = UserSession.objects.get(user=user, device="curl")
    key = other.session_key

    here.post(reverse("staff:session_end", args=[other.pk]))

    assert (is_in(here), is_in(there)) == (True, False)
    event = Event.objects.filter(table_name="staff_usersession", kind="update").latest("id")
    assert (event.actor_id, event.action) == (user.pk, "staff.session.ended")
    assert key not in event.body


def test_7_5_2_all_others_at_once(user):
    here, *others = [sign_in(Client(), user) for _ in range(3)]
    here.post(reverse("staff:session_end_others"))
    assert is_in(here)
    assert not any(is_in(other) for other in others)


def test_7_4_5_an_administrator_ends_anybodys(user):
    administrator, theirs = sign_in(Client(), UserFactory(role="administrator")), sign_in(Client(), user)
    assert "Firefox, Windows" in administrator.get(reverse("staff:user_detail", args=[user.pk])).content.decode()

    administrator.post(reverse("staff:user_sessions_end", args=[user.pk]))

    assert not is_in(theirs)


def test_8_2_2_nobody_else_ends_or_sees_them(client, user):
    sign_in(Client(), user)
    theirs = UserSession.objects.get(user=user)
    client.force_login(UserFactory(role="compliance"))

    assert client.post(reverse("staff:session_end", args=[theirs.pk])).status_code == 404
    assert client.post(reverse("staff:user_sessions_end", args=[user.pk])).status_code == 403
    assert "Firefox" not in client.get(reverse("staff:user_detail", args=[user.pk])).content.decode()


def test_what_nobody_came_back_to_is_closed_and_kept_for_ninety_days(user):
    sign_in(Client(), user)
    UserSession.objects.update(seen_at=timezone.now() - timedelta(hours=1))

    assert expire_sessions(at=timezone.now()) == 1
    assert expire_sessions(at=timezone.now() + timedelta(days=91)) == 0

    assert not UserSession.objects.exists()
    assert not Session.objects.exists()


def test_7_2_1_a_token_makes_no_session(client, user):
    _token, key = create_token(actor=user, name="load", days=1, at=timezone.now())
    answer = client.get("/api/v1/jobs/", headers={"Authorization": f"Bearer {key}"})
    assert (answer.status_code, dict(answer.cookies)) == (200, {})


def test_idle_and_longest_time_stand_in_the_page_for_its_warning(client, user):
    sign_in(client, user)
    page = client.get(PAGE).content.decode()
    assert 'data-idle="900"' in page
    assert 'id="idle"' in page
