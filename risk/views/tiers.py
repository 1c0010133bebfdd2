from django.contrib.auth.decorators import login_required, permission_required
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from pages.columns import opens
from risk.forms.scales import TierRuleForm
from risk.models import TierRule
from risk.scales_columns import tier_columns
from risk.services.tiers import propose_tier_rule
from risk.views.acts import act, ask
from staff.models import ChangeRequest
from staff.views.waiting import say_waiting


@require_safe
@login_required
@permission_required("risk.view_risk", raise_exception=True)
def tier_rules(request):
    """Which tier a residual level puts a risk into, and within how many days it is reviewed; the newest first."""
    url = reverse("risk:tier_rule_change")
    may = request.user.has_perm("risk.add_tierrule")
    in_force = set(TierRule.objects.in_force(timezone.localdate()).values_list("pk", flat=True))
    context = {
        "columns": tier_columns(in_force),
        "rows": TierRule.objects.order_by("tier", "level", "-valid_from"),
        "row_url": opens(lambda rule: f"{url}?like={rule.pk}") if may else None,
        "actions": [act(request.user, "risk.add_tierrule", _("New rule"), url, "plus", primary=True)],
        "waiting": ChangeRequest.objects.open().filter(command="risk.tier_rule.add"),
        "crumbs": [(_("Register"), reverse("risk:risk_list")), (_("Rules of tiers"), "")],
    }
    return render(request, "risk/tier_rules.html", context)


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("risk.add_tierrule", raise_exception=True)
def tier_rule_change(request):
    """Write the next rule of a level, beginning with the one that was opened; it waits for somebody else's approval."""
    like = request.GET.get("like", "")
    older = TierRule.objects.filter(pk=int(like)).first() if like.isdecimal() and len(like) < 12 else None
    first = {name: getattr(older, name) for name in ("level", "tier", "review_days")} if older else {}
    form = TierRuleForm(request.POST or None, initial={"valid_from": timezone.localdate(), **first})
    back = reverse("risk:tier_rules")
    return ask(
        request,
        form,
        context={"crumbs": [(_("Rules of tiers"), back), (_("New rule"), "")], "here": _("New rule of tiers")},
        verb=_("Ask for approval"),
        then=back,
        service=lambda: say_waiting(
            request, propose_tier_rule(actor=request.user, at=timezone.now(), **form.cleaned_data)
        ),
    )
