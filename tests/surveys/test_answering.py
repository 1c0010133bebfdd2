"""The public page and what it keeps: a link good once, every answer at once, handed in once, evidence afterwards."""

import json
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from django.utils.html import escape

from audit.models import Event
from surveys.models import Answer, Invitation, Response
from surveys.services.invitations import invitation_of, invite, link_of, revoke, token_of
from surveys.services.responses import save_answer, start_by_link, start_by_staff, submit
from tests.factories import UserFactory
from tests.factories.customers import CustomerFactory
from tests.factories.surveys import InvitationFactory, QuestionnaireFactory, document, said

pytestmark = pytest.mark.django_db


@pytest.fixture
def invitation(db):
    return InvitationFactory(subject=CustomerFactory().pk)


def url(invitation):
    return f"/surveys/answer/{token_of(invitation)}/"


def begin(invitation, at=None):
    return start_by_link(invitation_id=invitation.pk, language="en", address="192.0.2.7", at=at or timezone.now())


def give(response, at=None, **answers):
    for key, value in answers.items():
        save_answer(
            response_id=response.pk, question=key, value=value, language="en", shown_at=None, at=at or timezone.now()
        )


def test_a_whole_questionnaire_is_answered_without_signing_in(client, invitation):
    page = url(invitation)
    assert "What you may lose" in client.get(page).content.decode()
    client.post(page)
    for key, value in [("experience", "some"), ("years", "many"), ("loss", "half")]:
        shown = client.get(page)
        assert shown.context["step"].question.key == key
        answered = client.post(page, {"question": key, "answer": value, "shown": shown.context["step"].shown_stamp})
        assert answered.status_code == 302
    assert "Look over your answers" in client.get(page).content.decode()
    client.post(page, {"submit": "1"})

    thanks = client.get(page).content.decode()
    response = Response.objects.get()
    assert "C5" in thanks
    assert (response.band, response.score, response.channel) == ("C5", 60, "link")
    assert response.answers.count() == 3
    assert all(answer.seconds is not None for answer in response.answers.all())
    assert "127.0.0.1" not in response.address_hash
    assert len(response.address_hash) == len(response.texts_sha256) == len(response.answers_sha256) == 64


def test_what_was_answered_is_gone_on_with_from_another_device(client, invitation):
    give(begin(invitation), experience="some")

    step = client.get(url(invitation)).context["step"]

    assert (step.question.key, step.answers) == ("years", {"experience": "some"})


@pytest.mark.parametrize("language", ["en", "zh-hans", "zh-hant"])
def test_the_page_speaks_the_language_of_the_link(client, language):
    invitation = InvitationFactory(subject=CustomerFactory().pk, language=language)

    text = client.get(url(invitation)).content.decode()

    assert said("What you may lose")[language] in text


@pytest.mark.parametrize("token", ["1", "1.forged", "x" * 500, "0.", "..", "１.abc", "%00"])
def test_a_link_that_we_did_not_sign_opens_nothing(client, invitation, token):
    assert client.get(f"/surveys/answer/{token}/").status_code == 404
    assert invitation_of(token) is None


def test_another_number_under_a_known_signature_opens_nothing(invitation):
    _pk, signature = token_of(invitation).split(".")
    assert invitation_of(f"{invitation.pk + 1}.{signature}") is None


def test_an_expired_link_says_so_and_keeps_nothing(client):
    now = timezone.now()
    old = InvitationFactory(subject=CustomerFactory().pk, created_at=now - timedelta(days=3), expires_at=now)

    answer = client.post(url(old))

    assert answer.status_code == 410
    assert "expired" in answer.content.decode()
    assert not Response.objects.exists()


def test_a_link_expires_while_somebody_answers(invitation):
    response = begin(invitation)
    give(response, experience="none")

    with pytest.raises(ValidationError, match="expired"):
        give(response, at=invitation.expires_at, loss="half")
    with pytest.raises(ValidationError, match="expired"):
        submit(response_id=response.pk, language="en", at=invitation.expires_at)


def test_a_link_opens_to_the_last_moment_before_it_expires(invitation):
    assert begin(invitation, at=invitation.expires_at - timedelta(microseconds=1)).pk


def test_handing_in_twice_makes_one(client, invitation):
    response = begin(invitation)
    give(response, experience="none", loss="nothing")
    first = submit(response_id=response.pk, language="en", at=timezone.now())

    again = submit(response_id=response.pk, language="en", at=timezone.now() + timedelta(hours=1))
    client.post(url(invitation), {"submit": "1"})

    assert again.submitted_at == first.submitted_at
    assert Response.objects.submitted().count() == 1


@pytest.mark.django_db(transaction=True)
def test_one_link_opened_and_handed_in_from_eight_windows_at_once_makes_one_response():
    invitation = InvitationFactory(subject=CustomerFactory().pk)

    def everything(_window):
        try:
            response = begin(invitation)
            for key, value in [("experience", "none"), ("loss", "half")]:
                with suppress(ValidationError):  # another window has handed in already
                    give(response, **{key: value})
            return submit(response_id=response.pk, language="en", at=timezone.now()).pk
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as windows:
        found = set(windows.map(everything, range(8)))

    assert len(found) == 1
    assert Response.objects.count() == 1
    assert Answer.objects.count() == 2
    assert Event.objects.filter(table_name="surveys_response", action="surveys.response.submitted").count() == 1


def test_required_questions_that_are_missing_are_counted(invitation):
    response = begin(invitation)
    give(response, experience="some")

    with pytest.raises(ValidationError, match="2 of the questions"):
        submit(response_id=response.pk, language="en", at=timezone.now())


def test_a_question_that_is_not_asked_takes_no_answer(invitation):
    response = begin(invitation)
    give(response, experience="none")

    with pytest.raises(ValidationError, match="not asked"):
        give(response, years="few")


def test_an_answer_that_is_none_of_the_options_is_refused_on_the_page(client, invitation):
    begin(invitation)

    answer = client.post(url(invitation), {"question": "experience", "answer": "everything"})

    assert answer.status_code == 422
    assert not Answer.objects.exists()


HOSTILE = [
    "<script>alert(1)</script>", "{{ 77*7919 }}{% load x %}", "' OR 1=1; --", "‮evil", "👩‍👩‍👧‍👦" * 100, "\x1b[31m", "=cmd()",
    "é" * 2000,
]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_texts_are_kept_and_shown_as_they_are(client, text):
    asked = document(questions=[{"key": "words", "kind": "text", "text": said("Say it")}], bands=[])
    invitation = InvitationFactory(subject=CustomerFactory().pk, version=QuestionnaireFactory(asked=asked).version)
    client.post(url(invitation))
    client.post(url(invitation), {"question": "words", "answer": text})

    again, looked_over = (client.get(url(invitation) + part).content.decode() for part in ("?q=words", ""))
    client.post(url(invitation), {"submit": "1"})
    thanks = client.get(url(invitation)).content.decode()
    client.force_login(UserFactory(role="compliance"))
    evidence = client.get(f"/surveys/responses/{Response.objects.get().pk}/").content.decode()

    assert Answer.objects.get().value == text
    for page in (again, looked_over, evidence):
        assert escape(text) in page
    for page in (again, looked_over, thanks, evidence):
        assert "<script>alert" not in page
        assert "609763" not in page  # what 77*7919 comes to


@pytest.mark.parametrize("text", ["x" * 2001, "x" * 100_000, "nul\x00", "   "])
def test_texts_that_cannot_be_kept_are_refused_with_a_sentence(client, text):
    asked = document(questions=[{"key": "words", "kind": "text", "text": said("Say it")}], bands=[])
    invitation = InvitationFactory(subject=CustomerFactory().pk, version=QuestionnaireFactory(asked=asked).version)
    client.post(url(invitation))

    answer = client.post(url(invitation), {"question": "words", "answer": text})

    assert answer.status_code == 422
    assert not Answer.objects.exists()


@pytest.mark.parametrize(
    ("text", "kept"),
    [("1,234.50", "1234.50"), ("１２", "12"), ("NaN", None), ("1e400", None), ("-1", None), ("", None)],
)
def test_numbers_are_read_as_people_write_them(client, text, kept):
    number = {"key": "n", "kind": "number", "text": said("How many"), "least": "0", "most": "10000"}
    asked = document(questions=[number], bands=[])
    invitation = InvitationFactory(subject=CustomerFactory().pk, version=QuestionnaireFactory(asked=asked).version)
    client.post(url(invitation))

    client.post(url(invitation), {"question": "n", "answer": text})

    assert list(Answer.objects.values_list("value", flat=True)) == ([kept] if kept else [])


def test_changing_ones_mind_is_counted_and_the_time_shown_cannot_be_forged(client, invitation):
    client.post(url(invitation))
    client.post(url(invitation), {"question": "experience", "answer": "none", "shown": "forged"})
    client.post(url(invitation), {"question": "experience", "answer": "some"})

    answer = Answer.objects.get()
    assert (answer.value, answer.changes, answer.seconds) == ("some", 1, None)


def handed_in(invitation):
    response = begin(invitation)
    give(response, experience="none", loss="nothing")
    return submit(response_id=response.pk, language="en", at=timezone.now())


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE surveys_response SET score = 99 WHERE id = %s",
        "DELETE FROM surveys_response WHERE id = %s",
        "UPDATE surveys_answer SET value = '\"half\"' WHERE response_id = %s",
        "UPDATE surveys_answer SET value = NULL, changes = 7 WHERE response_id = %s",
        "DELETE FROM surveys_answer WHERE response_id = %s",
        "INSERT INTO surveys_answer (response_id, question, value, language, text_sha256, answered_at, changes)"
        " VALUES (%s, 'more', '1', 'en', '', now(), 0)",
    ],
)
def test_what_was_handed_in_never_changes_whoever_asks(invitation, statement):
    response = handed_in(invitation)

    with pytest.raises(IntegrityError, match="evidence"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, [response.pk])


def test_answers_can_be_erased_and_nothing_else(invitation):
    response = handed_in(invitation)

    response.answers.update(value=None)

    assert set(response.answers.values_list("value", flat=True)) == {None}
    response.refresh_from_db()
    assert response.band == "C1"


def test_answers_stand_in_the_log_as_hashes(invitation):
    give(begin(invitation), experience="some")

    event = Event.objects.get(table_name="surveys_answer")
    assert set(json.loads(event.body)["value"]) == {"sha256"}


def test_a_new_link_replaces_the_one_that_is_open():
    actor, customer = UserFactory(role="service"), CustomerFactory()
    QuestionnaireFactory()
    said_to = {"actor": actor, "purpose": "suitability", "subject": customer.pk, "language": "zh-hans"}
    first = invite(**said_to, at=timezone.now())
    second = invite(**said_to, at=timezone.now())

    first.refresh_from_db()
    assert first.revoked_at
    assert invitation_of(token_of(second)) == second
    assert link_of(second).startswith("http")
    with pytest.raises(ValidationError, match="replaced"):
        begin(first)


@pytest.mark.parametrize("days", [0, -1, 91])
def test_a_link_is_good_for_a_day_to_three_months(days):
    QuestionnaireFactory()
    with pytest.raises(ValidationError, match="1 to 90"):
        invite(
            actor=UserFactory(role="service"), purpose="suitability", subject=CustomerFactory().pk, language="en",
            at=timezone.now(), days=days,
        )  # fmt: skip


def test_nobody_is_invited_outside_ones_scope():
    QuestionnaireFactory()
    with pytest.raises(PermissionDenied):
        invite(
            actor=UserFactory(role="service", regions=["北京"]), purpose="suitability",
            subject=CustomerFactory(region="上海").pk, language="en", at=timezone.now(),
        )  # fmt: skip


def test_without_a_published_questionnaire_nobody_is_asked():
    QuestionnaireFactory(draft=True)
    with pytest.raises(ValidationError, match="published"):
        start_by_staff(
            actor=UserFactory(role="service"), purpose="suitability", subject=CustomerFactory().pk, language="en",
            address="", at=timezone.now(),
        )  # fmt: skip


def test_staff_fill_in_with_somebody_on_the_telephone(client):
    clerk, customer = UserFactory(role="service"), CustomerFactory()
    QuestionnaireFactory()
    response = start_by_staff(
        actor=clerk, purpose="suitability", subject=customer.pk, language="zh-hans", address="", at=timezone.now()
    )
    client.force_login(clerk)
    page = f"/surveys/responses/{response.pk}/fill/"

    assert said("Question experience?")["zh-hans"] in client.get(page).content.decode()
    for key, value in [("experience", "none"), ("loss", "half")]:
        client.post(page, {"question": key, "answer": value})
    client.post(page, {"submit": "1"})

    response.refresh_from_db()
    assert (response.band, response.filled_by, response.channel) == ("C3", clerk, "staff")


def test_nobody_goes_on_with_what_a_colleague_fills_in(client):
    QuestionnaireFactory()
    response = start_by_staff(
        actor=UserFactory(role="service"), purpose="suitability", subject=CustomerFactory().pk, language="en",
        address="", at=timezone.now(),
    )  # fmt: skip
    client.force_login(UserFactory(role="service"))

    assert client.get(f"/surveys/responses/{response.pk}/fill/").status_code == 403


def test_a_link_that_is_taken_back_opens_nothing(client, invitation):
    revoke(actor=UserFactory(role="service"), invitation_id=invitation.pk, at=timezone.now())

    assert client.get(url(invitation)).status_code == 410
    assert Invitation.objects.get().revoked_at
