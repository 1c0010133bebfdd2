"""What of one person, one record needs a second pair of eyes: merging two customers, and parting them again."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.models import Customer, Merge
from customers.rules.merging import CHOSEN
from customers.services.merge_rows import later_rows
from customers.services.merges import PERMISSION, check_merge, check_unmerge, merge_customers, unmerge_customers
from pages.formats import number
from staff.changes import Arguments, Command, Differences, register_command, version_of

MERGE, UNMERGE = "customers.merge", "customers.unmerge"
MEANT = (
    "kind", "name", "sex", "birth_date", "phone", "email", "address", "identity_number", "status", "risk_level", "region", "city",
    "language", "relationship_owner_id", "merged_into_id", "absorbed", "currency", "restricted_at", "erased_at",
)  # fmt: skip
LABELS = {"city": gettext_lazy("Region and city"), "relationship_owner": gettext_lazy("Relationship owner")}


def field_name(field: str) -> str:
    if field in LABELS:
        return str(LABELS[field])
    label = str(Customer._meta.get_field(field).verbose_name)  # type: ignore[union-attr]
    return label[:1].upper() + label[1:]


def _both(arguments: Arguments) -> tuple[Customer, Customer]:
    found = Customer.objects.only("reference", "absorbed").in_bulk([arguments["survivor_id"], arguments["absorbed_id"]])
    return found[arguments["survivor_id"]], found[arguments["absorbed_id"]]


def _about(arguments: Arguments) -> str:
    survivor, absorbed = _both(arguments)
    return f"{absorbed.reference} → {survivor.reference}"


def _check(*, actor: Any, arguments: Arguments) -> None:
    check_merge(
        actor=actor,
        survivor_id=arguments["survivor_id"],
        absorbed_id=arguments["absorbed_id"],
        choices=arguments["choices"],
    )


def _describe(arguments: Arguments) -> Differences:
    survivor, absorbed = _both(arguments)
    said = [(_("This number"), absorbed.reference, _("leads to %(other)s") % {"other": survivor.reference})]
    taken = [
        (
            field_name(field),
            survivor.reference,
            absorbed.reference if field in arguments["choices"] else survivor.reference,
        )
        for field in CHOSEN
    ]
    return [*said, *taken, (_("Consents"), _("of each"), _("the stricter of both"))]


def _writes(arguments: Arguments) -> list[dict[str, Any]]:
    survivor, absorbed = _both(arguments)
    return [_lead(pk, survivor.pk) for pk in [absorbed.pk, *absorbed.absorbed]]


def _lead(pk: int, to: int | None) -> dict[str, Any]:
    return {"table": "customers_customer", "on": "update", "key": {"id": pk}, "values": {"merged_into_id": to}}


def _merge(*, actor: Any, arguments: Arguments, request: Any) -> str:
    merge = merge_customers(
        actor=actor, survivor_id=arguments["survivor_id"], absorbed_id=arguments["absorbed_id"], choices=arguments["choices"],
        reason=request.reason, approval_id=request.pk, at=timezone.now(),
    )  # fmt: skip
    return _("%(rows)s rows moved.") % {"rows": number(merge.moves.count())}


def _undone(arguments: Arguments) -> Merge:
    return (
        Merge.objects.select_related("survivor", "absorbed")
        .defer("survivor__search", "absorbed__search")
        .get(pk=arguments["merge_id"])
    )


def _describe_undoing(arguments: Arguments) -> Differences:
    merge, goes = _undone(arguments), set(arguments["later"])
    back = (_("Rows that the merge moved"), merge.survivor.reference, merge.absorbed.reference)
    since = [
        (f"{part.label}: {number(count)}", merge.survivor.reference,
         merge.absorbed.reference if part.table in goes else merge.survivor.reference)
        for part, count in later_rows(merge)
    ]  # fmt: skip
    return [
        (_("This number"), _("leads to %(other)s") % {"other": merge.survivor.reference}, merge.absorbed.reference),
        back,
        *since,
    ]


def _check_undoing(*, actor: Any, arguments: Arguments) -> None:
    check_unmerge(actor=actor, merge_id=arguments["merge_id"], later=arguments["later"])


def _writes_of_undoing(arguments: Arguments) -> list[dict[str, Any]]:
    merge = _undone(arguments)
    return [_lead(merge.absorbed_id, None), *(_lead(pk, merge.absorbed_id) for pk in merge.subtree)]


def _unmerge(*, actor: Any, arguments: Arguments, request: Any) -> str:
    returned = unmerge_customers(
        actor=actor, merge_id=arguments["merge_id"], later=arguments["later"], approval_id=request.pk, at=timezone.now()
    )
    return _("%(rows)s rows went back.") % {"rows": number(sum(returned.values()))}


def _version(arguments: Arguments) -> str:
    return version_of(Customer.objects.filter(pk__in=[arguments["survivor_id"], arguments["absorbed_id"]]), *MEANT)


COMMANDS = [
    Command(
        name=MERGE,
        label=gettext_lazy("Merge two customers"),
        permission=PERMISSION,
        execute=_merge,
        describe=_describe,
        version=_version,
        # The lower number is locked first, by this and by the service: overlapping merges wait in one order.
        target=lambda arguments: ("customers_customer", min(arguments["survivor_id"], arguments["absorbed_id"])),
        about=_about,
        check=_check,
        guards={"customers_customer": ("merged_into_id",)},
        writes=_writes,
    ),
    Command(
        name=UNMERGE,
        label=gettext_lazy("Undo a merge of customers"),
        permission=PERMISSION,
        execute=_unmerge,
        describe=_describe_undoing,
        version=lambda arguments: version_of(
            Merge.objects.filter(pk=arguments["merge_id"]), "undone_at", "survivor__merged_into_id"
        ),
        target=lambda arguments: ("customers_merge", arguments["merge_id"]),
        about=lambda arguments: f"{_undone(arguments).absorbed.reference} ← {_undone(arguments).survivor.reference}",
        check=_check_undoing,
        guards={"customers_customer": ("merged_into_id",)},
        writes=_writes_of_undoing,
    ),
]


def register() -> None:
    for command in COMMANDS:
        register_command(command)
