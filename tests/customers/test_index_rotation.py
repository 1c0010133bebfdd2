"""Changing the index key: found before, during and after, killed and gone on with, by one process at a time."""

import base64
import os
import signal
import subprocess
import sys
import time
from io import StringIO

import pytest
from django.conf import settings as project
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.core.management import call_command
from django.db import connection

from customers.encryption import index_key_id, index_keys
from customers.models import Customer, KeyRotation
from customers.services.index_rotation import rotate_indexes
from customers.services.key_rotation import rotate_keys
from tests.factories import UserFactory
from tests.factories.customers import HoldingFactory, PersonFactory

OLD, NEW = (base64.b64encode(sign * 32).decode() for sign in (b"o", b"n"))
OLD_RING, NEW_RING = f"old:{OLD}", f"new:{NEW},old:{OLD}"
CARD = "6222021234567890123"


def company(n=5):
    return [
        PersonFactory(
            phone=f"+861380013800{k}", email=f"person{k}@dali.example", identity_number=f"11010519491231{k:04}"
        )
        for k in range(n)
    ]


@pytest.fixture
def people(db, settings):
    """Five customers and a card, indexed under the old key; the new one now stands first."""
    settings.MERIDIAN_INDEX_KEY = OLD
    made = company()
    HoldingFactory(customer=made[0], card_number=CARD)
    settings.MERIDIAN_INDEX_KEY = f"{NEW},{OLD}"
    return made


def found(text):
    return [customer.pk for customer in Customer.objects.matching(text).order_by("pk")]


def all_are_found(people):
    for k, person in enumerate(people):
        assert found(f"1380013800{k}") == [person.pk]
        assert found(f"person{k}@dali.example") == [person.pk]
        assert found(f"11010519491231{k:04}") == [person.pk]
        assert found(f"800{k}") == [person.pk]
    assert found(CARD) == found("0123") == [people[0].pk]


def test_everybody_is_found_before_during_and_after(people, settings):
    all_are_found(people)
    steps = []
    rotate_indexes(batch_size=2, progress=lambda *said: (all_are_found(people), steps.append(said)))

    assert len(steps) >= 4
    settings.MERIDIAN_INDEX_KEY = NEW
    all_are_found(people)


def test_who_comes_during_the_change_is_found_after_it(people, settings):
    rotate_indexes(batch_size=2)
    late = PersonFactory(phone="+8613700137000")
    settings.MERIDIAN_INDEX_KEY = NEW

    assert found("13700137000") == [late.pk]


def test_killed_between_batches_it_goes_on_after_the_last(people, settings):
    def stop(*said):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        rotate_indexes(batch_size=2, progress=stop)
    left = KeyRotation.objects.get()
    assert (left.done, left.ended_at) == (2, None)
    all_are_found(people)

    rotate_indexes(batch_size=2)

    done = KeyRotation.objects.get(table="customers_customer")
    assert (done.pk, done.done, done.total, done.changed) == (left.pk, 5, 5, 5)
    assert done.ended_at
    settings.MERIDIAN_INDEX_KEY = NEW
    all_are_found(people)


def test_a_second_run_looks_at_nothing_and_one_key_needs_none(people, settings):
    rotate_indexes()
    before = list(KeyRotation.objects.values_list("pk", "done"))

    rotate_indexes()
    assert list(KeyRotation.objects.values_list("pk", "done")) == before
    settings.MERIDIAN_INDEX_KEY = NEW
    assert rotate_indexes() == []


def test_a_value_that_does_not_open_keeps_its_index_and_is_counted(people):
    with connection.cursor() as cursor:
        cursor.execute("UPDATE customers_customer SET phone = '\\x0103' WHERE id = %s", [people[2].pk])

    rotation = rotate_indexes(batch_size=2)[0]

    assert (rotation.unreadable, rotation.changed, rotation.done) == (1, 4, 5)


def test_the_page_shows_keys_by_name_and_how_far_they_are(people, client, settings):
    rotate_indexes()
    client.force_login(UserFactory(role="administrator"))

    page = client.get("/customers/privacy/keys/").content.decode()

    assert index_key_id() in page
    assert index_key_id(index_keys()[1]) in page
    assert "5 of 5" in page
    assert OLD not in page
    assert NEW not in page


def test_the_command_rotates_both(people, settings):
    out = StringIO()
    settings.MERIDIAN_KEYS = f"{NEW_RING},{settings.MERIDIAN_KEYS}"

    call_command("rotate_keys", "--batch", "2", stdout=out)

    assert "customers_customer: 5 rows looked at, 5 indexed again" in out.getvalue()
    assert set(KeyRotation.objects.values_list("kind", "key")) >= {("fields", "new"), ("indexes", index_key_id())}


def test_an_index_key_that_is_none_is_refused(settings):
    settings.MERIDIAN_INDEX_KEY = " , "
    with pytest.raises(ImproperlyConfigured, match="is empty"):
        index_keys()
    settings.MERIDIAN_INDEX_KEY = f"{NEW},short"
    with pytest.raises(ImproperlyConfigured):
        index_keys()


@pytest.mark.django_db(transaction=True)
def test_two_at_once_are_one(settings):
    import psycopg

    said = connection.get_connection_params()
    said.pop("cursor_factory", None)
    said.pop("context", None)
    with psycopg.connect(**said) as other:
        other.execute("SELECT pg_advisory_lock(hashtext('customers.rotate_keys'))")
        with pytest.raises(ValidationError, match="Another process"):
            rotate_keys()


@pytest.mark.django_db(transaction=True)
def test_a_process_killed_in_the_middle_is_gone_on_with(settings):
    """The real command, ended by SIGKILL after its first batches; what it had done stays done, and the rest follows."""
    settings.MERIDIAN_INDEX_KEY, settings.MERIDIAN_KEYS = OLD, OLD_RING
    people = company(300)
    name = connection.settings_dict["NAME"]
    rings = {"MERIDIAN_INDEX_KEY": f"{NEW},{OLD}", "MERIDIAN_KEYS": NEW_RING}
    script = (
        f"import django; django.setup(); from django.db import connection; connection.settings_dict['NAME'] = '{name}';"
        " from django.core.management import call_command; call_command('rotate_keys', '--batch', '3')"
    )
    environment = {**os.environ, **rings, "DJANGO_SETTINGS_MODULE": "config.settings", "LOG_LEVEL": "ERROR"}
    process = subprocess.Popen(
        [sys.executable, "-c", script], cwd=project.ROOT, env=environment, stdout=subprocess.PIPE
    )
    wait_for(lambda: KeyRotation.objects.filter(done__gt=5).exists(), process)
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()
    settings.MERIDIAN_INDEX_KEY, settings.MERIDIAN_KEYS = rings["MERIDIAN_INDEX_KEY"], rings["MERIDIAN_KEYS"]
    before = KeyRotation.objects.filter(ended_at__isnull=True).count()

    assert before == 1
    assert found("13800138007") == [people[7].pk]
    assert Customer.objects.get(pk=people[7].pk).phone == people[7].phone

    call_command("rotate_keys", stdout=StringIO())

    settings.MERIDIAN_INDEX_KEY, settings.MERIDIAN_KEYS = NEW, f"new:{NEW}"
    assert found(people[10].phone) == [people[10].pk]
    assert Customer.objects.get(pk=people[299].pk).email == "person299@dali.example"
    assert not KeyRotation.objects.filter(ended_at__isnull=True).exists()


def wait_for(what, process, seconds=60):
    deadline = time.monotonic() + seconds
    while not what():
        assert process.poll() is None, "the command ended before it could be killed"
        assert time.monotonic() < deadline
        time.sleep(0.02)
