from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from risk.querysets.register import MatrixQuerySet

# The words of matrix version 1 as the migration wrote them, so that catalogues hold them.
SCALE_WORDS = [
    gettext_noop("Rare"),
    gettext_noop("Unlikely"),
    gettext_noop("Possible"),
    gettext_noop("Likely"),
    gettext_noop("Almost certain"),
    gettext_noop("Negligible"),
    gettext_noop("Minor"),
    gettext_noop("Moderate"),
    gettext_noop("Major"),
    gettext_noop("Severe"),
]


class RiskClass(models.TextChoices):
    """The book's seven classes (requirements 18 to 24)."""

    CREDIT = "credit", _("Credit risk")
    MARKET = "market", _("Market risk")
    LIQUIDITY = "liquidity", _("Liquidity risk")
    OPERATIONAL = "operational", _("Operational risk")
    TECHNOLOGY = "technology", _("Technology risk")
    LEGAL = "legal", _("Legal and compliance risk")
    OTHER = "other", _("Other risk")


class RiskLevel(models.TextChoices):
    LOW = "low", _("Low")
    MEDIUM = "medium", _("Medium")
    HIGH = "high", _("High")
    CRITICAL = "critical", _("Critical")


class RiskMatrix(models.Model):
    """A likelihood × impact matrix of any size under a version; ratings keep the version that they were made with.

    Without a day from which it is in force it is a draft."""

    version = models.PositiveIntegerField(_("version"), unique=True)
    likelihood_labels = models.JSONField(_("likelihood, lowest first"))
    impact_labels = models.JSONField(_("impact, lowest first"))
    in_force_from = models.DateField(_("in force from"), null=True, blank=True)

    objects = MatrixQuerySet.as_manager()

    class Meta:
        verbose_name = _("risk matrix")
        ordering = ["-version"]

    def __str__(self):
        return f"v{self.version}"

    @property
    def highest(self) -> tuple[int, int]:
        """The highest likelihood and the highest impact."""
        return len(self.likelihood_labels), len(self.impact_labels)


class RiskMatrixCell(models.Model):
    """What a likelihood and an impact amount to under one matrix."""

    matrix = models.ForeignKey(RiskMatrix, models.CASCADE, related_name="cells")
    likelihood = models.PositiveSmallIntegerField(_("likelihood"))
    impact = models.PositiveSmallIntegerField(_("impact"))
    score = models.PositiveSmallIntegerField(_("score"))
    level = models.CharField(_("level"), max_length=8, choices=RiskLevel)

    class Meta:
        verbose_name = _("matrix cell")
        ordering = ["matrix", "likelihood", "impact"]
        constraints = [models.UniqueConstraint(fields=["matrix", "likelihood", "impact"], name="one_cell_per_place")]

    def __str__(self):
        return f"{self.likelihood} × {self.impact}"

    @property
    def place(self):
        """How a form names this cell."""
        return f"{self.likelihood}x{self.impact}"
