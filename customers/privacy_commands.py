"""What of this room needs a second pair of eyes: erasing a customer, and giving out everything about one."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from customers.models import PrivacyRequest
from customers.services.access_packages import start_package
from customers.services.erasure_plans import Planned, plan_erasure
from customers.services.erasures import erase_customer, refuse_if_hindered
from customers.services.privacy_requests import locked_working
from pages.formats import day
from staff.changes import Arguments, Command, Differences, register_command, version_of

ERASE, PACKAGE = "customers.erase", "customers.export_package"


def _request(arguments: Arguments) -> PrivacyRequest:
    return PrivacyRequest.objects.select_related("customer").defer("customer__search").get(pk=arguments["request_id"])


def _target(arguments: Arguments) -> tuple[str, Any]:
    return "customers_privacyrequest", arguments["request_id"]


def _version(arguments: Arguments) -> str:
    rows = PrivacyRequest.objects.filter(pk=arguments["request_id"])
    return version_of(rows, "kind", "state", "identity_check", "customer_id")


def _about(arguments: Arguments) -> str:
    request = _request(arguments)
    return f"{request.reference}, {request.customer.reference}"


def _check_erasure(*, actor: Any, arguments: Arguments) -> None:
    refuse_if_hindered(actor=actor, request_id=arguments["request_id"])


def _erase(*, actor: Any, arguments: Arguments, request: Any) -> str:
    erasure = erase_customer(actor=actor, request_id=arguments["request_id"], approval_id=request.pk, at=timezone.now())
    left = erasure.parts.filter(erased_at__isnull=True).count()
    waiting = ngettext(
        "Erased; %(n)d part waits for the end of its retention.",
        "Erased; %(n)d parts wait for the end of their retention.",
        left,
    )
    return waiting % {"n": left} if left else _("Erased.")


def _describe_erasure(arguments: Arguments) -> Differences:
    planned = plan_erasure(_request(arguments).customer, today=timezone.localdate())
    return [(part.name.label, _("kept"), _becomes(part)) for part in planned]


def _becomes(part: Planned) -> str:
    if part.goes_now or part.hold is None:
        return _("erased at once")
    if part.hold.until is None:
        return _("restricted; kept while the relationship lasts (%(source)s)") % {"source": part.hold.rule.source}
    return _("restricted; kept until %(day)s (%(source)s)") % {
        "day": day(part.hold.until), "source": part.hold.rule.source,
    }  # fmt: skip


def _writes_of_erasure(arguments: Arguments) -> list[dict[str, Any]]:
    request = _request(arguments)
    values = {"customer_id": request.customer_id, "request_id": request.pk}
    return [{"table": "customers_erasure", "on": "insert", "key": {}, "values": values}]


def _check_package(*, actor: Any, arguments: Arguments) -> None:
    locked_working(actor, arguments["request_id"], "access", "portability")


def _package(*, actor: Any, arguments: Arguments, request: Any) -> str:
    job = start_package(actor=actor, request_id=arguments["request_id"], at=timezone.now())
    return _("The package is made as job %(id)d of %(person)s.") % {"id": job.pk, "person": actor}


def _describe_package(arguments: Arguments) -> Differences:
    return [(_("Everything that is kept about the customer"), _("in the house"), _("handed to the customer"))]


COMMANDS = [
    Command(
        name=ERASE,
        label=gettext_lazy("Erase a customer"),
        permission="customers.erase_customer",
        execute=_erase,
        describe=_describe_erasure,
        version=_version,
        target=_target,
        about=_about,
        check=_check_erasure,
        guards={"customers_erasure": ("customer_id", "request_id")},
        writes=_writes_of_erasure,
    ),
    Command(
        name=PACKAGE,
        label=gettext_lazy("Give out everything about a customer"),
        permission="customers.handle_privacyrequest",
        execute=_package,
        describe=_describe_package,
        version=_version,
        target=_target,
        about=_about,
        check=_check_package,
    ),
]


def register() -> None:
    for command in COMMANDS:
        register_command(command)
