from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, status, viewsets
from rest_framework.decorators import action
from rest_framework.response import Response

from customers.criteria import explain
from marketing.filters.segments import SegmentFilter
from marketing.models import Segment, SegmentKind, SegmentMember
from marketing.services.segment_counts import live_count
from marketing.services.segment_lists import list_members, unlist_members
from marketing.services.segment_refresh import refresh_with_named
from marketing.services.segments import archive_segment, checked_rule, record_segment, write_rule


class SegmentSerializer(serializers.ModelSerializer):
    class Meta:
        model = Segment
        fields = [
            "code", "name", "kind", "description", "owner", "rule", "rule_sha256", "member_count", "refreshed_at", "archived_at",
            "trouble",
        ]  # fmt: skip
        read_only_fields = fields


class WriteSegmentSerializer(serializers.Serializer):
    code = serializers.SlugField(max_length=40)
    name = serializers.CharField(max_length=120)
    kind = serializers.ChoiceField(choices=SegmentKind.choices, default=SegmentKind.RULE)
    description = serializers.CharField(max_length=2_000, required=False, allow_blank=True)
    rule = serializers.JSONField(required=False, default=None)


class RuleSerializer(serializers.Serializer):
    rule = serializers.JSONField()
    reason = serializers.CharField(max_length=300, required=False, allow_blank=True)


class FoundSerializer(serializers.Serializer):
    count = serializers.IntegerField(allow_null=True)
    is_exact = serializers.BooleanField(help_text="False: estimated from a sample of customers.")
    words = serializers.CharField()


class RefreshedSerializer(serializers.Serializer):
    entered = serializers.IntegerField()
    left = serializers.IntegerField()
    count = serializers.IntegerField()
    whole = serializers.BooleanField(help_text="Whether everybody was looked at.")


class ReferencesSerializer(serializers.Serializer):
    references = serializers.ListField(child=serializers.CharField(max_length=16), min_length=1, max_length=10_000)


class MovedSerializer(serializers.Serializer):
    moved = serializers.IntegerField()


class SegmentMemberSerializer(serializers.ModelSerializer):
    customer = serializers.CharField(source="customer.reference")

    class Meta:
        model = SegmentMember
        fields = ["id", "customer", "entered_at", "left_at"]
        read_only_fields = fields


class SegmentViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    """Segments whose rules ask about nothing that the reader may not know, by code."""

    queryset = Segment.objects.none()
    serializer_class = SegmentSerializer
    filterset_class = SegmentFilter
    lookup_field = "code"
    keyset_order = ["code"]
    permission_map = {
        "create": "marketing.add_segment",
        "preview": "marketing.add_segment",
        "rule": "marketing.change_segment",
        "put_on": "marketing.change_segment",
        "take_off": "marketing.change_segment",
        "archive": "marketing.change_segment",
        "refresh": "marketing.refresh_segment",
        "members": "marketing.view_segmentmember",
    }

    def get_queryset(self):
        return Segment.objects.visible_to(self.request.user).select_related("owner")

    @extend_schema(request=WriteSegmentSerializer, responses={201: SegmentSerializer})
    def create(self, request):
        """Add a segment by a rule, or an empty list."""
        segment = record_segment(actor=request.user, at=timezone.now(), **_said(WriteSegmentSerializer, request))
        return Response(SegmentSerializer(segment).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=RuleSerializer, responses=SegmentSerializer)
    @action(detail=True, methods=["post"])
    def rule(self, request, code):
        """Give a segment another rule; its members follow at the next refresh."""
        segment = self.get_object()
        said = _said(RuleSerializer, request)
        return Response(
            SegmentSerializer(write_rule(actor=request.user, segment_id=segment.pk, at=timezone.now(), **said)).data
        )

    @extend_schema(request=RuleSerializer, responses=FoundSerializer)
    @action(detail=False, methods=["post"])
    def preview(self, request):
        """Say a rule in words and count whom it finds now, without keeping it."""
        rule = checked_rule(request.user, _said(RuleSerializer, request)["rule"])
        found = live_count(rule, day=timezone.localdate())
        return Response({"count": found.count, "is_exact": found.is_exact, "words": explain(rule)})

    @extend_schema(request=None, responses=RefreshedSerializer)
    @action(detail=True, methods=["post"])
    def refresh(self, request, code):
        """Bring its members up to date, after those of the segments that it names."""
        done = refresh_with_named(segment_id=self.get_object().pk, at=timezone.now())
        return Response(RefreshedSerializer(done).data)

    @extend_schema(request=None, responses=SegmentSerializer)
    @action(detail=True, methods=["post"])
    def archive(self, request, code):
        """Put a segment aside that no other names."""
        segment = archive_segment(actor=request.user, segment_id=self.get_object().pk, at=timezone.now())
        return Response(SegmentSerializer(segment).data)

    @extend_schema(request=ReferencesSerializer, responses=MovedSerializer)
    @action(detail=True, methods=["post"], url_path="put-on")
    def put_on(self, request, code):
        """Put customers on a list by their numbers."""
        return self._move(request, list_members)

    @extend_schema(request=ReferencesSerializer, responses=MovedSerializer)
    @action(detail=True, methods=["post"], url_path="take-off")
    def take_off(self, request, code):
        """Take customers off a list."""
        return self._move(request, unlist_members)

    def _move(self, request, service):
        segment = self.get_object()
        said = _said(ReferencesSerializer, request)
        return Response({"moved": service(actor=request.user, segment_id=segment.pk, at=timezone.now(), **said)})

    @extend_schema(responses=SegmentMemberSerializer(many=True), filters=False)
    @action(detail=True, filterset_class=None)
    def members(self, request, code):
        """Who is in now, newest first; customers by their numbers alone."""
        seen = SegmentMember.objects.visible_to(request.user).filter(segment=self.get_object()).standing()
        self.keyset_order = ["-id"]
        page = self.paginate_queryset(
            seen.select_related("customer").only("entered_at", "left_at", "customer__reference")
        )
        return self.get_paginated_response(SegmentMemberSerializer(page, many=True).data)


def _said(serializer, request):
    """What was sent, in its form; a 400 with a sentence otherwise."""
    command = serializer(data=request.data)
    command.is_valid(raise_exception=True)
    return command.validated_data
