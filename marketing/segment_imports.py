"""Many customers on lists at once from a table: the code of a list and the number of a customer, a row each."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from marketing.models import Segment
from marketing.services.segment_lists import customers_called, list_members
from staff.imports import Errors, TableImport, register_import
from staff.models import User
from staff.rules.sheets import Row

MOST = 100_000


def put_rows(actor: User, rows: Sequence[Row], at: datetime) -> Errors:
    """Put each row's customer on its list; why a row cannot be, by its number."""
    lists = {one.code: one for one in Segment.objects.visible_to(actor).standing()}
    wanted: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for number, row in rows:
        wanted[row["segment"]].append((number, row["customer"]))
    return sorted(error for code, asked in wanted.items() for error in _put(actor, lists.get(code), code, asked, at))


def _put(actor: User, segment: Segment | None, code: str, asked: list[tuple[int, str]], at: datetime) -> Errors:
    if segment is None:
        return [(number, _("There is no segment %(code)s.") % {"code": code[:40]}) for number, _reference in asked]
    known = customers_called(actor, [reference for _number, reference in asked])
    try:
        list_members(actor=actor, segment_id=segment.pk, references=list(known), at=at)
    except (ValidationError, PermissionDenied) as error:
        why = " ".join(error.messages) if isinstance(error, ValidationError) else str(error)
        return [(number, why) for number, _reference in asked]
    return [
        (number, _("There is no customer %(number)s.") % {"number": reference[:40]})
        for number, reference in asked
        if reference not in known
    ]


def register() -> None:
    register_import(
        TableImport(
            "segment_members",
            "marketing:segment_list",
            gettext_lazy("Put customers on lists"),
            "marketing.change_segment",
            columns=("segment", "customer"),
            needed={"segment", "customer"},
            record=put_rows,
            most=MOST,
        )
    )
