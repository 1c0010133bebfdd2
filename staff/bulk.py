"""Changing one field of many rows at once: first what would happen, then a job, for many rows after somebody else agreed.

A room registers its list in `AppConfig.ready` and puts `bulk_action("customers")` among the `actions` of its ListPage:

    register_bulk(BulkEdit("customers", "customers:customer_list", _("Edit customers"), "customers.bulk_edit",
                           rows=lambda user: Customer.objects.visible_to(user), filterset=CustomerFilter, fields=[OWNER, TAG]))

Everything is set-based: a field says which rows it refuses, as querysets with a reason each, and changes the rest in one
statement.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from audit.services import name_act
from pages.formats import number
from pages.lists import BulkAction
from staff.changes import Arguments, Command, Differences, register_command
from staff.jobs import RunningJob, register_job
from staff.models import ChangeRequest, Job, User
from staff.services.jobs import start_job

KIND, MOST = "staff.bulk_edit", 20_000
Refusal = tuple[str | Promise, QuerySet]


@dataclass(frozen=True)
class BulkField:
    """One thing that can be changed: `field(user)` is its form field, whose cleaned value `keep` turns into what JSON can
    hold. `refused` gives reasons with the rows they hold for; `state` names the columns that somebody may have changed
    meanwhile; `apply` changes rows in one statement and returns how many."""

    key: str
    label: str | Promise
    field: Callable[[User], forms.Field]
    keep: Callable[[Any], Any]
    shown: Callable[[Any], str]
    refused: Callable[[User, QuerySet, Any], Sequence[Refusal]]
    apply: Callable[[User, QuerySet, Any, datetime], int]
    state: Sequence[str]
    permission: str = ""


@dataclass(frozen=True)
class BulkEdit:
    """A list whose rows are edited together."""

    key: str
    list_name: str
    label: str | Promise
    permission: str
    rows: Callable[[User], QuerySet]
    filterset: Any
    fields: Sequence[BulkField]

    def field(self, key: str, user: User) -> BulkField:
        for one in self.open_to(user):
            if one.key == key:
                return one
        raise ValidationError(_("Choose what is to be changed."))

    def open_to(self, user: User) -> list[BulkField]:
        return [one for one in self.fields if not one.permission or user.has_perm(one.permission)]


@dataclass(frozen=True)
class DryRun:
    """What a change would do: how many rows it would change, and how many it would not, by reason."""

    total: int
    changes: int
    refused: list[tuple[str | Promise, int]]
    state: str


EDITS: dict[str, BulkEdit] = {}


def register_bulk(edit: BulkEdit) -> None:
    if EDITS.setdefault(edit.key, edit) != edit:
        raise ValueError(f"There is a bulk edit {edit.key!r} already: choose another key.")


def bulk_action(key: str, user: User) -> list[BulkAction]:
    """The button over selected rows, for those who may."""
    edit = EDITS[key]
    may = user.has_perm(edit.permission)
    return [BulkAction(_("Edit…"), reverse("staff:bulk_edit", args=[key]), "edit")] if may else []


def edit_named(key: str, user: User) -> BulkEdit:
    edit = EDITS.get(key)
    if edit is None:
        raise ValidationError(_("There is no list %(key)s to edit.") % {"key": key[:40]})
    if not user.has_perm(edit.permission):
        raise PermissionDenied(_("Your role does not edit many rows at once."))
    return edit


def dry_run(*, actor: User, key: str, field: str, value: Any, ids: Sequence[int]) -> DryRun:
    """Return what would happen, changing nothing."""
    edit = edit_named(key, actor)
    chosen = edit.field(field, actor)
    rows = edit.rows(actor).filter(pk__in=ids)
    return _dry(chosen, actor, rows, value)


def _dry(chosen: BulkField, actor: User, rows: QuerySet, value: Any) -> DryRun:
    total, refused, rest = rows.order_by().count(), [], rows
    for why, found in chosen.refused(actor, rows, value):
        held = rest.filter(pk__in=found.order_by().values("pk"))
        count = held.order_by().count()
        rest = rest.exclude(pk__in=found.order_by().values("pk"))
        if count:
            refused.append((why, count))
    held_now = rest.order_by("pk").values_list("pk", *chosen.state)
    state = hashlib.sha256(repr([tuple(map(str, row)) for row in held_now]).encode()).hexdigest()
    return DryRun(total, total - sum(count for _why, count in refused), refused, state)


@transaction.atomic
def ask_for(
    *, actor: User, key: str, field: str, value: Any, ids: Sequence[int], state: str, reason: str, at: datetime
) -> Job | ChangeRequest:
    """Start the job that changes the rows or, above `BULK_ROWS_ALONE`, ask somebody else first.

    `state` is that of the dry run which the person saw: where somebody has changed a row since, it is refused."""
    if not 1 <= len(ids) <= MOST:
        raise ValidationError(_("Choose 1 to %(n)s rows.") % {"n": number(MOST)})
    seen = dry_run(actor=actor, key=key, field=field, value=value, ids=ids)
    if seen.state != state:
        raise ValidationError(_("Somebody has changed some of these rows meanwhile: look at what would happen again."))
    if not seen.changes:
        raise ValidationError(_("Nothing would change."))
    arguments = {"key": key, "field": field, "value": value, "ids": sorted(ids), "rows": seen.changes}
    if seen.changes <= settings.BULK_ROWS_ALONE:
        title = str(EDITS[key].label)
        return start_job(actor=actor, kind=KIND, title=title, parameters={**arguments, "state": state}, at=at)
    from staff.services.changes import propose

    return propose(actor=actor, command=KIND, arguments=arguments, reason=reason, at=at)


@transaction.atomic
def change_rows(
    *, actor: User, key: str, field: str, value: Any, ids: Sequence[int], at: datetime, state: str = ""
) -> int:
    """Change the rows that may be changed now, in one transaction with all of them locked; return how many."""
    edit = edit_named(key, actor)
    chosen = edit.field(field, actor)
    name_act(f"{KIND}.done")
    rows = edit.rows(actor).filter(pk__in=ids)
    list(rows.select_for_update(of=("self",)).order_by("pk").values_list("pk"))
    if state and _dry(chosen, actor, rows, value).state != state:
        raise ValidationError(_("Somebody has changed some of these rows meanwhile: nothing was done."))
    for _why, found in chosen.refused(actor, rows, value):
        rows = rows.exclude(pk__in=list(found.order_by().values_list("pk", flat=True)))
    return chosen.apply(actor, rows, value, at)


def run_job(job: RunningJob) -> None:
    said = job.parameters
    count = change_rows(
        actor=job.owner, key=said["key"], field=said["field"], value=said["value"], ids=said["ids"], state=said["state"],
        at=timezone.now(),
    )  # fmt: skip
    job.progress(count, count, _("%(n)s rows changed") % {"n": number(count)})
    job.open_when_done(reverse(EDITS[said["key"]].list_name))


def _check(*, actor: User, arguments: Arguments) -> None:
    edit = edit_named(arguments["key"], actor)
    edit.field(arguments["field"], actor)
    if len(arguments["ids"]) > MOST:
        raise ValidationError(_("Choose 1 to %(n)s rows.") % {"n": number(MOST)})


def _execute(*, actor: User, arguments: Arguments, request: ChangeRequest) -> str:
    assert request.executed_at is not None
    said = {name: arguments[name] for name in ("key", "field", "value", "ids")}
    count = change_rows(actor=actor, at=request.executed_at, **said)
    return _("%(n)s rows changed") % {"n": number(count)}


def _describe(arguments: Arguments) -> Differences:
    edit = EDITS[arguments["key"]]
    chosen = next(one for one in edit.fields if one.key == arguments["field"])
    return [(_("Rows"), "", number(arguments["rows"])), (chosen.label, "", chosen.shown(arguments["value"]))]


def _version(arguments: Arguments) -> str:
    """What the rows hold now: whoever changes one of them makes the request out of date."""
    edit = EDITS[arguments["key"]]
    chosen = next(one for one in edit.fields if one.key == arguments["field"])
    model = edit.filterset._meta.model
    rows = model._base_manager.filter(pk__in=arguments["ids"]).order_by("pk").values_list("pk", *chosen.state)
    return hashlib.sha256(repr([tuple(map(str, row)) for row in rows]).encode()).hexdigest()


MANY = Command(
    name=KIND,
    label=gettext_lazy("Edit many rows"),
    permission="staff.bulk_edit",
    execute=_execute,
    describe=_describe,
    about=lambda arguments: f"{EDITS[arguments['key']].label}, {number(arguments['rows'])}",
    version=_version,
    target=lambda arguments: ("", ""),
    amount=lambda arguments: Decimal(arguments["rows"]),
    check=_check,
)


def register() -> None:
    register_command(MANY)
    register_job(KIND, run_job, permission="staff.bulk_edit")
