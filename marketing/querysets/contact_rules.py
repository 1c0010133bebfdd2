from __future__ import annotations

from customers.querysets.dated import DatedQuerySet, M


class ContactRuleQuerySet(DatedQuerySet[M]):
    """How often customers may be written to, and what returns are reckoned with."""

    seen_with = "marketing.view_contactrule"
