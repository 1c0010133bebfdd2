"""Identity documents, owners and representatives, brought from another system."""

from datetime import date
from decimal import Decimal

import pytest

from customers.encryption import document_index
from customers.models import DocumentStatus, IdentityDocument, Representative, Stake
from tests.customers.importing import counts, rejects
from tests.customers.test_ingest_ties import bring
from tests.factories.customers import CustomerFactory, PersonFactory, SourceFactory

pytestmark = pytest.mark.django_db
GOOD = "11010519491231002X"  # the example of GB 11643-1999


@pytest.fixture
def source():
    return SourceFactory()


def test_documents_come_to_be_verified_with_what_is_wrong_with_them(source, tmp_path):
    CustomerFactory(source=source, external_id="1", birth_date=date(1949, 12, 31), sex="female")

    run = bring(
        tmp_path,
        "identity_documents",
        "external_id,customer,kind,number,country,issued_on,expires_on\n"
        f"D1,1,resident_id,{GOOD.lower()},CN,2020-01-01,\n"
        "D2,1,resident_id,110105194912310021,CN,2020-01-01,\n",
    )

    good, bad = IdentityDocument.objects.order_by("external_id")
    assert counts(run) == (2, 2, 0, 0, 0)
    assert (good.number, bytes(good.number_index), good.status) == (GOOD, document_index(GOOD), "received")
    assert "number_invalid" not in good.findings
    assert "number_invalid" in bad.findings


def test_a_document_that_was_judged_stays_as_it_was_judged(source, tmp_path):
    CustomerFactory(source=source, external_id="1")
    row = "external_id,customer,kind,number,issuer\nD1,1,passport,E12345678,{}\n"
    bring(tmp_path, "identity_documents", row.format("one"))
    IdentityDocument.objects.update(status=DocumentStatus.REFUSED, refusal="not theirs")

    again = bring(tmp_path, "identity_documents", row.format("another"))

    document = IdentityDocument.objects.get()
    assert counts(again) == (1, 0, 0, 1, 0)
    assert (document.issuer, document.status) == ("one", "refused")


def test_documents_that_no_document_can_be_are_refused(source, tmp_path):
    CustomerFactory(source=source, external_id="1")

    run = bring(
        tmp_path,
        "identity_documents",
        "external_id,customer,kind,number,country,issued_on,expires_on\n"
        "D1,1,licence-to-kill,007,GB,,\n"
        "D2,1,passport,,GB,,\n"
        "D3,1,passport,E12345678,gb,,\n"
        "D4,1,passport,E12345678,GB,2024-02-29,2024-02-29\n"
        "D5,2,passport,E12345678,GB,,\n",
    )

    assert [(line, column) for line, column, _sentence in rejects(run)] == [
        (2, "kind"), (3, "number"), (4, "country"), (5, "expires_on"), (6, "customer"),
    ]  # fmt: skip
    assert not IdentityDocument.objects.exists()


def test_owners_are_of_businesses_and_their_numbers_sealed(source, tmp_path):
    business = CustomerFactory(kind="business", source=source, external_id="B")
    PersonFactory(source=source, external_id="P")

    run = bring(
        tmp_path,
        "stakes",
        "external_id,customer,company,holder,holder_customer,number,share,from_on,to_on\n"
        "S1,B,,李伟,P,e 1234,50.0000,2024-01-01,\n"
        "S2,P,,李伟,,,50,2024-01-01,\n"
        "S3,B,,李伟,,,0,2024-01-01,\n"
        "S4,B,,李伟,,,100.00001,2024-01-01,\n"
        "S5,B,甲公司,甲公司,,,10,2024-01-01,\n"
        "S6,B,,李伟,,,10,2024-01-02,2024-01-01\n",
    )

    stake = Stake.objects.get()
    assert (stake.customer, stake.holder, stake.share, stake.number) == (business, "李伟", Decimal("50.0000"), "E1234")
    assert stake.holder_customer.external_id == "P"
    assert [(line, column) for line, column, _sentence in rejects(run)] == [
        (3, "customer"), (4, "share"), (5, "share"), (6, "holder"), (7, "to_on"),
    ]  # fmt: skip


def test_powers_of_representatives_are_parted_and_known(source, tmp_path):
    CustomerFactory(kind="business", source=source, external_id="B")

    rows = "external_id,customer,name,role,powers,from_on\nR1,B,王芳,legal,pay; ask;pay,2024-01-01\nR2,B,王芳,agent,fly,2024-01-01\n"
    run = bring(tmp_path, "representatives", rows)
    again = bring(tmp_path, "representatives", rows)

    made = Representative.objects.get()
    assert (made.name, made.role, made.powers) == ("王芳", "legal", ["ask", "pay"])
    assert [(line, column) for line, column, _sentence in rejects(run)] == [(3, "powers")]
    assert counts(again) == (2, 0, 0, 1, 1)


def test_a_number_that_is_known_keeps_its_sealed_bytes(source, tmp_path):
    CustomerFactory(source=source, external_id="1")
    rows = "external_id,customer,kind,number\nD1,1,passport,e12345678\n"
    bring(tmp_path, "identity_documents", rows)

    again = bring(tmp_path, "identity_documents", rows)

    assert counts(again) == (1, 0, 0, 1, 0)
