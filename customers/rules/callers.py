"""Whether what a caller says agrees with what is on record; nothing that was said is kept."""

import re
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation

from customers.rules.contacts import normalise_email
from customers.rules.identifiers import plain_width

TAIL = 4
_DIGITS = re.compile(r"\d+")
_AMOUNT = re.compile(r"\d+(?:\.\d{1,2})?")


@dataclass(frozen=True)
class OnRecord:
    """What a customer's answers are compared with; what is empty cannot be asked."""

    birth_date: date | None = None
    identity_number: str = ""
    phone: str = ""
    email: str = ""
    city: str = ""
    numbers: list[str] = field(default_factory=list)
    amounts: list[Decimal] = field(default_factory=list)


def is_right(question: str, said: str, record: OnRecord) -> bool:
    """Return whether `said` answers `question` rightly; an empty answer is never right."""
    said = plain_width(said)
    compare = {
        "birth_date": lambda: record.birth_date is not None and record.birth_date in dates_in(said),
        "identity_tail": lambda: _is_tail(said, [record.identity_number]),
        "phone_tail": lambda: _is_tail(said, [record.phone]),
        "email": lambda: bool(record.email) and normalise_email(said) == normalise_email(record.email),
        "city": lambda: bool(record.city) and _city(said) == _city(record.city),
        "account_tail": lambda: _is_tail(said, record.numbers),
        "last_amount": lambda: amount_in(said) in {abs(amount) for amount in record.amounts},
        "document_seen": lambda: said == "yes",
    }
    return bool(said) and compare[question]()


def known_questions(record: OnRecord) -> list[str]:
    """Return the questions that can be asked, since something stands on record to compare with."""
    there = {
        "birth_date": record.birth_date,
        "identity_tail": len(record.identity_number) > TAIL,
        "phone_tail": len(record.phone) > TAIL,
        "email": record.email,
        "city": record.city,
        "account_tail": record.numbers,
        "last_amount": record.amounts,
    }
    return [question for question, known in there.items() if known] + ["document_seen"]


def dates_in(text: str) -> set[date]:
    """Return the dates that a text can mean: year first, or day and month in either order before the year."""
    groups = _DIGITS.findall(text)
    if len(groups) == 1 and len(groups[0]) == 8:
        run = groups[0]
        groups = [run[:4], run[4:6], run[6:]]
        return _real([groups]) | _real([[run[4:], run[2:4], run[:2]], [run[4:], run[:2], run[2:4]]])
    if len(groups) != 3:
        return set()
    if len(groups[0]) == 4:
        return _real([groups])
    return (
        _real([[groups[2], groups[1], groups[0]], [groups[2], groups[0], groups[1]]]) if len(groups[2]) == 4 else set()
    )


def _real(orders: list[list[str]]) -> set[date]:
    found = set()
    for year, month, day in orders:
        try:
            found.add(date(int(year), int(month), int(day)))
        except ValueError:
            continue
    return found


def amount_in(text: str) -> Decimal | None:
    """Return the amount that a text says, with or without thousands' commas and a currency; None where it says none."""
    found = _AMOUNT.findall(text.replace(",", ""))
    try:
        return Decimal(found[0]) if len(found) == 1 else None
    except InvalidOperation:
        return None


def _is_tail(said: str, numbers: list[str]) -> bool:
    said = re.sub(r"[\s-]", "", said).upper()
    return len(said) == TAIL and any(number.upper().endswith(said) for number in numbers if len(number) > TAIL)


def _city(text: str) -> str:
    return text.strip().removesuffix("市").casefold()
