"""Alerts: one for each episode of an indicator outside its green band, closed by a person with a reason."""

from datetime import datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from audit.services import name_act
from risk.models import Alert, Band, Indicator, IndicatorReading
from risk.rules.indicators import is_breach, worse_of
from staff.models import NotificationKind, User
from staff.rules.roles import Role
from staff.services.notifications import notify


@transaction.atomic
def follow_reading(*, indicator: Indicator, reading: IndicatorReading) -> Alert | None:
    """Let the open alert of `indicator` follow its latest `reading`: opened on a breach, made graver, or noted back
    in green.

    A reading without a value says nothing about the band and changes nothing. Safe in parallel: the database keeps
    one open alert an indicator, and whoever comes second follows the first one's.
    """
    if not reading.band:
        return None
    if not is_breach(reading.band):
        Alert.objects.open().filter(indicator=indicator, green_since__isnull=True).update(green_since=reading.day)
        return None
    alert, opened = _open_alert(indicator, reading)
    worst = worse_of(alert.band, reading.band)
    worsened = worst != alert.band
    if worsened or alert.green_since:
        alert.band, alert.green_since = worst, None
        alert.save(update_fields=["band", "green_since"])
    if opened or worsened:
        tell_owner(alert=alert, at=reading.taken_at)
    return alert


def _open_alert(indicator: Indicator, reading: IndicatorReading) -> tuple[Alert, bool]:
    """Return the open alert, locked, and whether this call opened it."""
    standing = Alert.objects.open().select_for_update(of=["self"]).filter(indicator=indicator)
    if alert := standing.first():
        return alert, False
    try:
        with transaction.atomic():
            alert = Alert.objects.create(
                indicator=indicator,
                reading=reading,
                band=reading.band,
                owner_id=indicator.owner_id,
                opened_at=reading.taken_at,
            )
        return alert, True
    except IntegrityError:  # somebody else has just opened it
        return standing.get(), False


def tell_owner(*, alert: Alert, at: datetime) -> None:
    """Notify the alert's owner, or the risk office where it has none: once for each band that it reaches."""
    people = [alert.owner_id] if alert.owner_id else User.objects.active().in_role(Role.RISK).distinct()
    notify(
        users=people,
        kind=NotificationKind.ALERT,
        key=f"alert:{alert.pk}:{alert.band}",
        title=lambda: (
            _("%(indicator)s is %(band)s")
            % {"indicator": alert.indicator.label, "band": alert.get_band_display().lower()}
        ),
        url=reverse("risk:alert_detail", args=[alert.pk]),
        at=at,
    )


@transaction.atomic
def assign_alert(*, actor: User, alert_id: int, owner: User, at: datetime) -> Alert:
    """Give an open alert an owner, who is told; only somebody who sees alerts can own one."""
    alert = _locked_open(alert_id)
    if not owner.is_active or not owner.has_perm("risk.close_alert"):
        raise ValidationError({"owner": _("%(person)s may not close alerts, so cannot own one.") % {"person": owner}})
    if not Alert.objects.visible_to(owner).filter(pk=alert.pk).exists():
        raise ValidationError(
            {"owner": _("This alert lies outside the business lines of %(person)s.") % {"person": owner}}
        )
    name_act("risk.alert.assigned")
    alert.owner, alert.acknowledged_at = owner, None
    alert.save(update_fields=["owner", "acknowledged_at"])
    if owner.pk != actor.pk:
        notify(
            users=[owner],
            kind=NotificationKind.ALERT,
            key=f"alert:{alert.pk}:owner:{owner.pk}",
            title=lambda: _("You now own the alert on %(indicator)s") % {"indicator": alert.indicator.label},
            url=reverse("risk:alert_detail", args=[alert.pk]),
            at=at,
        )
    return alert


@transaction.atomic
def acknowledge_alert(*, actor: User, alert_id: int, at: datetime) -> Alert:
    """Record that the owner has seen an open alert and works on it; again changes nothing."""
    alert = _locked_open(alert_id)
    _only_the_owner(alert, actor, _("Only the owner of an alert acknowledges it."))
    if alert.acknowledged_at is None:
        name_act("risk.alert.acknowledged")
        alert.acknowledged_at = at
        alert.save(update_fields=["acknowledged_at"])
    return alert


@transaction.atomic
def close_alert(*, actor: User, alert_id: int, reason: str, at: datetime) -> Alert:
    """Close an open alert for a stated reason; its owner alone may, once the indicator is green again or switched
    off."""
    alert = _locked_open(alert_id)
    _only_the_owner(alert, actor, _("Only the owner of an alert closes it."))
    if hurdle := hurdle_to_closing(alert):
        raise ValidationError(hurdle)
    if not reason.strip():
        raise ValidationError({"reason": _("Say why the alert is closed.")})
    name_act("risk.alert.closed", reason=reason)
    alert.closed_at, alert.closed_by, alert.closing_reason = at, actor, reason.strip()
    alert.save(update_fields=["closed_at", "closed_by", "closing_reason"])
    return alert


def hurdle_to_closing(alert: Alert) -> str:
    """Return the sentence that says why an alert cannot be closed yet, or nothing."""
    indicator = alert.indicator
    if not indicator.is_active or indicator.band == Band.GREEN:
        return ""
    if indicator.latest is None or not indicator.band:
        return _("The latest reading has no value, so nobody knows whether the indicator is green again.")
    return _("The indicator is still %(band)s.") % {"band": indicator.latest.get_band_display()}


def _locked_open(alert_id: int) -> Alert:
    alert = Alert.objects.select_for_update(of=["self"]).select_related("indicator__latest").get(pk=alert_id)
    if not alert.is_open:
        raise ValidationError(_("This alert was closed at %(at)s.") % {"at": f"{alert.closed_at:%Y-%m-%d %H:%M}"})
    return alert


def _only_the_owner(alert: Alert, actor: User, sentence: str) -> None:
    if alert.owner_id is None:
        raise PermissionDenied(_("This alert has no owner yet: give it one first."))
    if alert.owner_id != actor.pk:
        raise PermissionDenied(sentence)
