from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.response import Response

from assessment.filters.panels import PanelFilter
from assessment.models import Estimate, Panel, PanelItem, PanelRound, PanelSeat
from assessment.panel_results import who_dissents
from assessment.services.panels import begin_panel, cancel_panel, finish_panel, results_of
from assessment.services.rounds import close_round, open_round, why_of
from assessment.services.seats import leave_panel, seat_expert
from assessment.services.votes import cast_votes, record_dissent
from risk.api.asking import Asking
from risk.models import Risk
from staff.models import User


class PanelItemSerializer(serializers.ModelSerializer):
    id = serializers.CharField()
    risk = serializers.CharField(source="risk.reference", default=None)

    class Meta:
        model = PanelItem
        fields = ["id", "risk", "kind", "question", "estimate", "currency"]
        read_only_fields = fields


class PanelSeatSerializer(serializers.ModelSerializer):
    id = serializers.CharField()

    class Meta:
        model = PanelSeat
        fields = ["id", "expert", "weight", "seated_at", "left_at", "left_reason"]
        read_only_fields = fields


class PanelRoundSerializer(serializers.ModelSerializer):
    why = serializers.SerializerMethodField()

    class Meta:
        model = PanelRound
        fields = [
            "number",
            "opened_at",
            "due_at",
            "closed_at",
            "voters",
            "agreement",
            "p_value",
            "widest",
            "verdict",
            "why",
        ]
        read_only_fields = fields

    def get_why(self, one) -> str:
        return why_of(one)


class PanelSerializer(serializers.ModelSerializer):
    matrix = serializers.IntegerField(source="matrix.version")
    items = PanelItemSerializer(many=True)
    seats = PanelSeatSerializer(many=True)
    rounds = PanelRoundSerializer(many=True)

    class Meta:
        model = Panel
        fields = [
            "reference", "title", "brief", "facilitator", "matrix", "agreement_bound", "spread_bound", "max_rounds",
            "interval_level", "state", "begun_at", "ended_at", "conclusion", "items", "seats", "rounds",
        ]  # fmt: skip
        read_only_fields = fields


class NewPanelItemSerializer(serializers.Serializer):
    risk = serializers.SlugRelatedField("reference", queryset=Risk.objects.none(), required=False)
    kind = serializers.ChoiceField(["inherent", "residual"], required=False)
    question = serializers.CharField(max_length=300, required=False)
    estimate = serializers.ChoiceField(Estimate.values, required=False)
    currency = serializers.CharField(max_length=3, required=False)

    def get_fields(self):
        found = super().get_fields()
        request = self.context.get("request")
        found["risk"].queryset = Risk.objects.visible_to(request.user) if request else Risk.objects.none()
        return found


class NewPanelSerializer(serializers.ModelSerializer):
    items = NewPanelItemSerializer(many=True)

    class Meta:
        model = Panel
        fields = ["title", "brief", "agreement_bound", "spread_bound", "max_rounds", "interval_level", "items"]


class NewSeatSerializer(serializers.Serializer):
    expert = serializers.PrimaryKeyRelatedField(queryset=User.objects.active())
    weight = serializers.DecimalField(max_digits=4, decimal_places=2)


class NewRoundSerializer(serializers.Serializer):
    due_at = serializers.DateTimeField()


class OneVoteSerializer(serializers.Serializer):
    item = serializers.IntegerField()
    likelihood = serializers.IntegerField()
    impact = serializers.IntegerField()
    probability = serializers.DecimalField(max_digits=5, decimal_places=2, min_value=0, max_value=100)
    low = serializers.DecimalField(max_digits=18, decimal_places=2, required=False, allow_null=True)
    high = serializers.DecimalField(max_digits=18, decimal_places=2, required=False, allow_null=True)
    rationale = serializers.CharField(min_length=10, max_length=5_000)


class VotesSerializer(serializers.Serializer):
    number = serializers.IntegerField()
    votes = OneVoteSerializer(many=True)


class NewDissentSerializer(serializers.Serializer):
    item = serializers.IntegerField()
    text = serializers.CharField(min_length=10, max_length=5_000)
    by_name = serializers.BooleanField(default=False)


class PanelReasonSerializer(serializers.Serializer):
    reason = serializers.CharField(min_length=10, max_length=10_000)


class PanelConclusionSerializer(serializers.Serializer):
    conclusion = serializers.CharField(min_length=10, max_length=10_000)


class PanelDissentSerializer(serializers.Serializer):
    text = serializers.CharField()
    by = serializers.CharField()


class PanelResultSerializer(serializers.Serializer):
    """What a panel arrived at for an item. `mapped_*` is the place under the matrix in force, null where none was agreed."""

    item = serializers.CharField(source="item.pk")
    likelihood = serializers.IntegerField()
    impact = serializers.IntegerField()
    score = serializers.IntegerField()
    level = serializers.CharField()
    probability = serializers.DecimalField(max_digits=7, decimal_places=2)
    spread_likelihood = serializers.DecimalField(max_digits=5, decimal_places=2)
    spread_impact = serializers.DecimalField(max_digits=5, decimal_places=2)
    experts = serializers.IntegerField()
    converged = serializers.BooleanField()
    mapped_likelihood = serializers.IntegerField(source="mapped.likelihood", default=None)
    mapped_impact = serializers.IntegerField(source="mapped.impact", default=None)
    must_be_judged_again = serializers.BooleanField()
    dissents = serializers.SerializerMethodField()

    @extend_schema_field(PanelDissentSerializer(many=True))
    def get_dissents(self, result):
        return [{"text": one.text, "by": who_dissents(one, result.experts)} for one in result.dissents]


class PanelViewSet(Asking):
    """Panels that one sees, the last begun first. Votes of an open round are in no answer."""

    queryset = Panel.objects.none()
    serializer_class = PanelSerializer
    filterset_class = PanelFilter
    record_key = "panel_id"
    keyset_order = ["-begun_at", "-id"]
    permission_map = {
        "create": "assessment.add_panel",
        "seats": "assessment.change_panel",
        "leave": "assessment.vote_on_panel",
        "rounds": "assessment.change_panel",
        "close": "assessment.change_panel",
        "votes": "assessment.vote_on_panel",
        "dissent": "assessment.vote_on_panel",
        "finish": "assessment.change_panel",
        "cancel": "assessment.change_panel",
    }

    def get_queryset(self):
        return super().get_queryset().prefetch_related("items__risk", "seats", "rounds__panel")

    @extend_schema(request=NewPanelSerializer, responses={201: PanelSerializer})
    def create(self, request):
        """Begin a panel over risks and questions; the caller facilitates it."""
        panel = begin_panel(actor=request.user, at=timezone.now(), **self.asked(NewPanelSerializer))
        return self.shown(panel.reference, 201)

    @extend_schema(request=NewSeatSerializer, responses=PanelSerializer)
    @action(detail=True, methods=["post"])
    def seats(self, request, reference):
        """Give an expert a seat with a weight."""
        return self.act(seat_expert, NewSeatSerializer)

    @extend_schema(request=PanelReasonSerializer, responses=PanelSerializer)
    @action(detail=True, methods=["post"])
    def leave(self, request, reference):
        """Leave a panel on which one sits."""

        def leave(*, actor, panel_id, reason, at):
            seat = get_object_or_404(PanelSeat, panel=panel_id, expert=actor)
            return leave_panel(actor=actor, seat_id=seat.pk, reason=reason, at=at)

        return self.act(leave, PanelReasonSerializer)

    @extend_schema(request=NewRoundSerializer, responses=PanelSerializer)
    @action(detail=True, methods=["post"])
    def rounds(self, request, reference):
        """Open the next round."""
        return self.act(open_round, NewRoundSerializer)

    @extend_schema(request=None, responses=PanelSerializer)
    @action(detail=True, methods=["post"])
    def close(self, request, reference):
        """Close the open round; again changes nothing."""
        return self.act(close_round)

    @extend_schema(request=VotesSerializer, responses=PanelSerializer)
    @action(detail=True, methods=["post"])
    def votes(self, request, reference):
        """Cast one's own votes on every item of the open round; they are final."""

        def cast(*, actor, panel_id, number, votes, at):
            said = {one["item"]: {name: one[name] for name in one if name != "item"} for one in votes}
            return cast_votes(actor=actor, panel_id=panel_id, votes=said, number=number, at=at)

        return self.act(cast, VotesSerializer)

    @extend_schema(request=NewDissentSerializer, responses=PanelSerializer)
    @action(detail=True, methods=["post"])
    def dissent(self, request, reference):
        """Write why one ended apart from the others on an item; it stays with the result, without a name unless one agrees."""

        def write(*, actor, panel_id, item, text, by_name, at):
            return record_dissent(actor=actor, panel_id=panel_id, item_id=item, text=text, by_name=by_name, at=at)

        return self.act(write, NewDissentSerializer)

    @extend_schema(request=PanelConclusionSerializer, responses=PanelSerializer)
    @action(detail=True, methods=["post"])
    def finish(self, request, reference):
        """Finish a panel with what it concluded."""
        return self.act(finish_panel, PanelConclusionSerializer)

    @extend_schema(request=PanelReasonSerializer, responses=PanelSerializer)
    @action(detail=True, methods=["post"])
    def cancel(self, request, reference):
        """Cancel a panel for a reason."""
        return self.act(cancel_panel, PanelReasonSerializer)

    @extend_schema(responses=PanelResultSerializer(many=True))
    @action(detail=True, methods=["get"])
    def result(self, request, reference):
        """What the last closed round says of each item; an empty list before there is one."""
        return Response(PanelResultSerializer(results_of(self.get_object()), many=True).data)
