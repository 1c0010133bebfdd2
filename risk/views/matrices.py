from django.contrib.auth.decorators import login_required, permission_required
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from pages.columns import opens
from risk.formats import scale_labels
from risk.forms.scales import InForceForm, MappingForm, MatrixForm
from risk.models import RiskMatrix
from risk.scales_columns import matrix_columns
from risk.services.matrices import draft_matrix, map_matrix, propose_matrix
from risk.services.register import matrix_in_force
from risk.views.acts import act, ask
from risk.views.heat_map import Cell
from staff.models import ChangeRequest
from staff.views.waiting import say_waiting


@require_safe
@login_required
@permission_required("risk.view_risk", raise_exception=True)
def matrix_list(request):
    """Versions of the matrix, newest first."""
    url = reverse("risk:matrix_draft")
    context = {
        "columns": matrix_columns(),
        "rows": RiskMatrix.objects.order_by("-version"),
        "row_url": opens(lambda row: f"/risk/matrices/{row.pk}/"),
        "actions": [act(request.user, "risk.add_riskmatrix", _("Draft a version"), url, "plus", primary=True)],
    }
    return render(request, "risk/matrix_list.html", context)


@require_safe
@login_required
@permission_required("risk.view_risk", raise_exception=True)
def matrix_detail(request, pk):
    """The places of one version, what became of old ones, and what is left to do for a draft."""
    matrix = get_object_or_404(RiskMatrix, pk=pk)
    likelihoods, impacts = scale_labels(matrix)
    cells = {(cell.likelihood, cell.impact): cell for cell in matrix.cells.all()}
    rows = [
        (word, [_cell(cells[row, column]) for column in range(1, len(impacts) + 1)])
        for row, word in reversed(list(enumerate(likelihoods, 1)))
    ]
    context = {
        "matrix": matrix,
        "rows": rows,
        "impacts": impacts,
        "mappings": matrix.mappings.select_related("old_matrix"),
        "waiting": ChangeRequest.objects.open().about("risk_riskmatrix", pk),
        "actions": _actions(request.user, matrix),
        "crumbs": [(_("Matrices"), reverse("risk:matrix_list")), (str(matrix), "")],
    }
    return render(request, "risk/matrix_detail.html", context)


def _cell(cell):
    return Cell(cell.score, 0, cell.level, "", "")


def _actions(user, matrix):
    agreed = _("This matrix is agreed already.") if matrix.in_force_from else ""
    to = lambda name: reverse(f"risk:matrix_{name}", args=[matrix.pk])  # noqa: E731
    return [
        act(user, "risk.add_riskmatrix", _("Map old places"), to("map"), "edit", hurdle=agreed),
        act(user, "risk.add_riskmatrix", _("Put in force"), to("begin"), "check", hurdle=agreed, primary=True),
    ]


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("risk.add_riskmatrix", raise_exception=True)
def matrix_draft(request):
    form = MatrixForm(request.POST or None)
    return ask(
        request,
        form,
        then=reverse("risk:matrix_list"),
        verb=_("Save the draft"),
        context={"here": _("Draft a matrix")},
        service=lambda: draft_matrix(actor=request.user, **form.as_draft()),
    )


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("risk.add_riskmatrix", raise_exception=True)
def matrix_map(request, pk):
    """Say of every place of the matrix in force which place of the draft it becomes."""
    matrix, url = get_object_or_404(RiskMatrix, pk=pk), reverse("risk:matrix_detail", args=[pk])
    if matrix.in_force_from:
        return redirect(url)
    old = matrix_in_force(timezone.localdate())
    first = {
        f"{one.old_likelihood}x{one.old_impact}": f"{one.likelihood}x{one.impact}"
        for one in matrix.mappings.filter(old_matrix=old)
    }
    form = MappingForm(request.POST or None, old=old, new=matrix, initial=first)
    return ask(
        request,
        form,
        then=url,
        verb=_("Save the mapping"),
        context={"here": _("Where ratings under %(matrix)s go") % {"matrix": old}},
        service=lambda: map_matrix(actor=request.user, matrix_id=pk, places=form.as_places(), at=timezone.now()),
    )


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("risk.add_riskmatrix", raise_exception=True)
def matrix_begin(request, pk):
    matrix = get_object_or_404(RiskMatrix, pk=pk)
    form = InForceForm(request.POST or None)
    return ask(
        request,
        form,
        then=reverse("risk:matrix_detail", args=[pk]),
        verb=_("Ask for approval"),
        context={"here": _("Put matrix %(matrix)s in force") % {"matrix": matrix}},
        service=lambda: say_waiting(
            request, propose_matrix(actor=request.user, matrix_id=pk, at=timezone.now(), **form.cleaned_data)
        ),
    )
