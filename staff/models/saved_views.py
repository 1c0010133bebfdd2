from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from staff.querysets.saved_views import SavedViewQuerySet


class Audience(models.TextChoices):
    PERSONAL = "personal", _("Only me")
    TEAM = "team", _("My team")
    PUBLIC = "public", _("Everyone")


class SavedView(models.Model):
    """A list with its filters, order and columns, kept under a name as a tab."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="saved_views")
    audience = models.CharField(_("for"), max_length=8, choices=Audience, default=Audience.PERSONAL)
    team = models.ForeignKey("staff.Team", models.CASCADE, null=True, blank=True, verbose_name=_("team"))
    page = models.CharField(
        _("list"), max_length=80, help_text=_("URL name of the list, such as customers:customer_list.")
    )
    name = models.CharField(_("name"), max_length=60)
    query = models.TextField(_("filters"), blank=True)

    objects = SavedViewQuerySet.as_manager()

    class Meta:
        verbose_name = _("saved view")
        permissions = [
            ("share_view", _("Can save a view for everyone")),
            ("delete_public_view", _("Can delete a view that is shared with everyone")),
        ]
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "page", "name"],
                name="one_view_per_owner_page_name",
                violation_error_message=_("You already have a view of this name on this list."),
            ),
            models.CheckConstraint(
                condition=Q(audience="team", team__isnull=False) | (~Q(audience="team") & Q(team__isnull=True)),
                name="team_view_names_its_team",
                violation_error_message=_("A team view names its team, and no other view does."),
            ),
        ]

    def __str__(self):
        return self.name
