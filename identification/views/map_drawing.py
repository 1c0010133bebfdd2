from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from identification.forms.maps import ImportVersionForm
from identification.map_parts import map_url
from identification.map_reading import reading_of, shown
from identification.map_words import WORDS
from identification.services.maps import fresh, save_version
from identification.views.maps import asked_version, crumbs, visible_map
from risk.models import Control, Risk
from risk.views.acts import ask

FOUND = 30  # risks and controls beside the drawing; who seeks more types more


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("identification.change_processmap", raise_exception=True)
def map_draw(request, reference):
    """The drawing tool. A drawing is posted by its script, which keeps it until it is saved."""
    found = visible_map(request, reference)
    if request.method == "POST":
        return _save(request, found)
    version = found.newest
    reading = reading_of(request.user, found, version)
    context = {
        "found": found,
        "version": version,
        "crumbs": [*crumbs(found), (_("Draw"), "")],
        "shown": shown(request.user, found, version, reading) | {
            "base": version.number,
            "save": request.path,
            "then": map_url(found),
            "drawing_words": {key: str(word) for key, word in WORDS.items()},
        },
        **_things(request.user, ""),
    }  # fmt: skip
    return render(request, "identification/map_draw.html", context)


def _save(request, found):
    """Save a drawing: 200 with its number, 409 where somebody saved another, 422 where it cannot be read."""
    base = request.POST.get("base", "")
    try:
        version = save_version(
            actor=request.user, map_id=found.pk, base=int(base) if base.isdecimal() and len(base) < 7 else 0,
            xml=request.POST.get("xml", ""), note=request.POST.get("note", "")[:300], at=timezone.now(),
        )  # fmt: skip
    except ValidationError as error:
        stale = getattr(error, "code", "") == "stale"
        return JsonResponse({"sentence": " ".join(error.messages)}, status=409 if stale else 422)
    messages.success(request, _("Version %(number)s is saved.") % {"number": version.number})
    return JsonResponse({"number": version.number})


@require_safe
@login_required
@permission_required("identification.change_processmap", raise_exception=True)
def map_things(request, reference):
    """Risks and controls to be dragged on a step, by words of their names."""
    visible_map(request, reference)
    return render(request, "identification/map_things.html", _things(request.user, request.GET.get("q", "").strip()))


def _things(user, text):
    """The first risks and controls that hold the words; of one more than is shown, the page says that there are."""
    risks = Risk.objects.visible_to(user).open().filter(Q(title__icontains=text) | Q(reference__iexact=text))
    controls = Control.objects.visible_to(user).filter(Q(name__icontains=text) | Q(code__icontains=text))
    return {
        "risks": risks.select_related("residual").order_by("reference")[:FOUND],
        "controls": controls.order_by("name", "pk")[:FOUND],
        "most": FOUND,
    }


@require_safe
@login_required
@permission_required("identification.view_processmap", raise_exception=True)
def map_file(request, reference):
    """A drawing as a file that other programs read."""
    found = visible_map(request, reference)
    version = asked_version(request, found)
    response = HttpResponse(version.bpmn_xml, content_type="application/xml; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{found.reference}-v{version.number}.bpmn"'
    return response


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("identification.change_processmap", raise_exception=True)
def map_upload(request, reference):
    """The next drawing of a map, from another program."""
    found = visible_map(request, reference)
    form = ImportVersionForm(request.POST or None, request.FILES or None, initial={"base": found.newest.number})
    return ask(
        request,
        form,
        context={"crumbs": [*crumbs(found), (_("Upload a drawing"), "")], "about": found.name},
        verb=_("Upload a drawing"),
        then=map_url(found),
        service=lambda: _upload(request, found, form.cleaned_data),
    )


def _upload(request, found, uploaded):
    left_out = fresh(uploaded["xml"]).left_out
    version = save_version(actor=request.user, map_id=found.pk, at=timezone.now(), **uploaded)
    messages.success(request, _("Version %(number)s is saved.") % {"number": version.number})
    if left_out:
        messages.info(request, _("%(n)s parts of other programs were left out.") % {"n": left_out})
    return version
