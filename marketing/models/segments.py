from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from marketing.querysets.segments import SegmentMemberQuerySet, SegmentQuerySet


class SegmentKind(models.TextChoices):
    RULE = "rule", _("By a rule")
    LIST = "list", _("By a list")
    SUPPRESSION = "suppression", _("Suppression list")


class Segment(models.Model):
    """Customers who have something in common: those a rule holds for, or those on a list. Nobody on a suppression list is
    written to. `needs` are the permissions that its rule asks of readers, those of segments that it names included."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=120)
    kind = models.CharField(_("made"), max_length=11, choices=SegmentKind, default=SegmentKind.RULE)
    description = models.TextField(_("what it is for"), blank=True)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("owner"))
    rule = models.JSONField(_("rule"), null=True, blank=True)
    rule_sha256 = models.CharField(_("SHA-256 of the rule"), max_length=64, blank=True)
    uses = models.ManyToManyField(
        "self", through="marketing.SegmentUse", symmetrical=False, related_name="used_by", verbose_name=_("uses")
    )
    needs = ArrayField(models.CharField(max_length=100), default=list, blank=True, editable=False)
    created_at = models.DateTimeField(_("created at"))
    archived_at = models.DateTimeField(_("archived at"), null=True, blank=True)
    member_count = models.PositiveBigIntegerField(_("members"), default=0, editable=False)
    trouble = models.CharField(_("trouble"), max_length=300, blank=True, editable=False)
    # How far its members have come: what is not older was not looked at yet. See docs/segments.md.
    refreshed_at = models.DateTimeField(_("refreshed at"), null=True, editable=False)
    refreshed_on = models.DateField(null=True, editable=False)
    refreshed_as = models.CharField(max_length=64, blank=True, editable=False)
    horizon_xid = models.BigIntegerField(null=True, editable=False)
    horizon_at = models.DateTimeField(null=True, editable=False)
    portrait_round = models.BigIntegerField(null=True, editable=False)
    seen = models.JSONField(default=dict, editable=False)

    objects = SegmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("segment")
        verbose_name_plural = _("segments")
        ordering = ["code"]
        permissions = [
            ("refresh_segment", _("Can refresh a segment")),
            ("export_segment", _("Can export the members of a segment")),
        ]
        indexes = [models.Index("name", "id", name="segment_by_name")]
        constraints = [
            models.CheckConstraint(
                condition=(Q(kind="rule", rule__isnull=False) & ~Q(rule_sha256=""))
                | (~Q(kind="rule") & Q(rule__isnull=True, rule_sha256="")),
                name="segment_has_a_rule_or_a_list",
                violation_error_message=_("A segment by a rule has one, a list has none."),
            ),
            models.CheckConstraint(
                condition=~Q(name=""), name="segment_has_a_name", violation_error_message=_("Write a name.")
            ),
        ]

    def __str__(self):
        return self.name

    @property
    def is_rule(self):
        return self.kind == SegmentKind.RULE


class SegmentUse(models.Model):
    """One segment's rule names another. A trigger refuses a use that would lead back to where it began."""

    segment = models.ForeignKey(Segment, models.PROTECT, related_name="+", verbose_name=_("segment"))
    used = models.ForeignKey(Segment, models.PROTECT, related_name="+", verbose_name=_("used"))

    class Meta:
        verbose_name = _("use of a segment")
        verbose_name_plural = _("uses of segments")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["segment", "used"], name="one_use_of_a_segment"),
            models.CheckConstraint(
                condition=~Q(segment=F("used")),
                name="segment_does_not_use_itself",
                violation_error_message=_("A segment does not contain itself."),
            ),
        ]


class SegmentVersion(models.Model):
    """A segment's rule as somebody wrote it, and why. It never changes; the newest is the one in force."""

    segment = models.ForeignKey(Segment, models.PROTECT, related_name="versions", verbose_name=_("segment"))
    number = models.PositiveIntegerField(_("version"))
    rule = models.JSONField(_("rule"))
    rule_sha256 = models.CharField(_("SHA-256 of the rule"), max_length=64)
    reason = models.CharField(_("why"), max_length=300, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("version of a segment's rule")
        verbose_name_plural = _("versions of segments' rules")
        default_permissions = ()
        ordering = ["segment", "-number"]
        constraints = [models.UniqueConstraint(fields=["segment", "number"], name="one_rule_of_a_segment_per_number")]

    def __str__(self):
        return f"{self.segment} v{self.number}"


class SegmentMember(models.Model):
    """A customer in a segment from `entered_at` until `left_at`. Rows are never removed; who comes back gets another.
    `by` is who put them on a list."""

    # Keys are not checked in the database: a rule gives customers by the hundred thousand, and none is ever deleted.
    segment = models.ForeignKey(Segment, models.PROTECT, related_name="members", db_index=False)
    customer = models.ForeignKey(
        "customers.Customer", models.PROTECT, related_name="segments", verbose_name=_("customer"), db_constraint=False
    )
    entered_at = models.DateTimeField(_("entered"))
    left_at = models.DateTimeField(_("left"), null=True, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("by"), db_index=False
    )  # fmt: skip

    objects = SegmentMemberQuerySet.as_manager()

    class Meta:
        verbose_name = _("member of a segment")
        verbose_name_plural = _("members of segments")
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(
                fields=["segment", "customer"], condition=Q(left_at__isnull=True), name="in_a_segment_once"
            ),
            models.CheckConstraint(
                condition=Q(left_at__isnull=True) | Q(left_at__gte=F("entered_at")), name="member_leaves_after_entering"
            ),
        ]
        indexes = [
            models.Index(fields=["segment", "entered_at"], name="member_entered"),
            models.Index(fields=["segment", "left_at"], condition=Q(left_at__isnull=False), name="member_left"),
        ]

    def __str__(self):
        return f"{self.segment_id} {self.customer_id}"


class SegmentSnapshot(models.Model):
    """A segment as of a business date: how many are in, how many came and went since the one before, and what they are
    made up of, as `composition[dimension][value]`."""

    segment = models.ForeignKey(Segment, models.PROTECT, related_name="snapshots", verbose_name=_("segment"))
    day = models.DateField(_("day"))
    count = models.PositiveBigIntegerField(_("members"))
    entered = models.PositiveBigIntegerField(_("entered"))
    left = models.PositiveBigIntegerField(_("left"))
    composition = models.JSONField(_("composition"), default=dict)
    at = models.DateTimeField(_("counted at"))

    class Meta:
        verbose_name = _("snapshot of a segment")
        verbose_name_plural = _("snapshots of segments")
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["segment", "day"], name="one_snapshot_of_a_segment_per_day")]

    def __str__(self):
        return f"{self.segment_id} {self.day}"
