"""Every address is closed to strangers, and open to exactly the roles that its permission names.

The list of addresses comes from the URL map; what each demands stands in `tests/config/world.py`.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from http.cookies import SimpleCookie

import pytest
from django.db import transaction
from django.urls import reverse

from staff.grants import all_grants
from staff.rules.roles import Role, may
from tests.config.world import ADDRESSES, API, OWN, PUBLIC, patterns, world_of
from tests.factories import UserFactory

METHODS = ("get", "post")
REFUSED = {403, 404}
NO_SUCH_METHOD = 405


@pytest.fixture(autouse=True)
def _somewhere(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def quick(monkeypatch):
    """Without limits on requests, of which these tests make hundreds, and without the API's own rolling back: outside
    a request's transaction, where the batch works, it would roll back the test's.
    """
    monkeypatch.setattr("rest_framework.throttling.SimpleRateThrottle.allow_request", lambda *_: True)
    monkeypatch.setattr("rest_framework.views.set_rollback", lambda: None)


@contextmanager
def undone() -> Iterator[None]:
    """Whatever a request changed is as before after it."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def address(name: str, world) -> str:
    entry = ADDRESSES[name]
    return reverse(name, kwargs=entry.kwargs(world) if entry.kwargs else None) + entry.query


def test_every_address_has_a_line_that_says_what_it_demands():
    found = {name for name, _pattern in patterns()}

    missing = sorted(found - set(ADDRESSES) - PUBLIC)
    gone = sorted((set(ADDRESSES) | PUBLIC) - found)
    assert not missing, f"Add a line to ADDRESSES in tests/config/world.py that says which permission opens: {missing}"
    assert not gone, f"These addresses are no more; take their lines out of tests/config/world.py: {gone}"


def test_every_permission_that_an_address_demands_is_granted_to_somebody():
    demanded = {entry.demands(method) for entry in ADDRESSES.values() for method in METHODS} - {OWN}
    assert demanded <= set(all_grants())


@pytest.mark.django_db
def test_a_stranger_is_sent_to_sign_in_or_refused_everywhere(client, quick):
    world, open_doors = world_of(UserFactory(role="risk")), []
    for name in ADDRESSES:
        answers = [_ask(client, method, address(name, world)) for method in METHODS]
        if not all(_is_refusal(answer) for answer in answers) or {a.status_code for a in answers} == {NO_SUCH_METHOD}:
            open_doors.append((name, [answer.status_code for answer in answers]))
    assert not open_doors


def _is_refusal(answer) -> bool:
    sent_to_sign_in = answer.status_code == 302 and answer["Location"].startswith(
        ("/accounts/login/", "/staff/profile/")
    )
    return sent_to_sign_in or answer.status_code in {401, 403, NO_SUCH_METHOD}


def _ask(client, method: str, path: str):
    """Ask as who the client is signed in as, and stay so: some pages sign out, or begin another session."""
    before = SimpleCookie(client.cookies.output(header="", sep=";"))
    try:
        with undone():
            return getattr(client, method)(path)
    finally:
        client.cookies = before


@pytest.mark.django_db
@pytest.mark.parametrize("role", Role.values)
def test_a_role_opens_exactly_what_it_is_granted(client, quick, role):
    user = UserFactory(role=role)
    world = world_of(user)
    client.force_login(user)

    wrong = [complaint for name in ADDRESSES for complaint in _complaints(client, name, role, address(name, world))]

    assert not wrong


def _complaints(client, name: str, role: str, path: str) -> Iterator[str]:
    statuses = {method: _ask(client, method, path).status_code for method in METHODS}
    for method, status in statuses.items():
        permission = ADDRESSES[name].demands(method)
        granted = permission == OWN or may([role], permission, all_grants())
        if granted and name in NOBODYS_OWN and method == "post":
            if status != 403:
                yield f"{role} judges their own request: {method} {path} answers {status}"
        elif granted and not _answers(name, status):
            yield f"{role} holds {permission or 'an account'}, yet {method} {path} answers {status}"
        if not granted and status not in REFUSED | {NO_SUCH_METHOD}:
            yield f"{role} does not hold {permission}, yet {method} {path} answers {status}"
    if set(statuses.values()) == {NO_SUCH_METHOD}:
        yield f"{path} takes neither GET nor POST"


def _answers(name: str, status: int) -> bool:
    """A bad form is answered, and so is an address of the API that is none."""
    return status in {200, 204, 286, 302, 400, NO_SUCH_METHOD, 422} or (status == 404 and name in NOTHING_THERE)


# Security keys that nobody has, and no address of the API.
NOTHING_THERE = {"api:unknown", "mfa_remove_webauthn", "mfa_edit_webauthn", "mfa_download_recovery_codes",
                 "mfa_view_recovery_codes", "mfa_deactivate_totp"}  # fmt: skip


# The world's change request is one's own: nobody approves it, whatever they hold.
# Whoever sits on a panel does not run it, whatever their role.
NOBODYS_OWN = {"api:change-approve", "api:panel-close", "assessment:panel_close"}


@pytest.mark.django_db
def test_somebody_without_a_role_opens_nothing_but_what_is_theirs(client, quick):
    user = UserFactory()
    world = world_of(user)
    client.force_login(user)

    opened = [
        (name, method)
        for name, entry in ADDRESSES.items()
        for method in METHODS
        if entry.demands(method) != OWN
        and _ask(client, method, address(name, world)).status_code not in REFUSED | {NO_SUCH_METHOD}
    ]

    assert not opened


@pytest.mark.django_db
def test_every_action_of_the_api_has_a_permission(rf):
    """`BusinessPermission` is closed by default: an action that names none would be of use to nobody."""
    from config.rest import BusinessPermission

    nameless = []
    for name, pattern in patterns():
        for method, action in (getattr(pattern.callback, "actions", None) or {}).items():
            view = pattern.callback.cls(**pattern.callback.initkwargs)
            view.action, request = action, rf.generic(method, "/")
            permission = BusinessPermission().permission_for(request, view)
            if permission != API[name].demands(method) or BusinessPermission not in view.permission_classes:
                nameless.append((name, action, permission))
    assert not nameless


@pytest.mark.django_db
def test_a_record_outside_ones_scope_looks_as_if_it_were_not_there(client, quick):
    user = UserFactory(role="service_lead", regions=["北京"])
    world = world_of(user)
    client.force_login(user)
    of_the_customer = [
        name for name, entry in ADDRESSES.items()
        if name.startswith(("customers:", "api:customer-", "api:privacy-request-")) and entry.kwargs
        and "reference" in entry.kwargs(world) and may(["service_lead"], entry.permission, all_grants())
    ]  # fmt: skip

    statuses = {name: _read_or_post(client, address(name, world)) for name in of_the_customer}

    assert len(statuses) >= 8
    assert set(statuses.values()) == {404}, statuses


def _read_or_post(client, path: str) -> int:
    status = _ask(client, "get", path).status_code
    return _ask(client, "post", path).status_code if status == NO_SUCH_METHOD else status
