from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from audit.querysets.events import EventQuerySet


class Kind(models.TextChoices):
    INSERT = "insert", _("Added")
    UPDATE = "update", _("Changed")
    DELETE = "delete", _("Deleted")
    TRUNCATE = "truncate", _("Emptied")
    BATCH = "batch", _("Batch added")
    READ = "read", pgettext_lazy("event in the log", "Read")
    REVEAL = "reveal", _("Revealed")
    EXPORT = "export", _("Exported")
    SIGN_IN = "signin", _("Signed in")
    SIGN_OUT = "signout", _("Signed out")
    DENIED = "denied", _("Refused")
    REDACT = "redact", _("Plain text erased")


class Event(models.Model):
    """One thing that happened. Written by triggers and by `audit.services`, never through this model, and never
    changed.

    The table is made in SQL (`audit/migrations/sql`): monthly partitions on `at`, primary key (id, at), ids unique by
    sequence.
    """

    id = models.BigIntegerField(_("event"), primary_key=True)
    at = models.DateTimeField(_("time"))
    xid = models.BigIntegerField(_("transaction"))
    kind = models.TextField(_("what happened"), choices=Kind)
    table_name = models.TextField(_("table"))
    pk_text = models.TextField(_("record"), db_column="pk")
    action = models.TextField(_("action"))
    actor_id = models.BigIntegerField(_("person"), null=True)
    actor_label = models.TextField(_("on behalf of"))
    request = models.UUIDField(_("request"), null=True)
    session = models.TextField(_("session"))
    address = models.GenericIPAddressField(_("address"), null=True)
    db_user = models.TextField(_("database user"))
    reason = models.TextField(_("reason"))
    approval_id = models.BigIntegerField(_("approval"), null=True)
    changed = ArrayField(models.TextField(), verbose_name=_("changed fields"), null=True)
    body = models.TextField(_("content"))
    unattributed = models.BooleanField(_("unattributed"))

    objects = EventQuerySet.as_manager()

    class Meta:
        db_table = "audit_event"
        managed = False
        default_permissions = ("view",)
        permissions = [
            ("verify_event", _("Can have the log verified")),
            ("export_event", _("Can export evidence from the log")),
        ]
        verbose_name = _("event")
        verbose_name_plural = _("events")

    def __str__(self):
        return f"{self.get_kind_display()} {self.table_name} {self.pk_text}".strip()


class Secret(models.Model):
    """The plain text behind one hash in an event's body; erased on request, while the event stands.

    `field` is the column, with `.old` or `.new` for changed rows; the body holds SHA-256(salt || value).
    """

    pk = models.CompositePrimaryKey("event_id", "field")
    event_id = models.BigIntegerField()
    field = models.TextField()
    salt = models.BinaryField()
    value = models.TextField()

    class Meta:
        db_table = "audit_secret"
        managed = False
        default_permissions = ()

    def __str__(self):
        return f"{self.event_id} {self.field}"
