"""Who looked at this customer in March, why, and who approved the export: found by hand, and handed to an auditor."""

import os
import subprocess
import sys
import zipfile
from datetime import UTC, datetime

import pytest
from django.db import connection
from django.utils import timezone

from audit.services.sealing import seal_all
from config.celery import app
from customers.models import Customer
from customers.services.exports import export_customers
from staff.models import Job
from staff.services.jobs import run_job
from tests.audit.tampering import tamper
from tests.audit_flush import empty_log
from tests.database_roles import as_superuser
from tests.factories import UserFactory
from tests.factories.audit import event
from tests.factories.changes import agreed
from tests.factories.customers import PersonFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def _house(settings, monkeypatch, tmp_path, site):
    empty_log()
    settings.MFA_REQUIRED_ROLES = []
    settings.EXPORT_ROWS_ALONE = 0
    settings.MEDIA_ROOT = tmp_path / "media"
    monkeypatch.setitem(app.conf, "task_always_eager", True)  # no worker in tests: the server does it at once


@pytest.fixture
def customer():
    """A customer at whom somebody looked in March, and again today; and who is in an export that somebody approved."""
    customer, nosy = Customer.objects.get(pk=PersonFactory().pk), UserFactory(full_name="Nora Nosy")
    looked = event("read", by=nosy.pk, table="customers_customer", pk=customer.pk, reason="Complaint 7")
    event("read", by=nosy.pk, table="customers_customer", pk=customer.pk, reason="Out of interest")
    with as_superuser(), connection.cursor() as cursor:
        cursor.execute("SELECT audit_ensure_month('audit_event', '2026-03-12')")
        tamper(f"UPDATE audit_event SET at = '2026-03-12 09:30+08' WHERE id = {looked.pk}")
    asked = export_customers(
        actor=UserFactory(role="service_lead", full_name="Leo Lead"), query="", format="csv", reason="Letter about rates",
        at=timezone.now(),
    )  # fmt: skip
    agreed(asked, UserFactory(role="compliance", full_name="Clara Checker"))
    if (job := Job.objects.latest("pk")).state == "queued":
        run_job(job_id=job.pk, at=timezone.now())
    seal_all(at=timezone.now())
    return customer


def test_who_looked_in_march_why_and_who_approved_the_export(page, sign_in, customer):
    sign_in("compliance", full_name="Olga Officer")

    page.goto("/audit/")
    page.get_by_role("link", name="Who looked at a customer").click()
    page.locator("label", has_text="Record").locator("input[name=record]").fill(customer.reference)
    page.locator("summary", has_text="When").click()
    page.locator("input[name=when_after]").fill("2026-03-01")
    page.locator("input[name=when_before]").fill("2026-03-31")
    page.keyboard.press("Enter")
    page.locator("[role=status]", has_text="1 row").wait_for()
    looked = page.locator("table[data-list] tbody tr").inner_text()
    page.get_by_role("link", name="What left the house").first.click()
    page.locator("table[data-list] tbody tr", has_text="Letter about rates").get_by_role("link").last.click()
    page.locator("h1", has_text="Export").wait_for()

    assert "Nora Nosy" in looked
    assert "Complaint 7" in looked
    assert "Out of interest" not in looked
    assert "Clara Checker" in page.locator("main").inner_text()


def test_the_bundle_that_is_handed_out_verifies_with_python_alone(page, sign_in, customer, tmp_path):
    sign_in("compliance")
    today = datetime.now(UTC).date().isoformat()

    page.goto("/audit/checkpoints/")
    page.get_by_role("link", name="Export a bundle").click()
    page.locator("input[name=first]").fill("2026-03-01")
    page.locator("input[name=last]").fill(today)
    page.locator("main form button.btn-primary").click()
    page.wait_for_url("**/staff/jobs/**")
    with page.expect_download() as kept:
        page.locator("main a", has_text="meridian-log-").click()
    with zipfile.ZipFile(kept.value.path()) as archive:
        archive.extractall(tmp_path / "elsewhere")
    (folder,) = (tmp_path / "elsewhere").iterdir()

    told = verified(folder)
    part = next((folder / "events").glob("*.gz"))
    part.write_bytes(part.read_bytes()[:-9])
    cut = verified(folder)

    assert (told.returncode, told.stderr) == (0, ""), told.stdout
    assert told.stdout.startswith("Everything holds: ")
    assert cut.returncode == 1


def verified(folder):
    """Run the verifier that lies in the bundle: no packages, no environment, nothing of this project."""
    program = folder / "verifier" / "audit" / "verifier.py"
    return subprocess.run([sys.executable, "-I", "-S", str(program), str(folder)], cwd=os.sep, env={},
                          capture_output=True, text=True, timeout=120, check=False)  # fmt: skip
