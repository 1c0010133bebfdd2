from hashlib import sha256

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from assurance.models import Engagement, PaperEvidence, ProgrammeStep, Tick, WorkingPaper
from assurance.services.engagements import close_engagement
from assurance.services.papers import (
    add_paper_file,
    change_paper,
    return_paper,
    review_paper,
    tick_item,
    write_paper,
)
from assurance.services.programme import add_step, finish_step
from staff.models import Notification
from tests.factories import UserFactory
from tests.factories.assurance import EngagementFactory, SampleFactory, UnitFactory, WorkingPaperFactory

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7 releases of May"
WORDS = {"title": "Releases of May", "work": "Followed 25 releases.", "conclusion": "Three by one person."}


@pytest.fixture(autouse=True)
def _somewhere(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def another():
    return UserFactory(role="internal_audit")


def add(paper, content=PDF, name="releases.pdf"):
    file = SimpleUploadedFile(name, content)
    return add_paper_file(actor=paper.prepared_by, paper_id=paper.pk, file=file, at=timezone.now())


def reviewed(paper):
    return review_paper(actor=another(), paper_id=paper.pk, at=timezone.now())


def test_papers_are_numbered_within_their_audit():
    engagement = EngagementFactory()
    WorkingPaperFactory()

    made = [
        write_paper(actor=engagement.lead, engagement_id=engagement.pk, at=timezone.now(), **WORDS) for _ in range(2)
    ]

    assert [paper.number for paper in made] == [1, 2]
    assert made[0].prepared_by == engagement.lead


def test_who_prepared_a_paper_does_not_review_it_and_neither_does_raw_sql():
    paper = WorkingPaperFactory()

    with pytest.raises(PermissionDenied, match="somebody else"):
        review_paper(actor=paper.prepared_by, paper_id=paper.pk, at=timezone.now())
    with pytest.raises(DatabaseError, match="Somebody else"), transaction.atomic():
        WorkingPaper.objects.update(reviewed_by=paper.prepared_by, reviewed_at=timezone.now())
    with pytest.raises(DatabaseError, match="who prepared one stays"), transaction.atomic():
        WorkingPaper.objects.update(prepared_by=another())


def test_who_owns_the_area_neither_prepares_nor_reviews():
    owner = another()
    paper = WorkingPaperFactory(engagement__unit=UnitFactory(owned_by=[owner]))

    with pytest.raises(PermissionDenied, match="own this area"):
        write_paper(actor=owner, engagement_id=paper.engagement_id, at=timezone.now(), **WORDS)
    with pytest.raises(PermissionDenied, match="own this area"):
        review_paper(actor=owner, paper_id=paper.pk, at=timezone.now())
    with pytest.raises(DatabaseError, match="owns the area"), transaction.atomic():
        WorkingPaper.objects.update(reviewed_by=owner, reviewed_at=timezone.now())
    with pytest.raises(DatabaseError, match="owns the area"), transaction.atomic():
        WorkingPaperFactory(engagement=paper.engagement, prepared_by=owner)


def test_a_reviewed_paper_stays_with_its_files_and_ticks():
    paper = WorkingPaperFactory()
    sample = SampleFactory(engagement=paper.engagement)
    add(paper)
    tick_item(actor=paper.prepared_by, paper_id=paper.pk, sample=sample, key="R-1001", mark="agreed")
    reviewed(paper)

    with pytest.raises(ValidationError, match="never changes"):
        change_paper(actor=paper.prepared_by, paper_id=paper.pk, **WORDS)
    with pytest.raises(ValidationError, match="never changes"):
        add(paper, b"%PDF-1.7 another")
    for change in (
        lambda: WorkingPaper.objects.update(conclusion="Fine"),
        lambda: WorkingPaper.objects.all().delete(),
        lambda: Tick.objects.update(mark="exception"),
        lambda: Tick.objects.all().delete(),
        lambda: PaperEvidence.objects.update(name="other.pdf"),
        lambda: PaperEvidence.objects.create(
            paper=paper, name="x", sha256="0" * 64, size=1, by=paper.prepared_by, at=timezone.now()
        ),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_a_paper_comes_back_with_what_is_wanting_and_its_preparer_hears_of_it():
    paper = WorkingPaperFactory()

    with pytest.raises(ValidationError, match="still wanting"):
        return_paper(actor=another(), paper_id=paper.pk, notes=" ", at=timezone.now())
    return_paper(actor=another(), paper_id=paper.pk, notes="Say who released them.", at=timezone.now())

    paper.refresh_from_db()
    assert (paper.notes, paper.is_reviewed) == ("Say who released them.", False)
    assert Notification.objects.get().user == paper.prepared_by


def test_only_who_prepared_a_paper_changes_it():
    paper = WorkingPaperFactory()

    with pytest.raises(PermissionDenied, match="Whoever prepared"):
        change_paper(actor=another(), paper_id=paper.pk, **WORDS)


def test_an_audit_does_not_close_over_a_paper_that_nobody_reviewed():
    paper = WorkingPaperFactory()
    close = {"engagement_id": paper.engagement_id, "conclusion": "It works.", "at": timezone.now()}

    with pytest.raises(ValidationError, match="not reviewed: WP 1"):
        close_engagement(actor=paper.prepared_by, **close)
    with pytest.raises(DatabaseError, match="not reviewed"), transaction.atomic():
        Engagement.objects.update(state="closed", conclusion="It works.", closed_at=timezone.now())
    reviewed(paper)

    assert close_engagement(actor=paper.prepared_by, **close).state == "closed"


def test_a_file_is_kept_by_the_hash_of_its_bytes_and_handed_out_as_a_download(client):
    kept = add(WorkingPaperFactory())
    client.force_login(UserFactory(role="internal_audit"))

    answer = client.get(reverse("assurance:paper_file", args=[kept.pk]))

    assert b"".join(answer.streaming_content) == PDF
    assert kept.sha256 == sha256(PDF).hexdigest()
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["Content-Type"] == "application/octet-stream"


@pytest.mark.parametrize(
    ("name", "content"),
    [("plan.pdf", b"MZ\x90\x00 a program"), ("picture.png", b"<svg onload=alert(1)>"), ("nothing.pdf", b" ")],
)
def test_what_is_no_picture_and_no_pdf_by_its_bytes_is_refused(name, content):
    with pytest.raises(ValidationError, match="picture or a PDF"):
        add(WorkingPaperFactory(), content, name)


@pytest.mark.parametrize("name", ["../../etc/passwd.pdf", "a\u202efdp.exe", "x\x00y.pdf", "令" * 300 + ".pdf"])
def test_a_hostile_name_deceives_nobody_and_leads_nowhere(name):
    kept = add(WorkingPaperFactory(), name=name)

    assert not {"/", "\\", "\x00", "\u202e"} & set(kept.name)
    assert len(kept.name) <= 255
    assert kept.file.name.startswith("papers/")


def test_an_item_is_ticked_that_was_drawn_in_a_sample_of_the_audit():
    paper = WorkingPaperFactory()
    sample = SampleFactory(engagement=paper.engagement)
    tick = {"actor": paper.prepared_by, "paper_id": paper.pk}

    for wrong, key in [(sample, "R-9999"), (SampleFactory(), "R-1001")]:
        with pytest.raises(ValidationError, match="not drawn"):
            tick_item(**tick, sample=wrong, key=key, mark="agreed")
    tick_item(**tick, sample=sample, key="R-1001", mark="agreed")
    tick_item(**tick, sample=sample, key="R-1001", mark="exception", note="令牌丢失")

    assert Tick.objects.values_list("mark", "note").get() == ("exception", "令牌丢失")


def test_the_page_of_the_sample_says_what_papers_found_of_its_items(client):
    paper = WorkingPaperFactory()
    sample = SampleFactory(engagement=paper.engagement)
    tick_item(
        actor=paper.prepared_by, paper_id=paper.pk, sample=sample, key="R-1001", mark="exception",
        note="<script>alert(1)</script>",
    )  # fmt: skip
    client.force_login(paper.prepared_by)

    page = client.get(reverse("assurance:sample_detail", args=[paper.engagement.reference, sample.pk])).content.decode()

    assert "WP 1" in page
    assert "&lt;script&gt;alert(1)" in page


def test_a_step_is_for_somebody_independent_and_done_once_with_a_paper_of_its_audit():
    owner = another()
    paper = WorkingPaperFactory(engagement__unit=UnitFactory(owned_by=[owner]))
    lead = paper.prepared_by
    with pytest.raises(ValidationError, match="owns this area"):
        add_step(actor=lead, engagement_id=paper.engagement_id, title="Releases", assignee=owner)
    step = add_step(actor=lead, engagement_id=paper.engagement_id, title="Releases", assignee=lead)
    with pytest.raises(ValidationError, match="another audit"):
        finish_step(actor=lead, step_id=step.pk, paper=WorkingPaperFactory(), at=timezone.now())

    finish_step(actor=lead, step_id=step.pk, paper=paper, at=timezone.now())

    assert ProgrammeStep.objects.values_list("done_by", "paper").get() == (lead.pk, paper.pk)
    with pytest.raises(ValidationError, match="done already"):
        finish_step(actor=lead, step_id=step.pk, at=timezone.now())


def test_a_paper_goes_its_way_on_the_pages(client):
    engagement = EngagementFactory()
    client.force_login(engagement.lead)
    empty = WORDS | {"title": " "}
    assert client.post(reverse("assurance:paper_create", args=[engagement.reference]), empty).status_code == 422
    client.post(reverse("assurance:paper_create", args=[engagement.reference]), WORDS)
    paper = WorkingPaper.objects.get()
    client.post(
        reverse("assurance:step_add", args=[engagement.reference]), {"title": "A", "assignee": engagement.lead_id}
    )
    step = ProgrammeStep.objects.get()
    client.post(reverse("assurance:step_finish", args=[step.pk]), {"paper": paper.pk})
    evidence = reverse("assurance:paper_evidence", args=[paper.pk])
    assert client.post(evidence, {"file": SimpleUploadedFile("a.pdf", b"MZ")}).status_code == 422
    assert client.post(evidence, {"file": SimpleUploadedFile("a.pdf", PDF)}).status_code == 302
    assert client.post(reverse("assurance:paper_review", args=[paper.pk]), {"notes": ""}).status_code == 403
    client.force_login(another())
    assert client.post(reverse("assurance:paper_review", args=[paper.pk]), {"notes": ""}).status_code == 302

    page = client.get(reverse("assurance:engagement_detail", args=[engagement.reference])).content.decode()
    assert "WP 1 Releases of May" in page
    assert "Reviewed" in page


@pytest.mark.parametrize("rows", [1, 3])
def test_an_audit_asks_as_often_for_any_number_of_papers_and_steps(client, rows):
    engagement = EngagementFactory()
    for number in range(1, rows + 1):
        WorkingPaperFactory(engagement=engagement, number=number, prepared_by=engagement.lead)
        add_step(actor=engagement.lead, engagement_id=engagement.pk, title="Test", assignee=engagement.lead)
    client.force_login(engagement.lead)
    url = reverse("assurance:engagement_detail", args=[engagement.reference])
    client.get(url)

    with CaptureQueriesContext(connection) as asked:
        client.get(url)

    assert len(asked) <= 15


def test_a_paper_of_another_line_is_not_there_and_a_product_manager_sees_none(client):
    paper = WorkingPaperFactory(engagement__unit__line_id="p2p")
    url = reverse("assurance:paper_detail", args=[paper.pk])
    client.force_login(UserFactory(role="internal_audit", business_lines=["payment"]))
    assert client.get(url).status_code == 404
    client.force_login(UserFactory(role="product"))
    assert client.get(url).status_code == 403


def test_papers_are_reviewed_over_the_api_by_somebody_else(client):
    paper = WorkingPaperFactory()
    client.force_login(paper.prepared_by)
    assert client.post(f"/api/v1/working-papers/{paper.pk}/review/").status_code == 403
    reviewer = another()
    client.force_login(reviewer)

    answer = client.post(f"/api/v1/working-papers/{paper.pk}/review/", {"notes": "Holds."})

    assert (answer.json()["reviewed_by"], answer.json()["notes"]) == (reviewer.pk, "Holds.")
