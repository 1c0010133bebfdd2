"""How people call what stands in this room: for the log, which knows keys alone."""

from collections.abc import Collection

from audit.records import Named, RecordNames, numbers, register_names
from service.models import Queue, Ticket
from service.rules.search import ticket_reference


def find_ticket(text: str) -> int | None:
    reference = ticket_reference(text)
    return Ticket.objects.filter(reference=reference).values_list("pk", flat=True).first() if reference else None


def name_tickets(keys: Collection[str]) -> Named:
    found = Ticket.objects.filter(pk__in=numbers(keys)).values_list("pk", "reference")
    return {str(pk): (reference, f"/service/tickets/{reference}/") for pk, reference in found}


def find_queue(text: str) -> int | None:
    return Queue.objects.filter(code=text).values_list("pk", flat=True).first()


def name_queues(keys: Collection[str]) -> Named:
    found = Queue.objects.filter(pk__in=numbers(keys)).values_list("pk", "name")
    return {str(pk): (name, "") for pk, name in found}


def register() -> None:
    register_names(RecordNames("service_ticket", find_ticket, name_tickets))
    register_names(RecordNames("service_queue", find_queue, name_queues))
