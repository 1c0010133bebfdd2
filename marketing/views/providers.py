from django.contrib.auth.decorators import login_required, permission_required
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from customers.services.suitability_rules import company_day
from customers.views.dated_rules import changing
from marketing.columns import provider_columns
from marketing.dated_rules import CONTACT_RULES, VALUE_RULES
from marketing.filters.campaigns import ProviderFilter
from marketing.forms.campaigns import ProviderForm
from marketing.models import ContactRule, Provider, ValueRule
from marketing.services.providers import save_provider
from pages.columns import Column
from pages.formats import day
from pages.lists import ListPage, render_list
from risk.views.acts import act, ask


@require_safe
@login_required
@permission_required("marketing.view_provider", raise_exception=True)
def provider_list(request):
    listing = ListPage(
        request,
        filterset=ProviderFilter(
            request.GET, queryset=Provider.objects.visible_to(request.user).for_list(), request=request
        ),
        columns=provider_columns(),
        order=["name", "id"],
        row_url=lambda one: (
            reverse("marketing:provider_edit", args=[one.code])
            if request.user.has_perm("marketing.change_provider")
            else ""
        ),
        all_label=_("All providers"),
        label=_("Providers"),
        empty=_("No provider yet. An administrator sets up the mail server or gateway that messages go out by."),
    )
    new = reverse("marketing:provider_create")
    actions = [act(request.user, "marketing.change_provider", _("New provider"), new, "plus", primary=True)]
    return render_list(request, "marketing/provider_list.html", listing, actions=actions)


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("marketing.change_provider", raise_exception=True)
def provider_create(request):
    return _ask(request, ProviderForm(request.POST or None), _("New provider"))


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("marketing.change_provider", raise_exception=True)
def provider_edit(request, code):
    provider = get_object_or_404(Provider.objects.visible_to(request.user), code=code)
    return _ask(request, ProviderForm(request.POST or None, instance=provider), _("Edit the provider"))


def _ask(request, form, verb):
    back = reverse("marketing:provider_list")
    return ask(
        request, form, context={"crumbs": [(_("Providers"), back), (verb, "")]}, verb=verb, then=back,
        service=lambda: save_provider(actor=request.user, provider=form.instance),
    )  # fmt: skip


RULE_COLUMNS = (
    Column("code", gettext_lazy("Rule"), lambda row: row.get_code_display()),
    Column("jurisdiction", gettext_lazy("Jurisdiction"), lambda row: row.jurisdiction or _("elsewhere")),
    Column("span", gettext_lazy("Value"), lambda row: row.span),
    Column("valid_from", gettext_lazy("From"), lambda row: day(row.valid_from)),
    Column("valid_to", gettext_lazy("Until"), lambda row: day(row.valid_to)),
    Column("source", gettext_lazy("Source"), lambda row: row.source),
)


VALUE_COLUMNS = (
    RULE_COLUMNS[0], Column("line", gettext_lazy("Line"), lambda row: row.line or _("every line")), *RULE_COLUMNS[2:]
)  # fmt: skip


@require_safe
@login_required
@permission_required("marketing.view_contactrule", raise_exception=True)
def contact_rule_list(request):
    """How often and when customers may be written to: what holds today, and what comes."""
    today = company_day(timezone.now())
    in_force = ContactRule.objects.visible_to(request.user).in_force(today)
    change, confirm = "marketing:contact_rule_change", "marketing:contact_rule_confirm"
    pages = changing(request.user, CONTACT_RULES, change=change, confirm=confirm)
    values = changing(
        request.user, VALUE_RULES, change="marketing:value_rule_change", confirm="marketing:value_rule_confirm"
    )
    context = {
        "rules": in_force,
        "others": ContactRule.objects.visible_to(request.user).exclude(pk__in=in_force.values("pk")),
        "columns": (*RULE_COLUMNS, Column("confirmed", gettext_lazy("Confirmed"), pages["confirmed"])),
        "unsure": in_force.filter(needs_confirmation=True).count(),
        "today": today,
        **pages,
        "values": ValueRule.objects.visible_to(request.user).in_force(today),
        "value_columns": (*VALUE_COLUMNS, Column("confirmed", gettext_lazy("Confirmed"), values["confirmed"])),
        "value_url": values["rule_url"],
        "waiting": [*pages["waiting"], *values["waiting"]],
        "actions": [*pages["actions"], *values["actions"]],
    }
    return render(request, "marketing/contact_rule_list.html", context)
