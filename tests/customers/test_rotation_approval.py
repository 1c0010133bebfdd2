"""Everything is sealed again under another key when two people want it, and only under the keys that they agreed to."""

import base64

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.utils import timezone

from customers.encryption import key_id_of
from customers.key_commands import ROTATE, keys_in_use
from customers.models import Customer, KeyRotation
from staff.models import ChangeRequest, Job
from staff.services.changes import propose
from staff.services.jobs import run_job
from tests.factories import UserFactory
from tests.factories.changes import agreed
from tests.factories.customers import PersonFactory

PHONE = "+8613912345678"
NEW = "next:" + base64.b64encode(b"n" * 32).decode()


@pytest.fixture
def administrator(client, db):
    user = UserFactory(role="administrator")
    client.force_login(user)
    return user


@pytest.fixture
def new_key(settings, administrator):
    """A customer sealed under the key of before, and a new one put first."""
    customer = PersonFactory(phone=PHONE)
    settings.MERIDIAN_KEYS = f"{NEW},{settings.MERIDIAN_KEYS}"
    return customer


def asked(administrator):
    return propose(
        actor=administrator,
        command=ROTATE,
        arguments={"keys": keys_in_use()},
        reason="Yearly change",
        at=timezone.now(),
    )


def sealed_under(customer):
    with connection.cursor() as cursor:
        cursor.execute("SELECT phone FROM customers_customer WHERE id = %s", [customer.pk])
        return key_id_of(cursor.fetchone()[0])


@pytest.mark.django_db(transaction=True)
def test_after_an_approval_a_job_seals_everything_under_the_new_key(client, administrator, new_key):
    answer = client.post("/customers/privacy/keys/rotate/", {"reason": "Yearly change"})
    change = ChangeRequest.objects.get()
    assert answer.status_code == 302
    assert not Job.objects.exists()

    assert agreed(change, UserFactory(role="compliance")).state == "executed"
    run_job(job_id=Job.objects.get().pk, at=timezone.now())

    assert Job.objects.get().state == "done", Job.objects.get().error
    assert KeyRotation.objects.filter(kind="fields", key="next", ended_at__isnull=False).exists()
    assert Customer.objects.get(pk=new_key.pk).phone == PHONE
    assert sealed_under(new_key) == "next"


@pytest.mark.django_db
def test_an_approval_for_other_keys_is_out_of_date(settings, administrator, new_key):
    change = asked(administrator)
    settings.MERIDIAN_KEYS = "third:" + base64.b64encode(b"t" * 32).decode() + "," + settings.MERIDIAN_KEYS

    done = agreed(change, UserFactory(role="compliance"))

    assert done.state != "executed"
    assert not Job.objects.exists()


@pytest.mark.django_db
def test_with_one_key_there_is_nothing_to_change_and_the_page_says_so(client, administrator):
    with pytest.raises(ValidationError, match="one key each"):
        asked(administrator)
    assert "one key each" in client.get("/customers/privacy/keys/").content.decode()
    assert client.post("/customers/privacy/keys/rotate/", {"reason": "Yearly change"}).status_code == 422
