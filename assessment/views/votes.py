from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from assessment.forms.panels import DissentForm, VoteForm
from assessment.panel_results import own_seat, shown_rounds
from assessment.services.panels import panel_url
from assessment.services.votes import asked_to_dissent, cast_votes, record_dissent
from assessment.views.panels import crumbs_of, visible_panel
from risk.formats import scale_labels
from risk.views.acts import add_errors, ask


class SheetForm(forms.Form):
    """Which round the expert has before them, so that a vote for one does not count in the next."""

    number = forms.IntegerField(widget=forms.HiddenInput, required=False)


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("assessment.vote_on_panel", raise_exception=True)
def panel_vote(request, reference):
    """One card an item: the reader's vote, beside what the last round said, without names. What is typed is kept."""
    panel, seat = _seated(request, reference)
    rounds = list(panel.rounds.all())
    items = list(panel.items.select_related("risk"))
    sheet = SheetForm(request.POST or None, initial={"number": rounds[-1].number if rounds else None})
    cards = [VoteForm(request.POST or None, item=item) for item in items]
    if request.method == "POST":
        valid = all([sheet.is_valid(), *(card.is_valid() for card in cards)])
        if valid and _cast(request, panel, sheet, cards):
            return redirect(panel_url(panel))
    context = {
        "panel": panel,
        "seat": seat,
        "sheet": sheet,
        "crumbs": [*crumbs_of(panel)[:1], (panel.reference, panel_url(panel)), (_("Vote"), "")],
        "cards": _cards(request.user, panel, rounds, cards),
        "open": rounds[-1] if rounds and rounds[-1].is_open else None,
        "voted": bool(rounds) and seat.votes.filter(round=rounds[-1]).exists(),
        **_grid(panel),
    }
    return render(request, "assessment/panel_vote.html", context, status=422 if _is_wrong(sheet, cards) else 200)


def _cast(request, panel, sheet, cards):
    try:
        cast_votes(
            actor=request.user,
            panel_id=panel.pk,
            votes={card.item.pk: card.as_vote() for card in cards},
            number=sheet.cleaned_data["number"],
            at=timezone.now(),
        )
    except ValidationError as error:
        add_errors(sheet, error)
        return False
    messages.success(request, _("Your vote is cast. What others said is shown once the round is closed."))
    return True


def _cards(user, panel, rounds, cards):
    shown = shown_rounds(panel, user, rounds)
    return [{"form": card, "item": card.item, "before": (shown.get(card.item.pk) or [None])[-1]} for card in cards]


def _grid(panel):
    likelihoods, impacts = scale_labels(panel.matrix)
    cells = {(cell.likelihood, cell.impact): cell for cell in panel.matrix.cells.all()}
    rows = [
        (word, [(impacts[column - 1], cells[row, column]) for column in range(1, len(impacts) + 1)])
        for row, word in reversed(list(enumerate(likelihoods, 1)))
    ]
    return {"rows": rows, "impacts": impacts}


def _is_wrong(sheet, cards):
    return bool(sheet.errors) or any(card.errors for card in cards)


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("assessment.vote_on_panel", raise_exception=True)
def panel_dissent(request, reference):
    panel, seat = _seated(request, reference)
    written = set(seat.dissents.values_list("item", flat=True))
    items = [item for item in panel.items.all() if item.pk in asked_to_dissent(panel, seat) - written]
    form = DissentForm(request.POST or None, items=items)
    url = reverse("assessment:panel_results", args=[panel.reference])
    crumbs = [*crumbs_of(panel)[:1], (panel.reference, panel_url(panel)), (_("Dissent"), "")]
    return ask(
        request,
        form,
        context={"crumbs": crumbs, "about": panel.title},
        verb=_("Record dissent"),
        then=panel_url(panel),
        leads=lambda _dissent: url,
        service=lambda: record_dissent(actor=request.user, panel_id=panel.pk, at=timezone.now(), **form.cleaned_data),
    )


def _seated(request, reference):
    """The panel and the reader's seat on it; whoever has none finds nothing here."""
    panel = visible_panel(request, reference)
    seat = own_seat(panel, request.user)
    if seat is None or seat.left_at:
        raise Http404
    return panel, seat
