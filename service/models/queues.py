from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Assignment(models.TextChoices):
    MANUAL = "manual", _("By hand")
    LOAD = "load", _("To whoever has the least to do")


class Queue(models.Model):
    """Where tickets wait for one group of people, who hold the skills that it asks for."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=80)
    line = models.CharField(_("business line"), max_length=20, blank=True)
    skills = ArrayField(models.CharField(max_length=40), verbose_name=_("skills asked for"), default=list, blank=True)
    assignment = models.CharField(_("assignment"), max_length=6, choices=Assignment, default=Assignment.LOAD)
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta:
        verbose_name = _("queue")
        verbose_name_plural = _("queues")
        ordering = ["name"]

    def __str__(self):
        return self.name


class Agent(models.Model):
    """Somebody who answers tickets: what they can do, how much at once, and whether they are there now."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="agent", verbose_name=_("person")
    )
    skills = ArrayField(models.CharField(max_length=40), verbose_name=_("skills"), default=list, blank=True)
    languages = ArrayField(models.CharField(max_length=10), verbose_name=_("languages"), default=list, blank=True)
    capacity = models.PositiveSmallIntegerField(_("open tickets at once"), default=20)
    chats_at_once = models.PositiveSmallIntegerField(_("chats at once"), default=4)
    is_available = models.BooleanField(_("takes new work"), default=False)
    available_since = models.DateTimeField(_("available since"), null=True, blank=True)

    class Meta:
        verbose_name = _("agent")
        verbose_name_plural = _("agents")
        constraints = [
            models.CheckConstraint(
                condition=Q(capacity__gte=1),
                name="agent_takes_one_at_least",
                violation_error_message=_("An agent takes at least one ticket."),
            )
        ]

    def __str__(self):
        return str(self.user)


class QueueMember(models.Model):
    """An agent who works in a queue."""

    queue = models.ForeignKey(Queue, models.CASCADE, related_name="members", verbose_name=_("queue"))
    agent = models.ForeignKey(Agent, models.CASCADE, related_name="queues", verbose_name=_("agent"))

    class Meta:
        verbose_name = _("member of a queue")
        verbose_name_plural = _("members of queues")
        constraints = [models.UniqueConstraint(fields=["queue", "agent"], name="an_agent_once_in_a_queue")]

    def __str__(self):
        return f"{self.queue}: {self.agent}"
