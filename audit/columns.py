"""The columns of the log explorer."""

from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from audit.addresses import address_if_any
from audit.labels import field_label, table_label
from audit.models import Event, Kind
from audit.people import who
from pages.columns import Column
from pages.templatetags.pages import pill_html

TONES: dict[str, str] = {Kind.DELETE: "red", Kind.TRUNCATE: "red", Kind.DENIED: "amber", Kind.INSERT: "green"}
FIELDS_SHOWN = 3
RecordsNamed = dict[tuple[str, str], tuple[str, str]]


def event_columns(names: dict[int, str], records: RecordsNamed) -> list[Column]:
    """Return the columns; `names` (actor id → name) and `records` (table and key → name and address) may be filled
    after this call and before the rows are drawn.
    """
    return [
        Column("at", gettext_lazy("Time"), second),
        Column("who", gettext_lazy("Who"), lambda event: who_cell(event, names)),
        Column("what", gettext_lazy("What happened"), kind_pill),
        Column("table", gettext_lazy("Kind of record"), lambda event: table_label(event.table_name)),
        Column("record", gettext_lazy("Record"), lambda event: record_cell(event, records), mono=True),
        Column("changed", gettext_lazy("Changed fields"), changed_fields),
        Column("action", gettext_lazy("Action"), lambda event: event.action, mono=True),
        Column("reason", gettext_lazy("Reason"), lambda event: event.reason),
        Column("approval", gettext_lazy("Approval"), approval_link, mono=True),
        Column("address", gettext_lazy("Address"), lambda event: event.address or "", mono=True, default=False),
        Column("request", gettext_lazy("Request"), lambda event: event.request or "", mono=True, default=False),
        Column("db_user", gettext_lazy("Database user"), lambda event: event.db_user, mono=True, default=False),
    ]


def second(event: Event) -> SafeString:
    """Return the time to the second, in the reader's zone; in a log the minute is too coarse."""
    local = timezone.localtime(event.at)
    return format_html('<time datetime="{}" class="num">{}</time>', local.isoformat(), f"{local:%Y-%m-%d %H:%M:%S}")


def record_cell(event: Event, records: RecordsNamed) -> str:
    """Return what people call the record, or its key where its room gives it no name."""
    return records.get((event.table_name, event.pk_text), (event.pk_text, ""))[0]


def approval_link(event: Event) -> str:
    """Return the number of the change request under which it happened, as the way to who asked and who approved."""
    if event.approval_id is None:
        return ""
    url = address_if_any("staff:change_detail", event.approval_id)
    return format_html('<a href="{}">{}</a>', url, event.approval_id) if url else str(event.approval_id)


def kind_pill(event: Event) -> SafeString:
    return pill_html(event.get_kind_display(), TONES.get(event.kind, ""))


def who_cell(event: Event, names: dict[int, str]) -> str:
    text = who(event, names)
    return format_html("{} {}", text, pill_html(_("unattributed"), "amber")) if event.unattributed else text


def changed_fields(event: Event) -> str:
    """Return the first fields that changed, and how many more."""
    fields = event.changed or []
    text = ", ".join(field_label(event.table_name, field) for field in fields[:FIELDS_SHOWN])
    more = len(fields) - FIELDS_SHOWN
    return text if more <= 0 else _("%(fields)s and %(more)s more") % {"fields": text, "more": more}
