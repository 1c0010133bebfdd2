from allauth.account.adapter import DefaultAccountAdapter
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme

from audit.services import name_act
from audit.signin import record_refused_sign_in
from staff.services.sessions import end_sessions_of
from staff.session_life import ROW


class StaffAccountAdapter(DefaultAccountAdapter):
    """How allauth behaves here: administrators make accounts, nobody signs up, and nobody is sent to another site."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def is_safe_url(self, url: str) -> bool:
        """Only this site, as the browser named it: our other host names are no reason to leave."""
        hosts = {self.request.get_host()}
        return url_has_allowed_host_and_scheme(url, allowed_hosts=hosts, require_https=self.request.is_secure())

    def pre_authenticate(self, request: HttpRequest, **credentials) -> None:
        """Whoever is locked out is turned away before a password is looked at; that try is in the log as well."""
        try:
            super().pre_authenticate(request, **credentials)
        except ValidationError:
            record_refused_sign_in(credentials, "staff.user.sign_in_locked_out")
            raise

    def set_password(self, user, password: str) -> None:
        with transaction.atomic():
            name_act("staff.user.password_changed")
            user.set_password(password)
            user.save(update_fields=["password"])
            # Other browsers are out at once, because sessions hang on the password's hash; the list says so too.
            end_sessions_of(actor=user, user=user, but=self.request.session.get(ROW), at=timezone.now())

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("staff:profile")
