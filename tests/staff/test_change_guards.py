"""What the database refuses by itself, to raw SQL under a role with the application's rights, and to its owner."""

import hashlib

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import Group
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from audit.context import acting
from audit.rules.canonical import canonical_json
from staff.changes import COMMANDS
from staff.guards import unguarded
from staff.models import ChangePolicy, ChangeRequest, GuardLift
from staff.services.account_changes import propose_deactivation
from staff.services.changes import approve
from tests.database_roles import as_owner
from tests.factories import UserFactory
from tests.factories.changes import agreed, promotion
from tests.factories.staff import past_the_guards

pytestmark = pytest.mark.django_db


@pytest.fixture
def maker():
    return UserFactory(role="administrator")


@pytest.fixture
def second():
    """A second administrator: from here on nobody is a founder any more."""
    return UserFactory(role="administrator")


@pytest.fixture
def checker(second):
    return UserFactory(role="compliance")


@pytest.fixture
def person(maker, checker):
    return UserFactory(role="service")


@pytest.fixture
def as_app(person):
    """Run SQL as the application, in a savepoint; what is refused raises and undoes itself."""

    def run(sql, *parameters):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql, parameters)
            return cursor.rowcount

    return run


def run_as_owner(sql):
    with transaction.atomic(), as_owner(), connection.cursor() as cursor:
        cursor.execute(sql)


def group(name):
    return Group.objects.get(name=name).pk


def test_roles_scope_email_and_activity_are_not_written_past_the_requests(as_app, person):
    for sql in [
        "INSERT INTO staff_user_groups (user_id, group_id) VALUES (%s, %s)",
        "DELETE FROM staff_user_groups WHERE user_id = %s AND group_id <> %s",
        "UPDATE staff_user SET is_active = false WHERE id = %s AND id <> %s",
        "UPDATE staff_user SET regions = '{East}' WHERE id = %s AND id <> %s",
        "UPDATE staff_user SET business_lines = '{p2p}' WHERE id = %s AND id <> %s",
        "UPDATE staff_user SET email = 'me@example.test' WHERE id = %s AND id <> %s",
        "INSERT INTO staff_user_user_permissions (user_id, permission_id) SELECT %s, min(id) FROM auth_permission WHERE id <> %s",
        "UPDATE staff_user_groups SET group_id = (SELECT id FROM auth_group WHERE name = 'risk') WHERE user_id = %s AND group_id <> %s",
    ]:
        with pytest.raises(DatabaseError, match="needs an approved change request"):
            as_app(sql, person.pk, group("administrator"))


def test_what_is_not_guarded_is_written_as_ever(as_app, person):
    assert as_app("UPDATE staff_user SET full_name = 'Lin', last_login = now() WHERE id = %s", person.pk) == 1


def test_the_owners_setting_lifts_nothing_for_the_application(as_app, person):
    with pytest.raises(DatabaseError, match="needs an approved change request"):
        as_app(
            "SELECT set_config('meridian.unguarded', 'please', true); UPDATE staff_user SET is_active = false WHERE id = %s",
            person.pk,
        )


def test_the_owner_lifts_a_guard_aloud(person):
    with as_owner(), unguarded("restoring Monday's state"):
        person.groups.add(group("risk"))

    lift = GuardLift.objects.order_by("-id")[0]
    assert (lift.table_name, lift.operation, lift.why) == ("staff_user_groups", "insert", "restoring Monday's state")
    with pytest.raises(DatabaseError, match="needs an approved change request"), transaction.atomic():
        person.groups.add(group("compliance"))


def test_an_approval_that_waits_or_is_not_being_carried_out_opens_nothing(as_app, maker, checker, person):
    request = promotion(maker, person, roles=["risk", "service"])
    sql = "SELECT set_config('audit.approval', %s, true); INSERT INTO staff_user_groups (user_id, group_id) VALUES (%s, %s)"

    for state in ["pending", "approved"]:
        assert ChangeRequest.objects.get(pk=request.pk).state == state
        with pytest.raises(DatabaseError, match="needs an approved change request"):
            as_app(sql, str(request.pk), person.pk, group("risk"))
        if state == "pending":
            approve(actor=checker, request_id=request.pk, at=timezone.now())


CARRY_OUT = """
    UPDATE staff_changerequest SET state = 'executed', executed_at = now() WHERE id = %s;
    SELECT set_config('audit.approval', %s, true);
"""


def test_an_approval_is_good_for_its_values_its_record_and_its_command_alone(as_app, maker, checker, person):
    other = UserFactory(role="service")
    request = promotion(maker, person, roles=["risk", "service"])
    approve(actor=checker, request_id=request.pk, at=timezone.now())
    insert = CARRY_OUT + "INSERT INTO staff_user_groups (user_id, group_id) VALUES (%s, %s)"
    number = str(request.pk)

    for user, role in [(person.pk, "administrator"), (person.pk, "compliance"), (other.pk, "risk")]:
        with pytest.raises(DatabaseError, match="needs an approved change request"):
            as_app(insert, request.pk, number, user, group(role))
    with pytest.raises(DatabaseError, match="needs an approved change request"):
        as_app(CARRY_OUT + "UPDATE staff_user SET is_active = false WHERE id = %s", request.pk, number, person.pk)
    with pytest.raises(DatabaseError, match="needs an approved change request"):
        as_app(CARRY_OUT + "UPDATE staff_user SET regions = '{East}' WHERE id = %s", request.pk, number, person.pk)

    assert as_app(insert, request.pk, number, person.pk, group("risk")) == 1


def test_a_maker_is_never_a_checker_whatever_the_row_claims(as_app, maker, second, checker, person):
    request = promotion(maker, person)
    sql = (
        "INSERT INTO staff_approval (request_id, maker_id, checker_id, authority_id, verdict, comment, hash, at)"
        " VALUES (%s, %s, %s, %s, 'approve', '', %s, now())"
    )

    for maker_id, checker_id, authority_id, match in [
        (maker.pk, maker.pk, maker.pk, "nobody_approves"),
        (maker.pk, maker.pk, checker.pk, "nobody_approves_their_own_change"),
        (maker.pk, checker.pk, maker.pk, "nobody_approves_by_proxy"),
        (second.pk, maker.pk, maker.pk, "approval_of_the_makers_request"),
    ]:
        with pytest.raises(DatabaseError, match=match):
            as_app(sql, request.pk, maker_id, checker_id, authority_id, request.hash)
    with pytest.raises(DatabaseError, match="approval is of something else"):
        as_app(sql, request.pk, maker.pk, checker.pk, checker.pk, "0" * 64)
    as_app(sql, request.pk, maker.pk, checker.pk, checker.pk, request.hash)
    with pytest.raises(DatabaseError, match="one_verdict_per_person"):
        as_app(sql, request.pk, maker.pk, checker.pk, second.pk, request.hash)


def test_a_state_is_reached_and_not_claimed(as_app, maker, checker, person):
    request = promotion(maker, person)

    for state in ["approved", "executed"]:
        with pytest.raises(DatabaseError, match="approvals|does not go from"):
            as_app("UPDATE staff_changerequest SET state = %s WHERE id = %s", state, request.pk)
    agreed(request, checker)
    with pytest.raises(DatabaseError, match="does not go from executed to approved"):
        as_app("UPDATE staff_changerequest SET state = 'approved' WHERE id = %s", request.pk)
    with pytest.raises(DatabaseError, match="database alone"):
        as_app("UPDATE staff_changerequest SET executed_xid = 1 WHERE id = %s", request.pk)


@pytest.mark.parametrize(
    "change",
    ["arguments = '{}'", "writes = '[]'", "hash = repeat('0', 64)", "approvals_needed = 1 + approvals_needed",
     "maker_id = maker_id + 1", "expires_at = expires_at + interval '1 day'", "break_glass = true", "shown = '{}'",
     "command = 'staff.mfa.reset'", "target_pk = '1'", "reason = 'another'"],
)  # fmt: skip
def test_what_was_asked_for_never_changes(as_app, maker, person, change):
    request = promotion(maker, person)

    with pytest.raises(DatabaseError, match="never changes"):
        as_app(f"UPDATE staff_changerequest SET {change} WHERE id = %s", request.pk)


@pytest.mark.parametrize("table", ["staff_changerequest", "staff_approval", "staff_changepolicy", "staff_guardlift"])
def test_nothing_is_deleted(as_app, maker, checker, person, table):
    agreed(promotion(maker, person), checker)

    with pytest.raises(DatabaseError, match="is refused"):
        as_app(f"DELETE FROM {table}")
    with pytest.raises(DatabaseError, match="is refused"):
        run_as_owner(f"SET CONSTRAINTS ALL IMMEDIATE; TRUNCATE {table} CASCADE")


def test_policies_are_added_by_requests_alone_and_never_changed(as_app):
    with pytest.raises(DatabaseError, match="needs an approved change request"):
        as_app(
            "INSERT INTO staff_changepolicy (command, starts_at, check_permission, approvals, bands, expiry_hours,"
            " remind_after_hours, escalate_after_hours, escalate_to, break_glass)"
            " VALUES ('staff.user.change', now(), 'staff.view_user', 1, '[]', 72, 8, 24, 'service', true)"
        )
    with pytest.raises(DatabaseError, match="is refused"):
        as_app("UPDATE staff_changepolicy SET break_glass = true")


INSERT = """
    INSERT INTO staff_changerequest (command, arguments, writes, hash, shown, target_table, target_pk, target_version,
        reason, maker_id, policy_id, approvals_needed, break_glass, state, created_at, expires_at, result, error,
        review_verdict, review_comment)
    VALUES (%s, '{}', '[]', %s, '{}', '', '', '', 'x', %s, %s, %s, %s, %s, now(), now() + make_interval(hours => %s), '', '', '', '')
"""


def test_a_request_written_by_hand_asks_for_no_less_than_the_policy(as_app, maker):
    command = "staff.policy.change"
    policy, other = ChangePolicy.objects.get(command=command), ChangePolicy.objects.get(command="staff.user.change")
    right = hashlib.sha256(canonical_json({"arguments": {}, "command": command, "writes": []})).hexdigest()

    for digest, policy_id, needed, glass, state, hours, match in [
        ("0" * 64, policy.pk, 2, False, "pending", 72, "hash"),
        (right, policy.pk, 1, False, "pending", 72, "less than the policy"),
        (right, other.pk, 2, False, "pending", 72, "less than the policy"),
        (right, policy.pk, 2, True, "pending", 72, "less than the policy"),
        (right, policy.pk, 2, False, "pending", 100, "less than the policy"),
        (right, policy.pk, 2, False, "approved", 72, "begins as pending"),
    ]:
        with pytest.raises(DatabaseError, match=match):
            as_app(INSERT, command, digest, maker.pk, policy_id, needed, glass, state, hours)
    assert as_app(INSERT, command, right, maker.pk, policy.pk, 2, False, "pending", 72) == 1


def test_bands_count_in_the_database_too(as_app):
    sql = "SELECT staff_approvals_needed(p, %s) FROM (SELECT (NULL, '', now(), '', 1, '[{\"from\": \"1000\", \"approvals\": 3}]', 1, 1, 1, '', false)::staff_changepolicy AS p) AS x"
    with connection.cursor() as cursor:
        found = []
        for amount in ["999.99", "1000", None]:
            cursor.execute(sql, [amount])
            found.append(cursor.fetchone()[0])
    assert found == [1, 3, 3]


def test_who_broke_the_glass_does_not_close_the_review(as_app, maker, checker, person):
    request = propose_deactivation(
        actor=maker, user_ids=[person.pk], reason="Stolen laptop", at=timezone.now(), break_glass=True
    )
    sql = (
        "UPDATE staff_changerequest SET reviewed_by_id = %s, reviewed_at = clock_timestamp(), review_verdict = 'approve',"
        " review_comment = 'fine' WHERE id = %s"
    )

    with pytest.raises(DatabaseError, match="nobody_reviews_their_own_change"):
        as_app(sql, maker.pk, request.pk)
    with pytest.raises(DatabaseError, match="named person"):
        as_app("UPDATE staff_changerequest SET reviewed_at = now() WHERE id = %s", request.pk)
    assert as_app(sql, checker.pk, request.pk) == 1
    with pytest.raises(DatabaseError, match="closes once"):
        as_app(sql, checker.pk, request.pk)


def test_a_second_factor_is_removed_by_its_owner_or_by_a_request(as_app, maker, checker, person):
    made = Authenticator.objects.create(user=person, type="totp", data={})
    sql = "DELETE FROM mfa_authenticator WHERE id = %s"

    with pytest.raises(DatabaseError, match="needs an approved change request"):
        as_app(sql, made.pk)
    with acting(actor_id=maker.pk), pytest.raises(DatabaseError, match="needs an approved change request"):
        as_app(sql, made.pk)
    with acting(actor_id=person.pk):
        assert as_app(sql, made.pk) == 1


def test_roles_are_not_renamed_and_nobody_is_a_superuser(as_app, person):
    for sql in [
        "UPDATE auth_group SET name = 'clerk' WHERE name = 'service'",
        "UPDATE auth_group SET name = 'boss' WHERE name = 'administrator'",
        "DELETE FROM auth_group WHERE name = 'marketing'",
    ]:
        with pytest.raises(DatabaseError, match="is refused"):
            as_app(sql)
    with pytest.raises(DatabaseError, match="nobody_is_superuser"):
        as_app("UPDATE staff_user SET is_superuser = true WHERE id = %s", person.pk)
    with pytest.raises(DatabaseError, match="permission denied"):
        as_app("SET session_replication_role = replica")
    with pytest.raises(DatabaseError, match="must be owner"):
        as_app("ALTER TABLE staff_user DISABLE TRIGGER staff_guard_update")


def test_founders_are_two(person, maker):
    """With two administrators the window is shut, also once one of them is no longer active."""
    with past_the_guards():
        type(maker).objects.filter(pk=maker.pk).update(is_active=False)

    with pytest.raises(DatabaseError, match="needs an approved change request"), transaction.atomic():
        person.groups.add(group("administrator"))


GUARDS = """
    SELECT c.relname, encode(t.tgargs, 'escape') FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
     WHERE t.tgname LIKE 'staff\\_guard\\_%' AND t.tgenabled = 'A'
"""


def test_every_guard_that_a_command_states_is_held_by_a_trigger():
    with connection.cursor() as cursor:
        cursor.execute(GUARDS)
        held = {
            (table, command, column)
            for table, text in cursor.fetchall()
            for commands, columns in [text.split("\\000")[:2]]
            for command in commands.split(",")
            for column in columns.split(",")
        }

    stated = {
        (table, command.name, column)
        for command in COMMANDS.values()
        for table, columns in command.guards.items()
        for column in columns
    }

    assert stated - held == set()


def test_every_command_has_a_policy_and_a_permission_that_somebody_holds():
    from staff.grants import all_grants

    policies = {policy.command: policy for policy in ChangePolicy.objects.in_force(timezone.now())}

    assert set(COMMANDS) <= set(policies)
    assert all(all_grants().get(policy.check_permission) for policy in policies.values())
    assert all(command.permission in all_grants() for command in COMMANDS.values())


def test_djangos_admin_is_not_installed():
    from django.conf import settings
    from django.urls import NoReverseMatch, reverse

    assert "django.contrib.admin" not in settings.INSTALLED_APPS
    with pytest.raises(NoReverseMatch):
        reverse("admin:index")
