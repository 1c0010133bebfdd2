from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from marketing.querysets.providers import ProviderQuerySet
from service.models import Security


class SendChannel(models.TextChoices):
    """A way by which a campaign reaches single customers."""

    EMAIL = "email", _("E-mail")
    SMS = "sms", _("Text message")
    PUSH = "push", _("Push message")
    INAPP = "inapp", _("Inbox of the app")


class ProviderKind(models.TextChoices):
    SMTP = "smtp", _("Mail server (SMTP)")
    WEBHOOK = "webhook", _("Gateway (HTTP)")
    INBOX = "inbox", _("Meridian's own inbox, read by the app")


class Provider(models.Model):
    """Who carries messages out of the house, how quickly they may be handed over, and what one costs.

    Passwords and keys are never here: `secret` names a `MAIL_SECRET_…`, `gateway` names a `GATEWAY_…` of the
    environment."""

    code = models.SlugField(_("code"), max_length=30, unique=True)
    name = models.CharField(_("name"), max_length=80)
    channel = models.CharField(_("channel"), max_length=5, choices=SendChannel)
    kind = models.CharField(_("kind"), max_length=7, choices=ProviderKind)
    host = models.CharField(_("SMTP server"), max_length=190, blank=True)
    port = models.PositiveIntegerField(_("SMTP port"), default=587)
    security = models.CharField(_("SMTP security"), max_length=8, choices=Security, default=Security.STARTTLS)
    user = models.CharField(_("signs in as"), max_length=190, blank=True)
    secret = models.CharField(
        _("name of the password"), max_length=60, blank=True, help_text=_("NEWS stands for MAIL_SECRET_NEWS.")
    )
    gateway = models.CharField(
        _("gateway"), max_length=40, blank=True, help_text=_("sms stands for GATEWAY_SMS_URL and GATEWAY_SMS_KEY.")
    )
    from_name = models.CharField(_("name of the sender"), max_length=80, blank=True)
    from_address = models.EmailField(_("address of the sender"), blank=True)
    per_second = models.PositiveIntegerField(_("messages per second"), default=20)
    price = models.DecimalField(_("price of a message"), max_digits=12, decimal_places=5, default=0)
    currency = models.CharField(_("currency"), max_length=3, default="CNY")
    is_active = models.BooleanField(_("in use"), default=True)

    objects = ProviderQuerySet.as_manager()

    class Meta:
        verbose_name = _("provider")
        verbose_name_plural = _("providers")
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(kind="smtp") | Q(channel="email") & ~Q(host="") & ~Q(from_address=""),
                name="smtp_provider_sends_e_mail",
                violation_error_message=_("A mail server sends e-mail, and needs a server and a sender's address."),
            ),
            models.CheckConstraint(
                condition=~Q(kind="webhook") | ~Q(gateway=""),
                name="webhook_provider_names_its_gateway",
                violation_error_message=_("Name the gateway that the operator has set up."),
            ),
            models.CheckConstraint(
                condition=(Q(kind="inbox") & Q(channel="inapp")) | (~Q(kind="inbox") & ~Q(channel="inapp")),
                name="inbox_is_the_apps",
                violation_error_message=_("The inbox of the app is read by the app, and nothing else is."),
            ),
            models.CheckConstraint(
                condition=Q(per_second__gte=1, price__gte=0),
                name="provider_has_a_pace",
                violation_error_message=_("At least one message a second, at a price of zero or more."),
            ),
            models.CheckConstraint(
                condition=Q(user="") | ~Q(secret=""),
                name="provider_user_has_a_secret",
                violation_error_message=_("Say under which name the password of this user stands."),
            ),
        ]

    def __str__(self):
        return self.name


class ProviderPace(models.Model):
    """How many messages a provider may be given at once: a bucket that fills at its pace. `blocked_until` is what it
    asked for itself (429, Retry-After) or what its silence earned it."""

    provider = models.OneToOneField(Provider, models.CASCADE, primary_key=True, related_name="pace")
    tokens = models.FloatField(default=0)
    at = models.DateTimeField()
    blocked_until = models.DateTimeField(null=True)
    failures = models.PositiveIntegerField(default=0, help_text="One after another, without an answer between.")
    why = models.CharField(max_length=200, blank=True)

    def __str__(self):
        return f"{self.provider_id}"
