"""What the demo company thinks may happen: three scenarios, one of them discussed, with the bow-tie of a run."""

from datetime import date, datetime, timedelta
from decimal import Decimal

from identification.models import Scenario
from identification.services.bow_ties import draw_bow_tie, write_barrier, write_part
from identification.services.outcomes import record_outcome
from identification.services.scenarios import revise_scenario, use_scenario, write_scenario
from risk.models import Cause, Consequence, Control, Risk
from staff.models import User

RUN = "Mass redemption of Cash Plus cannot be met in a day"
# name, kind, line, narrative, severity, plausibility, months, shocks
SCENARIOS = [
    ("Policy rate up 200 basis points, property down a fifth", "market", None,
     "The policy rate rises by 200 basis points within a quarter. Property falls by a fifth over the year, and borrowers "
     "with loans against it stop paying.", "Once in twenty years; near to 2008", "Plausible within three years", 12,
     {"policy_rate": 200, "property_prices": -20, "default_rate": Decimal("1.8")}),
    ("Redemption run of 15 % in five days", "liquidity", "wealth",
     "A rumour about a partner bank goes round on a Friday evening. Holders of Cash Plus redeem 15 % within five days; the "
     "advance line is used up on the second.", "Three times the worst week so far", "It has happened to others of our kind", 1,
     {"redemption_share": 15}),
    ("A new rule ends online lending across provinces", "policy", "p2p",
     "Lenders may only lend where they are registered. Four fifths of new loans stop on the day that the rule begins; those "
     "granted run on.", "Ends the line as it is", "Consulted on twice since 2020", 18, {"new_business": -80}),
]  # fmt: skip
# text, kind of cause, barriers: (code of a control or none, words)
THREATS = [
    ("A rumour about the partner bank goes round", "external", [("", "One word to all customers within two hours")]),
    ("The advance line is used up in the evening peak", "process", [("daily-cash-position", ""), ("", "Second line of two banks")]),
    ("The gateway fails and looks like a stop of payouts", "system", []),
]  # fmt: skip
RESULTS = [
    ("Payouts are late by more than a day", "interruption", [("second-provider", "")]),
    ("Complaints, and questions of the authority", "sanction", [("", "Notice to the authority drafted beforehand")]),
]


def make_scenarios(people: dict[str, User], *, last: date, now: datetime) -> None:
    """Write the scenarios, discuss the run and draw its bow-tie."""
    made = [_scenario(people["risk"], now - timedelta(days=40), *row) for row in SCENARIOS]
    for scenario in made[:2]:
        use_scenario(actor=people["risk"], scenario_id=scenario.pk)
    risk = Risk.objects.get(title=RUN)
    record_outcome(
        actor=people["risk"], scenario_id=made[1].pk, risk=risk, held_on=last - timedelta(days=12), at=now - timedelta(days=11),
        participants=[people[word] for word in ("risk", "risk2", "product", "lead")], currency="CNY",
        expected="Holdings can be sold within three days at a discount of half a per cent; the second day is short by a tenth.",
        loss_low=Decimal(400_000), loss_likely=Decimal(1_200_000), loss_high=Decimal(6_500_000), likelihood=3, impact=4,
        response="Draw the standby line on the first evening, limit fast redemptions to 10,000 a day, tell customers why.",
    )  # fmt: skip
    _said_anew(people["risk"], made[1], now)
    _bow_tie(people["risk"], risk, made[1], now)


def _scenario(
    owner: User, at: datetime, name, kind, line, narrative, severity, plausibility, months, shocks
) -> Scenario:
    return write_scenario(
        actor=owner, owner=owner, at=at, name=name, kind=kind, line_id=line, narrative=narrative, severity=severity,
        plausibility=plausibility, horizon_months=months, shocks={code: Decimal(size) for code, size in shocks.items()},
    )  # fmt: skip


def _said_anew(owner: User, scenario: Scenario, at: datetime) -> None:
    """After the discussion the run is thought worse; what was discussed stays."""
    name, kind, line, narrative, severity, plausibility, months, _shocks = SCENARIOS[1]
    revise_scenario(
        actor=owner, scenario_id=scenario.pk, at=at, narrative=narrative, severity=severity, plausibility=plausibility,
        horizon_months=months, shocks={"redemption_share": Decimal(18), "credit_spread": Decimal(60)},
    )  # fmt: skip


def _bow_tie(owner: User, risk: Risk, scenario: Scenario, at: datetime) -> None:
    drawn = draw_bow_tie(actor=owner, risk=risk, scenario=scenario, event="Redemptions of a day cannot be paid", at=at)
    controls = {control.code: control for control in Control.objects.all()}
    kinds = {"threat": Cause, "consequence": Consequence}
    for part, rows in (("threat", THREATS), ("consequence", RESULTS)):
        for text, code, barriers in rows:
            kind = kinds[part]._default_manager.get(code=code)
            way = write_part(actor=owner, bow_tie_id=drawn.pk, part=part, text=text, kind=kind)
            for position, (control, words) in enumerate(barriers, start=1):
                write_barrier(
                    actor=owner, bow_tie_id=drawn.pk, part=part, part_id=way.pk, control=controls.get(control), text=words,
                    position=position,
                )  # fmt: skip
