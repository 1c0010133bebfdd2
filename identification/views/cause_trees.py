from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from identification.filters.cause_trees import CauseTreeFilter
from identification.forms.cause_trees import NodeForm, TreeForm
from identification.models import CauseNode, CauseTree
from identification.services.cause_trees import begin_tree, change_tree, remove_node, tree_url, write_node
from identification.tree_columns import tree_columns
from identification.tree_drawing import draw_tree
from identification.tree_subjects import subject_of
from pages.forms import form_helper
from pages.lists import ListPage, render_list
from risk.models import ProposalSource, RiskClass
from risk.views.acts import act, add_errors, ask
from risk.views.proposals import proposing

CHANGE = "identification.change_causetree"


def tree_action(user, key):
    """The button *Cause tree* for the page of a record that rooms above have registered: to its tree, or to a new one."""
    tree = CauseTree.objects.visible_to(user).filter(subject_key=key).first()
    if tree:
        return act(user, "identification.view_causetree", _("Cause tree"), tree_url(tree), "hierarchy")
    url = f"{reverse('identification:tree_create')}?subject={key}"
    return act(user, "identification.add_causetree", _("Cause tree"), url, "hierarchy")


@require_safe
@login_required
@permission_required("identification.view_causetree", raise_exception=True)
def tree_list(request):
    seen = CauseTree.objects.visible_to(request.user).for_list()
    listing = ListPage(
        request,
        filterset=CauseTreeFilter(request.GET, queryset=seen, request=request),
        columns=tree_columns(),
        order=["-begun_at", "-id"],
        row_url=lambda row: f"/identification/trees/{row.reference}/",
        all_label=_("All cause trees"),
        label=_("Cause trees"),
        empty=_("No cause tree yet."),
    )
    url = reverse("identification:tree_create")
    actions = [act(request.user, "identification.add_causetree", _("New cause tree"), url, "plus", primary=True)]
    return render_list(request, "identification/tree_list.html", listing, actions=actions)


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("identification.add_causetree", raise_exception=True)
def tree_create(request):
    """Of an event, or of the record that `subject` names, if the person sees it."""
    key = request.GET.get("subject", "")
    subject = subject_of(request.user, key) if key else None
    if key and subject is None:
        raise Http404
    initial = {"top_event": subject.title[:200], "line": subject.line_id, "risk": subject.risk} if subject else {}
    form = TreeForm(request.POST or None, user=request.user, initial=initial)
    return ask(
        request,
        form,
        context={"crumbs": [(_("Cause trees"), _list_url()), (_("New cause tree"), "")]},
        verb=_("Begin cause tree"),
        then=subject.url if subject else _list_url(),
        service=lambda: begin_tree(actor=request.user, subject_key=key, at=timezone.now(), **form.as_tree()),
        leads=tree_url,
    )


@require_safe
@login_required
@permission_required("identification.view_causetree", raise_exception=True)
def tree_detail(request, reference):
    """The tree as nested lists, its root causes, and a form for the next cause, which Ctrl+Enter adds."""
    tree = _tree(request, reference)
    under = request.GET.get("under", "")
    parent = tree.nodes.filter(pk=under).first() if under.isascii() and under.isdigit() and len(under) < 18 else None
    writes = request.user.has_perm(CHANGE)
    return _page(request, tree, NodeForm(tree=tree, initial={"parent": parent}) if writes else None)


@require_POST
@login_required
@permission_required(CHANGE, raise_exception=True)
def node_add(request, reference):
    tree = _tree(request, reference)
    form = NodeForm(request.POST, tree=tree)
    if form.is_valid():
        try:
            node = write_node(actor=request.user, tree_id=tree.pk, **form.cleaned_data)
            return redirect(f"{tree_url(tree)}?under={node.parent_id or ''}#next")
        except ValidationError as error:
            add_errors(form, error)
    return _page(request, tree, form)


def _page(request, tree, form):
    if form:
        form.helper = form_helper(form, _("Add cause"))
        form.helper.form_action = reverse("identification:node_add", args=[tree.reference])
    nodes = list(tree.nodes.select_related("cause"))
    context = {
        "tree": tree,
        "branches": _nested(nodes),
        "drawing": draw_tree(tree, nodes) if nodes else None,
        "branches_count": len(nodes),
        "roots": [node for node in nodes if node.kind == "root"],
        "form": form,
        "writes": form is not None,
        "subject": subject_of(request.user, tree.subject_key),
        "crumbs": [(_("Cause trees"), _list_url()), (tree.reference, "")],
        "actions": [
            act(request.user, CHANGE, _("Edit"), reverse("identification:tree_edit", args=[tree.reference]), "edit")
        ],
    }
    return render(request, "identification/tree_detail.html", context, status=422 if form and form.errors else 200)


def _nested(nodes):
    """Each cause with what stands under it, in one pass."""
    branches = {node.pk: {"node": node, "under": []} for node in nodes}
    top = []
    for node in nodes:
        (branches[node.parent_id]["under"] if node.parent_id else top).append(branches[node.pk])
    return top


@require_http_methods(["GET", "POST"])
@login_required
@permission_required(CHANGE, raise_exception=True)
def tree_edit(request, reference):
    tree = _tree(request, reference)
    form = TreeForm(request.POST or None, instance=tree, user=request.user)
    change = lambda: change_tree(actor=request.user, tree_id=tree.pk, **form.as_tree())  # noqa: E731
    return _ask(request, tree, form, _("Edit"), change)


@require_http_methods(["GET", "POST"])
@login_required
@permission_required(CHANGE, raise_exception=True)
def node_edit(request, pk):
    """Write a cause anew, or move it with all that stands under it."""
    node = _node(request, pk)
    form = NodeForm(request.POST or None, instance=node, tree=node.tree)
    write = lambda: write_node(  # noqa: E731
        actor=request.user, tree_id=node.tree_id, node_id=node.pk, **form.cleaned_data
    )
    return _ask(request, node.tree, form, _("Edit cause"), write)


@require_POST
@login_required
@permission_required(CHANGE, raise_exception=True)
def node_remove(request, pk):
    node = _node(request, pk)
    try:
        remove_node(actor=request.user, tree_id=node.tree_id, node_id=node.pk)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect(tree_url(node.tree))


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("identification.view_causetree", raise_exception=True)
def node_propose(request, pk):
    """Propose the risk that a root cause speaks of."""
    node = get_object_or_404(_nodes(request), pk=pk, kind="root")
    tree, url = node.tree, tree_url(node.tree)
    return proposing(
        request,
        source=ProposalSource.CAUSE_TREE,
        source_key=f"cause_tree:{node.pk}",
        url=url,
        initial={
            "title": node.text[:160],
            "risk_class": tree.risk.risk_class if tree.risk else RiskClass.OPERATIONAL,
            "causes": "\n".join(part for part in (node.text, node.evidence) if part),
            "consequences": tree.top_event,
        },
        line_id=tree.line_id,
        source_title=str(tree),
        then=url,
        crumbs=[(_("Cause trees"), _list_url()), (tree.reference, url)],
    )


def _ask(request, tree, form, verb, service):
    url = tree_url(tree)
    context = {"crumbs": [(_("Cause trees"), _list_url()), (tree.reference, url), (verb, "")], "about": tree.top_event}
    return ask(request, form, context=context, verb=verb, then=url, service=service)


def _list_url():
    return reverse("identification:tree_list")


def _tree(request, reference):
    seen = CauseTree.objects.visible_to(request.user).for_list()
    return get_object_or_404(seen, reference=reference.upper())


def _nodes(request):
    seen = CauseTree.objects.visible_to(request.user)
    return CauseNode.objects.select_related("tree__risk").filter(tree__in=seen)


def _node(request, pk):
    return get_object_or_404(_nodes(request), pk=pk)
