from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from customers.fields import EncryptedTextField
from customers.models.customers import NameVector
from service.querysets.tickets import OPEN, TicketQuerySet


class TicketKind(models.TextChoices):
    QUESTION = "question", _("Question")
    REQUEST = "request", _("Request")
    PROBLEM = "problem", _("Problem")
    COMPLAINT = "complaint", _("Complaint")
    PRAISE = "praise", _("Praise")


class Channel(models.TextChoices):
    PHONE = "phone", _("Phone")
    CHAT = "chat", _("Chat")
    EMAIL = "email", _("E-mail")
    APP = "app", _("App")
    COMMUNITY = "community", _("Community")
    VISIT = "visit", _("Visit")
    LETTER = "letter", _("Letter")


class TicketStatus(models.TextChoices):
    """`waiting`: for the customer, the clocks stand still. `held`: for somebody else, they stand still where a policy says
    so."""

    NEW = "new", _("New")
    OPEN = "open", pgettext_lazy("case", "Open")
    WAITING = "waiting", _("Waiting for the customer")
    HELD = "held", _("On hold")
    RESOLVED = "resolved", _("Resolved")
    CLOSED = "closed", _("Closed")


class Priority(models.IntegerChoices):
    URGENT = 1, _("Urgent")
    HIGH = 2, _("High")
    NORMAL = 3, _("Normal")
    LOW = 4, _("Low")


class Ticket(models.Model):
    """One concern that somebody brought to the company, from the first word to the last."""

    reference = models.CharField(
        _("ticket no."),
        max_length=16,
        unique=True,
        editable=False,
        db_default=Func(function="service_next_ticket", output_field=models.CharField()),
    )
    kind = models.CharField(_("kind"), max_length=9, choices=TicketKind, default=TicketKind.QUESTION)
    channel = models.CharField(_("channel"), max_length=9, choices=Channel)
    subject = models.CharField(_("subject"), max_length=200)
    customer = models.ForeignKey(
        "customers.Customer", models.PROTECT, null=True, blank=True, related_name="tickets", verbose_name=_("customer")
    )
    contact = EncryptedTextField(_("contact"), purpose="service.ticket.contact", null=True, blank=True)
    line = models.CharField(_("business line"), max_length=20, blank=True)
    region = models.CharField(_("region"), max_length=40, blank=True, editable=False)
    product = models.ForeignKey(
        "products.Product", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("product")
    )
    queue = models.ForeignKey(
        "service.Queue", models.PROTECT, null=True, blank=True, related_name="tickets", verbose_name=_("queue")
    )
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="tickets", verbose_name=_("agent")
    )
    status = models.CharField(_("status"), max_length=8, choices=TicketStatus, default=TicketStatus.NEW)
    priority = models.PositiveSmallIntegerField(_("priority"), choices=Priority, default=Priority.NORMAL)
    language = models.CharField(_("language"), max_length=10, blank=True)
    tags = ArrayField(models.CharField(max_length=40), verbose_name=_("tags"), default=list, blank=True)
    source = models.CharField(_("source"), max_length=40, blank=True)
    external_id = models.CharField(_("number at its source"), max_length=128, blank=True)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("part of")
    )
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="merged", verbose_name=_("merged into")
    )
    opened_at = models.DateTimeField(_("opened"))
    first_answered_at = models.DateTimeField(_("first answered"), null=True, blank=True)
    last_message_at = models.DateTimeField(_("last message"), null=True, blank=True)
    resolved_at = models.DateTimeField(_("resolved"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    due_at = models.DateTimeField(
        _("due"), null=True, blank=True, help_text=_("The earliest deadline that still runs; written by the clocks.")
    )
    reopened = models.PositiveSmallIntegerField(_("times reopened"), default=0)
    first_contact = models.BooleanField(_("resolved at the first contact"), null=True, blank=True)
    rating = models.PositiveSmallIntegerField(_("rating"), null=True, blank=True)
    seconds_spent = models.PositiveIntegerField(_("time spent"), default=0)
    search = models.GeneratedField(
        expression=NameVector(F("subject")), output_field=SearchVectorField(), db_persist=True, editable=False
    )

    objects = TicketQuerySet.as_manager()

    class Meta:
        verbose_name = _("ticket")
        verbose_name_plural = _("tickets")
        permissions = [
            ("answer_ticket", _("Can answer tickets")),
            ("assign_ticket", _("Can give tickets to others")),
            ("merge_ticket", _("Can merge tickets and part them again")),
            ("export_ticket", _("Can export tickets")),
        ]
        indexes = [
            models.Index("customer", F("opened_at").desc(), F("id").desc(), name="ticket_of_customer"),
            models.Index("assignee", "due_at", "id", condition=OPEN, name="ticket_mine"),
            models.Index("queue", "due_at", "id", condition=OPEN, name="ticket_in_queue"),
            models.Index("due_at", "id", condition=OPEN, name="ticket_due"),
            models.Index("due_at", "id", condition=OPEN & Q(assignee=None), name="ticket_unassigned"),
            models.Index(
                fields=["assignee", "resolved_at"],
                include=["first_contact"],
                condition=Q(resolved_at__isnull=False),
                name="ticket_resolved_by",
            ),
            models.Index(F("opened_at").desc(), F("id").desc(), name="ticket_newest"),
            models.Index("status", F("opened_at").desc(), F("id").desc(), name="ticket_status"),
            # Both of a filter that may have no answer at all: the planner expects one, and would read every ticket.
            models.Index("kind", "priority", F("opened_at").desc(), F("id").desc(), name="ticket_kind"),
            GinIndex(fields=["search"], name="ticket_search"),
            GinIndex(fields=["tags"], name="ticket_tags"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["source", "external_id"], condition=~Q(external_id=""), name="one_ticket_per_source_and_number"
            ),
            models.CheckConstraint(
                condition=~Q(subject=""),
                name="ticket_has_a_subject",
                violation_error_message=_("Say in a few words what it is about."),
            ),
            models.CheckConstraint(
                condition=Q(merged_into__isnull=True) | ~Q(merged_into=F("id")), name="ticket_not_merged_into_itself"
            ),
            models.CheckConstraint(
                condition=Q(rating__isnull=True) | Q(rating__range=(1, 5)), name="ticket_rating_one_to_five"
            ),
        ]

    def __str__(self):
        return self.reference

    @property
    def is_open(self):
        return self.status not in {TicketStatus.RESOLVED, TicketStatus.CLOSED}
