"""The customer list, quick in every order: what a night found stands in another table, whose indexes give the order."""

from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from pages.keyset import Page, keyset_page
from pages.lists import ListPage

# Columns whose order is that of the portraits: the order key there, then the customer's own.
FIGURES = {"balance": "portrait__balance"}
FOUND_BY_A_NIGHT = ("lifecycle", "last_movement_after", "last_movement_before", "overdue_min", "overdue_max")


@dataclass
class CustomerListing(ListPage):
    """In the order of a figure, or filtered by one, customers come from the portraits and without a second sort.

    Customers whom no night has seen have no figures and no place in such an order; the last page says so."""

    @property
    def is_by_figure(self) -> bool:
        return self.sort is not None and self.sort[0].key in FIGURES

    def _page(self) -> Page:
        if not self.is_by_figure and not any(self.query.get(name) for name in FOUND_BY_A_NIGHT):
            return super()._page()
        page = self._page_of_portraits()
        if self.is_by_figure and page.next is None and not self.problem:
            self.problem = _(
                "Customers whom no nightly run has seen yet have no figures: order by customer no. to see them."
            )
        return page

    def _page_of_portraits(self) -> Page:
        rows, order = self.filterset.qs.filter(portrait__isnull=False), self._order()
        present = [key.lstrip("-") for key in order if key.lstrip("-") != "portrait__last_on"]
        try:
            return keyset_page(rows, order=order, cursor=self.query.get("cursor"), size=self.size, present=present)
        except ValidationError as error:
            self.problem = " ".join(error.messages)
            return keyset_page(rows, order=order, size=self.size, present=present)

    def _order(self) -> list[str]:
        if self.is_by_figure:
            sign = "-" if self.sort and self.sort[1] else ""
            return [f"{sign}{FIGURES[self.sort[0].key]}", f"{sign}portrait__customer_id"] if self.sort else []
        return list(self.keys) if self.sort else ["-portrait__customer_id"]
