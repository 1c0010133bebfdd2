"""How a program signs in to the API. It stands outside `staff.api`, because the framework loads it before it loads
views.
"""

from django.utils import timezone, translation
from django.utils.translation import gettext as _
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed, PermissionDenied

from audit.context import become
from staff.second_factor import lacks_second_factor
from staff.services.tokens import owner_of_key

SCHEMES = ("bearer", "token")


class TokenAuthentication(BaseAuthentication):
    """`Authorization: Bearer <token>`: the request acts as the token's owner, with their permissions, scope and
    language.
    """

    def authenticate(self, request):
        scheme, _space, key = get_authorization_header(request).decode("latin-1").partition(" ")
        if scheme.lower() not in SCHEMES:
            return None
        user = owner_of_key(key.strip(), at=timezone.now())
        if user is None:
            raise AuthenticationFailed(
                _("This token is unknown, revoked or out of date. Make a new one in your profile.")
            )
        if lacks_second_factor(user):
            raise PermissionDenied(
                _("Your role asks for a second factor. Set one up in the browser before using a token.")
            )
        become(user)
        if not request.headers.get("Accept-Language"):
            translation.activate(user.language)
        return user, None

    def authenticate_header(self, request):
        return "Bearer"
