"""Lists that samples are drawn from: plain entries, each narrowed to what the auditor may see."""

from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from customers.models import Customer
from incidents.models import Case
from risk.models import Alert, LoanGrade, Risk
from service.models import Ticket
from staff.models import ChangeRequest, User


@dataclass(frozen=True)
class Population:
    """`rows(user)` are what the auditor sees; `key` is the field that names a row, `url` where it is, with `{}` for
    the key."""

    name: str
    label: str | Promise
    rows: Callable[[User], QuerySet]
    key: str
    url: str

    def keys(self, user: User) -> list[str]:
        return [str(key) for key in self.rows(user).order_by().values_list(self.key, flat=True)]


POPULATIONS = {
    one.name: one
    for one in [
        Population("risks", _("Risks"), lambda user: Risk.objects.visible_to(user), "reference", "/risk/register/{}/"),
        Population("alerts", _("Alerts"), lambda user: Alert.objects.visible_to(user), "pk", "/risk/alerts/{}/"),
        Population("cases", _("Cases"), lambda user: Case.objects.visible_to(user), "reference", "/incidents/cases/{}/"),
        Population("loans", _("Loans"), lambda user: LoanGrade.objects.visible_to(user), "pk", "/risk/loans/{}/"),
        Population(
            "tickets", _("Tickets"), lambda user: Ticket.objects.visible_to(user), "reference", "/service/tickets/{}/"
        ),
        Population(
            "customers", _("Customers"), lambda user: Customer.objects.visible_to(user), "reference", "/customers/{}/"
        ),
        Population(
            "changes", _("Change requests"), lambda user: ChangeRequest.objects.visible_to(user), "pk", "/staff/changes/{}/"
        ),
    ]
}  # fmt: skip
