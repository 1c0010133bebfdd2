from django.contrib.auth.decorators import login_required, permission_required
from django.shortcuts import render
from django.views.decorators.http import require_safe

from risk.services.duties import find_conflicts
from staff.access import permission_labels
from staff.rules.roles import Role


@require_safe
@login_required
@permission_required("risk.view_conflictrule", raise_exception=True)
def duty_conflicts(request):
    """Duties that one person should not hold together, and who holds them together now."""
    words = {**permission_labels(), **{role.value: role.label for role in Role}}
    conflicts = [
        (words.get(found.rule.first, found.rule.first), words.get(found.rule.second, found.rule.second), found)
        for found in find_conflicts()
    ]
    people = {holder.person.pk for _first, _second, found in conflicts for holder in found.holders}
    return render(request, "risk/duty_conflicts.html", {"conflicts": conflicts, "people": len(people)})
