from django.conf import settings
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _

from identification.querysets.checklists import ChecklistRunQuerySet
from risk.models import RiskClass


class Checklist(models.Model):
    """Questions that are gone through whenever something of a kind is begun or changed. Its questions stand in versions."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=120)
    purpose = models.TextField(_("purpose"))
    is_retired = models.BooleanField(_("not used any more"), default=False)

    class Meta:
        verbose_name = _("checklist")
        verbose_name_plural = _("checklists")
        ordering = ["code"]

    def __str__(self):
        return self.name

    @property
    def version(self):
        """The newest version: the one that new runs go through."""
        return self.versions.order_by("-number").first()


class ChecklistVersion(models.Model):
    """The questions from one change to the next. Once a run has begun with it, a trigger refuses any change."""

    checklist = models.ForeignKey(Checklist, models.PROTECT, related_name="versions", verbose_name=_("checklist"))
    number = models.PositiveSmallIntegerField(_("version"))
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    written_at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("version of a checklist")
        verbose_name_plural = _("versions of checklists")
        ordering = ["checklist", "-number"]
        constraints = [models.UniqueConstraint(fields=["checklist", "number"], name="one_checklist_version_per_number")]

    def __str__(self):
        return f"{self.checklist} v{self.number}"


class ChecklistItem(models.Model):
    """One question, to which yes is good; what may go wrong where the answer is no."""

    version = models.ForeignKey(ChecklistVersion, models.CASCADE, related_name="items", verbose_name=_("version"))
    position = models.PositiveSmallIntegerField(_("position"))
    text = models.CharField(_("question"), max_length=300)
    hint = models.CharField(_("hint"), max_length=300, blank=True)
    risk_class = models.CharField(_("class"), max_length=11, choices=RiskClass)
    risk_title = models.CharField(_("risk if the answer is no"), max_length=160)

    class Meta:
        verbose_name = _("question of a checklist")
        verbose_name_plural = _("questions of checklists")
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(
                fields=["version", "position"],
                name="one_checklist_item_per_position",
                deferrable=models.Deferrable.DEFERRED,
            )
        ]

    def __str__(self):
        return self.text


class ChecklistRun(models.Model):
    """A checklist gone through for one thing: a product, a process, a line. Finished, it never changes: a trigger refuses."""

    reference = models.CharField(
        _("run no."),
        max_length=16,
        unique=True,
        editable=False,
        db_default=Func(function="identification_next_run", output_field=models.CharField()),
    )
    version = models.ForeignKey(ChecklistVersion, models.PROTECT, related_name="runs", verbose_name=_("version"))
    subject = models.CharField(_("what it is gone through for"), max_length=160)
    product = models.ForeignKey(
        "products.Product", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("product")
    )
    line = models.ForeignKey(
        "products.BusinessLine",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("business line"),
    )
    begun_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("begun by"))
    begun_at = models.DateTimeField(_("begun at"))
    finished_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("finished by"),
    )
    finished_at = models.DateTimeField(_("finished at"), null=True, blank=True)

    objects = ChecklistRunQuerySet.as_manager()

    class Meta:
        verbose_name = _("run of a checklist")
        verbose_name_plural = _("runs of checklists")
        indexes = [models.Index(F("begun_at").desc(), F("id").desc(), name="checklist_run_newest")]
        constraints = [
            models.CheckConstraint(
                condition=Q(finished_at__isnull=True, finished_by__isnull=True)
                | Q(finished_at__isnull=False, finished_by__isnull=False),
                name="finished_run_says_by_whom",
            )
        ]

    def __str__(self):
        return f"{self.reference} {self.subject}"

    @property
    def is_finished(self):
        return self.finished_at is not None


class Answer(models.TextChoices):
    YES = "yes", _("Yes")
    NO = "no", _("No")
    NOT_APPLICABLE = "na", _("Not applicable")


class ChecklistAnswer(models.Model):
    """What was said to one question of a run, by whom and when last."""

    run = models.ForeignKey(ChecklistRun, models.PROTECT, related_name="answers", verbose_name=_("run"))
    item = models.ForeignKey(ChecklistItem, models.PROTECT, related_name="answers", verbose_name=_("question"))
    answer = models.CharField(_("answer"), max_length=3, choices=Answer)
    remark = models.CharField(_("remark"), max_length=1_000, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("answer of a run")
        verbose_name_plural = _("answers of runs")
        ordering = ["item__position"]
        constraints = [models.UniqueConstraint(fields=["run", "item"], name="one_answer_per_item_of_a_run")]

    def __str__(self):
        return self.get_answer_display()
