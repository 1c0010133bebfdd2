"""Members of segments by set difference: what a refresh finds by looking at what changed is what looking at everybody finds."""

from datetime import UTC, date, datetime, timedelta
from random import Random
from threading import Thread

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, connections, transaction
from django.utils import timezone

from customers.models import Consent, Customer, Holding, Portrait, PortraitChange, PortraitRound, SuitabilityResult
from customers.services.portraits import draw_portraits
from marketing.models import Segment, SegmentMember
from marketing.services import segment_refresh
from marketing.services.segment_refresh import in_order, refresh_all, refresh_segment, refresh_with_named
from marketing.services.segment_snapshots import note_snapshot, tend_segments
from marketing.services.segments import archive_segment, write_rule
from tests.customers.criteria_people import DAY, holds, make_people
from tests.factories.customers import CustomerFactory, HoldingFactory, PortraitFactory
from tests.factories.segments import LIVELY, make_list, make_segment
from tests.factories.staff import UserFactory, past_the_guards

AT = datetime(2026, 3, 1, 4, tzinfo=UTC)
WIEN = {"field": "region", "op": "in", "value": ["Wien"]}
RULES = {
    "regional": {"any": [WIEN, {"field": "lines", "op": "any", "value": ["fund"]}]},
    "recent": {"not": {"field": "last_on", "op": "older_than", "value": 7}},
    "holders": {"field": "holds_line", "op": "any", "value": ["fund"]},
    "agreed": {"field": "consent_marketing", "op": "any", "value": ["email"]},
    "suited": {"all": [{"field": "suitability", "op": "in", "value": ["C2", "C4"]}, {"not": {"field": "has_loan", "op": "is", "value": True}}]},
    "nested": {"any": [{"all": [{"segment": "regional"}, {"not": {"segment": "agreed"}}]}, {"segment": "suited"}]},
    "aged": {"any": [{"field": "age", "op": "ge", "value": 18}, {"field": "birthday", "op": "within_next", "value": 3}]},
}  # fmt: skip


def members(segment):
    return set(SegmentMember.objects.filter(segment__code=segment).standing().values_list("customer", flat=True))


def refresh(segment, at=AT, **how):
    return refresh_segment(segment_id=segment.pk, at=at, **how)


def change_portrait(portrait, **figures):
    """As a nightly round does: the row, and that it was written."""
    with transaction.atomic():
        Portrait.objects.filter(pk=portrait.pk).update(**figures)
        moment = timezone.now()
        this = PortraitRound.objects.create(
            as_of=DAY, whole=False, horizon_xid=0, horizon_at=moment, started_at=moment, ended_at=moment
        )
        PortraitChange.objects.create(round_id=this.pk, customer_id=portrait.pk)


@pytest.mark.django_db
def test_who_comes_and_who_goes_is_written_and_who_stays_is_not():
    stays, goes, comes = (CustomerFactory(region=region) for region in ("Wien", "Wien", "Graz"))
    segment = make_segment(rule=WIEN)
    first = refresh(segment)
    before = SegmentMember.objects.get(customer=stays)
    Customer.objects.filter(pk=goes.pk).update(region="Graz")
    Customer.objects.filter(pk=comes.pk).update(region="Wien")

    second = refresh(segment, AT + timedelta(days=1))

    assert (first.entered, first.left, second.entered, second.left) == (2, 0, 1, 1)
    assert members("lively") == {stays.pk, comes.pk}
    after = SegmentMember.objects.get(customer=stays)
    assert (after.pk, after.entered_at, after.left_at) == (before.pk, AT, None)
    assert SegmentMember.objects.get(customer=goes).left_at == AT + timedelta(days=1)
    segment.refresh_from_db()
    assert segment.member_count == 2


@pytest.mark.django_db
def test_a_second_refresh_at_once_writes_nothing():
    CustomerFactory(region="Wien")
    segment = make_segment(rule=WIEN)
    refresh(segment)
    rows = list(SegmentMember.objects.values_list())

    again = refresh(segment)

    assert (again.entered, again.left, again.whole) == (0, 0, False)
    assert list(SegmentMember.objects.values_list()) == rows


@pytest.mark.django_db
def test_who_comes_back_gets_another_row():
    customer = CustomerFactory(region="Wien")
    segment = make_segment(rule=WIEN)
    for number, region in enumerate(["Wien", "Graz", "Wien"]):
        Customer.objects.filter(pk=customer.pk).update(region=region)
        refresh(segment, AT + timedelta(days=number))

    spans = SegmentMember.objects.order_by("entered_at").values_list("entered_at", "left_at")

    assert list(spans) == [(AT, AT + timedelta(days=1)), (AT + timedelta(days=2), None)]


def _change_something(random, people):
    """One thing about one customer, in the database and in the facts."""
    facts = random.choice(people)
    customer = facts["customer"]
    act = random.randrange(8)
    if act == 0:
        facts["region"] = random.choice(["Wien", "Graz"])
        Customer.objects.filter(pk=customer.pk).update(region=facts["region"])
    elif act == 1:
        facts["lines"] = random.choice([[], ["fund"]])
        Customer.objects.filter(pk=customer.pk).update(lines=facts["lines"])
    elif act == 2 and "last_on" in facts:
        facts["last_on"] = DAY - timedelta(days=random.randrange(12))
        change_portrait(customer.portrait, last_on=facts["last_on"])
    elif act == 3:
        Holding.objects.filter(customer=customer).update(status="closed")
        facts["holds_line"].discard("fund")
    elif act == 4 and "fund" not in facts["holds_line"]:
        HoldingFactory(customer=customer, product__code=f"fund-{random.random()}"[:20], product__line_id="fund")
        facts["holds_line"].add("fund")
    elif act == 5:
        given = random.random() < 0.5
        _say(customer, given)
        facts["consent_marketing"] = {"email", "sms"} if given else set()
    elif act == 6:
        SuitabilityResult.objects.filter(customer=customer, investor_class__in=["C2", "C4"]).update(
            valid_until=DAY - timedelta(days=9)
        )
        facts["suitability"] = None
    elif act == 7:
        Customer.objects.filter(pk=customer.pk).update(status="closed")
        facts["standing"] = False


def _say(customer, given):
    at = timezone.now()
    Consent.objects.create(
        customer=customer, purpose="marketing", channel="any", given=given, at=at, origin="app", recorded_at=at,
        notice=Consent.objects.exclude(notice=None).first().notice, external_id=str(at.timestamp()),
    )  # fmt: skip


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_looking_at_what_changed_finds_what_looking_at_everybody_finds(seed):
    random = Random(seed)
    people = make_people(random, 20)
    if not Consent.objects.exclude(notice=None).exists():
        pytest.skip("nobody agreed in this draw")
    marketer = UserFactory(role="marketing")
    for code, rule in RULES.items():
        make_segment(code, rule=rule, actor=marketer, at=AT)
    refresh_all(at=AT)
    wholes = []

    for number in range(1, 9):
        for _n in range(random.randrange(4)):
            _change_something(random, people)
        at = AT + timedelta(days=number * random.choice([0, 1, 1]))
        wholes += [refresh_segment(segment_id=one, at=at).whole for one in in_order()]
        expected = _expected(people, timezone.localdate(Segment.objects.get(code="regional").refreshed_at))

        assert {code: members(code) for code in RULES} == expected
    assert False in wholes


def _expected(people, day):
    found = {}
    for code, rule in RULES.items():
        found[code] = {one["pk"] for one in people if one["standing"] and holds(rule, one, day, found)}
    return found


@pytest.mark.django_db(transaction=True)
def test_one_change_has_one_customer_looked_at(monkeypatch):
    people = [CustomerFactory(region="Wien") for _n in range(5)]
    segment = make_segment(rule=WIEN)
    refresh(segment)
    nothing_was_open(segment)
    Customer.objects.filter(pk=people[0].pk).update(region="Graz")
    looked_at = []
    monkeypatch.setattr(segment_refresh, "_move", _counting(looked_at, segment_refresh._move))

    done = refresh(segment, AT + timedelta(hours=1))

    assert (done.left, done.whole, looked_at) == (1, False, [1])


def nothing_was_open(segment):
    """As if no transaction of any database of the server had been open at the last refresh; those of other tests may be."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint, clock_timestamp()")
        xid, now = cursor.fetchone()
    Segment.objects.filter(pk=segment.pk).update(horizon_xid=xid, horizon_at=now)


def _counting(looked_at, move):
    def counted(*arguments):
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM segment_due")
            looked_at.append(cursor.fetchone()[0])
        return move(*arguments)

    return counted


@pytest.mark.django_db(transaction=True)
def test_a_change_that_commits_after_a_refresh_began_is_found_by_the_next_one():
    customer = CustomerFactory(region="Graz")
    segment = make_segment(rule=WIEN)
    refresh(segment)
    other = connection.copy()
    try:
        other.set_autocommit(False)
        with other.cursor() as cursor:
            cursor.execute("SELECT set_config('audit.action', 'tests.changed', true)")
            cursor.execute("UPDATE customers_customer SET region = 'Wien' WHERE id = %s", [customer.pk])
            assert refresh(segment, AT + timedelta(hours=1)).entered == 0
        other.commit()
    finally:
        other.close()

    assert refresh(segment, AT + timedelta(hours=2)).entered == 1


@pytest.mark.django_db(transaction=True)
def test_a_night_of_portraits_is_followed():
    lively = PortraitFactory(customer__joined_on=date(2020, 1, 1), lifecycle="never", as_of=DAY)
    draw_portraits(business_date=DAY)
    segment = make_segment(rule={"field": "balance", "op": "ge", "value": "500"})
    refresh(segment)
    from tests.factories.customers import AccountFactory

    AccountFactory(customer=lively.customer, balance=700, balance_on=DAY, opened_on=DAY)
    draw_portraits(business_date=DAY + timedelta(days=1))

    done = refresh(segment, AT + timedelta(days=1))

    assert (done.entered, done.whole) == (1, False)


@pytest.mark.django_db
def test_portraits_from_scratch_have_everybody_looked_at():
    segment = make_segment()
    refresh(segment)

    draw_portraits(business_date=DAY, whole=True)

    assert refresh(segment, AT + timedelta(hours=1)).whole


@pytest.mark.django_db
def test_another_rule_has_everybody_looked_at():
    marketer = UserFactory(role="marketing")
    customer = CustomerFactory(region="Graz")
    segment = make_segment(rule=WIEN, actor=marketer)
    refresh(segment)

    write_rule(actor=marketer, segment_id=segment.pk, rule={"not": WIEN}, at=AT)

    done = refresh(segment, AT + timedelta(hours=1))
    assert (done.whole, members("lively")) == (True, {customer.pk})


@pytest.mark.django_db
def test_named_segments_come_before_those_that_name_them():
    marketer = UserFactory(role="marketing")
    CustomerFactory(region="Wien")
    outer = make_segment("a-outer", rule=LIVELY, actor=marketer)
    make_segment("b-middle", rule={"not": {"segment": "a-outer"}}, actor=marketer)
    make_segment("c-inner", rule=WIEN, actor=marketer)
    write_rule(actor=marketer, segment_id=outer.pk, rule={"segment": "c-inner"}, at=AT)

    refresh_all(at=AT)

    codes = dict(Segment.objects.values_list("pk", "code"))
    assert [codes[one] for one in in_order()] == ["c-inner", "a-outer", "b-middle"]
    assert (len(members("a-outer")), len(members("b-middle"))) == (1, 0)


@pytest.mark.django_db
def test_refreshing_one_refreshes_what_it_names_first():
    marketer = UserFactory(role="marketing")
    CustomerFactory(region="Wien")
    make_segment("inner", rule=WIEN, actor=marketer)
    make_segment("middle", rule={"segment": "inner"}, actor=marketer)
    outer = make_segment("outer", rule={"segment": "middle"}, actor=marketer)

    assert refresh_with_named(segment_id=outer.pk, at=AT).count == 1


@pytest.mark.django_db
def test_a_rule_that_can_no_longer_be_read_leaves_its_members_and_says_so():
    CustomerFactory(region="Wien")
    good, bad = make_segment("good", rule=WIEN), make_segment("bad", rule=WIEN)
    refresh_all(at=AT)
    Segment.objects.filter(pk=bad.pk).update(rule={"field": "gone", "op": "in", "value": ["x"]})

    refresh_all(at=AT + timedelta(days=1))

    bad.refresh_from_db()
    good.refresh_from_db()
    assert "no field gone" in bad.trouble
    assert (good.trouble, members("bad")) == ("", members("good"))


@pytest.mark.django_db
def test_an_archived_segment_is_not_refreshed():
    marketer = UserFactory(role="marketing")
    segment = make_segment(actor=marketer)
    archive_segment(actor=marketer, segment_id=segment.pk, at=AT)

    assert in_order() == []
    with pytest.raises(ValidationError, match="archived"):
        refresh(segment)


@pytest.mark.django_db
def test_a_list_follows_merges_and_lets_go_who_is_gone():
    stays, merged, closed, erased = (CustomerFactory() for _n in range(4))
    listed = make_list("listed", merged, closed, erased)
    silent = make_list("silent", merged, closed, erased, kind="suppression")
    with past_the_guards():
        Customer.objects.filter(pk=merged.pk).update(merged_into=stays)
    Customer.objects.filter(pk=closed.pk).update(status="closed")
    Customer.objects.filter(pk=erased.pk).update(erased_at=AT)

    refresh(listed, timezone.now())
    refresh(silent, timezone.now())

    assert members("listed") == {stays.pk}
    assert members("silent") == {stays.pk, closed.pk}


@pytest.mark.django_db(transaction=True)
def test_refreshes_in_parallel_follow_each_other():
    for _n in range(30):
        CustomerFactory(region="Wien")
    segment, done = make_segment(rule=WIEN), []

    def work():
        try:
            done.append(refresh(segment))
        finally:
            connections.close_all()

    threads = [Thread(target=work) for _n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(one.entered for one in done) == [0, 0, 0, 30]
    assert SegmentMember.objects.count() == len(members("lively")) == 30


@pytest.mark.django_db(transaction=True)
def test_a_refresh_that_dies_leaves_everything_as_it_was(monkeypatch):
    CustomerFactory(region="Wien")
    segment = make_segment(rule=WIEN)

    def die(*_arguments, **_named):
        raise KeyboardInterrupt

    monkeypatch.setattr(Segment, "save", die)
    with pytest.raises(KeyboardInterrupt):
        refresh(segment)
    monkeypatch.undo()

    assert not SegmentMember.objects.exists()
    assert refresh(segment).entered == 1


@pytest.mark.django_db
def test_a_night_notes_what_a_segment_is_made_up_of():
    for region, lines in (("Wien", ["fund", "payment"]), ("Wien", ["fund"]), ("Graz", [])):
        PortraitFactory(customer__region=region, customer__lines=lines, lifecycle="active", as_of=DAY)
    segment = make_segment()

    tend_segments(business_date=DAY, at=AT)
    Customer.objects.filter(region="Graz").update(status="closed")
    tend_segments(business_date=DAY + timedelta(days=1), at=AT + timedelta(days=1))
    tend_segments(business_date=DAY + timedelta(days=1), at=AT + timedelta(days=1))

    first, second = segment.snapshots.order_by("day")
    assert (first.count, first.entered, first.left) == (3, 3, 0)
    assert (second.count, second.entered, second.left) == (2, 0, 1)
    assert first.composition["region"] == {"Wien": 2, "Graz": 1}
    assert first.composition["line"] == {"fund": 2, "payment": 1}
    assert first.composition["lifecycle"] == {"active": 3}


@pytest.mark.django_db
def test_a_snapshot_mends_a_count_that_went_wrong():
    CustomerFactory(region="Wien")
    segment = make_segment(rule=WIEN, refreshed=True)
    Segment.objects.filter(pk=segment.pk).update(member_count=7)

    note_snapshot(segment_id=segment.pk, day=DAY, at=AT)

    segment.refresh_from_db()
    assert segment.member_count == 1
