"""The columns of checkpoints, verifications, findings and anchors."""

from typing import Any

from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from audit.models import AnchorReceipt, Checkpoint, Verification
from audit.rules.findings import finding_of
from pages.columns import Column
from pages.formats import moment, number
from pages.templatetags.pages import pill_html

Finding = dict[str, Any]


def checkpoint_columns() -> list[Column]:
    return [
        Column("size", gettext_lazy("Entries"), lambda row: number(row.size), numeric=True),
        Column("at", gettext_lazy("Signed"), lambda row: moment(row.at)),
        Column("root", gettext_lazy("Root"), lambda row: bytes(row.root).hex()[:16], mono=True),
        Column("key", gettext_lazy("Key"), lambda row: "+".join(row.key.split("+")[:2]), mono=True),
        Column("anchors", gettext_lazy("Held outside by"), _holders),
        Column("note", gettext_lazy("Signed note"), _note),
    ]


def _holders(row: Checkpoint) -> str:
    kinds = sorted({str(receipt.get_kind_display()) for receipt in row.anchorreceipt_set.all() if receipt.ok})
    return format_html_join(" ", "{}", ((pill_html(kind, "green"),) for kind in kinds))


def _note(row: Checkpoint) -> str:
    return format_html('<a href="{}">{}</a>', reverse("audit:checkpoint_note", args=[row.size]), _("Download"))


def verification_columns() -> list[Column]:
    return [
        Column("at", gettext_lazy("Ended"), lambda row: moment(row.at)),
        Column("kind", gettext_lazy("What was checked"), lambda row: row.get_kind_display()),
        Column("found", gettext_lazy("Findings"), _found),
        Column("checked", gettext_lazy("Checked"), lambda row: number(row.checked), numeric=True),
        Column("size", gettext_lazy("Entries"), lambda row: number(row.size), numeric=True),
        Column("begun_at", gettext_lazy("Begun"), lambda row: moment(row.begun_at)),
    ]


def _found(row: Verification) -> str:
    return pill_html(number(row.found), "red") if row.found else pill_html(_("None"), "green")


def finding_columns() -> list[Column]:
    """Which row, what is wrong with it, and since when: not before the last proof that it was well."""
    return [
        Column("kind", gettext_lazy("What is wrong"), lambda row: pill_html(row.get("kind", ""), "red")),
        Column("sentence", gettext_lazy("In words"), _sentence, card="wide"),
        Column("event", gettext_lazy("Event"), _event, mono=True),
        Column("index", gettext_lazy("Entry"), lambda row: _whole(row.get("index")), numeric=True),
        Column("since", gettext_lazy("Since"), lambda row: _since(row.get("since"))),
    ]


def _sentence(row: Finding) -> str:
    """In the reader's language; what an older version wrote stays as it was written."""
    try:
        return finding_of(row).sentence(_)
    except (KeyError, TypeError):
        return str(row.get("sentence", ""))


def _event(row: Finding) -> str:
    number_ = row.get("event")
    if not isinstance(number_, int):
        return ""
    return format_html('<a href="{}">{}</a>', reverse("audit:event_detail", args=[number_]), number_)


def _whole(value: Any) -> str:
    return number(value) if isinstance(value, int) else ""


def _since(value: Any) -> str:
    at = parse_datetime(value) if isinstance(value, str) else None
    return moment(at) if at else str(value or "")


def anchor_columns() -> list[Column]:
    return [
        Column("at", gettext_lazy("Time"), lambda row: moment(row.at)),
        Column("kind", gettext_lazy("Kind"), lambda row: row.get_kind_display()),
        Column("place", gettext_lazy("Place"), lambda row: row.place, card="wide"),
        Column("checkpoint", gettext_lazy("Entries"), lambda row: number(row.checkpoint_id), numeric=True),
        Column("ok", gettext_lazy("Outcome"), _left),
        Column("message", gettext_lazy("Answer"), lambda row: row.message, card="wide"),
        Column("receipt", gettext_lazy("Receipt"), _receipt),
    ]


def _left(row: AnchorReceipt) -> str:
    return pill_html(_("Left there"), "green") if row.ok else pill_html(_("Refused"), "red")


def _receipt(row: AnchorReceipt) -> str:
    if not row.ok:
        return ""
    return format_html('<a href="{}">{}</a>', reverse("audit:anchor_receipt", args=[row.pk]), _("Download"))
