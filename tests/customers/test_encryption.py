"""Sealed values: what opens, what does not, and what is found without being opened."""

import base64
import pickle
import time

import pytest
from django import forms
from django.core.exceptions import FieldError, ImproperlyConfigured
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from customers import encryption
from customers.encryption import (
    DecryptionError,
    blind_index,
    decrypt,
    email_index,
    encrypt,
    identity_index,
    identity_tail_index,
    key_id_of,
    last_four_index,
    phone_index,
    phone_search_indexes,
    phone_tail_index,
    tail_search_indexes,
)
from customers.fields import EncryptedTextField, Personal, encrypted_fields
from customers.models import Customer
from tests.customers.people import make_customer

OLD = "old:" + base64.b64encode(b"o" * 32).decode()
NEW = "new:" + base64.b64encode(b"n" * 32).decode()


@given(st.text())
def test_what_was_sealed_opens_for_its_purpose(text):
    assert decrypt(encrypt(text, purpose="a"), purpose="a") == text


def test_sealing_twice_gives_different_bytes_and_neither_shows_the_text():
    first, second = (encrypt("13800138000", purpose="a") for _ in range(2))

    assert first != second
    assert b"13800138000" not in first + second


def test_a_value_moved_to_another_field_does_not_open():
    with pytest.raises(DecryptionError, match="customers.customer.email does not open"):
        decrypt(encrypt("13800138000", purpose="customers.customer.phone"), purpose="customers.customer.email")


@given(st.integers(0, 10_000))
def test_a_changed_bit_anywhere_is_noticed(place):
    sealed = bytearray(encrypt("13800138000", purpose="a"))
    sealed[place % len(sealed)] ^= 1

    with pytest.raises(DecryptionError):
        decrypt(bytes(sealed), purpose="a")


@pytest.mark.parametrize(
    "garbage", [b"", b"\x01", b"\x01\x04dev1", b"\x02" * 60, b"\x01\xff" + b"x" * 60, b"\x01\x00" + b"x" * 20]
)
def test_bytes_that_were_never_sealed_get_a_sentence(garbage):
    with pytest.raises(DecryptionError, match=r"\.$|put it back"):
        decrypt(garbage, purpose="a")


def test_an_older_key_of_the_ring_still_opens(settings):
    settings.MERIDIAN_KEYS = OLD
    sealed = encrypt("text", purpose="a")

    settings.MERIDIAN_KEYS = f"{NEW}, {OLD}"

    assert (key_id_of(sealed), decrypt(sealed, purpose="a")) == ("old", "text")
    assert key_id_of(encrypt("text", purpose="a")) == "new"


def test_a_key_that_left_the_ring_is_named(settings):
    settings.MERIDIAN_KEYS = OLD
    sealed = encrypt("text", purpose="a")

    settings.MERIDIAN_KEYS = NEW

    with pytest.raises(DecryptionError, match="sealed with the key “old”.*put it back"):
        decrypt(sealed, purpose="a")


@pytest.mark.parametrize(
    ("ring", "sentence"),
    [
        ("", "is empty"),
        ("no colon", "Key 1 of MERIDIAN_KEYS is not written as id:base64"),
        (f"{NEW},:{OLD[4:]}", "Key 2"),
        (f"{NEW},{NEW}", "names the key new twice"),
        ("k:not base64!", "Key k of MERIDIAN_KEYS is not base64"),
        ("k:c2hvcnQ=", "has 5 bytes: it needs 32"),
    ],
)
def test_a_malformed_ring_is_said_without_showing_a_key(settings, ring, sentence):
    settings.MERIDIAN_KEYS = ring

    with pytest.raises(ImproperlyConfigured, match=sentence) as refusal:
        encrypt("text", purpose="a")
    assert NEW[4:] not in str(refusal.value)


def test_fifty_values_open_within_a_millisecond():
    sealed = [encrypt(f"+861380013{k:04}", purpose="a") for k in range(50)]

    def seconds():
        start = time.perf_counter()
        for value in sealed:
            decrypt(value, purpose="a")
        return time.perf_counter() - start

    assert min(seconds() for _ in range(20)) < 0.001


def test_a_blind_index_depends_on_value_purpose_and_key(settings):
    index = blind_index("value", purpose="a")

    assert index == blind_index("value", purpose="a")
    assert len(index) == 16
    assert index not in {blind_index("Value", purpose="a"), blind_index("value", purpose="b")}
    settings.MERIDIAN_INDEX_KEY = base64.b64encode(b"x" * 32).decode()
    assert index != blind_index("value", purpose="a")


def test_purpose_and_value_cannot_run_into_each_other():
    assert blind_index("bc", purpose="a") != blind_index("c", purpose="ab")


def test_a_number_is_found_however_it_is_typed():
    stored = phone_index("+8613800138000")

    for typed in ("138 0013 8000", "13800138000", "+86 138-0013-8000", "008613800138000", "１３８００１３８０００"):
        assert stored in phone_search_indexes(typed)
    assert stored not in phone_search_indexes("13800138001")
    assert phone_index("0912-345-678", region="TW") in phone_search_indexes("0912345678")


def test_four_digits_find_telephone_and_identity_by_their_tails():
    sought = tail_search_indexes("711x")

    assert sought["identity_tail_index"] == [identity_tail_index("51343620000320711X")]
    assert tail_search_indexes("8000")["phone_tail_index"] == [phone_tail_index("+8613800138000")]
    assert tail_search_indexes("800") == tail_search_indexes("80001") == {}
    assert last_four_index("1234", purpose="a") is None


def test_forms_of_one_address_or_person_agree():
    assert email_index("Duan@126.com ") == email_index("duan@126.COM")
    assert identity_index("150102880730303") == identity_index("150102198807303035")


@pytest.mark.parametrize("index", [phone_index, phone_tail_index, email_index, identity_index, identity_tail_index])
@pytest.mark.parametrize("nothing", [None, "", "  "])
def test_nothing_has_no_index(index, nothing):
    assert index(nothing) is None


def test_personal_text_writes_itself_out_and_hides_from_inspection():
    text = Personal("13800138000")

    assert f"{text}" == str(text) == "13800138000" == text
    assert "138" not in repr(text) + repr({"phone": text}) + f"{text!r}"
    assert type(pickle.loads(pickle.dumps(text))) is str


def test_a_field_says_what_it_needs():
    field = EncryptedTextField(purpose="")
    field.set_attributes_from_name("phone")

    *_, options = EncryptedTextField(purpose="a.b.c", null=True).deconstruct()

    assert "needs a purpose" in str(field._check_purpose())
    assert options == {"purpose": "a.b.c", "null": True}
    assert isinstance(EncryptedTextField(purpose="a", null=True, blank=True).formfield(), forms.CharField)


def test_every_encrypted_field_has_a_purpose_of_its_own():
    from django.apps import apps

    purposes = [field.purpose for model in apps.get_models() for field in encrypted_fields(model)]

    assert len(purposes) == len(set(purposes)) > 3
    assert all(purposes)


@pytest.mark.django_db
def test_the_database_never_sees_the_text():
    customer = make_customer(phone="+8613800138000", email="")

    with connection.cursor() as cursor:
        cursor.execute("SELECT phone, email FROM customers_customer WHERE id = %s", [customer.pk])
        stored, email = cursor.fetchone()

    assert b"138" not in bytes(stored)[20:]
    assert email is None
    assert Customer.objects.get(pk=customer.pk).phone == "+8613800138000"
    assert Customer.objects.values_list("phone", flat=True).get(pk=customer.pk) == "+8613800138000"


@pytest.mark.django_db
def test_every_way_of_writing_seals():
    one, two = make_customer(phone="1"), make_customer(phone="2")
    Customer.objects.filter(pk=one.pk).update(phone="one")
    two.phone = "two"
    Customer.objects.bulk_update([two], ["phone"])
    two.refresh_from_db()

    assert list(Customer.objects.order_by("pk").values_list("phone", flat=True)) == ["one", "two"]
    assert repr(two.phone) == "<personal>"


@pytest.mark.django_db
def test_it_is_asked_for_null_and_nothing_else():
    make_customer(phone=None)

    assert Customer.objects.filter(phone__isnull=True).count() == 1
    assert Customer.objects.filter(phone=None).count() == 1
    for lookup in ("phone", "phone__contains", "phone__in", "phone__startswith"):
        with pytest.raises(FieldError):
            Customer.objects.filter(**{lookup: "1"}).exists()


@pytest.mark.django_db
def test_a_broken_value_harms_only_those_who_read_it():
    customer = make_customer(phone="+8613800138000")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE customers_customer SET phone = '\\x00' WHERE id = %s", [customer.pk])

    assert Customer.objects.defer("phone").get(pk=customer.pk).name == customer.name
    with pytest.raises(DecryptionError):
        Customer.objects.get(pk=customer.pk)


def test_the_header_is_what_rotation_looks_for(settings):
    settings.MERIDIAN_KEYS = f"{NEW},{OLD}"

    assert encrypt("x", purpose="a").startswith(encryption.key_ring().header)
