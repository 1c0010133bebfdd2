"""Coupons: issued by the thousand in one statement, found by what somebody typed."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils.translation import gettext as _

from audit.services import name_act, record_batch
from marketing.models import Coupon, CouponBatch, Offer, OfferVersion
from marketing.rules.coupon_codes import code_hash, drawn_code, read_code, shown_code
from marketing.rules.discounts import worth_most
from staff.models import User

MOST = 1_000_000
Row = tuple[int, bytes, str, int | None]


def issue_many(
    *, offer_id: int, customer_ids: Iterable[int], key: str, at: datetime, actor: User | None = None
) -> dict[int, str]:
    """Issue a coupon of the version in force to each customer, and return their codes by customer.

    Idempotent by `key`: asked again, the same codes come back, and customers that were not among them then get theirs now.
    """
    wanted = sorted(set(customer_ids))
    if len(wanted) > MOST:
        raise ValidationError(_("At most %(most)d coupons in one issue.") % {"most": MOST})
    with transaction.atomic():
        batch = _batch(offer_id=offer_id, key=key, size=len(wanted), uses=1, personal=True, actor=actor, at=at)
        secret = bytes.fromhex(str(batch.secret))
        codes = {pk: drawn_code(secret, pk) for pk in wanted}
        _write(batch, [(pk, code_hash(code), code[-4:], pk) for pk, code in codes.items()], at=at)
    return {pk: shown_code(code) for pk, code in codes.items()}


def issue_anonymous(*, actor: User, offer_id: int, number: int, uses: int, key: str, at: datetime) -> CouponBatch:
    """Issue codes for whoever has them: `uses` of each, 0 for as many as the offer allows. Idempotent by `key`."""
    if not 1 <= number <= MOST:
        raise ValidationError({"number": _("From 1 to %(most)d coupons in one issue.") % {"most": MOST}})
    if uses < 0:
        raise ValidationError(
            {"uses": _("A coupon is used once, several times, or 0 times: without a limit of its own.")}
        )
    with transaction.atomic():
        batch = _batch(offer_id=offer_id, key=key, size=number, uses=uses, personal=False, actor=actor, at=at)
        secret = bytes.fromhex(str(batch.secret))
        rows = []
        for ordinal in range(1, batch.size + 1):
            code = drawn_code(secret, ordinal)
            rows.append((ordinal, code_hash(code), code[-4:], None))
        _write(batch, rows, at=at)
    return batch


def _batch(
    *, offer_id: int, key: str, size: int, uses: int, personal: bool, actor: User | None, at: datetime
) -> CouponBatch:
    """Return the issue of this key, locked; a new one where there is none."""
    if not 1 <= len(key.strip()) <= 120:
        raise ValidationError({"key": _("An issue has a key of at most 120 letters.")})
    offer = Offer.objects.select_related("version").get(pk=offer_id)
    version = offer.version
    if version is None or offer.stopped_at is not None or version.valid_until <= at:
        raise ValidationError(_("This offer does not run: publish it before issuing coupons."))
    name_act("marketing.coupons.issued")
    CouponBatch.objects.bulk_create(
        [
            CouponBatch(
                version=version, key=key.strip(), secret=secrets.token_hex(32), size=size, uses=uses, personal=personal,
                worth=worth_most(offer.kind, version.terms), issued_by=actor, issued_at=at,
            )
        ],
        ignore_conflicts=True,
    )  # fmt: skip
    batch = CouponBatch.objects.select_for_update(of=["self"]).select_related("version__offer").get(key=key.strip())
    if (batch.version.offer_id, batch.personal) != (offer_id, personal) or (
        not personal and (batch.size, batch.uses) != (size, uses)
    ):
        raise ValidationError({"key": _("This key names another issue already: choose a new one.")})
    return batch


def expiry_of(version: OfferVersion, at: datetime) -> datetime:
    """Return when a coupon issued at `at` expires: after its days, and with its offer at the latest."""
    if version.coupon_days is None:
        return version.valid_until
    return min(at + timedelta(days=version.coupon_days), version.valid_until)


def _write(batch: CouponBatch, rows: Sequence[Row], *, at: datetime) -> int:
    """Write coupons that are not there yet: COPY into a table of this transaction, then one INSERT … SELECT."""
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMPORARY TABLE IF NOT EXISTS arriving_coupon"
            " (ordinal bigint, code_hash bytea, tail text, customer_id bigint) ON COMMIT DELETE ROWS"
        )
        cursor.execute("TRUNCATE arriving_coupon")
        with cursor.copy("COPY arriving_coupon FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        cursor.execute(
            """
            INSERT INTO marketing_coupon (batch_id, version_id, ordinal, code_hash, tail, customer_id, uses, issued_at, expires_at)
            SELECT %s, %s, arriving.ordinal, arriving.code_hash, arriving.tail, arriving.customer_id, %s, %s, %s
              FROM arriving_coupon AS arriving
              LEFT JOIN customers_customer AS customer ON customer.id = arriving.customer_id
             WHERE arriving.customer_id IS NULL OR customer.id IS NOT NULL
                ON CONFLICT (batch_id, ordinal) DO NOTHING
            """,
            [batch.pk, batch.version_id, batch.uses, at, expiry_of(batch.version, at)],
        )
        written = cursor.rowcount
    if written:
        digest = hashlib.sha256(b"".join(row[1] for row in rows)).hexdigest()
        record_batch("marketing_coupon", written, digest, pk=batch.pk, action="marketing.coupons.issued")
    return written


def codes_of(batch: CouponBatch) -> list[tuple[str, int | None]]:
    """Return the codes of an issue with their customers, in order."""
    secret = bytes.fromhex(str(batch.secret))
    coupons = batch.coupons.order_by("ordinal").values_list("ordinal", "customer_id")
    return [(shown_code(drawn_code(secret, ordinal)), customer) for ordinal, customer in coupons]


@transaction.atomic
def export_codes(*, actor: User, batch_id: int, at: datetime) -> CouponBatch:
    """Say that somebody takes the codes of an issue away, once; ValidationError for a second time."""
    batch = CouponBatch.objects.select_for_update(of=["self"]).select_related("version__offer").get(pk=batch_id)
    if batch.exported_at is not None:
        raise ValidationError(_("The codes of this issue were exported: that happens once."))
    name_act("marketing.coupons.exported")
    batch.exported_at, batch.exported_by = at, actor
    batch.save(update_fields=["exported_at", "exported_by"])
    return batch


def find_coupon(typed: str) -> Coupon:
    """Return the coupon of a typed code; ValidationError says what is wrong with it."""
    try:
        code = read_code(typed)
    except ValueError as error:
        raise ValidationError({"code": str(error)}) from error
    try:
        return Coupon.objects.select_related("version__offer").get(code_hash=code_hash(code))
    except Coupon.DoesNotExist as error:
        missing = _("There is no such coupon: it is well written, but was never issued.")
        raise ValidationError({"code": missing}) from error
