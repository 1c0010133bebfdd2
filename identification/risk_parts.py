"""What this room puts on the page of a risk: the cause trees that are tied to it."""

from django.utils.translation import gettext_lazy as _

from identification.models import CauseTree
from identification.services.cause_trees import tree_url
from risk.panels import Panel, register_panel


def register() -> None:
    register_panel(
        Panel(
            "cause_trees",
            _("Cause trees"),
            trees_panel,
            "identification/trees_panel.html",
            "identification.view_causetree",
            order=60,
        )
    )


def trees_panel(user, risk):
    """The latest trees of a risk; no section where there is none."""
    found = CauseTree.objects.visible_to(user).filter(risk=risk).order_by("-begun_at", "-id")[:5]
    rows = [(str(tree), tree_url(tree)) for tree in found]
    return {"rows": rows} if rows else None
