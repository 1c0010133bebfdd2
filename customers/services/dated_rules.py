"""Entering and confirming rules with a date: privacy rules, and every table of the same shape.

Such a table has keys (what a rule is about, and where), what it says, and the first day; most have a last day, a source, and
whether somebody still has to confirm it. `model` is that table in all that follows."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from audit.services import name_act
from customers.rules.deadlines import span_after
from staff.models import User

Arguments = dict[str, Any]
ONE_DAY = timedelta(days=1)
# Which rules follow one another in time: those that agree in all of these that the table has.
KEYS = ("code", "kind", "field", "level", "line", "jurisdiction", "channel", "language", "applies_from")
DAYS = ("valid_from", "valid_to")
LAST = (*DAYS, "source", "needs_confirmation")
SPANS = frozenset(["years", "months", "days", "working_days"])
MOST = 36_600  # the days of a century: what is more is a slip of the hand, and no calendar reaches it


def columns_of(model: Any) -> tuple[str, ...]:
    """Return the columns that only an approved request writes: all but the primary key, those that every such table has
    after its own."""
    return tuple(sorted((field.name for field in model._meta.fields if not field.primary_key), key=LAST.__contains__))


def keys_of(model: Any) -> tuple[str, ...]:
    held = columns_of(model)
    return tuple(key for key in KEYS if key in held)


def said_of(model: Any) -> tuple[str, ...]:
    """Return what a request says beside the days."""
    return tuple(name for name in columns_of(model) if name not in DAYS)


def series_of(rule: Any) -> QuerySet:
    """Return the rules that follow one another with `rule`: the same thing, at the same place."""
    model = type(rule)
    return model._default_manager.filter(**{key: getattr(rule, key) for key in keys_of(model)})


def rule_asked_for(model: Any, arguments: Arguments) -> Any:
    """Return the rule that `arguments` say, unsaved; it ends before the next one of its series begins."""
    said = {name: model._meta.get_field(name).to_python(arguments[name]) for name in said_of(model)}
    rule = model(**said, valid_from=date.fromisoformat(arguments["valid_from"]))
    if not has_end(model):
        return rule
    ends = rule.valid_to = date.fromisoformat(arguments["valid_to"]) if arguments.get("valid_to") else None
    following = series_of(rule).filter(valid_from__gt=rule.valid_from).order_by("valid_from").first()
    if following is not None:
        rule.valid_to = min(ends or date.max, following.valid_from - ONE_DAY)
    return rule


def has_end(model: Any) -> bool:
    """Where rules have no last day, each holds until the next one begins."""
    return "valid_to" in columns_of(model)


def ended_by(rule: Any) -> list[Any]:
    """Return the earlier rules of the series that end the day before `rule` begins, because of it."""
    if not has_end(type(rule)):
        return []
    earlier = series_of(rule).filter(valid_from__lt=rule.valid_from).order_by("pk")
    return list(earlier.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=rule.valid_from)))


def check_rule(model: Any, arguments: Arguments, *, today: date) -> None:
    """Raise ValidationError for a rule that cannot come into force."""
    if not re.fullmatch("([A-Z]{2})?", arguments.get("jurisdiction", "")):
        raise ValidationError({"jurisdiction": _("Two capital letters, such as CN, EU or GB, or none for elsewhere.")})
    rule = rule_asked_for(model, arguments)
    rule.full_clean()
    if rule.valid_from < today:
        raise ValidationError({"valid_from": _("A rule begins today at the earliest: what was decided stays.")})
    held = columns_of(model)
    if "source" in held and not rule.source.strip():
        raise ValidationError({"source": _("Say which text or decision the rule stands on.")})
    if "unit" in held:
        _check_measure(model, rule)


def _check_measure(model: Any, rule: Any) -> None:
    """A span may be measured otherwise; a number of times, points or minutes may not, because it is read as one."""
    about = keys_of(model)[0]
    used = set(model._default_manager.filter(**{about: getattr(rule, about)}).values_list("unit", flat=True))
    if used and rule.unit not in (used | SPANS if used & SPANS else used):
        raise ValidationError({"unit": _("This rule is not measured so: choose the unit that it has now.")})
    try:
        if rule.value > MOST:
            raise OverflowError
        if rule.unit in SPANS:
            span_after(rule.valid_from, rule.value, rule.unit)
    except (OverflowError, ValueError) as error:
        raise ValidationError({"value": _("The value is too large: no calendar reaches that far.")}) from error


@transaction.atomic
def enter_rule(*, actor: User, model: Any, arguments: Arguments, reason: str) -> Any:
    """Add a rule, and end the one that held until then. A guard refuses it without an approved request for it."""
    name_act(f"{model._meta.app_label}.{model._meta.model_name}.entered", reason=reason)
    rule = rule_asked_for(model, arguments)
    for earlier in ended_by(rule):
        earlier.valid_to = rule.valid_from - ONE_DAY
        earlier.save(update_fields=["valid_to"])
    rule.save(force_insert=True)
    return rule


def check_confirmation(model: Any, *, rule_id: int, source: str) -> None:
    """Raise ValidationError where there is nothing to confirm, or nothing that confirms it."""
    if not model._default_manager.get(pk=rule_id).needs_confirmation:
        raise ValidationError(_("This rule is confirmed already."))
    if not source.strip():
        raise ValidationError({"source": _("Say which text or decision the rule stands on.")})


@transaction.atomic
def confirm_rule(*, actor: User, model: Any, rule_id: int, source: str, reason: str) -> Any:
    """Write down that somebody read the text that a rule stands on. Its value stays as it is."""
    name_act(f"{model._meta.app_label}.{model._meta.model_name}.confirmed", reason=reason)
    rule = model._default_manager.select_for_update().get(pk=rule_id)
    rule.source, rule.needs_confirmation = source, False
    rule.save(update_fields=["source", "needs_confirmation"])
    return rule
