from rest_framework import mixins, serializers, viewsets

from risk.filters.loan_grades import LoanGradeFilter
from risk.models import LoanGrade


class LoanGradeSerializer(serializers.ModelSerializer):
    loan = serializers.CharField(source="loan.number")
    customer = serializers.CharField(source="loan.customer.reference")
    currency = serializers.CharField(source="loan.currency")

    class Meta:
        model = LoanGrade
        fields = [
            "loan",
            "customer",
            "loan_class",
            "days_past_due",
            "days_known",
            "outstanding",
            "currency",
            "is_open",
            "as_of",
            "since",
        ]
        read_only_fields = fields


class LoanGradeViewSet(mixins.ListModelMixin, viewsets.GenericViewSet):
    """The loan book by class, longest overdue first."""

    queryset = LoanGrade.objects.none()
    serializer_class = LoanGradeSerializer
    filterset_class = LoanGradeFilter
    keyset_order = ["-days_past_due", "-loan_id"]

    def get_queryset(self):
        return LoanGrade.objects.visible_to(self.request.user).for_list()
