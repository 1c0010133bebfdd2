from django.contrib.auth.decorators import login_required, permission_required
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from pages.lists import ListPage, render_list
from risk.columns import loan_columns
from risk.filters.loan_grades import LoanGradeFilter
from risk.models import LoanGrade


@require_safe
@login_required
@permission_required("risk.view_loangrade", raise_exception=True)
def loan_list(request):
    """The loan book by class; the indicators on non-performing and overdue loans open here."""
    may_open = request.user.has_perm("customers.view_customer")
    listing = ListPage(
        request,
        filterset=LoanGradeFilter(
            request.GET, queryset=LoanGrade.objects.visible_to(request.user).for_list(), request=request
        ),
        columns=loan_columns(),
        order=["-days_past_due", "-loan_id"],
        row_url=customer_url if may_open else None,
        all_label=_("All loans"),
        label=_("Loans"),
        empty=_("No loan is classed yet. The nightly run does it."),
    )
    return render_list(request, "risk/loan_list.html", listing)


def customer_url(grade):
    return f"/customers/{grade.loan.customer.reference}/"  # 50 rows a page: reverse() would cost more than the row
