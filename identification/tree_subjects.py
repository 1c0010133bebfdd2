"""Of what a cause tree can be: a plain list that rooms above fill in `AppConfig.ready`.

    register_subject(TreeSubject("incident", _("Incident"), find_incident))

Each asks itself what the person may see; a record that they may not see, or that is gone, is None and looks as if it were none.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.functional import Promise

if TYPE_CHECKING:
    from risk.models import Risk
    from staff.models import User


@dataclass(frozen=True)
class Subject:
    """A record that something is asked of: its title, its page, its line (None is the whole company) and its risk."""

    title: str
    url: str
    line_id: str | None = None
    risk: Risk | None = None


@dataclass(frozen=True)
class TreeSubject:
    """Records of one kind; `find(user, pk)` gives the one that a person sees."""

    kind: str
    label: str | Promise
    find: Callable[[User, int], Subject | None]


SUBJECTS: dict[str, TreeSubject] = {}


def register_subject(subject: TreeSubject) -> None:
    SUBJECTS[subject.kind] = subject


def subject_of(user: User, key: str) -> Subject | None:
    """Return what a key such as `incident:12` names, as far as the person sees it."""
    kind, _colon, pk = key.partition(":")
    known = kind in SUBJECTS and pk.isascii() and pk.isdigit() and len(pk) < 18
    return SUBJECTS[kind].find(user, int(pk)) if known else None
