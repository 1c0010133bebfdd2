"""What can be changed of many customers at once: who looks after them, their tags, and a region that no source sends."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from audit.services import name_act
from customers.filters.customers import CustomerFilter
from customers.models import Customer, CustomerTag, Tag, TagSource
from customers.rules.access import DESK
from staff.bulk import BulkEdit, BulkField, register_bulk
from staff.models import User


def register() -> None:
    register_bulk(CUSTOMERS)


def _restricted(rows: QuerySet) -> tuple[Any, QuerySet]:
    return gettext_lazy("Data restricted or erased"), rows.exclude(restricted_at=None, erased_at=None)


def desk() -> QuerySet:
    return (
        User.objects.active()
        .filter(groups__name__in=[str(role) for role in DESK])
        .distinct()
        .order_by("full_name", "pk")
    )


def _owner_refused(user: User, rows: QuerySet, value: Any) -> list[tuple[Any, QuerySet]]:
    return [_restricted(rows), (gettext_lazy("Already so"), rows.filter(relationship_owner_id=value))]


@transaction.atomic
def _give_owner(user: User, rows: QuerySet, value: Any, at: datetime) -> int:
    name_act("customers.customer.owner_given")
    return Customer.objects.filter(pk__in=rows.order_by().values("pk")).update(relationship_owner_id=value)


def _region_refused(user: User, rows: QuerySet, value: Any) -> list[tuple[Any, QuerySet]]:
    return [
        _restricted(rows),
        (gettext_lazy("Their region comes from their source: change it there"), rows.exclude(source=None)),
        (gettext_lazy("Already so"), rows.filter(region=value)),
        *(
            [(gettext_lazy("You would not see them any more"), rows)]
            if user.regions and value not in user.regions
            else []
        ),
    ]


@transaction.atomic
def _set_region(user: User, rows: QuerySet, value: Any, at: datetime) -> int:
    name_act("customers.customer.region_set")
    return Customer.objects.filter(pk__in=rows.order_by().values("pk")).update(region=value)


def _tag_refused(user: User, rows: QuerySet, value: Any) -> list[tuple[Any, QuerySet]]:
    may = Tag.objects.sayable_by(user).filter(pk=value).exists()
    bear = CustomerTag.objects.standing().filter(tag=value).values("customer")
    return [
        _restricted(rows),
        *([] if may else [(gettext_lazy("This tag is not yours to say"), rows)]),
        (gettext_lazy("They bear it already"), rows.filter(pk__in=bear)),
    ]


@transaction.atomic
def _add_tag(user: User, rows: QuerySet, value: Any, at: datetime) -> int:
    name_act("customers.tag.said")
    found = list(rows.order_by().values_list("pk", flat=True))
    said = [
        CustomerTag(customer_id=pk, tag_id=value, source=TagSource.PERSON, by=user, confidence=1, grounds=_("Said of many at once"), at=at)
        for pk in found
    ]  # fmt: skip
    return len(CustomerTag.objects.bulk_create(said, batch_size=2_000, ignore_conflicts=True))


OWNER = BulkField(
    key="owner",
    label=gettext_lazy("Relationship owner"),
    field=lambda user: forms.ModelChoiceField(queryset=desk()),
    keep=lambda person: person.pk,
    shown=lambda value: str(User.objects.get(pk=value)),
    refused=_owner_refused,
    apply=_give_owner,
    state=["relationship_owner_id", "merged_into_id"],
)
TAG = BulkField(
    key="tag",
    label=gettext_lazy("Add a tag"),
    field=lambda user: forms.ModelChoiceField(queryset=Tag.objects.sayable_by(user)),
    keep=lambda tag: tag.pk,
    shown=lambda value: str(Tag.objects.get(pk=value)),
    refused=_tag_refused,
    apply=_add_tag,
    state=["merged_into_id"],
    permission="customers.add_customertag",
)
REGION = BulkField(
    key="region",
    label=gettext_lazy("Region"),
    field=lambda user: forms.CharField(max_length=40),
    keep=lambda text: " ".join(text.split()),
    shown=str,
    refused=_region_refused,
    apply=_set_region,
    state=["region", "merged_into_id"],
)
CUSTOMERS = BulkEdit(
    key="customers",
    list_name="customers:customer_list",
    label=gettext_lazy("Edit customers"),
    permission="customers.bulk_edit_customer",
    rows=lambda user: Customer.objects.visible_to(user),
    filterset=CustomerFilter,
    fields=[OWNER, TAG, REGION],
)
