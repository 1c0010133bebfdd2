from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, status, viewsets
from rest_framework.decorators import action
from rest_framework.response import Response

from products.models import BusinessLine
from risk.api.register import ReasonSerializer, RiskSerializer
from risk.filters.proposals import ProposalFilter
from risk.models import ProposalSource, Risk, RiskClass, RiskProposal
from risk.querysets.people import risk_people
from risk.services.proposals import accept_proposal, dismiss_proposal, join_proposal, propose_risk


class ProposalSerializer(serializers.ModelSerializer):
    risk = serializers.SerializerMethodField()

    class Meta:
        model = RiskProposal
        fields = [
            "reference", "source", "source_key", "source_title", "url", "title", "risk_class", "line", "description", "causes",
            "consequences", "proposed_by", "proposed_at", "state", "risk", "decided_by", "decided_at", "reason",
        ]  # fmt: skip
        read_only_fields = fields

    def get_risk(self, proposal) -> str | None:
        """Whoever proposed need not see the register."""
        sees = self.context["request"].user.has_perm("risk.view_risk")
        return proposal.risk.reference if proposal.risk and sees else None


class ProposeSerializer(serializers.Serializer):
    key = serializers.CharField(max_length=60, help_text="Yours: the same key again gives the proposal that stands.")
    title = serializers.CharField(max_length=160)
    risk_class = serializers.ChoiceField(choices=RiskClass.choices)
    line = serializers.PrimaryKeyRelatedField(queryset=BusinessLine.objects.all(), allow_null=True, default=None)
    description = serializers.CharField(allow_blank=True, default="", max_length=10_000)
    causes = serializers.CharField(allow_blank=True, default="", max_length=10_000)
    consequences = serializers.CharField(allow_blank=True, default="", max_length=10_000)


class AcceptSerializer(serializers.Serializer):
    """What is left out stays as it was proposed."""

    owner = serializers.PrimaryKeyRelatedField(queryset=risk_people())
    review_on = serializers.DateField(allow_null=True, default=None)
    title = serializers.CharField(max_length=160, required=False)
    risk_class = serializers.ChoiceField(choices=RiskClass.choices, required=False)
    line = serializers.PrimaryKeyRelatedField(queryset=BusinessLine.objects.all(), allow_null=True, required=False)
    description = serializers.CharField(allow_blank=True, max_length=10_000, required=False)
    causes = serializers.CharField(allow_blank=True, max_length=10_000, required=False)
    consequences = serializers.CharField(allow_blank=True, max_length=10_000, required=False)


class JoinSerializer(ReasonSerializer):
    risk = serializers.CharField(max_length=16)

    def validate_risk(self, reference):
        """The risk of this number, if the caller sees it; one that is hidden is as one that is not there."""
        seen = Risk.objects.visible_to(self.context["request"].user).open()
        if risk := seen.filter(reference=reference.upper()).first():
            return risk
        raise serializers.ValidationError(_("Choose an open risk that you see."))


class ProposalViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    """Proposals of risks in every state, the newest first: one's own, or those that one oversees."""

    queryset = RiskProposal.objects.none()
    serializer_class = ProposalSerializer
    filterset_class = ProposalFilter
    lookup_field = "reference"
    keyset_order = ["-proposed_at", "-id"]
    permission_map = {
        "create": "risk.add_riskproposal",
        "accept": "risk.decide_riskproposal",
        "join": "risk.decide_riskproposal",
        "dismiss": "risk.decide_riskproposal",
    }

    def get_queryset(self):
        return RiskProposal.objects.visible_to(self.request.user).for_list()

    @extend_schema(request=ProposeSerializer, responses={201: ProposalSerializer})
    def create(self, request):
        """Propose a risk that one sees; as often as asked with one key, once."""
        command = ProposeSerializer(data=request.data)
        command.is_valid(raise_exception=True)
        found = _with_line(command.validated_data)
        key = f"person:{request.user.pk}:{found.pop('key')}"
        proposal = propose_risk(
            actor=request.user, source=ProposalSource.PERSON, source_key=key, at=timezone.now(), **found
        )
        return Response(self.get_serializer(proposal).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=AcceptSerializer, responses=RiskSerializer)
    @action(detail=True, methods=["post"])
    def accept(self, request, reference):
        """Record it as a new risk with an owner."""
        risk = self._decide(AcceptSerializer, accept_proposal)
        return Response(RiskSerializer(Risk.objects.for_list().get(pk=risk.pk)).data)

    @extend_schema(request=JoinSerializer, responses=ProposalSerializer)
    @action(detail=True, methods=["post"])
    def join(self, request, reference):
        """Say that it is part of an open risk, which must then be assessed anew."""
        return self._answer(self._decide(JoinSerializer, join_proposal))

    @extend_schema(request=ReasonSerializer, responses=ProposalSerializer)
    @action(detail=True, methods=["post"])
    def dismiss(self, request, reference):
        """Say why it is no risk to keep."""
        return self._answer(self._decide(ReasonSerializer, dismiss_proposal))

    def _decide(self, serializer, service):
        command = serializer(data=self.request.data, context=self.get_serializer_context())
        pk = self.get_object().pk
        command.is_valid(raise_exception=True)
        fields = _with_line(command.validated_data)
        return service(actor=self.request.user, proposal_id=pk, at=timezone.now(), **fields)

    def _answer(self, proposal):
        return Response(self.get_serializer(self.get_queryset().get(pk=proposal.pk)).data)


def _with_line(found):
    """What the services take: the line by its code, where one is named."""
    if "line" not in found:
        return dict(found)
    line = found["line"]
    return {**{name: value for name, value in found.items() if name != "line"}, "line_id": line.pk if line else None}
