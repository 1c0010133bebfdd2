"""The matrix and the other rules of suitability, a change of the matrix, and the list of all assessments."""

from dataclasses import replace

from django.contrib.auth.decorators import login_required, permission_required
from django.core.exceptions import ValidationError
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from customers.dated_rules import COOLING_OFF_RULES, SUITABILITY_RULES
from customers.filters.suitability import SuitabilityFilter
from customers.forms.suitability import MATCHES, MatrixForm, cell
from customers.masking import Masked
from customers.models import CoolingOffRule, InvestorClass, SuitabilityMatrix, SuitabilityResult, SuitabilityRule
from customers.services.suitability_rules import propose_matrix
from customers.suitability_columns import result_columns
from customers.suitability_commands import MATRIX
from customers.views.asking import add_errors
from customers.views.dated_rules import changing
from customers.views.frame import customer_url
from pages.actions import Action
from pages.formats import day
from pages.forms import form_helper
from pages.lists import Column, ListPage, render_list
from products.models import LineCode, RiskRating
from staff.models import ChangeRequest
from staff.views.waiting import say_waiting

SHORT = dict(MATCHES)
MATCH_TONES = {"yes": "green", "confirm": "amber", "no": "red"}


def place_cell(row):
    return row.jurisdiction or _("elsewhere")


RULE_COLUMNS = (
    Column("code", gettext_lazy("Rule"), lambda row: row.get_code_display()),
    Column("jurisdiction", gettext_lazy("Jurisdiction"), place_cell),
    Column("span", gettext_lazy("Value"), lambda row: row.span),
    Column("valid_from", gettext_lazy("From"), lambda row: day(row.valid_from)),
    Column("valid_to", gettext_lazy("Until"), lambda row: day(row.valid_to)),
    Column("source", gettext_lazy("Source"), lambda row: row.source),
)
COOLING_OFF_COLUMNS = (
    Column("line", gettext_lazy("Line"), lambda row: row.get_line_display()),
    Column("jurisdiction", gettext_lazy("Jurisdiction"), place_cell),
    Column("span", gettext_lazy("Value"), lambda row: row.span),
    Column("event", gettext_lazy("Counted from"), lambda row: row.get_event_display()),
    Column("longer", gettext_lazy("Contracts longer than, months"), lambda row: row.longer_than_months or "–"),
    Column("valid_from", gettext_lazy("From"), lambda row: day(row.valid_from)),
    Column("valid_to", gettext_lazy("Until"), lambda row: day(row.valid_to)),
    Column("source", gettext_lazy("Source"), lambda row: row.source),
)


@require_safe
@login_required
@permission_required("customers.view_suitabilitymatrix", raise_exception=True)
def suitability_matrix(request):
    """Which class may buy which rating, where and since when; the rules beside it; what waits to change it."""
    user, today = request.user, timezone.localdate()
    in_force = sorted(
        SuitabilityMatrix.objects.in_force(today), key=lambda one: (not one.jurisdiction, one.jurisdiction)
    )
    others = SuitabilityMatrix.objects.exclude(pk__in=[one.pk for one in in_force])
    why_not = None if user.has_perm("customers.add_suitabilitymatrix") else _("Risk and compliance change the matrix.")
    sees = None if user.has_perm("customers.view_suitabilityresult") else _("The desk and control see assessments.")
    rules = changing(
        user,
        SUITABILITY_RULES,
        change="customers:suitability_rule_change",
        confirm="customers:suitability_rule_confirm",
    )
    periods = changing(
        user,
        COOLING_OFF_RULES,
        change="customers:cooling_off_rule_change",
        confirm="customers:cooling_off_rule_confirm",
    )
    return render(
        request,
        "customers/suitability_matrix.html",
        {
            "ratings": RiskRating.values,
            "in_force": [_table(one) for one in in_force],
            "others": [_table(one) for one in others.order_by("-valid_from")[:20]],
            "rules": SuitabilityRule.objects.in_force(today),
            "rule_columns": (*RULE_COLUMNS, Column("confirmed", gettext_lazy("Confirmed"), rules["confirmed"])),
            "rule_url": rules["rule_url"],
            "periods": CoolingOffRule.objects.in_force(today),
            "period_columns": (
                *COOLING_OFF_COLUMNS,
                Column("confirmed", gettext_lazy("Confirmed"), periods["confirmed"]),
            ),
            "period_url": periods["rule_url"],
            "waiting": ChangeRequest.objects.open().of(
                [MATRIX, *SUITABILITY_RULES.commands, *COOLING_OFF_RULES.commands]
            ),
            "actions": [
                Action(_("Assessments"), reverse("customers:suitability_list"), "list-check").unless(sees),
                Action(
                    _("Change the matrix"), reverse("customers:suitability_matrix_change"), "edit", primary=True
                ).unless(why_not),
                *(replace(action, primary=False) for action in (*rules["actions"], *periods["actions"])),
            ],
        },
    )


def _table(matrix):
    def shown(investor_class):
        matches = [matrix.match(investor_class, rating) for rating in RiskRating.values]
        return [(MATCH_TONES[match], SHORT[match]) for match in matches]

    return {
        "matrix": matrix,
        "place": matrix.get_place(),
        "lines": ", ".join(str(LineCode(line).label) for line in matrix.lines),
        "rows": [(InvestorClass(one).label, shown(one)) for one in InvestorClass.values],
    }


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("customers.add_suitabilitymatrix", raise_exception=True)
def suitability_matrix_change(request):
    """Write the next matrix of a jurisdiction, beginning from the one in force; somebody else approves it."""
    form = MatrixForm(request.POST or None, initial=_first(request.GET.get("of", "CN")))
    back = reverse("customers:suitability_matrix")
    outer = ["jurisdiction", "valid_from", "lines", "source"]
    form.helper = form_helper(form, fields=outer)
    form.helper.form_tag = False
    form.helper.layout.fields.pop()  # the button stands below the table of the cells
    if form.is_valid():
        try:
            made = propose_matrix(
                actor=request.user, arguments=form.arguments, reason=form.cleaned_data["reason"], at=timezone.now()
            )
            say_waiting(request, made)
            return redirect(back)
        except ValidationError as error:
            add_errors(form, error)
    crumbs = [(_("Suitability"), back), (_("Change the matrix"), "")]
    context = {"form": form, "title": _("Change the matrix"), "crumbs": crumbs, "ratings": RiskRating.values}
    return render(request, "customers/suitability_matrix_form.html", context, status=422 if form.errors else 200)


def _first(jurisdiction):
    today = timezone.localdate()
    matrix = SuitabilityMatrix.objects.the_one(jurisdiction[:2], today)
    cells = {
        cell(one, rating): matrix.match(one, rating) for one in InvestorClass.values for rating in RiskRating.values
    }
    said = {"jurisdiction": matrix.jurisdiction, "lines": matrix.lines, "source": matrix.source, "valid_from": today}
    return {**said, **cells}


@require_safe
@login_required
@permission_required("customers.view_suitabilityresult", raise_exception=True)
def suitability_list(request):
    """All assessments, newest first: by class, by when they expire, and those that wait for a look."""
    shown = Masked(request.user)
    seen = SuitabilityResult.objects.visible_to(request.user).for_list()
    listing = ListPage(
        request,
        filterset=SuitabilityFilter(request.GET, queryset=seen, request=request),
        columns=result_columns(shown.name),
        order=["-decided_at"],
        row_url=lambda row: customer_url(row.customer, "suitability/"),
        search_field="",
        label=_("Assessments"),
        empty=_("Nobody has been assessed yet."),
    )
    actions = [Action(_("Matrix and rules"), reverse("customers:suitability_matrix"), "grid-dots")]
    return render_list(request, "customers/suitability_list.html", listing, actions=actions)
