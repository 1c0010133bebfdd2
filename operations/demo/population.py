"""Customers of the demo company: names, places, documents and contacts that are well-formed and nobody's."""

from datetime import date, timedelta

import numpy as np

from customers.encryption import (
    email_index,
    identity_index,
    identity_tail_index,
    phone_index,
    phone_tail_index,
)
from customers.models import (
    Customer,
    CustomerKind,
    CustomerRisk,
    CustomerStatus,
    IdentityKind,
    Sex,
    Source,
)
from customers.rules.identifiers import resident_id_check, social_credit_check
from staff.models import User

SURNAMES = "王李张刘陈杨黄赵周吴徐孙马朱胡郭何林高罗郑梁谢宋唐许邓冯韩曹曾彭萧蔡潘田董袁于余"
COMPOUND = ["欧阳", "司马", "上官", "诸葛"]
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰涛明超霞平刚桂英华慧建文斌宇浩欣怡子涵雨晨嘉琪思远梓轩佳宁"
LATIN = [
    "Aisha Khan",
    "Daniel Becker",
    "Elena Petrova",
    "Grace Liu",
    "James Porter",
    "Maria Silva",
    "Noah Okafor",
    "Olivia Chen",
    "Sofia Marino",
    "Tom Novak",
    "Yusuf Demir",
    "Hana Sato",
]
TRADES = ["电子", "纺织", "食品", "物流", "机械", "医药", "包装", "建材"]
PLACES = [
    ("Shanghai", "Shanghai", "310101"),
    ("Guangdong", "Shenzhen", "440305"),
    ("Guangdong", "Guangzhou", "440106"),
    ("Zhejiang", "Hangzhou", "330106"),
    ("Beijing", "Beijing", "110105"),
    ("Sichuan", "Chengdu", "510104"),
    ("Jiangsu", "Nanjing", "320102"),
    ("Hubei", "Wuhan", "420106"),
    ("Fujian", "Xiamen", "350203"),
]
PLACE_WEIGHTS = [0.19, 0.17, 0.11, 0.15, 0.13, 0.09, 0.07, 0.05, 0.04]


def resident_id(place: str, birth: date, serial: int) -> str:
    """Return a well-formed 18-character number."""
    body = f"{place}{birth:%Y%m%d}{serial:03d}"
    return body + resident_id_check(body)


def credit_code(place: str, serial: int) -> str:
    """Return a well-formed unified social credit code."""
    body = f"91{place}{serial:09d}"
    return body + social_credit_check(body)


def make_population(
    *, count: int, random: np.random.Generator, first: date, last: date, desk: list[User]
) -> list[Customer]:
    """Create `count` customers who joined between `first` and `last`, more of them later on; return them in order."""
    source, __ = Source.objects.get_or_create(code="platform", defaults={"name": "Meridian platform"})
    joined = sorted(first + timedelta(days=int(day)) for day in (last - first).days * random.random(count) ** 0.7)
    made = [_customer(number, day, random, source, desk) for number, day in enumerate(joined, start=1)]
    return Customer.objects.bulk_create(made, batch_size=1000)


def _customer(number: int, joined: date, random: np.random.Generator, source: Source, desk: list[User]) -> Customer:
    region, city, place = PLACES[random.choice(len(PLACES), p=PLACE_WEIGHTS)]
    business = random.random() < 0.08
    birth = date(1955, 1, 1) + timedelta(days=int(random.integers(0, 18_000)))
    sex = Sex.MALE if random.random() < 0.5 else Sex.FEMALE
    serial = int(random.integers(0, 499)) * 2 + (1 if sex == Sex.MALE else 0)
    identity = credit_code(place, 100_000 + number) if business else resident_id(place, birth, serial)
    phone = f"+861{random.choice([38, 39, 58, 86, 77])}{int(random.integers(0, 10**8)):08d}"
    email = f"c{number}@mail.example"
    return Customer(
        source=source,
        external_id=f"P{number:07d}",
        kind=CustomerKind.BUSINESS if business else CustomerKind.INDIVIDUAL,
        name=_business_name(city, random) if business else _personal_name(random),
        sex="" if business else sex,
        birth_date=None if business else birth,
        phone=phone,
        phone_index=phone_index(phone),
        phone_tail_index=phone_tail_index(phone),
        email=email,
        email_index=email_index(email),
        address=f"{city} District {int(random.integers(1, 20))}, Road {int(random.integers(1, 400))}, No. {number % 90 + 1}",
        identity_kind=IdentityKind.CREDIT_CODE if business else IdentityKind.RESIDENT_ID,
        identity_number=identity,
        identity_index=identity_index(identity),
        identity_tail_index=identity_tail_index(identity),
        status=_pick(
            random, [(0.93, CustomerStatus.ACTIVE), (0.98, CustomerStatus.REVIEW), (1, CustomerStatus.FROZEN)]
        ),
        risk_level=_pick(random, [(0.78, CustomerRisk.LOW), (0.95, CustomerRisk.MEDIUM), (1, CustomerRisk.HIGH)]),
        region=region,
        city=city,
        jurisdiction="CN",
        language="zh-hans",
        currency="CNY",
        joined_on=joined,
        relationship_owner=desk[number % len(desk)] if random.random() < 0.6 else None,
        lines=[],
    )


def _pick(random: np.random.Generator, steps):
    roll = random.random()
    return next(value for bound, value in steps if roll < bound)


def _personal_name(random: np.random.Generator) -> str:
    if random.random() < 0.06:
        return str(random.choice(LATIN))
    surname = (
        random.choice(COMPOUND) if random.random() < 0.02 else SURNAMES[int(len(SURNAMES) * random.random() ** 1.6)]
    )
    given = "".join(random.choice(list(GIVEN), size=int(random.integers(1, 3))))
    return f"{surname}{given}"


def _business_name(city: str, random: np.random.Generator) -> str:
    words = "".join(random.choice(list("华盛恒瑞嘉信远达新宏泰丰"), size=2))
    return f"{words}{random.choice(TRADES)}有限公司（{city}）"
