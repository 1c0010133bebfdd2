from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.urls import Resolver404, resolve
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from audit.addresses import told_of
from audit.services import emit


@require_POST
@login_required
def page_printed(request):
    """A browser says that a page is about to be printed; who stops it from saying so has no event, only the page."""
    path = request.POST.get("path", "")
    try:
        route = resolve(path)
    except Resolver404:
        return HttpResponse(_("No page has this address."), status=422, content_type="text/plain; charset=utf-8")
    told = told_of(path, route)
    action = "pages.page.printed"
    emit("export", table=told.table, pk=told.pk, action=action, detail=told.detail, personal=told.personal)
    return HttpResponse(status=204)
