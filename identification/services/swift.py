"""Structured what-if sessions: held, written row by row, closed once every row is judged."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.services import name_act
from identification.models import GuideWord, SwiftRow, SwiftSession
from risk.models import Control
from risk.services.register import matrix_in_force
from risk.services.scope import check_line
from staff.models import User


@transaction.atomic
def hold_session(
    *, actor: User, participants: Iterable[User], guide_words: Iterable[GuideWord], **fields: Any
) -> SwiftSession:
    """Begin a session. Its line (None is the whole company) must be in the actor's scope."""
    session = SwiftSession(**fields)
    check_line(actor, session.line_id)
    session.full_clean(exclude=["reference"])
    name_act("identification.session.held")
    session.save()
    session.refresh_from_db(fields=["reference"])
    session.participants.set(participants)
    session.guide_words.set(guide_words)
    return session


@transaction.atomic
def change_session(
    *, actor: User, session_id: int, participants: Iterable[User], guide_words: Iterable[GuideWord], **fields: Any
) -> SwiftSession:
    """Change what is written about an open session."""
    session = _locked(session_id)
    for name, value in fields.items():
        setattr(session, name, value)
    check_line(actor, session.line_id)
    session.full_clean(exclude=["reference"])
    name_act("identification.session.changed")
    session.save(update_fields=[*fields])
    session.participants.set(participants)
    session.guide_words.set(guide_words)
    return session


@transaction.atomic
def add_row(*, actor: User, session_id: int, at: datetime, controls: Iterable[Control] = (), **fields: Any) -> SwiftRow:
    """Write a row of an open session; with likelihood and impact it is judged under the matrix in force at `at`."""
    session = _locked(session_id)
    row = SwiftRow(session=session, written_by=actor, written_at=at)
    name_act("identification.session.row_added")
    return _write(row, fields, controls, at)


@transaction.atomic
def change_row(*, actor: User, row_id: int, at: datetime, controls: Iterable[Control] = (), **fields: Any) -> SwiftRow:
    """Write a row of an open session anew; where its judgement changes, under the matrix in force at `at`."""
    row = SwiftRow.objects.get(pk=row_id)
    _locked(row.session_id)
    row.refresh_from_db()
    name_act("identification.session.row_changed")
    return _write(row, fields, controls, at)


@transaction.atomic
def close_session(*, actor: User, session_id: int, conclusion: str, at: datetime) -> SwiftSession:
    """Close a session whose rows are all judged, with what it concluded. From then on it never changes."""
    session = _locked(session_id)
    rows = list(session.rows.all())
    if not rows:
        raise ValidationError(_("Nothing was asked yet: a session without rows is not closed."))
    if waiting := [str(number) for number, row in enumerate(rows, start=1) if not row.is_judged]:
        raise ValidationError(_("Judge every row first: %(rows)s.") % {"rows": ", ".join(waiting)})
    if not conclusion.strip():
        raise ValidationError({"conclusion": _("Say what the session concluded.")})
    name_act("identification.session.closed", reason=conclusion)
    session.conclusion, session.closed_by, session.closed_at = conclusion.strip(), actor, at
    session.save(update_fields=["conclusion", "closed_by", "closed_at"])
    return session


@transaction.atomic
def write_guide_word(
    *, actor: User, code: str, names: dict[str, str], position: int, is_retired: bool = False
) -> GuideWord:
    """Add a guide word, or change the one of that code."""
    word = GuideWord.objects.select_for_update().filter(code=code).first() or GuideWord(code=code)
    word.names = {language: name.strip() for language, name in names.items() if name.strip()}
    word.position, word.is_retired = position, is_retired
    word.full_clean()
    name_act("identification.guide_word.written")
    word.save()
    return word


def session_url(session: SwiftSession) -> str:
    return reverse("identification:session_detail", args=[session.reference])


def _write(row: SwiftRow, fields: dict[str, Any], controls: Iterable[Control], at: datetime) -> SwiftRow:
    before = (row.likelihood, row.impact)
    for name, value in fields.items():
        setattr(row, name, value)
    if not row.pk or (row.likelihood, row.impact) != before:
        _judge(row, at)
    row.full_clean()
    row.save()
    row.controls.set(controls)
    return row


def _judge(row: SwiftRow, at: datetime) -> None:
    if (row.likelihood is None) != (row.impact is None):
        missing = "likelihood" if row.likelihood is None else "impact"
        raise ValidationError({missing: _("Give both likelihood and impact, or neither.")})
    if row.likelihood is None or row.impact is None:
        row.matrix, row.score, row.level = None, None, ""
        return
    matrix = matrix_in_force(timezone.localdate(at))
    cell = matrix.cells.filter(likelihood=row.likelihood, impact=row.impact).first()
    if cell is None:
        raise ValidationError({"likelihood": _("This place is outside the matrix.")})
    row.matrix, row.score, row.level = matrix, cell.score, cell.level


def _locked(session_id: int) -> SwiftSession:
    session = SwiftSession.objects.select_for_update().get(pk=session_id)
    if session.is_closed:
        raise ValidationError(_("%(session)s is closed and never changes.") % {"session": session.reference})
    return session
