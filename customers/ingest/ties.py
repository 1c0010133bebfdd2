"""Targets of what ties customers to each other: devices, guarantees, links of supply chains."""

from django.utils.translation import gettext_lazy as _

from customers.ingest.targets import EXTERNAL_ID, NOT_ERASED, Check, Field, Target, choice
from customers.models import SupplyRole

ENDS = Check("t.v_until < t.v_since", "ends_before", "until", ("since", "until"))
SINCE, UNTIL = Field("since", "date", required=True), Field("until", "date")

DEVICES = Target(
    "devices",
    "customers_customerdevice",
    (
        EXTERNAL_ID,
        Field("customer", "customer", required=True, column="customer_id"),
        Field("fingerprint", "sealed", required=True, longest=500),
        Field("first_seen_on", "date", required=True),
        Field("last_seen_on", "date"),
    ),
    label=_("Devices"),
    checks=(
        NOT_ERASED,
        Check("t.v_last_seen_on < t.v_first_seen_on", "ends_before", "last_seen_on", ("first_seen_on", "last_seen_on")),
    ),
    unique=("customer_id", "fingerprint_index"),
)
GUARANTEES = Target(
    "guarantees",
    "customers_guarantee",
    (
        EXTERNAL_ID,
        Field("loan", "loan", required=True, column="loan_id"),
        Field("guarantor", "customer", required=True, column="guarantor_id"),
        Field("amount", "money"),
        Field("currency", "currency", required=True, fallback="loan.currency"),
        SINCE,
        UNTIL,
    ),
    label=_("Guarantees"),
    checks=(
        Check("t.v_amount <= 0", "not_positive", "amount"),
        Check("loan.customer_id = guarantor.id", "of_two", "guarantor", ("loan", "guarantor")),
        ENDS,
    ),
    unique=("loan_id", "guarantor_id"),
)
SUPPLY_LINKS = Target(
    "supply_links",
    "customers_supplylink",
    (
        EXTERNAL_ID,
        Field("core", "customer", required=True, column="core_id"),
        Field("member", "customer", required=True, column="member_id"),
        choice("role", SupplyRole, None),
        SINCE,
        UNTIL,
    ),
    label=_("Links of supply chains"),
    checks=(
        Check(
            "coalesce(core.merged_into_id, core.id) = coalesce(member.merged_into_id, member.id)",
            "of_two",
            "member",
            ("core", "member"),
        ),
        ENDS,
    ),
    unique=("core_id", "member_id", "role"),
)
