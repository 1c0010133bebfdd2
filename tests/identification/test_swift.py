from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction
from django.urls import reverse
from django.utils import timezone, translation

from identification.models import GuideWord, SwiftRow, SwiftSession
from identification.services.swift import (
    add_row,
    change_row,
    change_session,
    close_session,
    hold_session,
    write_guide_word,
)
from products.models import BusinessLine
from risk.models import RiskProposal
from tests.factories import UserFactory
from tests.factories.identification import SwiftRowFactory, SwiftSessionFactory

pytestmark = pytest.mark.django_db
NOW = timezone.now
WORDS = "Two rows are worth a risk of the register."


@pytest.fixture
def officer(db):
    return UserFactory(role="risk")


def held(officer, **more):
    fields = {
        "subject": "Release of payouts", "facilitator": officer, "held_on": date(2026, 3, 2), "participants": [officer],
        "guide_words": GuideWord.objects.all(), **more,
    }  # fmt: skip
    return hold_session(actor=officer, **fields)


def added(officer, session, **more):
    return add_row(actor=officer, session_id=session.pk, at=NOW(), **{"what_if": "What if 迟到 <script>?", **more})


def test_a_row_is_judged_under_the_matrix_in_force(officer):
    row = added(officer, held(officer), likelihood=5, impact=5)

    assert (row.matrix.version, row.score, row.level) == (1, 25, "critical")
    assert row.session.reference.startswith("SW-")


@pytest.mark.parametrize(
    ("more", "names"),
    [
        ({"what_if": ""}, "what_if"),
        ({"what_if": "x" * 301}, "what_if"),
        ({"likelihood": 3}, "impact"),
        ({"impact": 3}, "likelihood"),
        ({"likelihood": 6, "impact": 1}, "likelihood"),
        ({"likelihood": 0, "impact": 1}, "likelihood"),
    ],
)
def test_a_row_that_cannot_be_is_refused_by_name(officer, more, names):
    session = held(officer)

    with pytest.raises(ValidationError) as refused, transaction.atomic():
        added(officer, session, **more)

    assert names in refused.value.message_dict
    assert not session.rows.exists()


def test_a_session_is_closed_once_and_only_judged(officer):
    session = held(officer)
    close = {"actor": officer, "session_id": session.pk, "conclusion": WORDS, "at": NOW()}
    with pytest.raises(ValidationError, match="without rows"):
        close_session(**close)
    row = added(officer, session)
    with pytest.raises(ValidationError, match="Judge every row first: 1"):
        close_session(**close)
    change_row(actor=officer, row_id=row.pk, at=NOW(), likelihood=1, impact=1)
    with pytest.raises(ValidationError):
        close_session(**close | {"conclusion": " "})

    close_session(**close)

    for late in (
        lambda: close_session(**close),
        lambda: added(officer, session),
        lambda: change_row(actor=officer, row_id=row.pk, at=NOW(), what_if="Other"),
        lambda: change_session(actor=officer, session_id=session.pk, participants=[], guide_words=[], subject="Other"),
    ):
        with pytest.raises(ValidationError, match="never changes"):
            late()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE identification_swiftrow SET what_if = 'x'",
        "DELETE FROM identification_swiftrow",
        "UPDATE identification_swiftsession SET subject = 'x'",
        "DELETE FROM identification_swiftsession",
    ],
)
def test_sql_changes_no_closed_session(officer, statement):
    session = held(officer)
    added(officer, session, likelihood=2, impact=2)
    close_session(actor=officer, session_id=session.pk, conclusion=WORDS, at=NOW())

    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_sql_closes_no_session_with_a_row_that_waits(officer):
    session = held(officer)
    added(officer, session)

    with pytest.raises(DatabaseError, match="not judged"), transaction.atomic():
        SwiftSession.objects.filter(pk=session.pk).update(closed_at=NOW(), closed_by=officer, conclusion=WORDS)
    with pytest.raises(DatabaseError), transaction.atomic():
        SwiftRow.objects.update(score=3)


def test_a_session_lies_in_ones_lines(officer):
    with pytest.raises(ValidationError, match="outside your scope"):
        held(UserFactory(role="risk", business_lines=["payment"]), line=_line("wealth"))


def _line(code):
    return BusinessLine.objects.get(pk=code)


def test_guide_words_are_written_in_three_languages_and_english_stands_in(officer):
    word = write_guide_word(
        actor=officer, code="backwards", names={"en": "backwards", "zh-hans": "反向", "zh-hant": " "}, position=5
    )

    with translation.override("zh-hans"):
        assert str(word) == "反向"
    with translation.override("zh-hant"):
        assert str(word) == "backwards"
    assert GuideWord.objects.first() == word


def test_rows_by_hand_one_after_the_other(client, officer):
    session = held(officer)
    client.force_login(officer)
    url = reverse("identification:row_add", args=[session.reference])
    word = GuideWord.objects.get(code="too_late")

    first = client.post(url, {"what_if": "What if it comes late?", "guide_word": word.pk, "likelihood": 3, "impact": 4})
    empty = client.post(url, {"what_if": "", "causes": "Kept 原因"})
    half = client.post(url, {"what_if": "Half", "likelihood": 3})

    assert first.url.endswith("#next")
    assert (empty.status_code, half.status_code) == (422, 422)
    assert "Kept 原因" in empty.content.decode()
    row = session.rows.get()
    edited = client.post(
        reverse("identification:row_edit", args=[row.pk]), {"what_if": "Later?", "likelihood": "", "impact": ""}
    )
    row.refresh_from_db()
    assert (edited.status_code, row.what_if, row.score, row.matrix) == (302, "Later?", None, None)


def test_a_session_begins_and_ends_by_hand(client, officer):
    client.force_login(officer)
    fields = {
        "subject": "切换支付通道", "facilitator": officer.pk, "participants": [officer.pk], "held_on": "2026-03-02",
        "guide_words": [word.pk for word in GuideWord.objects.all()[:2]],
    }  # fmt: skip

    made = client.post(reverse("identification:session_create"), fields)
    session = SwiftSession.objects.get()
    added(officer, session, likelihood=1, impact=2)
    page = client.get(made.url).content.decode().split("<main")[1]
    closed = client.post(reverse("identification:session_close", args=[session.reference]), {"conclusion": WORDS})

    session.refresh_from_db()
    assert "<script>" not in page
    assert (closed.status_code, session.is_closed) == (302, True)
    assert b'name="what_if"' not in client.get(made.url).content


def test_a_risk_is_proposed_from_a_row_once(client, officer):
    row = added(officer, held(officer), causes="Nobody looks.")
    client.force_login(officer)
    url = reverse("identification:row_propose", args=[row.pk])
    assert "Nobody looks." in client.get(url).content.decode()

    for _twice in range(2):
        client.post(
            url, {"title": "Files come late", "risk_class": "operational", "line": "", "causes": "Nobody looks."}
        )

    assert RiskProposal.objects.get().source_key == f"swift:{row.pk}"


@pytest.mark.parametrize("rows", [1, 3])
def test_the_pages_ask_the_same_for_one_row_and_three(client, officer, django_assert_max_num_queries, rows):
    session = SwiftSessionFactory()
    for _ in range(rows):
        SwiftRowFactory(session=session)
        SwiftSessionFactory()
    client.force_login(officer)
    for page, args, most in (
        ("session_list", [], 14),
        ("session_detail", [session.reference], 18),
        ("word_list", [], 12),
    ):
        url = reverse(f"identification:{page}", args=args)
        client.get(url)
        with django_assert_max_num_queries(most):
            client.get(url)


def test_a_session_of_another_line_is_not_there_and_a_reader_writes_no_row(client):
    row = SwiftRowFactory(session__line_id="wealth")
    client.force_login(UserFactory(role="risk", business_lines=["payment"]))
    assert client.get(reverse("identification:session_detail", args=[row.session.reference])).status_code == 404
    assert client.get(reverse("identification:row_edit", args=[row.pk])).status_code == 404
    client.force_login(UserFactory(role="management"))
    assert (
        client.post(reverse("identification:row_add", args=[row.session.reference]), {"what_if": "x"}).status_code
        == 403
    )
    client.force_login(UserFactory(role="marketing"))
    assert client.get(reverse("identification:session_list")).status_code == 403


def test_guide_words_by_hand(client, officer):
    client.force_login(officer)
    word = {"code": "backwards", "en": "backwards", "zh_hans": "反向", "zh_hant": "反向", "position": 7}

    made = client.post(reverse("identification:word_create"), word)
    again = client.post(reverse("identification:word_create"), word)
    hostile = client.post(reverse("identification:word_create"), word | {"code": "../x y"})
    edited = client.post(
        reverse("identification:word_edit", args=["backwards"]), word | {"en": "back", "is_retired": "on"}
    )

    assert [one.status_code for one in (made, again, hostile, edited)] == [302, 422, 422, 302]
    found = GuideWord.objects.get(code="backwards")
    assert (found.names["en"], found.is_retired) == ("back", True)


def test_a_program_holds_a_session(client, officer):
    client.force_login(officer)
    send = {"content_type": "application/json"}
    body = {
        "subject": "Payouts", "facilitator": officer.pk, "participants": [officer.pk], "guide_words": ["too_late"],
        "held_on": "2026-03-02",
    }  # fmt: skip

    made = client.post("/api/v1/swift-sessions/", body, **send)
    url = f"/api/v1/swift-sessions/{made.json()['reference']}/"
    row = client.post(
        f"{url}add/", {"what_if": "Late?", "guide_word": "too_late", "likelihood": 2, "impact": 3}, **send
    )
    closed = client.post(f"{url}close/", {"conclusion": WORDS}, **send)

    assert (made.status_code, row.json()["rows"][0]["score"], closed.status_code) == (201, 6, 200)
