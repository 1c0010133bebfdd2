import psycopg
import pytest
from django.contrib.auth.models import Group
from django.db import IntegrityError, connection, transaction

from audit import celery as hooks
from audit.context import Context, acting, become, command_context, current


def told() -> str:
    """What the connection has been told."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('audit.ctx', true)")
        return cursor.fetchone()[0] or ""


def test_a_context_is_short_text():
    context = Context(actor_id=7, label="task:nightly")

    assert context.as_json() == '{"label":"task:nightly","actor":7}'


def test_acting_opens_no_connection():
    connection.close()

    with acting(label="command:help"):
        assert connection.connection is None


@pytest.mark.django_db(transaction=True)
class TestMirror:
    def test_the_connection_is_told_and_told_again(self):
        with acting(actor_id=1):
            with acting(label="inner"):
                inside = told()
            between = told()

        assert inside == '{"label":"inner","actor":1}'
        assert between == '{"actor":1}'
        assert told() == ""
        assert current() is None

    def test_a_context_survives_a_rollback_inside_it(self):
        with acting(actor_id=1):
            fail_inside_a_transaction()
            assert told() == '{"actor":1}'

    def test_an_act_inside_a_rolled_back_transaction_leaves_nothing(self):
        fail_inside_a_transaction(actor_id=1)

        assert told() == ""

    def test_an_act_begun_and_ended_in_a_rolled_back_transaction_leaves_the_outer_one(self):
        with acting(actor_id=1):
            with transaction.atomic():
                with acting(actor_id=2):
                    pass
                transaction.set_rollback(True)
            assert told() == '{"actor":1}'

    def test_an_act_inside_a_transaction_that_commits_leaves_nothing(self):
        with transaction.atomic(), acting(actor_id=1):
            Group.objects.create(name="once")

        assert told() == ""

    def test_a_new_connection_is_told_at_once(self):
        with acting(actor_id=1):
            connection.close()
            assert told() == '{"actor":1}'

    def test_a_connection_that_the_server_ended_is_replaced_and_told(self):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            (pid,) = cursor.fetchone()
        end_backend(pid)

        with acting(actor_id=1):
            inside = told()

        assert inside == '{"actor":1}'
        assert told() == ""

    def test_a_connection_lost_within_an_act_tells_nothing_afterwards(self):
        with acting(actor_id=1):
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_backend_pid()")
                (pid,) = cursor.fetchone()
            end_backend(pid)

        assert told() == ""

    def test_a_new_identity_lasts_as_long_as_the_act(self, django_user_model):
        user = django_user_model.objects.create_user("a@example.com", None, full_name="A")
        with acting(label="anonymous"):
            become(user)
            assert told() == f'{{"actor":{user.pk}}}'
        assert told() == ""

    def test_a_command_is_named(self):
        with command_context("import_data"):
            assert '"label":"command:import_data"' in told()


def fail_inside_a_transaction(**context):
    """Break a transaction by the database, so that an act inside it ends where nothing can be set any more."""
    group = Group.objects.create(name="once")
    with pytest.raises(IntegrityError), transaction.atomic(), acting(**context):
        Group.objects.create(name=group.name)


def end_backend(pid):
    """End a server process from a connection of one's own, and wait until it is gone."""
    wanted = ("host", "port", "user", "dbname", "password")
    settings = {key: value for key, value in connection.get_connection_params().items() if key in wanted}
    with psycopg.connect(**settings) as other:
        other.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])


class Message:
    """The part of a task that the hooks see."""

    name = "customers.export_task"

    def __init__(self, **headers):
        self.request = Request(headers)


class Request(dict):
    def __setattr__(self, name, value):
        self[name] = value


@pytest.mark.django_db(transaction=True)
def test_a_task_acts_for_the_person_who_queued_it():
    headers = {}
    with acting(actor_id=5):
        hooks.carry_actor(headers=headers)
    task = Message(**headers)

    hooks.begin(task_id="0190a0a0-0000-7000-8000-000000000000", task=task)
    during = current()
    hooks.end(task=task)

    assert (during.actor_id, during.label) == (5, "task:customers.export_task")
    assert during.session == "celery:0190a0a0-0000-7000-8000-000000000000"
    assert current() is None
    assert told() == ""
