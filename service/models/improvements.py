from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from service.models.complaints import RootCause
from service.querysets.improvements import ImprovementQuerySet


class ImprovementState(models.TextChoices):
    PROPOSED = "proposed", _("Proposed")
    OPEN = "open", _("In work")
    DONE = "done", _("In effect")
    DROPPED = "dropped", _("Dropped")


class Improvement(models.Model):
    """Work against a cause of complaints: proposed by a rising trend or by a person, and measured once it is in effect.

    `month` and the counts are what the trend was found by: cases and accounts of the month, and of the months before."""

    version = models.ForeignKey(
        "products.ProductVersion", models.PROTECT, related_name="+", verbose_name=_("product version")
    )
    step = models.ForeignKey("service.ProcessStep", models.PROTECT, related_name="+", verbose_name=_("process step"))
    cause = models.CharField(_("root cause"), max_length=12, choices=RootCause)
    month = models.DateField(_("month"))
    cases = models.PositiveIntegerField(_("cases"))
    accounts = models.PositiveBigIntegerField(_("accounts"))
    cases_before = models.PositiveIntegerField(_("cases before"))
    accounts_before = models.PositiveBigIntegerField(_("accounts before"))
    probability = models.FloatField(_("adjusted probability"))
    state = models.CharField(_("state"), max_length=8, choices=ImprovementState, default=ImprovementState.PROPOSED)
    action = models.TextField(_("what is done"), blank=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("owner")
    )
    due_on = models.DateField(_("due"), null=True, blank=True)
    effective_on = models.DateField(_("in effect from"), null=True, blank=True)
    proposed_at = models.DateTimeField(_("proposed at"))

    objects = ImprovementQuerySet.as_manager()

    class Meta:
        verbose_name = _("improvement")
        verbose_name_plural = _("improvements")
        ordering = ["-month", "probability", "id"]
        permissions = [("plan_improvement", _("Can plan improvements"))]
        constraints = [
            models.UniqueConstraint(
                fields=["version", "step", "cause"],
                condition=Q(state__in=["proposed", "open"]),
                name="one_open_improvement_a_cause",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["proposed", "dropped"])
                | Q(owner__isnull=False, due_on__isnull=False) & ~Q(action=""),
                name="improvement_in_work_is_planned",
            ),
            models.CheckConstraint(
                condition=Q(state="done", effective_on__isnull=False) | ~Q(state="done") & Q(effective_on=None),
                name="improvement_in_effect_since",
            ),
            models.CheckConstraint(condition=Q(accounts__gt=0, accounts_before__gt=0), name="improvement_has_accounts"),
        ]

    def __str__(self):
        return f"{self.version}, {self.get_cause_display()}, {self.step}"


class PastComplaint(models.Model):
    """A complaint from another system's history: read, counted and searched for themes, never worked on."""

    source = models.ForeignKey("customers.Source", models.PROTECT, related_name="+", verbose_name=_("source"))
    external_id = models.CharField(_("number at its source"), max_length=64)
    received_on = models.DateField(_("received on"))
    answered_on = models.DateField(_("passed on"), null=True, blank=True)
    customer = models.ForeignKey(
        "customers.Customer", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("customer")
    )
    product = models.ForeignKey(
        "products.Product", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("product")
    )
    company = models.CharField(_("company"), max_length=160, blank=True)
    product_name = models.CharField(_("product as named there"), max_length=160, blank=True)
    issue = models.CharField(_("issue"), max_length=200, blank=True)
    detail = models.CharField(_("detail"), max_length=200, blank=True)
    narrative = models.TextField(_("narrative"), blank=True)
    response = models.CharField(_("response"), max_length=120, blank=True)
    timely = models.CharField(_("in time"), max_length=3, blank=True)
    channel = models.CharField(_("channel"), max_length=40, blank=True)
    region = models.CharField(_("region"), max_length=40, blank=True)

    class Meta:
        verbose_name = _("past complaint")
        verbose_name_plural = _("past complaints")
        ordering = ["-received_on", "-id"]
        indexes = [models.Index(F("received_on").desc(), F("id").desc(), name="past_complaint_newest")]
        constraints = [
            models.UniqueConstraint(
                fields=["source", "external_id"], condition=~Q(external_id=""), name="one_past_complaint_per_number"
            )
        ]

    def __str__(self):
        return self.external_id


class ComplaintTheme(models.Model):
    """What many complaints have in common, by their words; written anew each time themes are looked for."""

    number = models.PositiveSmallIntegerField(_("number"), unique=True)
    words = models.JSONField(_("words"), default=list)
    size = models.PositiveIntegerField(_("complaints"))
    found_at = models.DateTimeField(_("found at"))

    class Meta:
        verbose_name = _("theme")
        verbose_name_plural = _("themes")
        ordering = ["number"]

    def __str__(self):
        return ", ".join(self.words[:3])


class ThemeMember(models.Model):
    """A complaint that belongs to a theme, the nearest first."""

    theme = models.ForeignKey(ComplaintTheme, models.CASCADE, related_name="members")
    complaint = models.ForeignKey("service.Complaint", models.CASCADE, null=True, related_name="themes")
    past = models.ForeignKey(PastComplaint, models.CASCADE, null=True, related_name="themes")
    received_on = models.DateField()
    nearness = models.FloatField()

    class Meta:
        verbose_name = _("complaint of a theme")
        verbose_name_plural = _("complaints of themes")
        indexes = [models.Index(F("theme"), F("nearness").desc(), name="theme_nearest")]

    def __str__(self):
        return f"{self.theme_id} {self.complaint_id or self.past_id}"
