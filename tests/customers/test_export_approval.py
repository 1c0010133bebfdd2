"""Many customers leave the system as a file only after somebody else has agreed."""

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from audit.models import Event
from customers.exports import customers_export
from customers.services.exports import export_customers
from staff.jobs import JobFailed
from staff.models import ChangeRequest, Job
from staff.services.jobs import run_job
from tests.factories import UserFactory
from tests.factories.changes import agreed
from tests.factories.customers import CustomerFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def lead(client, settings):
    settings.EXPORT_ROWS_ALONE = 2
    user = UserFactory(role="service_lead")
    client.force_login(user)
    return user


def test_a_few_are_exported_at_once(client, lead):
    CustomerFactory.create_batch(2)

    answer = client.post(reverse("customers:customer_export"), {"query": "", "format": "csv"})

    assert answer["Location"] == reverse("staff:job_detail", args=[Job.objects.get().pk])


def test_many_wait_for_an_approval_with_what_they_are_for(client, lead):
    CustomerFactory.create_batch(3, risk_level="high")
    CustomerFactory(risk_level="low")

    asked = client.post(reverse("customers:customer_export"), {"query": "risk=high", "format": "xlsx"})
    assert "What is the file for?" in asked.content.decode()
    form = {"query": "risk=high", "format": "xlsx", "reason": "Letter about new rates"}
    answer = client.post(reverse("customers:customer_export"), form)

    change = ChangeRequest.objects.get()
    assert answer["Location"] == reverse("staff:change_detail", args=[change.pk])
    assert ("Rows", "", "3") in change.differences
    assert not Job.objects.exists()
    done = agreed(change, UserFactory(role="compliance"))
    job = Job.objects.get()
    assert (job.owner, job.parameters["change_request"], done.state) == (lead, change.pk, "executed")
    assert customers_export(lead, job.parameters).total == 3


def test_the_event_of_an_approved_export_says_under_which_request_and_why(client, lead, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    CustomerFactory.create_batch(3)
    client.post(
        reverse("customers:customer_export"), {"query": "", "format": "csv", "reason": "Letter about new rates"}
    )
    change = agreed(ChangeRequest.objects.get(), UserFactory(role="compliance"))

    run_job(job_id=Job.objects.get().pk, at=timezone.now())

    event = Event.objects.get(kind="export")
    assert (event.approval_id, event.reason, event.actor_id) == (change.pk, "Letter about new rates", lead.pk)


def test_no_search_text_is_kept_in_a_request_that_is_never_erased(lead):
    CustomerFactory.create_batch(3, name="欧阳菲菲")

    with pytest.raises(ValidationError, match="clear the search first"):
        export_customers(actor=lead, query="q=欧阳", format="csv", reason="A letter", at=timezone.now())

    assert not ChangeRequest.objects.exists()


@pytest.mark.parametrize("extra", [{}, {"change_request": 10**9}])
def test_a_job_without_its_approval_writes_nothing(lead, extra):
    CustomerFactory.create_batch(3)

    with pytest.raises(JobFailed, match="only with an approval"):
        customers_export(lead, {"query": "", "format": "csv", **extra})


def test_an_approval_is_good_for_its_filters_and_its_maker_alone(lead):
    CustomerFactory.create_batch(3, risk_level="high")
    change = export_customers(actor=lead, query="risk=high", format="csv", reason="Letter", at=timezone.now())
    agreed(change, UserFactory(role="risk"))

    with pytest.raises(JobFailed):
        customers_export(lead, {"query": "", "format": "csv", "change_request": change.pk})
    with pytest.raises(JobFailed):
        customers_export(
            UserFactory(role="service_lead"), {"query": "risk=high", "format": "csv", "change_request": change.pk}
        )
