"""Working papers: prepared by one auditor, with files and ticks, and reviewed by another."""

from datetime import datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Max
from django.urls import reverse
from django.utils.translation import gettext as _

from assurance.models import AuditSample, Engagement, PaperEvidence, Tick, WorkingPaper
from assurance.services.engagements import locked_engagement
from audit.services import name_act
from risk.services.evidence import keep_evidence
from staff.models import NotificationKind, User
from staff.services.notifications import notify


@transaction.atomic
def write_paper(
    *, actor: User, engagement_id: int, title: str, work: str, conclusion: str, at: datetime
) -> WorkingPaper:
    """Add a working paper to an open audit; the actor prepared it, and must not own the area."""
    engagement = locked_engagement(engagement_id)
    if owns_area(actor, engagement):
        raise PermissionDenied(_("You own this area: somebody independent of it audits it."))
    last = engagement.papers.aggregate(last=Max("number"))["last"] or 0
    paper = WorkingPaper(
        engagement=engagement, number=last + 1, title=title, work=work, conclusion=conclusion, prepared_by=actor,
        prepared_at=at,
    )  # fmt: skip
    paper.full_clean()
    name_act("assurance.paper.written")
    paper.save()
    return paper


@transaction.atomic
def change_paper(*, actor: User, paper_id: int, title: str, work: str, conclusion: str) -> WorkingPaper:
    """Change what a paper says until it is reviewed; who prepared it does."""
    paper = _unreviewed(paper_id)
    if paper.prepared_by_id != actor.pk:
        raise PermissionDenied(_("Whoever prepared a paper changes it: %(person)s.") % {"person": paper.prepared_by})
    paper.title, paper.work, paper.conclusion = title, work, conclusion
    paper.full_clean()
    name_act("assurance.paper.changed")
    paper.save(update_fields=["title", "work", "conclusion"])
    return paper


@transaction.atomic
def review_paper(*, actor: User, paper_id: int, notes: str = "", at: datetime) -> WorkingPaper:
    """Say that a paper holds. Refused for who prepared it and for owners of the area: a trigger holds the same."""
    paper = _reviewable(actor, paper_id)
    name_act("assurance.paper.reviewed", reason=notes)
    paper.reviewed_by, paper.reviewed_at, paper.notes = actor, at, notes.strip() or paper.notes
    paper.save(update_fields=["reviewed_by", "reviewed_at", "notes"])
    return paper


@transaction.atomic
def return_paper(*, actor: User, paper_id: int, notes: str, at: datetime) -> WorkingPaper:
    """Give a paper back with what is still wanting; who prepared it hears of it."""
    paper = _reviewable(actor, paper_id)
    if not notes.strip():
        raise ValidationError({"notes": _("Say what is still wanting.")})
    name_act("assurance.paper.returned", reason=notes)
    paper.notes = notes.strip()
    paper.save(update_fields=["notes"])
    notify(
        users=[paper.prepared_by_id],
        kind=NotificationKind.REVIEW,
        key=f"paper:{paper.pk}:{at:%Y%m%d%H%M}",
        title=lambda: _("Working paper %(paper)s came back: something is still wanting") % {"paper": paper},
        url=paper_url(paper),
        at=at,
    )
    return paper


@transaction.atomic
def add_paper_file(*, actor: User, paper_id: int, file: UploadedFile, at: datetime) -> PaperEvidence:
    """Keep a picture or a PDF with a paper until it is reviewed; the same bytes stand there once."""
    paper = _unreviewed(paper_id)
    name_act("assurance.paper.evidence_added")
    return keep_evidence(PaperEvidence, actor=actor, file=file, at=at, paper=paper)


@transaction.atomic
def tick_item(*, actor: User, paper_id: int, sample: AuditSample, key: str, mark: str, note: str = "") -> Tick:
    """Say what a paper found of an item of a sample of its audit; again says it anew."""
    paper = _unreviewed(paper_id)
    if sample.engagement_id != paper.engagement_id or key not in sample.keys:
        raise ValidationError({"key": _("This item was not drawn in this sample.")})
    tick = Tick.objects.filter(paper=paper, sample=sample, key=key).first()
    tick = tick or Tick(paper=paper, sample=sample, key=key)
    tick.mark, tick.note = mark, note
    tick.full_clean()
    name_act("assurance.paper.ticked")
    tick.save()
    return tick


def hurdle_to_reviewing(actor: User, paper: WorkingPaper) -> str:
    """Return the sentence that says why somebody may not review a paper, or nothing."""
    if paper.prepared_by_id == actor.pk:
        return _("You prepared this paper: somebody else reviews it.")
    if owns_area(actor, paper.engagement):
        return _("You own this area: somebody independent of it audits it.")
    return ""


def owns_area(actor: User, engagement: Engagement) -> bool:
    return engagement.unit.owners.filter(pk=actor.pk).exists()


def paper_url(paper: WorkingPaper) -> str:
    return reverse("assurance:paper_detail", args=[paper.pk])


def _reviewable(actor: User, paper_id: int) -> WorkingPaper:
    paper = _unreviewed(paper_id)
    if hurdle := hurdle_to_reviewing(actor, paper):
        raise PermissionDenied(hurdle)
    return paper


def _unreviewed(paper_id: int) -> WorkingPaper:
    """Return a paper of an open audit, both locked, in this order as closing the audit does."""
    engagement = locked_engagement(WorkingPaper.objects.values_list("engagement", flat=True).get(pk=paper_id))
    paper = WorkingPaper.objects.select_for_update(of=["self"]).select_related("prepared_by").get(pk=paper_id)
    paper.engagement = engagement
    if paper.is_reviewed:
        raise ValidationError(_("This paper was reviewed and never changes."))
    return paper
