"""What is wrong with an identity document, as far as it says by itself and against the customer's record."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from customers.rules.contacts import normalise_identity
from customers.rules.identifiers import (
    birth_and_sex_of_resident_id,
    is_hong_kong_id,
    is_resident_id,
    is_social_credit_code,
    is_taiwan_id,
)
from products.rules.calendar import shift_months

# ICAO 9303-3, 4.2.2: document numbers of at most nine signs; some countries print longer ones.
PASSPORT = re.compile(r"[A-Z0-9]{5,12}")
CHINESE_PASSPORT = re.compile(r"(?:[DGPS]E?[0-9]{7,8}|E[A-HJ-NP-Z][0-9]{7}|E[0-9]{8}|1[45][0-9]{7})")
HK_MACAU_PERMIT = re.compile(r"[HM][0-9]{8}(?:[0-9]{2})?")
TAIWAN_PERMIT = re.compile(r"[0-9]{8}|[0-9]{10}[A-Z]?")
OLD_FOREIGN_RESIDENT = re.compile(r"[A-Z]{3}[0-9]{12}")
RESIDENCE_AREAS = ("810000", "820000", "830000")
OF_BUSINESSES = {"licence"}
GRAVE = {"number_invalid", "birth_differs", "sex_differs", "expired", "issued_in_future", "wrong_customer_kind"}


@dataclass(frozen=True)
class Paper:
    """What a document says."""

    kind: str
    number: str
    country: str = ""
    issued_on: date | None = None
    expires_on: date | None = None


@dataclass(frozen=True)
class OnRecord:
    """What the customer's record says."""

    kind: str = "individual"
    birth_date: date | None = None
    sex: str = ""
    identity_number: str = ""


@dataclass(frozen=True)
class Validity:
    """From which age a resident card holds how many years; None without end."""

    from_age: int
    years: int | None


def number_is_possible(paper: Paper, *, today: date) -> bool:
    """Return whether a number can be one of a document of its kind."""
    number = normalise_identity(paper.number)
    if paper.kind == "resident_id":
        return is_resident_id(number, today=today) and not number.startswith(RESIDENCE_AREAS)
    if paper.kind == "residence":
        return is_resident_id(number, today=today) and number.startswith(RESIDENCE_AREAS)
    if paper.kind == "passport":
        return bool((CHINESE_PASSPORT if paper.country == "CN" else PASSPORT).fullmatch(number))
    if paper.kind == "foreign":
        return bool(OLD_FOREIGN_RESIDENT.fullmatch(number)) or (number[:1] == "9" and is_resident_id(number))
    if paper.kind == "hk_mo_permit":
        return bool(HK_MACAU_PERMIT.fullmatch(number))
    if paper.kind == "tw_permit":
        return bool(TAIWAN_PERMIT.fullmatch(number))
    checks = {"hk_id": is_hong_kong_id, "tw_id": is_taiwan_id, "licence": is_social_credit_code}
    return checks[paper.kind](number) if paper.kind in checks else bool(number)


def findings_of(paper: Paper, record: OnRecord, *, validities: Sequence[Validity], today: date) -> list[str]:
    """Return what is wrong with a document, as codes, the gravest first.

    Those in `GRAVE` stand against verifying it; the others are for whoever verifies it to judge."""
    found = []
    if (paper.kind in OF_BUSINESSES) != (record.kind == "business") and paper.kind != "other":
        found.append("wrong_customer_kind")
    if not number_is_possible(paper, today=today):
        found.append("number_invalid")
    else:
        found += _against_record(paper, record)
    if paper.expires_on and paper.expires_on < today:
        found.append("expired")
    if paper.issued_on and paper.issued_on > today:
        found.append("issued_in_future")
    if record.identity_number and not _is_number_on_record(paper, record):
        found.append("number_not_on_record")
    if _is_unusual(paper, validities):
        found.append("validity_unusual")
    return sorted(found, key=lambda code: code not in GRAVE)


def _is_number_on_record(paper: Paper, record: OnRecord) -> bool:
    return normalise_identity(paper.number) == normalise_identity(record.identity_number)


def _against_record(paper: Paper, record: OnRecord) -> list[str]:
    """Birth date and sex that the number itself holds, against those on record."""
    if paper.kind not in {"resident_id", "residence"}:
        return []
    birth = birth_and_sex_of_resident_id(normalise_identity(paper.number))
    wrong = []
    if record.birth_date and birth.date != record.birth_date:
        wrong.append("birth_differs")
    if record.sex and birth.sex != record.sex:
        wrong.append("sex_differs")
    return wrong


def _is_unusual(paper: Paper, validities: Sequence[Validity]) -> bool:
    """A resident card whose time does not fit the age at which it was issued (Resident Identity Card Law, art. 5)."""
    if paper.kind != "resident_id" or paper.issued_on is None or not is_resident_id(normalise_identity(paper.number)):
        return False
    born = birth_and_sex_of_resident_id(normalise_identity(paper.number)).date
    years = [one.years for one in validities if one.from_age <= age_at(born, paper.issued_on)]
    if not years:
        return False
    until = shift_months(paper.issued_on, 12 * years[-1]) if years[-1] is not None else None
    return paper.expires_on != until


def age_at(born: date, day: date) -> int:
    """Return the full years of somebody's age; who was born on 29 February has a birthday on 1 March.

    >>> age_at(date(2000, 2, 29), date(2016, 2, 29)), age_at(date(2000, 2, 29), date(2017, 2, 28))
    (16, 16)
    """
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))
