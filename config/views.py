from django.contrib.auth.decorators import login_required
from django.http import JsonResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.utils.translation import gettext as _
from django.views import defaults
from django.views.decorators.http import require_safe

from config.navigation import places_for
from staff.palette import Hit, search
from staff.rate_limits import limited, searches


@require_safe
@login_required
@limited("search", when=searches)
def palette(request):
    """Answer the command palette: places whose name holds the text first, then records and actions."""
    text = request.GET.get("q", "").strip()
    places = [place for _title, places in places_for(request.user) for place in places]
    hits = [
        Hit(label=str(place.label), detail="", url=place.url, icon=place.icon, group=_("Page"))
        for place in places
        if text.lower() in str(place.label).lower()
    ][:8]
    hits += search(request.user, text) if text else []
    return render(request, "components/palette_results.html", {"hits": hits})


@require_safe
def favicon(request):
    """Browsers ask here for the icon of answers that are not pages, such as a text or a picture."""
    return redirect(static("meridian/favicon.svg"))


@require_safe
@login_required
def api_docs(request):
    """The API to read and to try, as oneself."""
    return render(request, "api_docs.html")


def server_error(request):
    """What went wrong inside: a page for people, problem details for programs. Neither says what it was."""
    if not request.path_info.startswith("/api/"):
        return defaults.server_error(request)
    sentence = _("Something went wrong inside. Try again; if it fails again, tell an administrator when it happened.")
    problem = {"type": "about:blank", "title": _("Error"), "status": 500, "detail": sentence}
    return JsonResponse(problem, status=500, content_type="application/problem+json")
