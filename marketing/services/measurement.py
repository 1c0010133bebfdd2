"""What a campaign brought about: per variant and in all, against those held out; what it cost, and what is left of it after
incentives, expected losses, complaints and abuse."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import Max

from customers.services.suitability_rules import company_day
from marketing.models import Campaign, CampaignState, ValueCode, ValueRule
from marketing.rules.effects import Effect, Sums, effect_of_means
from marketing.rules.experiments import (
    WHOLE,
    always_valid_interval,
    holm,
    minimum_detectable_effect,
    sample_ratio_mismatch,
    two_proportion_test,
)
from marketing.rules.readouts import conclusion
from marketing.sql import statement

CENT = Decimal("0.01")
BASE, LEAST_EXPECTED, MOST_EXPECTED = 0.05, 0.005, 0.5


@dataclass(frozen=True)
class Group:
    """What came of a variant, or (variant '') of those held out. `amount` is what came in within the window, in the campaign's
    currency; `loss` what is expected to be lost of it."""

    variant: str
    n: int
    sent: int
    bounced: int
    opened: int
    clicked: int
    unsubscribed: int
    complained: int
    grieved: int
    overdue: int
    converted: int
    sums: Sums
    loss: float
    incentive: Decimal
    abused: Decimal

    @property
    def rate(self) -> float:
        return self.converted / self.n if self.n else 0.0

    @property
    def delivered(self) -> int:
        return self.sent - self.bounced


@dataclass(frozen=True)
class Comparison:
    """A variant beside the first, by the share that converts; `p` is corrected for how many were compared."""

    variant: str
    effect: Effect
    p: float


@dataclass(frozen=True)
class Money:
    """What it brought in and cost, in the campaign's currency, of those written to. `incremental` is what came in because of
    it; None where nobody was held out. `complaints` is None where their cost is said in another currency."""

    messages: Decimal
    fixed: Decimal
    incentives: Decimal
    abuse: Decimal
    complaints: Decimal | None
    loss: Decimal
    margin: Decimal | None
    incremental: Decimal | None
    acquired: float | None

    @property
    def cost(self) -> Decimal:
        return self.messages + self.fixed + self.incentives

    @property
    def net(self) -> Decimal | None:
        """Incremental margin less incentives, expected loss, complaints, abuse and the costs of sending."""
        if self.margin is None:
            return None
        return self.margin - self.cost - self.loss - (self.complaints or 0) - self.abuse

    @property
    def roi(self) -> float | None:
        return float(self.net / self.cost) if self.net is not None and self.cost > 0 else None

    @property
    def cac(self) -> Decimal | None:
        """What one customer cost who converted because of it; None where nobody did, as far as can be said."""
        if not self.acquired or self.acquired <= 0:
            return None
        return (self.cost / Decimal(self.acquired)).quantize(CENT)


@dataclass(frozen=True)
class Results:
    """Everything that is measured of a campaign; `verdict` is what may be concluded (`rules.readouts`)."""

    groups: list[Group]
    control: Group | None
    whole: Group | None
    effect: Effect | None
    amount_effect: Effect | None
    comparisons: list[Comparison]
    ratio_p: float
    verdict: str
    is_over: bool
    money: Money


def measure(campaign: Campaign, at: datetime) -> Results:
    """Return what a campaign has brought about by `at`: one statement, whatever its size."""
    values = values_on(campaign, at)
    every = _groups(campaign, values)
    groups = [one for one in every if one.variant]
    control = next((one for one in every if not one.variant), None)
    whole, is_over = _together(groups), _is_over(campaign, at)
    effect = _effect(whole, control)
    amounts = effect_of_means(whole.sums, control.sums) if whole and control else None
    ratio = _ratio(campaign, groups)
    verdict = conclusion(
        treated=whole.n if whole else 0,
        control=control.n if control else 0,
        ratio_p=ratio,
        effect=effect,
        is_over=is_over,
    )
    money = _money(campaign, whole, control, effect, amounts, values)
    return Results(groups, control, whole, effect, amounts, _compared(groups), ratio, verdict, is_over, money)


def values_on(campaign: Campaign, at: datetime) -> dict[str, int]:
    """Return the values that a return is reckoned with: of the campaign's line, else of every other."""
    line = campaign.line_id or (campaign.product.line_id if campaign.product else "")
    rules = ValueRule.objects.in_force(company_day(at)).filter(line__in=["", line]).order_by("line", "valid_from")
    return {one.code: one.value for one in rules}


def _groups(campaign: Campaign, values: dict[str, int]) -> list[Group]:
    asked: dict[str, Any] = {
        "campaign": campaign.pk, "days": campaign.conversion_days, "currency": campaign.currency,
        "offer": campaign.offer_id, "conversion": campaign.conversion, "zone": settings.TIME_ZONE,
        **{code: values.get(code, 0) / WHOLE for code in ("loss_low", "loss_medium", "loss_high")},
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(statement("outcomes"), asked)
        rows = cursor.fetchall()
    return [_group(row) for row in rows]


def _group(row: Sequence[Any]) -> Group:
    """A row of the statement: the variant, ten counts, five sums, the loss, what was given and what of it was abused."""
    return Group(
        variant=row[0], **dict(zip(COUNTS, row[1:11], strict=True)), sums=Sums(row[1], *row[11:16]), loss=row[16] or 0.0,
        incentive=row[17], abused=row[18],
    )  # fmt: skip


def _together(groups: list[Group]) -> Group | None:
    if not groups:
        return None
    counts = {name: sum(getattr(one, name) for one in groups) for name in COUNTS}
    sums = {name: sum(getattr(one.sums, name) for one in groups) for name in SUMS}
    return Group(
        variant="*", **counts, sums=Sums(**sums), loss=sum(one.loss for one in groups),
        incentive=sum((one.incentive for one in groups), Decimal(0)),
        abused=sum((one.abused for one in groups), Decimal(0)),
    )  # fmt: skip


COUNTS = (
    "n", "sent", "bounced", "opened", "clicked", "unsubscribed", "complained", "grieved", "overdue", "converted",
)  # fmt: skip
SUMS = ("n", "total", "squares", "before", "before_squares", "products")


def _is_over(campaign: Campaign, at: datetime) -> bool:
    """Whether no conversion can come any more: it has ended, and the window of the last round too."""
    last = campaign.rounds.aggregate(last=Max("drawn_at"))["last"]
    ended = campaign.state in (CampaignState.FINISHED, CampaignState.CANCELLED)
    return bool(ended and last and at > last + timedelta(days=campaign.conversion_days + 1))


def _effect(whole: Group | None, control: Group | None) -> Effect | None:
    """An interval that holds however often somebody looks: campaigns are looked at every day."""
    if whole is None or control is None or control.n == 0:
        return None
    return _between(whole, control)


def _ratio(campaign: Campaign, groups: list[Group]) -> float:
    """How likely it is that chance alone shared people out so unevenly; 1 where there is but one variant."""
    shares = {one.code: one.share / WHOLE for one in campaign.variants.all()}
    counted = {one.variant: one.n for one in groups}
    if len(shares) < 2 or sum(counted.values()) == 0:
        return 1.0
    codes = sorted(shares)
    return sample_ratio_mismatch([counted.get(code, 0) for code in codes], [shares[code] for code in codes]).p_value


def _compared(groups: list[Group]) -> list[Comparison]:
    """Each further variant beside the first, p values corrected for how many there are."""
    if len(groups) < 2:
        return []
    first, others = groups[0], groups[1:]
    tests = [two_proportion_test([one.converted, first.converted], [one.n, first.n]).p_value for one in others]
    return [Comparison(one.variant, _between(one, first), p) for one, p in zip(others, holm(tests), strict=True)]


def _between(one: Group, first: Group) -> Effect:
    """The difference of two shares. The interval is set up for the effect that groups of this size can just show, which
    their sizes alone decide; where everybody or nobody converted, one of each is added to both groups, as for small
    shares (A. Agresti, B. Caffo, The American Statistician 54, 2000)."""
    told, asked = [one.converted, first.converted], [one.n, first.n]
    if not all(0 < converted < n for converted, n in zip(told, asked, strict=True)):
        told, asked = [converted + 1 for converted in told], [n + 2 for n in asked]
    least = minimum_detectable_effect(BASE, min(asked)) or MOST_EXPECTED
    low, high = always_valid_interval(told, asked, expected=min(max(least, LEAST_EXPECTED), MOST_EXPECTED))
    return Effect(one.rate - first.rate, low, high)


def _money(
    campaign: Campaign, whole: Group | None, control: Group | None, effect: Effect | None, amounts: Effect | None,
    values: dict[str, int],
) -> Money:  # fmt: skip
    if whole is None:
        nothing = Decimal(0)
        return Money(nothing, campaign.fixed_cost, nothing, nothing, nothing, nothing, None, None, None)
    incremental = Decimal(amounts.difference * whole.n).quantize(CENT) if amounts else None
    margin = (incremental * values.get(ValueCode.MARGIN, 0) / WHOLE).quantize(CENT) if incremental is not None else None
    return Money(
        messages=(campaign.provider.price * whole.sent).quantize(CENT),
        fixed=campaign.fixed_cost,
        incentives=whole.incentive - whole.abused,
        abuse=whole.abused,
        complaints=_grieved(whole, control, values) if campaign.currency == settings.COMPANY_CURRENCY else None,
        loss=_lost(whole, control),
        margin=margin,
        incremental=incremental,
        acquired=effect.difference * whole.n if effect else None,
    )


def _grieved(whole: Group, control: Group | None, values: dict[str, int]) -> Decimal:
    """What the complaints cost that came in excess of those held out, never less than nothing; by a rule in the company's
    currency, and nothing is converted."""
    base = control.grieved / control.n * whole.n if control and control.n else 0.0
    return (Decimal(max(0.0, whole.grieved - base)) * values.get(ValueCode.COMPLAINT, 0)).quantize(CENT)


def _lost(whole: Group, control: Group | None) -> Decimal:
    """What is expected to be lost of the money that came in because of it."""
    base = control.loss / control.n * whole.n if control and control.n else 0.0
    return Decimal(max(0.0, whole.loss - base)).quantize(CENT)
