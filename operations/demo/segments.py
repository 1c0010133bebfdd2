"""Segments of the demo company: by rules that name each other, and a suppression list, as the last night left them."""

from datetime import date, datetime

from customers.models import Customer
from marketing.models import SegmentKind
from marketing.services.segment_lists import list_members
from marketing.services.segment_snapshots import tend_segments
from marketing.services.segments import record_segment
from staff.models import User

SILENT = 12
RULES = {
    "active-payers": (
        "Active payers",
        {"all": [{"field": "lines", "op": "any", "value": ["payment"]}, {"field": "n_30", "op": "ge", "value": "3"}]},
    ),
    "idle-wealth": (
        "Idle money, not yet invested",
        {
            "all": [
                {"field": "balance", "op": "ge", "value": "5000"},
                {"not": {"field": "holds_line", "op": "any", "value": ["wealth", "fund"]}},
                {"any": [{"field": "age", "op": "between", "value": [25, 60]}, {"segment": "active-payers"}]},
            ]
        },
    ),
    "quiet-savers": (
        "Quiet for 60 days",
        {
            "all": [
                {"field": "last_on", "op": "older_than", "value": 60},
                {"not": {"field": "overdue_days", "op": "gt", "value": "0"}},
            ]
        },
    ),
}


def make_segments(customers: list[Customer], people: dict[str, User], *, last: date, now: datetime) -> None:
    marketer, officer = people["marketing"], people["compliance"]
    for code, (name, rule) in RULES.items():
        record_segment(actor=marketer, code=code, name=name, rule=rule, at=now)
    silent = record_segment(
        actor=officer, code="left-alone", name="Asked to be left alone", kind=SegmentKind.SUPPRESSION,
        description="Customers who wrote that they want no advertising at all.", at=now,
    )  # fmt: skip
    standing = Customer.objects.filter(pk__in=[one.pk for one in customers], merged_into=None, erased_at=None)
    references = list(standing.order_by("pk").values_list("reference", flat=True)[:SILENT])
    list_members(actor=officer, segment_id=silent.pk, references=references, at=now)
    tend_segments(business_date=last, at=now)
