import pytest
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.http import HttpResponse
from django.test import RequestFactory
from django.urls import reverse

from audit.context import current
from audit.middleware import AuditMiddleware, client_address, session_digest
from audit.models import Secret
from tests.factories.staff import PASSWORD, UserFactory


class Anonymous:
    pk = None
    is_authenticated = False


class Session:
    session_key = "key-of-a-session"


def asked(user=None, **environ):
    request = RequestFactory().get("/somewhere/", **environ)
    request.user, request.session = user or Anonymous(), Session()
    return request


def answered(request, view):
    return AuditMiddleware(view)(request)


def told():
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('audit.ctx', true)")
        return cursor.fetchone()[0] or ""


@pytest.mark.django_db
def test_a_change_in_a_request_carries_person_session_request_and_address(events):
    user = UserFactory()

    def view(request):
        Group.objects.create(name="from a request")
        return HttpResponse()

    response = answered(asked(user, REMOTE_ADDR="10.9.8.7"), view)

    event = events("auth_group")[-1]
    assert (event.actor_id, event.address, str(event.request)) == (user.pk, "10.9.8.7", response["X-Request-ID"])
    assert event.session == session_digest(asked()) != ""
    assert not event.unattributed


@pytest.mark.django_db
def test_a_change_by_somebody_not_signed_in_says_so(events):
    answered(asked(), lambda request: HttpResponse(Group.objects.create(name="g").name))

    event = events("auth_group")[-1]

    assert (event.actor_id, event.actor_label, event.unattributed) == (None, "anonymous", False)


@pytest.mark.django_db
def test_nothing_of_a_request_is_left_for_the_next(events):
    answered(asked(UserFactory()), lambda request: HttpResponse())

    assert current() is None
    assert told() == ""
    Group.objects.create(name="after")
    assert events("auth_group")[-1].unattributed


@pytest.mark.django_db
def test_a_request_that_fails_leaves_nothing_either():
    def view(request):
        raise ValueError("view")

    with pytest.raises(ValueError, match="view"):
        answered(asked(UserFactory()), view)

    assert told() == ""


@pytest.mark.django_db(transaction=True)
def test_two_people_on_one_connection_are_told_apart(client, events):
    first, second = UserFactory(role="compliance"), UserFactory(role="compliance")
    for user in (first, second):
        client.force_login(user)
        client.get(reverse("audit:event_list"))

    signed_in = events("staff_user", kind="signin")

    assert [event.pk_text for event in signed_in] == [str(first.pk), str(second.pk)]
    assert told() == ""


def test_a_forwarded_address_is_not_believed():
    request = asked(REMOTE_ADDR="10.0.0.1", HTTP_X_FORWARDED_FOR="6.6.6.6")

    assert client_address(request) == "10.0.0.1"


def test_behind_our_proxy_the_address_that_it_saw_counts(settings):
    settings.BEHIND_PROXY = True
    request = asked(REMOTE_ADDR="10.0.0.1", HTTP_X_FORWARDED_FOR="6.6.6.6, 203.0.113.9")

    assert client_address(request) == "203.0.113.9"


@pytest.mark.parametrize("address", ["", "unix:", "'; DROP TABLE", "10.0.0.1:80"])
def test_an_address_that_is_none_is_left_out(address):
    assert client_address(asked(REMOTE_ADDR=address)) == ""


def test_a_session_key_is_never_kept():
    assert "key-of-a-session" not in session_digest(asked())


@pytest.mark.django_db
def test_a_refusal_is_recorded(client, events):
    user = UserFactory(role="marketing")
    client.force_login(user)

    assert client.get(reverse("audit:event_list")).status_code == 403

    (event,) = events(kind="denied")
    assert (event.actor_id, event.action) == (user.pk, "request.denied")
    assert event.body == '{"method":"GET","page":"audit:event_list","path":"/audit/"}'


@pytest.mark.django_db(transaction=True)
def test_a_refusal_is_recorded_although_its_transaction_is_rolled_back(events):
    def view(request):
        try:
            with transaction.atomic():
                Group.objects.create(name="never")
                raise PermissionDenied
        except PermissionDenied:
            return HttpResponse(status=403)

    answered(asked(UserFactory()), view)

    assert [event.kind for event in events(kind="denied")] == ["denied"]
    assert events("auth_group") == []


@pytest.mark.django_db
class TestSignIn:
    def test_signing_in_is_recorded_in_the_name_of_who_signed_in(self, client, events):
        user = UserFactory()

        client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})

        (event,) = events(kind="signin")
        assert (event.table_name, event.pk_text, event.actor_id) == ("staff_user", str(user.pk), user.pk)
        assert event.request is not None

    def test_signing_out_is_recorded(self, client, events):
        user = UserFactory()
        client.force_login(user)

        client.post(reverse("account_logout"))

        (event,) = events(kind="signout")
        assert (event.pk_text, event.actor_id) == (str(user.pk), user.pk)

    def test_a_wrong_password_is_recorded_against_the_account(self, client, events):
        user = UserFactory()

        client.post(reverse("account_login"), {"login": user.email.upper(), "password": "wrong"})

        (event,) = events(kind="denied")
        assert (event.action, event.pk_text, event.actor_label) == (
            "staff.user.sign_in_failed",
            str(user.pk),
            "anonymous",
        )

    def test_an_unknown_address_is_kept_hashed(self, client, events):
        client.post(reverse("account_login"), {"login": "nobody@example.test", "password": "wrong"})

        (event,) = events(kind="denied")
        assert event.pk_text == ""
        assert "nobody" not in event.body
        assert Secret.objects.get(event_id=event.id).value == "nobody@example.test"
