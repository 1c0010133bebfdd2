from django.contrib.auth.decorators import login_required, permission_required
from django.db.models import Count, Q
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from customers.views.asking import ask
from pages.actions import Action
from pages.columns import opens
from pages.formats import number
from pages.lists import Column
from pages.templatetags.pages import pill_html
from service.forms.desk import AgentForm, QueueForm
from service.models import Agent, Queue
from service.services.queues import save_agent, save_queue

OPEN = Q(tickets__closed_at=None, tickets__resolved_at=None)
QUEUE_COLUMNS = (
    Column("name", gettext_lazy("Name"), card="wide"),
    Column("code", gettext_lazy("Code"), mono=True),
    Column("skills", gettext_lazy("Skills asked for"), lambda row: ", ".join(row.skills)),
    Column("assignment", gettext_lazy("Assignment"), lambda row: row.get_assignment_display()),
    Column("open", gettext_lazy("Open tickets"), lambda row: number(row.waiting), numeric=True),
    Column("state", gettext_lazy("State"), lambda row: _("In use") if row.is_active else _("Not in use")),
)
AGENT_COLUMNS = (
    Column("user", gettext_lazy("Person"), lambda row: row.user, card="wide"),
    Column(
        "there",
        gettext_lazy("Takes new work"),
        lambda row: pill_html(_("There"), "green") if row.is_available else pill_html(_("Away")),
    ),
    Column("queues", gettext_lazy("Queues"), lambda row: ", ".join(one.queue.name for one in row.queues.all())),
    Column("skills", gettext_lazy("Skills"), lambda row: ", ".join(row.skills)),
    Column(
        "load", gettext_lazy("Open tickets"), lambda row: f"{number(row.load)} / {number(row.capacity)}", numeric=True
    ),
)


@require_safe
@login_required
@permission_required("service.view_queue", raise_exception=True)
def queue_list(request):
    may = request.user.has_perm("service.change_queue")
    context = {
        "title": _("Queues"),
        "sub": _("Where tickets wait, and which skills they ask for."),
        "rows": Queue.objects.annotate(waiting=Count("tickets", filter=OPEN)),
        "columns": QUEUE_COLUMNS,
        "row_url": opens(lambda row: reverse("service:queue_edit", args=[row.pk])) if may else None,
        "actions": _actions(may, _("New queue"), "queue_create", _("Agents"), "agent_list"),
        "empty": _("No queue yet: tickets wait together."),
    }
    return render(request, "service/desk_list.html", context)


@require_safe
@login_required
@permission_required("service.view_queue", raise_exception=True)
def agent_list(request):
    may = request.user.has_perm("service.change_queue")
    load = Count("user__tickets", filter=Q(user__tickets__closed_at=None, user__tickets__resolved_at=None))
    context = {
        "title": _("Agents"),
        "sub": _("Who answers tickets, what they can do, and how much they have."),
        "rows": Agent.objects.select_related("user")
        .prefetch_related("queues__queue")
        .annotate(load=load)
        .order_by("user__full_name"),
        "columns": AGENT_COLUMNS,
        "row_url": opens(lambda row: reverse("service:agent_edit", args=[row.pk])) if may else None,
        "actions": _actions(may, _("New agent"), "agent_create", _("Queues"), "queue_list"),
        "empty": _("No agent yet: name those who answer tickets."),
    }
    return render(request, "service/desk_list.html", context)


def _actions(may, label, page, other, other_page):
    new = Action(label, reverse(f"service:{page}"), "plus", primary=True)
    return [
        new.unless(None if may else _("Leads keep queues and agents.")),
        Action(other, reverse(f"service:{other_page}"), "users"),
    ]


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("service.change_queue", raise_exception=True)
def queue_create(request):
    return _edit_queue(request, Queue(), _("New queue"))


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("service.change_queue", raise_exception=True)
def queue_edit(request, pk):
    queue = get_object_or_404(Queue, pk=pk)
    return _edit_queue(request, queue, queue.name)


def _edit_queue(request, queue, title):
    form, then = QueueForm(request.POST or None, instance=queue), reverse("service:queue_list")
    keep = lambda cleaned: save_queue(actor=request.user, queue=form.instance)  # noqa: E731
    return ask(request, form, title=title, verb=_("Save"), crumbs=[(_("Queues"), then)], service=keep, then=then)


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("service.change_queue", raise_exception=True)
def agent_create(request):
    return _edit_agent(request, Agent(), _("New agent"))


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("service.change_queue", raise_exception=True)
def agent_edit(request, pk):
    agent = get_object_or_404(Agent.objects.select_related("user"), pk=pk)
    return _edit_agent(request, agent, str(agent))


def _edit_agent(request, agent, title):
    form, then = AgentForm(request.POST or None, instance=agent), reverse("service:agent_list")
    keep = lambda cleaned: save_agent(actor=request.user, agent=form.instance, queues=cleaned["queues"])  # noqa: E731
    return ask(request, form, title=title, verb=_("Save"), crumbs=[(_("Agents"), then)], service=keep, then=then)
