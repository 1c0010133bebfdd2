from django.contrib.auth.decorators import login_required, permission_required
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from audit.templatetags.why import why
from pages.actions import Action
from pages.formats import day, money
from pages.lists import ListPage, render_list
from pages.templatetags.pages import figure
from risk.columns import CLASS_TONES, days_text, loan_columns, rule_columns
from risk.explanations import rules_for
from risk.filters.loan_grades import LoanGradeFilter
from risk.models import LoanGrade


@require_safe
@login_required
@permission_required("risk.view_loangrade", raise_exception=True)
def loan_list(request):
    """The loan book by class; the indicators on non-performing and overdue loans open here."""
    listing = ListPage(
        request,
        filterset=LoanGradeFilter(
            request.GET, queryset=LoanGrade.objects.visible_to(request.user).for_list(), request=request
        ),
        columns=loan_columns(),
        order=["-days_past_due", "-loan_id"],
        row_url=loan_url,
        all_label=_("All loans"),
        label=_("Loans"),
        empty=_("No loan is classed yet. The nightly run does it."),
    )
    return render_list(request, "risk/loan_list.html", listing)


def loan_url(grade):
    return f"/risk/loans/{grade.pk}/"  # 50 rows a page: reverse() would cost more than the row


@require_safe
@login_required
@permission_required("risk.view_loangrade", raise_exception=True)
def loan_detail(request, pk):
    """A loan as risk sees it: its class, since when, and under which rules."""
    grade = get_object_or_404(LoanGrade.objects.visible_to(request.user).for_list(), pk=pk)
    loan = grade.loan
    return render(
        request,
        "risk/loan_detail.html",
        {
            "grade": grade,
            "title": loan.number,
            "pills": [(grade.get_loan_class_display(), CLASS_TONES[grade.loan_class])],
            "facts": [loan.product, loan.product.line, _("granted on %(day)s") % {"day": day(loan.disbursed_on)}],
            "figures": _figures(grade),
            "rules": rules_for(loan.product.jurisdiction, grade.as_of),
            "columns": rule_columns(),
            "crumbs": [(_("Loan book"), reverse("risk:loan_list")), (loan.number, "")],
            "actions": _actions(request.user, loan),
        },
    )


def _figures(grade):
    label = _("Class")
    explained = why("loan", grade.pk, "class", label)
    return [
        figure(label, grade.get_loan_class_display(), "", CLASS_TONES[grade.loan_class], aside=explained),
        figure(_("Days past due"), days_text(grade)),
        figure(_("Outstanding"), money(grade.outstanding, grade.loan.currency)),
        figure(_("In this class since"), day(grade.since)),
    ]


def _actions(user, loan):
    base = f"/customers/{loan.customer.reference}/"
    why_not = "" if user.has_perm("customers.view_customer") else _("Your role does not see customers.")
    return [
        Action(_("Loan and schedule"), f"{base}loans/{loan.pk}/", "cash").unless(why_not),
        Action(loan.customer.reference, base, "user").unless(why_not),
    ]
