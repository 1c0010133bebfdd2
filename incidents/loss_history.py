"""The losses of a risk, for the room that judges it."""

from collections import defaultdict
from datetime import date
from decimal import Decimal

from django.urls import reverse

from assessment.loss_history import LossHistory, register_history
from incidents.models import LossEvent
from risk.models import Risk


def losses_of_risk(risk: Risk, first: date, last: date) -> LossHistory:
    """Losses that occurred between two days, with gross amounts above zero by currency, in one query."""
    found = LossEvent.objects.filter(risk=risk, occurred_on__range=(first, last)).with_sums()
    amounts: dict[str, list[Decimal]] = defaultdict(list)
    rows = list(found.order_by("pk").values_list("currency", "gross"))
    for currency, gross in rows:
        if gross > 0:
            amounts[currency].append(gross)
    return LossHistory(len(rows), dict(amounts), reverse("incidents:loss_list") + f"?q={risk.reference}")


def register() -> None:
    register_history(losses_of_risk)
