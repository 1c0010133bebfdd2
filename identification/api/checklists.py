from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, viewsets
from rest_framework.decorators import action
from rest_framework.response import Response

from identification.filters.checklists import ChecklistFilter, ChecklistRunFilter
from identification.models import Answer, Checklist, ChecklistAnswer, ChecklistItem, ChecklistRun
from identification.services.checklists import answer_item, begin_run, finish_run
from products.models import BusinessLine, Product


class ChecklistItemSerializer(serializers.ModelSerializer):
    class Meta:
        model = ChecklistItem
        fields = ["id", "position", "text", "hint", "risk_class", "risk_title"]
        read_only_fields = fields


class ChecklistSerializer(serializers.ModelSerializer):
    version = serializers.IntegerField(source="version.number", read_only=True)
    items = ChecklistItemSerializer(source="version.items", many=True, read_only=True)

    class Meta:
        model = Checklist
        fields = ["code", "name", "purpose", "is_retired", "version", "items"]
        read_only_fields = fields


class ChecklistAnswerSerializer(serializers.ModelSerializer):
    class Meta:
        model = ChecklistAnswer
        fields = ["item", "answer", "remark", "by", "at"]
        read_only_fields = fields


class ChecklistRunSerializer(serializers.ModelSerializer):
    checklist = serializers.CharField(source="version.checklist.code")
    version = serializers.IntegerField(source="version.number")
    product = serializers.CharField(source="product.code", default=None)
    answers = ChecklistAnswerSerializer(many=True)

    class Meta:
        model = ChecklistRun
        fields = [
            "reference", "checklist", "version", "subject", "product", "line", "begun_by", "begun_at", "finished_by",
            "finished_at", "answers",
        ]  # fmt: skip
        read_only_fields = fields


class SeenProductField(serializers.SlugRelatedField):
    def get_queryset(self):
        return Product.objects.visible_to(self.context["request"].user)


class BeginRunSerializer(serializers.Serializer):
    checklist = serializers.SlugRelatedField("code", queryset=Checklist.objects.all())
    subject = serializers.CharField(max_length=160, allow_blank=True, default="")
    product = SeenProductField("code", queryset=Product.objects.all(), allow_null=True, default=None)
    line = serializers.PrimaryKeyRelatedField(queryset=BusinessLine.objects.all(), allow_null=True, default=None)


class AnswerItemSerializer(serializers.Serializer):
    item = serializers.IntegerField()
    answer = serializers.ChoiceField(choices=Answer.choices)
    remark = serializers.CharField(max_length=1_000, allow_blank=True, default="")


class ChecklistViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    """Checklists with the questions of their newest version, by code."""

    queryset = Checklist.objects.none()
    serializer_class = ChecklistSerializer
    filterset_class = ChecklistFilter
    lookup_field = "code"
    keyset_order = ["code"]

    def get_queryset(self):
        return Checklist.objects.all()


class ChecklistRunViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    """Runs of checklists with what was answered, the last first; POST begins one."""

    queryset = ChecklistRun.objects.none()
    serializer_class = ChecklistRunSerializer
    filterset_class = ChecklistRunFilter
    lookup_field = "reference"
    keyset_order = ["-begun_at", "-id"]
    permission_map = {
        "create": "identification.add_checklistrun",
        "answer": "identification.change_checklistrun",
        "finish": "identification.change_checklistrun",
    }

    def get_queryset(self):
        return ChecklistRun.objects.visible_to(self.request.user).for_list().prefetch_related("answers")

    @extend_schema(request=BeginRunSerializer, responses={201: ChecklistRunSerializer})
    def create(self, request):
        """Begin to go through a checklist."""
        command = BeginRunSerializer(data=request.data, context=self.get_serializer_context())
        command.is_valid(raise_exception=True)
        found = dict(command.validated_data)
        checklist, line = found.pop("checklist"), found.pop("line")
        run = begin_run(
            actor=request.user, checklist_id=checklist.pk, line_id=line.pk if line else None, at=timezone.now(), **found
        )
        return Response(self.get_serializer(run).data, status=201)

    @extend_schema(request=AnswerItemSerializer, responses=ChecklistRunSerializer)
    @action(detail=True, methods=["post"])
    def answer(self, request, reference):
        """Answer one question; the last word counts."""
        command = AnswerItemSerializer(data=request.data)
        pk = self.get_object().pk
        command.is_valid(raise_exception=True)
        found = dict(command.validated_data)
        answer_item(actor=request.user, run_id=pk, item_id=found.pop("item"), at=timezone.now(), **found)
        return self._shown(pk)

    @extend_schema(request=None, responses=ChecklistRunSerializer)
    @action(detail=True, methods=["post"])
    def finish(self, request, reference):
        """Finish a run whose questions are all answered."""
        pk = self.get_object().pk
        finish_run(actor=request.user, run_id=pk, at=timezone.now())
        return self._shown(pk)

    def _shown(self, pk):
        return Response(self.get_serializer(self.get_queryset().get(pk=pk)).data)
