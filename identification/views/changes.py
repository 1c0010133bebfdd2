from django.contrib.auth.decorators import login_required, permission_required
from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from identification.change_columns import change_columns, change_pill, due_text, lines_text
from identification.filters.changes import ChangeFilter
from identification.forms.changes import ChangeForm, EntryForm
from identification.models import RegulatoryChange
from identification.rules.changes import MOVES
from identification.services.changes import change_url, edit_change, move_change, note_change, record_change
from pages.lists import ListPage, render_list
from risk.models import ProposalSource, RiskClass, RiskProposal
from risk.views.acts import act, ask
from risk.views.proposals import propose_act, proposing

CHANGE = "identification.change_regulatorychange"
SHOWN = 100
# What a move to a state is called, what it asks, and its icon.
MOVED = {
    "assessing": (gettext_lazy("Assess it"), gettext_lazy("What is assessed, and by whom?"), "search"),
    "gap": (gettext_lazy("There is a gap"), gettext_lazy("How will the gap be closed?"), "flag"),
    "done": (gettext_lazy("It is done"), gettext_lazy("By what does one see that it is done?"), "check"),
    "not_ours": (gettext_lazy("Not for us"), gettext_lazy("Why is it not for us?"), "x"),
}


@require_safe
@login_required
@permission_required("identification.view_regulatorychange", raise_exception=True)
def change_list(request):
    seen = RegulatoryChange.objects.visible_to(request.user).for_list()
    listing = ListPage(
        request,
        filterset=ChangeFilter(request.GET, queryset=seen, request=request),
        columns=change_columns(),
        order=["due_on", "id"],
        row_url=lambda change: f"/identification/changes/{change.reference}/",
        all_label=_("All changes"),
        label=_("Changes of rules"),
        empty=_("No change of rules is recorded."),
    )
    url = reverse("identification:change_create")
    actions = [
        act(request.user, "identification.add_regulatorychange", _("Record a change"), url, "plus", primary=True)
    ]
    return render_list(request, "identification/change_list.html", listing, actions=actions)


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("identification.add_regulatorychange", raise_exception=True)
def change_create(request):
    form = ChangeForm(request.POST or None, user=request.user, initial={"owner": request.user.pk})
    return ask(
        request,
        form,
        context={"crumbs": [_place(), (_("Record a change"), "")]},
        verb=_("Record a change"),
        then=reverse("identification:change_list"),
        service=lambda: record_change(actor=request.user, at=timezone.now(), **form.cleaned_data),
        leads=change_url,
    )


@require_safe
@login_required
@permission_required("identification.view_regulatorychange", raise_exception=True)
def change_detail(request, reference):
    change = _change(request, reference)
    proposed = RiskProposal.objects.visible_to(request.user).filter(source_key=_key(change)).first()
    context = {
        "change": change,
        "state": change_pill(change),
        "due": due_text(change),
        "lines": lines_text(change),
        "crumbs": [_place(), (change.reference, "")],
        "actions": _actions(request.user, change),
        "entries": change.entries.select_related("by")[:SHOWN],
        "proposed": proposed,
    }
    return render(request, "identification/change_detail.html", context)


def _actions(user, change):
    to = lambda *place: reverse(f"identification:change_{place[0]}", args=[change.reference, *place[1:]])  # noqa: E731
    over = "" if change.is_open else _("%(change)s is over: assess it again first.") % {"change": change.reference}
    moves = [
        act(user, CHANGE, MOVED[state][0], to("move", state), MOVED[state][2], primary=place == 0)
        for place, state in enumerate(MOVES[change.state])
    ]
    return [
        *moves,
        act(user, CHANGE, _("Add entry"), to("note"), "message"),
        act(user, CHANGE, _("Edit"), to("edit"), "edit", hurdle=over),
        propose_act(user, to("propose")),
    ]


@require_http_methods(["GET", "POST"])
@login_required
@permission_required(CHANGE, raise_exception=True)
def change_edit(request, reference):
    change = _change(request, reference)
    form = ChangeForm(request.POST or None, instance=change, user=request.user)
    edit = lambda: edit_change(actor=request.user, change_id=change.pk, **form.cleaned_data)  # noqa: E731
    return _ask(request, change, form, _("Save change"), edit)


@require_http_methods(["GET", "POST"])
@login_required
@permission_required(CHANGE, raise_exception=True)
def change_move(request, reference, state):
    """Take a change of rules to another state, with a word why."""
    change = _change(request, reference)
    if state not in MOVED:
        raise Http404
    verb, question, _icon = MOVED[state]
    form = EntryForm(request.POST or None, label=question)
    move = lambda: move_change(  # noqa: E731
        actor=request.user, change_id=change.pk, state=state, at=timezone.now(), **form.cleaned_data
    )
    return _ask(request, change, form, verb, move)


@require_http_methods(["GET", "POST"])
@login_required
@permission_required(CHANGE, raise_exception=True)
def change_note(request, reference):
    change = _change(request, reference)
    form = EntryForm(request.POST or None)
    note = lambda: note_change(  # noqa: E731
        actor=request.user, change_id=change.pk, at=timezone.now(), **form.cleaned_data
    )
    return _ask(request, change, form, _("Add entry"), note)


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("identification.view_regulatorychange", raise_exception=True)
def change_propose(request, reference):
    change = _change(request, reference)
    lines = list(change.lines.all())
    return proposing(
        request,
        source=ProposalSource.REGULATORY_CHANGE,
        source_key=_key(change),
        url=change_url(change),
        source_title=str(change),
        initial={"description": change.gap or change.summary, "risk_class": RiskClass.LEGAL},
        line_id=lines[0].pk if len(lines) == 1 else None,
        then=change_url(change),
        crumbs=[_place(), (change.reference, change_url(change))],
    )


def _ask(request, change, form, verb, service):
    url = change_url(change)
    crumbs = [_place(), (change.reference, url), (verb, "")]
    context = {"crumbs": crumbs, "about": change.title}
    return ask(request, form, context=context, verb=verb, then=url, service=service)


def _change(request, reference):
    seen = RegulatoryChange.objects.visible_to(request.user).for_list().select_related("recorded_by")
    return get_object_or_404(seen, reference=reference.upper())


def _key(change):
    return f"{ProposalSource.REGULATORY_CHANGE}:{change.pk}"


def _place():
    return (_("Changes of rules"), reverse("identification:change_list"))
