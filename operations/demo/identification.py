"""How the demo company finds its risks."""

from datetime import date, datetime, timedelta
from functools import partial

from django.utils import timezone

from identification.models import ChecklistRun, GuideWord
from identification.services.cause_trees import begin_tree, write_node
from identification.services.checklists import answer_item, begin_run, finish_run, write_checklist
from identification.services.radar import drop_emerging_risk, look_at_emerging_risk, watch_emerging_risk
from identification.services.swift import add_row, close_session, hold_session
from products.models import Product
from risk.models import Risk
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
    make_radar(people["risk"], now=now)
    make_checklists(people, now=now)
    make_sessions(people, last=last, now=now)
    make_trees(people, now=now)


def make_radar(officer: User, *, now: datetime) -> None:
    """Things watched for most of a year, each with its looks; one was dropped, and one look is overdue."""
    today = timezone.localdate(now)
    for number, (name, risk_class, line, places, what, drivers, looks) in enumerate(EMERGING):
        first, *later = looks
        emerging = watch_emerging_risk(
            actor=officer, name=name, risk_class=risk_class, line_id=line, jurisdictions=places, description=what,
            drivers=drivers, owner=officer, next_look_on=today + timedelta(days=30 * number - 36 if number else 20),
            at=now - timedelta(days=first[0]), look=dict(zip(LOOK, first[1:], strict=True)),
        )  # fmt: skip
        for days, *look in later:
            look_at_emerging_risk(
                actor=officer, emerging_id=emerging.pk, next_look_on=today + timedelta(days=60),
                at=now - timedelta(days=days), **dict(zip(LOOK, look, strict=True)),
            )  # fmt: skip
    gone = watch_emerging_risk(
        actor=officer, name="Sale of coins to private people", risk_class="legal", description="Platforms sell coins to anybody.",
        owner=officer, next_look_on=today, at=now - timedelta(days=280), jurisdictions=["CN"],
        look=dict(zip(LOOK, ("year", 3, 3, "months", "falling", "Advertised less and less."), strict=True)),
    )  # fmt: skip
    drop_emerging_risk(actor=officer, emerging_id=gone.pk, reason=GONE, at=now - timedelta(days=50))


# question, class, what may go wrong if the answer is no, hint
QUESTIONS = [
    ("Is it said for whom the product is suitable, and is that asked before each sale?", "legal", "Sold to people it does not suit", "Class of the product against the class of the customer"),
    ("Is every charge shown with the yearly rate before the customer agrees?", "legal", "Charges are not shown before the sale", ""),
    ("Is customers' money kept apart from ours, and reconciled daily?", "operational", "Client money is mixed with ours", "Custodian or reserve account"),
    ("Is it known which personal data is taken, why, where it lies and for how long?", "legal", "Personal data is taken without grounds", ""),
    ("Can a thief who has the telephone of a customer be stopped?", "operational", "Accounts are taken over", "Second factor, limits, cooling-off"),
    ("Was large selling or redeeming at once calculated through?", "liquidity", "Redemptions cannot be paid on the day", ""),
    ("Does somebody own the model that decides, and was it tested on people it refuses?", "credit", "The model refuses or takes the wrong people", ""),
    ("Is each provider named, with what happens when it is down?", "technology", "One provider stops the product", ""),
    ("Did compliance read the rules of every market it is offered in?", "legal", "Offered where it is not allowed", "Licences; advertising; cross-border"),
    ("Can the desk explain it, and knows what to do with a complaint?", "operational", "Complaints are answered wrongly or late", ""),
    ("Does the promised yield stand against prices of today?", "market", "The promised yield is not earned", ""),
    ("Can it be switched off within the hour, and who decides that?", "operational", "It cannot be stopped when it goes wrong", ""),
]  # fmt: skip
CODE = "new-product-launch"


def make_checklists(people: dict[str, User], *, now: datetime) -> None:
    """The launch checklist, gone through twice for the same product; a run of another thing is under way."""
    checklist = write_checklist(
        actor=people["risk"], code=CODE, name="New product launch", at=now - timedelta(days=200),
        purpose="Gone through before a product is sold for the first time, and again before each new version.",
        items=[dict(zip(("text", "risk_class", "risk_title", "hint"), row, strict=True)) for row in QUESTIONS],
    )  # fmt: skip
    product = Product.objects.filter(line="wealth").order_by("pk").first() or Product.objects.order_by("pk").first()
    for days, noes in ((150, {6}), (10, {5, 8})):
        at = now - timedelta(days=days)
        run = begin_run(actor=people["product"], checklist_id=checklist.pk, product=product, at=at)
        _answer(people["product"], run, noes, len(QUESTIONS), at)
        finish_run(actor=people["risk"], run_id=run.pk, at=at)
    under_way = begin_run(
        actor=people["lead"], checklist_id=checklist.pk, subject="Second payout provider", line_id="payment", at=now
    )
    _answer(people["lead"], under_way, {8}, 8, now)


def _answer(person: User, run: ChecklistRun, noes: set[int], until: int, at: datetime) -> None:
    for item in run.version.items.all()[:until]:
        answer, remark = ("no", "Not written down yet.") if item.position in noes else ("yes", "")
        answer_item(actor=person, run_id=run.pk, item_id=item.pk, answer=answer, remark=remark, at=at)


# guide word, what if, causes, consequences, likelihood and impact, recommendation
WHAT_IFS = [
    ("too_late", "What if the file reaches the bank after its last hour?", "Approvals wait for one person.", "Payouts come a day late; complaints.", (3, 3), "Name a second approver for evenings."),
    ("twice", "What if the same file is sent twice?", "A time-out, and somebody presses again.", "Money is paid twice, and recovered late.", (2, 5), "The bank refuses a file number that it has seen."),
    ("wrong_person", "What if an account number was changed just before?", "An account was taken over.", "A thief is paid.", (3, 4), "Hold payouts for a day after a change."),
    ("outside_failure", "What if the bank's gateway is down at month end?", "Maintenance that nobody told us of.", "Thousands wait; rumours.", (2, 4), ""),
    ("not_at_all", "What if nobody notices that a file was never sent?", "The task stops without a word.", "Customers tell us first.", (2, 4), "Compare files due with files sent each hour."),
]  # fmt: skip
CONCLUDED = "Paying twice and paying a thief are worth the register; the others are mended at once."


def make_sessions(people: dict[str, User], *, last: date, now: datetime) -> None:
    """One session that was closed, and one that has just begun."""
    words = {word.code: word for word in GuideWord.objects.all()}
    common = {"actor": people["risk"], "facilitator": people["risk"], "line_id": "payment"}
    session = hold_session(
        **common, subject="Release of payouts", scope="From the customer's order to the bank's answer.",
        held_on=last - timedelta(days=12), guide_words=words.values(),
        participants=[people[word] for word in ("product", "lead", "compliance")],
    )  # fmt: skip
    for word, what_if, causes, consequences, (likelihood, impact), recommendation in WHAT_IFS:
        action = {"action_owner": people["product"], "due_on": last + timedelta(days=40)} if recommendation else {}
        add_row(
            actor=people["risk"], session_id=session.pk, at=now, guide_word=words[word], what_if=what_if, causes=causes,
            consequences=consequences, likelihood=likelihood, impact=impact, recommendation=recommendation, **action,
        )  # fmt: skip
    close_session(actor=people["risk"], session_id=session.pk, conclusion=CONCLUDED, at=now)
    begun = hold_session(
        **common, subject="Change of the payment gateway", held_on=last, participants=[people["product"]],
        guide_words=[words["system_failure"], words["too_early"]],
    )  # fmt: skip
    add_row(
        actor=people["risk"], session_id=begun.pk, at=now, guide_word=words["too_early"],
        what_if="What if the old one is switched off before all callers have moved?",
    )  # fmt: skip


def make_trees(people: dict[str, User], *, now: datetime) -> None:
    """Why a payout file was sent twice, down to two root causes."""
    officer = people["risk"]
    risk = Risk.objects.filter(line="payment").order_by("pk").first()
    tree = begin_tree(
        actor=officer,
        top_event="A payout file was sent twice",
        line_id="payment",
        risk=risk,
        at=now - timedelta(days=8),
    )
    write = partial(write_node, actor=officer, tree_id=tree.pk)
    sent = write(
        text="Somebody pressed send again after a time-out", gate="and", evidence="Log of the channel, 14:02 and 14:09."
    )
    unseen = write(text="The page did not say that the first had arrived", parent=sent)
    write(
        text="The answer of the bank is asked for once a day only", parent=unseen, kind="root",
        evidence="Schedule of the task.",
    )  # fmt: skip
    taken = write(text="The bank took the same file number again", parent=sent)
    write(text="Nobody asked the bank to refuse it when the channel was set up", parent=taken, kind="root")
