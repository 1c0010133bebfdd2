from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from identification.models import Checklist, ChecklistRun
from identification.rules.checklists import differences
from identification.services.checklists import (
    answer_item,
    begin_run,
    change_checklist,
    finish_run,
    write_checklist,
)
from risk.models import RiskProposal
from tests.factories import UserFactory
from tests.factories.identification import ChecklistFactory, RunFactory, answered
from tests.factories.products import ProductFactory

pytestmark = pytest.mark.django_db
NOW = timezone.now


@pytest.fixture
def officer(db):
    return UserFactory(role="risk")


def question(text, **more):
    return {"text": text, "hint": "", "risk_class": "legal", "risk_title": f"Not so: {text}"[:160], **more}


def written(officer, *texts):
    items = [question(text) for text in texts or ("Is it suitable?", "Is its price shown?")]
    return write_checklist(
        actor=officer, code="new-product", name="New product", purpose="Before a sale.", items=items, at=NOW()
    )


def changed(officer, checklist, items):
    return change_checklist(
        actor=officer, checklist_id=checklist.pk, name=checklist.name, purpose="Other words.", is_retired=False,
        items=items, at=NOW(),
    )  # fmt: skip


def through(officer, run, *answers, at=None):
    """Answer every question of a run in turn, and finish it."""
    for item, answer in zip(run.version.items.all(), answers, strict=True):
        answer_item(actor=officer, run_id=run.pk, item_id=item.pk, answer=answer, at=at or NOW())
    return finish_run(actor=officer, run_id=run.pk, at=at or NOW())


def begun(officer, checklist, **more):
    return begin_run(
        actor=officer, checklist_id=checklist.pk, at=more.pop("at", NOW()), **{"subject": "Cash Plus", **more}
    )


@pytest.mark.parametrize(
    ("before", "now", "found"),
    [
        ({"a": "yes"}, {"a": "no"}, {"a": "worse"}),
        ({"a": "na"}, {"a": "no"}, {"a": "worse"}),
        ({"a": "no"}, {"a": "yes"}, {"a": "better"}),
        ({"a": "yes"}, {"a": "na"}, {"a": "changed"}),
        ({}, {"a": "no", "b": "yes"}, {"a": "new"}),
        ({"a": "no"}, {}, {}),
        ({"a": "no"}, {"a": "no"}, {}),
    ],
)
def test_what_became_worse(before, now, found):
    assert differences(before, now) == found


def test_a_version_that_nobody_used_is_changed_in_itself_and_a_used_one_stays(officer):
    checklist = written(officer)
    changed(officer, checklist, [question("适当性是否评估？")])
    assert [(v.number, v.items.count()) for v in checklist.versions.all()] == [(1, 1)]
    run = begun(officer, checklist)

    changed(officer, checklist, [question("适当性是否评估？"), question("Who complains?")])
    changed(officer, checklist, [question("适当性是否评估？"), question("Who complains?")])

    assert [(v.number, v.items.count()) for v in checklist.versions.all()] == [(2, 2), (1, 1)]
    assert run.version.number == 1


@pytest.mark.parametrize(
    ("items", "why"),
    [
        ([], "at least one"),
        ([question(str(number)) for number in range(61)], "at most 60"),
        ([question("Same?"), question("same?")], "Two questions"),
        ([question("x" * 301)], "300"),
        ([question("Which?", risk_class="weather")], "weather"),
    ],
)
def test_questions_that_cannot_be_are_refused(officer, items, why):
    with pytest.raises(ValidationError, match=why), transaction.atomic():
        write_checklist(actor=officer, code="new", name="New", purpose="Why.", items=items, at=NOW())

    assert not Checklist.objects.filter(code="new").exists()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE identification_checklistitem SET text = 'x'",
        "DELETE FROM identification_checklistitem",
        "UPDATE identification_checklistversion SET number = 9",
        """INSERT INTO identification_checklistitem (version_id, position, text, hint, risk_class, risk_title)
           SELECT id, 9, 'x', '', 'legal', 'x' FROM identification_checklistversion""",
    ],
)
def test_sql_changes_no_version_that_was_used(officer, statement):
    begun(officer, written(officer))

    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_a_run_of_a_product_takes_its_name_and_line(officer):
    product = ProductFactory()

    run = begun(officer, written(officer), subject="", product=product, line_id=None)

    assert (run.subject, run.line_id, run.reference[:3]) == (product.name, product.line_id, "CL-")


def test_a_run_is_of_something_in_ones_lines_and_of_a_checklist_in_use(officer):
    checklist = written(officer)
    narrow = UserFactory(role="risk", business_lines=["payment"])
    with pytest.raises(ValidationError, match="what it is gone through for"):
        begun(officer, checklist, subject="  ")
    with pytest.raises(ValidationError, match="outside your scope"):
        begun(narrow, checklist, line_id="wealth")
    Checklist.objects.update(is_retired=True)

    with pytest.raises(ValidationError, match="not used any more"):
        begun(officer, checklist)


def test_others_go_on_and_the_last_word_counts(officer):
    run = begun(officer, written(officer))
    item, colleague = run.version.items.first(), UserFactory(role="product")

    answer_item(actor=officer, run_id=run.pk, item_id=item.pk, answer="yes", at=NOW())
    answer_item(actor=colleague, run_id=run.pk, item_id=item.pk, answer="no", remark=" 无人检查 ", at=NOW())

    said = run.answers.get()
    assert (said.answer, said.remark, said.by) == ("no", "无人检查", colleague)


def test_an_answer_is_one_of_three_to_a_question_of_the_run(officer):
    run, other = begun(officer, written(officer)), RunFactory()
    item = run.version.items.first()

    with pytest.raises(ValidationError, match="maybe"):
        answer_item(actor=officer, run_id=run.pk, item_id=item.pk, answer="maybe", at=NOW())
    with pytest.raises(ValidationError, match="another version"):
        answer_item(actor=officer, run_id=other.pk, item_id=item.pk, answer="yes", at=NOW())
    with pytest.raises(DatabaseError, match="its own version"), transaction.atomic():
        run.answers.create(item=other.version.items.first(), answer="yes", by=officer, at=NOW())


def test_a_run_is_finished_once_and_only_whole(officer):
    run = begun(officer, written(officer))
    with pytest.raises(ValidationError, match="1, 2"):
        finish_run(actor=officer, run_id=run.pk, at=NOW())
    through(officer, run, "yes", "na")

    with pytest.raises(ValidationError, match="never changes"):
        finish_run(actor=officer, run_id=run.pk, at=NOW())
    with pytest.raises(ValidationError, match="never changes"):
        answer_item(actor=officer, run_id=run.pk, item_id=run.version.items.first().pk, answer="no", at=NOW())


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE identification_checklistrun SET subject = 'x'",
        "DELETE FROM identification_checklistrun",
        "UPDATE identification_checklistanswer SET answer = 'no'",
        "DELETE FROM identification_checklistanswer",
    ],
)
def test_sql_changes_no_finished_run(officer, statement):
    through(officer, begun(officer, written(officer)), "yes", "yes")

    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_the_run_before_is_of_the_same_thing_and_finished(officer):
    checklist, yesterday = written(officer), NOW() - timedelta(days=1)
    same = through(officer, begun(officer, checklist, at=yesterday), "yes", "no", at=yesterday)
    through(officer, begun(officer, checklist, subject="Other", at=yesterday), "yes", "yes")
    begun(officer, checklist, at=yesterday)
    now = begun(officer, checklist, subject="CASH plus")

    assert list(ChecklistRun.objects.before(now)) == [same]


def test_the_page_says_what_got_worse_and_a_no_becomes_a_proposal(client, officer):
    checklist, yesterday = written(officer), NOW() - timedelta(days=1)
    through(officer, begun(officer, checklist, at=yesterday), "yes", "no", at=yesterday)
    run = begun(officer, checklist)
    through(officer, run, "no", "yes")
    client.force_login(officer)

    page = client.get(reverse("identification:run_detail", args=[run.reference])).content.decode()
    assert "1 answer worse" in page
    assert "1 better" in page
    item = run.version.items.first()
    url = reverse("identification:run_propose", args=[run.reference, item.pk])
    assert "Not so: Is it suitable?" in client.get(url).content.decode()
    for _twice in range(2):
        client.post(url, {"title": "Not suitable", "risk_class": "legal", "line": "", "description": "x"})
    assert RiskProposal.objects.get().source_key == f"checklist:{run.pk}:{item.pk}"
    last = run.version.items.last()
    assert client.get(reverse("identification:run_propose", args=[run.reference, last.pk])).status_code == 404


def test_an_answer_is_kept_as_it_is_given(client, officer):
    run = begun(officer, written(officer))
    item = run.version.items.first()
    client.force_login(officer)
    url = reverse("identification:run_answer", args=[run.reference, item.pk])
    htmx = {"HX-Request": "true"}

    kept = client.post(url, {"answer": "no", "remark": "<b>谁</b>"}, headers=htmx)
    missing = client.post(url, {"answer": "", "remark": "only words"}, headers=htmx)
    plain = client.post(url, {"answer": "yes"})
    refused = client.post(url, {"answer": "perhaps"})

    assert (kept.status_code, missing.status_code, plain.status_code, refused.status_code) == (200, 422, 302, 422)
    assert "&lt;b&gt;谁" in kept.content.decode()
    assert "only words" in missing.content.decode()
    assert run.answers.get().answer == "yes"


def test_writing_and_changing_by_hand(client, officer):
    client.force_login(officer)
    rows = {"text_0": "Is it suitable?", "risk_class_0": "legal", "risk_title_0": "Sold to the wrong people"}
    head = {"code": "launch", "name": "Launch", "purpose": "Before a sale."}

    made = client.post(reverse("identification:checklist_create"), head | rows)
    half = client.post(
        reverse("identification:checklist_edit", args=["launch"]), head | rows | {"text_3": "Half a row"}
    )
    more = {
        "text_20": "Late?",
        "risk_class_20": "other",
        "risk_title_20": "Late",
        **{f"text_{n}": "" for n in range(1, 20)},
    }
    client.post(reverse("identification:checklist_edit", args=["launch"]), head | rows | more)

    assert (made.status_code, half.status_code) == (302, 422)
    assert "Half a row" in half.content.decode()
    assert [item.text for item in Checklist.objects.get().version.items.all()] == ["Is it suitable?", "Late?"]


@pytest.mark.parametrize("rows", [1, 3])
def test_the_pages_ask_the_same_for_one_row_and_three(client, officer, django_assert_max_num_queries, rows):
    checklist = ChecklistFactory(questions=[f"Question {n}?" for n in range(rows)])
    for _ in range(rows):
        run = RunFactory(version=checklist.version)
    answered(run, "no")
    client.force_login(officer)
    pages = [
        ("checklist_list", [], 14), ("checklist_detail", [checklist.code], 13), ("run_list", [], 16),
        ("run_detail", [run.reference], 13),
    ]  # fmt: skip
    for page, args, most in pages:
        url = reverse(f"identification:{page}", args=args)
        client.get(url)
        with django_assert_max_num_queries(most):
            client.get(url)


def test_a_run_of_another_line_is_not_there_and_a_marketer_sees_none(client):
    run = RunFactory(line_id="wealth")
    client.force_login(UserFactory(role="risk", business_lines=["payment"]))
    assert client.get(reverse("identification:run_detail", args=[run.reference])).status_code == 404
    client.force_login(UserFactory(role="marketing"))
    assert client.get(reverse("identification:run_list")).status_code == 403
    client.force_login(UserFactory(role="management"))
    assert client.post(reverse("identification:run_finish", args=[run.reference])).status_code == 403


def test_a_program_goes_through_a_checklist(client, officer):
    checklist = written(officer)
    client.force_login(officer)
    send = {"content_type": "application/json"}

    run = client.post("/api/v1/checklist-runs/", {"checklist": checklist.code, "subject": "Cash"}, **send).json()
    early = client.post(f"/api/v1/checklist-runs/{run['reference']}/finish/", **send)
    for item in client.get(f"/api/v1/checklists/{checklist.code}/").json()["items"]:
        client.post(f"/api/v1/checklist-runs/{run['reference']}/answer/", {"item": item["id"], "answer": "yes"}, **send)
    done = client.post(f"/api/v1/checklist-runs/{run['reference']}/finish/", **send)

    assert (early.status_code, done.status_code, len(done.json()["answers"])) == (400, 200, 2)
