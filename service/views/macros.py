from django.contrib.auth.decorators import login_required, permission_required
from django.http import JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from customers.views.asking import ask
from pages.actions import Action
from pages.columns import opens
from pages.lists import Column
from service.forms.desk import MacroForm
from service.models import Macro
from service.rules.variables import VARIABLES
from service.services.macros import preview, save_macro
from service.views.page import visible_ticket

COLUMNS = (
    Column("name", gettext_lazy("Name"), card="wide"),
    Column("text", gettext_lazy("Text"), lambda row: row.text_in("en")[:120], card="wide"),
    Column("status", gettext_lazy("Then"), lambda row: row.get_status_display()),
    Column("priority", gettext_lazy("Priority"), lambda row: row.get_priority_display() if row.priority else ""),
    Column("queue", gettext_lazy("Queue"), lambda row: row.queue),
    Column("tags", gettext_lazy("Tags"), lambda row: ", ".join(row.tags)),
    Column("state", gettext_lazy("State"), lambda row: _("In use") if row.is_active else _("Not in use")),
)


@require_safe
@login_required
@permission_required("service.view_macro", raise_exception=True)
def macro_list(request):
    may = request.user.has_perm("service.change_macro")
    context = {
        "title": _("Macros"),
        "sub": _("Replies written once, and what they do to a ticket."),
        "rows": Macro.objects.select_related("queue"),
        "columns": COLUMNS,
        "row_url": opens(lambda row: reverse("service:macro_edit", args=[row.pk])) if may else None,
        "actions": [_new(may)],
        "empty": _("No macro yet: write the first reply that is used often."),
    }
    return render(request, "service/desk_list.html", context)


def _new(may):
    action = Action(_("New macro"), reverse("service:macro_create"), "plus", primary=True)
    return action.unless(None if may else _("Leads keep the macros."))


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("service.change_macro", raise_exception=True)
def macro_create(request):
    return _edit(request, Macro(), _("New macro"))


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("service.change_macro", raise_exception=True)
def macro_edit(request, pk):
    macro = get_object_or_404(Macro, pk=pk)
    return _edit(request, macro, macro.name)


def _edit(request, macro, title):
    form = MacroForm(request.POST or None, instance=macro)
    form.fields["text"].help_text = _("Variables: %(all)s") % {
        "all": ", ".join(f"{{{{{name}}}}}" for name in VARIABLES)
    }
    then = reverse("service:macro_list")
    return ask(
        request,
        form,
        title=title,
        verb=_("Save"),
        crumbs=[(_("Macros"), then)],
        service=lambda cleaned: save_macro(actor=request.user, macro=form.instance),
        then=then,
        draft="macro",
    )


@require_safe
@login_required
@permission_required("service.answer_ticket", raise_exception=True)
def macro_preview(request, reference, pk):
    """What a macro would write and change on this ticket; nothing is kept before the answer is sent."""
    ticket = visible_ticket(request, reference)
    macro = get_object_or_404(Macro, pk=pk, is_active=True)
    shown = preview(macro=macro, ticket=ticket, actor=request.user, today=timezone.localdate())
    said = "; ".join(f"{label}: {value}" for label, value in shown.changes)
    return JsonResponse({"text": shown.text, "status": shown.status, "changes": said})
