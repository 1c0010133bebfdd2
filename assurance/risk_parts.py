"""What this room puts into the thread of a risk: findings, under the plan or drill that they came of."""

from django.utils.translation import gettext_lazy as _

from assurance.columns import FINDING_TONES
from assurance.models import Finding
from assurance.services.findings import finding_url
from risk.own_parts import SHOWN
from risk.threads import Knot, Strand, register_strand


def register() -> None:
    register_strand(Strand("findings", findings_of, "assurance.view_finding"))


def findings_of(user, risk) -> list[Knot]:
    seen = Finding.objects.visible_to(user).filter(risk=risk)
    return [
        Knot(
            key=f"finding:{finding.pk}",
            kind=_("Finding"),
            title=str(finding),
            at=finding.raised_at,
            url=finding_url(finding),
            icon="flag",
            state=finding.get_state_display(),
            tone=FINDING_TONES[finding.state],
            cause=f"activation:{finding.activation_id}" if finding.activation_id else "",
        )
        for finding in seen.order_by("-raised_at")[:SHOWN]
    ]
