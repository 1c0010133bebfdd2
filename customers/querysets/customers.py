from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from django.contrib.postgres.search import SearchQuery
from django.db import connection, models
from django.db.models import Q
from django.db.models.functions import Coalesce

from customers.encryption import (
    card_index,
    card_tail_search_indexes,
    email_index,
    identity_index,
    phone_search_indexes,
    search_indexes,
    tail_search_indexes,
)
from customers.rules.search import prefix_query, read_search
from customers.sql import statement

if TYPE_CHECKING:
    from staff.models import User

MOST_OPENED = 500  # of a million customers, those of one surname and one tail are about ten
LISTED = (
    "reference",
    "name",
    "identity_number",
    "phone",
    "kind",
    "risk_level",
    "status",
    "region",
    "city",
    "currency",
    "joined_on",
    "restricted_at",
    "relationship_owner__full_name",
    "relationship_owner__email",
    *(f"portrait__{figure}" for figure in ("balance", "n_30", "overdue_days", "lifecycle", "last_on")),
)


class CustomerQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> CustomerQuerySet:
        """Customers in the person's regions and business lines; a scope left empty is no bound. A number that leads to
        another customer is none."""
        return self.in_scope_of(user).standing()

    def standing(self) -> CustomerQuerySet:
        """Customers that were not merged into another one."""
        return self.filter(merged_into__isnull=True)

    def in_scope_of(self, user: User) -> CustomerQuerySet:
        """As `visible_to`, with those that were merged into another one."""
        if not user.has_perm("customers.view_customer"):
            return self.none()
        seen = self
        if user.regions:
            seen = seen.filter(region__in=user.regions)
        if user.business_lines:
            seen = seen.in_lines(user.business_lines)
        return seen

    def in_lines(self, lines: Sequence[str]) -> CustomerQuerySet:
        """Customers of any of these business lines. One line is asked for in the words of its own index."""
        return self.filter(lines__contains=list(lines)) if len(lines) == 1 else self.filter(lines__overlap=list(lines))

    def matching(self, text: str) -> CustomerQuerySet:
        """Customers found by number, name, telephone, identity or card number, e-mail, or the last four of a number.

        Encrypted fields are compared through their blind indexes, whole or by their last four signs; never opened."""
        sought = read_search(text)
        if sought.is_empty:
            return self.none() if text.strip() else self
        if sought.reference:
            return self.filter(pk__in=_leading_to(reference=sought.reference))
        if sought.email:
            return self.filter(pk__in=_leading_to(email_index__in=search_indexes(email_index, sought.email)))
        found = self
        if sought.number:
            found = found.filter(pk__in=_by_number(sought.number))
        if sought.tail:
            found = found.filter(pk__in=_by_tail(sought.tail[-4:]))
        if sought.document:
            found = found.filter(
                _named([sought.document.lower()])
                | Q(identity_index__in=search_indexes(identity_index, sought.document))
            )
        if sought.name:
            found = found.filter(_named(sought.name))
        return found.filter(pk__in=_ending_in(found, sought.tail)) if len(sought.tail) > 4 else found

    def regions(self) -> list[str]:
        """Return the regions that customers stand in: one step in the index for each, however many customers."""
        with connection.cursor() as cursor:
            cursor.execute(statement("regions"))
            return [region for (region,) in cursor.fetchall()]

    def exportable(self) -> CustomerQuerySet:
        """Customers whose data may leave the house: not restricted, not erased."""
        return self.filter(restricted_at__isnull=True, erased_at__isnull=True)

    def joined_by(self, at: date) -> CustomerQuerySet:
        return self.filter(joined_on__lte=at)

    def for_list(self) -> CustomerQuerySet:
        """What a row of the list may show and no more: half of its time would go into making objects of the rest."""
        return self.select_related("portrait", "relationship_owner").only(*LISTED)


def _named(words: list[str]) -> Q:
    return Q(search=SearchQuery(prefix_query(words), search_type="raw", config="simple"))


def _leading_to(**found: Any) -> models.QuerySet:
    """Keys of the customers found, or of those that they were merged into."""
    from customers.models import Customer

    return Customer.objects.filter(**found).values(leads_to=Coalesce("merged_into_id", "pk"))


# Each index is asked on its own: a condition that joins tables by OR would read them whole.
def _by_number(number: str) -> models.QuerySet:
    from customers.models import Holding

    by_phone = _leading_to(phone_index__in=phone_search_indexes(number))
    by_identity = _leading_to(identity_index__in=search_indexes(identity_index, number))
    return by_phone.union(
        by_identity, Holding.objects.filter(card_index__in=search_indexes(card_index, number)).values("customer_id")
    )


def _ending_in(found: CustomerQuerySet, tail: str) -> list[int]:
    """Those of a few, who share their last four and a name, whose telephone or identity number ends in more digits.

    Only four are indexed: a blind index of eight would give away more than it saves. So these few are opened."""
    few = found.order_by("-id").values_list("pk", "phone", "identity_number")[:MOST_OPENED]
    return [pk for pk, *numbers in few if any((one or "").upper().endswith(tail.upper()) for one in numbers)]


def _by_tail(tail: str) -> models.QuerySet:
    from customers.models import Holding

    by_card = Holding.objects.filter(card_tail_index__in=card_tail_search_indexes(tail)).values("customer_id")
    return by_card.union(*(_leading_to(**{f"{name}__in": found}) for name, found in tail_search_indexes(tail).items()))
