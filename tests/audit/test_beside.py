"""Two parts of one work at a time: over two connections, and over one where nobody else sees the rows."""

import pytest
from django.db import connection, transaction

from audit.context import acting, current
from audit.services.beside import beside
from staff.models import Team
from tests.config.servers import wait_until


def backend() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return cursor.fetchone()[0]


@pytest.mark.django_db(transaction=True)
def test_outside_a_transaction_it_has_a_connection_of_its_own_and_leaves_none_behind():
    def others():
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()")
            return cursor.fetchone()[0]

    before = others()

    assert beside(backend)() != backend()
    # The server takes a moment to end a session whose connection was closed.
    assert wait_until(lambda: others() == before)


@pytest.mark.django_db
def test_inside_a_transaction_it_sees_what_that_one_has_written():
    with transaction.atomic():
        Team.objects.create(name="Unseen by others")

        assert beside(lambda: (backend(), Team.objects.filter(name="Unseen by others").count()))() == (backend(), 1)


@pytest.mark.django_db(transaction=True)
def test_what_it_raises_is_raised_where_its_result_is_asked_for():
    waiting = beside(lambda: 1 // 0)

    with pytest.raises(ZeroDivisionError):
        waiting()


@pytest.mark.django_db(transaction=True)
def test_it_acts_in_the_name_of_whoever_began_it():
    with acting(label="command:audit_verify"):
        assert beside(current)().label == "command:audit_verify"
