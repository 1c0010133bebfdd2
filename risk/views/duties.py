from django.contrib.auth.decorators import login_required, permission_required
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from pages.columns import opens
from pages.formats import number
from risk.duty_columns import exception_columns
from risk.forms.duties import ConflictRuleForm, DutyExceptionForm, RetireRuleForm
from risk.models import ConflictRule, DutyException, RiskLevel
from risk.rules.duties import in_square
from risk.services.duties import conflicts_of, find_conflicts
from risk.services.duty_rules import duty_names, propose_exception, propose_rule
from risk.views.acts import act, ask
from staff.models import ChangeRequest
from staff.views.waiting import say_waiting


def _frame(request, here):
    """What the three tabs share: themselves, the button of a new rule, and what waits."""
    tabs = [
        ("risk:duty_matrix", _("Matrix")),
        ("risk:duty_conflicts", _("Conflicts")),
        ("risk:duty_exceptions", _("Accepted conflicts")),
    ]
    new = reverse("risk:duty_rule_new")
    return {
        "tabs": [(label, reverse(name), name == here) for name, label in tabs],
        "actions": [act(request.user, "risk.change_conflictrule", _("New rule"), new, "plus", primary=True)],
        "waiting": ChangeRequest.objects.open().filter(command="risk.conflict_rule.set"),
    }


@require_safe
@login_required
@permission_required("risk.view_conflictrule", raise_exception=True)
def duty_matrix(request):
    """Duties against duties: which are kept apart, how gravely, and how many people hold both now."""
    found = {frozenset((one.rule.first, one.rule.second)): one for one in find_conflicts()}
    names = duty_names()
    duties = in_square((one.rule.first, one.rule.second) for one in found.values())
    words = [names.get(duty, duty) for duty in duties]
    rows = [
        (names.get(row, row), [_cell(found.get(frozenset((row, column))), row == column) for column in duties])
        for row in duties
    ]
    context = {
        "columns": words,
        "rows": rows,
        "legend": [(level.value, level.label) for level in RiskLevel],
        **_frame(request, "risk:duty_matrix"),
    }
    return render(request, "risk/duty_matrix.html", context)


def _cell(found, diagonal):
    if found is None:
        return {"value": "·" if diagonal else "", "note": ""}
    count = len(found.open)
    people = ngettext("%(n)s person", "%(n)s people", count) % {"n": number(count)}
    accepted = _("%(n)s accepted") % {"n": number(len(found.accepted))} if found.accepted else ""
    severity = str(found.rule.get_severity_display())
    note = " · ".join(part for part in (severity, accepted) if part)
    return {
        "level": found.rule.severity,
        "value": number(count),
        "note": note,
        "url": reverse("risk:duty_rule_detail", args=[found.rule.pk]),
        "label": f"{people}, {note}",
    }


@require_safe
@login_required
@permission_required("risk.view_conflictrule", raise_exception=True)
def duty_conflicts(request):
    """Duties that one person should not hold together, and who holds them together now."""
    names = duty_names()
    conflicts = [
        (names.get(found.rule.first, found.rule.first), names.get(found.rule.second, found.rule.second), found)
        for found in find_conflicts()
    ]
    people = {holder.person.pk for _first, _second, found in conflicts for holder in found.open}
    context = {"conflicts": conflicts, "people": len(people), **_frame(request, "risk:duty_conflicts")}
    return render(request, "risk/duty_conflicts.html", context)


@require_safe
@login_required
@permission_required("risk.view_conflictrule", raise_exception=True)
def duty_exceptions(request):
    """Conflicts that were accepted, those that end last first; expired ones stay to be read."""
    context = {
        **_frame(request, "risk:duty_exceptions"),
        "columns": exception_columns(duty_names(), timezone.localdate()),
        "rows": DutyException.objects.for_list(),
        "row_url": opens(lambda row: reverse("risk:duty_rule_detail", args=[row.rule_id])),
    }
    return render(request, "risk/duty_exceptions.html", context)


@require_safe
@login_required
@permission_required("risk.view_conflictrule", raise_exception=True)
def duty_rule_detail(request, pk):
    """One rule: why, who holds both duties, what of that is accepted."""
    rule = get_object_or_404(ConflictRule, pk=pk)
    names, today = duty_names(), timezone.localdate()
    over = _("This rule is retired.") if rule.is_retired else ""
    change, accept = (reverse(name, args=[pk]) for name in ("risk:duty_rule_change", "risk:duty_accept"))
    retire = reverse("risk:duty_rule_retire", args=[pk])
    context = {
        "rule": rule,
        "pair": f"{names.get(rule.first, rule.first)} × {names.get(rule.second, rule.second)}",
        "first": names.get(rule.first, rule.first),
        "second": names.get(rule.second, rule.second),
        "found": conflicts_of([] if rule.is_retired else [rule], today),
        "columns": exception_columns(names, today),
        "rows": rule.exceptions.for_list(),
        "waiting": ChangeRequest.objects.open().about("risk_conflictrule", pk),
        "crumbs": [(_("Segregation of duties"), reverse("risk:duty_matrix")), (str(names.get(rule.first, rule.first)), "")],
        "actions": [
            act(request.user, "risk.add_dutyexception", _("Accept a conflict"), accept, "check", hurdle=over, primary=True),
            act(request.user, "risk.change_conflictrule", _("Change"), change, "edit"),
            act(request.user, "risk.change_conflictrule", _("Retire"), retire, "archive", hurdle=over),
        ],
    }  # fmt: skip
    return render(request, "risk/duty_rule_detail.html", context)


def _write(request, rule, here):
    first = {}
    if rule is not None:
        first = {"first": rule.first, "second": rule.second, "severity": rule.severity, "why": rule.reason}
    form = ConflictRuleForm(request.POST or None, rule=rule, initial=first)
    back = reverse("risk:duty_rule_detail", args=[rule.pk]) if rule else reverse("risk:duty_matrix")
    return ask(
        request,
        form,
        context={"here": here, "crumbs": [(_("Segregation of duties"), reverse("risk:duty_matrix")), (here, "")]},
        verb=_("Ask for approval"),
        then=back,
        service=lambda: say_waiting(
            request, propose_rule(actor=request.user, at=timezone.now(), **form.cleaned_data)
        ),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("risk.change_conflictrule", raise_exception=True)
def duty_rule_new(request):
    """Write a rule of two duties; it waits for somebody else's approval."""
    return _write(request, None, _("New rule"))


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("risk.change_conflictrule", raise_exception=True)
def duty_rule_change(request, pk):
    """Change a rule, or put a retired one in force again, by two people."""
    return _write(request, get_object_or_404(ConflictRule, pk=pk), _("Change the rule"))


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("risk.change_conflictrule", raise_exception=True)
def duty_rule_retire(request, pk):
    """Retire a rule, by two people; what it said stays."""
    rule = get_object_or_404(ConflictRule, pk=pk)
    form = RetireRuleForm(request.POST or None)
    fields = {"first": rule.first, "second": rule.second, "severity": rule.severity, "why": rule.reason}
    here = _("Retire the rule")
    return ask(
        request,
        form,
        context={"here": here, "crumbs": [(_("Segregation of duties"), reverse("risk:duty_matrix")), (here, "")]},
        verb=_("Ask for approval"),
        then=reverse("risk:duty_rule_detail", args=[pk]),
        service=lambda: say_waiting(
            request,
            propose_rule(actor=request.user, at=timezone.now(), is_retired=True, **fields, **form.cleaned_data),
        ),
    )


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("risk.add_dutyexception", raise_exception=True)
def duty_accept(request, pk):
    """Accept one person's conflict until a day; it waits for somebody else's approval, never its holder's."""
    rule = get_object_or_404(ConflictRule, pk=pk)
    found = conflicts_of([] if rule.is_retired else [rule], timezone.localdate())
    people = [holder.person for one in found for holder in one.holders]
    form = DutyExceptionForm(request.POST or None, user=request.user, people=people)
    here = _("Accept a conflict")
    return ask(
        request,
        form,
        context={"here": here, "crumbs": [(_("Segregation of duties"), reverse("risk:duty_matrix")), (here, "")]},
        verb=_("Ask for approval"),
        then=reverse("risk:duty_rule_detail", args=[pk]),
        service=lambda: say_waiting(
            request, propose_exception(actor=request.user, at=timezone.now(), rule_id=pk, **form.as_exception())
        ),
    )
