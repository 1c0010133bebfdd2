"""Providers: what may be entered, where their passwords come from."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from audit.services import name_act
from marketing.models import Campaign, CampaignState, Provider, ProviderKind
from service.models import Security
from service.services.mailboxes import NEAR
from staff.models import User


@transaction.atomic
def save_provider(*, actor: User, provider: Provider) -> Provider:
    """Keep a provider as it was entered: only servers and gateways that the operator allows. One that a campaign runs
    on keeps its channel."""
    if not actor.has_perm("marketing.change_provider"):
        raise PermissionDenied(_("Administrators set up providers."))
    provider.full_clean()
    _check(provider)
    name_act("marketing.provider.added" if provider.pk is None else "marketing.provider.changed")
    provider.save()
    return provider


def _check(provider: Provider) -> None:
    wrong: dict[str, Any] = {}
    if provider.kind == ProviderKind.SMTP:
        if provider.host not in settings.MAIL_HOSTS:
            wrong["host"] = _("The operator allows no mail server of this name: MAIL_HOSTS lists them.")
        elif provider.security == Security.NONE and provider.host not in NEAR:
            wrong["security"] = _("Without TLS only a server on this machine is spoken to.")
        if provider.secret and provider.secret not in settings.MAIL_SECRETS:
            wrong["secret"] = _("There is no MAIL_SECRET_%(name)s here.") % {"name": provider.secret}
    elif provider.kind == ProviderKind.WEBHOOK and provider.gateway not in settings.GATEWAYS:
        wrong["gateway"] = _("The operator has set up no gateway of this name.")
    if provider.pk and provider.channel != Provider.objects.get(pk=provider.pk).channel and _is_used(provider):
        wrong["channel"] = _("A campaign that is not over sends by this provider: its channel stays.")
    if wrong:
        raise ValidationError(wrong)


def _is_used(provider: Provider) -> bool:
    over = [CampaignState.FINISHED, CampaignState.CANCELLED]
    return Campaign.objects.filter(provider=provider).exclude(state__in=over).exists()
