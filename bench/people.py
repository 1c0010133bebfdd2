"""What the customer list needs beyond the data set of the nightly run.

Portraits, and contact fields that can be opened and searched."""

from django.db import connection

from bench.datasets import LAST_DAY, Size, dataset_of
from customers.encryption import encrypt, identity_index, identity_tail_index, phone_index, phone_tail_index
from customers.models import Customer, Portrait, PortraitRound
from customers.services.portraits import draw_portraits

KNOWN = 2_000  # customers, spread evenly, whose phones and identity numbers are real ones of their own
IDENTITY = "11010519491231002X"
TABLE = "customers_customer"
# The others share one sealed text, which costs as much to open, and have indexes of their own that say nothing.
OTHERS = """
UPDATE customers_customer
   SET identity_number = %(identity)s, phone = %(phone)s,
       phone_index = decode(md5('phone' || id), 'hex'),
       phone_tail_index = decode(md5('tail' || id %% 10000), 'hex'),
       identity_index = decode(md5('identity' || id), 'hex'),
       identity_tail_index = decode(md5('document' || id %% 10000), 'hex')
"""


def people_of(size: Size) -> None:
    """Have the bench database hold the customers of `size`, whom a night has seen and who can be found by phone."""
    dataset_of(size)
    if Customer.objects.filter(phone_index=None).exists():
        _seal(size)
    if not PortraitRound.objects.filter(as_of=LAST_DAY).exists() or Portrait.objects.count() != size.customers:
        draw_portraits(business_date=LAST_DAY, whole=True)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE customers_customer")
        cursor.execute("VACUUM ANALYZE customers_portrait")


def phone_of(number: int) -> str:
    return f"+86138{number:08d}"


def known(size: Size) -> list[int]:
    """The ids of the customers whose phone is `phone_of(id)`."""
    step = max(size.customers // KNOWN, 1)
    return list(range(step, size.customers + 1, step))


def _seal(size: Size) -> None:
    sealed = {
        "identity": encrypt(IDENTITY, purpose="customers.customer.identity_number"),
        "phone": encrypt(phone_of(0), purpose="customers.customer.phone"),
    }
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {TABLE} DISABLE TRIGGER ALL")  # loading is not what is measured
        cursor.execute(OTHERS, sealed)
        cursor.executemany(
            f"UPDATE {TABLE} SET phone_index = %s, phone_tail_index = %s, identity_index = %s, identity_tail_index = %s"
            " WHERE id = %s",
            [
                (
                    phone_index(phone),
                    phone_tail_index(phone),
                    identity_index(str(pk)),
                    identity_tail_index(f"{pk:08d}"),
                    pk,
                )
                for pk in known(size)
                for phone in [phone_of(pk)]
            ],
        )
        cursor.execute(f"ALTER TABLE {TABLE} ENABLE TRIGGER ALL")
        cursor.execute(
            f"SELECT format('ALTER TABLE {TABLE} ENABLE ALWAYS TRIGGER %%I', tgname) FROM pg_trigger"
            f" WHERE tgrelid = '{TABLE}'::regclass AND tgname LIKE 'audit_%%'",
            [],
        )
        for (statement,) in cursor.fetchall():
            cursor.execute(statement)
