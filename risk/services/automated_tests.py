"""Controls that test themselves each night: a statement counts where they did not work."""

import json
from datetime import date

from django.conf import settings
from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.services import name_act
from risk.control_measures import CONTROL_MEASURES
from risk.models import AutomatedRun, Control
from staff.grants import all_grants
from staff.models import NotificationKind
from staff.rules.roles import Role, permissions_of
from staff.services.notifications import notify

MOST_KEYS = 100


@transaction.atomic
def run_control_tests(*, business_date: date, run_id: int | None = None) -> int:
    """Run the test of every control that names a measure, as of a day; return how many ran. A control that was tested for
    that day already is left as it is; its owner hears of a failure once, until it has passed again."""
    done = AutomatedRun.objects.filter(as_of=business_date).values("control")
    controls = Control.objects.exclude(measure="").exclude(pk__in=done).select_related("last_run", "owner")
    name_act("risk.control.tested_by_itself")
    ran = [_run(control, business_date) for control in controls.order_by("pk") if control.measure in CONTROL_MEASURES]
    return len(ran)


def _run(control: Control, day: date) -> AutomatedRun:
    population, exceptions, keys = _count(control, day)
    run = AutomatedRun.objects.create(
        control=control, measure=control.measure, as_of=day, population=population, exceptions=exceptions,
        keys=[str(key) for key in keys[:MOST_KEYS]], tolerance=control.tolerance,
        passed=exceptions <= control.tolerance, ran_at=timezone.now(),
    )  # fmt: skip
    before = control.last_run
    if before is None or before.as_of <= day:
        if not run.passed and (before is None or before.passed):
            _tell(control, run)
        control.last_run = run
        control.save(update_fields=["last_run"])
    return run


def _count(control: Control, day: date) -> tuple[int, int, list]:
    """What a statement found: one row, however many exceptions there are."""
    with connection.cursor() as cursor:
        wanted = {"day": day, "line": control.line_id, "zone": settings.TIME_ZONE, "grants": _grants()}
        cursor.execute(CONTROL_MEASURES[control.measure].sql(), wanted)
        population, exceptions, keys = cursor.fetchone()
    return population, exceptions, keys if isinstance(keys, list) else json.loads(keys)


def _grants() -> str:
    """What each role brings, as JSON: grants stand in code, and a statement about duties needs them."""
    grants = all_grants()
    return json.dumps({role.value: sorted(permissions_of([role.value], grants)) for role in Role})


def _tell(control: Control, run: AutomatedRun) -> None:
    words = {"control": control, "n": run.exceptions, "all": run.population}
    notify(
        users=[control.owner_id],
        kind=NotificationKind.REVIEW,
        key=f"control:{control.pk}:{run.pk}",
        title=lambda: _("Control %(control)s failed its test: %(n)s exceptions of %(all)s") % words,
        url=reverse("risk:control_detail", args=[control.code]),
        at=run.ran_at,
    )
