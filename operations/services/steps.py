"""The steps of the nightly run, in their order. Each is a function of a business date that can be run again for the
same date."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from assessment.services.decisions import watch_assessments
from assurance.services.findings import remind_of_findings
from customers.services.activity import reconcile_activity
from customers.services.duplicates import find_duplicates
from customers.services.portraits import draw_portraits
from customers.services.product_days import count_product_days
from customers.services.tags import derive_tags
from governance.services.attestations import watch_policies
from identification.services.changes import remind_of_changes
from identification.services.radar import tend_radar
from identification.services.self_assessments import remind_of_self_assessments
from marketing.services.accruals import close_offers
from marketing.services.segment_snapshots import tend_segments
from operations.services.figures import note_figures
from risk.services.appetite import watch_appetite
from risk.services.automated_tests import run_control_tests
from risk.services.exception_reminders import remind_of_exceptions
from risk.services.loan_grades import grade_loans
from risk.services.matrices import express_ratings
from risk.services.readings import read_indicators
from risk.services.reviews import remind_of_reviews
from risk.services.treatments import expire_acceptances


@dataclass(frozen=True)
class Step:
    """`work(business_date, run_id)` returns how many rows it wrote or, where it only looks, looked at. It runs in one
    transaction."""

    name: str
    label: str | Promise
    work: Callable[[date, int], int]


STEPS = [
    Step("activity", _("Activity: arrivals rolled up by day"), lambda day, run: reconcile_activity()),
    Step("portrait", _("Portraits of customers"), lambda day, run: draw_portraits(business_date=day, run_id=run)),
    Step(
        "duplicates",
        _("Possible duplicates"),
        lambda day, run: find_duplicates(business_date=day, at=timezone.now()).found,
    ),
    Step(
        "tags",
        _("Tags that rules say of customers"),
        lambda day, run: derive_tags(business_date=day, at=timezone.now()),
    ),
    Step("segments", _("Segments: who came and who left"), lambda day, run: tend_segments(business_date=day)),
    Step("products", _("Figures of products"), lambda day, run: count_product_days(business_date=day)),
    Step("loan_classes", _("Loan classes"), lambda day, run: grade_loans(business_date=day, run_id=run)),
    Step("indicators", _("Indicators"), lambda day, run: read_indicators(business_date=day, run_id=run)),
    Step("matrix", _("Ratings said again under a new matrix"), lambda day, run: express_ratings(business_date=day)),
    Step("appetite", _("Risks held against the appetite"), lambda day, run: watch_appetite(business_date=day)),
    Step("control_tests", _("Automated tests of controls"), lambda day, run: run_control_tests(business_date=day)),
    Step("reviews", _("Register reviews due"), lambda day, run: remind_of_reviews(business_date=day)),
    Step("assessments", _("Assessments void or due"), lambda day, run: watch_assessments(business_date=day)),
    Step("acceptances", _("Accepted risks that end"), lambda day, run: expire_acceptances(business_date=day)),
    Step(
        "duty_exceptions",
        _("Accepted conflicts of duties that end soon"),
        lambda day, run: remind_of_exceptions(business_date=day),
    ),
    Step("policies", _("Policies to confirm and to review"), lambda day, run: watch_policies(business_date=day)),
    Step("changes", _("Changes of rules overdue"), lambda day, run: remind_of_changes(business_date=day)),
    Step("looks", _("Looks at emerging risks due"), lambda day, run: tend_radar(business_date=day)),
    Step(
        "self_assessments",
        _("Rounds of questionnaires that end soon"),
        lambda day, run: remind_of_self_assessments(business_date=day),
    ),
    Step("findings", _("Findings overdue"), lambda day, run: remind_of_findings(business_date=day)),
    Step("offers", _("Day's close of offers"), lambda day, run: close_offers(business_date=day)),
    Step("figures", _("Figures of the company"), lambda day, run: note_figures(business_date=day, run_id=run)),
]
NAMES = [step.name for step in STEPS]
LABELS = {step.name: step.label for step in STEPS}
