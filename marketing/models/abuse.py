from django.db import models
from django.utils.translation import gettext_lazy as _


class AbuseRule(models.Model):
    """What counts as a sign of abuse, how much each weighs, and from which score on a payout is held; from a day on.

    The newest rule that has begun is in force. A trigger refuses changes, and four eyes every new row."""

    valid_from = models.DateField(_("from"), unique=True)
    threshold = models.PositiveSmallIntegerField(_("held from a score of"))
    device = models.PositiveSmallIntegerField(_("same device"))
    payee = models.PositiveSmallIntegerField(_("same payee"))
    address = models.PositiveSmallIntegerField(_("same address"))
    network = models.PositiveSmallIntegerField(_("same network"))
    contact = models.PositiveSmallIntegerField(_("same phone, e-mail or identity"))
    joined = models.PositiveSmallIntegerField(_("accounts made within minutes"))
    timing = models.PositiveSmallIntegerField(_("redeemed within minutes"))
    velocity = models.PositiveSmallIntegerField(_("many redemptions"))
    window_hours = models.PositiveIntegerField(_("looked back, hours"))
    minutes = models.PositiveIntegerField(_("minutes that are together"))
    many = models.PositiveIntegerField(_("redemptions that are many"))
    source = models.CharField(_("source"), max_length=200)

    class Meta:
        verbose_name = _("rule of abuse")
        verbose_name_plural = _("rules of abuse")
        ordering = ["-valid_from"]
        permissions = [("check_abuserule", _("Can approve a rule of abuse"))]
        constraints = [models.CheckConstraint(condition=models.Q(threshold__gte=1), name="abuse_threshold_above_zero")]

    def __str__(self):
        return str(self.valid_from)


class AbuseScore(models.Model):
    """What a redemption scored when it was looked at last, and why: sign by sign, with how many others share it."""

    redemption = models.OneToOneField(
        "marketing.Redemption", models.PROTECT, primary_key=True, related_name="abuse", verbose_name=_("redemption")
    )
    rule = models.ForeignKey(AbuseRule, models.PROTECT, related_name="+", verbose_name=_("rule"))
    score = models.PositiveIntegerField(_("score"))
    signs = models.JSONField(_("signs"), default=dict)
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("score of abuse")

    def __str__(self):
        return f"{self.redemption_id} {self.score}"
