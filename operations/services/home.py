"""What a person's home page says: what needs doing now, and how things stand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from assessment.models import Assessment, Panel
from customers.models import Customer, ImportFile, Interaction, InteractionKind
from governance.models import Attestation
from operations.models import NightlyRun, RunState
from products.models import Product, ProductStatus, ProductVersion
from risk.models import Alert, Indicator, Risk, RiskProposal
from staff.checkers import checkable_commands
from staff.models import ChangeRequest, Job, User

RECENT = timedelta(days=7)


@dataclass(frozen=True)
class Task:
    """Something that waits for somebody: how many, where, how grave."""

    label: str | Promise
    count: int
    url: str
    tone: str = "amber"
    icon: str = "clipboard-check"


def tasks_of(user: User, *, today: date, now: datetime) -> list[Task]:
    """Return what waits for `user`, gravest first; kinds of work that are not theirs are not asked for."""
    sources: list[tuple[str, Callable[..., list[Task]]]] = [
        ("staff.view_changerequest", _changes),
        ("governance.view_attestation", _policies),
        ("assessment.vote_on_panel", _votes),
        ("assessment.approve_assessment", _assessments),
        ("risk.view_alert", _alerts),
        ("risk.view_risk", _reviews),
        ("risk.decide_riskproposal", _proposals),
        ("risk.view_indicator", _indicators),
        ("customers.log_contact", _complaints),
        ("products.move_product", _products),
        ("customers.view_importrun", _rejects),
        ("operations.view_nightlyrun", _nights),
        ("operations.view_home", _jobs),
    ]
    found = [task for permission, source in sources if user.has_perm(permission) for task in source(user, today, now)]
    order = {"red": 0, "amber": 1}
    return sorted((task for task in found if task.count), key=lambda task: order.get(task.tone, 2))


def _changes(user: User, today: date, now: datetime) -> list[Task]:
    """What somebody else has asked for and this person may decide, and what was done at once and not yet reviewed."""
    commands = checkable_commands(user, now)
    waiting = ChangeRequest.objects.pending().filter(expires_at__gt=now).of(commands).without_verdict_of(user)
    done = ChangeRequest.objects.to_review().of(commands).exclude(maker=user)
    return [
        Task(_("Done at once, to review"), done.count(), reverse("staff:change_reviews"), "red", "eye"),
        Task(_("Waiting for my approval"), waiting.count(), reverse("staff:change_inbox"), "amber", "checks"),
    ]


def _policies(user: User, today: date, now: datetime) -> list[Task]:
    """What one has to read and confirm; red once a day of it has passed."""
    waiting = Attestation.objects.waiting(today).filter(person=user)
    page = f"{reverse('governance:attestation_list')}?standing=waiting&person={user.pk}"
    tone = "red" if waiting.filter(due_on__lt=today).exists() else "amber"
    return [Task(_("Policies for me to confirm"), waiting.count(), page, tone, "book")]


def _votes(user: User, today: date, now: datetime) -> list[Task]:
    """Panels with an open round in which this person has not voted."""
    waiting = Panel.objects.waiting_for(user).distinct().count()
    return [Task(_("Panels that wait for my vote"), waiting, reverse("assessment:panel_list"), "amber", "users-group")]


def _assessments(user: User, today: date, now: datetime) -> list[Task]:
    """Decided assessments that this person may approve."""
    waiting = Assessment.objects.waiting_for(user).count()
    page = f"{reverse('assessment:assessment_list')}?waiting=true"
    return [Task(_("Assessments to approve"), waiting, page, "amber", "scale")]


def _alerts(user: User, today: date, now: datetime) -> list[Task]:
    alerts, page = Alert.objects.visible_to(user).open(), reverse("risk:alert_list")
    return [
        Task(_("Red alerts open"), alerts.filter(band="red").count(), f"{page}?open=true&band=red", "red", "bell"),
        Task(
            _("Alerts of mine"), alerts.filter(owner=user).count(), f"{page}?open=true&owner={user.pk}", "amber", "bell"
        ),
        Task(
            _("Alerts without an owner"),
            alerts.filter(owner__isnull=True).count(),
            f"{page}?open=true&unowned=true",
            "amber",
            "bell",
        ),
    ]


def _reviews(user: User, today: date, now: datetime) -> list[Task]:
    overdue = Risk.objects.visible_to(user).overdue(today)
    page = reverse("risk:risk_list")
    mine = overdue.filter(owner=user).count()
    return [
        Task(_("Reviews of mine overdue"), mine, f"{page}?overdue=true&owner={user.pk}", "red", "calendar"),
        Task(_("Risk reviews overdue"), overdue.count(), f"{page}?overdue=true", "amber", "calendar"),
    ]


def _proposals(user: User, today: date, now: datetime) -> list[Task]:
    waiting = RiskProposal.objects.visible_to(user).waiting().count()
    return [Task(_("Risks proposed"), waiting, reverse("risk:proposal_list"), "amber", "inbox")]


def _indicators(user: User, today: date, now: datetime) -> list[Task]:
    stale = Indicator.objects.visible_to(user).active().stale(today).count()
    return [
        Task(_("Indicators not read in time"), stale, f"{reverse('risk:indicator_list')}?stale=true", "amber", "gauge")
    ]


def _complaints(user: User, today: date, now: datetime) -> list[Task]:
    seen = Interaction.objects.filter(
        customer__in=Customer.objects.visible_to(user), kind=InteractionKind.COMPLAINT, at__gte=now - RECENT
    )
    return [
        Task(
            _("Complaints of the last seven days"),
            seen.count(),
            reverse("customers:customer_list"),
            "amber",
            "alert-triangle",
        )
    ]


def _products(user: User, today: date, now: datetime) -> list[Task]:
    products = Product.objects.visible_to(user)
    drafts = ProductVersion.objects.filter(product__in=products, state="draft").count()
    page = reverse("products:product_list")
    return [
        Task(
            _("Products in review"),
            products.filter(status=ProductStatus.REVIEW).count(),
            f"{page}?status=review",
            "amber",
            "package",
        ),
        Task(_("Draft versions"), drafts, f"{page}?status=draft", "", "edit"),
    ]


def _rejects(user: User, today: date, now: datetime) -> list[Task]:
    files = ImportFile.objects.filter(rows_rejected__gt=0, run__created_at__gte=now - RECENT)
    return [
        Task(
            _("Imported files with rejected rows, seven days"),
            files.count(),
            reverse("customers:import_list"),
            "amber",
            "upload",
        )
    ]


def _nights(user: User, today: date, now: datetime) -> list[Task]:
    last = NightlyRun.objects.order_by("-started_at", "-id").first()
    failed = 1 if last and last.state == RunState.FAILED else 0
    return [Task(_("The last nightly run failed"), failed, reverse("operations:nightly_list"), "red", "moon")]


def _jobs(user: User, today: date, now: datetime) -> list[Task]:
    failed = Job.objects.filter(owner=user, state="failed", ended_at__gte=now - RECENT).count()
    return [Task(_("Jobs of mine that failed, seven days"), failed, reverse("staff:job_list"), "red", "alert-triangle")]
