from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Case, Count, Exists, ExpressionWrapper, F, OuterRef, Q, Value, When

if TYPE_CHECKING:
    from risk.models import Risk
    from staff.models import User

YEAR = timedelta(days=365)  # within which a forecast comes true or does not


class PanelQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> PanelQuerySet:
        """Panels on which somebody sits or that they run, and, for those who oversee panels, all whose risks are of their lines."""
        from assessment.models import PanelItem, PanelSeat

        if not user.has_perm("assessment.view_panel"):
            return self.none()
        own = Exists(PanelSeat.objects.filter(panel=OuterRef("pk"), expert=user)) | Q(facilitator=user)
        if not user.has_perm("assessment.oversee_panel"):
            return self.filter(own)
        if not user.business_lines:
            return self
        others = Exists(
            PanelItem.objects.filter(panel=OuterRef("pk"), risk__line__isnull=False).exclude(
                risk__line__in=user.business_lines
            )
        )
        return self.filter(Q(own) | ~others)

    def waiting_for(self, user: User) -> PanelQuerySet:
        """Panels with an open round in which this expert has not voted."""
        from assessment.models import PanelSeat, Vote

        voted = Vote.objects.filter(seat=OuterRef("pk"), round__closed_at__isnull=True)
        seats = PanelSeat.objects.filter(expert=user, left_at__isnull=True).exclude(Exists(voted))
        return self.filter(state="running", rounds__closed_at__isnull=True, pk__in=seats.values("panel"))

    def finished_for(self, risk: Risk) -> PanelQuerySet:
        """Finished panels that judged a risk, the last to end first."""
        from assessment.models import PanelItem

        judged = PanelItem.objects.filter(risk=risk).values("panel")
        return self.filter(state="finished", pk__in=judged).order_by("-ended_at", "-pk")

    def for_list(self) -> PanelQuerySet:
        """With how many items are judged, by how many who have not left, and how many rounds there were."""
        return self.select_related("facilitator", "matrix").annotate(
            item_count=Count("items", distinct=True),
            seat_count=Count("seats", filter=Q(seats__left_at__isnull=True), distinct=True),
            round_count=Count("rounds", distinct=True),
        )

    def mine_first(self, user: User) -> PanelQuerySet:
        """With `waits`: 0 where the panel waits for this person's vote, 1 elsewhere; the list is sorted by it."""
        mine = type(self)(self.model).waiting_for(user).values("pk")
        waits = Case(When(pk__in=mine, then=Value(0)), default=Value(1), output_field=models.SmallIntegerField())
        return self.annotate(waits=waits)


class PanelItemQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> PanelItemQuerySet:
        from assessment.models import Panel

        return self.filter(panel__in=Panel.objects.visible_to(user))

    def due(self, at: datetime) -> PanelItemQuerySet:
        """Items of panels that finished a year ago or earlier, whose outcome nobody has recorded."""
        return self.filter(panel__state="finished", panel__ended_at__lte=at - YEAR, outcome__isnull=True)

    def for_list(self) -> PanelItemQuerySet:
        due = ExpressionWrapper(F("panel__ended_at") + YEAR, output_field=models.DateTimeField())
        return self.select_related("panel", "risk").annotate(due_at=due)
