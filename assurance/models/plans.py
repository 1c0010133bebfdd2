from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from assurance.querysets.plans import AuditPlanQuerySet, PlanLineQuerySet
from assurance.rules.planning import Part


class AuditPlan(models.Model):
    """What is audited in a year, in numbered versions. A version is a draft until somebody else has agreed to it; from
    then on neither it nor its lines change, and a better plan is a new version. Triggers hold that."""

    year = models.PositiveSmallIntegerField(_("year"))
    version = models.PositiveSmallIntegerField(_("version"), editable=False)
    agreed = models.BooleanField(_("agreed"), default=False, editable=False)
    agreed_at = models.DateTimeField(_("in force since"), null=True, blank=True, editable=False)
    drafted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    drafted_at = models.DateTimeField(_("drafted at"))

    objects = AuditPlanQuerySet.as_manager()

    class Meta:
        verbose_name = _("audit plan")
        verbose_name_plural = _("audit plans")
        ordering = ["-year", "-version"]
        permissions = [("check_auditplan", _("Can approve an audit plan"))]
        constraints = [
            models.UniqueConstraint(fields=["year", "version"], name="one_audit_plan_per_version"),
            models.UniqueConstraint(
                fields=["year"],
                condition=Q(agreed=False),
                name="one_draft_of_an_audit_plan",
                violation_error_message=_("There is a draft for this year already."),
            ),
            models.CheckConstraint(
                condition=Q(year__range=(2000, 2100)),
                name="audit_plan_is_of_a_year",
                violation_error_message=_("From 2000 to 2100."),
            ),
        ]

    def __str__(self):
        return f"{self.year} v{self.version}"


class AuditPlanLine(models.Model):
    """One area in a plan: when in the year, by whom, for how many person-days, and why: the parts of its priority as
    they stood when the line was written."""

    plan = models.ForeignKey(AuditPlan, models.CASCADE, related_name="lines", verbose_name=_("audit plan"))
    unit = models.ForeignKey("assurance.AuditUnit", models.PROTECT, related_name="+", verbose_name=_("area"))
    quarter = models.PositiveSmallIntegerField(_("quarter"), choices=[(n, f"Q{n}") for n in (1, 2, 3, 4)])
    person_days = models.PositiveSmallIntegerField(_("person-days"))
    lead = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("lead")
    )
    priority = models.PositiveSmallIntegerField(_("priority"), editable=False)
    parts = models.JSONField(_("parts of the priority"), editable=False)
    note = models.CharField(_("note"), max_length=300, blank=True)

    objects = PlanLineQuerySet.as_manager()

    class Meta:
        verbose_name = _("line of an audit plan")
        verbose_name_plural = _("lines of audit plans")
        ordering = ["quarter", "-priority", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["plan", "unit"],
                name="one_line_per_area",
                violation_error_message=_("This area is in the plan already."),
            ),
            models.CheckConstraint(
                condition=Q(quarter__range=(1, 4)),
                name="audit_is_planned_in_a_quarter",
                violation_error_message=_("From the first quarter to the fourth."),
            ),
            models.CheckConstraint(
                condition=Q(person_days__range=(1, 500)),
                name="audit_takes_days",
                violation_error_message=_("From 1 to 500 person-days."),
            ),
        ]

    def __str__(self):
        return f"{self.plan}: {self.unit}"

    @property
    def all_parts(self) -> list[Part]:
        return [Part(**part) for part in self.parts]
