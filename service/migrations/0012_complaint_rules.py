"""What law and policy set about complaints. Marked as needing confirmation is whatever no statute's own text stood behind
when this was written, the moving of a last day off among it."""

from datetime import date

from django.db import migrations

BEGINNING = date(1990, 1, 1)
CBIRC, PBOC, SAMR, SAIC = date(2020, 3, 1), date(2020, 11, 1), date(2020, 1, 1), date(2015, 3, 15)
PSD, DISP, DODD_FRANK = date(2018, 1, 13), date(2001, 12, 1), date(2011, 7, 21)
ORDER = "CBIRC Order 2020 No. 3"
CODE = "; a last day off: Civil Code, art. 203"
OURS = "Company policy"

# step, jurisdiction, line, authority, value, unit, counted from, a last day off, from, source, needs confirmation
RULES = [
    ("acknowledgement", "", "", "", 1, "working_days", "receipt", "stays", BEGINNING, OURS, False),
    ("acknowledgement", "GB", "", "", 1, "working_days", "receipt", "stays", DISP, "DISP 1.6.1 says promptly; the day is company policy", True),
    ("summary", "GB", "", "", 3, "working_days", "receipt", "stays", DISP, "DISP 1.5", False),
    ("decision", "CN", "", "", 15, "days", "receipt", "next_working", CBIRC, ORDER + CODE, True),
    ("decision", "GB", "", "", 56, "days", "receipt", "stays", DISP, "DISP 1.6.2, eight weeks", False),
    ("decision", "GB", "payment", "", 15, "working_days", "receipt", "stays", PSD, "DISP 1.6.2A", False),
    ("decision", "EU", "payment", "", 15, "working_days", "receipt", "stays", PSD, "Directive (EU) 2015/2366, art. 101(2)", True),
    ("decision", "US", "", "", 15, "days", "receipt", "stays", DODD_FRANK, "CFPB complaint portal", False),
    ("decision", "", "", "", 15, "days", "receipt", "stays", BEGINNING, OURS, True),
    ("decision_complex", "CN", "", "", 30, "days", "receipt", "next_working", CBIRC, ORDER + CODE, True),
    ("decision_complex", "GB", "payment", "", 35, "working_days", "receipt", "stays", PSD, "DISP 1.6.2A", True),
    ("decision_complex", "EU", "payment", "", 35, "working_days", "receipt", "stays", PSD, "Directive (EU) 2015/2366, art. 101(2)", True),
    ("decision_complex", "US", "", "", 60, "days", "receipt", "stays", DODD_FRANK, "CFPB complaint portal", True),
    ("decision_complex", "", "", "", 30, "days", "receipt", "stays", BEGINNING, OURS, True),
    ("extension", "CN", "", "", 30, "days", "due", "next_working", CBIRC, ORDER + CODE, True),
    ("review_request", "CN", "", "", 30, "days", "decision", "next_working", CBIRC, ORDER + CODE, True),
    ("review_decision", "CN", "", "", 30, "days", "receipt", "next_working", CBIRC, ORDER + CODE, True),
    ("regulator_reply", "CN", "", "", 15, "days", "referral", "next_working", CBIRC, ORDER + CODE, True),
    ("regulator_reply", "CN", "", "pboc", 15, "days", "referral", "next_working", PBOC, "PBoC Order 2020 No. 5" + CODE, True),
    ("regulator_longest", "CN", "", "pboc", 60, "days", "referral", "next_working", PBOC, "PBoC Order 2020 No. 5" + CODE, True),
    ("regulator_reply", "US", "", "cfpb", 15, "days", "referral", "stays", DODD_FRANK, "CFPB complaint portal", False),
    ("regulator_longest", "US", "", "cfpb", 60, "days", "referral", "stays", DODD_FRANK, "CFPB complaint portal", True),
    ("regulator_reply", "", "", "", 15, "days", "referral", "stays", BEGINNING, OURS, True),
    ("authority_acceptance", "CN", "", "samr", 7, "working_days", "referral", "stays", SAMR, "SAMR Order 2019 No. 20, art. 14", False),
    ("authority_mediation", "CN", "", "samr", 45, "working_days", "referral", "stays", SAMR, "SAMR Order 2019 No. 20, art. 21(5)", False),
    ("redress_payment", "CN", "", "", 15, "days", "decision", "stays", SAIC, "SAIC Order 2015 No. 73: a later refund is a refusal", False),
    ("representatives", "CN", "", "", 5, "times", "receipt", "stays", CBIRC, ORDER + ", art. 12", False),
    ("reminder", "", "", "", 3, "working_days", "due", "stays", BEGINNING, OURS, False),
]  # fmt: skip
FIELDS = (
    "step", "jurisdiction", "line", "authority", "value", "unit", "counts_from", "ends", "valid_from", "source",
    "needs_confirmation",
)  # fmt: skip
LIMITS = [("CNY", 2_000), ("USD", 300), ("EUR", 300), ("GBP", 250), ("HKD", 2_000), ("TWD", 9_000), ("CZK", 7_000)]
STEPS = [
    ("advice", "Advice and sale"), ("onboarding", "Opening and identification"), ("contract", "Contract and disclosure"),
    ("payment", "Payment and booking"), ("pricing", "Interest and fees"), ("servicing", "Service of the contract"),
    ("claims", "Claims"), ("collection", "Collection"), ("closing", "Closing and repayment"),
    ("systems", "App and systems"),
]  # fmt: skip
NEEDS = {
    "fees": ["contract", "statement"], "sales": ["contract", "correspondence"], "payment": ["statement", "receipt"],
    "lending": ["contract", "statement"], "collection": ["contract", "correspondence"],
    "claim": ["contract", "medical", "identity"], "privacy": ["identity"], "fraud": ["police", "statement"],
    "system": ["correspondence"], "service": [], "other": [],
}  # fmt: skip


def seed(apps, schema_editor):
    model = lambda name: apps.get_model("service", name).objects  # noqa: E731
    rule = apps.get_model("service", "ComplaintRule")
    rule.objects.bulk_create(rule(**dict(zip(FIELDS, row, strict=True))) for row in RULES)
    for currency, amount in LIMITS:
        model("RedressLimit").create(
            currency=currency, amount=amount, valid_from=BEGINNING, source=OURS, needs_confirmation=True
        )
    for position, (code, name) in enumerate(STEPS):
        model("ProcessStep").create(code=code, name=name, position=position)
    for kind, documents in NEEDS.items():
        for document in documents:
            model("DocumentNeed").create(kind=kind, document=document)
    model("TrendRule").create(
        false_share="0.0500", least_cases=5, months_before=6, valid_from=BEGINNING, source=OURS, needs_confirmation=True
    )


class Migration(migrations.Migration):
    dependencies = [("service", "0011_complaint_guards")]
    operations = [migrations.RunPython(seed, migrations.RunPython.noop)]
