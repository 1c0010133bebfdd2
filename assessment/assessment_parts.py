"""What assessments put on a risk's page: the last of them, and each in its thread."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from assessment.assessment_columns import STATE_TONES, assessment_pill
from assessment.models import Assessment
from assessment.services.assessments import assessment_url
from assessment.services.drafts import hurdle_to_judging
from risk.own_parts import SHOWN
from risk.panels import Panel, register_panel
from risk.threads import Knot, Strand, register_strand


def register() -> None:
    seen = "assessment.view_assessment"
    register_panel(
        Panel("assessments", _("Risk assessments"), assessments_of, "assessment/assessments_panel.html", seen, order=20)
    )
    register_strand(Strand("assessments", knots_of, seen))


def assessments_of(user, risk):
    """The latest assessments of a risk, and where one is begun."""
    found = list(Assessment.objects.filter(risk=risk).newest_first()[:5])
    may = risk.status == "open" and not hurdle_to_judging(user, risk) and not any(one.is_open for one in found)
    begin = f"{reverse('assessment:assessment_create')}?risk={risk.pk}" if may else ""
    return {"rows": [(one, assessment_pill(one)) for one in found], "begin": begin} if found or begin else None


def knots_of(user, risk) -> list[Knot]:
    return [
        Knot(
            key=f"assessment:{one.pk}",
            kind=_("Assessment"),
            title=one.reference,
            at=one.approved_at or one.begun_at,
            url=assessment_url(one),
            icon="scale",
            state=one.get_state_display(),
            tone=STATE_TONES[one.state],
        )
        for one in Assessment.objects.filter(risk=risk).newest_first()[:SHOWN]
    ]
