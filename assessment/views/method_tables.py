from django.contrib.auth.decorators import login_required, permission_required
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from assessment.forms.method_tables import MixRuleForm, ScaleTableForm
from assessment.models import MixRule, ScaleTable
from assessment.rules.mixes import DATA_LEVELS, NOVELTIES, RICH_LOSSES, RICH_READINGS, SOME_LOSSES, SOME_READINGS
from assessment.services.mixes import propose_mix_rule
from assessment.services.scale_tables import propose_scale_table
from assessment.table_columns import mix_columns, table_columns
from pages.columns import opens
from risk.views.acts import act, ask
from staff.models import ChangeRequest
from staff.views.waiting import say_waiting

COMMANDS = ["assessment.mix_rule.add", "assessment.scale_table.add"]


@require_safe
@login_required
@permission_required("assessment.view_assessment", raise_exception=True)
def methods(request):
    """Which methods are proposed for which risk, and how figures are mapped to the scale."""
    user, today = request.user, timezone.localdate()
    mix_url, table_url = reverse("assessment:mix_rule_change"), reverse("assessment:scale_table_change")
    mixes = set(MixRule.objects.in_force(today).values_list("pk", flat=True))
    tables = set(ScaleTable.objects.in_force(today).values_list("pk", flat=True))
    context = {
        "mix_columns": mix_columns(mixes),
        "mixes": sorted(MixRule.objects.all(), key=_by_novelty),
        "mix_row_url": opens(lambda rule: f"{mix_url}?like={rule.pk}") if user.has_perm("assessment.add_mixrule") else None,
        "table_columns": table_columns(tables),
        "tables": ScaleTable.objects.select_related("matrix"),
        "table_row_url": opens(lambda one: f"{table_url}?like={one.pk}")
        if user.has_perm("assessment.add_scaletable")
        else None,
        "actions": [
            act(user, "assessment.add_mixrule", _("New rule of methods"), mix_url, "plus"),
            act(user, "assessment.add_scaletable", _("New table of a scale"), table_url, "plus"),
        ],
        "bounds": {
            "some_readings": SOME_READINGS, "rich_readings": RICH_READINGS, "some_losses": SOME_LOSSES,
            "rich_losses": RICH_LOSSES,
        },
        "waiting": ChangeRequest.objects.open().filter(command__in=COMMANDS),
        "crumbs": [(_("Risk assessments"), reverse("assessment:assessment_list")), (_("Methods and scales"), "")],
    }  # fmt: skip
    return render(request, "assessment/methods.html", context)


def _by_novelty(rule):
    """From what is known to what is new, from no data to much, the newest rule first."""
    return NOVELTIES.index(rule.novelty), DATA_LEVELS.index(rule.data), -rule.valid_from.toordinal()


def _like(request, model):
    like = request.GET.get("like", "")
    return model.objects.filter(pk=int(like)).first() if like.isdecimal() and len(like) < 12 else None


def _change(request, form, fields, verb, service):
    back = reverse("assessment:methods")
    return ask(
        request,
        form,
        context={"crumbs": [(_("Methods and scales"), back), (verb, "")], "here": verb},
        verb=_("Ask for approval"),
        then=back,
        service=lambda: say_waiting(request, service(actor=request.user, at=timezone.now(), **fields())),
    )


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("assessment.add_mixrule", raise_exception=True)
def mix_rule_change(request):
    """Write the next rule, beginning with the one that was opened; it waits for somebody else's approval."""
    older = _like(request, MixRule)
    names = ("novelty", "data", "methods", "why")
    first = {name: getattr(older, name) for name in names} if older else {}
    form = MixRuleForm(request.POST or None, initial={"valid_from": timezone.localdate(), **first})
    return _change(request, form, lambda: form.cleaned_data, _("New rule of methods"), propose_mix_rule)


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("assessment.add_scaletable", raise_exception=True)
def scale_table_change(request):
    """Write the next table, beginning with the one that was opened; it waits for somebody else's approval."""
    older = _like(request, ScaleTable)
    first = {}
    if older:
        first = {
            "matrix_id": older.matrix_id,
            "figure": older.figure,
            "currency": older.currency,
            "source": older.source,
        }
        first["bounds"] = "\n".join(older.bounds)
    form = ScaleTableForm(request.POST or None, initial=first)
    return _change(request, form, form.as_table, _("New table of a scale"), propose_scale_table)
