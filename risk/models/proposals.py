from django.conf import settings
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _

from risk.models.taxonomy import RiskClass
from risk.querysets.proposals import ProposalQuerySet


class ProposalSource(models.TextChoices):
    """What a proposal came of: a method of finding risks, something that happened, or somebody's own eyes."""

    PROCESS_MAP = "process_map", _("Process map")
    SCENARIO = "scenario", _("Scenario")
    QUESTIONNAIRE = "questionnaire", _("Questionnaire")
    CHECKLIST = "checklist", _("Checklist")
    SWIFT = "swift", _("SWIFT workshop")
    CAUSE_TREE = "cause_tree", _("Cause tree")
    RADAR = "radar", _("Radar")
    LOSS = "loss", _("Loss")
    INCIDENT = "incident", _("Incident")
    COMPLAINT = "complaint", _("Complaint")
    FINDING = "finding", _("Finding")
    CASE = "case", _("Case")
    REGULATORY_CHANGE = "regulatory_change", _("Change of rules")
    PERSON = "person", _("A person")


class ProposalState(models.TextChoices):
    WAITING = "waiting", _("Waiting")
    ACCEPTED = "accepted", _("Accepted")
    JOINED = "joined", _("Joined to a risk")
    DISMISSED = "dismissed", _("Dismissed")


class RiskProposal(models.Model):
    """A risk that somebody or some method proposes, until the risk office accepts it, joins it to a risk that stands, or
    dismisses it. `source_key`, such as `complaint:12`, names what it came of: each is proposed once.

    What was proposed stays as it was said: corrections stand in the risk. A trigger holds that, and that a decision is
    never changed."""

    reference = models.CharField(
        _("proposal no."),
        max_length=16,
        unique=True,
        editable=False,
        db_default=Func(function="risk_next_proposal", output_field=models.CharField()),
    )
    source = models.CharField(_("source"), max_length=20, choices=ProposalSource)
    source_key = models.CharField(_("key of the source"), max_length=120, unique=True)
    source_title = models.CharField(_("came of"), max_length=200, blank=True)
    url = models.CharField(_("address"), max_length=200, blank=True)
    title = models.CharField(_("title"), max_length=160)
    risk_class = models.CharField(_("class"), max_length=11, choices=RiskClass)
    line = models.ForeignKey(
        "products.BusinessLine",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("business line"),
    )
    description = models.TextField(_("description"), blank=True)
    causes = models.TextField(_("causes"), blank=True)
    consequences = models.TextField(_("consequences"), blank=True)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("proposed by")
    )
    proposed_at = models.DateTimeField(_("proposed at"))
    state = models.CharField(_("state"), max_length=9, choices=ProposalState, default=ProposalState.WAITING)
    risk = models.ForeignKey(
        "risk.Risk", models.PROTECT, null=True, blank=True, related_name="proposals", verbose_name=_("risk")
    )
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("decided by")
    )
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    reason = models.TextField(_("reason"), blank=True)

    objects = ProposalQuerySet.as_manager()

    class Meta:
        verbose_name = _("proposal of a risk")
        verbose_name_plural = _("proposals of risks")
        permissions = [
            ("oversee_riskproposal", _("Can see what others proposed, in their own lines")),
            ("decide_riskproposal", _("Can accept, join or dismiss a proposal of a risk")),
        ]
        indexes = [
            models.Index(F("proposed_at").desc(), F("id").desc(), name="proposal_newest"),
            models.Index("proposed_at", "id", name="proposal_waiting", condition=Q(state="waiting")),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="waiting", decided_by=None, decided_at=None, reason="", risk=None)
                | Q(state__in=["accepted", "joined"], decided_by__isnull=False, decided_at__isnull=False, risk__isnull=False)
                | (Q(state="dismissed", decided_by__isnull=False, decided_at__isnull=False, risk=None) & ~Q(reason="")),
                name="decided_proposal_says_how",
                violation_error_message=_("A proposal is decided by somebody: for a risk, or dismissed with a reason."),
            ),
            models.UniqueConstraint(
                fields=["risk"], condition=Q(state="accepted"), name="one_proposal_becomes_a_risk"
            ),
        ]  # fmt: skip

    def __str__(self):
        return f"{self.reference} {self.title}"

    @property
    def is_waiting(self):
        return self.state == ProposalState.WAITING
