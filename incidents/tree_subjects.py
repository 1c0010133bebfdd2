"""Incidents and losses as what a cause tree can be of."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from identification.tree_subjects import Subject, TreeSubject, register_subject
from incidents.models import Incident, LossEvent


def register() -> None:
    register_subject(TreeSubject("incident", _("Incident"), find_incident))
    register_subject(TreeSubject("loss", _("Loss"), find_loss))


def find_incident(user, pk) -> Subject | None:
    return _subject(Incident.objects.visible_to(user), pk, "incidents:incident_detail")


def find_loss(user, pk) -> Subject | None:
    return _subject(LossEvent.objects.visible_to(user), pk, "incidents:loss_detail")


def _subject(seen, pk, page):
    found = seen.select_related("risk").filter(pk=pk).first()
    return Subject(str(found), reverse(page, args=[found.reference]), found.line_id, found.risk) if found else None
