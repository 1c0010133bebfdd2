"""Internal audit at the demo company: areas with owners, a plan in force and the draft of the next, an audit under way with a
sample, findings at every stage."""

from datetime import date, datetime, timedelta

from django.core.files.uploadedfile import SimpleUploadedFile

from assurance.models import AuditPlanLine, AuditSample, Engagement
from assurance.services.engagements import begin_engagement, draw_sample, plan_engagement, record_unit
from assurance.services.findings import answer_finding, finish_finding, raise_finding, verify_finding
from assurance.services.papers import add_paper_file, review_paper, tick_item, write_paper
from assurance.services.plans import draft_plan, propose_lines, propose_plan, remove_line
from assurance.services.programme import add_step, finish_step
from incidents.models import Activation
from risk.models import Risk
from staff.models import User
from staff.services.changes import approve, execute_approved

# code, name, line, owners, months
AREAS = [
    ("payouts", "Release of payouts", "payment", ["risk2", "product"], 12),
    ("lending", "Personal lending", "p2p", ["product"], 12),
    ("sales-pages", "Sales pages and promises", "wealth", ["marketing", "product"], 18),
    ("customer-desk", "Complaints and the customer desk", None, ["lead"], 24),
]


def make_assurance(people: dict[str, User], *, last: date, now: datetime) -> None:
    """Record the universe, and audit the first area of it."""
    auditor = people["audit"]
    units = [
        record_unit(
            actor=auditor, code=code, name=name, line_id=line, every_months=months,
            owners=[people[word] for word in owners], risks=Risk.objects.filter(line=line).order_by("pk")[:3],
        )
        for code, name, line, owners, months in AREAS
    ]  # fmt: skip
    lines = _plans(people, last, now)
    audit = plan_engagement(
        actor=auditor, unit=units[0], plan_line=lines[units[0].pk], lead=auditor, title="Release of payouts, first half", starts_on=last - timedelta(days=30),
        scope="Every payout file of the last six months.",
        programme="1. Read the process.\n2. Draw 5 risks and 5 customers.\n3. Follow each release to its two people.",
    )  # fmt: skip
    begin_engagement(actor=auditor, engagement_id=audit.pk)
    sample = draw_sample(
        actor=auditor, engagement_id=audit.pk, population="risks", size=5, seed=f"{last:%Y-%m}", at=now
    )
    _papers(people, audit, sample, now)
    _findings(people, audit, last, now)
    plan_engagement(
        actor=auditor, unit=units[1], plan_line=lines[units[1].pk], lead=auditor, title="Personal lending, yearly", starts_on=last + timedelta(days=45),
        scope="Decisions of the last year, incomes checked, classes of loans.",
    )  # fmt: skip


def _plans(people: dict[str, User], last: date, now: datetime) -> dict[int, AuditPlanLine]:
    """The plan of the year as management agreed to it, without the customer desk; and a draft of the next."""
    auditor = people["audit"]
    plan = draft_plan(actor=auditor, year=last.year, at=now)
    propose_lines(actor=auditor, plan_id=plan.pk, at=now)
    left_out = plan.lines.get(unit__code="customer-desk")
    remove_line(actor=auditor, line_id=left_out.pk)
    asked = propose_plan(actor=auditor, plan_id=plan.pk, reason="The year as far as three people can audit it.", at=now)
    approve(actor=people["management"], request_id=asked.pk, at=now)
    execute_approved(request_id=asked.pk, at=now)
    following = draft_plan(actor=auditor, year=last.year + 1, at=now)
    propose_lines(actor=auditor, plan_id=following.pk, at=now)
    return {line.unit_id: line for line in plan.lines.select_related("unit", "plan")}


def _papers(people: dict[str, User], audit: Engagement, sample: AuditSample, now: datetime) -> None:
    """A programme of three steps, one reviewed working paper with evidence and ticks, and one that waits."""
    auditor, common = people["audit"], {"actor": people["audit"], "at": now}
    titles = ["The process as it is written", "Releases of three months, each by two people", "Keys of leavers"]
    steps = [add_step(actor=auditor, engagement_id=audit.pk, title=title, assignee=auditor) for title in titles]
    read = write_paper(
        **common, engagement_id=audit.pk, title="The process as it is written",
        work="Read the procedure, walked through one release with the payment team.",
        conclusion="The procedure asks for two people at every hour.",
    )  # fmt: skip
    file = SimpleUploadedFile(
        "procedure.pdf", b"%PDF-1.4\n% Procedure for the release of payouts, as read in the audit\n"
    )
    add_paper_file(**common, paper_id=read.pk, file=file)
    for key, mark in zip(sample.keys, ["agreed", "agreed", "exception"], strict=False):
        tick_item(actor=auditor, paper_id=read.pk, sample=sample, key=key, mark=mark)
    review_paper(actor=people["compliance"], paper_id=read.pk, notes="Agrees with what I know of it.", at=now)
    finish_step(**common, step_id=steps[0].pk, paper=read)
    write_paper(
        **common, engagement_id=audit.pk, title="Releases of three months", work="Followed 25 releases to their people.",
        conclusion="Three files of May were released by one person.",
    )  # fmt: skip


def _findings(people: dict[str, User], audit: Engagement, last: date, now: datetime) -> None:
    risk = audit.unit.risks.order_by("pk").first()
    product, lead = people["product"], people["lead"]
    drill = Activation.objects.filter(is_drill=True).order_by("pk").first()
    common = {"actor": people["audit"], "engagement": audit, "at": now}
    raise_finding(
        **common, title="The notice to customers comes late in a breakdown", severity="medium", owner=lead, activation=drill,
        condition="In the drill the notice came 25 minutes late.", criteria="The plan says twenty minutes after the start.",
        cause="Nobody of service may publish it.", due_on=last + timedelta(days=60), risk=risk,
    )  # fmt: skip
    answered = raise_finding(
        **common, title="One person can release a payout file at night", severity="high", owner=product, risk=risk,
        condition="Three files of May were released by one person.", criteria="Two people release each file.",
        effect="Money can be paid twice.", due_on=last - timedelta(days=4),
    )  # fmt: skip
    words = "A second release is asked for at every hour, from next month."
    answer_finding(actor=product, finding_id=answered.pk, response=words, at=now)
    mended = raise_finding(
        **common, title="Leavers keep their key to the payout folder", severity="low", owner=product,
        condition="Two leavers still had one.", criteria="Keys end on the last day.", due_on=last + timedelta(days=20),
    )  # fmt: skip
    finish_finding(actor=product, finding_id=mended.pk, evidence="List of keys of today, without leavers.", at=now)
    words = "Compared the list with the leavers of the year."
    verify_finding(actor=people["audit"], finding_id=mended.pk, verification=words, at=now)
