from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from staff.rules.roles import Role


class Department(models.Model):
    """Who people are where duties are shared out: the holders of a role, or the members of a team. Real people of it
    stand in the view `governance_departmentperson`."""

    role = models.CharField(_("role"), max_length=20, choices=Role.choices, blank=True)
    team = models.ForeignKey(
        "staff.Team", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("team")
    )

    class Meta:
        verbose_name = _("department")
        verbose_name_plural = _("departments")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(role="", team__isnull=False) | (~Q(role="") & Q(team__isnull=True)),
                name="department_is_a_role_or_a_team",
            ),
            models.UniqueConstraint(fields=["role"], condition=~Q(role=""), name="one_department_per_role"),
            models.UniqueConstraint(fields=["team"], name="one_department_per_team"),
        ]

    def __str__(self):
        return str(self.team) if self.team_id else str(self.get_role_display())

    @property
    def key(self):
        """How forms and programs name it: `role:risk`, `team:3`."""
        return f"team:{self.team_id}" if self.team_id else f"role:{self.role}"
