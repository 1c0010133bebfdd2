"""A very small company for the browser: one or two of everything that a page can show."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.core.cache import cache
from django.utils import timezone

from audit.models import Event
from customers.models import Notice, PrivacyRequest, PrivacyRule, RequestEntry
from customers.services.consents import record_consent
from operations.services.nightly import run_nightly
from tests.factories.customers import (
    AccountFactory,
    ImportFileFactory,
    ImportRejectFactory,
    ImportRunFactory,
    PersonFactory,
    TransactionFactory,
)
from tests.factories.products import ProductFactory
from tests.factories.proofs import anchored, sealed, verified
from tests.factories.risk import AlertFactory, IndicatorFactory, LoanFactory, RiskFactory


@dataclass(frozen=True)
class Company:
    customer: Any
    account: Any
    product: Any
    risk: Any
    alert: Any
    run: Any
    nightly: Any
    loan: Any
    event: Any
    checkpoint: Any
    verification: Any
    request: Any

    @property
    def pages(self) -> list[str]:
        """The page of one record of each kind."""
        customer = f"/customers/{self.customer.reference}/"
        return [
            customer, f"{customer}accounts/", f"{customer}transactions/", f"{customer}contact/",
            f"{customer}accounts/{self.account.pk}/", f"/products/{self.product.code}/",
            f"/risk/register/{self.risk.reference}/", f"/risk/indicators/{self.alert.indicator.code}/",
            f"/risk/alerts/{self.alert.pk}/", f"/customers/imports/{self.run.pk}/",
            f"{customer}privacy/", f"{customer}consent/", f"{customer}request/",
            f"/customers/privacy/requests/{self.request.reference}/",
            f"/customers/privacy/requests/{self.request.reference}/erasure/",
            f"/customers/privacy/requests/{self.request.reference}/answer/", "/customers/privacy/consents/report/",
            f"/customers/imports/{self.run.pk}/rejects/", "/customers/imports/new/", f"/nightly/{self.nightly.pk}/",
            f"/risk/loans/{self.loan.pk}/", f"/audit/explain/portrait/{self.customer.reference}/balance/",
            f"/audit/explain/indicator/{self.alert.indicator.code}/reading/", f"/audit/{self.event.pk}/",
            f"/audit/{self.event.pk}/proof/", f"/audit/history/customers_customer/{self.customer.pk}/",
            f"/audit/verifications/{self.verification.pk}/", "/audit/verifications/", "/audit/anchors/",
            f"/audit/consistency/?old={self.checkpoint.size}&new={self.checkpoint.size}",
        ]  # fmt: skip


def found_company(alert_owner: Any) -> Company:
    """Make the company and assess it as of yesterday; its alert belongs to `alert_owner`."""
    product = ProductFactory(name="活期宝 Payment purse")
    customer = PersonFactory(name="欧阳明月", lines=["payment"], region="Zhejiang")
    PersonFactory(name="Zoë Adler-Brandt", kind="business", lines=["payment"])
    account = AccountFactory(customer=customer, product=product)
    for months, amount in enumerate(["1200.50", "-300", "4800.25"]):
        booked = timezone.localdate() - timedelta(days=1 + 40 * months)
        TransactionFactory(account=account, booked_on=booked, amount=Decimal(amount))
    loan = LoanFactory(paid=1)
    run = ImportRunFactory()
    ImportRejectFactory(file=ImportFileFactory(run=run, rows_read=10, rows_new=9, rows_rejected=1))
    nightly = run_nightly(business_date=yesterday())
    indicator = IndicatorFactory(name="Complaints upheld", owner=alert_owner, reads=Decimal("0.01"))
    risk = RiskFactory(title="Borrowers stop paying at once", owner=alert_owner, rated=(4, 3))
    alert = AlertFactory(indicator=indicator, owner=alert_owner)
    request = ask_for_deletion(customer, alert_owner)
    customer.refresh_from_db()
    seen = Event.objects.of_record("customers_customer", customer.pk).latest("id")
    checkpoint = sealed()
    anchored(checkpoint)
    findings = '[{"kind": "changed", "sentence": "Event 1 is not what was sealed.", "event": 1, "index": 0}]'
    verification = verified("tail", findings, found=1)
    cache.clear()  # sentences and menus of what was there before
    return Company(customer, account, product, risk, alert, run, nightly, loan, seen, checkpoint, verification, request)


def ask_for_deletion(customer: Any, clerk: Any) -> Any:
    """A request for deletion, and a consent that was given and taken back."""
    now, notice = timezone.now(), Notice.objects.filter(purpose="marketing").first()
    for given in (True, False):
        record_consent(
            actor=clerk, customer_id=customer.pk, purpose="marketing", channel="call", given=given, notice=notice,
            origin="call", at=now - timedelta(hours=1 + given), now=now,
        )  # fmt: skip
    request = PrivacyRequest.objects.create(
        customer=customer, kind="deletion", jurisdiction="CN", received_on=now.date(), recorded_at=now, text="Please",
        due_on=now.date() + timedelta(days=30), rule=PrivacyRule.objects.the_one("request_deadline", "CN", now.date()),
        state="working", identity_check="document",
    )  # fmt: skip
    RequestEntry.objects.create(request=request, kind="received", at=now, by=clerk)
    request.refresh_from_db(fields=["reference"])
    return request


def yesterday() -> date:
    return timezone.localdate() - timedelta(days=1)
