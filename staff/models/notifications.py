from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from staff.querysets.notifications import NotificationQuerySet


class NotificationKind(models.TextChoices):
    JOB = "job", _("A background job of mine has ended")
    ALERT = "alert", _("An indicator of mine has left its band")
    REVIEW = "review", _("A review of mine is due")
    IMPORT = "import", _("An import has ended")
    NIGHTLY = "nightly", _("A nightly run has failed")
    PRIVACY = "privacy", _("A privacy request or the quota of reveals")
    CHANGE = "change", _("A change waits for my approval, or mine was decided")
    LOG = "log", _("The log does not hold, or was not anchored")
    CLOCK = "clock", _("A deadline of a ticket of mine runs out or has passed")
    MAIL = "mail", _("A mail of a ticket of mine was not delivered, or perhaps not")
    REPLY = "reply", _("The customer of a ticket of mine has written again")
    MENTION = "mention", _("Somebody has mentioned me")


class Notification(models.Model):
    """One message to one person; `key` makes telling them twice impossible.

    `by_email` is the person's preference when it was written; `emailed_at` is set by the sender that takes it.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="notifications")
    kind = models.CharField(_("kind"), max_length=20, choices=NotificationKind)
    key = models.CharField(max_length=120)
    title = models.CharField(_("title"), max_length=200)
    body = models.TextField(_("text"), blank=True)
    url = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(_("at"))
    read_at = models.DateTimeField(_("read at"), null=True, blank=True)
    by_email = models.BooleanField(_("also by e-mail"), default=False)
    emailed_at = models.DateTimeField(_("e-mailed at"), null=True, blank=True)

    objects = NotificationQuerySet.as_manager()

    class Meta:
        verbose_name = _("notification")
        verbose_name_plural = _("notifications")
        indexes = [
            models.Index(
                "user", models.F("created_at").desc(), models.F("id").desc(), name="notification_newest_first"
            ),
            models.Index("user", "id", condition=Q(read_at__isnull=True), name="notification_unread"),
            models.Index("id", condition=Q(by_email=True, emailed_at__isnull=True), name="notification_to_email"),
        ]
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="one_notification_per_user_and_key")]

    def __str__(self):
        return self.title


class NotificationPreference(models.Model):
    """How a person wants to hear of one kind; without a row: in the app, not by e-mail."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="notification_preferences")
    kind = models.CharField(_("kind"), max_length=20, choices=NotificationKind)
    in_app = models.BooleanField(_("in the app"), default=True)
    by_email = models.BooleanField(_("by e-mail"), default=False)

    class Meta:
        verbose_name = _("notification preference")
        constraints = [models.UniqueConstraint(fields=["user", "kind"], name="one_preference_per_user_and_kind")]

    def __str__(self):
        return f"{self.user}: {self.get_kind_display()}"
