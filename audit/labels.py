"""What tables and columns are called in the reader's language: the names that their models give them."""

from functools import lru_cache
from typing import Any

from django.apps import apps
from django.contrib.auth import get_user_model
from django.db import models
from django.utils.text import capfirst
from django.utils.translation import gettext


@lru_cache(maxsize=1)
def _models() -> dict[str, type[models.Model]]:
    return {model._meta.db_table: model for model in apps.get_models(include_auto_created=True)}


@lru_cache(maxsize=4096)
def _column(table: str, column: str) -> models.Field | None:
    model = _models().get(table)
    return next((field for field in model._meta.fields if field.column == column), None) if model else None


def table_label(table: str) -> str:
    """Return what a record of `table` is called, or the table's own name where no model stands behind it."""
    model = _models().get(table)
    return str(capfirst(model._meta.verbose_name)) if model else table


def field_label(table: str, column: str) -> str:
    """Return what `column` is called; one that has gone since the event keeps its own name."""
    field = _column(table, column)
    return str(capfirst(field.verbose_name)) if field else column


def is_person(table: str, column: str) -> bool:
    """Return whether `column` holds the number of somebody who works here."""
    field = _column(table, column)
    return bool(field and field.remote_field and field.related_model is get_user_model())


def value_label(table: str, column: str, text: str) -> str:
    """Return what a value of `column` is called: a choice by its label, yes or no in words, others as they are."""
    field = _column(table, column)
    if isinstance(field, models.BooleanField):
        return {"true": gettext("Yes"), "false": gettext("No")}.get(text, text)
    labels = {str(value): label for value, label in field.flatchoices} if field else {}
    return str(labels.get(text, text))


def table_choices() -> list[tuple[str, Any]]:
    """Return every table that a model stands behind with its label, room by room, for filters. Labels are lazy."""
    return [(table, capfirst(_models()[table]._meta.verbose_name)) for table in sorted(_models())]


def columns_called(text: str) -> list[str]:
    """Return the names of columns that are called `text`, as the database or as people do, in any letter case."""
    asked = text.strip().casefold()
    called = {
        field.column
        for model in _models().values()
        for field in model._meta.fields
        if field.column and asked in (field.column.casefold(), str(field.verbose_name).casefold())
    }
    return sorted(called | {text.strip()})
