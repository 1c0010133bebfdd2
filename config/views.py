from django.contrib.auth.decorators import login_required
from django.shortcuts import render
from django.views.decorators.http import require_safe

from config.navigation import places_for


@require_safe
@login_required
def palette(request):
    """Answer the command palette: places whose name holds the text, then records."""
    text = request.GET.get("q", "").strip().lower()
    places = [place for _title, places in places_for(request.user) for place in places if text in str(place.label).lower()]
    return render(request, "components/palette_results.html", {"places": places})
