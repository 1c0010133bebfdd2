"""Cause trees: begun of an event, grown and pruned cause by cause."""

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from audit.services import name_act
from identification.models import CauseNode, CauseTree
from identification.rules.cause_trees import DEEPEST, hurdle_to_moving
from risk.models import Risk
from risk.services.scope import check_line
from staff.models import User


@transaction.atomic
def begin_tree(
    *,
    actor: User,
    top_event: str,
    at: datetime,
    line_id: str | None = None,
    risk: Risk | None = None,
    subject_key: str = "",
) -> CauseTree:
    """Begin a tree of an event; of a record of another room (`subject_key`) there is one alone."""
    check_line(actor, line_id)
    tree = CauseTree(
        top_event=top_event.strip(), line_id=line_id, risk=risk, subject_key=subject_key, begun_by=actor, begun_at=at
    )
    tree.full_clean(exclude=["reference"])
    name_act("identification.tree.begun")
    tree.save()
    tree.refresh_from_db(fields=["reference"])
    return tree


@transaction.atomic
def change_tree(*, actor: User, tree_id: int, top_event: str, line_id: str | None, risk: Risk | None) -> CauseTree:
    """Change what is asked about."""
    tree = _locked(tree_id)
    check_line(actor, line_id)
    tree.top_event, tree.line_id, tree.risk = top_event.strip(), line_id, risk
    tree.full_clean(exclude=["reference"])
    name_act("identification.tree.changed")
    tree.save(update_fields=["top_event", "line", "risk"])
    return tree


@transaction.atomic
def write_node(
    *, actor: User, tree_id: int, node_id: int | None = None, parent: CauseNode | None = None, **fields: Any
) -> CauseNode:
    """Add a cause under `parent` (None is the top event), or write the one of `node_id` anew, with all that stands under it.

    Raises ValidationError where it would be its own ancestor, a branch longer than twelve, or the parent of another tree."""
    tree = _locked(tree_id)
    nodes = {node.pk: node for node in tree.nodes.all()}
    _check_place({pk: node.parent_id for pk, node in nodes.items()}, node_id, parent)
    node = nodes[node_id] if node_id else CauseNode(tree=tree)
    node.parent = parent
    for name, value in fields.items():
        setattr(node, name, value.strip() if isinstance(value, str) else value)
    node.full_clean()
    name_act("identification.tree.cause_written")
    node.save()
    return node


@transaction.atomic
def remove_node(*, actor: User, tree_id: int, node_id: int) -> None:
    """Take a cause out of its tree; nothing may stand under it."""
    tree = _locked(tree_id)
    node = tree.nodes.get(pk=node_id)
    if node.children.exists():
        raise ValidationError(_("Causes stand under it: remove or move those first."))
    name_act("identification.tree.cause_removed", reason=node.text)
    node.delete()


def tree_url(tree: CauseTree) -> str:
    return reverse("identification:tree_detail", args=[tree.reference])


def _check_place(parents: dict[int, int | None], node_id: int | None, parent: CauseNode | None) -> None:
    if parent is not None and parent.pk not in parents:
        raise ValidationError({"parent": _("That cause is of another tree.")})
    hurdle = hurdle_to_moving(parents, node_id, parent.pk if parent else None)
    if hurdle == "circle":
        raise ValidationError(
            {"parent": _("A cause does not lead to itself: choose one that does not stand under it.")}
        )
    if hurdle == "deep":
        raise ValidationError({"parent": _("A branch has at most %(most)s causes.") % {"most": DEEPEST}})


def _locked(tree_id: int) -> CauseTree:
    return CauseTree.objects.select_for_update().get(pk=tree_id)
