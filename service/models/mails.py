from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from customers.fields import EncryptedTextField
from service.querysets.mails import MailQuerySet


class MailDirection(models.TextChoices):
    IN = "in", _("In")
    OUT = "out", _("Out")


class MailState(models.TextChoices):
    """`handed`: its content is being given to the server; whoever dies there leaves a mail of which nobody knows."""

    TAKEN = "taken", _("Became a message")
    KEPT = "kept", _("Kept, not answered")
    REFUSED = "refused", _("Refused")
    QUEUED = "queued", _("Waits to be sent")
    SENDING = "sending", _("Being sent")
    HANDED = "handed", _("Being handed over")
    SENT = "sent", _("Sent")
    UNSURE = "unsure", _("Perhaps sent")
    FAILED = "failed", _("Failed")
    BOUNCED = "bounced", _("Came back")


class MailKind(models.TextChoices):
    PERSON = "person", _("Written by a person")
    STRANGER = "stranger", _("From somebody else")
    AUTOMATIC = "automatic", _("Automatic reply")
    LIST = "list", _("Mailing list")
    BOUNCE = "bounce", _("Delivery report")
    LOOP = "loop", _("Our own")
    FLOOD = "flood", _("Too many from one sender")
    COPY = "copy", _("Copy of one that came elsewhere")
    LARGE = "large", _("Too large")
    ANSWER = "answer", _("Answer")
    RECEIPT = "receipt", _("Acknowledgement")
    REFUSAL = "refusal", _("Refusal")
    RATING = "rating", _("Question about the service")
    TRANSCRIPT = "chat", _("Transcript of a chat")


ONCE = [MailKind.RECEIPT, MailKind.RATING, MailKind.TRANSCRIPT]  # a ticket gets no second one


class Mail(models.Model):
    """One e-mail that came or goes, as the mail log shows it; its bytes are kept as they were.

    `key` is by which it is known again: of one that came, its number and content; of ours, its number."""

    mailbox = models.ForeignKey("service.Mailbox", models.PROTECT, related_name="mails", verbose_name=_("mailbox"))
    direction = models.CharField(_("direction"), max_length=3, choices=MailDirection)
    state = models.CharField(_("state"), max_length=8, choices=MailState)
    kind = models.CharField(_("kind"), max_length=9, choices=MailKind)
    key = models.CharField(max_length=250, editable=False)
    number = models.CharField(_("Message-ID"), max_length=250, blank=True)
    refers_to = ArrayField(models.CharField(max_length=250), verbose_name=_("answers"), default=list, blank=True)
    peer = EncryptedTextField(_("other side"), purpose="service.mail.peer", null=True, blank=True)
    peer_index = models.BinaryField(null=True, blank=True, editable=False)
    subject = models.CharField(_("subject"), max_length=300, blank=True)
    text = models.TextField(_("text"), blank=True)
    quoted = models.TextField(_("quoted from earlier"), blank=True)
    ticket = models.ForeignKey(
        "service.Ticket", models.PROTECT, null=True, blank=True, related_name="mails", verbose_name=_("ticket")
    )
    message = models.ForeignKey(
        "service.TicketMessage", models.PROTECT, null=True, blank=True, related_name="mails", verbose_name=_("message")
    )
    about = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="reports", verbose_name=_("about")
    )
    original = models.FileField(_("as it came"), upload_to="service/mail/%Y/%m/", blank=True)
    size = models.PositiveIntegerField(_("size"), default=0)
    at = models.DateTimeField(_("at"))
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    next_at = models.DateTimeField(_("next attempt"), null=True, blank=True)
    claimed_at = models.DateTimeField(null=True, blank=True, editable=False)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    error = models.CharField(_("what is wrong"), max_length=400, blank=True)

    objects = MailQuerySet.as_manager()

    class Meta:
        verbose_name = _("e-mail")
        verbose_name_plural = _("e-mails")
        permissions = [
            ("open_original", _("Can open e-mails as they came")),
            ("resend_mail", _("Can send e-mails again")),
        ]
        indexes = [
            models.Index(F("at").desc(), F("id").desc(), name="mail_newest"),
            models.Index("state", F("id").desc(), name="mail_state"),
            models.Index("number", name="mail_number", condition=~Q(number="")),
            models.Index("peer_index", "at", name="mail_peer", condition=Q(peer_index__isnull=False)),
            models.Index("next_at", "id", name="mail_outbox", condition=Q(state__in=["queued", "sending", "handed"])),
        ]
        constraints = [
            models.UniqueConstraint(fields=["mailbox", "direction", "key"], name="one_mail_per_key"),
            models.UniqueConstraint(fields=["message"], condition=Q(direction="out"), name="one_mail_per_answer"),
            models.UniqueConstraint(
                fields=["ticket", "kind"], condition=Q(kind__in=ONCE), name="one_such_mail_a_ticket"
            ),
        ]

    def __str__(self):
        return f"{self.mailbox_id} {self.at:%Y-%m-%d %H:%M}"

    @property
    def is_automatic(self):
        return self.kind in {MailKind.RECEIPT, MailKind.REFUSAL, MailKind.RATING}
