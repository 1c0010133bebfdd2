from django.utils import timezone

from identification.models import ElementControl, ElementRisk, ProcessMap
from identification.services.map_attachments import attach_control, attach_risk
from identification.services.maps import create_map
from tests.factories.response import ControlFactory
from tests.factories.risk import RiskFactory
from tests.factories.staff import UserFactory

STEP = "Activity_first"  # the step that a new map begins with


def a_map(**more) -> ProcessMap:
    """A map of the whole company, drawn as every map begins."""
    person = more.pop("by", None) or UserFactory(role="risk")
    more = {"name": "Personal loan", "owner": person, "at": timezone.now()} | more
    return create_map(actor=person, **more)


def a_risk_on(found: ProcessMap, element: str = STEP, **more) -> ElementRisk:
    person = UserFactory(role="risk")
    risk = more.pop("risk", None) or RiskFactory(**more)
    return attach_risk(actor=person, map_id=found.pk, element=element, risk=risk, at=timezone.now())


def a_control_on(found: ProcessMap, element: str = STEP, **more) -> ElementControl:
    person = UserFactory(role="risk")
    control = more.pop("control", None) or ControlFactory(**more)
    return attach_control(actor=person, map_id=found.pk, element=element, control=control, at=timezone.now())
