"""How people call what stands in this room: for the log, which knows keys alone."""

from collections.abc import Collection

from audit.records import Named, RecordNames, numbers, register_names
from customers.models import (
    Account,
    Customer,
    DuplicatePair,
    IdentityDocument,
    ImportRun,
    ListVersion,
    Loan,
    Merge,
)
from customers.rules.search import REFERENCE


def find_customer(text: str) -> int | None:
    if not REFERENCE.fullmatch(text):
        return None
    return Customer.objects.filter(reference=text.upper()).values_list("pk", flat=True).first()


def name_customers(keys: Collection[str]) -> Named:
    found = Customer.objects.filter(pk__in=numbers(keys)).values_list("pk", "reference")
    return {str(pk): (reference, f"/customers/{reference}/") for pk, reference in found}


def merged_into(key: str) -> list[str]:
    """Those who were merged into a customer: what happened to them happened to the customer."""
    found = Customer.objects.filter(merged_into__in=numbers([key])).values_list("pk", flat=True)
    return [str(pk) for pk in found]


def name_merges(keys: Collection[str]) -> Named:
    found = Merge.objects.filter(pk__in=numbers(keys)).values_list("pk", "absorbed__reference", "survivor__reference")
    return {str(pk): (f"{absorbed} → {survivor}", f"/customers/merges/{pk}/") for pk, absorbed, survivor in found}


def name_pairs(keys: Collection[str]) -> Named:
    found = DuplicatePair.objects.filter(pk__in=numbers(keys)).values_list(
        "pk", "first__reference", "second__reference"
    )
    return {str(pk): (f"{one}, {other}", f"/customers/duplicates/{pk}/") for pk, one, other in found}


def name_accounts(keys: Collection[str]) -> Named:
    found = Account.objects.filter(pk__in=numbers(keys)).values_list("pk", "number", "customer__reference")
    return {str(pk): (number, f"/customers/{of}/accounts/{pk}/") for pk, number, of in found}


def name_loans(keys: Collection[str]) -> Named:
    found = Loan.objects.filter(pk__in=numbers(keys)).values_list("pk", "number", "customer__reference")
    return {str(pk): (number, f"/customers/{of}/loans/{pk}/") for pk, number, of in found}


def name_imports(keys: Collection[str]) -> Named:
    found = ImportRun.objects.filter(pk__in=numbers(keys)).values_list("pk", "mapping")
    return {str(pk): (f"{mapping} {pk}", f"/customers/imports/{pk}/") for pk, mapping in found}


def name_documents(keys: Collection[str]) -> Named:
    found = IdentityDocument.objects.filter(pk__in=numbers(keys)).select_related("customer")
    return {
        str(one.pk): (one.get_kind_display(), f"/customers/{one.customer.reference}/documents/{one.pk}/")
        for one in found.only("kind", "customer__reference")
    }


def name_hits(keys: Collection[str]) -> Named:
    """Hits by their number alone: whoever may not see them is told nothing else by it."""
    return {str(pk): (f"H-{pk}", f"/customers/screening/hits/{pk}/") for pk in numbers(keys)}


def name_list_versions(keys: Collection[str]) -> Named:
    found = ListVersion.objects.filter(pk__in=numbers(keys)).select_related("watch_list")
    return {str(one.pk): (str(one), f"/customers/screening/lists/{one.pk}/") for one in found}


def find_nothing(text: str) -> None:
    """These have no name but a number of their source, which no index serves: they are reached from their pages."""


def register() -> None:
    register_names(RecordNames("customers_customer", find_customer, name_customers, merged_into))
    register_names(RecordNames("customers_account", find_nothing, name_accounts))
    register_names(RecordNames("customers_loan", find_nothing, name_loans))
    register_names(RecordNames("customers_merge", find_nothing, name_merges))
    register_names(RecordNames("customers_duplicatepair", find_nothing, name_pairs))
    register_names(RecordNames("customers_importrun", find_nothing, name_imports))
    register_names(RecordNames("customers_identitydocument", find_nothing, name_documents))
    register_names(RecordNames("customers_screeninghit", find_nothing, name_hits))
    register_names(RecordNames("customers_listversion", find_nothing, name_list_versions))
