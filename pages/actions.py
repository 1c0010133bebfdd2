"""Actions on a page: what can be done now, and what cannot, with why."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.translation import gettext as _

Text = str | Promise


@dataclass(frozen=True)
class Action:
    """A button in the header of a page or record.

    It leads to `url`, or with `post` sends it. `primary` is the one thing people come for. `dialog` names a `<dialog>`
    of the page to open instead. `key` is a letter that presses it. One that is seldom wanted stands in the menu `more`. An action that is not `allowed` stays where it is, greyed, and says `why` on hover and
    focus.
    """

    label: Text
    url: str = ""
    icon: str = ""
    primary: bool = False
    post: bool = False
    dialog: str = ""
    tone: str = ""
    allowed: bool = True
    why: Text = ""
    key: str = ""
    more: bool = False

    def unless(self, obstacle: Text | None) -> Action:
        """The same action, greyed if something stands in its way: `Action(…).unless(why_not_close(alert, user))`."""
        return replace(self, allowed=False, why=obstacle) if obstacle else self


def toast_with_undo(request: HttpRequest, text: Text, undo_url: str) -> None:
    """Say in a toast what was done, with a button that is posted to `undo_url`. For acts that can be undone."""
    button = format_html(
        '<button class="btn-link" type="button" hx-post="{}" hx-target="closest .toast-x" hx-swap="delete">{}</button>',
        undo_url,
        _("Undo"),
    )
    messages.success(request, format_html("{} {}", text, button))


def with_toast(response: HttpResponse, text: Any, tone: str = "success") -> HttpResponse:
    """Let a fragment's answer show a toast: for htmx requests, where no new page carries the messages."""
    response["HX-Trigger"] = json.dumps({"toast": {"text": str(text), "tone": tone}})
    return response
