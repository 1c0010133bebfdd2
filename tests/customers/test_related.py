"""Who is tied to a customer: each tie found by what two share, nobody hinted at whom the reader does not see."""

from datetime import date

import pytest
from django.utils import timezone

from customers.models import CustomerDevice, Guarantee, SupplyLink
from customers.services.duplicates import find_duplicates
from customers.services.match_keys import device_index
from customers.services.related import related_to
from tests.factories import UserFactory
from tests.factories.customers import CustomerFactory, LoanFactory, PersonFactory

pytestmark = pytest.mark.django_db
DAY = date(2026, 6, 30)


def found(customer, reader=None, day=DAY):
    customer.refresh_from_db()
    reader = reader or UserFactory(role="service")
    return {one.customer.pk: one.ties for one in related_to(customer, reader=reader, day=day)}


def without_numbers(**fields):
    return PersonFactory(phone_index=None, email_index=None, identity_index=None, address=None, **fields)


def test_each_tie_is_found_from_both_sides():
    me, phone = PersonFactory(address=None), without_numbers()
    phone.phone_index = me.phone_index
    phone.save()
    device, guarantor, core = without_numbers(), without_numbers(), CustomerFactory(kind="business")
    for who in (me, device):
        CustomerDevice.objects.create(customer=who, fingerprint_index=device_index("aa"), first_seen_on=DAY)
    loan = LoanFactory(customer=me)
    Guarantee.objects.create(loan=loan, guarantor=guarantor, currency="CNY", since=DAY)
    SupplyLink.objects.create(core=core, member=me, role="supplier", since=DAY)

    assert found(me) == {
        phone.pk: ["phone"],
        device.pk: ["device"],
        guarantor.pk: ["guaranteed_by"],
        core.pk: ["core_enterprise"],
    }
    assert found(guarantor) == {me.pk: ["guarantees"]}
    assert found(core) == {me.pk: ["chain_member"]}


def test_addresses_are_compared_however_they_are_written():
    me = without_numbers()
    me.address = "北京市朝阳区建国路八十八号"
    me.save()
    other = without_numbers()
    other.address = "北京市朝阳区 建国路88号"
    other.save()
    find_duplicates(business_date=DAY, at=timezone.now())

    assert found(me) == {other.pk: ["address"]}


def test_whom_the_reader_does_not_see_is_not_hinted_at(client):
    me, __ = PersonFactory(region="北京"), PersonFactory(region="上海")
    reader = UserFactory(role="service", regions=["北京"])
    assert found(me, reader) == {}
    client.force_login(reader)
    assert "Related customers" not in client.get(f"/customers/{me.reference}/").content.decode()


def test_guarantees_of_lines_out_of_reach_and_those_that_are_over_do_not_count():
    me, guarantor = without_numbers(lines=["payment", "p2p"]), without_numbers(lines=["p2p"])
    guarantee = Guarantee.objects.create(loan=LoanFactory(customer=me), guarantor=guarantor, currency="CNY", since=DAY)
    guarantee.loan.product.line_id = "payment"
    assert found(me) == {guarantor.pk: ["guaranteed_by"]}
    assert found(me, UserFactory(role="service", business_lines=["p2p"])) == {}
    guarantee.until = date(2026, 6, 29)
    guarantee.save()
    assert found(me) == {}


def test_thirty_are_shown_those_with_most_ties_first():
    me = PersonFactory()
    made = [PersonFactory() for _ in range(32)]
    CustomerDevice.objects.create(customer=me, fingerprint_index=device_index("aa"), first_seen_on=DAY)
    CustomerDevice.objects.create(customer=made[20], fingerprint_index=device_index("aa"), first_seen_on=DAY)
    ties = found(me)
    assert (len(ties), next(iter(ties))) == (30, made[20].pk)


def test_the_page_draws_them_and_says_the_same_in_a_table(client):
    me, other = PersonFactory(), PersonFactory(name="欧阳菲菲")
    me.refresh_from_db(), other.refresh_from_db()
    client.force_login(UserFactory(role="service"))
    page = client.get(f"/customers/{me.reference}/").content.decode()
    assert "<svg" in page
    assert "Same phone" in page
    assert "欧阳菲菲" in page
    assert f"/customers/{other.reference}/" in page
    assert "13800138000" not in page
