"""A customer with nothing but what the table demands."""

from datetime import date

from customers.models import Customer


def make_customer(**fields):
    return Customer.objects.create(**{"name": "段正淳", "currency": "CNY", "joined_on": date(2024, 1, 1), **fields})
