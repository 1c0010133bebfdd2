from django.db import models
from django.utils.translation import gettext_lazy as _

from governance.querysets.lines import LineAssignmentQuerySet


class Defence(models.IntegerChoices):
    """The three lines (IIA Three Lines Model, 2020); NONE takes a department out of them."""

    NONE = 0, _("None of the three")
    FIRST = 1, _("First line")
    SECOND = 2, _("Second line")
    THIRD = 3, _("Third line")


class LineAssignment(models.Model):
    """Which line a department belongs to, from a day on: the newest that has begun counts. Two people agree on each, and
    a trigger refuses changes."""

    department = models.ForeignKey(
        "governance.Department", models.PROTECT, related_name="assignments", verbose_name=_("department")
    )
    defence = models.PositiveSmallIntegerField(_("line of defence"), choices=Defence)
    from_on = models.DateField(_("from"))

    objects = LineAssignmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("department in a line of defence")
        verbose_name_plural = _("departments in lines of defence")
        ordering = ["department", "-from_on"]
        permissions = [("check_lineassignment", _("Can approve who belongs to which line of defence"))]
        constraints = [
            models.UniqueConstraint(
                fields=["department", "from_on"],
                name="one_line_of_a_department_per_day",
                violation_error_message=_("This department has a line from that day already."),
            )
        ]

    def __str__(self):
        return f"{self.department}: {self.get_defence_display()}"
