"""The loan process of the demo company, drawn, with its risks and controls on its steps, and in force."""

from datetime import datetime
from pathlib import Path

from identification.services.map_attachments import attach_control, attach_risk
from identification.services.maps import create_map, put_in_force
from risk.models import Control, Risk
from staff.models import User

LOAN = Path(__file__).parent / "processes" / "personal_loan.bpmn"
# What stands where: step, how many of the risks and controls of lending.
STEPS = [("Score", 1, 1), ("Identity", 1, 1), ("Disburse", 1, 1), ("Collect", 1, 0)]


def make_maps(people: dict[str, User], *, now: datetime) -> None:
    person = people["risk"]
    found = create_map(
        actor=person, name="Personal loan, from application to collection", owner=people["product"], at=now,
        xml=LOAN.read_bytes(), note="As it is done today", line_id="p2p",
    )  # fmt: skip
    risks = iter(Risk.objects.open().order_by("pk")[:8])
    controls = iter(Control.objects.order_by("pk")[:8])
    for element, many_risks, many_controls in STEPS:
        common = {"actor": person, "map_id": found.pk, "element": element, "at": now}
        for _number in range(many_risks):
            attach_risk(risk=next(risks), **common)  # type: ignore[arg-type]
        for _number in range(many_controls):
            attach_control(control=next(controls), **common)  # type: ignore[arg-type]
    put_in_force(actor=person, map_id=found.pk, number=1, at=now)
