from django.conf import settings
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _

from assessment.models.mixes import DataLevel, Novelty
from assessment.querysets.assessments import AssessmentQuerySet
from risk.models import ControlKind, Effectiveness, RatingBasis, RatingKind, RiskLevel


class AssessmentState(models.TextChoices):
    DRAFT = "draft", _("Being judged")
    DECIDED = "decided", _("Waits for approval")
    APPROVED = "approved", _("Approved")
    VOID = "void", _("Void")
    REPLACED = "replaced", _("Replaced")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class VoidReason(models.TextChoices):
    """What changed so much that an approval no longer holds; a trigger writes it."""

    RISK = "risk", _("What is written about the risk was changed.")
    CONTROLS = "controls", _("Controls were added to the risk or taken away.")
    TESTED = "tested", _("A control was tested with another result.")
    RATED = "rated", _("The risk was rated anew without an assessment.")


class Assessment(models.Model):
    """A risk judged as a whole: by several methods side by side, before and after its controls, decided by its owner and
    approved by somebody else. An approval binds `content_hash`, the SHA-256 of everything that was approved; a
    material change of the risk or of its controls voids it (triggers of the migration). What an assessment says never
    changes once it is decided."""

    reference = models.CharField(
        _("assessment no."),
        max_length=16,
        unique=True,
        editable=False,
        db_default=Func(function="assessment_next_assessment", output_field=models.CharField()),
    )
    risk = models.ForeignKey("risk.Risk", models.PROTECT, related_name="assessments", verbose_name=_("risk"))
    matrix = models.ForeignKey("risk.RiskMatrix", models.PROTECT, related_name="+", verbose_name=_("matrix"))
    state = models.CharField(_("state"), max_length=9, choices=AssessmentState, default=AssessmentState.DRAFT)
    novelty = models.CharField(_("novelty"), max_length=7, choices=Novelty)
    data = models.CharField(_("data"), max_length=4, choices=DataLevel)
    facts = models.JSONField(_("facts of the risk"), default=dict)
    proposed = models.JSONField(_("methods proposed"), default=list)
    methods = models.JSONField(_("methods"), default=list)
    mix_why = models.CharField(_("why these are proposed"), max_length=300, blank=True)
    departure = models.TextField(_("why other methods were chosen"), blank=True)
    previous = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("assessment before")
    )
    begun_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("begun by"))
    begun_at = models.DateTimeField(_("begun at"))
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("decided by")
    )
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    content_hash = models.CharField(_("SHA-256 of what was decided"), max_length=64, blank=True)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("approved by")
    )
    approved_at = models.DateTimeField(_("approved at"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    void_because = models.CharField(_("void because"), max_length=8, choices=VoidReason, blank=True)
    note = models.TextField(_("note"), blank=True)

    objects = AssessmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("assessment")
        verbose_name_plural = _("assessments")
        permissions = [
            ("decide_assessment", _("Can decide assessments of risks that one owns")),
            ("approve_assessment", _("Can approve assessments that others decided")),
        ]
        indexes = [
            models.Index(F("begun_at").desc(), F("id").desc(), name="assessment_newest"),
            models.Index("risk", F("begun_at").desc(), name="assessment_of_risk"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["risk"],
                condition=Q(state__in=["draft", "decided"]),
                name="one_open_assessment_per_risk",
                violation_error_message=_("An assessment of this risk is open already."),
            ),
            models.UniqueConstraint(
                fields=["risk"], condition=Q(state="approved"), name="one_approved_assessment_per_risk"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "withdrawn"])
                | (Q(decided_by__isnull=False, decided_at__isnull=False) & ~Q(content_hash="")),
                name="decided_assessment_says_by_whom",
            ),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True)
                | (Q(approved_at__isnull=False) & ~Q(approved_by=F("decided_by"))),
                name="assessment_is_approved_by_another",
                violation_error_message=_("Whoever decided does not approve."),
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["approved", "replaced", "void"]) | Q(approved_by__isnull=False),
                name="approved_assessment_has_an_approver",
            ),
            models.CheckConstraint(
                condition=Q(state="void", ended_at__isnull=False) & ~Q(void_because="")
                | ~Q(state="void") & Q(void_because=""),
                name="void_assessment_says_why",
            ),
        ]

    def __str__(self):
        return f"{self.reference} {self.risk}"

    @property
    def is_open(self):
        return self.state in (AssessmentState.DRAFT, AssessmentState.DECIDED)


class AssessedControl(models.Model):
    """A control of the risk as it stood when stock was taken: whether it works, by its last test, and the steps that it
    takes away (`rules/layers.py`)."""

    assessment = models.ForeignKey(Assessment, models.CASCADE, related_name="layers", verbose_name=_("assessment"))
    position = models.PositiveSmallIntegerField(_("layer"))
    control = models.ForeignKey("risk.Control", models.PROTECT, related_name="+", verbose_name=_("control"))
    kind = models.CharField(_("kind"), max_length=10, choices=ControlKind)
    effectiveness = models.CharField(_("works"), max_length=11, choices=Effectiveness, blank=True)
    test = models.ForeignKey(
        "risk.ControlTest", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("test")
    )
    steps = models.DecimalField(_("steps taken away"), max_digits=4, decimal_places=3)

    class Meta:
        verbose_name = _("control of an assessment")
        verbose_name_plural = _("controls of assessments")
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["assessment", "control"], name="one_layer_per_control"),
        ]

    def __str__(self):
        return f"{self.control}"


class AssessedRating(models.Model):
    """What the owner decided of one kind, and why; `carried` where it was taken over from the assessment before and
    nobody has looked at it again. `rating` is the register's, written with the approval."""

    assessment = models.ForeignKey(Assessment, models.PROTECT, related_name="decisions", verbose_name=_("assessment"))
    kind = models.CharField(_("kind"), max_length=8, choices=RatingKind)
    likelihood = models.PositiveSmallIntegerField(_("likelihood"))
    impact = models.PositiveSmallIntegerField(_("impact"))
    score = models.PositiveSmallIntegerField(_("score"))
    level = models.CharField(_("level"), max_length=8, choices=RiskLevel)
    basis = models.CharField(_("rests on"), max_length=8, choices=RatingBasis)
    model_version = models.CharField(_("version of the model"), max_length=80, blank=True)
    reason = models.TextField(_("reason"))
    carried = models.BooleanField(_("taken over"), default=False)
    rating = models.OneToOneField(
        "risk.RiskRating", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("rating")
    )

    class Meta:
        verbose_name = _("decision of an assessment")
        verbose_name_plural = _("decisions of assessments")
        ordering = ["kind"]
        constraints = [models.UniqueConstraint(fields=["assessment", "kind"], name="one_decision_per_kind")]

    def __str__(self):
        return f"{self.get_kind_display()} {self.likelihood} × {self.impact}"
