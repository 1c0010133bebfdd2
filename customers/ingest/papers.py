"""Targets of who customers are: identity documents, owners and representatives of businesses."""

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.ingest.staging import rows_of
from customers.ingest.targets import EXTERNAL_ID, NOT_ERASED, Check, Field, Target, choice, text
from customers.models import DocumentKind, DocumentStatus, HolderKind, IdentityDocument, Power, RepresentativeRole
from customers.rules.documents import OnRecord, Paper, Validity, findings_of
from customers.services.kyc_rules import validities

WHOSE = Field("customer", "customer", required=True, column="customer_id")
COUNTRY = Check("t.v_country !~ '^[A-Z]{2}$'", "bad_country", "country")
FROM, TO = Field("from_on", "date", required=True), Field("to_on", "date")
ENDS = Check("t.v_to_on < t.v_from_on", "ends_before", "to_on", ("from_on", "to_on"))
SHARE = "t.v_share <= 0 OR t.v_share > 100 OR t.v_share <> round(t.v_share, 4)"


def look_at_documents(source_id: int) -> None:
    """Say of every document that came and was not judged yet what is wrong with it, as recording it at the desk does."""
    came = rows_of("SELECT external_id FROM pg_temp.ingest_checked WHERE problem IS NULL")
    documents = IdentityDocument.objects.filter(
        source=source_id, external_id__in=[number for (number,) in came], status=DocumentStatus.RECEIVED
    )
    today, law = timezone.localdate(), {}
    changed = []
    for document in documents.select_related("customer").defer("customer__search"):
        place = document.customer.jurisdiction or settings.COMPANY_JURISDICTION
        if place not in law:
            law[place] = validities(place, today)
        found = _findings(document, law[place])
        if found != document.findings:
            document.findings = found
            changed.append(document)
    IdentityDocument.objects.bulk_update(changed, ["findings"], batch_size=500)


def _findings(document: IdentityDocument, law: list[Validity]) -> list[str]:
    who = document.customer
    paper = Paper(
        document.kind, document.number or "", document.country, document.issued_on, document.expires_on
    )  # fmt: skip
    record = OnRecord(who.kind, who.birth_date, who.sex, who.identity_number or "")
    return findings_of(paper, record, validities=law, today=timezone.localdate())


DOCUMENTS = Target(
    "identity_documents",
    "customers_identitydocument",
    (
        EXTERNAL_ID,
        WHOSE,
        choice("kind", DocumentKind, None),
        Field("number", "sealed", required=True, longest=64, sealing="document_number"),
        text("country", 2),
        text("issuer", 120),
        Field("issued_on", "date"),
        Field("expires_on", "date"),
    ),
    # Whatever another system said of them, somebody here verifies them.
    fixed={
        "status": "'received'",
        "findings": "'{}'::varchar[]",
        "added_at": "now()",
        "verified_how": "''",
        "refusal": "''",
    },
    label=_("Identity documents"),
    checks=(
        NOT_ERASED,
        COUNTRY,
        Check("t.v_expires_on <= t.v_issued_on", "ends_before", "expires_on", ("issued_on", "expires_on")),
    ),
    settle=look_at_documents,
)
STAKES = Target(
    "stakes",
    "customers_stake",
    (
        EXTERNAL_ID,
        WHOSE,
        text("company", 160),
        Field("holder", "text", required=True, longest=160),
        choice("holder_kind", HolderKind, "person"),
        Field("holder_customer", "customer", column="holder_customer_id"),
        Field("number", "sealed", longest=64, sealing="stake_number"),
        text("country", 2),
        Field("share", "number", required=True),
        FROM,
        TO,
        text("evidence", 200),
    ),
    label=_("Stakes of owners"),
    checks=(
        NOT_ERASED,
        Check("customer.kind <> 'business'", "not_a_business", "customer"),
        Check("t.v_company = t.v_holder", "of_two", "holder", ("company", "holder")),
        Check(SHARE, "no_share", "share"),
        COUNTRY,
        ENDS,
    ),
)
REPRESENTATIVES = Target(
    "representatives",
    "customers_representative",
    (
        EXTERNAL_ID,
        WHOSE,
        Field("name", "text", required=True, longest=160),
        choice("role", RepresentativeRole, None),
        Field("powers", "several", choices=Power, fallback="'{}'"),
        Field("number", "sealed", longest=64, sealing="representative_number"),
        FROM,
        TO,
        text("evidence", 200),
    ),
    label=_("Representatives"),
    checks=(NOT_ERASED, ENDS),
)
