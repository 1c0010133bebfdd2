from hashlib import sha256

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, transaction
from django.urls import reverse
from django.utils import timezone

from incidents.models import BoardEvidence
from incidents.services.evidence import add_evidence
from tests.factories import UserFactory
from tests.factories.incidents import an_activation

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7 minutes of the drill"


@pytest.fixture(autouse=True)
def _somewhere(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def add(board, content=PDF, name="minutes.pdf"):
    file = SimpleUploadedFile(name, content)
    return add_evidence(actor=board.activated_by, activation_id=board.pk, file=file, at=timezone.now())


def test_a_file_is_kept_with_the_hash_of_its_bytes_and_handed_out_as_a_download(client):
    kept = add(an_activation(is_drill=True))
    client.force_login(UserFactory(role="service"))

    answer = client.get(reverse("incidents:evidence_file", args=[kept.pk]))

    assert b"".join(answer.streaming_content) == PDF
    assert kept.sha256 == sha256(PDF).hexdigest()
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["Content-Type"] == "application/octet-stream"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("plan.pdf", b"MZ\x90\x00 a program"),
        ("page.pdf", b"<html><script>alert(1)</script>"),
        ("picture.png", b"<svg onload=alert(1)>"),
        ("bomb.pdf", b"PK\x03\x04 a zip"),
        ("nothing.pdf", b" "),
    ],
)
def test_what_is_no_picture_and_no_pdf_by_its_bytes_is_refused_whatever_it_is_called(name, content):
    with pytest.raises(ValidationError, match="picture or a PDF"):
        add(an_activation(), content, name)

    assert not BoardEvidence.objects.exists()


@pytest.mark.parametrize(
    "name", ["../../etc/passwd.pdf", "a\u202efdp.exe", "x\x00y.pdf", "令" * 300 + ".pdf", "C:\\autoexec.pdf"]
)
def test_a_hostile_name_deceives_nobody_and_leads_nowhere(name):
    kept = add(an_activation(), name=name)

    assert not {"/", "\\", "\x00", "\u202e"} & set(kept.name)
    assert len(kept.name) <= 255
    assert kept.file.name.startswith("boards/")
    assert kept.sha256 in kept.file.name


def test_the_same_bytes_stand_there_once_and_stay():
    board = an_activation()
    kept = add(board)

    with pytest.raises(ValidationError, match="there already"):
        add(board, name="other.pdf")
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        BoardEvidence.objects.filter(pk=kept.pk).update(sha256="0" * 64)


def test_the_page_takes_a_file_and_says_what_is_wrong_with_another(client):
    board = an_activation()
    client.force_login(UserFactory(role="risk"))
    url = reverse("incidents:evidence_add", args=[board.pk])

    assert client.post(url, {"file": SimpleUploadedFile("a.pdf", b"MZ")}).status_code == 422
    assert client.post(url, {"file": SimpleUploadedFile("a.pdf", PDF)}).status_code == 302
    assert "a.pdf" in client.get(reverse("incidents:activation_detail", args=[board.pk])).content.decode()
