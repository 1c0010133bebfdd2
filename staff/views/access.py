from django.contrib.auth.decorators import login_required, permission_required
from django.contrib.auth.models import Group
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from staff.access import Room, matrix
from staff.grants import all_grants
from staff.rules.roles import Role


@require_safe
@login_required
@permission_required("staff.view_access_matrix", raise_exception=True)
def access_matrix(request: HttpRequest) -> HttpResponse:
    """What each role may do, on one page; `?q=` keeps the rights whose words hold the text."""
    text = request.GET.get("q", "").strip()
    rooms = [room for room in (_matching(room, text.lower()) for room in matrix(all_grants())) if room.rights]
    holders = dict(
        Group.objects.filter(name__in=Role.values)
        .annotate(people=Count("user", filter=Q(user__is_active=True)))
        .values_list("name", "people")
    )
    roles = [(role, holders.get(role.value, 0)) for role in Role]
    page = (
        "staff/access_matrix.html#rows"
        if request.htmx and request.htmx.target == "rows"
        else "staff/access_matrix.html"
    )
    return render(request, page, {"rooms": rooms, "roles": roles, "text": text, "own": request.user.roles})


def _matching(room: Room, text: str) -> Room:
    if not text or text in str(room.name).lower():
        return room
    return Room(
        room.name, [right for right in room.rights if text in str(right.label).lower() or text in right.permission]
    )
