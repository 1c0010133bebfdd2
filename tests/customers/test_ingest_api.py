import json
import threading

import pytest
from django.db import connection
from django.test import Client

from customers.models import IdempotencyKey, ImportRun, Transaction
from tests.factories import UserFactory
from tests.factories.customers import AccountFactory

# The view has a transaction of its own, so it is tested without one around it.
pytestmark = pytest.mark.django_db(transaction=True)
URL = "/api/v1/transactions:batch"
ROW = {"external_id": "1", "account": "7", "booked_on": "2024-03-05", "kind": "deposit", "amount": "12.50"}


def send(client, body, key="k-1"):
    headers = {"Idempotency-Key": key} if key else {}
    content = body if isinstance(body, (str, bytes)) else json.dumps(body)
    return client.post(URL, content, content_type="application/json", headers=headers)


def batch(*rows):
    return {"source": "platform", "rows": list(rows)}


@pytest.fixture
def program(client):
    AccountFactory(external_id="7")
    person = UserFactory(role="administrator")
    client.force_login(person)
    return person


def test_rows_are_taken_and_bad_ones_answered_one_by_one(client, program):
    bad = [
        {**ROW, "external_id": "2", "amount": 1.5},
        {**ROW, "external_id": "3", "account": "8"},
        {**ROW, "colour": "red"},
        "row",
        {},
    ]

    answer = send(client, batch(ROW, *bad))

    body = answer.json()
    assert (answer.status_code, body["read"], body["new"], body["known"], body["rejected"]) == (200, 6, 1, 0, 5)
    assert [(one["row"], one["external_id"], one["field"]) for one in body["rejects"]] == [
        (2, "2", "amount"), (3, "3", "account"), (4, "1", ""), (5, "", ""), (6, "", "external_id")
    ]  # fmt: skip
    taken = Transaction.objects.get()
    assert (taken.external_id, str(taken.amount), taken.currency, taken.batch_id) == (
        "1",
        "12.50",
        "CNY",
        body["import"],
    )


def test_the_same_request_again_is_given_the_same_answer(client, program):
    first = send(client, batch(ROW))
    again = send(client, batch(ROW))

    assert again.json() == first.json()
    assert (first.headers.get("Idempotent-Replayed"), again.headers.get("Idempotent-Replayed")) == (None, "true")
    assert (Transaction.objects.count(), ImportRun.objects.count()) == (1, 1)


def test_a_key_with_another_request_is_refused(client, program):
    send(client, batch(ROW))

    answer = send(client, batch({**ROW, "external_id": "2"}))

    assert (answer.status_code, answer.headers["Content-Type"]) == (422, "application/problem+json")
    assert "send a new key" in answer.json()["detail"]
    assert Transaction.objects.count() == 1


def test_known_rows_under_a_new_key_are_counted_as_known(client, program):
    send(client, batch(ROW))

    assert send(client, batch(ROW, {**ROW, "external_id": "2"}), key="k-2").json() | {"import": 0} == {
        "import": 0, "read": 2, "new": 1, "known": 1, "rejected": 0, "rejects": []
    }  # fmt: skip


@pytest.mark.parametrize(
    ("body", "key", "sentence"),
    [
        (batch(ROW), "", "new for each request"),
        (batch(ROW), "k" * 121, "new for each request"),
        ([ROW], "k", "Send an object with a source"),
        ({"source": "elsewhere", "rows": [ROW]}, "k", "There is no source “elsewhere”"),
        (batch(), "k", "Send from 1 to 10,000 rows; these are 0."),
        (batch(*[ROW] * 10_001), "k", "these are 10,001"),
        ("{", "k", ""),
    ],
)
def test_a_request_that_is_none_is_told_what_to_send(client, program, body, key, sentence):
    answer = send(client, body, key)

    assert (answer.status_code, answer.headers["Content-Type"]) == (400, "application/problem+json")
    assert sentence in json.dumps(answer.json(), ensure_ascii=False)
    assert not IdempotencyKey.objects.exists()


def test_reading_rights_are_no_rights_to_send(client):
    client.force_login(UserFactory(role="risk"))

    assert send(client, batch(ROW)).status_code == 403
    assert Client().post(URL).status_code in (401, 403)


def test_of_two_at_once_under_one_key_one_works(client):
    AccountFactory(external_id="7")
    person = UserFactory(role="administrator")
    rows = batch(*[{**ROW, "external_id": str(n)} for n in range(500)])
    answers = []

    def ask():
        mine = Client()
        mine.force_login(person)
        answers.append(send(mine, rows))
        connection.close()

    threads = [threading.Thread(target=ask) for _n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [answer.status_code for answer in answers] == [200] * 4
    assert all(answer.json() == answers[0].json() for answer in answers)
    assert (Transaction.objects.count(), ImportRun.objects.count()) == (500, 1)
