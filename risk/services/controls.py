"""Controls: recorded, changed, and tested by people who do not own them, on a sample that anybody can draw again."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.services import name_act
from risk.models import Control, ControlTest, ControlTestItem, Effectiveness, Risk, SampleSizeRule
from risk.rules.sampling import population_hash, sample
from risk.services.scope import check_line
from staff.models import User

MOST_ITEMS = 20_000
LONGEST_KEY = 120


@transaction.atomic
def record_control(*, actor: User, risks: Iterable[Risk] = (), **fields: Any) -> Control:
    """Add a control to the library. Its line (None is the whole company) must be in the actor's scope."""
    control = Control(**fields)
    check_line(actor, control.line_id)
    control.full_clean()
    name_act("risk.control.recorded")
    control.save()
    control.risks.set(risks)
    return control


@transaction.atomic
def change_control(*, actor: User, control_id: int, risks: Iterable[Risk], **fields: Any) -> Control:
    """Change what is written about a control and which risks it is for."""
    control = Control.objects.select_for_update(of=["self"]).get(pk=control_id)
    for name, value in fields.items():
        setattr(control, name, value)
    check_line(actor, control.line_id)
    control.full_clean()
    name_act("risk.control.changed")
    control.save()
    control.risks.set(risks)
    return control


@transaction.atomic
def begin_test(*, actor: User, control_id: int, items: str, seed: str, at: datetime) -> ControlTest:
    """Draw a sample from `items`, one a line, as large as the rule for the control's frequency asks, and begin a test.

    Raises PermissionDenied for the control's owner, ValidationError for an empty or too long list.
    """
    control = Control.objects.select_for_update(of=["self"]).get(pk=control_id)
    if control.owner_id == actor.pk:
        raise PermissionDenied(_("You own this control: somebody else tests it."))
    keys = sorted({line.strip() for line in items.splitlines() if line.strip()})
    _check_items(keys)
    if not seed.strip():
        raise ValidationError({"seed": _("Choose a seed, a word or a number, so that the sample can be drawn again.")})
    size = required_size(control, at)
    name_act("risk.control.test_begun")
    test = ControlTest.objects.create(
        control=control, tester=actor, begun_at=at, seed=seed.strip(), counted=len(keys),
        sha256=population_hash(keys), required=size,
    )  # fmt: skip
    ControlTestItem.objects.bulk_create(
        ControlTestItem(test=test, position=position, key=key)
        for position, key in enumerate(sample(keys, size, seed.strip()), start=1)
    )
    return test


@transaction.atomic
def finish_test(
    *, actor: User, test_id: int, passed: Mapping[int, bool], conclusion: str, reason: str, at: datetime
) -> ControlTest:
    """Finish a test: each item by its position worked or did not, and what follows. Whoever began it finishes it.

    A control that failed for an item is not called effective."""
    test = ControlTest.objects.select_for_update(of=["self"]).select_related("control").get(pk=test_id)
    if test.is_finished:
        raise ValidationError(_("This test is finished."))
    if test.tester_id != actor.pk:
        raise PermissionDenied(_("Whoever began a test finishes it."))
    items = list(test.items.all())
    if missing := [str(item.position) for item in items if item.position not in passed]:
        raise ValidationError(
            _("Say for each item whether the control worked: %(items)s.") % {"items": ", ".join(missing)}
        )
    for item in items:
        item.passed = passed[item.position]
    failed = sum(not item.passed for item in items)
    if failed and conclusion == Effectiveness.EFFECTIVE:
        raise ValidationError({"conclusion": _("It failed for %(n)s items: it is not effective.") % {"n": failed}})
    if not reason.strip():
        raise ValidationError({"reason": _("Say why.")})
    name_act("risk.control.tested", reason=reason)
    ControlTestItem.objects.bulk_update(items, ["passed"])
    test.conclusion, test.reason, test.finished_at = conclusion, reason.strip(), at
    test.save(update_fields=["conclusion", "reason", "finished_at"])
    test.control.last_test = test
    test.control.save(update_fields=["last_test"])
    return test


def required_size(control: Control, at: datetime) -> int:
    """Return how many items the rule in force asks for; ValidationError where there is none."""
    rules = SampleSizeRule.objects.filter(frequency=control.frequency, valid_from__lte=timezone.localdate(at))
    size = rules.order_by("-valid_from").values_list("size", flat=True).first()
    if size is None:
        raise ValidationError(_("No rule says how many items a test of this control looks at."))
    return size


def _check_items(keys: list[str]) -> None:
    if not keys:
        raise ValidationError({"items": _("List what the control has done, one item a line.")})
    if len(keys) > MOST_ITEMS:
        raise ValidationError({"items": _("List at most %(most)s items.") % {"most": MOST_ITEMS}})
    if long := next((key for key in keys if len(key) > LONGEST_KEY), ""):
        raise ValidationError({"items": _("An item has at most 120 characters: “%(item)s…”.") % {"item": long[:40]}})
