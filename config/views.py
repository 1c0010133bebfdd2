from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from config.navigation import places_for
from staff.palette import Hit, search


@require_safe
@login_required
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
