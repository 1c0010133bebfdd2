"""What law and policy set about personal data, and the working calendars that deadlines count on.

Marked as needing confirmation is whatever no statute's own text stood behind when this was written.
"""

from datetime import date, timedelta

from django.db import migrations

BEGINNING = date(1990, 1, 1)
AML_2006, AML_2024 = date(2007, 1, 1), date(2025, 1, 1)
OLD_AML = "AML Law 2006-10-31, art. 19"
NEW_AML = "AML Law 2024-11-08, art. 34"
FLOOR = "FATF Recommendation 11"
UNION_AML = "Directive (EU) 2015/849, art. 40"
PIPL = date(2021, 11, 1)
GDPR = date(2018, 5, 25)
OURS = "Company policy"

# code, jurisdiction, value, unit, from, until, source, needs confirmation
RULES = [
    ("retention_identity", "CN", 5, "years", AML_2006, date(2024, 12, 31), OLD_AML, True),
    ("retention_identity", "CN", 10, "years", AML_2024, None, NEW_AML, False),
    ("retention_identity", "EU", 5, "years", date(2017, 6, 26), None, UNION_AML, True),
    ("retention_identity", "", 5, "years", BEGINNING, None, FLOOR, True),
    ("retention_transactions", "CN", 5, "years", AML_2006, date(2024, 12, 31), OLD_AML, True),
    ("retention_transactions", "CN", 10, "years", AML_2024, None, NEW_AML, False),
    ("retention_transactions", "EU", 5, "years", date(2017, 6, 26), None, UNION_AML, True),
    ("retention_transactions", "", 5, "years", BEGINNING, None, FLOOR, True),
    (
        "retention_fund_register",
        "CN",
        20,
        "years",
        date(2013, 6, 1),
        None,
        "Securities Investment Fund Law, art. 102",
        False,
    ),
    ("retention_platform_records", "CN", 3, "years", date(2019, 1, 1), None, "E-commerce Law, art. 31", False),
    (
        "retention_credit_negative",
        "CN",
        5,
        "years",
        date(2013, 3, 15),
        None,
        "Regulation on the credit-reporting industry, art. 16",
        False,
    ),
    ("retention_impact_assessment", "CN", 3, "years", PIPL, None, "PIPL, art. 56", False),
    ("request_deadline", "CN", 30, "days", PIPL, None, "PIPL, arts. 45 to 50; GB/T 35273-2020, 8.7", True),
    ("request_deadline", "EU", 1, "months", GDPR, None, "GDPR, art. 12(3)", True),
    ("request_deadline", "GB", 1, "months", GDPR, None, "UK GDPR, art. 12(3)", True),
    ("request_deadline", "", 30, "days", BEGINNING, None, OURS, True),
    ("request_extension", "EU", 2, "months", GDPR, None, "GDPR, art. 12(3)", True),
    ("request_extension", "GB", 2, "months", GDPR, None, "UK GDPR, art. 12(3)", True),
    ("closure_deadline", "CN", 15, "working_days", PIPL, None, "GB/T 35273-2020, 8.5", True),
    ("closure_deadline", "", 15, "working_days", BEGINNING, None, OURS, True),
    ("reveal_seconds", "", 30, "seconds", BEGINNING, None, OURS, False),
    ("reveals_per_hour", "", 30, "times", BEGINNING, None, OURS, False),
    ("reveals_per_day", "", 120, "times", BEGINNING, None, OURS, False),
]

# Name; first and last day off; make-up workdays. State Council notices of October 2023, November 2024, November 2025.
HOLIDAYS = {
    2024: [
        ("元旦", (1, 1), (1, 1), []),
        ("春节", (2, 10), (2, 17), [(2, 4), (2, 18)]),
        ("清明节", (4, 4), (4, 6), [(4, 7)]),
        ("劳动节", (5, 1), (5, 5), [(4, 28), (5, 11)]),
        ("端午节", (6, 10), (6, 10), []),
        ("中秋节", (9, 15), (9, 17), [(9, 14)]),
        ("国庆节", (10, 1), (10, 7), [(9, 29), (10, 12)]),
    ],
    2025: [
        ("元旦", (1, 1), (1, 1), []),
        ("春节", (1, 28), (2, 4), [(1, 26), (2, 8)]),
        ("清明节", (4, 4), (4, 6), []),
        ("劳动节", (5, 1), (5, 5), [(4, 27)]),
        ("端午节", (5, 31), (6, 2), []),
        ("国庆节、中秋节", (10, 1), (10, 8), [(9, 28), (10, 11)]),
    ],
    2026: [
        ("元旦", (1, 1), (1, 3), [(1, 4)]),
        ("春节", (2, 15), (2, 23), [(2, 14), (2, 28)]),
        ("清明节", (4, 4), (4, 6), []),
        ("劳动节", (5, 1), (5, 5), [(5, 9)]),
        ("端午节", (6, 19), (6, 21), []),
        ("中秋节", (9, 25), (9, 27), []),
        ("国庆节", (10, 1), (10, 7), [(9, 20), (10, 10)]),
    ],
}
NOTICES = {
    "marketing": "We would like to tell you about products and offers by the way that you choose. You may say no, and you "
    "may take your consent back at any time, as easily as you gave it; this has no effect on your contracts.",
    "personalised": "We would like to use what you do with us to choose offers for you. You may say no and then see the "
    "same offers as everybody; you may ask how an offer was chosen, and have a person look at it.",
}
NOTICES_ZH = {
    "marketing": "我们希望通过您选择的方式向您介绍产品和优惠。您可以拒绝，也可以随时撤回同意，撤回与给予同样方便；这不影响您与我们的合同。",
    "personalised": "我们希望根据您与我们的往来为您选择推荐内容。您可以拒绝并看到与他人相同的内容；您可以询问推荐的依据，并要求人工处理。",
}


def days_of(first, last):
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def calendar(model):
    """Every departure from Monday to Friday; a day off that falls on a weekend anyway is none."""
    for year, holidays in HOLIDAYS.items():
        for name, first, last, worked in holidays:
            off = [day for day in days_of(date(year, *first), date(year, *last)) if day.weekday() < 5]
            yield from (model(jurisdiction="CN", day=day, is_working=False, name=name) for day in off)
            yield from (model(jurisdiction="CN", day=date(year, *day), is_working=True, name=name) for day in worked)


def seed(apps, schema_editor):
    rule = apps.get_model("customers", "PrivacyRule")
    fields = ("code", "jurisdiction", "value", "unit", "valid_from", "valid_to", "source", "needs_confirmation")
    rule.objects.bulk_create(rule(**dict(zip(fields, row, strict=True))) for row in RULES)
    day = apps.get_model("customers", "CalendarDay")
    day.objects.bulk_create(calendar(day))


def publish(apps, schema_editor):
    import hashlib

    from django.utils import timezone

    notice = apps.get_model("customers", "Notice")
    worded = [("en", NOTICES), ("zh-hans", NOTICES_ZH)]
    notice.objects.bulk_create(
        notice(
            purpose=purpose,
            version=1,
            language=language,
            text=text,
            sha256=hashlib.sha256(text.encode()).hexdigest(),
            published_at=timezone.now(),
        )
        for language, texts in worded
        for purpose, text in texts.items()
    )


class Migration(migrations.Migration):
    dependencies = [("customers", "0011_privacy_log")]
    operations = [
        migrations.RunPython(seed, migrations.RunPython.noop),
        migrations.RunPython(publish, migrations.RunPython.noop),
    ]
