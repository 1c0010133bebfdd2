"""What is done for a ticket beside talking: parts of the work, time, links and merges."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class Subtask(models.Model):
    """A part of the work, which may be somebody else's and has a day of its own."""

    ticket = models.ForeignKey("service.Ticket", models.PROTECT, related_name="subtasks", verbose_name=_("ticket"))
    title = models.CharField(_("what is to do"), max_length=200)
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("who")
    )
    due_on = models.DateField(_("due"), null=True, blank=True)
    done_at = models.DateTimeField(_("done"), null=True, blank=True)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("done by")
    )
    came_with = models.ForeignKey(
        "service.Ticket", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("came with")
    )

    class Meta:
        verbose_name = _("sub-task")
        verbose_name_plural = _("sub-tasks")
        ordering = ["id"]

    def __str__(self):
        return self.title


class LinkKind(models.TextChoices):
    RELATED = "related", _("Related to")
    DUPLICATE = "duplicate", _("Duplicate of")
    BLOCKS = "blocks", _("Blocks")


class TicketLink(models.Model):
    """Two tickets that have to do with each other; `blocks` and `duplicate` read from the first to the second."""

    ticket = models.ForeignKey("service.Ticket", models.PROTECT, related_name="links", verbose_name=_("ticket"))
    other = models.ForeignKey(
        "service.Ticket", models.PROTECT, related_name="links_here", verbose_name=_("other ticket")
    )
    kind = models.CharField(_("kind"), max_length=9, choices=LinkKind, default=LinkKind.RELATED)

    class Meta:
        verbose_name = _("link between tickets")
        verbose_name_plural = _("links between tickets")
        constraints = [
            models.UniqueConstraint(
                fields=["ticket", "other", "kind"],
                name="one_link_of_a_kind",
                violation_error_message=_("These tickets are linked so already."),
            ),
            models.CheckConstraint(
                condition=~Q(ticket=F("other")),
                name="no_link_to_itself",
                violation_error_message=_("A ticket is not linked with itself."),
            ),
        ]

    def __str__(self):
        return f"{self.ticket_id} {self.kind} {self.other_id}"


class TimeEntry(models.Model):
    """Time that somebody spent on a ticket."""

    ticket = models.ForeignKey("service.Ticket", models.PROTECT, related_name="times", verbose_name=_("ticket"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    seconds = models.PositiveIntegerField(_("seconds"))
    at = models.DateTimeField(_("at"))
    came_with = models.ForeignKey(
        "service.Ticket", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("came with")
    )

    class Meta:
        verbose_name = _("time spent")
        verbose_name_plural = _("times spent")
        constraints = [models.CheckConstraint(condition=Q(seconds__gte=1), name="time_spent_is_some")]

    def __str__(self):
        return f"{self.ticket_id} {self.seconds}"


class TicketMerge(models.Model):
    """One ticket went into another, with what it takes to part them again exactly."""

    source = models.ForeignKey("service.Ticket", models.PROTECT, related_name="merges", verbose_name=_("merged"))
    target = models.ForeignKey("service.Ticket", models.PROTECT, related_name="taken_in", verbose_name=_("into"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"))
    status = models.CharField(_("status before"), max_length=8)
    resolved_at = models.DateTimeField(_("resolved before"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed before"), null=True, blank=True)
    tags_added = ArrayField(models.CharField(max_length=40), verbose_name=_("tags added"), default=list)
    undone_at = models.DateTimeField(_("undone"), null=True, blank=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("undone by")
    )

    class Meta:
        verbose_name = _("merge of tickets")
        verbose_name_plural = _("merges of tickets")
        constraints = [
            models.UniqueConstraint(
                fields=["source"], condition=Q(undone_at__isnull=True), name="a_ticket_is_in_one_other_at_most"
            ),
            models.CheckConstraint(condition=~Q(source=F("target")), name="no_merge_into_itself"),
        ]

    def __str__(self):
        return f"{self.source_id} → {self.target_id}"


class TicketRating(models.Model):
    """What a customer thinks of how their concern was looked after: one question, 1 to 5, and words if they like."""

    ticket = models.OneToOneField("service.Ticket", models.PROTECT, related_name="rated", verbose_name=_("ticket"))
    agent = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("agent")
    )
    rating = models.PositiveSmallIntegerField(_("rating"))
    comment = models.TextField(_("comment"), blank=True)
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("rating")
        verbose_name_plural = _("ratings")
        indexes = [models.Index("agent", F("at").desc(), name="rating_of_agent")]
        constraints = [models.CheckConstraint(condition=Q(rating__range=(1, 5)), name="rating_one_to_five")]

    def __str__(self):
        return f"{self.ticket_id}: {self.rating}"
