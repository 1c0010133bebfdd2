"""Who may be one person is found by what they share, scored and explained; a word that they are two holds until one changes."""

import threading
from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, connections
from django.utils import timezone

from customers import encryption
from customers.models import Customer, CustomerDevice, DuplicatePair, DuplicateRun, MatchKey, MatchWeight
from customers.services.duplicates import dismiss_pair, find_duplicates, limits_on, reopen_pair, weights_on
from customers.services.match_keys import device_index
from tests.factories import UserFactory
from tests.factories.customers import CustomerFactory, PersonFactory
from tests.factories.rules import standing_rule

DAY = date(2026, 6, 30)


def look(**said):
    return find_duplicates(business_date=DAY, at=timezone.now(), **said)


def pairs(**said):
    return list(DuplicatePair.objects.filter(**said).order_by("-score"))


def person(name, *, phone="", identity="", address=None, **fields):
    """A customer with these values and what finds them again."""
    return CustomerFactory(
        name=name,
        phone=phone or None,
        phone_index=encryption.phone_index(phone),
        phone_tail_index=encryption.phone_tail_index(phone),
        identity_kind="resident_id" if identity else "",
        identity_number=identity or None,
        identity_index=encryption.identity_index(identity),
        identity_tail_index=encryption.identity_tail_index(identity),
        address=address,
        **fields,
    )


def level(pair, field):
    return pair.levels[field][0]


@pytest.mark.django_db
def test_the_same_person_twice_is_found_and_the_score_is_the_sum_of_what_agrees():
    one, other = PersonFactory(birth_date=date(1949, 12, 31)), PersonFactory(birth_date=date(1949, 12, 31))

    run = look()

    (pair,) = pairs()
    assert (pair.first_id, pair.second_id, pair.state) == (one.pk, other.pk, "open")
    assert {
        field: level(pair, field) for field in ("identity", "phone", "email", "name", "birth", "address")
    } == dict.fromkeys(("identity", "phone", "email", "name", "birth", "address"), "exact")
    assert float(pair.score) == pytest.approx(sum(weight for _level, weight in pair.levels.values()), abs=0.5)
    assert (run.changed, run.compared, run.found) == (2, 1, 1)


@pytest.mark.django_db
def test_a_weight_is_the_logarithm_of_how_much_likelier_the_level_is_among_records_of_one_person():
    row = MatchWeight.objects.get(kind="individual", field="sex", level="exact")
    assert weights_on(DAY, "individual")["sex_exact"] == pytest.approx(0.99, abs=0.01)  # log2(0.99/0.50)
    standing_rule(
        MatchWeight, kind=row.kind, field=row.field, level=row.level, m=0.5, u=0.25, valid_from=date(2026, 6, 30)
    )
    standing_rule(
        MatchWeight, kind=row.kind, field=row.field, level=row.level, m=0.9, u=0.1, valid_from=date(2026, 7, 1)
    )
    assert weights_on(DAY, "individual")["sex_exact"] == 1.0  # not yesterday's, not tomorrow's


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "other", "said"),
    [
        ("张伟", "張偉", "close"),
        ("张伟", "Zhang Wei", "close"),
        ("Charlotte", "Charlote", "close"),
        ("王伟", "王芳", "differs"),
    ],
)
def test_names_are_compared_by_writing_sound_and_a_slip(name, other, said):
    person(name, phone="13800138000", birth_date=date(1990, 1, 2), region="Beijing")
    person(other, phone="13800138000", birth_date=date(1990, 1, 2), region="Beijing")

    look()

    (pair,) = pairs()
    assert level(pair, "name") == said


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("born", "said"),
    [
        (date(1990, 1, 2), "exact"),
        (date(1990, 2, 1), "close"),
        (date(1990, 1, 3), "close"),
        (date(1971, 5, 6), "differs"),
        (None, "missing"),
    ],
)
def test_birth_dates_with_day_and_month_changed_over_are_close(born, said):
    person("张伟", phone="13800138000", identity="11010519491231002X", birth_date=date(1990, 1, 2))
    person("张伟", phone="13800138000", identity="11010519491231002X", birth_date=born)

    look()

    assert level(pairs()[0], "birth") == said


@pytest.mark.django_db
def test_a_family_with_one_telephone_and_address_is_no_duplicate():
    shared = {"phone": "13800138000", "address": "上海市世纪大道1号", "region": "Shanghai"}
    person("王伟", identity="11010519491231002X", birth_date=date(1980, 5, 6), sex="male", **shared)
    person("李芳", identity="110105194912310038", birth_date=date(1982, 9, 1), sex="female", **shared)

    run = look()

    assert (run.compared, pairs()) == (1, [])


@pytest.mark.django_db
def test_businesses_are_found_by_credit_code_and_by_name_and_never_beside_people():
    said = {"kind": "business", "region": "Shanghai"}
    CustomerFactory(name="华盛电子有限公司", **said)
    CustomerFactory(name="华盛电子股份有限公司", **said)
    person("华盛电子", region="Shanghai")

    look()

    (pair,) = pairs()
    assert (pair.kind, level(pair, "name"), level(pair, "sex")) == ("business", "exact", "missing")


@pytest.mark.django_db
def test_a_shared_device_finds_two_and_shows_no_fingerprint():
    one, other = person("张伟", region="Beijing"), person("Zhang Wei", region="Hubei")
    for who in (one, other):
        CustomerDevice.objects.create(customer=who, fingerprint_index=device_index("aa:bb"), first_seen_on=DAY)

    look()

    (pair,) = pairs()
    assert level(pair, "device") == "exact"
    assert "aa:bb" not in str(pair.levels)


@pytest.mark.django_db
def test_a_search_costs_what_changed_and_finds_what_a_whole_one_finds():
    made = [
        PersonFactory(
            name=f"Somebody {n}", phone_index=bytes([n]) * 16, identity_index=bytes([n]) * 16, email_index=None
        )
        for n in range(6)
    ]
    look()
    assert look().changed == 0
    made[0].phone_index = made[1].phone_index
    made[0].identity_index = made[1].identity_index
    made[0].save(update_fields=["phone_index", "identity_index"])

    run = look()

    assert run.changed == 1
    found = sorted((pair.first_id, pair.second_id, pair.score, str(pair.levels)) for pair in pairs())
    DuplicatePair.objects.all().delete()
    look(whole=True)
    assert sorted((pair.first_id, pair.second_id, pair.score, str(pair.levels)) for pair in pairs()) == found != []


@pytest.mark.django_db
def test_who_looks_alike_no_more_is_no_pair_any_more():
    PersonFactory()
    other = PersonFactory()
    look()
    Customer.objects.filter(pk=other.pk).update(
        name="Someone Else", phone_index=None, identity_index=None, email_index=None, address=None
    )

    look()

    assert pairs() == []


@pytest.mark.django_db
def test_a_word_that_they_are_two_holds_until_either_changes():
    lead, one, __ = UserFactory(role="service_lead"), PersonFactory(), PersonFactory()
    look()
    (pair,) = pairs()

    dismiss_pair(actor=lead, pair_id=pair.pk, reason="Father and son", at=timezone.now())
    look(whole=True)
    assert [pair.state for pair in pairs()] == ["dismissed"]

    Customer.objects.filter(pk=one.pk).update(birth_date=date(1949, 12, 31))
    look()
    (pair,) = pairs()
    assert (pair.state, pair.reason, pair.judged_by) == ("open", "", None)


@pytest.mark.django_db
def test_judging_asks_for_a_reason_and_happens_once():
    lead = UserFactory(role="service_lead")
    PersonFactory(), PersonFactory()
    look()
    (pair,) = pairs()

    with pytest.raises(ValidationError, match="Say what tells them apart"):
        dismiss_pair(actor=lead, pair_id=pair.pk, reason=" ", at=timezone.now())
    dismiss_pair(actor=lead, pair_id=pair.pk, reason="Twins", at=timezone.now())
    with pytest.raises(ValidationError, match="judged already: Not a duplicate"):
        dismiss_pair(actor=lead, pair_id=pair.pk, reason="Twins", at=timezone.now())
    assert reopen_pair(actor=lead, pair_id=pair.pk, at=timezone.now()).state == "open"


@pytest.mark.django_db
@pytest.mark.parametrize("field", ["restricted_at", "erased_at"])
def test_who_is_restricted_or_erased_is_compared_with_nobody(field):
    PersonFactory()
    other = PersonFactory()
    look()
    Customer.objects.filter(pk=other.pk).update(**{field: timezone.now()})

    look()

    assert pairs() == []
    assert not MatchKey.objects.filter(customer=other).exists()


@pytest.mark.django_db
def test_a_key_that_too_many_share_is_passed_over_and_reported():
    most = int(limits_on(DAY)["largest_block"])
    switchboard = encryption.phone_index("02112345678")
    Customer.objects.bulk_create(
        Customer(name=f"Guest {n}", currency="CNY", joined_on=DAY, phone_index=switchboard) for n in range(most + 1)
    )

    run = look()

    assert run.skipped == [{"key": "phone", "keys": 1, "largest": most + 1}]
    assert DuplicatePair.objects.count() == 0


@pytest.mark.django_db
def test_keys_are_hashes_and_other_with_another_index_key(settings):
    PersonFactory(name="段正淳")
    look()
    before = bytes(MatchKey.objects.get().sound_index)
    assert len(before) == 16
    assert b"duan" not in before

    settings.MERIDIAN_INDEX_KEY = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=," + settings.MERIDIAN_INDEX_KEY
    assert look().changed == 1
    assert bytes(MatchKey.objects.get().sound_index) != before


@pytest.mark.django_db
def test_a_pair_is_seen_by_who_sees_both():
    PersonFactory(region="Beijing"), PersonFactory(region="Hubei")
    look()
    seen = {
        regions: DuplicatePair.objects.visible_to(UserFactory(role="service", regions=list(regions))).count()
        for regions in [(), ("Beijing",), ("Hubei",), ("Beijing", "Hubei")]
    }
    assert seen == {(): 1, ("Beijing",): 0, ("Hubei",): 0, ("Beijing", "Hubei"): 1}
    assert DuplicatePair.objects.visible_to(UserFactory(role="marketing")).count() == 0


@pytest.mark.django_db(transaction=True)
def test_two_searches_at_once_find_each_pair_once():
    PersonFactory(), PersonFactory()

    def search():
        look()
        connections.close_all()

    threads = [threading.Thread(target=search) for _ in range(2)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]

    assert DuplicatePair.objects.count() == 1
    assert sorted(DuplicateRun.objects.values_list("changed", flat=True)) == [0, 2]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("one", "other", "said"),
    [
        ("Charlotte", "Charlote", True), ("Charlotte", "Charlottte", True), ("Charlotte", "Cahrlotte", True), ("Charlotte", "Charlotta", True),
        ("Charlotte", "Charlotte", True), ("Charlotte", "Chralotta", False), ("Anna", "Hanna", False), ("王伟", "王芳", False), ("", "abcde", False),
    ],
)  # fmt: skip
def test_one_slip(one, other, said):
    with connection.cursor() as cursor:
        cursor.execute("SELECT customers_one_slip(%s, %s), customers_one_slip(%s, %s)", [one, other, other, one])
        assert cursor.fetchone() == (said, said)
