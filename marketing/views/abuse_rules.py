from django.contrib.auth.decorators import login_required, permission_required
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from marketing.forms.abuse_rules import AbuseRuleForm
from marketing.models import AbuseRule
from marketing.rules.abuse import SIGNS
from marketing.services.abuse import rule_in_force
from marketing.services.abuse_rules import propose_rule
from risk.views.acts import act, ask
from staff.models import ChangeRequest
from staff.views.waiting import say_waiting


@require_safe
@login_required
@permission_required("marketing.view_abuserule", raise_exception=True)
def abuse_rules(request):
    """From which score on a payout is held, and what each sign weighs; the rule in force is marked."""
    url, now = reverse("marketing:abuse_rule_change"), rule_in_force(timezone.now())
    context = {
        "signs": [AbuseRule._meta.get_field(sign).verbose_name for sign in SIGNS],
        "rules": [(rule, rule == now, [getattr(rule, sign) for sign in SIGNS]) for rule in AbuseRule.objects.all()],
        "actions": [act(request.user, "marketing.add_abuserule", _("New rule"), url, "plus", primary=True)],
        "waiting": ChangeRequest.objects.open().filter(command="marketing.abuse_rule.add"),
    }
    return render(request, "marketing/abuse_rules.html", context)


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("marketing.add_abuserule", raise_exception=True)
def abuse_rule_change(request):
    """Write the next rule, beginning with the one in force; it waits for somebody else's approval."""
    older = rule_in_force(timezone.now())
    kept = {name: getattr(older, name) for name in AbuseRuleForm.Meta.fields if name not in {"valid_from", "source"}}
    form = AbuseRuleForm(request.POST or None, initial={"valid_from": timezone.localdate(), **kept})
    back = reverse("marketing:abuse_rules")
    return ask(
        request,
        form,
        context={"crumbs": [(_("Rules of abuse"), back), (_("New rule"), "")], "here": _("New rule of abuse")},
        verb=_("Ask for approval"),
        then=back,
        service=lambda: say_waiting(request, propose_rule(actor=request.user, at=timezone.now(), **form.cleaned_data)),
    )
