from typing import Any

from allauth.mfa.models import Authenticator
from django.conf import settings

STRONG = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


def lacks_second_factor(user: Any) -> bool:
    """Return whether a role of `user` is in `MFA_REQUIRED_ROLES` and they have neither an authenticator app nor a
    passkey.

    Recovery codes alone do not count. Costs one query, and only where a role asks for it.
    """
    if (
        not settings.MFA_REQUIRED_ROLES
        or not user.is_authenticated
        or not user.roles & set(settings.MFA_REQUIRED_ROLES)
    ):
        return False
    return not Authenticator.objects.filter(user=user, type__in=STRONG).exists()
