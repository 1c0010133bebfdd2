"""How the demo company finds its risks."""

from datetime import date, datetime, timedelta

from identification.services.radar import drop_emerging_risk, look_at_emerging_risk, watch_emerging_risk
from staff.models import User

# name, class, line, jurisdictions, what it is, what drives it, looks: days ago, horizon, likelihood, severity, velocity,
# trend, why
EMERGING = [
    (
        "Voices and faces copied by machines", "technology", None, ["CN", "EU"],
        "Callers and video checks that look and sound like a customer.", "Tools that cost nothing; records of calls for sale.",
        [(200, "three", 3, 3, "months", "rising", "Seen at two other payment firms."),
         (40, "year", 4, 4, "weeks", "rising", "A first call of that kind reached our desk.")],
    ),
    (
        "Quantum computers open what is sealed today", "technology", None, [],
        "Traffic and backups kept today are read in years.", "Standards for new methods are published.",
        [(300, "beyond", 2, 5, "years", "steady", "No machine is near it yet.")],
    ),
    (
        "Rules for stablecoins", "legal", "payment", ["EU", "CN"],
        "Payments in tokens are regulated differently in each market.", "Laws under way in three markets.",
        [(160, "year", 4, 3, "months", "rising", "Two drafts are out for comment.")],
    ),
    (
        "Money moves to deposits within minutes", "liquidity", "wealth", ["CN"],
        "Holders of Cash Plus redeem at one rumour, all on the same evening.", "Instant payouts and social media.",
        [(250, "three", 3, 4, "days", "steady", "Seen at banks abroad."), (30, "now", 4, 5, "days", "rising", "Our own run of May.")],
    ),
    (
        "Young borrowers with many small loans", "credit", "p2p", ["CN"],
        "Loans at several lenders that no bureau shows in time.", "Apps that lend at the checkout.",
        [(120, "now", 4, 3, "months", "rising", "One in six applicants has three others.")],
    ),
    (
        "One cloud region for everybody", "operational", None, ["CN"],
        "Most providers of ours run in the same place.", "Prices; habit.",
        [(90, "year", 2, 5, "days", "steady", "Counted from contracts.")],
    ),
    (
        "Rates near zero for years", "market", "wealth", ["CN"],
        "Promised yields cannot be earned any more.", "Policy; little demand for credit.",
        [(220, "year", 3, 3, "years", "rising", "Yields fell by half a point."), (20, "year", 3, 2, "years", "falling", "They have steadied.")],
    ),
    (
        "Floods at the operations centre", "other", None, [],
        "Summer rain that the building was not made for.", "Weather of the last years.",
        [(140, "three", 2, 3, "days", "steady", "The cellar was wet once.")],
    ),
]  # fmt: skip
LOOK = ("horizon", "likelihood", "severity", "velocity", "trend", "reason")
GONE = "Every market has forbidden it by now: nobody can offer it to our customers."


def make_identification(people: dict[str, User], *, last: date, now: datetime) -> None:
    make_radar(people["risk"], last=last, now=now)


def make_radar(officer: User, *, last: date, now: datetime) -> None:
    """Things watched for most of a year, each with its looks; one was dropped, and one look is overdue."""
    for number, (name, risk_class, line, places, what, drivers, looks) in enumerate(EMERGING):
        first, *later = looks
        emerging = watch_emerging_risk(
            actor=officer, name=name, risk_class=risk_class, line_id=line, jurisdictions=places, description=what,
            drivers=drivers, owner=officer, next_look_on=last + timedelta(days=30 * number - 5 if number else 20),
            at=now - timedelta(days=first[0]), look=dict(zip(LOOK, first[1:], strict=True)),
        )  # fmt: skip
        for days, *look in later:
            look_at_emerging_risk(
                actor=officer, emerging_id=emerging.pk, next_look_on=last + timedelta(days=60),
                at=now - timedelta(days=days), **dict(zip(LOOK, look, strict=True)),
            )  # fmt: skip
    gone = watch_emerging_risk(
        actor=officer, name="Sale of coins to private people", risk_class="legal", description="Platforms sell coins to anybody.",
        owner=officer, next_look_on=last + timedelta(days=1), at=now - timedelta(days=280), jurisdictions=["CN"],
        look=dict(zip(LOOK, ("year", 3, 3, "months", "falling", "Advertised less and less."), strict=True)),
    )  # fmt: skip
    drop_emerging_risk(actor=officer, emerging_id=gone.pk, reason=GONE, at=now - timedelta(days=50))
