from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from marketing.querysets.recipients import CampaignDeliveryQuerySet


class Exclusion(models.TextChoices):
    """Why somebody who matched is not written to; of several the first in this order."""

    CLOSED = "closed", _("closed, frozen or restricted")
    SUPPRESSED = "suppressed", _("on a suppression list")
    VULNERABLE = "vulnerable", _("vulnerable")
    COMPLAINT = "complaint", _("complaint open")
    OVERDUE = "overdue", _("payments overdue")
    UNSUITABLE = "unsuitable", _("unsuitable")
    NO_CONSENT = "no_consent", _("no consent")
    NO_ADDRESS = "no_address", _("no address for this channel")
    BOUNCED = "bounced", _("address did not work")
    CAPPED = "capped", _("capped")
    FATIGUED = "fatigued", _("too much without an answer")
    OUTBID = "outbid", _("another campaign goes first")
    LATE = "late", _("too late")
    STOPPED = "stopped", _("campaign stopped")


class CampaignRound(models.Model):
    """One going out of a campaign: its audience, drawn once. A recurring one has many."""

    campaign = models.ForeignKey(
        "marketing.Campaign", models.PROTECT, related_name="rounds", verbose_name=_("campaign")
    )
    number = models.PositiveIntegerField(_("round"))
    sign_off = models.ForeignKey("marketing.SignOff", models.PROTECT, related_name="+", verbose_name=_("sign-off"))
    planned_at = models.DateTimeField(_("planned for"))
    drawn_at = models.DateTimeField(_("audience drawn at"))
    # Who entered by then was seen; who is written down later is later. Empty but for campaigns that follow entries.
    seen_until = models.DateTimeField(_("entries seen until"), null=True, blank=True)
    matched = models.PositiveIntegerField(_("matched"), default=0)
    reached = models.PositiveIntegerField(_("written to"), default=0)
    held = models.PositiveIntegerField(_("held out"), default=0)
    excluded = models.JSONField(_("left out"), default=dict)
    finished_at = models.DateTimeField(_("finished at"), null=True, blank=True)

    class Meta:
        verbose_name = _("round")
        verbose_name_plural = _("rounds")
        ordering = ["campaign", "-number"]
        constraints = [models.UniqueConstraint(fields=["campaign", "number"], name="one_round_per_number")]

    def __str__(self):
        return f"{self.campaign_id} / {self.number}"


class Recipient(models.Model):
    """Somebody who matched when a round's audience was drawn: written to by a variant, held out, or left out, and why.
    Rows only ever come, a round at a time; the batch is an event of the log with a digest over them."""

    round = models.ForeignKey(CampaignRound, models.PROTECT, related_name="recipients")
    campaign = models.ForeignKey("marketing.Campaign", models.PROTECT, related_name="recipients", db_index=False)
    customer = models.ForeignKey(
        "customers.Customer", models.PROTECT, related_name="received", db_constraint=False, db_index=False
    )
    variant = models.ForeignKey(
        "marketing.CampaignVariant", models.PROTECT, null=True, related_name="+", db_index=False
    )
    exclusion = models.CharField(_("left out because"), max_length=10, choices=Exclusion, blank=True)
    is_held = models.BooleanField(_("held out"), default=False)
    is_held_globally = models.BooleanField(_("held out of everything"), default=False)
    language = models.CharField(max_length=10, blank=True)
    token = models.CharField(max_length=32, unique=True)
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("recipient")
        verbose_name_plural = _("recipients")
        constraints = [models.UniqueConstraint(fields=["round", "customer"], name="one_recipient_per_round")]
        indexes = [
            models.Index("campaign", "customer", name="recipient_of_campaign"),
            models.Index("customer", F("at").desc(), name="recipient_of_customer"),
        ]

    def __str__(self):
        return f"{self.round_id} {self.customer_id}"


class DeliveryState(models.TextChoices):
    QUEUED = "queued", _("Waits")
    CLAIMED = "claimed", _("Taken up")
    SENDING = "sending", _("Being handed over")
    SENT = "sent", _("Handed over")
    FAILED = "failed", _("Refused by the provider")
    UNKNOWN = "unknown", _("Perhaps sent")
    SKIPPED = "skipped", _("Not sent")


class Delivery(models.Model):
    """Where the message to a recipient stands: a queue. What came of it stands in `Send` and does not change.

    queued → claimed (lease) → sending (before the provider is called) → sent, failed or unknown. A lease that ran out
    on `claimed` goes back to the queue; on `sending` nobody knows, and nothing is sent again without proof."""

    recipient = models.OneToOneField(Recipient, models.PROTECT, primary_key=True, related_name="delivery")
    campaign = models.ForeignKey("marketing.Campaign", models.PROTECT, related_name="deliveries", db_index=False)
    customer = models.ForeignKey(
        "customers.Customer", models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    state = models.CharField(_("state"), max_length=7, choices=DeliveryState, default=DeliveryState.QUEUED)
    next_at = models.DateTimeField(_("not before"))
    lease_until = models.DateTimeField(null=True)
    worker = models.CharField(max_length=40, blank=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    settled_at = models.DateTimeField(null=True)

    objects = CampaignDeliveryQuerySet.as_manager()

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        indexes = [
            models.Index("campaign", "next_at", "recipient", condition=Q(state="queued"), name="campaign_delivery_due"),
            models.Index("lease_until", condition=Q(state__in=["claimed", "sending"]), name="campaign_delivery_leased"),
            models.Index("campaign", condition=Q(state="unknown"), name="campaign_delivery_unknown"),
            models.Index(
                "customer", condition=Q(state__in=["queued", "claimed", "sending"]), name="campaign_delivery_to_come"
            ),
        ]

    def __str__(self):
        return f"{self.recipient_id} {self.state}"


class SendOutcome(models.TextChoices):
    SENT = "sent", _("Handed over")
    FAILED = "failed", _("Refused by the provider")
    UNKNOWN = "unknown", _("Perhaps sent")
    SKIPPED = "skipped", _("Not sent")


class Send(models.Model):
    """What came of one attempt to reach a recipient. Rows only ever come; each batch is an event of the log.

    `content_sha256` is the hash of what was handed over, `provider_ref` what the provider calls it."""

    recipient = models.ForeignKey(Recipient, models.PROTECT, related_name="sends")
    campaign = models.ForeignKey("marketing.Campaign", models.PROTECT, related_name="sends", db_index=False)
    customer = models.ForeignKey(
        "customers.Customer", models.PROTECT, related_name="sent", db_constraint=False, db_index=False
    )
    channel = models.CharField(max_length=5)
    outcome = models.CharField(_("outcome"), max_length=7, choices=SendOutcome)
    reason = models.CharField(_("why"), max_length=200, blank=True)
    provider_ref = models.CharField(_("number at the provider"), max_length=120, blank=True)
    content_sha256 = models.BinaryField(null=True)
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("send")
        verbose_name_plural = _("sends")
        indexes = [
            models.Index(
                "customer", F("at").desc(), condition=Q(outcome__in=["sent", "unknown"]), name="send_pressure"
            ),
            models.Index("campaign", F("at").desc(), F("id").desc(), name="send_of_campaign"),
        ]

    def __str__(self):
        return f"{self.recipient_id} {self.outcome}"


class ResponseKind(models.TextChoices):
    DELIVERED = "delivered", _("Delivered")
    OPENED = "opened", _("Was opened")
    CLICKED = "clicked", _("Clicked")
    BOUNCED = "bounced", _("Came back")
    COMPLAINED = "complained", _("Reported as spam")
    UNSUBSCRIBED = "unsubscribed", _("Unsubscribed")


class Response(models.Model):
    """Something that came back of a message: each kind once for a recipient, the first time. Rows only ever come."""

    recipient = models.ForeignKey(Recipient, models.PROTECT, related_name="responses", db_index=False)
    campaign = models.ForeignKey("marketing.Campaign", models.PROTECT, related_name="responses", db_index=False)
    customer = models.ForeignKey(
        "customers.Customer", models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    kind = models.CharField(_("kind"), max_length=12, choices=ResponseKind)
    detail = models.CharField(_("detail"), max_length=200, blank=True)
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("response")
        verbose_name_plural = _("responses")
        constraints = [models.UniqueConstraint(fields=["recipient", "kind"], name="one_response_of_a_kind")]
        indexes = [
            models.Index("campaign", "kind", F("at").desc(), name="response_of_campaign"),
            models.Index("customer", F("at").desc(), name="response_of_customer"),
        ]

    def __str__(self):
        return f"{self.recipient_id} {self.kind}"
