"""Complaints of another system as history: the target `complaints` of the imports."""

from django.utils.translation import gettext_lazy as _

from customers.ingest.targets import CUSTOMER, EXTERNAL_ID, Field, Target, register_target

COMPLAINTS = Target(
    "complaints",
    "service_pastcomplaint",
    (
        EXTERNAL_ID,
        Field("received_on", "date", required=True),
        Field("answered_on", "date"),
        CUSTOMER,
        Field("product", "product", column="product_id"),
        Field("company", "text", longest=160, fallback="''"),
        Field("product_name", "text", longest=160, fallback="''"),
        Field("issue", "text", longest=200, fallback="''"),
        Field("detail", "text", longest=200, fallback="''"),
        Field("narrative", "text", longest=100_000, fallback="''"),
        Field("response", "text", longest=120, fallback="''"),
        Field("timely", "text", longest=3, fallback="''"),
        Field("channel", "text", longest=40, fallback="''"),
        Field("region", "text", longest=40, fallback="''"),
    ),
    label=_("Complaints of another system"),
    lists=("service:past_list",),
)


def register_history() -> None:
    register_target(COMPLAINTS)
