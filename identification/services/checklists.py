"""Checklists and their versions; runs of them, answered question by question by whoever is at it, finished once."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from audit.services import name_act
from identification.models import (
    Checklist,
    ChecklistAnswer,
    ChecklistItem,
    ChecklistRun,
    ChecklistVersion,
)
from products.models import Product
from risk.services.scope import check_line
from staff.models import User

MOST_ITEMS = 60
ITEM = ("text", "hint", "risk_class", "risk_title")


@transaction.atomic
def write_checklist(
    *, actor: User, code: str, name: str, purpose: str, items: Sequence[Mapping[str, str]], at: datetime
) -> Checklist:
    """Add a checklist with its first version; `items` are its questions in order, each with the keys in ITEM."""
    checklist = Checklist(code=code, name=name.strip(), purpose=purpose.strip())
    checklist.full_clean()
    name_act("identification.checklist.written")
    checklist.save()
    _write_version(checklist, 1, actor, items, at)
    return checklist


@transaction.atomic
def change_checklist(
    *,
    actor: User,
    checklist_id: int,
    name: str,
    purpose: str,
    is_retired: bool,
    items: Sequence[Mapping[str, str]],
    at: datetime,
) -> Checklist:
    """Change a checklist. Questions of a version that no run began with are changed in it; else a new version is written.
    Questions that stay as they are leave the version alone."""
    checklist = Checklist.objects.select_for_update().get(pk=checklist_id)
    checklist.name, checklist.purpose, checklist.is_retired = name.strip(), purpose.strip(), is_retired
    checklist.full_clean()
    name_act("identification.checklist.changed")
    checklist.save()
    newest = checklist.versions.select_for_update().order_by("-number")[0]
    if list(newest.items.values(*ITEM)) == [_said(item) for item in items]:
        return checklist
    if newest.runs.exists():
        _write_version(checklist, newest.number + 1, actor, items, at)
    else:
        newest.items.all().delete()
        _add_items(newest, items)
    return checklist


@transaction.atomic
def begin_run(
    *,
    actor: User,
    checklist_id: int,
    at: datetime,
    subject: str = "",
    product: Product | None = None,
    line_id: str | None = None,
) -> ChecklistRun:
    """Begin to go through the newest version of a checklist for a product, whose line it takes, or for what `subject`
    says."""
    checklist = Checklist.objects.select_for_update().get(pk=checklist_id)
    if checklist.is_retired:
        raise ValidationError(_("%(checklist)s is not used any more.") % {"checklist": checklist})
    subject = subject.strip() or (product.name if product else "")
    if not subject:
        raise ValidationError({"subject": _("Say what it is gone through for, or choose a product.")})
    run = ChecklistRun(
        version=checklist.versions.order_by("-number")[0], subject=subject, product=product,
        line_id=product.line_id if product else line_id, begun_by=actor, begun_at=at,
    )  # fmt: skip
    check_line(actor, run.line_id)
    run.full_clean(exclude=["reference"])
    name_act("identification.run.begun")
    run.save()
    run.refresh_from_db(fields=["reference"])
    return run


@transaction.atomic
def answer_item(
    *, actor: User, run_id: int, item_id: int, answer: str, at: datetime, remark: str = ""
) -> ChecklistAnswer:
    """Keep what is said to one question of a run that is not finished; the last word counts, whoever said it."""
    run = _locked(run_id)
    item = run.version.items.filter(pk=item_id).first()
    if item is None:
        raise ValidationError(_("This question is of another version."))
    said = run.answers.filter(item=item).first() or ChecklistAnswer(run=run, item=item)
    remark = remark.strip()
    if said.pk and (said.answer, said.remark) == (answer, remark):
        return said
    said.answer, said.remark, said.by, said.at = answer, remark, actor, at
    said.full_clean(validate_unique=False, validate_constraints=False)
    name_act("identification.run.answered")
    said.save()
    return said


@transaction.atomic
def finish_run(*, actor: User, run_id: int, at: datetime) -> ChecklistRun:
    """Finish a run whose questions are all answered. From then on it never changes."""
    run = _locked(run_id)
    answered = set(run.answers.values_list("item", flat=True))
    missing = [str(item.position) for item in run.version.items.all() if item.pk not in answered]
    if missing:
        raise ValidationError(_("Answer every question first: %(items)s.") % {"items": ", ".join(missing)})
    name_act("identification.run.finished")
    run.finished_by, run.finished_at = actor, at
    run.save(update_fields=["finished_by", "finished_at"])
    return run


def run_url(run: ChecklistRun) -> str:
    return reverse("identification:run_detail", args=[run.reference])


def _write_version(
    checklist: Checklist, number: int, actor: User, items: Sequence[Mapping[str, str]], at: datetime
) -> ChecklistVersion:
    version = ChecklistVersion.objects.create(checklist=checklist, number=number, written_by=actor, written_at=at)
    _add_items(version, items)
    return version


def _add_items(version: ChecklistVersion, items: Sequence[Mapping[str, str]]) -> None:
    if not items:
        raise ValidationError(_("A checklist asks at least one question."))
    if len(items) > MOST_ITEMS:
        raise ValidationError(_("A checklist asks at most %(most)s questions.") % {"most": MOST_ITEMS})
    made = [
        ChecklistItem(version=version, position=number, **_said(item)) for number, item in enumerate(items, start=1)
    ]
    if len({item.text.casefold() for item in made}) < len(made):
        raise ValidationError(_("Two questions are the same."))
    for item in made:
        item.full_clean(exclude=["version"], validate_unique=False, validate_constraints=False)
    ChecklistItem.objects.bulk_create(made)


def _said(item: Mapping[str, Any]) -> dict[str, str]:
    return {name: str(item.get(name) or "").strip() for name in ITEM}


def _locked(run_id: int) -> ChecklistRun:
    found = ChecklistRun.objects.select_for_update(of=["self"]).select_related("version__checklist")
    run = found.get(pk=run_id)
    if run.is_finished:
        raise ValidationError(_("%(run)s is finished and never changes.") % {"run": run.reference})
    return run
