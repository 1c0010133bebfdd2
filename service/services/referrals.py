"""What authorities pass on or ask about, and what they are answered in time."""

from __future__ import annotations

import hashlib
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.services import name_act
from service.models import Authority, ComplaintStep, EntryOfComplaint, RegulatorReferral
from service.services.complaint_clocks import end_clocks, settle_due, start_clock
from service.services.complaint_entries import DECIDE, enter, locked_complaint, wanted
from staff.models import User

LARGEST = 20 * 1024 * 1024


@transaction.atomic
def record_referral(
    *, actor: User, complaint_id: int, authority: str, number: str, received_on: date, at: datetime
) -> RegulatorReferral:
    """Record an authority's letter; its own deadline starts to run, on a decided complaint too."""
    complaint = locked_complaint(actor, complaint_id)
    if authority not in Authority:
        raise ValidationError({"authority": _("Choose the authority.")})
    if not number.strip():
        raise ValidationError({"number": _("Write the number that the authority gave the case.")})
    if received_on > timezone.localdate(at):
        raise ValidationError({"received_on": _("A letter that has not come yet is not recorded.")})
    if RegulatorReferral.objects.filter(authority=authority, number=number.strip()).exists():
        raise ValidationError({"number": _("This number of the authority is recorded already.")})
    name_act("service.complaint.referred", reason=str(complaint))
    referral = RegulatorReferral.objects.create(
        complaint=complaint, authority=authority, number=number.strip()[:80], received_on=received_on
    )
    for step in (ComplaintStep.REGULATOR_REPLY, ComplaintStep.AUTHORITY_ACCEPTANCE):
        start_clock(complaint, step, received_on, referral=referral)
    settle_due(complaint)
    enter(complaint, EntryOfComplaint.REFERRED, by=actor, at=at, text=f"{Authority(authority).label}, {number.strip()}")
    return referral


@transaction.atomic
def reply_to_referral(
    *,
    actor: User,
    referral_id: int,
    reply: str,
    replied_on: date,
    at: datetime,
    file: UploadedFile | None = None,
) -> RegulatorReferral:
    """Record what an authority was answered, once, with the file that was sent."""
    referral = RegulatorReferral.objects.select_for_update(of=("self",)).get(pk=referral_id)
    complaint = locked_complaint(actor, referral.complaint_id, DECIDE)
    if referral.replied_on:
        raise ValidationError(_("The authority was answered on %(day)s.") % {"day": referral.replied_on})
    if replied_on > timezone.localdate(at) or replied_on < referral.received_on:
        raise ValidationError({"replied_on": _("The reply was sent after the letter came, and today at the latest.")})
    name_act("service.complaint.regulator_answered", reason=str(complaint))
    referral.reply = wanted(reply, "reply", _("Write what the authority was told."))
    referral.replied_on, referral.replied_by = replied_on, actor
    _keep(referral, file)
    referral.save()
    enter(complaint, EntryOfComplaint.REPLIED, by=actor, at=at, text=referral.number)
    end_clocks(complaint, on=replied_on, referral=referral)
    return referral


def _keep(referral: RegulatorReferral, file: UploadedFile | None) -> None:
    if file is None:
        return
    if (file.size or 0) > LARGEST:
        raise ValidationError({"file": _("A file has at most 20 MB.")})
    content = file.read()
    referral.sha256, referral.file_name = hashlib.sha256(content).hexdigest(), (file.name or "")[:200]
    referral.file.save(f"{referral.sha256[:32]}.bin", ContentFile(content), save=False)
