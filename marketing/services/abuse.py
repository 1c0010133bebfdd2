"""Signs of abuse among redemptions, counted in one statement, weighed by the rule of the day."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from marketing.models import AbuseRule, AbuseScore
from marketing.rules.abuse import SIGNS, score_of
from marketing.sql import statement


@dataclass(frozen=True)
class Scored:
    """What a redemption scored, sign by sign, and whether that is enough to hold it."""

    score: int
    signs: Mapping[str, int]
    is_held: bool


def rule_in_force(at: datetime) -> AbuseRule:
    return AbuseRule.objects.filter(valid_from__lte=timezone.localdate(at)).order_by("-valid_from")[0]


def score_redemptions(keys: Iterable[int], *, at: datetime) -> dict[int, Scored]:
    """Count the signs of these redemptions, weigh them, keep the scores, and return them by redemption."""
    rule, wanted = rule_in_force(at), list(keys)
    weights = {sign: getattr(rule, sign) for sign in SIGNS}
    with connection.cursor() as cursor:
        cursor.execute(
            statement("abuse_signs"),
            {"ids": wanted, "window_hours": rule.window_hours, "minutes": rule.minutes, "many": rule.many},
        )
        counted = {row[0]: dict(zip(SIGNS, row[1:], strict=True)) for row in cursor.fetchall()}
    found = {}
    for key, others in counted.items():
        score = score_of(others, weights)
        signs = {sign: n for sign, n in others.items() if n and weights[sign]}
        found[key] = Scored(score, signs, score >= rule.threshold)
    _keep(rule, found, at)
    return found


def _keep(rule: AbuseRule, scored: Mapping[int, Scored], at: datetime) -> None:
    AbuseScore.objects.bulk_create(
        [
            AbuseScore(redemption_id=key, rule=rule, score=one.score, signs=dict(one.signs), at=at)
            for key, one in scored.items()
        ],
        update_conflicts=True,
        unique_fields=["redemption"],
        update_fields=["rule", "score", "signs", "at"],
    )


def reasons_of(signs: Mapping[str, int]) -> str:
    """Return signs in words: “same payee as 6 others; redeemed within minutes of 4 others”."""
    return "; ".join(_reason(sign, signs[sign]) for sign in SIGNS if signs.get(sign)) or _("no sign of abuse")


def _reason(sign: str, n: int) -> str:
    if sign == "velocity":
        return _("redeems very often")
    sentences = {
        "device": ngettext("same device as %(n)d other", "same device as %(n)d others", n),
        "payee": ngettext("same payee as %(n)d other", "same payee as %(n)d others", n),
        "address": ngettext("same address as %(n)d other", "same address as %(n)d others", n),
        "network": ngettext("same network as %(n)d other", "same network as %(n)d others", n),
        "contact": ngettext(
            "same phone, e-mail or identity as %(n)d other", "same phone, e-mail or identity as %(n)d others", n
        ),
        "joined": ngettext(
            "account made within minutes of %(n)d other", "account made within minutes of %(n)d others", n
        ),
        "timing": ngettext("redeemed within minutes of %(n)d other", "redeemed within minutes of %(n)d others", n),
    }
    return sentences[sign] % {"n": n}


def words_of(signs: Mapping[str, int]) -> Sequence[str]:
    return [_reason(sign, signs[sign]) for sign in SIGNS if signs.get(sign)]
