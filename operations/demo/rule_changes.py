"""Changes of rules that the demo company watches: laws that there are, and what it makes of each."""

from datetime import date, datetime, timedelta

from identification.models import RegulatoryChange
from identification.services.changes import move_change, note_change, record_change
from products.models import BusinessLine
from staff.models import User


def make_rule_changes(people: dict[str, User], *, last: date, now: datetime) -> None:
    """One gap that is overdue, one that is being assessed, one that is not for the company, one new."""
    officer = people["compliance"]
    retention = record_change(
        actor=officer, owner=officer, title="反洗钱法（2024年修订）", authority="全国人民代表大会常务委员会", jurisdictions=["CN"],
        summary="Art. 34: identity data after the relationship ends, and transaction data after the transaction, are kept for ten"
        " years; the older law said five.",
        published_on=date(2024, 11, 8), in_force_on=date(2025, 1, 1), due_on=last - timedelta(days=6),
        gap="The retention rule of archived accounts still says five years.", at=now - timedelta(days=40),
    )  # fmt: skip
    _move(
        officer,
        retention,
        "gap",
        "The rule is changed under four eyes; archived accounts are kept.",
        now - timedelta(days=30),
    )
    note_change(actor=officer, change_id=retention.pk, text="Draft of the new rule sent to the risk office.", at=now)
    data = record_change(
        actor=officer, owner=people["product"], title="网络数据安全管理条例", authority="国务院", jurisdictions=["CN"],
        summary="Arts. 21 and 25: notices in the form of a list, and data that a person can take along.",
        in_force_on=date(2025, 1, 1), due_on=last + timedelta(days=20), at=now - timedelta(days=15),
    )  # fmt: skip
    _move(officer, data, "assessing", "Product reads the notices of every line.", now - timedelta(days=9))
    funds = record_change(
        actor=officer, title="Rule 2a-7: liquidity of money market funds (2023)", authority="SEC", jurisdictions=["US"],
        summary="Daily liquid assets of 25 % and weekly ones of 50 %; a fee where net redemptions pass 5 %.",
        lines=list(BusinessLine.objects.filter(pk="fund")), at=now - timedelta(days=20),
    )  # fmt: skip
    _move(officer, funds, "not_ours", "We sell no fund of the United States.", now - timedelta(days=19))
    record_change(
        actor=people["risk"], title="非银行支付机构监督管理条例", authority="国务院", jurisdictions=["CN"],
        summary="Arts. 27 to 29: client reserve funds are moved on the user's instruction only, and not lent, pledged or used.",
        in_force_on=date(2024, 5, 1), lines=list(BusinessLine.objects.filter(pk="payment")), at=now - timedelta(days=3),
    )  # fmt: skip


def _move(officer: User, change: RegulatoryChange, state: str, text: str, at: datetime) -> None:
    move_change(actor=officer, change_id=change.pk, state=state, text=text, at=at)
