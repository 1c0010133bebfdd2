"""How people call what stands in this room: for the log, which knows keys alone."""

from collections.abc import Collection

from django.urls import reverse

from audit.records import Named, RecordNames, numbers, register_names
from operations.models import NightlyRun


def find_nothing(text: str) -> None:
    """A business date may have several runs: they are reached from their pages."""


def name_runs(keys: Collection[str]) -> Named:
    found = NightlyRun.objects.filter(pk__in=numbers(keys)).values_list("pk", "business_date")
    return {str(pk): (f"{day}", reverse("operations:nightly_detail", args=[pk])) for pk, day in found}


def register() -> None:
    register_names(RecordNames("operations_nightlyrun", find_nothing, name_runs))
