"""What the nightly run can test of a control by itself: each is one SQL statement.

A statement returns one row: how many things the control was for (population), for how many it did not work (exceptions),
and the keys of those as a JSON array. Its parameters are `day` (the business date), `line` (a line's code or NULL for all)
and `zone` (the company's). A room above adds its own in `AppConfig.ready`, for what this one does not know."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

FOLDER = Path(__file__).parent / "sql" / "control_tests"


@dataclass(frozen=True)
class ControlMeasure:
    """`definition` says what counts as an exception among what; `url` gives the page of an exception by its key."""

    code: str
    title: str | Promise
    definition: str | Promise
    sql: Callable[[], str]
    url: Callable[[str], str]


CONTROL_MEASURES: dict[str, ControlMeasure] = {}


def register_control_measure(measure: ControlMeasure) -> None:
    CONTROL_MEASURES.setdefault(measure.code, measure)


def choices() -> list[tuple[str, str]]:
    """Return what a form offers."""
    return [("", "–"), *((one.code, str(one.title)) for one in CONTROL_MEASURES.values())]


def _own(code: str) -> Callable[[], str]:
    return lambda: (FOLDER / f"{code}.sql").read_text(encoding="utf-8")


def _page(name: str) -> Callable[[str], str]:
    return lambda key: reverse(name, args=[key])


def register() -> None:
    for code, title, definition, page in [
        (
            "own_approvals",
            _("Approvals of one's own request"),
            _(
                "Verdicts on change requests whose maker judged them, or in whose right they were judged, among all verdicts."
            ),
            "staff:change_detail",
        ),
        (
            "accounts_without_kyc",
            _("Accounts without a KYC rating"),
            _("Customers with an open account whom nobody has rated for KYC, among all with an open account."),
            "customers:customer_detail",
        ),
        (
            "conflicting_roles",
            _("People with conflicting roles"),
            _("Active people who hold both roles of a rule of segregation, among all active people."),
            "staff:user_detail",
        ),
        (
            "reviews_overdue",
            _("Reviews of risks overdue"),
            _("Open risks whose review was due before the day, among all open risks."),
            "risk:risk_detail",
        ),
    ]:
        register_control_measure(ControlMeasure(code, title, definition, _own(code), _page(page)))
