"""Writing and publishing: drafts are changed, published versions never, and two people stand behind each."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from surveys.models import Questionnaire, QuestionnaireVersion
from surveys.services.editing import move_question, remove_question, write_question
from surveys.services.questionnaires import create_questionnaire, propose_publishing, start_version
from tests.factories import UserFactory
from tests.factories.changes import agreed
from tests.factories.customers import CustomerFactory
from tests.factories.surveys import QuestionnaireFactory, ResponseFactory, document, option, single

pytestmark = pytest.mark.django_db


@pytest.fixture
def author(client):
    user = UserFactory(role="product")
    client.force_login(user)
    return user


def draft_of(questionnaire):
    return questionnaire.versions.get(state="draft")


def keys(version):
    return [question.key for question in QuestionnaireVersion.objects.get(pk=version.pk).definition.questions]


def test_a_version_is_published_once_somebody_else_agrees(author):
    draft = draft_of(QuestionnaireFactory(draft=True))
    request = propose_publishing(actor=author, version_id=draft.pk, reason="New rules", at=timezone.now())

    done = agreed(request, UserFactory(role="compliance"))

    draft.refresh_from_db()
    assert done.state == "executed", done.error
    assert (draft.state, len(draft.sha256), draft.published_by) == ("published", 64, author)
    assert Questionnaire.objects.get().version == draft


def test_what_changes_after_it_was_asked_for_is_not_published(author):
    draft = draft_of(QuestionnaireFactory(draft=True))
    request = propose_publishing(actor=author, version_id=draft.pk, reason="New rules", at=timezone.now())
    move_question(actor=author, version_id=draft.pk, key="loss", by=-1)

    assert agreed(request, UserFactory(role="compliance")).state == "stale"


def test_a_questionnaire_with_a_dead_end_cannot_even_be_proposed(author):
    asked = document()
    asked["questions"][1]["shown_if"] = {"question": "experience", "is": ["nobody"]}
    draft = draft_of(QuestionnaireFactory(draft=True, asked=asked))

    with pytest.raises(ValidationError, match="does not have"):
        propose_publishing(actor=author, version_id=draft.pk, reason="New rules", at=timezone.now())


@pytest.mark.parametrize("change", ["state = 'draft'", "document = '{}'", "number = 7", "sha256 = ''"])
def test_a_published_version_never_changes_by_sql_either(change):
    version = QuestionnaireFactory().version

    with pytest.raises(IntegrityError, match="never changes"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE surveys_questionnaireversion SET {change} WHERE id = %s", [version.pk])


def test_nobody_publishes_alone_by_sql(author):
    draft = draft_of(QuestionnaireFactory(draft=True))

    with pytest.raises(ProgrammingError, match="approved change request"), transaction.atomic():
        QuestionnaireVersion.objects.filter(pk=draft.pk).update(state="published")


def test_the_next_version_begins_as_the_last_one_stands(author):
    questionnaire = QuestionnaireFactory()

    draft = start_version(actor=author, questionnaire_id=questionnaire.pk, at=timezone.now())

    assert (draft.number, draft.document) == (2, questionnaire.version.document)
    with pytest.raises(ValidationError, match="still a draft"):
        start_version(actor=author, questionnaire_id=questionnaire.pk, at=timezone.now())


def test_a_code_is_taken_once(author):
    said = {"actor": author, "at": timezone.now(), "name": "Two", "purpose": "suitability"}
    create_questionnaire(code="two", **said)

    with pytest.raises(ValidationError, match="of this code already"):
        create_questionnaire(code="two", **said)


def test_conditions_follow_a_question_that_gets_another_key(author):
    draft = draft_of(QuestionnaireFactory(draft=True))

    write_question(
        actor=author, version_id=draft.pk, key="experience", question=single("known", option("none"), option("some"))
    )

    draft.refresh_from_db()
    assert draft.document["questions"][1]["shown_if"] == {"question": "known", "is": ["some"]}


def test_a_question_that_another_one_looks_at_is_not_removed(author):
    draft = draft_of(QuestionnaireFactory(draft=True))

    with pytest.raises(ValidationError, match="years"):
        remove_question(actor=author, version_id=draft.pk, key="experience")


def test_questions_move_up_and_down_and_stay_at_the_ends(author):
    draft = draft_of(QuestionnaireFactory(draft=True))

    move_question(actor=author, version_id=draft.pk, key="loss", by=-1)
    assert keys(draft) == ["experience", "loss", "years"]
    move_question(actor=author, version_id=draft.pk, key="experience", by=-1)
    assert keys(draft) == ["experience", "loss", "years"]


QUESTION = {
    "key": "income", "kind": "single", "required": "on", "counts": "sum", "joined": "all", "about": "income",
    "text_en": "Your income?", "text_zh_hans": "您的收入？", "text_zh_hant": "您的收入？",
    "options": "low | 0 | Low | 低 | 低 | 0 | 50000\nhigh | 5 | High | 高 | 高 | 50000",
    "shown_if": "experience is some", "steps": "",
}  # fmt: skip


def test_a_question_is_added_on_its_page(client, author):
    draft = draft_of(QuestionnaireFactory(draft=True))

    answer = client.post(f"/surveys/versions/{draft.pk}/questions/new/", QUESTION)

    assert answer.status_code == 302
    draft = QuestionnaireVersion.objects.get(pk=draft.pk)
    added = draft.definition.question("income")
    assert [(one.key, one.points, one.low, one.high) for one in added.options] == [
        ("low", 0, 0, 50000),
        ("high", 5, 50000, None),
    ]
    assert added.shown_if == {"question": "experience", "is": ["some"]}
    page = client.get(f"/surveys/versions/{draft.pk}/questions/income/").content.decode()
    assert "high | 5 | High | 高 | 高 | 50000" in page


@pytest.mark.parametrize(
    "wrong",
    [
        {"key": "Loss!"},
        {"key": "loss"},
        {"options": "x"},
        {"options": "a | b | C"},
        {"shown_if": "experience ~ some"},
        {"kind": "scale", "least": "1", "most": "1.5"},
        {"kind": "scale", "least": "0", "most": "99999999"},
        {"text_en": ""},
    ],
)
def test_a_wrong_question_is_refused_and_the_draft_stays(client, author, wrong):
    draft = draft_of(QuestionnaireFactory(draft=True))

    answer = client.post(f"/surveys/versions/{draft.pk}/questions/new/", {**QUESTION, **wrong})

    assert answer.status_code == 422
    assert keys(draft) == ["experience", "years", "loss"]


def test_bands_and_the_rules_for_them_are_written_as_lines(client, author):
    draft = draft_of(QuestionnaireFactory(draft=True))
    lines = {
        "bands": "C1 | 0 | Careful | 保守 | 保守\nC5 | 40 | Bold | 进取 | 積極",
        "overrides": "C1 if loss is nothing\nC1 if experience is none and loss is nothing",
    }

    answer = client.post(f"/surveys/versions/{draft.pk}/bands/", lines)

    draft = QuestionnaireVersion.objects.get(pk=draft.pk)
    assert answer.status_code == 302
    assert [band.code for band in draft.definition.bands] == ["C1", "C5"]
    assert len(draft.definition.overrides) == 2
    page = client.get(f"/surveys/versions/{draft.pk}/bands/").content.decode()
    assert "C1 if experience is none and loss is nothing" in page


def test_a_preview_asks_what_the_answers_lead_to_and_keeps_nothing(client, author):
    draft = draft_of(QuestionnaireFactory(draft=True))

    page = client.get(f"/surveys/versions/{draft.pk}/preview/", {"language": "zh-hant", "experience": "some"})

    text = page.content.decode()
    assert "Question years?（繁）" in text
    assert "Score: 10" in text
    assert page.context["shown"] == 3
    assert not draft.responses.exists()


@pytest.mark.parametrize("rows", [1, 3])
def test_the_lists_cost_the_same_queries_for_any_length(client, rows):
    client.force_login(UserFactory(role="compliance"))
    version = QuestionnaireFactory().version
    for _n in range(rows):
        QuestionnaireFactory(draft=True)
        ResponseFactory(version=version, subject=CustomerFactory().pk)
    spent = []
    for page in ["/surveys/", "/surveys/responses/"]:
        client.get(page)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert client.get(page).status_code == 200
        spent.append(len(queries))
    assert spent == [9, 10]


def test_marketing_does_not_read_answers(client):
    client.force_login(UserFactory(role="marketing"))

    assert client.get("/surveys/").status_code == 200
    assert client.get("/surveys/responses/").status_code == 403


def test_answers_of_customers_elsewhere_are_not_there(client):
    response = ResponseFactory(subject=CustomerFactory(region="上海").pk)
    client.force_login(UserFactory(role="service", regions=["北京"]))

    assert client.get(f"/surveys/responses/{response.pk}/").status_code == 404
    assert list(client.get("/surveys/responses/").context["list"].page.rows) == []


def test_no_version_is_born_published(author):
    questionnaire = QuestionnaireFactory()

    with pytest.raises(ProgrammingError, match="begins as a draft"), transaction.atomic():
        QuestionnaireVersion.objects.create(
            questionnaire=questionnaire, number=2, state="published", document=document(), created_at=timezone.now()
        )
