from django.contrib.auth.decorators import login_required, permission_required
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from incidents.forms.notice_rules import NoticeRuleForm
from incidents.models import NoticeRule
from incidents.services.notice_rules import propose_rule
from risk.views.acts import act, ask
from staff.models import ChangeRequest
from staff.views.waiting import say_waiting


@require_safe
@login_required
@permission_required("incidents.view_noticerule", raise_exception=True)
def notice_rules(request):
    """Within how many hours whom is told of what, since when, and by which source; those in force are marked."""
    today = timezone.localdate()
    in_force = NoticeRule.objects.in_force(today).order_by("kind", "jurisdiction", "told", "-valid_from")
    newest = set(in_force.distinct("kind", "jurisdiction", "told").values_list("pk", flat=True))
    may = request.user.has_perm("incidents.add_noticerule")
    url = reverse("incidents:notice_rule_change")
    context = {
        "rules": [
            (rule, rule.pk in newest, f"{url}?like={rule.pk}" if may else "") for rule in NoticeRule.objects.all()
        ],
        "actions": [act(request.user, "incidents.add_noticerule", _("New rule"), url, "plus", primary=True)],
        "waiting": ChangeRequest.objects.open().filter(command="incidents.notice_rule.add"),
        "crumbs": [(_("Incidents"), reverse("incidents:incident_list")), (_("Rules of notice"), "")],
    }
    return render(request, "incidents/notice_rules.html", context)


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("incidents.add_noticerule", raise_exception=True)
def notice_rule_change(request):
    """Write the next rule of a kind, beginning with the one that was opened; it waits for somebody else's approval."""
    like = request.GET.get("like", "")
    older = NoticeRule.objects.filter(pk=int(like)).first() if like.isdecimal() and len(like) < 12 else None
    kept = [name for name in NoticeRuleForm.Meta.fields if not name.startswith("valid_")]
    first = {name: getattr(older, name) for name in kept} if older else {}
    form = NoticeRuleForm(request.POST or None, initial={"valid_from": timezone.localdate(), **first})
    back = reverse("incidents:notice_rules")
    return ask(
        request,
        form,
        context={"crumbs": [(_("Rules of notice"), back), (_("New rule"), "")], "here": _("New rule of notice")},
        verb=_("Ask for approval"),
        then=back,
        service=lambda: say_waiting(request, propose_rule(actor=request.user, at=timezone.now(), **form.cleaned_data)),
    )
