"""A model field that is text in Python and ciphertext in the database."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.checks import Error
from django.core.exceptions import FieldError
from django.db import models
from django.db.models.lookups import Exact, IsNull
from django.db.models.query_utils import DeferredAttribute

from customers.encryption import decrypt, encrypt


class Personal(str):
    """Text that shows itself where it is written out, and not where it is merely inspected: logs, tracebacks,
    `repr`."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "<personal>"

    def __reduce__(self) -> tuple[type[str], tuple[str]]:
        return str, (str(self),)


class PersonalAttribute(DeferredAttribute):
    """The attribute of an encrypted field; text assigned to it is `Personal` from then on."""

    def __set__(self, instance: models.Model, value: Any) -> None:
        instance.__dict__[self.field.attname] = Personal(value) if type(value) is str else value


class OnlyNull(Exact):
    """`field=None`; any other comparison with ciphertext would silently match nothing."""

    def __init__(self, lhs: Any, rhs: Any) -> None:
        if rhs is not None:
            raise FieldError(f"{lhs.output_field} is encrypted: compare its blind index instead.")
        super().__init__(lhs, rhs)


class EncryptedTextField(models.Field):
    """Text of any length, sealed by `customers.encryption` for `purpose` (`app.model.field`, never changed
    afterwards).

    It can be asked whether it is null, and nothing else: what must be found needs a blind index beside it. Where null
    is allowed an empty text is stored as null. A value that does not open raises DecryptionError when its row is read,
    so lists that do not show it `.defer()` it and pay nothing.
    """

    descriptor_class = PersonalAttribute
    empty_strings_allowed = False

    def __init__(self, *args: Any, purpose: str = "", **kwargs: Any) -> None:
        self.purpose = purpose
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> tuple[str, str, list[Any], dict[str, Any]]:
        name, path, args, kwargs = super().deconstruct()
        return name, path, list(args), {**kwargs, "purpose": self.purpose}

    def check(self, **kwargs: Any) -> list[Any]:
        return [*super().check(**kwargs), *self._check_purpose()]

    def _check_purpose(self) -> list[Error]:
        return (
            [] if self.purpose else [Error("An encrypted field needs a purpose, such as 'app.model.field'.", obj=self)]
        )

    def get_internal_type(self) -> str:
        return "BinaryField"

    def get_lookup(self, lookup_name: str) -> Any:
        return {"isnull": IsNull, "exact": OnlyNull}.get(lookup_name)

    def get_transform(self, lookup_name: str) -> None:
        return None

    def to_python(self, value: Any) -> str | None:
        return None if value is None else Personal(value)

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> str | None:
        return None if value is None else Personal(decrypt(value, purpose=self.purpose))

    def get_prep_value(self, value: Any) -> str | None:
        prepared = super().get_prep_value(value)
        return None if prepared is None or (prepared == "" and self.null) else str(prepared)

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        text = value if prepared else self.get_prep_value(value)
        return None if text is None else connection.Database.Binary(encrypt(text, purpose=self.purpose))

    def formfield(self, **kwargs: Any) -> forms.Field | None:
        return super().formfield(**{"form_class": forms.CharField, "empty_value": None if self.null else "", **kwargs})


def encrypted_fields(model: type[models.Model]) -> list[EncryptedTextField]:
    """Return the encrypted fields that a model's own table holds."""
    fields: Iterable[Any] = model._meta.local_concrete_fields
    return [field for field in fields if isinstance(field, EncryptedTextField)]
