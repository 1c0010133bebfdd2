from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from staff.querysets.sessions import UserSessionQuerySet


class SessionEnd(models.TextChoices):
    SIGNED_OUT = "signed_out", _("Signed out")
    IDLE = "idle", _("Unused for too long")
    ABSOLUTE = "absolute", _("Reached its longest time")
    ENDED = "ended", _("Ended by its person or an administrator")


class UserSession(models.Model):
    """A browser in which somebody is signed in: where it is, when it was last used, and what ended it.

    `session_key` opens it, so it is withheld from the log and goes when the session ends.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="sessions", verbose_name=_("person")
    )
    session_key = models.CharField(max_length=40, db_index=True, blank=True)
    device = models.CharField(_("device"), max_length=60, blank=True)
    address = models.GenericIPAddressField(_("address"), null=True, blank=True)
    started_at = models.DateTimeField(_("signed in at"))
    seen_at = models.DateTimeField(_("last used"))
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    end = models.CharField(_("how it ended"), max_length=10, choices=SessionEnd, blank=True)

    objects = UserSessionQuerySet.as_manager()

    class Meta:
        verbose_name = _("session")
        verbose_name_plural = _("sessions")
        default_permissions = ()
        indexes = [
            models.Index("user", condition=models.Q(ended_at=None), name="staff_session_open"),
            models.Index("seen_at", name="staff_session_seen"),
        ]

    def __str__(self):
        return self.device or str(self.pk)
