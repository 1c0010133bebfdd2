from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class RotationKind(models.TextChoices):
    FIELDS = "fields", _("Sealed values")
    INDEXES = "indexes", _("Blind indexes")


class KeyRotation(models.Model):
    """How far one table has come on its way to a new key. Killed, it is gone on with from `last_pk`."""

    kind = models.CharField(_("what"), max_length=7, choices=RotationKind)
    table = models.CharField(_("table"), max_length=60)
    key = models.CharField(_("to key"), max_length=64)
    total = models.PositiveBigIntegerField(_("rows"), default=0)
    done = models.PositiveBigIntegerField(_("done"), default=0)
    changed = models.PositiveBigIntegerField(_("changed"), default=0)
    unreadable = models.PositiveIntegerField(_("not readable"), default=0)
    last_pk = models.BigIntegerField(default=0)
    started_at = models.DateTimeField(_("started at"))
    beat_at = models.DateTimeField(_("last sign of life"))
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)

    class Meta:
        verbose_name = _("key rotation")
        verbose_name_plural = _("key rotations")
        permissions = [("rotate_keys", _("Can ask for a change of keys"))]
        indexes = [models.Index(F("started_at").desc(), F("id").desc(), name="rotation_newest")]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "table", "key"],
                condition=Q(ended_at__isnull=True),
                name="one_rotation_at_a_time",
            )
        ]

    def __str__(self):
        return f"{self.kind} {self.table}"
