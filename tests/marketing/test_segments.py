"""Segments: what may be written, by whom, and what the database refuses whoever writes."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from audit.models import Event
from marketing.models import Segment, SegmentMember, SegmentUse, SegmentVersion
from marketing.services.segment_lists import list_members, unlist_members
from marketing.services.segments import archive_segment, change_segment, record_segment, restore_segment, write_rule
from tests.factories.customers import CustomerFactory
from tests.factories.segments import LIVELY, make_list, make_segment
from tests.factories.staff import UserFactory

pytestmark = pytest.mark.django_db
RISKY = {"field": "risk_level", "op": "in", "value": ["high"]}


@pytest.fixture
def marketer():
    return UserFactory(role="marketing")


@pytest.fixture
def officer():
    return UserFactory(role="compliance")


def write(actor, segment, rule, reason=""):
    return write_rule(actor=actor, segment_id=segment.pk, rule=rule, reason=reason, at=timezone.now())


def test_a_segment_keeps_its_rule_who_wrote_it_and_when(marketer):
    at = timezone.now()
    segment = record_segment(actor=marketer, code="lively", name=" Lively ", rule=LIVELY, at=at)

    version = segment.versions.get()
    assert (segment.name, segment.owner, segment.rule) == ("Lively", marketer, LIVELY)
    assert (version.number, version.rule, version.by, version.at) == (1, LIVELY, marketer, at)
    assert Event.objects.filter(table_name="marketing_segment", action="marketing.segment.recorded").count() == 1


def test_every_rule_that_was_in_force_is_kept(marketer):
    segment = make_segment(actor=marketer)

    write(marketer, segment, {"not": LIVELY}, "They have enough")
    write(marketer, segment, {"not": LIVELY})

    assert [(one.number, one.rule, one.reason) for one in segment.versions.all()] == [
        (2, {"not": LIVELY}, "They have enough"),
        (1, LIVELY, ""),
    ]


def test_a_rule_with_a_field_that_is_not_theirs_is_refused_to_marketing(marketer, officer):
    with pytest.raises(PermissionDenied, match="Risk"):
        record_segment(actor=marketer, code="risky", name="Risky", rule=RISKY, at=timezone.now())

    segment = make_segment("risky", rule=RISKY, actor=officer)
    assert segment.needs == ["customers.view_kycreview"]
    assert Segment.objects.visible_to(marketer).count() == 0
    assert Segment.objects.visible_to(officer).get() == segment


def test_what_one_may_not_ask_is_not_asked_through_another_segment(marketer, officer):
    make_segment("risky", rule=RISKY, actor=officer)

    with pytest.raises(PermissionDenied):
        make_segment("sly", rule={"not": {"segment": "risky"}}, actor=marketer)


def test_what_a_named_segment_comes_to_need_all_that_name_it_need(marketer, officer):
    inner = make_segment("inner", actor=marketer)
    make_segment("middle", rule={"segment": "inner"}, actor=marketer)
    make_segment("outer", rule={"all": [{"segment": "middle"}, LIVELY]}, actor=marketer)

    write(officer, inner, RISKY)

    assert set(Segment.objects.visible_to(marketer)) == set()
    with pytest.raises(PermissionDenied):
        change_segment(
            actor=marketer, segment_id=Segment.objects.get(code="outer").pk, name="x", description="", owner=marketer
        )


def test_a_segment_does_not_contain_itself_near_or_far(marketer):
    one = make_segment("one", actor=marketer)
    make_segment("two", rule={"segment": "one"}, actor=marketer)
    make_segment("three", rule={"any": [{"segment": "two"}, LIVELY]}, actor=marketer)

    for rule in ({"segment": "one"}, {"not": {"segment": "two"}}, {"all": [LIVELY, {"segment": "three"}]}):
        with pytest.raises(ValidationError, match="does not contain itself"):
            write(marketer, one, rule)
    assert one.versions.count() == 1


def test_the_database_refuses_a_circle_whoever_writes(marketer):
    one, two, three = (make_segment(code, actor=marketer) for code in ("one", "two", "three"))
    SegmentUse.objects.create(segment=one, used=two)
    SegmentUse.objects.create(segment=two, used=three)

    for segment, used in ((three, one), (two, one), (one, one)):
        with pytest.raises(DatabaseError), transaction.atomic():
            SegmentUse.objects.create(segment=segment, used=used)


def test_what_a_rule_said_is_never_changed(marketer):
    version = make_segment(actor=marketer).versions.get()

    for act in (
        lambda: SegmentVersion.objects.filter(pk=version.pk).update(reason="x"),
        lambda: SegmentVersion.objects.filter(pk=version.pk).delete(),
    ):
        with pytest.raises(DatabaseError, match="stays"), transaction.atomic():
            act()


def test_who_was_in_a_segment_stays_written(marketer):
    listed = make_list("listed", CustomerFactory(), actor=marketer)
    member = listed.members.get()

    for column, value in (("entered_at", "now()"), ("customer_id", "7"), ("left_at", "NULL")):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"UPDATE marketing_segmentmember SET {column} = {value} WHERE id = %s", [member.pk])
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM marketing_segmentmember WHERE id = %s", [member.pk])


def test_a_list_holds_whom_somebody_put_on_it_once(marketer):
    first, second = CustomerFactory(name="段正淳"), CustomerFactory()
    listed = make_list("listed", first, first, actor=marketer)

    again = list_members(
        actor=marketer, segment_id=listed.pk, references=[first.reference, second.reference], at=timezone.now()
    )

    assert again == 1
    assert set(listed.members.standing().values_list("customer", "by")) == {
        (first.pk, marketer.pk),
        (second.pk, marketer.pk),
    }
    listed.refresh_from_db()
    assert listed.member_count == 2


def test_who_comes_off_a_list_was_on_it_until_then(marketer):
    customer = CustomerFactory()
    listed = make_list("listed", customer, actor=marketer)

    gone = [
        unlist_members(actor=marketer, segment_id=listed.pk, references=[customer.reference], at=timezone.now())
        for _n in range(2)
    ]

    member = SegmentMember.objects.get()
    assert gone == [1, 0]
    assert member.left_at > member.entered_at
    listed.refresh_from_db()
    assert listed.member_count == 0


def test_an_unknown_number_puts_nobody_on_a_list(marketer):
    listed, customer = make_list(actor=marketer), CustomerFactory()

    with pytest.raises(ValidationError, match="There is no customer C-0; DROP"):
        list_members(
            actor=marketer, segment_id=listed.pk, references=[customer.reference, "C-0; DROP"], at=timezone.now()
        )

    assert not listed.members.exists()


def test_a_number_that_was_merged_puts_the_customer_that_stays_on_a_list(marketer):
    stays = CustomerFactory()
    gone = CustomerFactory(merged_into=stays)

    listed = make_list("listed", gone, actor=marketer)

    assert listed.members.get().customer == stays


def test_members_of_a_rule_are_not_put_in_by_hand(marketer):
    segment = make_segment(actor=marketer)

    with pytest.raises(ValidationError, match="follow from its rule"):
        list_members(actor=marketer, segment_id=segment.pk, references=[], at=timezone.now())


def test_a_list_has_no_rule_and_a_rule_is_needed_otherwise(marketer):
    for fields in ({"kind": "list", "rule": LIVELY}, {"kind": "rule"}, {"kind": "suppression", "rule": LIVELY}):
        with pytest.raises(ValidationError):
            record_segment(actor=marketer, code="x", name="x", at=timezone.now(), **fields)


def test_a_segment_that_others_name_is_not_archived(marketer):
    one = make_segment("one", actor=marketer)
    two = make_segment("two", rule={"segment": "one"}, actor=marketer)

    with pytest.raises(ValidationError, match="Two"):
        archive_segment(actor=marketer, segment_id=one.pk, at=timezone.now())
    archive_segment(actor=marketer, segment_id=two.pk, at=timezone.now())
    archive_segment(actor=marketer, segment_id=one.pk, at=timezone.now())
    with pytest.raises(ValidationError, match="restore that one first"):
        restore_segment(actor=marketer, segment_id=two.pk)
    with pytest.raises(ValidationError, match="archived"):
        make_segment("three", rule={"segment": "one"}, actor=marketer)

    assert not Segment.objects.standing().exists()


def test_product_people_change_no_segment(marketer):
    segment, reader = make_segment(actor=marketer), UserFactory(role="product")

    with pytest.raises(PermissionDenied):
        archive_segment(actor=reader, segment_id=segment.pk, at=timezone.now())
    with pytest.raises(PermissionDenied):
        record_segment(actor=reader, code="x", name="x", rule=LIVELY, at=timezone.now())
