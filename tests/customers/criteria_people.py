"""A few customers of whom everything that rules ask about is known twice: in the database and as plain facts; and rules
evaluated over those facts by a program that knows nothing of SQL."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from hypothesis import strategies as st

from customers.models import Consent, Notice
from tests.factories.customers import CustomerFactory, HoldingFactory, LoanFactory, PortraitFactory
from tests.factories.products import ProductFactory
from tests.factories.suitability import ResultFactory

DAY = date(2026, 3, 1)
REGIONS = ["上海", "Wien", "O'Hara; DROP TABLE customers_customer"]
CHANNELS = ["email", "sms"]


def make_people(random, count=14):
    """Make customers and return their facts."""
    funds, loans = ProductFactory(code="bond-fund", line_id="fund"), ProductFactory(code="quick-loan", line_id="p2p")
    notice = Notice.objects.first() or Notice.objects.create(
        purpose="marketing", version=1, language="en", text="May we?", sha256="0" * 64, published_at=datetime(2024, 1, 1, tzinfo=UTC)
    )  # fmt: skip
    return [_make_one(random, funds, loans, notice) for _n in range(count)]


def _make_one(random, funds, loans, notice):
    born = random.choice([None, date(1996, 2, 29), date(2008, 3, 1), date(1990, 3, 10), date(1985, 12, 31)])
    facts = {
        "kind": random.choice(["individual", "business"]),
        "region": random.choice(["", *REGIONS]),
        "lines": random.sample(["payment", "fund", "p2p"], random.randrange(3)),
        "joined_on": DAY - timedelta(days=random.choice([0, 6, 7, 8, 400])),
        "birth_date": born,
        "status": random.choice(["active"] * 5 + ["frozen", "closed"]),
    }
    customer = CustomerFactory(**facts)
    facts |= {"pk": customer.pk, "standing": facts["status"] != "closed", "customer": customer}
    facts |= _portrait(random, customer) if random.random() < 0.8 else {}
    facts["holds_line"], facts["has_loan"], facts["holding_matures"] = set(), False, []
    if random.random() < 0.5:
        matures = random.choice([None, DAY, DAY + timedelta(days=7), DAY + timedelta(days=8)])
        HoldingFactory(customer=customer, product=funds, matures_on=matures)
        facts["holds_line"].add("fund")
        facts["holding_matures"].append(matures)
    if random.random() < 0.4:
        LoanFactory(customer=customer, product=loans)
        facts["holds_line"].add("p2p")
        facts["has_loan"] = True
    facts["suitability"] = _class(random, customer)
    facts["consent_marketing"] = _consents(random, customer, notice)
    return facts


def _portrait(random, customer):
    figures = {
        "balance": Decimal(random.choice(["0", "99.99", "100", "100.01", "-5"])),
        "n_30": random.choice([0, 1, 5]),
        "lifecycle": random.choice(["active", "dormant"]),
        "last_on": random.choice(
            [None, DAY, DAY - timedelta(days=7), DAY - timedelta(days=8), DAY + timedelta(days=1)]
        ),
    }
    PortraitFactory(customer=customer, as_of=DAY, **figures)
    return figures


def _class(random, customer):
    if random.random() < 0.5:
        return None
    until = random.choice([DAY, DAY - timedelta(days=1), DAY + timedelta(days=100)])
    first = datetime(2025, 1, 1, tzinfo=UTC)
    ResultFactory(customer=customer, investor_class="C1", decided_at=first, valid_until=DAY + timedelta(days=9))
    newest = random.choice(["C2", "C4"])
    ResultFactory(customer=customer, investor_class=newest, decided_at=first + timedelta(days=1), valid_until=until)
    return newest, until


def _consents(random, customer, notice):
    """What stands for each channel: the newest of its own word and the word for any, of two at once the no."""
    said = {}
    for number in range(random.randrange(4)):
        channel, given = random.choice([*CHANNELS, "any"]), random.random() < 0.6
        at = datetime(2026, 1, 1 + random.randrange(3), tzinfo=UTC)
        Consent.objects.create(
            customer=customer, purpose="marketing", channel=channel, given=given, at=at, notice=notice, origin="app",
            recorded_at=at, external_id=f"{customer.pk}-{number}",
        )  # fmt: skip
        for one in CHANNELS if channel == "any" else [channel]:
            said.setdefault(one, []).append((at, not given))
    return {channel for channel, words in said.items() if not max(words)[1]}


def holds(tree, facts, day, members=None):
    """Whether a rule holds for somebody: what is unknown makes a condition not hold."""
    if "all" in tree:
        return all(holds(part, facts, day, members) for part in tree["all"])
    if "any" in tree:
        return any(holds(part, facts, day, members) for part in tree["any"])
    if "not" in tree:
        return not holds(tree["not"], facts, day, members)
    if "segment" in tree:
        return facts["pk"] in members[tree["segment"]]
    return _condition(tree["field"], tree["op"], tree.get("value"), facts, day)


def _condition(field, op, value, facts, day):
    if field in ("kind", "region", "status", "lifecycle", "suitability"):
        fact = _class_on(day, facts) if field == "suitability" else facts.get(field)
        is_in = fact is not None and fact in value
        return is_in if op == "in" else not is_in
    if field in ("lines", "holds_line", "consent_marketing"):
        has = set(facts[field])
        found = has.issuperset(value) if op == "all" else bool(has.intersection(value))
        return not found if op == "none" else found
    if field in ("balance", "n_30"):
        return _number(op, value, facts.get(field))
    if field == "has_loan":
        return facts["has_loan"] is value
    if field == "age":
        return _age(op, value, facts["birth_date"], day)
    if field == "birthday":
        return facts["birth_date"] is not None and any(
            _celebrates(facts["birth_date"], day + timedelta(days=ahead)) for ahead in range(value + 1)
        )
    dates = facts[field] if field == "holding_matures" else [facts.get(field)]
    return any(one is not None and _date(op, value, one, day) for one in dates)


def _class_on(day, facts):
    assessed = facts["suitability"]
    return assessed[0] if assessed and assessed[1] >= day else None


def _number(op, value, figure):
    if figure is None:
        return False
    if op == "between":
        return Decimal(value[0]) <= figure <= Decimal(value[1])
    bound = Decimal(value)
    return {
        "ge": figure >= bound,
        "le": figure <= bound,
        "gt": figure > bound,
        "lt": figure < bound,
        "eq": figure == bound,
    }[op]


def _age(op, value, born, day):
    if born is None or born > day:
        return False
    age = day.year - born.year - ((day.month, day.day) < (born.month, born.day))
    return {"ge": lambda: age >= value, "le": lambda: age <= value, "between": lambda: value[0] <= age <= value[1]}[
        op
    ]()


def _celebrates(born, day):
    if (born.month, born.day) == (2, 29) and (day.month, day.day) == (2, 28):
        return (day + timedelta(days=1)).day == 1
    return (born.month, born.day) == (day.month, day.day)


def _date(op, value, one, day):
    if op == "known":
        return True
    if op == "before":
        return one < date.fromisoformat(value)
    if op == "after":
        return one > date.fromisoformat(value)
    past = (day - one).days
    return {"within_last": 0 <= past < value, "older_than": past > value, "within_next": 0 <= -past <= value}[op]


def _leaf(field, ops, values):
    return st.builds(lambda op, value: {"field": field, "op": op, "value": value}, st.sampled_from(ops), values)


def _some(*values):
    return st.lists(st.sampled_from(values), min_size=1, max_size=2, unique=True)


RELATIVE = ["within_last", "older_than", "within_next"]
DAYS = st.sampled_from([0, 1, 6, 7, 8, 365])
LEAVES = st.one_of(
    _leaf("kind", ["in", "not_in"], _some("individual", "business")),
    _leaf("region", ["in", "not_in"], _some(*REGIONS, "东京")),
    _leaf("lines", ["any", "all", "none"], _some("payment", "fund")),
    _leaf("holds_line", ["any", "all", "none"], _some("fund", "p2p", "insurance")),
    _leaf("lifecycle", ["in", "not_in"], _some("active", "dormant", "new")),
    _leaf("suitability", ["in", "not_in"], _some("C1", "C2", "C4")),
    _leaf("consent_marketing", ["any", "all", "none"], _some(*CHANNELS)),
    _leaf("balance", ["ge", "le", "gt", "lt", "eq"], st.sampled_from(["0", "100", "99.99"])),
    _leaf("n_30", ["between"], st.sampled_from([["0", "1"], ["1", "9"]])),
    _leaf("has_loan", ["is"], st.booleans()),
    _leaf("age", ["ge", "le"], st.sampled_from([17, 18, 29, 30])),
    _leaf("age", ["between"], st.sampled_from([[18, 30], [0, 17]])),
    _leaf("birthday", ["within_next"], DAYS),
    _leaf("joined_on", RELATIVE, DAYS),
    _leaf("last_on", RELATIVE, DAYS),
    _leaf("last_on", ["before", "after"], st.sampled_from(["2026-03-01", "2026-02-22"])),
    st.just({"field": "last_on", "op": "known"}),
    _leaf("holding_matures", RELATIVE, DAYS),
)
TREES = st.recursive(
    LEAVES,
    lambda parts: st.one_of(
        st.builds(lambda some: {"all": some}, st.lists(parts, min_size=1, max_size=3)),
        st.builds(lambda some: {"any": some}, st.lists(parts, min_size=1, max_size=3)),
        st.builds(lambda one: {"not": one}, parts),
    ),
    max_leaves=7,
)
