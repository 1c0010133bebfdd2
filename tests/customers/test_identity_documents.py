"""Identity documents: what is wrong with one, who verifies it, and what is kept of it."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import override_settings
from django.urls import reverse

from audit.models import Event
from customers.encryption import DecryptionError
from customers.models import IdentityDocument, KycRule, KycTask
from customers.rules.documents import OnRecord, Paper, Validity, age_at, findings_of, number_is_possible
from customers.services import documents as services
from customers.services.document_files import content_of, seal_files_again
from customers.services.erasing import erase_identity
from tests.factories import UserFactory
from tests.factories.customers import CopyFactory, IdentityDocumentFactory, PersonFactory

NOW = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
TODAY = NOW.date()
VALIDITIES = [Validity(0, 5), Validity(16, 10), Validity(26, 20), Validity(46, None)]
CARD = "11010519491231002X"  # the example of GB 11643-1999: a woman born on 31 December 1949
PDF, PNG = b"%PDF-1.7 a card", b"\x89PNG\r\n\x1a\n a card"


@pytest.fixture(autouse=True)
def _somewhere(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def clerk(db):
    return UserFactory(role="service")


@pytest.fixture
def officer(db):
    return UserFactory(role="compliance")


NOBODY = OnRecord()


def findings(paper, record=NOBODY, today=TODAY):
    return findings_of(paper, record, validities=VALIDITIES, today=today)


# Rules ---------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("kind", "number", "country", "possible"),
    [
        ("resident_id", CARD, "CN", True),
        ("resident_id", "110105194912310021", "CN", False),
        ("residence", "810000199408230021", "CN", True),
        ("resident_id", "810000199408230021", "CN", False),
        ("residence", CARD, "CN", False),
        ("passport", "E12345678", "CN", True),
        ("passport", "EA1234567", "CN", True),
        ("passport", "EI1234567", "CN", False),  # I and O are not used as the second sign
        ("passport", "L898902C3", "UTO", True),  # the specimen of ICAO 9303
        ("passport", "1", "DE", False),
        ("hk_mo_permit", "H12345678", "CN", True),
        ("hk_mo_permit", "h1234567801", "CN", True),
        ("hk_mo_permit", "T12345678", "CN", False),
        ("tw_permit", "12345678", "CN", True),
        ("hk_id", "A123456(3)", "HK", True),
        ("hk_id", "A123456(4)", "HK", False),
        ("tw_id", "A123456789", "TW", True),
        ("licence", "91350100M000100Y43", "CN", True),  # the example of GB 32100-2015
        ("licence", "91350100M000100Y44", "CN", False),
        ("other", "x", "", True),
        ("other", "  ", "", False),
        ("passport", "E1234567" + "8" * 10_000, "CN", False),
    ],
)
def test_a_number_is_one_of_its_kind_of_document(kind, number, country, possible):
    assert number_is_possible(Paper(kind, number, country), today=TODAY) is possible


def test_what_the_number_says_is_held_against_the_record():
    record = OnRecord("individual", date(1949, 12, 30), "male", "11010519491231003X")

    assert findings(Paper("resident_id", CARD, "CN"), record) == [
        "birth_differs", "sex_differs", "number_not_on_record",
    ]  # fmt: skip
    assert findings(Paper("resident_id", CARD, "CN"), OnRecord("individual", date(1949, 12, 31), "female", CARD)) == []


def test_a_document_that_is_over_or_not_yet_issued_is_found():
    assert findings(Paper("passport", "E12345678", "CN", date(2016, 3, 1), TODAY)) == []
    assert findings(Paper("passport", "E12345678", "CN", None, TODAY - timedelta(days=1))) == ["expired"]
    assert findings(Paper("passport", "E12345678", "CN", TODAY + timedelta(days=1))) == ["issued_in_future"]


def test_a_licence_is_a_businesss_and_a_passport_a_persons():
    assert findings(Paper("licence", "91350100M000100Y43"), OnRecord("business")) == []
    assert findings(Paper("licence", "91350100M000100Y43"), OnRecord("individual")) == ["wrong_customer_kind"]
    assert findings(Paper("passport", "E12345678", "CN"), OnRecord("business")) == ["wrong_customer_kind"]


@pytest.mark.parametrize(
    ("issued", "expires", "usual"),
    [
        (date(2010, 5, 1), None, True),  # 60 years old: without end
        (date(2010, 5, 1), date(2030, 5, 1), False),
        (date(1990, 5, 1), date(2010, 5, 1), True),  # 40: twenty years
        (date(1990, 5, 1), date(2000, 5, 1), False),
        (date(1995, 12, 30), date(2015, 12, 30), True),  # the day before the 46th birthday
        (date(1995, 12, 31), None, True),  # the 46th birthday
    ],
)
def test_a_resident_card_holds_as_long_as_the_age_at_its_issue_allows(issued, expires, usual):
    found = findings(Paper("resident_id", CARD, "CN", issued, expires), today=issued)
    assert ("validity_unusual" not in found) is usual


def test_who_was_born_on_a_leap_day_is_a_year_older_on_the_first_of_march():
    assert [age_at(date(2000, 2, 29), day) for day in (date(2026, 2, 28), date(2026, 3, 1))] == [25, 26]


@pytest.mark.django_db
def test_the_numbers_of_the_law_stand_in_a_table_with_their_source():
    steps = KycRule.objects.steps("resident_id_validity", "CN", TODAY)
    assert [(one.applies_from, one.value, one.unit) for one in steps] == [
        (0, 5, "years"), (16, 10, "years"), (26, 20, "years"), (46, 0, "forever"),
    ]  # fmt: skip
    assert {one.source for one in steps} == {"Resident Identity Card Law, art. 5"}
    assert KycRule.objects.steps("resident_id_validity", "DE", TODAY) == []
    assert KycRule.objects.the_one("review_high", "CN", TODAY).value == 6
    assert KycRule.objects.the_one("review_high", "HK", TODAY).value == 12


# Recorded, verified, refused ------------------------------------------------------------------------------------------
def add(clerk, customer=None, **fields):
    said = {"kind": "resident_id", "number": CARD, "country": "cn", "issued_on": date(2010, 5, 1), "at": NOW, **fields}
    return services.add_document(actor=clerk, customer_id=(customer or PersonFactory()).pk, **said)


@pytest.mark.django_db
def test_a_number_is_sealed_in_the_table_and_hidden_in_the_log(clerk):
    document = add(clerk)

    (event,) = Event.objects.of_record("customers_identitydocument", document.pk)
    assert event.action == "customers.document.added"
    assert CARD not in event.body
    assert "number_index" in event.body
    assert bytes(document.number_index).hex() not in event.body
    document.refresh_from_db()
    assert document.number == CARD


@pytest.mark.django_db
def test_a_copy_is_what_its_bytes_are_and_is_sealed_before_it_is_kept(clerk):
    document = add(clerk, files=[SimpleUploadedFile("a.exe", PDF), SimpleUploadedFile("../../b.png", PNG)])

    first, second = document.files.order_by("pk")
    assert (first.media_type, second.media_type) == ("application/pdf", "image/png")
    assert ".." not in second.file.name
    assert "b.png" not in second.file.name
    assert PDF not in first.file.open("rb").read()
    assert content_of(first) == PDF


@pytest.mark.django_db
@pytest.mark.parametrize(
    "content", [b"", b"<svg onload=alert(1)>", b"PK\x03\x04zip", b"MZ", "%PDF-".encode("utf-16"), b"\xff\xd8"]
)
def test_what_is_no_picture_and_no_pdf_is_refused_and_nothing_is_kept(clerk, content):
    with pytest.raises(ValidationError), transaction.atomic():
        add(clerk, files=[SimpleUploadedFile("good.pdf", PDF), SimpleUploadedFile("card.pdf", content)])

    assert not IdentityDocument.objects.exists()


@pytest.mark.django_db
def test_a_copy_that_was_changed_on_the_disk_does_not_open(clerk):
    (file,) = add(clerk, files=[SimpleUploadedFile("a.pdf", PDF)]).files.all()
    with open(file.file.path, "r+b") as kept:
        kept.seek(-1, 2)
        (last,) = kept.read(1)
        kept.seek(-1, 2)
        kept.write(bytes([last ^ 1]))

    with pytest.raises(DecryptionError):
        content_of(file)


@pytest.mark.django_db
def test_copies_follow_the_key(clerk, settings):
    (file,) = add(clerk, files=[SimpleUploadedFile("a.pdf", PDF)]).files.all()
    new = "new:" + "bmV3LWtleS1mb3ItdGVzdHMtdGhhdC1pcy0zMi1ieSE="

    with override_settings(MERIDIAN_KEYS=f"{new},{settings.MERIDIAN_KEYS}"):
        assert seal_files_again() == 1
        assert seal_files_again() == 0
    with override_settings(MERIDIAN_KEYS=new):
        file.refresh_from_db()
        assert (file.key, content_of(file)) == ("new", PDF)


@pytest.mark.django_db
def test_verifying_says_who_and_how_and_takes_the_place_of_the_older_one(clerk, officer):
    customer = PersonFactory()
    old = IdentityDocumentFactory(customer=customer, verified=officer)
    task = KycTask.objects.create(customer=customer, kind="expiring", document=old, due_on=TODAY, opened_at=NOW)
    document = add(clerk, customer)

    services.verify_document(actor=officer, document_id=document.pk, how="original", at=NOW)

    for row in (old, document, task):
        row.refresh_from_db()
    assert (document.status, document.verified_by, document.verified_how) == ("verified", officer, "original")
    assert old.status == "replaced"
    assert task.closed_by == officer
    with pytest.raises(ValidationError, match="judged already"):
        services.refuse_document(actor=officer, document_id=document.pk, reason="Too late", at=NOW)


@pytest.mark.django_db
def test_what_is_gravely_wrong_is_not_verified(clerk, officer):
    document = add(clerk, PersonFactory(sex="male"))

    with pytest.raises(ValidationError, match="sex in the number"):
        services.verify_document(actor=officer, document_id=document.pk, how="original", at=NOW)


@pytest.mark.django_db
def test_nothing_is_compared_with_a_copy_that_is_not_there(clerk, officer):
    with pytest.raises(ValidationError, match="no copy"):
        services.verify_document(actor=officer, document_id=add(clerk).pk, how="copy", at=NOW)


@pytest.mark.django_db
def test_the_desk_records_and_does_not_verify(clerk):
    with pytest.raises(PermissionDenied):
        services.verify_document(actor=clerk, document_id=add(clerk).pk, how="original", at=NOW)


@pytest.mark.django_db
def test_the_database_holds_that_a_verified_document_says_by_whom():
    with pytest.raises(IntegrityError, match="document_says_who_verified_it"), transaction.atomic():
        IdentityDocumentFactory(status="verified")


@pytest.mark.django_db
def test_a_document_of_a_customer_elsewhere_is_not_there(officer):
    document = IdentityDocumentFactory()
    away = UserFactory(role="compliance", regions=["Nowhere"])

    with pytest.raises(IdentityDocument.DoesNotExist):
        services.verify_document(actor=away, document_id=document.pk, how="original", at=NOW)


@pytest.mark.django_db
def test_erasing_somebody_takes_numbers_and_copies(clerk, django_capture_on_commit_callbacks):
    document = IdentityDocumentFactory()
    path = CopyFactory(document=document).file.path

    with django_capture_on_commit_callbacks(execute=True):
        touched = erase_identity(document.customer)

    document.refresh_from_db()
    assert (document.number, document.number_index, document.files.count()) == (None, None, 0)
    assert ("customers_identitydocument", document.pk) in touched
    assert not Path(path).exists()


# Pages ---------------------------------------------------------------------------------------------------------------
@pytest.mark.django_db
def test_a_document_goes_from_the_form_to_the_tab_and_is_verified(client, clerk, officer):
    customer = PersonFactory()
    home = f"/customers/{customer.reference}/"
    client.force_login(clerk)
    sent = {"kind": "resident_id", "number": CARD, "country": "CN", "files": SimpleUploadedFile("a.pdf", PDF)}

    assert client.post(f"{home}documents/new/", sent).status_code == 302
    document = IdentityDocument.objects.get()
    page = client.get(f"{home}kyc/").content.decode()
    assert CARD not in page
    assert "Resident identity card" in page

    client.force_login(officer)
    url = f"{home}documents/{document.pk}/"
    assert client.post(f"{url}verify/", {"how": "copy"}).status_code == 302
    answer = client.get(f"{url}files/{document.files.get().pk}/")
    assert answer.content == PDF
    assert answer["Content-Disposition"].startswith("attachment")
    assert "document_copy" in Event.objects.filter(kind="read").order_by("-id")[0].body


@pytest.mark.django_db
def test_a_form_with_errors_keeps_nothing(client, clerk):
    client.force_login(clerk)
    url = f"/customers/{PersonFactory().reference}/documents/new/"

    answer = client.post(
        url, {"kind": "passport", "number": "", "country": "China", "files": SimpleUploadedFile("a", b"x")}
    )

    assert answer.status_code == 422
    assert not IdentityDocument.objects.exists()


@pytest.mark.django_db
def test_the_desk_does_not_open_copies(client, clerk):
    client.force_login(clerk)
    file = CopyFactory()
    url = f"/customers/{file.document.customer.reference}/documents/{file.document.pk}/"

    assert client.get(f"{url}files/{file.pk}/").status_code == 403
    assert f"{url}files/" not in client.get(url).content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("rows", [1, 3])
def test_lists_cost_the_same_queries_for_any_length(client, officer, django_assert_num_queries, rows):
    customer = PersonFactory()
    for number in range(rows):
        document = IdentityDocumentFactory(customer=customer, verified=officer)
        KycTask.objects.create(
            customer=customer, kind="expiring", document=document, due_on=TODAY + timedelta(days=number), opened_at=NOW
        )
    client.force_login(officer)
    lists, tab = reverse("customers:kyc_task_list"), f"/customers/{customer.reference}/kyc/"
    for path in (lists, tab):
        client.get(path)

    with django_assert_num_queries(QUERIES_OF_LIST):
        page = client.get(lists)
    with django_assert_num_queries(QUERIES_OF_TAB):
        client.get(tab)

    assert page.content.count(b"<tr") == rows + 1


QUERIES_OF_LIST, QUERIES_OF_TAB = 11, 19
