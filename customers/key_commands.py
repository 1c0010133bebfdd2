"""Sealing and indexing everything again under another key, under four eyes. The keys stand in the environment alone."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.encryption import index_key_id, index_keys, key_ring
from customers.models import KeyRotation
from customers.services.document_files import seal_files_again
from customers.services.index_rotation import rotate_indexes
from customers.services.key_rotation import rotate_keys
from pages.formats import number
from staff.changes import Arguments, Command, Differences, register_command
from staff.jobs import JobFailed, RunningJob, register_job
from staff.models import ChangeRequest, User
from staff.services.jobs import start_job

ROTATE, PERMISSION = "customers.keys.rotate", "customers.rotate_keys"


def register() -> None:
    register_command(COMMAND)
    register_job(ROTATE, rotate, permission=PERMISSION)


def keys_in_use() -> dict[str, str]:
    """The names of the keys that seal and index from now on; what an approval is for."""
    return {"seals": key_ring().first, "indexes": index_key_id()}


def nothing_to_rotate() -> str:
    """Why there is nothing to change, in a sentence; empty where there is."""
    if len(key_ring().ciphers) > 1 or len(index_keys()) > 1:
        return ""
    return _("There is one key each: put the new key first in the environment, restart, then ask for the change.")


def rotate(job: RunningJob) -> None:
    """Do the job; started again, it goes on where it was."""
    if job.parameters["keys"] != keys_in_use():
        raise JobFailed(_("The keys in the environment are others than those that were approved: ask again."))
    rotations = rotate_keys(progress=lambda model, done, found: job.progress(done, found, model))
    seal_files_again()
    rotate_indexes(progress=lambda table, done, found: job.progress(done, found, table))
    unreadable = sum(len(one.unreadable) for one in rotations)
    if unreadable:
        raise JobFailed(
            _("%(n)s values could not be opened and were left as they are: manage.py rotate_keys names them.")
            % {"n": number(unreadable)}
        )


def _check(*, actor: User, arguments: Arguments) -> None:
    if why := nothing_to_rotate():
        raise ValidationError(why)
    if arguments["keys"] != keys_in_use():
        raise ValidationError(_("The keys in the environment are others than those that were approved: ask again."))


def _execute(*, actor: User, arguments: Arguments, request: ChangeRequest) -> str:
    assert request.executed_at is not None
    parameters = {"keys": arguments["keys"], "change_request": request.pk}
    title = _("Change of keys")
    job = start_job(actor=actor, kind=ROTATE, title=title, parameters=parameters, at=request.executed_at)
    return _("Job %(number)d seals and indexes everything again.") % {"number": job.pk}


def _describe(arguments: Arguments) -> Differences:
    sealed, indexed = (
        KeyRotation.objects.filter(kind=kind, ended_at__isnull=False)
        .order_by("-id")
        .values_list("key", flat=True)
        .first()
        for kind in ("fields", "indexes")
    )
    keys = arguments["keys"]
    return [(_("Seals"), sealed or "–", keys["seals"]), (_("Indexes"), indexed or "–", keys["indexes"])]


COMMAND = Command(
    name=ROTATE,
    label=gettext_lazy("Change the keys of personal data"),
    permission=PERMISSION,
    execute=_execute,
    describe=_describe,
    version=lambda arguments: "{seals}:{indexes}".format(**keys_in_use()),
    target=lambda arguments: ("", ""),
    check=_check,
)
