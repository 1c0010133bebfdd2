"""What Django's checks ask of a deployment beside their own: `manage.py check --database default`, and every migrate."""

from django.core.checks import Tags, Warning, register
from django.db import connections

from config.roles import role_of_process

STANDS = "SELECT current_user, rolsuper OR pg_has_role(current_user, 'meridian_owner', 'MEMBER') FROM pg_roles WHERE rolname = current_user"


@register(Tags.database)
def application_is_not_the_owner(app_configs, databases=None, **kwargs):
    """The application signs in as a role that owns nothing, or an injected statement could undo the log's guards."""
    if not databases or role_of_process() != "app":
        return []
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT to_regrole('meridian_owner')")
        if cursor.fetchone()[0] is None:
            return [_warning("There are no database roles")]
        cursor.execute(STANDS)
        name, stands_above = cursor.fetchone()
    return [_warning(f"The application signs in as {name}, which may change the schema")] if stands_above else []


def _warning(sentence: str) -> Warning:
    return Warning(
        f"{sentence}.",
        hint="Run manage.py database_roles and let DATABASE_URL name meridian_app (docs/operations/security.md).",
        id="meridian.W001",
    )
