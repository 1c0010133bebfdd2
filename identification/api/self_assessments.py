from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, status, viewsets
from rest_framework.decorators import action
from rest_framework.response import Response

from audit.services import emit
from identification.filters.self_assessments import SelfAssessmentFilter
from identification.forms.self_assessments import versions_in_force
from identification.models import AssessmentPurpose, SelfAssessment
from identification.services.round_results import results_of
from identification.services.self_assessments import close_self_assessment, open_self_assessment
from products.models import BusinessLine
from staff.models import Team, User
from surveys.models import QuestionnaireVersion


class SelfAssessmentSerializer(serializers.ModelSerializer):
    questionnaire = serializers.CharField(source="version.questionnaire.code")
    version = serializers.IntegerField(source="version.number")
    asked = serializers.IntegerField(source="n_asked")
    answered = serializers.IntegerField(source="n_answered")

    class Meta:
        model = SelfAssessment
        fields = [
            "reference", "name", "purpose", "questionnaire", "version", "line", "team", "owner", "due_on", "opened_at",
            "closed_at", "asked", "answered",
        ]  # fmt: skip
        read_only_fields = fields


class OpenRoundSerializer(serializers.Serializer):
    name = serializers.CharField(max_length=160)
    purpose = serializers.ChoiceField(choices=AssessmentPurpose.choices)
    version = serializers.PrimaryKeyRelatedField(queryset=QuestionnaireVersion.objects.none())
    line = serializers.PrimaryKeyRelatedField(queryset=BusinessLine.objects.all(), allow_null=True, default=None)
    team = serializers.PrimaryKeyRelatedField(queryset=Team.objects.all(), allow_null=True, default=None)
    due_on = serializers.DateField()
    people = serializers.PrimaryKeyRelatedField(queryset=User.objects.active(), many=True, default=list)
    others = serializers.ListField(child=serializers.CharField(max_length=120), default=list, max_length=500)

    def get_fields(self):
        fields = super().get_fields()
        fields["version"].queryset = versions_in_force()
        return fields


class CountSerializer(serializers.Serializer):
    answer = serializers.CharField()
    people = serializers.IntegerField()

    def to_representation(self, counted):
        answer, people = counted
        return {"answer": answer, "people": people}


class QuestionResultSerializer(serializers.Serializer):
    question = serializers.CharField(source="question.key")
    answered = serializers.IntegerField()
    counts = CountSerializer(many=True)
    mean = serializers.DecimalField(max_digits=20, decimal_places=4, allow_null=True)


class RoundResultSerializer(serializers.Serializer):
    asked = serializers.IntegerField()
    answered = serializers.IntegerField()
    left = serializers.IntegerField()
    rate = serializers.DecimalField(max_digits=7, decimal_places=4, allow_null=True)
    alpha = serializers.FloatField(source="alpha.value", allow_null=True)
    alpha_missing = serializers.CharField(source="alpha.why")
    questions = QuestionResultSerializer(many=True)


class SelfAssessmentViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    """Rounds of questionnaires about risks and controls; the newest first."""

    queryset = SelfAssessment.objects.none()
    serializer_class = SelfAssessmentSerializer
    filterset_class = SelfAssessmentFilter
    lookup_field = "reference"
    keyset_order = ["-opened_at", "-id"]
    permission_map = {
        "create": "identification.add_selfassessment",
        "close": "identification.change_selfassessment",
        "results": "identification.view_selfassessment",
    }

    def get_queryset(self):
        return SelfAssessment.objects.visible_to(self.request.user).for_list()

    @extend_schema(request=OpenRoundSerializer, responses={201: SelfAssessmentSerializer})
    def create(self, request):
        """Open a round; everybody of staff who is asked is told."""
        command = OpenRoundSerializer(data=request.data)
        command.is_valid(raise_exception=True)
        found = dict(command.validated_data)
        line = found.pop("line")
        made = open_self_assessment(actor=request.user, at=timezone.now(), line_id=line.pk if line else None, **found)
        return Response(self._shown(made.pk), status=status.HTTP_201_CREATED)

    @extend_schema(request=None, responses=SelfAssessmentSerializer)
    @action(detail=True, methods=["post"])
    def close(self, request, reference):
        """Close a round: links that were not answered open nothing any more."""
        made = close_self_assessment(actor=request.user, assessment_id=self.get_object().pk, at=timezone.now())
        return Response(self._shown(made.pk))

    @extend_schema(responses=RoundResultSerializer)
    @action(detail=True, methods=["get"])
    def results(self, request, reference):
        """How many answered, and what to each question. Texts are on the page alone."""
        found = self.get_object()
        emit("read", table="identification_selfassessment", pk=found.pk, action="identification.answers.opened")
        return Response(RoundResultSerializer(results_of(found, "en")).data)

    def _shown(self, pk):
        return self.get_serializer(self.get_queryset().get(pk=pk)).data
