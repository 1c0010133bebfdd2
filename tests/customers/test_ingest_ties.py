"""What ties customers to each other, brought from another system."""

from datetime import date
from decimal import Decimal

import pytest

from customers.models import Customer, CustomerDevice, Guarantee, SupplyLink
from customers.services.match_keys import device_index
from tests.customers.importing import counts, import_text, rejects
from tests.factories.customers import CustomerFactory, LoanFactory, SourceFactory
from tests.factories.staff import past_the_guards

pytestmark = pytest.mark.django_db
DAY = date(2024, 1, 1)


def mapping(target, *fields):
    lines = "\n".join(f'{name} = "{name}"' for name in fields)
    return f'[source]\ncode = "platform"\n[[files]]\nname = "rows.csv"\ntarget = "{target}"\n[files.columns]\n{lines}\n'


def bring(folder, target, content):
    header = content.split("\n")[0].split(",")
    return import_text(folder, content, mapping=mapping(target, *header), name="rows.csv")


@pytest.fixture
def people():
    source = SourceFactory()
    return [CustomerFactory(source=source, external_id=str(n)) for n in (1, 2, 3)]


def test_devices_are_kept_as_keyed_hashes_alone_and_taken_once(people, tmp_path):
    rows = "external_id,customer,fingerprint,first_seen_on\nD1,1,aa:bb,2024-01-01\nD2,2,aa:bb,2024-01-02\n"

    first = bring(tmp_path, "devices", rows)
    again = bring(tmp_path, "devices", rows)

    assert counts(first) == (2, 2, 0, 0, 0)
    assert counts(again) == (2, 0, 0, 2, 0)
    assert {bytes(one.fingerprint_index) for one in CustomerDevice.objects.all()} == {device_index("aa:bb")}
    assert [one.customer for one in CustomerDevice.objects.order_by("external_id")] == people[:2]


def test_the_same_device_under_another_number_is_refused_alone(people, tmp_path):
    CustomerDevice.objects.create(customer=people[0], fingerprint_index=device_index("aa"), first_seen_on=DAY)

    run = bring(
        tmp_path,
        "devices",
        "external_id,customer,fingerprint,first_seen_on\nD1,1,aa,2024-01-01\nD2,1,bb,2024-01-01\nD3,1,bb,2024-01-01\n",
    )

    assert counts(run) == (3, 1, 0, 0, 2)
    assert {sentence for _line, _column, sentence in rejects(run)} == {
        "The same stands here already, under another number."
    }


def test_guarantees_name_loan_and_guarantor_by_their_numbers(people, tmp_path):
    loan = LoanFactory(customer=people[0], source=people[0].source, external_id="L1", currency="CNY")

    run = bring(
        tmp_path,
        "guarantees",
        "external_id,loan,guarantor,amount,since,until\n"
        "G1,L1,2,500.00,2024-01-01,\n"
        "G2,L9,2,500.00,2024-01-01,\n"
        "G3,L1,3,-1,2024-01-01,\n"
        "G4,L1,1,1,2024-01-01,\n"
        "G5,L1,3,1,2024-01-02,2024-01-01\n"
        "G6,L1,9,1,2024-01-01,\n",
    )

    made = Guarantee.objects.get()
    assert (made.loan, made.guarantor, made.amount, made.currency) == (loan, people[1], Decimal("500.00"), "CNY")
    assert [(line, column) for line, column, _sentence in rejects(run)] == [
        (3, "loan"), (4, "amount"), (5, "guarantor"), (6, "until"), (7, "guarantor"),
    ]  # fmt: skip


def test_a_guarantor_who_was_merged_is_who_stays(people, tmp_path):
    LoanFactory(customer=people[0], source=people[0].source, external_id="L1")

    with past_the_guards():
        Customer.objects.filter(pk=people[1].pk).update(merged_into=people[2])

    bring(tmp_path, "guarantees", "external_id,loan,guarantor,since\nG1,L1,2,2024-01-01\n")

    assert Guarantee.objects.get().guarantor == people[2]


def test_a_core_enterprise_is_not_a_member_of_its_own_chain(people, tmp_path):
    run = bring(
        tmp_path,
        "supply_links",
        "external_id,core,member,role,since\nS1,1,2,supplier,2024-01-01\nS2,1,1,supplier,2024-01-01\nS3,1,3,friend,2024-01-01\n",
    )

    assert [(one.core, one.member, one.role) for one in SupplyLink.objects.all()] == [
        (people[0], people[1], "supplier")
    ]
    assert [(line, column) for line, column, _sentence in rejects(run)] == [(3, "member"), (4, "role")]
