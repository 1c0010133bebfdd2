"""Tables without row triggers, each with what happens instead and why. Whatever is neither here nor under `AuditTable` or
`AppendOnlyTable` fails `tests/audit/test_coverage.py`. The list is short on purpose: volume is no reason by itself."""

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
    "django_migrations": Treatment(MACHINE, "Which migrations ran. Written before the log exists."),
    "django_session": Treatment(MACHINE, "Cookies of a browser. Signing in and out are events of their own."),
    "django_celery_beat_periodictasks": Treatment(MACHINE, "One time stamp that tells beat to read its schedule again."),
}
