from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.utils.translation import gettext as _

from audit.roles import stepping_into


@transaction.atomic
def redact(*, table: str, pk: str | int, approval_id: int | None, reason: str) -> int:
    """Erase the plain texts that stand behind the events of one record, under an approved request; return how many.

    The events, their hashes and every proof over them stand, and an event of kind `redact` says what was done under
    which request. Raises PermissionDenied without a request: the database refuses too.
    """
    if not approval_id or approval_id < 0:
        raise PermissionDenied(_("Plain texts of the log are erased under an approved request only."))
    with stepping_into("meridian_redactor"), connection.cursor() as cursor:
        cursor.execute("SELECT audit_redact(%s, %s, %s, %s)", [table, str(pk), approval_id, reason])
        return cursor.fetchone()[0]
