from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.contrib.postgres.search import SearchQuery
from django.db import models
from django.db.models import Q

from customers.encryption import email_index, identity_index, phone_search_indexes, tail_search_indexes
from customers.rules.search import Sought, prefix_query, read_search

if TYPE_CHECKING:
    from staff.models import User


class CustomerQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> CustomerQuerySet:
        """Customers in the person's regions and business lines; a scope left empty is no bound."""
        if not user.has_perm("customers.view_customer"):
            return self.none()
        seen = self
        if user.regions:
            seen = seen.filter(region__in=user.regions)
        if user.business_lines:
            seen = seen.filter(lines__overlap=user.business_lines)
        return seen

    def matching(self, text: str) -> CustomerQuerySet:
        """Customers found by number, name, telephone, identity number, e-mail, or the last four of a number.

        Encrypted fields are compared through their blind indexes, whole or by their last four signs; never opened."""
        sought = read_search(text)
        if sought.is_empty:
            return self.none() if text.strip() else self
        found = self
        if sought.reference:
            return found.filter(reference=sought.reference)
        if sought.email:
            return found.filter(email_index=email_index(sought.email))
        if sought.number:
            return found.filter(self._by_number(sought))
        if sought.tail:
            found = found.filter(self._by_tail(sought))
        if sought.name:
            found = found.filter(search=SearchQuery(prefix_query(sought.name), search_type="raw", config="simple"))
        return found

    @staticmethod
    def _by_number(sought: Sought) -> Q:
        return Q(phone_index__in=phone_search_indexes(sought.number)) | Q(identity_index=identity_index(sought.number))

    @staticmethod
    def _by_tail(sought: Sought) -> Q:
        by_tail = Q(pk__in=[])
        for name, index in tail_search_indexes(sought.tail).items():
            by_tail |= Q(**{name: index})
        return by_tail

    def joined_by(self, at: date) -> CustomerQuerySet:
        return self.filter(joined_on__lte=at)

    def for_list(self) -> CustomerQuerySet:
        """What a row of the list shows; sealed fields stay sealed."""
        return self.select_related("portrait", "relationship_owner").defer("address", "email", "search")
