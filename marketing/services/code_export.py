"""Codes of an issue as a file, once: the job that writes it runs for whoever took them, and again if a worker dies."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from marketing.models import CouponBatch
from marketing.services.coupons import codes_of, export_codes
from staff.exports import Export, register_export, start_export
from staff.jobs import JobFailed
from staff.models import Job, User

KIND = "marketing.codes"


@transaction.atomic
def start_code_export(*, actor: User, batch_id: int, at: datetime) -> Job:
    """Mark the issue as exported and queue the file; ValidationError where that happened before."""
    batch = export_codes(actor=actor, batch_id=batch_id, at=at)
    title = _("Codes of %(key)s") % {"key": batch.key}
    return start_export(actor=actor, kind=KIND, title=title, parameters={"batch": batch.pk, "format": "csv"}, at=at)


def codes_export(user: User, parameters: dict[str, Any]) -> Export:
    batch = CouponBatch.objects.filter(pk=parameters.get("batch") or 0, exported_by=user).first()
    if batch is None:
        raise JobFailed(_("These codes were not taken by you."))
    codes = [(code,) for code, _customer in codes_of(batch)]
    return Export("codes", [_("Code")], codes, len(codes))


def register() -> None:
    register_export(KIND, codes_export, permission="marketing.add_couponbatch")
