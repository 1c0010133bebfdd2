"""Watch lists and their versions: loaded, in force, with the rows that were not taken."""

from django.contrib.auth.decorators import login_required, permission_required
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from customers.filters.screening import ListVersionFilter
from customers.forms.screening import LoadForm, WatchListForm
from customers.models import ListVersion, VersionState
from customers.services.screening_lists import create_list, load_list
from customers.views.asking import ask
from pages.actions import Action
from pages.formats import number
from pages.lists import Column, ListPage, render_list
from pages.templatetags.pages import moment, pill_html

TONES = {VersionState.CURRENT: "green", VersionState.QUEUED: "blue", VersionState.FAILED: "red"}
COLUMNS = (
    Column("list", gettext_lazy("Watch list"), lambda row: row.watch_list, link=True),
    Column("number", gettext_lazy("Version"), lambda row: number(row.number), numeric=True),
    Column("state", gettext_lazy("State"), lambda row: version_pill(row)),
    Column("taken", gettext_lazy("Entries"), lambda row: number(row.rows_taken), numeric=True),
    Column("new", gettext_lazy("New or changed"), lambda row: number(row.rows_new), numeric=True),
    Column("gone", gettext_lazy("Gone"), lambda row: number(row.rows_gone), numeric=True),
    Column("rejected", gettext_lazy("Rejected"), lambda row: number(row.rows_rejected), numeric=True),
    Column("asked_by", gettext_lazy("Asked by"), lambda row: row.asked_by or "–"),
    Column("created_at", gettext_lazy("Asked"), lambda row: moment(row.created_at), sort="created_at"),
    Column("screened_at", gettext_lazy("Customers held against it"), lambda row: moment(row.screened_at)),
)
REJECT_COLUMNS = (
    Column("line", gettext_lazy("Line"), lambda row: number(row.line), numeric=True),
    Column("reason", gettext_lazy("Why it was not taken"), lambda row: row.get_reason_display(), card="wide"),
    Column("text", gettext_lazy("Row"), lambda row: row.text, mono=True, card="wide"),
)
SHOWN = 200


def version_pill(row):
    return pill_html(row.get_state_display(), TONES.get(row.state, ""))


@require_safe
@login_required
@permission_required("customers.view_watchlist", raise_exception=True)
def list_version_list(request):
    """What was loaded, the newest first."""
    seen = ListVersion.objects.visible_to(request.user).for_list()
    listing = ListPage(
        request,
        filterset=ListVersionFilter(request.GET, queryset=seen, request=request),
        columns=COLUMNS,
        order=["-created_at", "-id"],
        row_url=lambda row: f"/customers/screening/lists/{row.pk}/",
        search_field="",
        label=_("Watch lists"),
        empty=_("No list was loaded yet, so nobody is held against one."),
    )
    return render_list(request, "customers/list_version_list.html", listing, actions=_acts(request.user))


def _acts(user):
    may = user.has_perm("customers.add_listversion")
    why_not = None if may else _("Compliance loads watch lists.")
    return [
        Action(_("New list"), reverse("customers:watch_list_create"), "plus").unless(why_not),
        Action(_("Load version"), reverse("customers:list_load"), "upload", primary=True).unless(why_not),
    ]


def _crumbs():
    return [(_("Watch lists"), reverse("customers:list_version_list"))]


@require_safe
@login_required
@permission_required("customers.view_watchlist", raise_exception=True)
def list_version_detail(request, pk):
    row = get_object_or_404(ListVersion.objects.visible_to(request.user).for_list(), pk=pk)
    rejects = row.rejects.order_by("line")[:SHOWN]
    return render(
        request,
        "customers/list_version_detail.html",
        {
            "row": row,
            "state": version_pill(row),
            "crumbs": [*_crumbs(), (str(row), "")],
            "facts": _facts(row),
            "rejects": rejects,
            "reject_columns": REJECT_COLUMNS,
            "more": max(0, row.rows_rejected - SHOWN),
        },
    )


def _facts(row):
    return [
        (_("Kind"), row.watch_list.get_kind_display()),
        (_("Publisher"), row.watch_list.publisher),
        (_("File"), row.file_name),
        ("SHA-256", row.sha256),
        (_("Rows read"), number(row.rows_read)),
        (_("Entries"), number(row.rows_taken)),
        (_("New or changed"), number(row.rows_new)),
        (_("Gone"), number(row.rows_gone)),
        (_("Rejected"), number(row.rows_rejected)),
        (_("Asked by"), row.asked_by),
        (_("Asked"), moment(row.created_at)),
        (_("In force from"), moment(row.in_force_at)),
        (_("Customers held against it"), moment(row.screened_at)),
    ]


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("customers.add_watchlist", raise_exception=True)
def watch_list_create(request):
    def service(cleaned):
        return create_list(actor=request.user, **cleaned)

    return ask(
        request,
        WatchListForm(request.POST or None),
        title=_("New list"),
        crumbs=_crumbs(),
        service=service,
        then=reverse("customers:list_version_list"),
    )


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("customers.add_listversion", raise_exception=True)
def list_load(request):
    def service(cleaned):
        return load_list(
            actor=request.user,
            list_id=cleaned["watch_list"].pk,
            upload=cleaned["file"],
            may_shrink=cleaned["may_shrink"],
            at=timezone.now(),
        )

    return ask(
        request,
        LoadForm(request.POST or None, request.FILES or None),
        title=_("Load version"),
        crumbs=_crumbs(),
        service=service,
        then=reverse("customers:list_version_list"),
        uploads=True,
    )
