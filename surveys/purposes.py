"""What questionnaires are for: a plain list, filled in `AppConfig.ready` by rooms above, which know what answers mean.

    register_purpose(Purpose("suitability", _("Suitability"), subjects=…, named=…, opened=…, check=…, submitted=…))

This room knows somebody who answers as a number alone, the `subject` of a purpose.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from staff.models import User
    from surveys.models import Response

Named = Mapping[int, tuple[str, str]]


@dataclass(frozen=True)
class Purpose:
    """`subjects(user)` are those whom a person may see; `named(keys)` says for each what it is called and where its
    page is; `opened(subject, part)` records that somebody read their answers. `check(subject, at)` raises
    ValidationError where nobody may ask them now; `submitted(response, at)` takes the answers up, in the transaction
    that hands them in."""

    name: str
    label: str | Promise
    subjects: Callable[[User], QuerySet]
    named: Callable[[Collection[int]], Named]
    opened: Callable[[int, str], None]
    check: Callable[[int, datetime], None]
    submitted: Callable[[Response, datetime], None]


PURPOSES: dict[str, Purpose] = {}


def register_purpose(purpose: Purpose) -> None:
    if PURPOSES.setdefault(purpose.name, purpose) != purpose:
        raise ValueError(f"There is a purpose {purpose.name!r} already: give the new one its own name.")


def purpose_named(name: str) -> Purpose:
    if name not in PURPOSES:
        raise ValidationError(_("This version of Meridian knows no purpose %(name)s.") % {"name": name})
    return PURPOSES[name]


def purpose_choices() -> list[tuple[str, Any]]:
    return [(purpose.name, purpose.label) for purpose in PURPOSES.values()]


def label_of(name: str) -> str:
    return str(PURPOSES[name].label) if name in PURPOSES else name
