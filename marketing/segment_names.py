"""How people call what stands in this room: for the log, which knows keys alone."""

from collections.abc import Collection

from django.urls import reverse

from audit.records import Named, RecordNames, numbers, register_names
from marketing.models import Segment


def find_segment(text: str) -> int | None:
    return Segment.objects.filter(code=text).values_list("pk", flat=True).first()


def name_segments(keys: Collection[str]) -> Named:
    found = Segment.objects.filter(pk__in=numbers(keys)).values_list("pk", "code")
    return {str(pk): (code, reverse("marketing:segment_detail", args=[code])) for pk, code in found}


def register() -> None:
    register_names(RecordNames("marketing_segment", find_segment, name_segments))
