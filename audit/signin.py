"""Signing in, failing to and signing out happen in allauth and Django, so their signals are where we hear of them."""

from typing import Any

from allauth.mfa.signals import authentication_failed
from django.contrib.auth import get_user_model
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed

from audit.context import become
from audit.services import emit


def connect() -> None:
    user_logged_in.connect(record_sign_in, dispatch_uid="audit.signin")
    user_logged_out.connect(record_sign_out, dispatch_uid="audit.signout")
    user_login_failed.connect(record_failed_sign_in, dispatch_uid="audit.signin_failed")
    authentication_failed.connect(record_failed_second_factor, dispatch_uid="audit.second_factor_failed")


def record_sign_in(sender: Any, user: Any, **kwargs: Any) -> None:
    become(user)
    emit("signin", table=user._meta.db_table, pk=user.pk, action="staff.user.signed_in")


def record_sign_out(sender: Any, user: Any, **kwargs: Any) -> None:
    if user is not None:
        emit("signout", table=user._meta.db_table, pk=user.pk, action="staff.user.signed_out")


def record_failed_sign_in(sender: Any, credentials: dict, **kwargs: Any) -> None:
    record_refused_sign_in(credentials, "staff.user.sign_in_failed")


def record_refused_sign_in(credentials: dict, action: str) -> None:
    """Record which account was tried; an address that has no account may be a person's all the same, so it is kept
    hashed."""
    users = get_user_model()
    tried = str(credentials.get("email") or credentials.get(users.USERNAME_FIELD) or credentials.get("username") or "")
    known = (
        users._default_manager.filter(**{f"{users.USERNAME_FIELD}__iexact": tried}).values_list("pk", flat=True).first()
    )
    emit(
        "denied",
        table=users._meta.db_table,
        pk=known or "",
        action=action,
        personal={"tried": tried[:254]} if tried and known is None else None,
    )


def record_failed_second_factor(sender: Any, user: Any, **kwargs: Any) -> None:
    """Record a wrong one-time code; the code itself is in no event, for it may be right a moment later."""
    emit("denied", table=user._meta.db_table, pk=user.pk, action="staff.user.second_factor_failed")
