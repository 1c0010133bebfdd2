import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse

from staff.access import matrix, permission_labels
from staff.grants import all_grants
from staff.models import User
from staff.rules.roles import Role, may, permissions_of
from tests.factories import UserFactory


@pytest.mark.django_db
@pytest.mark.parametrize("role", Role.values)
def test_the_matrix_says_what_somebody_in_the_role_may_do(role):
    user = User.objects.get(pk=UserFactory(role=role).pk)
    shown = {right.permission: dict(right.held)[Role(role)] for room in matrix(all_grants()) for right in room.rights}

    assert shown == {permission: user.has_perm(permission) for permission in all_grants()}
    assert user.get_all_permissions() == {permission for permission, holds in shown.items() if holds}


@pytest.mark.django_db
def test_every_granted_permission_exists_and_has_words():
    kept = {f"{app}.{code}" for app, code in Permission.objects.values_list("content_type__app_label", "codename")}

    assert set(all_grants()) <= kept | set(permission_labels())
    assert set(all_grants()) <= set(permission_labels())


def test_two_roles_may_what_either_may():
    grants = {"a.b": frozenset({Role.RISK}), "c.d": frozenset({Role.SERVICE})}

    assert permissions_of(["risk", "service"], grants) == {"a.b", "c.d"}
    assert (may(["risk"], "a.b", grants), may(["risk"], "c.d", grants), may(["risk"], "x.y", grants)) == (
        True,
        False,
        False,
    )


@pytest.mark.django_db
def test_somebody_inactive_may_nothing():
    user = UserFactory(role="administrator", is_active=False)

    assert not user.has_perm("staff.view_user")
    assert user.get_all_permissions() == set()


@pytest.mark.django_db
def test_a_permission_given_to_one_person_alone_adds_to_their_roles():
    user = UserFactory(role="service", may=["staff.add_team"])

    assert user.has_perm("staff.add_team")
    assert user.has_perm("staff.view_user")


@pytest.mark.django_db
def test_the_page_counts_the_active_holders_of_each_role(client):
    for active in [True, True, False]:
        UserFactory(role="risk", is_active=active)
    client.force_login(UserFactory(role="service"))

    counted = {role.value: people for role, people in client.get(reverse("staff:access_matrix")).context["roles"]}

    assert (counted["risk"], counted["service"], counted["marketing"]) == (2, 1, 0)


@pytest.mark.django_db
def test_the_matrix_is_searched_by_words_and_by_name(client):
    client.force_login(UserFactory(role="service"))

    def found(text):
        rooms = client.get(reverse("staff:access_matrix"), {"q": text}).context["rooms"]
        return {right.permission for room in rooms for right in room.rights}

    assert found("see everybody's jobs") == {"staff.view_any_job"}
    assert "staff.add_user" in found("STAFF.ADD_USER".lower())
    assert found("no such thing") == set()
