from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models import Count, F, OuterRef, Q

if TYPE_CHECKING:
    from staff.models import User

WALKED = ("step", "decision", "event")


class MapQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> MapQuerySet:
        """Maps of the person's business lines, and those of the whole company."""
        if not user.has_perm("identification.view_processmap"):
            return self.none()
        if user.business_lines:
            return self.filter(Q(line__in=user.business_lines) | Q(line__isnull=True))
        return self

    def for_list(self) -> MapQuerySet:
        return self.select_related("line", "owner", "current__saved_by", "in_force")

    def counted(self) -> MapQuerySet:
        """With how many steps are drawn."""
        steps = Count("current__elements", filter=Q(current__elements__kind="step"))
        return self.annotate(step_count=steps)


class ElementQuerySet(models.QuerySet):
    def walked(self) -> ElementQuerySet:
        """What one walks through, in its order: steps, decisions and events."""
        return self.filter(kind__in=WALKED).order_by("position")

    def with_attached(self, user: User) -> ElementQuerySet:
        """With references of the risks and codes of the controls on each that the person may see."""
        return self.annotate(
            risk_refs=_attached("ElementRisk", "risk", "risk__reference", user),
            control_codes=_attached("ElementControl", "control", "control__code", user),
        )


def _attached(model: str, field: str, name: str, user: User) -> ArraySubquery:
    from django.apps import apps

    attached = apps.get_model("identification", model)
    here = attached.objects.on_maps().seen_by(user, field).filter(
        process_map=OuterRef("version__process_map"), element_id=OuterRef("element_id")
    )  # fmt: skip
    return ArraySubquery(here.order_by("pk").values_list(name, flat=True))


class AttachedQuerySet(models.QuerySet):
    def on_maps(self) -> AttachedQuerySet:
        """What was not taken off."""
        return self.filter(taken_off_at__isnull=True)

    def seen_by(self, user: User, field: str) -> AttachedQuerySet:
        """Those whose risk or control the person may see."""
        thing: Any = self.model._meta.get_field(field).related_model
        return self.filter(**{f"{field}__in": thing.objects.visible_to(user)})

    def newest(self) -> AttachedQuerySet:
        return self.order_by(F("attached_at").desc(), F("pk").desc())
