import base64
import contextlib
import datetime as dt
import json

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pages.keyset import Count, capped_count, keyset_page
from staff.models import Notification
from tests.database_roles import as_owner
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
START = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
EXAMPLES = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])

told = st.integers(0, 3).map(lambda hours: START + dt.timedelta(hours=hours, microseconds=hours * 7))
rows = st.lists(st.tuples(told, st.none() | told, st.sampled_from(["a", "ab", "b"])), max_size=12)
orders = st.lists(st.sampled_from(["created_at", "read_at", "title"]), max_size=3, unique=True).flatmap(
    lambda names: st.tuples(*(st.sampled_from([name, f"-{name}"]) for name in names))
)


@pytest.fixture
def person():
    return UserFactory()


def tell(person, found):
    """Make a notification for each (told, read, title), in one statement."""
    return Notification.objects.bulk_create(
        Notification(user=person, kind="job", key=str(n), created_at=created, read_at=read, title=title)
        for n, (created, read, title) in enumerate(found)
    )


def sorted_in_python(made, order):
    """The same order by hand: last key first, for Python's sort is stable; NULLs last both ways."""
    left = sorted(made, key=lambda row: row.pk, reverse=bool(order) and order[-1].startswith("-"))
    for key in reversed(order):
        name = key.lstrip("-")
        known = [row for row in left if getattr(row, name) is not None]
        unknown = [row for row in left if getattr(row, name) is None]
        left = sorted(known, key=lambda row: getattr(row, name), reverse=key.startswith("-")) + unknown
    return [row.pk for row in left]


def forwards(queryset, order, size):
    page = keyset_page(queryset, order=order, size=size)
    pages = [page]
    while page.next:
        page = keyset_page(queryset, order=order, cursor=page.next, size=size)
        pages.append(page)
    return pages


@EXAMPLES
@given(found=rows, order=orders, size=st.integers(1, 5))
def test_pages_forward_and_back_are_the_sorted_list(person, found, order, size):
    with transaction.atomic():
        expected = sorted_in_python(tell(person, found), order)
        pages = forwards(Notification.objects.all(), order, size)

        assert [row.pk for page in pages for row in page.rows] == expected

        back = [pages[-1].rows]
        page = pages[-1]
        while page.previous:
            page = keyset_page(Notification.objects.all(), order=order, cursor=page.previous, size=size)
            back.insert(0, page.rows)
        seen = [row.pk for rows in back for row in rows]
        assert seen[-len(expected) :] == expected or not expected
        assert all(len(page.rows) == size for page in pages[:-1])
        transaction.set_rollback(True)


@EXAMPLES
@given(found=rows, order=orders)
def test_dicts_and_tuples_page_like_objects(person, found, order):
    with transaction.atomic():
        expected = sorted_in_python(tell(person, found), order)
        names = ["title", "created_at", "read_at", "id"]

        dicts = forwards(Notification.objects.values(*names), order, 2)
        tuples = forwards(Notification.objects.values_list(*names), order, 2)

        assert [row["id"] for page in dicts for row in page.rows] == expected
        assert [row[3] for page in tuples for row in page.rows] == expected
        transaction.set_rollback(True)


@EXAMPLES
@given(text=st.text(max_size=60) | st.binary(max_size=60).map(lambda raw: base64.urlsafe_b64encode(raw).decode()))
def test_any_text_as_a_cursor_is_answered_with_a_sentence(person, text):
    if not text:
        return
    with pytest.raises(ValidationError, match="not there any more"):
        keyset_page(Notification.objects.all(), order=["-created_at"], cursor=text)


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.just("a\0b") | st.just("\ud800"),
    lambda inner: st.lists(inner, max_size=2),
    max_leaves=4,
)


@EXAMPLES
@given(created=values, number=values)
def test_a_tampered_cursor_gives_rows_or_a_sentence_and_never_an_error(person, created, number):
    with transaction.atomic():
        tell(person, [(START, None, "a"), (START, None, "b")])
        cursor = keyset_page(Notification.objects.all(), order=["-created_at"], size=1).next
        way, mark, *_kept = json.loads(base64.urlsafe_b64decode(cursor + "=="))
        text = json.dumps([way, mark, created, number])
        tampered = base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")
        with contextlib.suppress(ValidationError):
            assert len(keyset_page(Notification.objects.all(), order=["-created_at"], cursor=tampered).rows) <= 2
        assert Notification.objects.count() == 2  # the connection still answers
        transaction.set_rollback(True)


def test_a_cursor_of_another_order_is_refused(person):
    tell(person, [(START, None, "a"), (START, None, "b")])
    cursor = keyset_page(Notification.objects.all(), order=["title"], size=1).next

    with pytest.raises(ValidationError):
        keyset_page(Notification.objects.all(), order=["-title"], cursor=cursor)


def test_a_row_that_is_gone_still_marks_its_place(person):
    made = tell(person, [(START, None, title) for title in "abc"])
    first = keyset_page(Notification.objects.all(), order=["title"], size=1)
    Notification.objects.filter(pk=made[0].pk).delete()

    second = keyset_page(Notification.objects.all(), order=["title"], cursor=first.next, size=1)

    assert [row.title for row in second.rows] == ["b"]


def test_where_everything_beyond_is_gone_there_is_a_way_back(person):
    tell(person, [(START, None, title) for title in "abc"])
    first = keyset_page(Notification.objects.all(), order=["title"], size=2)
    Notification.objects.filter(title="c").delete()

    beyond = keyset_page(Notification.objects.all(), order=["title"], cursor=first.next, size=2)
    back = keyset_page(Notification.objects.all(), order=["title"], cursor=beyond.previous, size=2)

    assert (beyond.rows, beyond.next) == ([], None)
    assert [row.title for row in back.rows] == ["a", "b"]


def test_orders_by_a_column_of_another_table(person):
    tell(person, [(START, None, title) for title in "abc"])
    other = UserFactory(full_name="Aaron")
    Notification.objects.filter(title="c").update(user=other)
    queryset = Notification.objects.select_related("user")

    seen = [row.title for page in forwards(queryset, ["user__full_name", "-title"], 1) for row in page.rows]

    assert seen == ["c", "b", "a"]


@pytest.mark.parametrize(
    ("order", "served"),
    [(["-created_at"], True), (["created_at"], True), (["-read_at"], False), (["created_at", "-title"], False)],
)
def test_keys_of_one_direction_without_nulls_are_compared_as_a_row(person, order, served):
    tell(person, [(START, None, title) for title in "abc"])
    cursor = keyset_page(Notification.objects.all(), order=order, size=1).next

    with CaptureQueriesContext(connection) as queries:
        keyset_page(Notification.objects.all(), order=order, cursor=cursor, size=1)

    sql = queries[0]["sql"]
    assert (") < (" in sql or ") > (" in sql) is served


def test_a_key_that_is_said_to_be_present_is_not_searched_for_nulls(person):
    tell(person, [(START, START + dt.timedelta(hours=hours), "a") for hours in range(4)])
    read = Notification.objects.filter(read_at__isnull=False)
    first = keyset_page(read, order=["-read_at"], size=2, present=["read_at"])

    with CaptureQueriesContext(connection) as queries:
        second = keyset_page(read, order=["-read_at"], cursor=first.next, size=2, present=["read_at"])

    assert "NULLS" not in queries[0]["sql"]
    assert [row.key for row in [*first.rows, *second.rows]] == ["3", "2", "1", "0"]


def test_an_index_serves_a_page_from_its_place(person):
    many = 3_000
    Notification.objects.bulk_create(
        Notification(user=person, kind="job", key=str(n), title="t", created_at=START + dt.timedelta(minutes=n))
        for n in range(many)
    )
    queryset = Notification.objects.filter(user=person)
    cursor = keyset_page(queryset, order=["-created_at"], size=20).next
    with CaptureQueriesContext(connection) as queries:
        keyset_page(queryset, order=["-created_at"], cursor=cursor, size=20)
    with as_owner(), connection.cursor() as database:
        database.execute("ANALYZE staff_notification")  # the owner's to do: to anybody else it is a warning
        database.execute("EXPLAIN " + queries[0]["sql"])
        plan = "\n".join(line for (line,) in database.fetchall())

    assert "Sort" not in plan
    assert "notification_newest_first" in plan
    assert "Index Cond" in plan
    assert "ROW(created_at, id) < ROW(" in plan


def test_counts_up_to_the_cap_and_says_when_there_are_more(person, django_assert_num_queries):
    tell(person, [(START, None, "a")] * 5)

    with django_assert_num_queries(2):
        assert capped_count(Notification.objects.all(), cap=4) == Count(4, more=True)
        assert capped_count(Notification.objects.all(), cap=5) == Count(5, more=False)
    assert str(Count(1000, more=True)) == "1,000+"
