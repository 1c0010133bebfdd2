from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, status, viewsets
from rest_framework.decorators import action
from rest_framework.response import Response

from risk.models import ConflictRule, Control, DutyException
from risk.services.duties import find_conflicts
from risk.services.duty_rules import propose_exception, propose_rule
from staff.api.changes import ChangeSerializer
from staff.models import User


class ConflictRuleSerializer(serializers.ModelSerializer):
    id = serializers.CharField()

    class Meta:
        model = ConflictRule
        fields = ["id", "first", "second", "severity", "reason", "is_retired"]
        read_only_fields = fields

    reason = serializers.CharField(read_only=True)


class SetConflictRuleSerializer(serializers.ModelSerializer):
    why = serializers.CharField(min_length=10, max_length=500)
    reason = serializers.CharField(min_length=10, max_length=2_000)

    class Meta:
        model = ConflictRule
        fields = ["first", "second", "severity", "is_retired", "why", "reason"]
        extra_kwargs = {"severity": {"required": True}}
        # A pair that has a rule changes it.
        validators: list = []


class DutyExceptionSerializer(serializers.ModelSerializer):
    id = serializers.CharField()
    rule = serializers.CharField(source="rule_id")
    person = serializers.CharField(source="person_id")
    control = serializers.SlugRelatedField(slug_field="code", read_only=True)

    class Meta:
        model = DutyException
        fields = ["id", "rule", "person", "control", "compensation", "reason", "valid_from", "valid_until"]
        read_only_fields = fields


class AcceptConflictSerializer(serializers.Serializer):
    rule = serializers.PrimaryKeyRelatedField(queryset=ConflictRule.objects.all())
    person = serializers.PrimaryKeyRelatedField(queryset=User.objects.active())
    control = serializers.SlugRelatedField(slug_field="code", queryset=Control.objects.none(), required=False)
    compensation = serializers.CharField(max_length=2_000)
    valid_until = serializers.DateField()
    reason = serializers.CharField(min_length=10, max_length=2_000)

    def get_fields(self):
        fields = super().get_fields()
        if "request" in self.context:
            fields["control"].queryset = Control.objects.visible_to(self.context["request"].user)
        return fields


class DutyHolderSerializer(serializers.Serializer):
    """Somebody who holds both duties of a rule now; `accepted_until` while an exception makes up for it."""

    rule = serializers.CharField()
    person = serializers.CharField()
    by_one_role = serializers.BooleanField()
    accepted_until = serializers.DateField(allow_null=True)


class ConflictRuleViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    """Which duties are kept apart, retired rules too. POST asks for a rule, its change or its end; somebody else agrees."""

    queryset = ConflictRule.objects.none()
    serializer_class = ConflictRuleSerializer
    keyset_order = ["id"]
    permission_map = {"create": "risk.change_conflictrule", "holders": "risk.view_conflictrule"}

    def get_queryset(self):
        return ConflictRule.objects.all()

    @extend_schema(request=SetConflictRuleSerializer, responses={202: ChangeSerializer})
    def create(self, request):
        """Ask for a rule; it is in force once somebody else has agreed."""
        command = SetConflictRuleSerializer(data=request.data)
        command.is_valid(raise_exception=True)
        made = propose_rule(actor=request.user, at=timezone.now(), **command.validated_data)
        return Response(ChangeSerializer(made).data, status=status.HTTP_202_ACCEPTED)

    @extend_schema(responses=DutyHolderSerializer(many=True))
    @action(detail=False, methods=["get"], pagination_class=None)
    def holders(self, request):
        """Everybody who crosses a rule in force, as the page counts them."""
        return Response([_holder(one.rule, holder) for one in find_conflicts() for holder in one.holders])


def _holder(rule, holder):
    until = holder.accepted.valid_until if holder.accepted else None
    said = {"rule": str(rule.pk), "person": str(holder.person.pk), "by_one_role": holder.by_one_role}
    return DutyHolderSerializer(said | {"accepted_until": until}).data


class DutyExceptionViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    """Conflicts of duties that are or were accepted. POST asks for one; somebody else than its holder agrees."""

    queryset = DutyException.objects.none()
    serializer_class = DutyExceptionSerializer
    keyset_order = ["-id"]
    permission_map = {
        "list": "risk.view_conflictrule",
        "retrieve": "risk.view_conflictrule",
        "create": "risk.add_dutyexception",
    }

    def get_queryset(self):
        return DutyException.objects.for_list()

    @extend_schema(request=AcceptConflictSerializer, responses={202: ChangeSerializer})
    def create(self, request):
        """Ask that a conflict be accepted until a day."""
        command = AcceptConflictSerializer(data=request.data, context={"request": request})
        command.is_valid(raise_exception=True)
        found = dict(command.validated_data)
        rule, person, control = found.pop("rule"), found.pop("person"), found.pop("control", None)
        made = propose_exception(
            actor=request.user, rule_id=rule.pk, person_id=person.pk, control_id=control.pk if control else None,
            at=timezone.now(), **found,
        )  # fmt: skip
        return Response(ChangeSerializer(made).data, status=status.HTTP_202_ACCEPTED)
