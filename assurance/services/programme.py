"""The programme of an audit: steps, each tested by somebody and shown by a working paper."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from assurance.models import ProgrammeStep, WorkingPaper
from assurance.services.engagements import locked_engagement
from assurance.services.papers import owns_area
from audit.services import name_act
from staff.models import User


@transaction.atomic
def add_step(*, actor: User, engagement_id: int, title: str, assignee: User) -> ProgrammeStep:
    """Add a step to the programme of an open audit, for somebody who does not own the area."""
    engagement = locked_engagement(engagement_id)
    if owns_area(assignee, engagement):
        raise ValidationError(
            {
                "assignee": _("%(person)s owns this area, so cannot audit it: choose somebody else.")
                % {"person": assignee}
            }
        )
    last = engagement.steps.aggregate(last=Max("position"))["last"] or 0
    step = ProgrammeStep(engagement=engagement, position=last + 1, title=title, assignee=assignee)
    step.full_clean()
    name_act("assurance.programme.step_added")
    step.save()
    return step


@transaction.atomic
def finish_step(*, actor: User, step_id: int, paper: WorkingPaper | None = None, at: datetime) -> ProgrammeStep:
    """Say that a step is done, and which working paper of the same audit shows it."""
    locked_engagement(ProgrammeStep.objects.values_list("engagement", flat=True).get(pk=step_id))
    step = ProgrammeStep.objects.select_for_update(of=["self"]).get(pk=step_id)
    if step.done_at:
        raise ValidationError(_("This step is done already."))
    if paper is not None and paper.engagement_id != step.engagement_id:
        raise ValidationError({"paper": _("This paper is of another audit.")})
    name_act("assurance.programme.step_done")
    step.done_by, step.done_at, step.paper = actor, at, paper
    step.save(update_fields=["done_by", "done_at", "paper"])
    return step
