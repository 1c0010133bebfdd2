import secrets
from datetime import datetime, timedelta

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from audit.services import name_act
from staff.models import ApiToken, User
from staff.rules.tokens import LONGEST_DAYS, PREFIX, digest_of, hint_of

MOST_TOKENS = 20
USE_IS_NOTED_EVERY = timedelta(minutes=5)


@transaction.atomic
def create_token(*, actor: User, name: str, days: int, at: datetime) -> tuple[ApiToken, str]:
    """Make a key with which a program acts as `actor` for `days` days; return the token and the key, which is not
    kept.
    """
    if not 1 <= days <= LONGEST_DAYS:
        raise ValidationError({"days": _("A token is valid for 1 to %(days)d days.") % {"days": LONGEST_DAYS}})
    if actor.api_tokens.valid(at).count() >= MOST_TOKENS:
        raise ValidationError(
            ngettext(
                "You already have %(n)d token: revoke it first.",
                "You already have %(n)d tokens: revoke one first.",
                MOST_TOKENS,
            )
            % {"n": MOST_TOKENS}
        )
    name_act("staff.api_token.created")
    key = PREFIX + secrets.token_urlsafe(32)
    token = ApiToken.objects.create(
        owner=actor,
        name=name,
        digest=digest_of(key),
        hint=hint_of(key),
        created_at=at,
        expires_at=at + timedelta(days=days),
    )
    return token, key


@transaction.atomic
def revoke_token(*, actor: User, token_id: int, at: datetime) -> ApiToken:
    """End one of the actor's own tokens now. Revoking it again changes nothing."""
    token = ApiToken.objects.select_for_update().get(pk=token_id)
    if token.owner_id != actor.pk:
        raise PermissionDenied(_("Only the owner of a token revokes it."))
    if token.revoked_at is None:
        name_act("staff.api_token.revoked")
        token.revoked_at = at
        token.save(update_fields=["revoked_at"])
    return token


def owner_of_key(key: str, *, at: datetime) -> User | None:
    """Return the active person that a valid key acts as, or None, and note its use at most every five minutes."""
    token = (
        ApiToken.objects.valid(at).select_related("owner").filter(digest=digest_of(key), owner__is_active=True).first()
    )
    if token is None:
        return None
    if token.last_used_at is None or token.last_used_at < at - USE_IS_NOTED_EVERY:
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=at)
    return token.owner
