"""A page in the reader's language writes its money and its days as that language does."""

from datetime import date

import pytest

from tests.factories import UserFactory
from tests.factories.customers import CustomerFactory, PortraitFactory


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("language", "money", "joined"),
    [
        ("en", "CNY\xa01,234,567.89", "2024-03-05"),
        ("zh-hans", "CNY\xa01,234,567.89", "2024年3月5日"),
        ("zh-hant", "CNY\xa01,234,567.89", "2024年3月5日"),
    ],
)
def test_a_customer_s_page(client, language, money, joined):
    customer = CustomerFactory(joined_on=date(2024, 3, 5))
    customer.refresh_from_db()
    PortraitFactory(customer=customer, balance="1234567.89")
    client.force_login(UserFactory(role="service", language=language))

    text = client.get(f"/customers/{customer.reference}/").content.decode()

    assert money in text
    assert joined in text
