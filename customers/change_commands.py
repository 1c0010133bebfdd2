"""What of this room is under four eyes: a large export of customers."""

from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.filters.customers import CustomerFilter
from customers.models import Customer
from customers.services.exports import KIND, amount_of, check_choices, customers_asked_for
from pages.formats import number
from staff.changes import Arguments, Command, Differences, register_command
from staff.exports import FORMATS, start_export
from staff.models import ChangeRequest, User


def register() -> None:
    register_command(EXPORT)


def _check(*, actor: User, arguments: Arguments) -> None:
    if arguments["user_id"] != actor.pk or arguments["format"] not in FORMATS:
        raise ValidationError(_("An export is asked for in one's own name, as csv or xlsx."))
    check_choices(arguments["query"])
    customers_asked_for(actor, arguments["query"])


def _execute(*, actor: User, arguments: Arguments, request: ChangeRequest) -> str:
    assert request.executed_at is not None
    parameters = {"query": arguments["query"], "format": arguments["format"], "change_request": request.pk}
    title = _("Export of customers")
    job = start_export(actor=actor, kind=KIND, title=title, parameters=parameters, at=request.executed_at)
    return _("Job %(number)d makes the file; it waits for whoever asked for it.") % {"number": job.pk}


def _describe(arguments: Arguments) -> Differences:
    form = CustomerFilter(QueryDict(arguments["query"]), queryset=Customer.objects.none()).form
    filters = [
        (form.fields[name].label or name, "", ", ".join(values))
        for name, values in QueryDict(arguments["query"]).lists()
        if name in form.fields and any(values)
    ]
    return [
        (_("Rows"), "", number(arguments["rows"])),
        (_("Format"), "", arguments["format"]),
        *(filters or [(_("Filters"), "", _("None: all that they may see"))]),
    ]


EXPORT = Command(
    name=KIND,
    label=gettext_lazy("Export customers"),
    permission="customers.export_customer",
    execute=_execute,
    describe=_describe,
    about=lambda arguments: _("%(rows)s rows") % {"rows": number(arguments["rows"])},
    version=lambda arguments: "",
    target=lambda arguments: ("", ""),
    amount=amount_of,
    check=_check,
)
