from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from governance.querysets.duties import DutyAreaQuerySet, DutyMatrixQuerySet, DutyQuerySet


class DutyArea(models.Model):
    """A process or field of work whose activities are shared out among departments, in matrices with a day each."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=120)
    line = models.ForeignKey(
        "products.BusinessLine",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("business line"),
    )
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("owner"))
    process = models.ForeignKey(
        "identification.ProcessMap",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("process map"),
    )
    risks = models.ManyToManyField("risk.Risk", blank=True, related_name="duty_areas", verbose_name=_("risks"))

    objects = DutyAreaQuerySet.as_manager()

    class Meta:
        verbose_name = _("area of duties")
        verbose_name_plural = _("areas of duties")
        ordering = ["code"]

    def __str__(self):
        return self.name


class DutyMatrix(models.Model):
    """Who does what in an area, as of a day: a draft until two people give it one, and never changed after. A trigger
    refuses a day while an activity lacks its one accountable department, or anybody responsible."""

    area = models.ForeignKey(DutyArea, models.PROTECT, related_name="matrices", verbose_name=_("area of duties"))
    number = models.PositiveIntegerField(_("version"))
    departments = models.ManyToManyField(
        "governance.Department", related_name="matrices", verbose_name=_("departments")
    )
    summary = models.TextField(_("what changes"))
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    written_at = models.DateTimeField(_("at"))
    effective_from = models.DateField(_("in force from"), null=True, blank=True, editable=False)

    objects = DutyMatrixQuerySet.as_manager()

    class Meta:
        verbose_name = _("matrix of duties")
        verbose_name_plural = _("matrices of duties")
        ordering = ["area", "-number"]
        permissions = [("check_dutymatrix", _("Can approve a matrix of duties"))]
        constraints = [
            models.UniqueConstraint(fields=["area", "number"], name="one_duty_matrix_per_number"),
            models.UniqueConstraint(
                fields=["area"], condition=Q(effective_from__isnull=True), name="one_draft_of_a_duty_matrix"
            ),
            models.UniqueConstraint(
                fields=["area", "effective_from"],
                name="one_duty_matrix_per_day",
                violation_error_message=_("A matrix of this area begins on that day already."),
            ),
        ]

    def __str__(self):
        return f"{self.area} v{self.number}"

    @property
    def is_draft(self):
        return self.effective_from is None


class Duty(models.Model):
    """An activity of a matrix."""

    matrix = models.ForeignKey(DutyMatrix, models.PROTECT, related_name="duties", verbose_name=_("matrix of duties"))
    position = models.PositiveSmallIntegerField(_("place"))
    activity = models.CharField(_("activity"), max_length=200)

    objects = DutyQuerySet.as_manager()

    class Meta:
        verbose_name = _("duty")
        verbose_name_plural = _("duties")
        ordering = ["matrix", "position"]
        constraints = [models.UniqueConstraint(fields=["matrix", "activity"], name="one_duty_per_activity")]

    def __str__(self):
        return self.activity


class Part(models.TextChoices):
    """What a department does in an activity; the letters are those of a RACI chart."""

    RESPONSIBLE = "R", _("Responsible")
    ACCOUNTABLE = "A", _("Accountable")
    BOTH = "AR", _("Accountable and responsible")
    CONSULTED = "C", _("Consulted")
    INFORMED = "I", _("Informed")


class DutyCell(models.Model):
    """A department's part in an activity."""

    duty = models.ForeignKey(Duty, models.CASCADE, related_name="cells", verbose_name=_("duty"))
    department = models.ForeignKey(
        "governance.Department", models.PROTECT, related_name="cells", verbose_name=_("department")
    )
    part = models.CharField(_("part"), max_length=2, choices=Part)

    class Meta:
        verbose_name = _("part in a duty")
        verbose_name_plural = _("parts in duties")
        constraints = [models.UniqueConstraint(fields=["duty", "department"], name="one_part_in_a_duty")]

    def __str__(self):
        return f"{self.part} {self.department}"
