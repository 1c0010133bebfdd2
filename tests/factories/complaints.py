"""Complaints as they come, through the services."""

from datetime import date, timedelta

import factory
from django.utils import timezone

from service.models import Complaint, Improvement, PastComplaint, ProcessStep
from service.services.complaints import receive_complaint, set_cause
from tests.factories.customers import PersonFactory, SourceFactory
from tests.factories.service import TicketFactory
from tests.factories.staff import UserFactory


def a_complaint(
    *, ago: int = 0, kind: str = "fees", law: str = "CN", actor=None, received_on: date | None = None, **fields
) -> Complaint:
    """A complaint of a customer under Chinese law that was received `ago` days ago; its handler is whoever was free."""
    more = {name: fields.pop(name) for name in ("about_ticket", "version", "subjects", "reviews") if name in fields}
    if "customer" not in fields:
        fields["customer"] = PersonFactory(jurisdiction=law, language="en")
    ticket = TicketFactory(kind="complaint", language="en", region=fields["customer"].region, **fields)
    return receive_complaint(
        actor=actor,
        ticket_id=ticket.pk,
        kind=kind,
        received_on=received_on or timezone.localdate() - timedelta(days=ago),
        at=timezone.now(),
        **more,
    )


def caused(complaint: Complaint, cause: str = "pricing", step: str = "pricing", version=None) -> Complaint:
    return set_cause(
        actor=UserFactory(role="service"), complaint_id=complaint.pk, cause=cause,
        step=ProcessStep.objects.get(code=step), version=version, at=timezone.now(),
    )  # fmt: skip


class ImprovementFactory(factory.django.DjangoModelFactory):
    """What a rising trend proposed: eight of a thousand accounts, after six of six thousand."""

    class Meta:
        model = Improvement

    step = factory.LazyFunction(lambda: ProcessStep.objects.get(code="pricing"))
    cause = "pricing"
    month = date(2026, 9, 1)
    cases = 8
    accounts = 1_000
    cases_before = 6
    accounts_before = 6_000
    probability = 0.01
    proposed_at = factory.LazyFunction(timezone.now)


class PastComplaintFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = PastComplaint

    source = factory.SubFactory(SourceFactory)
    external_id = factory.Sequence(lambda n: f"PC-{n}")
    received_on = date(2023, 8, 25)
    narrative = "There is an account on my credit report that is not mine."
