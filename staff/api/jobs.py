from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from staff.models import Job
from staff.services.jobs import cancel_job


class JobSerializer(serializers.ModelSerializer):
    id = serializers.CharField()
    done = serializers.CharField()
    total = serializers.CharField(allow_null=True)

    class Meta:
        model = Job
        fields = [
            "id", "kind", "title", "state", "done", "total", "sentence", "error", "result_name", "cancel_asked_at",
            "created_at", "started_at", "ended_at", "attempt",
        ]  # fmt: skip
        read_only_fields = fields


class JobViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    """One's own background jobs, newest first. Parameters are left out: they may name customers."""

    queryset = Job.objects.none()
    serializer_class = JobSerializer
    keyset_order = ["-created_at", "-id"]
    permission_map = {"cancel": "staff.view_job"}

    def get_queryset(self):
        return Job.objects.visible_to(self.request.user).filter(owner=self.request.user).for_list()

    @extend_schema(request=None, responses=JobSerializer)
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, pk: str) -> Response:
        """Ask a job to stop. 400 if it is over."""
        job = cancel_job(actor=request.user, job_id=self.get_object().pk, at=timezone.now())
        return Response(JobSerializer(job).data)
