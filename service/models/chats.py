from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from customers.fields import EncryptedTextField
from service.querysets.chats import ChatQuerySet


class ChatState(models.TextChoices):
    WAITING = "waiting", _("Waiting")
    ACTIVE = "active", _("In conversation")
    ENDED = "ended", _("Ended")


class EndedBy(models.TextChoices):
    VISITOR = "visitor", _("The visitor")
    AGENT = "agent", _("The agent")
    SILENCE = "silence", _("Silence")


class Chat(models.Model):
    """A ticket that somebody waits at, in a window on the company's own pages.

    The visitor's browser made the token and keeps it; here is its hash. `verified` says that the company's own app told
    who it is, and that nobody else could have."""

    ticket = models.OneToOneField(
        "service.Ticket", models.PROTECT, related_name="chat", editable=False, verbose_name=_("ticket")
    )
    token_sha256 = models.CharField(max_length=64, unique=True, editable=False)
    visitor_name = EncryptedTextField(_("name"), purpose="service.chat.visitor_name", null=True, blank=True)
    verified = models.BooleanField(_("identity told by the app"), default=False)
    state = models.CharField(_("state"), max_length=7, choices=ChatState, default=ChatState.WAITING)
    agent = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="chats", verbose_name=_("agent")
    )
    opened_at = models.DateTimeField(_("opened"))
    waiting_since = models.DateTimeField(_("waiting since"))
    accepted_at = models.DateTimeField(_("accepted"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    ended_by = models.CharField(_("ended by"), max_length=7, choices=EndedBy, blank=True)
    seen_at = models.DateTimeField(_("visitor last seen"))
    read_up_to = models.BigIntegerField(_("read by the agent up to"), default=0)

    objects = ChatQuerySet.as_manager()

    class Meta:
        verbose_name = _("chat")
        verbose_name_plural = _("chats")
        indexes = [
            models.Index("waiting_since", "id", condition=Q(state="waiting"), name="chat_waiting"),
            models.Index("agent", "id", condition=Q(state="active"), name="chat_of_agent"),
            models.Index("seen_at", condition=~Q(state="ended"), name="chat_last_seen"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="active") | Q(agent__isnull=False), name="chat_in_conversation_has_an_agent"
            ),
            models.CheckConstraint(
                condition=Q(state="ended", ended_at__isnull=False) | ~Q(state="ended") & Q(ended_at__isnull=True),
                name="chat_ended_says_when",
            ),
        ]

    def __str__(self):
        return str(self.ticket)

    @property
    def is_over(self):
        return self.state == ChatState.ENDED
