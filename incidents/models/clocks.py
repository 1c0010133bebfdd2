from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from incidents.models.incidents import Incident, IncidentKind
from incidents.querysets.clocks import NoticeRuleQuerySet


class NoticeTo(models.TextChoices):
    AUTHORITY = "authority", _("the authority")
    PERSONS = "persons", _("the persons concerned")
    MANAGEMENT = "management", _("management")


class NoticeRule(models.Model):
    """Within how many hours of its detection an incident of a kind is told to whom, from a day on, in one jurisdiction.

    An empty jurisdiction is everywhere, an empty kind every incident. Nothing in code repeats a value that stands here.
    Of rules of one kind the newest that has begun is in force; a trigger refuses changes, and four eyes every new row."""

    kind = models.CharField(_("kind"), max_length=13, choices=IncidentKind, blank=True)
    jurisdiction = models.CharField(_("jurisdiction"), max_length=2, blank=True)
    told = models.CharField(_("told to"), max_length=10, choices=NoticeTo)
    hours = models.PositiveIntegerField(_("within, hours"))
    valid_from = models.DateField(_("from"))
    valid_to = models.DateField(_("until"), null=True, blank=True, help_text=_("The last day; empty means open."))
    source = models.CharField(_("source"), max_length=200)
    needs_confirmation = models.BooleanField(_("needs confirmation"), default=False)

    objects = NoticeRuleQuerySet.as_manager()

    class Meta:
        verbose_name = _("rule of notice")
        verbose_name_plural = _("rules of notice")
        ordering = ["jurisdiction", "kind", "told", "-valid_from"]
        permissions = [("check_noticerule", _("Can approve a rule of notice"))]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "jurisdiction", "told", "valid_from"],
                name="one_notice_rule_per_day",
                violation_error_message=_("A rule of this kind begins on that day already."),
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="notice_rule_ends_after_it_begins",
                violation_error_message=_("The last day is before the first."),
            ),
        ]

    def __str__(self):
        return f"{self.jurisdiction} {self.get_told_display()} {self.span}".strip()

    @property
    def span(self):
        return ngettext("%(n)d hour", "%(n)d hours", self.hours) % {"n": self.hours}


class IncidentClock(models.Model):
    """A notice that an incident owes: due so many hours after its detection, met once by somebody who says how."""

    incident = models.ForeignKey(Incident, models.PROTECT, related_name="clocks", verbose_name=_("incident"))
    rule = models.ForeignKey(NoticeRule, models.PROTECT, related_name="clocks", verbose_name=_("rule of notice"))
    due_at = models.DateTimeField(_("due at"))
    met_at = models.DateTimeField(_("met at"), null=True, blank=True)
    met_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("met by")
    )
    note = models.TextField(_("how it was met"), blank=True)

    class Meta:
        verbose_name = _("clock of an incident")
        verbose_name_plural = _("clocks of incidents")
        ordering = ["due_at", "id"]
        indexes = [models.Index(fields=["due_at"], condition=Q(met_at__isnull=True), name="incident_clock_open")]
        constraints = [
            models.UniqueConstraint(fields=["incident", "rule"], name="one_clock_per_rule"),
            models.CheckConstraint(
                condition=Q(met_at__isnull=True) | (Q(met_by__isnull=False) & ~Q(note="")),
                name="met_clock_says_how",
                violation_error_message=_("Say who was told, and how."),
            ),
        ]

    def __str__(self):
        return f"{self.incident} {self.rule}"

    @property
    def was_late(self):
        return self.met_at is not None and self.met_at > self.due_at
