from django.contrib.auth.decorators import login_required, permission_required
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from identification.filters.swift import GuideWordFilter, SwiftSessionFilter
from identification.forms.swift import CloseSessionForm, GuideWordForm, RowForm, SessionForm
from identification.models import GuideWord, SwiftRow, SwiftSession
from identification.services.swift import (
    add_row,
    change_row,
    change_session,
    close_session,
    hold_session,
    session_url,
    write_guide_word,
)
from identification.swift_columns import session_columns, session_pill, word_columns
from pages.forms import form_helper
from pages.lists import ListPage, render_list
from risk.models import ProposalSource, RiskClass
from risk.views.acts import act, add_errors, ask
from risk.views.proposals import proposing

CHANGE = "identification.change_swiftsession"


@require_safe
@login_required
@permission_required("identification.view_swiftsession", raise_exception=True)
def session_list(request):
    seen = SwiftSession.objects.visible_to(request.user).for_list()
    listing = ListPage(
        request,
        filterset=SwiftSessionFilter(request.GET, queryset=seen, request=request),
        columns=session_columns(),
        order=["-held_on", "-id"],
        row_url=lambda row: f"/identification/swift/{row.reference}/",
        all_label=_("All sessions"),
        label=_("SWIFT sessions"),
        empty=_("No session was held yet."),
    )
    new, words = reverse("identification:session_create"), reverse("identification:word_list")
    actions = [
        act(request.user, "identification.view_guideword", _("Guide words"), words, "list"),
        act(request.user, "identification.add_swiftsession", _("Hold a session"), new, "plus", primary=True),
    ]
    return render_list(request, "identification/session_list.html", listing, actions=actions)


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("identification.add_swiftsession", raise_exception=True)
def session_create(request):
    words = GuideWord.objects.filter(is_retired=False)
    initial = {"facilitator": request.user.pk, "guide_words": words}
    form = SessionForm(request.POST or None, user=request.user, initial=initial)
    return ask(
        request,
        form,
        context={"crumbs": [(_("SWIFT sessions"), _list_url()), (_("Hold a session"), "")]},
        verb=_("Hold a session"),
        then=_list_url(),
        service=lambda: hold_session(actor=request.user, **form.cleaned_data),
        leads=session_url,
    )


@require_safe
@login_required
@permission_required("identification.view_swiftsession", raise_exception=True)
def session_detail(request, reference):
    """The rows of a session, and a form for the next one, which Ctrl+Enter adds."""
    session = _session(request, reference)
    writes = not session.is_closed and request.user.has_perm(CHANGE)
    return _page(request, session, RowForm(user=request.user, session=session) if writes else None)


@require_POST
@login_required
@permission_required(CHANGE, raise_exception=True)
def row_add(request, reference):
    session = _session(request, reference)
    form = RowForm(request.POST, user=request.user, session=session)
    if form.is_valid():
        try:
            add_row(actor=request.user, session_id=session.pk, at=timezone.now(), **form.cleaned_data)
            return redirect(f"{session_url(session)}#next")
        except ValidationError as error:
            add_errors(form, error)
    return _page(request, session, form)


def _page(request, session, form):
    if form:
        form.helper = form_helper(form, _("Add row"))
        form.helper.form_action = reverse("identification:row_add", args=[session.reference])
    rows = session.rows.select_related("guide_word", "action_owner", "matrix").prefetch_related("controls")
    context = {
        "session": session,
        "rows": rows,
        "form": form,
        "writes": form is not None and not session.is_closed,
        "crumbs": [(_("SWIFT sessions"), _list_url()), (session.reference, "")],
        "actions": _actions(request.user, session),
        "state": session_pill(session),
    }
    return render(request, "identification/session_detail.html", context, status=422 if form and form.errors else 200)


def _actions(user, session):
    to = lambda name: reverse(f"identification:session_{name}", args=[session.reference])  # noqa: E731
    closed = _("It is closed and never changes.") if session.is_closed else ""
    empty = "" if session.row_count else _("Nothing was asked yet.")
    waiting = _("Rows that are not judged yet: %(n)s.") % {"n": session.waiting} if session.waiting else ""
    return [
        act(user, CHANGE, _("Edit"), to("edit"), "edit", hurdle=closed),
        act(user, CHANGE, _("Close session"), to("close"), "check", hurdle=closed or empty or waiting),
    ]


@require_http_methods(["GET", "POST"])
@login_required
@permission_required(CHANGE, raise_exception=True)
def session_edit(request, reference):
    session = _session(request, reference)
    form = SessionForm(request.POST or None, instance=session, user=request.user)
    service = lambda: change_session(actor=request.user, session_id=session.pk, **form.cleaned_data)  # noqa: E731
    return _ask(request, session, form, _("Edit"), service)


@require_http_methods(["GET", "POST"])
@login_required
@permission_required(CHANGE, raise_exception=True)
def session_close(request, reference):
    session = _session(request, reference)
    form = CloseSessionForm(request.POST or None)
    close = lambda: close_session(  # noqa: E731
        actor=request.user, session_id=session.pk, at=timezone.now(), **form.cleaned_data
    )
    return _ask(request, session, form, _("Close session"), close)


@require_http_methods(["GET", "POST"])
@login_required
@permission_required(CHANGE, raise_exception=True)
def row_edit(request, pk):
    row = _row(request, pk)
    form = RowForm(request.POST or None, instance=row, user=request.user, session=row.session)
    change = lambda: change_row(actor=request.user, row_id=row.pk, at=timezone.now(), **form.cleaned_data)  # noqa: E731
    return _ask(request, row.session, form, _("Edit row"), change)


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("identification.view_swiftsession", raise_exception=True)
def row_propose(request, pk):
    row = _row(request, pk)
    url = session_url(row.session)
    return proposing(
        request,
        source=ProposalSource.SWIFT,
        source_key=f"swift:{row.pk}",
        url=url,
        initial={
            "title": row.what_if[:160],
            "risk_class": RiskClass.OPERATIONAL,
            "description": row.what_if,
            "causes": row.causes,
            "consequences": row.consequences,
        },
        line_id=row.session.line_id,
        source_title=str(row.session),
        then=url,
        crumbs=[(_("SWIFT sessions"), _list_url()), (row.session.reference, url)],
    )


@require_safe
@login_required
@permission_required("identification.view_guideword", raise_exception=True)
def word_list(request):
    listing = ListPage(
        request,
        filterset=GuideWordFilter(request.GET, queryset=GuideWord.objects.all(), request=request),
        columns=word_columns(),
        order=["position", "id"],
        row_url=lambda row: f"/identification/guide-words/{row.code}/edit/",
        all_label=_("All guide words"),
        label=_("Guide words"),
        empty=_("No guide word yet."),
    )
    url = reverse("identification:word_create")
    actions = [act(request.user, "identification.change_guideword", _("New guide word"), url, "plus", primary=True)]
    return render_list(request, "identification/word_list.html", listing, actions=actions)


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("identification.change_guideword", raise_exception=True)
def word_create(request):
    return _word(request, None, _("New guide word"))


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("identification.change_guideword", raise_exception=True)
def word_edit(request, code):
    return _word(request, get_object_or_404(GuideWord, code=code), _("Edit guide word"))


def _word(request, word, verb):
    form = GuideWordForm(request.POST or None, word=word)
    back = reverse("identification:word_list")
    context = {"crumbs": [(_("Guide words"), back), (verb, "")]}
    write = lambda: write_guide_word(actor=request.user, **form.as_word())  # noqa: E731
    return ask(request, form, context=context, verb=verb, then=back, service=write)


def _ask(request, session, form, verb, service):
    url = session_url(session)
    crumbs = [(_("SWIFT sessions"), _list_url()), (session.reference, url), (verb, "")]
    context = {"crumbs": crumbs, "about": session.subject}
    return ask(request, form, context=context, verb=verb, then=url, service=service)


def _list_url():
    return reverse("identification:session_list")


def _session(request, reference):
    seen = SwiftSession.objects.visible_to(request.user).for_list()
    return get_object_or_404(seen, reference=reference.upper())


def _row(request, pk):
    seen = SwiftSession.objects.visible_to(request.user)
    return get_object_or_404(SwiftRow.objects.select_related("session"), pk=pk, session__in=seen)
