"""Tables without row triggers, each with what happens instead and why. Whatever is neither here nor under
`AuditTable` or `AppendOnlyTable` fails `tests/audit/test_coverage.py`. The list is short on purpose: volume is no
reason by itself."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Treatment:
    kind: str
    reason: str


MACHINE = "holds no business fact"
DERIVED = "can be recomputed"
LOG = "is the log"

TREATMENTS = {
    "audit_event": Treatment(LOG, "Append-only by trigger; logging the log would never end."),
    "audit_secret": Treatment(LOG, "Append-only by trigger; plain text behind the hashes of the log."),
    "audit_leaf": Treatment(LOG, "Append-only by trigger; the log as a tree, written by the sealer."),
    "audit_tile": Treatment(LOG, "Append-only by trigger; the tree in pieces, follows from the leaves."),
    "audit_checkpoint": Treatment(LOG, "Append-only by trigger; signed states of the tree."),
    "audit_anchor_receipt": Treatment(LOG, "Append-only by trigger; what came back from places outside."),
    "audit_verification": Treatment(LOG, "Append-only by trigger; what verification found."),
    "audit_era": Treatment(LOG, "Append-only by trigger; lives of the database, for the order of the log."),
    "audit_retired_month": Treatment(LOG, "Append-only by trigger; retiring a month is an event of its own."),
    "django_migrations": Treatment(MACHINE, "Which migrations ran. Written before the log exists."),
    "django_session": Treatment(MACHINE, "Cookies of a browser. Signing in and out are events of their own."),
    "django_celery_beat_periodictasks": Treatment(
        MACHINE, "One time stamp that tells beat to read its schedule again."
    ),
    "customers_transactionkey": Treatment(
        DERIVED, "Says which transactions have been seen; follows from the transactions."
    ),
    "customers_dailyactivity": Treatment(DERIVED, "Sums of transactions; `rebuild_activity` makes it again."),
    "customers_activitybatch": Treatment(
        DERIVED, "Which chunks of transactions have been rolled up; the batch is an event."
    ),
    "customers_portraitround": Treatment(
        DERIVED, "How far the portraits have come; the nightly run's step is an event."
    ),
    "customers_portrait": Treatment(DERIVED, "Written by the nightly run that it names."),
    "customers_portraitchange": Treatment(DERIVED, "Which portraits a nightly round wrote; kept for sixty rounds."),
    "customers_matchkey": Treatment(
        DERIVED, "Hashes of what customers are compared by; the next search makes them again."
    ),
    "customers_importfile": Treatment(MACHINE, "How far a file has come; the run itself and its batches are events."),
    "customers_importreject": Treatment(DERIVED, "Follows from the file and the mapping, both kept by hash."),
    "customers_idempotencykey": Treatment(MACHINE, "Answers kept for a program that asks again."),
    "customers_listentry": Treatment(DERIVED, "Follows from the files of the list's versions, each kept by hash."),
    "customers_listreject": Treatment(DERIVED, "Follows from the file of the version, kept by hash."),
    "customers_screeningstate": Treatment(
        DERIVED, "Says which customers were screened as what; screening makes it again."
    ),
    "products_productday": Treatment(DERIVED, "Written by the nightly run from accounts and transactions."),
    "service_complainttheme": Treatment(DERIVED, "Found in the words of complaints; looked for anew at any time."),
    "service_thememember": Treatment(DERIVED, "Follows from the themes and the words of complaints."),
    "service_openinginterval": Treatment(DERIVED, "Openings of a calendar, laid out from its hours."),
    "service_ticketspan": Treatment(DERIVED, "States of a ticket; each change of a ticket is an event of its own."),
    "service_ticketclock": Treatment(
        DERIVED, "Follows from tickets, policies and calendars; what people say of one is not."
    ),
    "marketing_delivery": Treatment(
        MACHINE, "Where a message stands in the queue; who gets it and what came of it are rows that only ever come."
    ),
    "marketing_providerpace": Treatment(MACHINE, "How many messages a provider may be given now."),
    "identification_mapelement": Treatment(DERIVED, "Parts of a drawing; read from its XML, which is kept by hash."),
    "marketing_segmentmember": Treatment(
        DERIVED, "Rows stay, with when and by whom; refreshing, importing and removing are events of the segment."
    ),
    "marketing_segmentsnapshot": Treatment(DERIVED, "Counts of members, written by the nightly run."),
    "marketing_offerslot": Treatment(
        DERIVED, "Parts of a budget; follows from the offer and its redemptions, kept by triggers."
    ),
    "marketing_couponuse": Treatment(
        DERIVED, "How often a coupon is used; follows from redemptions, kept by triggers."
    ),
    "marketing_customeruse": Treatment(
        DERIVED, "How often a customer has used an offer; follows from redemptions, kept by triggers."
    ),
    "marketing_redemptionstate": Treatment(
        DERIVED, "Where a redemption stands; follows from its entries, kept by triggers."
    ),
    "marketing_abusescore": Treatment(DERIVED, "Scores of redemptions; looking again makes them again."),
    "operations_figure": Treatment(DERIVED, "Written by the nightly run that it names."),
}
