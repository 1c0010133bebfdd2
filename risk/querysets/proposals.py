from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

if TYPE_CHECKING:
    from staff.models import User


class ProposalQuerySet(models.QuerySet):
    def waiting(self) -> ProposalQuerySet:
        return self.filter(state="waiting")

    def visible_to(self, user: User) -> ProposalQuerySet:
        """Everybody sees what they proposed; whoever oversees proposals sees those of their lines and of the whole
        company as well."""
        if not user.has_perm("risk.view_riskproposal"):
            return self.none()
        if not user.has_perm("risk.oversee_riskproposal"):
            return self.filter(proposed_by=user)
        if user.business_lines:
            return self.filter(Q(line__in=user.business_lines) | Q(line__isnull=True) | Q(proposed_by=user))
        return self

    def for_list(self) -> ProposalQuerySet:
        return self.select_related("line", "proposed_by", "decided_by", "risk")
