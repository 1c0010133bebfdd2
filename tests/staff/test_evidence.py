"""The log verified and handed out as jobs: what a bundle holds, and that it verifies with Python alone elsewhere."""

import io
import json
import subprocess
import sys
import zipfile
from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from audit.models import Event, Verification
from audit.services.sealing import seal_all
from staff.evidence import BUNDLE, VERIFY, outcome
from staff.models import Job
from staff.services.jobs import run_job
from tests.audit.tampering import tamper
from tests.audit_flush import empty_log
from tests.database_roles import as_superuser
from tests.factories import UserFactory
from tests.factories.audit import event

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _somewhere(settings, tmp_path, transactional_db):
    empty_log()
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.MFA_REQUIRED_ROLES = []


@pytest.fixture
def officer(client):
    user = UserFactory(role="compliance")
    client.force_login(user)
    return user


@pytest.fixture
def today():
    return datetime.now(UTC).date()


def done(client, name, **fields):
    """Ask for a job on its page and do it; return the job as it is then."""
    answer = client.post(reverse(f"staff:{name}"), fields)
    assert answer.status_code == 302, answer.content.decode()[:2000]
    job = Job.objects.latest("pk")
    run_job(job_id=job.pk, at=timezone.now())
    job.refresh_from_db()
    return job


def bundle(client, today):
    job = done(client, "evidence_export", first=today - timedelta(days=1), last=today)
    assert job.state == "done", job.error
    return b"".join(client.get(reverse("staff:job_result", args=[job.pk])).streaming_content)


def checked(folder):
    """Run the verifier that lies in the bundle, with Python alone: no packages, no environment."""
    code = "import sys; sys.path.insert(0, '.'); sys.argv = ['verifier', '..']; import runpy; " \
           "runpy.run_module('audit.verifier', run_name='__main__')"  # fmt: skip
    return subprocess.run([sys.executable, "-I", "-S", "-c", code], cwd=folder / "verifier", capture_output=True,
                          text=True, timeout=120, check=False, env={})  # fmt: skip


def test_a_bundle_verifies_on_another_machine_with_python_alone(client, officer, today, tmp_path):
    event("read", label="a", table="customers_customer", pk=7, reason="Complaint 7")
    seal_all(at=timezone.now())

    with zipfile.ZipFile(io.BytesIO(bundle(client, today))) as archive:
        archive.extractall(tmp_path)
    (folder,) = [path for path in tmp_path.iterdir() if path.name.startswith("meridian-log-")]
    whole = checked(folder)
    part = next((folder / "events").glob("*.gz"))
    part.write_bytes(part.read_bytes()[:-9])
    cut = checked(folder)

    assert whole.returncode == 0, whole.stdout + whole.stderr
    assert cut.returncode != 0
    assert (folder / "manifest.json").exists()


def test_a_bundle_holds_no_personal_value(client, officer, today, tmp_path):
    UserFactory(full_name="Planted Person", email="planted@example.test")
    seal_all(at=timezone.now())

    with zipfile.ZipFile(io.BytesIO(bundle(client, today))) as archive:
        archive.extractall(tmp_path)

    import gzip

    texts = [gzip.decompress(path.read_bytes()) for path in tmp_path.rglob("*.gz")]
    assert texts
    assert not [text for text in texts if b"Planted" in text or b"planted@" in text]


def test_the_export_of_a_bundle_is_in_the_log(client, officer, today):
    event(label="a")
    seal_all(at=timezone.now())

    bundle(client, today)

    exported = Event.objects.filter(kind="export", action="audit.log.exported").latest("id")
    assert exported.actor_id == officer.pk
    assert json.loads(exported.body)["to"] == str(today)


def test_days_without_events_are_told_and_not_an_empty_bundle(client, officer):
    event(label="a")
    seal_all(at=timezone.now())

    job = done(client, "evidence_export", first="2001-01-01", last="2001-01-31")

    assert job.state == "failed"
    assert "No sealed event" in job.error


@pytest.mark.parametrize(
    ("first", "last"), [("", ""), ("2026-03-31", "2026-03-01"), ("x", "2026-03-01"), ("2026-02-30", "2026-03-01")]
)
def test_days_that_are_none_are_answered_in_the_form(client, officer, first, last):
    answer = client.post(reverse("staff:evidence_export"), {"first": first, "last": last})

    assert answer.status_code == 422
    assert not Job.objects.filter(kind=BUNDLE).exists()


def test_verifying_now_writes_what_it_found_and_leads_there(client, officer):
    event(label="a")
    seal_all(at=timezone.now())

    job = done(client, "verification_start")

    full = Verification.objects.filter(kind="full").latest("id")
    assert job.state == "done", job.error
    assert full.found == 0
    # Records that migrations wrote have lost their events with the log that the test began with.
    live = Verification.objects.filter(kind="live").latest("id")
    assert job.sentence == outcome(live.found, full.checked, live.checked)
    assert officer.notifications.get(kind="job").url == reverse("audit:verification_detail", args=[full.pk])


def test_what_a_verification_found_is_said_in_a_sentence():
    assert outcome(0, 12_000, 3) == "Everything holds: 12,000 events and 3 records."
    assert outcome(1, 12_000, 3) == "1 thing does not hold."


def test_verifying_now_says_which_event_was_changed(client, officer):
    seen = event(label="a", action="first.event.made")
    seal_all(at=timezone.now())
    with as_superuser():
        tamper(f"UPDATE audit_event SET action = 'other.event.made' WHERE id = {seen.pk}")

    job = done(client, "verification_start")

    assert "not hold" in job.sentence
    full = Verification.objects.filter(kind="full").latest("id")
    text = client.get(reverse("audit:verification_detail", args=[full.pk])).content.decode()
    assert f"Event {seen.pk} at place" in text
    assert "was changed after" in text


def test_one_verification_at_a_time_is_enough(client, officer):
    first = client.post(reverse("staff:verification_start"))
    again = client.post(reverse("staff:verification_start"))
    client.force_login(UserFactory(role="internal_audit"))
    other = client.post(reverse("staff:verification_start"))

    assert first["Location"] == again["Location"]
    assert other["Location"] == reverse("audit:verification_list")
    assert Job.objects.filter(kind=VERIFY).count() == 1


@pytest.mark.parametrize("role", ["service", "risk", "management", "administrator"])
def test_other_roles_export_no_evidence(client, role):
    client.force_login(UserFactory(role=role))

    assert client.get(reverse("staff:evidence_export")).status_code == 403
    assert (
        client.post(reverse("staff:evidence_export"), {"first": "2026-03-01", "last": "2026-03-31"}).status_code == 403
    )
