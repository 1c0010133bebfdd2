from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from service.querysets.complaints import ComplaintQuerySet


class ComplaintKind(models.TextChoices):
    """What somebody complains about."""

    FEES = "fees", _("Fees and charges")
    SALES = "sales", _("Sale and advice")
    PAYMENT = "payment", _("Payment or transfer")
    LENDING = "lending", _("Loan and its terms")
    COLLECTION = "collection", _("Collection of debts")
    CLAIM = "claim", _("Insurance claim")
    PRIVACY = "privacy", _("Personal data")
    FRAUD = "fraud", _("Fraud by others")
    SYSTEM = "system", _("App or system")
    SERVICE = "service", _("Service and conduct")
    OTHER = "other", _("Something else")


class ComplaintState(models.TextChoices):
    OPEN = "open", pgettext_lazy("case", "Open")
    DECIDED = "decided", _("Decided")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class ComplaintOutcome(models.TextChoices):
    UPHELD = "upheld", _("Upheld")
    PARTLY = "partly", _("Upheld in part")
    REJECTED = "rejected", _("Not upheld")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class RootCause(models.TextChoices):
    """Why it came to the complaint."""

    TERMS = "terms", _("Unclear terms")
    INFORMATION = "information", _("Wrong or missing information")
    PRICING = "pricing", _("Wrong price or fee")
    SYSTEM = "system", _("Fault of a system")
    MISTAKE = "mistake", _("Mistake by hand")
    DELAY = "delay", _("Slow work")
    CONDUCT = "conduct", _("Conduct of a person")
    PARTNER = "partner", _("Fault of a partner")
    FRAUD = "fraud", _("Fraud by others")
    EXPECTATION = "expectation", _("Another expectation")
    OTHER = "other", _("Another cause")


class ProcessStep(models.Model):
    """A step of the company's work at which something can go wrong; its name is translated where it is known."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=80)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("process step")
        verbose_name_plural = _("process steps")
        ordering = ["position", "code"]

    def __str__(self):
        return gettext(self.name)


class Complaint(models.Model):
    """What a ticket of kind complaint is beyond a ticket: law, clocks, cause, decision. Its handler is the ticket's agent.

    `due_on` is the earliest deadline that still runs. No handler is somebody whom the complaint is about or who had to do
    with it: a trigger refuses at the end of the transaction, whoever writes."""

    ticket = models.OneToOneField("service.Ticket", models.PROTECT, related_name="complaint", verbose_name=_("ticket"))
    kind = models.CharField(_("about"), max_length=10, choices=ComplaintKind)
    jurisdiction = models.CharField(_("jurisdiction"), max_length=2)
    received_on = models.DateField(_("received on"))
    is_complex = models.BooleanField(_("complex"), default=False)
    state = models.CharField(_("state"), max_length=9, choices=ComplaintState, default=ComplaintState.OPEN)
    outcome = models.CharField(_("outcome"), max_length=9, choices=ComplaintOutcome, blank=True)
    due_on = models.DateField(_("due"), null=True, blank=True)
    version = models.ForeignKey(
        "products.ProductVersion", models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("product version"),
    )  # fmt: skip
    step = models.ForeignKey(
        ProcessStep, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("process step")
    )
    cause = models.CharField(_("root cause"), max_length=12, choices=RootCause, blank=True)
    about_ticket = models.ForeignKey(
        "service.Ticket", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("earlier ticket")
    )
    reviews = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="reviewed_by", verbose_name=_("review of")
    )
    acknowledged_at = models.DateTimeField(_("acknowledged"), null=True, blank=True)
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("decided by")
    )
    reply = models.ForeignKey(
        "service.TicketMessage", models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("written reply"),
    )  # fmt: skip
    withdrawn_on = models.DateField(_("withdrawn on"), null=True, blank=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("recorded by")
    )
    recorded_at = models.DateTimeField(_("recorded at"))

    objects = ComplaintQuerySet.as_manager()

    class Meta:
        verbose_name = _("complaint")
        verbose_name_plural = _("complaints")
        permissions = [
            ("handle_complaint", _("Can handle complaints")),
            ("decide_complaint", _("Can decide complaints and grant redress")),
            ("check_complaint", _("Can approve extensions and redress of complaints")),
            ("export_complaint", _("Can export complaints")),
        ]
        indexes = [
            models.Index("due_on", "id", condition=Q(state="open"), name="complaint_due"),
            models.Index(F("received_on").desc(), F("id").desc(), name="complaint_newest"),
            models.Index(F("version"), F("cause"), F("step"), name="complaint_cause"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="open", outcome="", decided_at=None)
                | Q(
                    state="decided",
                    decided_at__isnull=False,
                    reply__isnull=False,
                    outcome__in=["upheld", "partly", "rejected"],
                )
                | Q(state="withdrawn", outcome="withdrawn", withdrawn_on__isnull=False),
                name="complaint_state_fits_outcome",
            ),
            models.CheckConstraint(condition=~Q(reviews=F("id")), name="complaint_reviews_another"),
            models.UniqueConstraint(
                fields=["reviews"], condition=Q(reviews__isnull=False), name="one_review_a_complaint"
            ),
        ]

    def __str__(self):
        return self.ticket.reference

    @property
    def is_open(self):
        return self.state == ComplaintState.OPEN


class ComplaintSubject(models.Model):
    """A colleague whom a complaint is about: they neither handle it nor see it."""

    complaint = models.ForeignKey(Complaint, models.PROTECT, related_name="subjects", verbose_name=_("complaint"))
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("person"))

    class Meta:
        verbose_name = _("person complained about")
        verbose_name_plural = _("persons complained about")
        constraints = [models.UniqueConstraint(fields=["complaint", "user"], name="a_person_once_complained_about")]

    def __str__(self):
        return f"{self.complaint_id} {self.user_id}"


class ComplaintParty(models.Model):
    """A further complainant of a joint complaint; the first stands on the ticket and represents the others."""

    complaint = models.ForeignKey(Complaint, models.PROTECT, related_name="parties", verbose_name=_("complaint"))
    customer = models.ForeignKey(
        "customers.Customer", models.PROTECT, related_name="joint_complaints", verbose_name=_("customer")
    )
    is_representative = models.BooleanField(_("represents the others"), default=False)
    joined_on = models.DateField(_("joined on"))

    class Meta:
        verbose_name = _("complainant")
        verbose_name_plural = _("complainants")
        constraints = [
            models.UniqueConstraint(
                fields=["complaint", "customer"],
                name="a_complainant_once",
                violation_error_message=_("This customer has joined already."),
            )
        ]

    def __str__(self):
        return f"{self.complaint_id} {self.customer_id}"


class EntryOfComplaint(models.TextChoices):
    RECEIVED = "received", _("Received")
    ACKNOWLEDGED = "acknowledged", _("Acknowledged")
    REASSIGNED = "reassigned", _("Given to somebody else")
    COMPLEX = "complex", _("Found complex")
    EXTENDED = "extended", _("Deadline extended")
    ASKED = "asked", _("Document asked for")
    CAME = "came", _("Document came")
    JOINED = "joined", _("Complainant joined")
    CAUSE = "cause", _("Cause found")
    REDRESS = "redress", _("Redress")
    REFERRED = "referred", _("Letter of an authority")
    REPLIED = "replied", _("Replied to the authority")
    DECIDED = "decided", _("Decided")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    REVIEW = "review", _("Review asked for")


class ComplaintEntry(models.Model):
    """One step in the life of a complaint."""

    complaint = models.ForeignKey(Complaint, models.PROTECT, related_name="entries", verbose_name=_("complaint"))
    kind = models.CharField(_("kind"), max_length=12, choices=EntryOfComplaint)
    at = models.DateTimeField(_("at"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("by")
    )
    text = models.TextField(_("text"), blank=True)

    class Meta:
        verbose_name = _("step of a complaint")
        verbose_name_plural = _("steps of complaints")
        ordering = ["-at", "-id"]
        indexes = [models.Index(fields=["complaint", "-at"], name="complaint_entries")]

    def __str__(self):
        return f"{self.complaint_id} {self.kind}"
