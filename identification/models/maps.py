from django.conf import settings
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _

from identification.querysets.maps import AttachedQuerySet, ElementQuerySet, MapQuerySet


class MapState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    IN_FORCE = "in_force", _("In force")
    RETIRED = "retired", _("Retired")


class ProcessMap(models.Model):
    """A business process as it is drawn. `current` is the newest drawing, `in_force` the one that people work by; both are
    versions of it, and all versions stay."""

    reference = models.CharField(
        _("map no."),
        max_length=16,
        unique=True,
        editable=False,
        db_default=Func(function="identification_next_map", output_field=models.CharField()),
    )
    name = models.CharField(_("name"), max_length=160)
    description = models.TextField(_("description"), blank=True)
    line = models.ForeignKey(
        "products.BusinessLine",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("business line"),
    )
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("owner"))
    state = models.CharField(_("state"), max_length=8, choices=MapState, default=MapState.DRAFT)
    current = models.ForeignKey(
        "identification.ProcessMapVersion",
        models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("newest drawing"),
    )
    in_force = models.ForeignKey(
        "identification.ProcessMapVersion",
        models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("drawing in force"),
    )
    in_force_at = models.DateTimeField(_("in force since"), null=True, editable=False)
    retiring_reason = models.TextField(_("reason for retiring"), blank=True)
    created_at = models.DateTimeField(_("recorded at"))

    objects = MapQuerySet.as_manager()

    class Meta:
        verbose_name = _("process map")
        verbose_name_plural = _("process maps")
        permissions = [("enforce_processmap", _("Can put process maps in force and retire them"))]
        indexes = [models.Index(fields=["name", "id"], name="process_map_by_name")]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="in_force") | Q(in_force__isnull=False, in_force_at__isnull=False),
                name="map_in_force_has_a_drawing",
                violation_error_message=_("A map in force has a drawing."),
            ),
            models.CheckConstraint(
                condition=~Q(state="retired") | ~Q(retiring_reason=""),
                name="retired_map_has_a_reason",
                violation_error_message=_("Say why the map is retired."),
            ),
        ]

    def __str__(self):
        return f"{self.reference} {self.name}"

    @property
    def newest(self) -> "ProcessMapVersion":
        """The newest drawing: a map has one from its first moment."""
        if self.current is None:
            raise ProcessMapVersion.DoesNotExist(self.reference)
        return self.current

    @property
    def is_retired(self):
        return self.state == MapState.RETIRED


class ProcessMapVersion(models.Model):
    """One saved drawing of a map. A trigger refuses changes."""

    process_map = models.ForeignKey(ProcessMap, models.PROTECT, related_name="versions", verbose_name=_("process map"))
    number = models.PositiveIntegerField(_("version"))
    bpmn_xml = models.TextField(_("drawing (BPMN 2.0)"))
    sha256 = models.CharField(_("SHA-256 of the drawing"), max_length=64)
    note = models.CharField(_("what changed"), max_length=300, blank=True)
    saved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    saved_at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("version of a process map")
        verbose_name_plural = _("versions of process maps")
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["process_map", "number"], name="one_map_version_per_number")]

    def __str__(self):
        return f"{self.process_map_id} v{self.number}"


class ElementKind(models.TextChoices):
    LANE = "lane", _("Lane")
    STEP = "step", _("Step")
    DECISION = "decision", _("Decision")
    EVENT = "event", _("Event")
    FLOW = "flow", _("Flow")


class MapElement(models.Model):
    """A part of one drawing, read from its XML: what it is, in which lane, in which place of the walk, what leads to it and
    where it leads (ids of parts). Follows from the drawing; it is never written by hand."""

    version = models.ForeignKey(ProcessMapVersion, models.PROTECT, related_name="elements", verbose_name=_("version"))
    element_id = models.CharField(_("id in the drawing"), max_length=120)
    kind = models.CharField(_("kind"), max_length=8, choices=ElementKind)
    bpmn_type = models.CharField(_("BPMN type"), max_length=40)
    name = models.CharField(_("name"), max_length=500, blank=True)
    lane = models.CharField(_("lane"), max_length=500, blank=True)
    position = models.PositiveIntegerField(_("place in the walk"))
    comes_from = models.JSONField(_("follows from"), default=list)
    leads_to = models.JSONField(_("leads to"), default=list)

    objects = ElementQuerySet.as_manager()

    class Meta:
        verbose_name = _("part of a drawing")
        verbose_name_plural = _("parts of drawings")
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["version", "element_id"], name="one_map_element_per_id"),
            models.UniqueConstraint(fields=["version", "position"], name="one_map_element_per_place"),
        ]

    def __str__(self):
        return self.name or self.element_id


class Attached(models.Model):
    """What is common to risks and controls on a step: the step by its id, which holds over versions; who put it there, and
    who took it off and why. A trigger lets a row be taken off once, and nothing else of it change."""

    element_id = models.CharField(_("id in the drawing"), max_length=120)
    attached_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("attached by")
    )
    attached_at = models.DateTimeField(_("attached at"))
    taken_off_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("taken off by"),
    )
    taken_off_at = models.DateTimeField(_("taken off at"), null=True, blank=True)
    reason = models.TextField(_("why it was taken off"), blank=True)

    objects = AttachedQuerySet.as_manager()

    class Meta:
        abstract = True
        ordering = ["attached_at", "pk"]


TAKEN_OFF_WHOLE = Q(taken_off_at__isnull=True, taken_off_by__isnull=True, reason="") | (
    Q(taken_off_at__isnull=False, taken_off_by__isnull=False) & ~Q(reason="")
)


class ElementRisk(Attached):
    """A risk that may come true at a step."""

    kind = "risk"

    process_map = models.ForeignKey(ProcessMap, models.PROTECT, related_name="risks", verbose_name=_("process map"))
    risk = models.ForeignKey("risk.Risk", models.PROTECT, related_name="steps", verbose_name=_("risk"))

    class Meta(Attached.Meta):
        verbose_name = _("risk on a step")
        verbose_name_plural = _("risks on steps")
        indexes = [models.Index(F("attached_at").desc(), F("id").desc(), name="element_risk_newest")]
        constraints = [
            models.UniqueConstraint(
                fields=["process_map", "element_id", "risk"],
                condition=Q(taken_off_at__isnull=True),
                name="one_risk_once_on_a_step",
            ),
            models.CheckConstraint(condition=TAKEN_OFF_WHOLE, name="risk_taken_off_by_somebody_for_a_reason"),
        ]

    def __str__(self):
        return f"{self.element_id} {self.risk}"

    @property
    def thing(self):
        return self.risk


class ElementControl(Attached):
    """A control that is done at a step."""

    kind = "control"

    process_map = models.ForeignKey(ProcessMap, models.PROTECT, related_name="controls", verbose_name=_("process map"))
    control = models.ForeignKey("risk.Control", models.PROTECT, related_name="steps", verbose_name=_("control"))

    class Meta(Attached.Meta):
        verbose_name = _("control on a step")
        verbose_name_plural = _("controls on steps")
        indexes = [models.Index(F("attached_at").desc(), F("id").desc(), name="element_control_newest")]
        constraints = [
            models.UniqueConstraint(
                fields=["process_map", "element_id", "control"],
                condition=Q(taken_off_at__isnull=True),
                name="one_control_once_on_a_step",
            ),
            models.CheckConstraint(condition=TAKEN_OFF_WHOLE, name="control_taken_off_by_somebody_for_a_reason"),
        ]

    def __str__(self):
        return f"{self.element_id} {self.control}"

    @property
    def thing(self):
        return self.control
