from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from governance.querysets.policies import PolicyQuerySet, PolicyVersionQuerySet
from staff.rules.roles import Role


class PolicyKind(models.TextChoices):
    POLICY = "policy", _("Policy")
    STANDARD = "standard", _("Standard")
    PROCEDURE = "procedure", _("Procedure")


class Policy(models.Model):
    """A rule that the company gives itself. What it says stands in numbered versions; who must have read it is its
    audience: active people of its roles or teams (everybody where none is named) who work in its business line."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=160)
    kind = models.CharField(_("kind"), max_length=9, choices=PolicyKind, default=PolicyKind.POLICY)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("owner"))
    line = models.ForeignKey(
        "products.BusinessLine",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("business line"),
    )
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("stands under")
    )
    source = models.TextField(_("source of law"), blank=True)
    risks = models.ManyToManyField("risk.Risk", related_name="policies", blank=True, verbose_name=_("risks"))
    controls = models.ManyToManyField("risk.Control", related_name="policies", blank=True, verbose_name=_("controls"))
    audience_roles = ArrayField(
        models.CharField(max_length=20, choices=Role.choices), verbose_name=_("roles that confirm"), default=list, blank=True
    )  # fmt: skip
    audience_teams = models.ManyToManyField(
        "staff.Team", related_name="+", blank=True, verbose_name=_("teams that confirm")
    )
    confirm_days = models.PositiveSmallIntegerField(_("days to confirm it"), default=14)
    review_months = models.PositiveSmallIntegerField(_("reviewed every … months"), default=12)
    review_on = models.DateField(_("next review"), null=True, blank=True, editable=False)

    objects = PolicyQuerySet.as_manager()

    class Meta:
        verbose_name = _("policy")
        verbose_name_plural = _("policies")
        ordering = ["code"]
        permissions = [("check_policy", _("Can approve a version of a policy"))]
        indexes = [models.Index("review_on", "id", name="policy_review")]
        constraints = [
            models.CheckConstraint(
                condition=Q(review_months__range=(1, 60)),
                name="policy_reviewed_within_five_years",
                violation_error_message=_("A policy is reviewed within 1 to 60 months."),
            ),
            models.CheckConstraint(
                condition=Q(confirm_days__range=(1, 180)),
                name="policy_confirmed_within_half_a_year",
                violation_error_message=_("A policy is confirmed within 1 to 180 days."),
            ),
            models.CheckConstraint(
                condition=~Q(parent=models.F("id")),
                name="policy_under_another",
                violation_error_message=_("A policy does not stand under itself."),
            ),
        ]

    def __str__(self):
        return self.name


class PolicyVersion(models.Model):
    """A policy as it reads from a day on: `texts` are Markdown by language, `sha256` is over all of them. A draft has no
    day yet; two people give it one, and from then on a trigger refuses every change."""

    policy = models.ForeignKey(Policy, models.PROTECT, related_name="versions", verbose_name=_("policy"))
    number = models.PositiveIntegerField(_("version"))
    texts = models.JSONField(_("texts"))
    summary = models.TextField(_("what changes"))
    sha256 = models.CharField(_("SHA-256 of the texts"), max_length=64)
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    written_at = models.DateTimeField(_("at"))
    effective_from = models.DateField(_("in force from"), null=True, blank=True, editable=False)

    objects = PolicyVersionQuerySet.as_manager()

    class Meta:
        verbose_name = _("version of a policy")
        verbose_name_plural = _("versions of policies")
        ordering = ["policy", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["policy", "number"], name="one_text_of_a_policy_per_number"),
            models.UniqueConstraint(
                fields=["policy"],
                condition=Q(effective_from__isnull=True),
                name="one_policy_draft",
                violation_error_message=_("A draft of this policy is in work already."),
            ),
            models.UniqueConstraint(
                fields=["policy", "effective_from"],
                name="one_text_of_a_policy_per_day",
                violation_error_message=_("A version of this policy begins on that day already."),
            ),
        ]

    def __str__(self):
        return f"{self.policy} v{self.number}"

    @property
    def is_draft(self):
        return self.effective_from is None

    def language_for(self, wanted=None):
        """The language to show it in: the one asked for, the reader's, or the first that it is written in."""
        return next((one for one in (wanted, get_language(), *self.texts) if one in self.texts), "")
