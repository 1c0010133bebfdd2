"""The sealed log: written by the sealer and by verification, only ever added to, read through these models."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from audit.querysets.proofs import CheckpointQuerySet, ReceiptQuerySet, VerificationQuerySet


class Leaf(models.Model):
    """One sealed event: its place in the tree and its hash."""

    index = models.BigIntegerField(_("place in the log"), primary_key=True)
    event_id = models.BigIntegerField(_("event"), unique=True)
    at = models.DateTimeField(_("time"))
    xid = models.BigIntegerField(_("transaction"))
    hash = models.BinaryField(_("hash"))

    class Meta:
        db_table = "audit_leaf"
        managed = False
        default_permissions = ()
        verbose_name = _("sealed event")
        verbose_name_plural = _("sealed events")

    def __str__(self):
        return f"{self.index}: {self.event_id}"


class Checkpoint(models.Model):
    """A signed state of the log: so many entries, under this root."""

    size = models.BigIntegerField(_("entries"), primary_key=True)
    root = models.BinaryField(_("root"))
    note = models.TextField(_("signed note"))
    key = models.TextField(_("verifier key"))
    at = models.DateTimeField(_("time"))

    objects = CheckpointQuerySet.as_manager()

    class Meta:
        db_table = "audit_checkpoint"
        managed = False
        default_permissions = ()
        verbose_name = _("checkpoint")
        verbose_name_plural = _("checkpoints")

    def __str__(self):
        return f"{self.size}"


class AnchorKind(models.TextChoices):
    DIRECTORY = "directory", _("Directory")
    TIMESTAMP = "timestamp", _("Time-stamp server")
    EMAIL = "email", _("E-mail")


class AnchorReceipt(models.Model):
    """One attempt to leave a checkpoint outside; `receipt` is what came back."""

    id = models.BigIntegerField(primary_key=True)
    checkpoint = models.ForeignKey(Checkpoint, models.DO_NOTHING, db_column="size", verbose_name=_("checkpoint"))
    kind = models.TextField(_("kind"), choices=AnchorKind)
    place = models.TextField(_("place"))
    ok = models.BooleanField(_("left"))
    receipt = models.BinaryField(_("receipt"))
    message = models.TextField(_("message"))
    at = models.DateTimeField(_("time"))

    objects = ReceiptQuerySet.as_manager()

    class Meta:
        db_table = "audit_anchor_receipt"
        managed = False
        default_permissions = ()
        verbose_name = _("anchor")
        verbose_name_plural = _("anchors")

    def __str__(self):
        return f"{self.kind} {self.checkpoint_id}"


class VerificationKind(models.TextChoices):
    FULL = "full", _("Whole log")
    TAIL = "tail", _("Newest events")
    LIVE = "live", _("Records against the log")


class Verification(models.Model):
    """One run of verification; `findings` are dicts with `kind`, `sentence`, and where known `index`, `event`, `since`."""

    id = models.BigIntegerField(primary_key=True)
    kind = models.TextField(_("kind"), choices=VerificationKind)
    size = models.BigIntegerField(_("entries"))
    checked = models.BigIntegerField(_("checked"))
    found = models.BigIntegerField(_("findings"))
    findings = models.JSONField(_("what was found"))
    begun_at = models.DateTimeField(_("begun"))
    at = models.DateTimeField(_("time"))

    objects = VerificationQuerySet.as_manager()

    class Meta:
        db_table = "audit_verification"
        managed = False
        default_permissions = ()
        verbose_name = _("verification")
        verbose_name_plural = _("verifications")

    def __str__(self):
        return f"{self.kind} {self.at:%Y-%m-%d %H:%M}"


class RetiredMonth(models.Model):
    """A month whose events stand in a bundle outside, and no longer here."""

    month = models.DateField(_("month"), primary_key=True)
    first_index = models.BigIntegerField(null=True)
    last_index = models.BigIntegerField(null=True)
    events = models.BigIntegerField(_("events"))
    digest = models.TextField(_("digest"))
    folder = models.TextField(_("folder"))
    at = models.DateTimeField(_("time"))

    class Meta:
        db_table = "audit_retired_month"
        managed = False
        default_permissions = ()
        verbose_name = _("retired month")
        verbose_name_plural = _("retired months")

    def __str__(self):
        return f"{self.month:%Y-%m}"
