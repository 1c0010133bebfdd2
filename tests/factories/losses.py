from datetime import timedelta
from decimal import Decimal
from types import SimpleNamespace

import factory
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from incidents.models import Crisis, Incident, LossEntry, LossEvent, LossMatch
from incidents.services.evidence import add_evidence
from incidents.services.incidents import add_action, start_clocks
from tests.factories.customers import AccountFactory, TransactionFactory
from tests.factories.staff import UserFactory


class WithReference(factory.django.DjangoModelFactory):
    class Meta:
        abstract = True

    @classmethod
    def _create(cls, model, *args, **fields):
        made = super()._create(model, *args, **fields)
        made.refresh_from_db(fields=["reference"])
        return made


class IncidentFactory(WithReference):
    """An open incident detected an hour after it began, without clocks; `with_clocks(…)` starts them."""

    class Meta:
        model = Incident

    title = factory.Sequence(lambda n: f"Something went wrong {n}")
    kind = "personal_data"
    severity = "high"
    owner = factory.SubFactory(UserFactory, role="risk")
    jurisdictions = factory.LazyFunction(lambda: ["EU"])
    reported_by = factory.SelfAttribute("owner")
    reported_at = factory.LazyFunction(timezone.now)
    detected_at = factory.LazyAttribute(lambda o: o.reported_at - timedelta(hours=1))
    occurred_at = factory.LazyAttribute(lambda o: o.detected_at - timedelta(hours=1))


class LossFactory(WithReference):
    """A loss in CNY with a gross entry of 1,000."""

    class Meta:
        model = LossEvent
        skip_postgeneration_save = True

    title = factory.Sequence(lambda n: f"Money was lost {n}")
    currency = "CNY"
    occurred_on = discovered_on = factory.LazyFunction(lambda: timezone.localdate() - timedelta(days=3))
    recorded_by = factory.SubFactory(UserFactory, role="risk")
    recorded_at = factory.LazyFunction(timezone.now)

    @factory.post_generation
    def gross(self, create, extracted, **kwargs):
        LossEntry.objects.create(
            loss=self, kind="gross", amount=extracted or Decimal(1000), booked_on=self.discovered_on, note="Paid twice",
            by=self.recorded_by, at=self.recorded_at,
        )  # fmt: skip


class CrisisFactory(WithReference):
    class Meta:
        model = Crisis

    title = "Payouts stopped"
    message = "Promise no customer a day."
    authority = "Decision of the board"
    reason = "The bank has stopped all payouts."
    declared_by = factory.SubFactory(UserFactory, role="management")
    declared_at = factory.LazyFunction(timezone.now)


def an_incident_with_its_loss(user, customer) -> dict:
    """One of everything of the registers of incidents, losses and crises."""
    incident = IncidentFactory(owner=user)
    clock = start_clocks(incident)[0]
    action = add_action(actor=user, incident_id=incident.pk, title="Learn", owner=user, due_on=timezone.localdate())
    loss = LossFactory(incident=incident, recorded_by=user)
    entry, moved = (
        loss.entries.get(),
        TransactionFactory(account=AccountFactory(customer=customer), amount=Decimal(-10)),
    )
    match = LossMatch.objects.create(
        entry=entry, transaction=moved, booked_on=moved.booked_on, amount=moved.amount, by=user, at=timezone.now()
    )
    made = SimpleNamespace(
        incident=incident, notice_clock=clock, incident_action=action, loss=loss, loss_entry=entry, loss_match=match,
        crisis=CrisisFactory(declared_by=user, incident=incident),
    )  # fmt: skip
    return vars(made)


def some_evidence(activation, user):
    """A PDF that shows how an activation went."""
    file = SimpleUploadedFile("drill.pdf", b"%PDF-1.7 minutes")
    return add_evidence(actor=user, activation_id=activation.pk, file=file, at=timezone.now())
