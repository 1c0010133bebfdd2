"""What a supervisor is given of a campaign: everything that was signed off, by whom, and what went out."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import UTC, datetime
from typing import Any

from django.db.models import Count

from marketing.models import Campaign, SignOff


def dossier_of(campaign: Campaign, at: datetime) -> tuple[str, bytes]:
    """Return the name and the bytes of an archive: each sign-off as it was asked for, byte for byte, so that its hash can
    be taken again; who decided; rounds with why people were left out; what became of the messages. Nobody's name."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        every = campaign.sign_offs.select_related("asked_by", "decided_by").order_by("number")
        for one in every:
            archive.writestr(f"sign-off-{one.number}.json", one.body)
        archive.writestr("sign-offs.json", _written([_decided(one) for one in every]))
        archive.writestr("rounds.json", _written(_rounds(campaign)))
        archive.writestr("outcomes.json", _written(_outcomes(campaign)))
        archive.writestr("README.txt", README)
    return f"{campaign.reference}-{at.astimezone(UTC):%Y%m%dT%H%M%SZ}.zip", packed.getvalue()


README = """Each sign-off-N.json holds everything that was signed off, as canonical JSON (RFC 8785): copy, disclosures, links,
the rule of the audience, the terms of the offer, the schedule. Its SHA-256 stands in sign-offs.json, with who asked, who decided
and when. rounds.json says how many people matched in each round and why some were left out; outcomes.json what became of the
messages.
"""


def _written(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2)


def _decided(one: SignOff) -> dict[str, Any]:
    return {
        "number": one.number,
        "sha256": one.sha256,
        "state": one.state,
        "asked_by": str(one.asked_by),
        "asked_at": one.asked_at.isoformat(),
        "decided_by": str(one.decided_by or ""),
        "decided_at": one.decided_at.isoformat() if one.decided_at else "",
        "note": one.note,
        "holds_until": one.expires_on.isoformat() if one.expires_on else "",
        "void_because": one.void_because,
    }


def _rounds(campaign: Campaign) -> list[dict[str, Any]]:
    return [
        {
            "round": one.number,
            "sign_off": one.sign_off.number,
            "drawn_at": one.drawn_at.isoformat(),
            "matched": one.matched,
            "written_to": one.reached,
            "held_out": one.held,
            "left_out": one.excluded,
        }
        for one in campaign.rounds.select_related("sign_off").order_by("number")
    ]


def _outcomes(campaign: Campaign) -> list[dict[str, Any]]:
    counted = campaign.sends.order_by("outcome", "reason").values_list("outcome", "reason").annotate(n=Count("pk"))
    return [{"outcome": outcome, "reason": reason, "messages": n} for outcome, reason, n in counted]
