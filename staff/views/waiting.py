"""What a page says once it has asked for an approval instead of doing something."""

from django.contrib import messages
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from staff.checkers import checkers_of
from staff.models import ChangeRequest

MOST_NAMED = 5


def say_waiting(request: HttpRequest, change: ChangeRequest) -> ChangeRequest:
    """Tell by whom a request waits to be approved, or reviewed where it was done at once, and return it."""
    names = ", ".join(str(person) for person in checkers_of(change, timezone.now())[:MOST_NAMED]) or "–"
    if change.state == "executed":
        messages.success(request, _("Done at once. Somebody else reviews it: %(names)s.") % {"names": names})
    else:
        messages.success(request, _("Asked for. Waiting for approval by %(names)s.") % {"names": names})
    return change
