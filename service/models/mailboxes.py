from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from service.querysets.mails import MailboxQuerySet


class Security(models.TextChoices):
    TLS = "tls", _("TLS from the first byte")
    STARTTLS = "starttls", "STARTTLS"
    NONE = "none", _("None, on this machine alone")


class Mailbox(models.Model):
    """An address that customers write to: where its mail is fetched and sent, and in which queue it arrives.

    Passwords are never here: `secret` names one that the environment or a file holds."""

    code = models.SlugField(_("code"), max_length=30, unique=True)
    address = models.EmailField(_("address"))
    name = models.CharField(_("name of the sender"), max_length=80)
    queue = models.ForeignKey("service.Queue", models.PROTECT, related_name="mailboxes", verbose_name=_("queue"))
    imap_host = models.CharField(_("IMAP server"), max_length=190, blank=True)
    imap_port = models.PositiveIntegerField(_("IMAP port"), default=993)
    imap_security = models.CharField(_("IMAP security"), max_length=8, choices=Security, default=Security.TLS)
    imap_folder = models.CharField(_("folder that is read"), max_length=120, default="INBOX")
    done_folder = models.CharField(
        _("folder for what was read"), max_length=120, blank=True, help_text=_("Empty: marked as read and left there.")
    )
    smtp_host = models.CharField(_("SMTP server"), max_length=190, blank=True)
    smtp_port = models.PositiveIntegerField(_("SMTP port"), default=587)
    smtp_security = models.CharField(_("SMTP security"), max_length=8, choices=Security, default=Security.STARTTLS)
    user = models.CharField(_("signs in as"), max_length=190, blank=True)
    secret = models.CharField(
        _("name of the password"), max_length=60, blank=True, help_text=_("SUPPORT stands for MAIL_SECRET_SUPPORT.")
    )
    authentication_host = models.CharField(
        _("name of the server that checks senders"),
        max_length=190,
        blank=True,
        help_text=_("As it stands first in Authentication-Results; empty: senders are not checked."),
    )
    plus_addresses = models.BooleanField(
        _("answers come to address+number"), default=False, help_text=_("Where the server delivers such addresses.")
    )
    acknowledge = models.BooleanField(_("tell once that a mail has come"), default=True)
    signature_en = models.TextField(_("signature in English"), blank=True)
    signature_hans = models.TextField(_("signature in Simplified Chinese"), blank=True)
    signature_hant = models.TextField(_("signature in Traditional Chinese"), blank=True)
    is_active = models.BooleanField(_("in use"), default=True)
    uid_validity = models.BigIntegerField(null=True, blank=True, editable=False)
    last_uid = models.BigIntegerField(default=0, editable=False)
    polled_at = models.DateTimeField(_("last read"), null=True, blank=True, editable=False)
    failing_since = models.DateTimeField(_("failing since"), null=True, blank=True, editable=False)
    error = models.CharField(_("what is wrong"), max_length=400, blank=True, editable=False)

    objects = MailboxQuerySet.as_manager()

    class Meta:
        verbose_name = _("mailbox")
        verbose_name_plural = _("mailboxes")
        ordering = ["address"]
        constraints = [
            models.UniqueConstraint(
                models.functions.Lower("address"),
                name="one_mailbox_per_address",
                violation_error_message=_("There is a mailbox of this address already."),
            ),
            models.CheckConstraint(
                condition=Q(user="") | ~Q(secret=""),
                name="mailbox_user_has_a_secret",
                violation_error_message=_("Say under which name the password of this user stands."),
            ),
        ]

    def __str__(self):
        return self.address

    def signature(self, language):
        return {"zh-hans": self.signature_hans, "zh-hant": self.signature_hant}.get(language, self.signature_en)
