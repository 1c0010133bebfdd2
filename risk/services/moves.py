"""Where risks stood on a day, and why the map moved between two."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Case, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.fields import BooleanField
from django.utils import timezone

from risk.models import Risk, RiskRating, RiskStatus

OPENED, CLOSED, FIRST = "opened", "closed", "first"


@dataclass(frozen=True)
class Move:
    """One risk that stands elsewhere: its ratings before and after (None where it was not on the map), and why."""

    pk: int
    reference: str
    title: str
    before: RiskRating | None
    after: RiskRating | None
    reason: str

    @property
    def distance(self) -> int:
        """By how much its score changed."""
        return (self.after.score if self.after else 0) - (self.before.score if self.before else 0)


def end_of(day: date) -> datetime:
    """The first moment after a day in the company's zone."""
    return timezone.make_aware(datetime.combine(day + timedelta(days=1), time.min))


def open_on(day: date) -> Q:
    """Risks that were recorded and not closed at the end of `day`. A closed risk that does not say when counts as
    never open."""
    end = end_of(day)
    return Q(created_at__lt=end) & (Q(status=RiskStatus.OPEN) | Q(closed_at__gte=end))


def rating_on(day: date, kind: str) -> Subquery:
    """The rating of a kind in force at the end of `day`, by its key."""
    given = RiskRating.objects.filter(risk=OuterRef("pk"), kind=kind, rated_at__lt=end_of(day))
    return Subquery(given.order_by("-rated_at", "-id").values("pk")[:1])


def ratings_on(risks: QuerySet[Risk], kind: str, day: date) -> QuerySet[RiskRating]:
    """The ratings of a kind that the risks open on `day` had then."""
    standing = risks.filter(open_on(day)).order_by().annotate(standing=rating_on(day, kind))
    return RiskRating.objects.filter(pk__in=standing.values("standing"))


def moves_between(risks: QuerySet[Risk], kind: str, first: date, last: date) -> list[Move]:
    """What moved on the map of a kind between the ends of two days, greatest change first."""
    rows = list(_changed(risks, kind, first, last))
    keys = {key for row in rows for key in (row[3], row[5]) if key}
    ratings = {one.pk: one for one in RiskRating.objects.filter(pk__in=keys).select_related("matrix").defer("reason")}
    found = []
    for pk, reference, title, was, before_open, now, after_open in rows:
        before = ratings.get(was) if before_open else None
        after = ratings.get(now) if after_open else None
        if before is None and after is None or before and after and _place(before) == _place(after):
            continue
        reason = reason_of(before, after, before_open, after_open)
        found.append(Move(pk, reference, title, before, after, reason))
    return sorted(found, key=lambda move: (-abs(move.distance), move.pk))


def reason_of(before: RiskRating | None, after: RiskRating | None, before_open: bool, after_open: bool) -> str:
    """Return why a risk moved: opened, closed, rated for the first time, else what the newer rating rests on."""
    if not after_open or after is None:
        return CLOSED
    if not before_open:
        return OPENED
    if before is None:
        return FIRST
    return after.basis


def counted(moves: list[Move]) -> list[tuple[str, int]]:
    """Reasons with the number of risks that each moved, most frequent first."""
    return Counter(move.reason for move in moves).most_common()


def _place(rating: RiskRating) -> tuple[int, int, int]:
    return rating.matrix_id, rating.likelihood, rating.impact


def _changed(risks: QuerySet[Risk], kind: str, first: date, last: date) -> Iterator[tuple]:
    is_open = lambda day: Case(When(open_on(day), then=Value(True)), default=Value(False), output_field=BooleanField())  # noqa: E731
    rows = (
        risks.filter(open_on(first) | open_on(last))
        .order_by()
        .annotate(
            was=rating_on(first, kind), now=rating_on(last, kind), open_then=is_open(first), open_now=is_open(last)
        )
        .values_list("pk", "reference", "title", "was", "open_then", "now", "open_now")
    )
    return (row for row in rows if row[3] != row[5] or row[4] != row[6])
