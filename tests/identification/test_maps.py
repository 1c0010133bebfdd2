"""Process maps: drawings in versions, what stands on their steps, and who may do what."""

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from identification.models import ElementRisk, MapElement, ProcessMap, ProcessMapVersion
from identification.services.map_attachments import attach_control, attach_risk, record_risk_on_step, take_off
from identification.services.maps import change_map, create_map, put_in_force, retire_map, save_version
from risk.services.register import close_risk
from tests.factories import UserFactory
from tests.factories.maps import STEP, a_control_on, a_map, a_risk_on
from tests.factories.response import ControlFactory
from tests.factories.risk import RiskFactory
from tests.identification.test_bpmn import LOAN, drawn

pytestmark = pytest.mark.django_db
NOW = timezone.now


@pytest.fixture
def drawer(db):
    return UserFactory(role="risk")


def saved(found, xml, base, by, **more):
    return save_version(actor=by, map_id=found.pk, base=base, xml=xml, at=NOW(), **more)


def test_a_new_map_begins_with_lanes_and_a_first_step_and_nothing_wrong(drawer):
    found = a_map(by=drawer, lanes=["Customer", "Operations"])

    assert found.reference.startswith("PM-")
    assert found.newest.number == 1
    assert [str(part) for part in found.newest.elements.filter(kind="lane")] == ["Customer", "Operations"]
    assert [str(part) for part in found.newest.elements.walked()] == ["Begin", "First step", "End"]
    put_in_force(actor=drawer, map_id=found.pk, number=1, at=NOW())


def test_the_parts_of_a_drawing_are_read_from_it(drawer):
    found = a_map(by=drawer, xml=drawn(*LOAN))
    gateway = found.newest.elements.get(element_id="g1")

    assert (gateway.kind, gateway.comes_from, gateway.leads_to) == ("decision", ["check"], ["sign", "refuse"])
    assert found.newest.elements.count() == 9 + 8


def test_what_cannot_be_read_leaves_nothing_behind(drawer):
    with pytest.raises(ValidationError, match="no XML"):
        a_map(by=drawer, xml=b"<a>")
    assert not ProcessMap.objects.exists()


def test_versions_follow_each_other_and_the_same_drawing_is_no_new_one(drawer):
    found = a_map(by=drawer)
    second = saved(found, drawn(*LOAN), 1, drawer, note="The whole loan")

    assert second.number == 2
    assert saved(found, drawn(*LOAN), 2, drawer) == second
    assert saved(found, drawn(*LOAN), 1, drawer) == second  # sent twice
    assert ProcessMapVersion.objects.filter(process_map=found).count() == 2


def test_nobody_overwrites_what_somebody_else_drew(drawer):
    found = a_map(by=drawer)
    colleague = UserFactory(role="product", full_name="Lin Mei")
    saved(found, drawn(*LOAN), 1, colleague)

    with pytest.raises(
        ValidationError, match="Lin Mei saved version 2 meanwhile, and you began from version 1"
    ) as refused:
        saved(found, drawn("s>a", "a>e"), 1, drawer)
    assert refused.value.code == "stale"
    assert ProcessMap.objects.get().newest.number == 2


def test_a_map_with_a_grave_problem_is_a_draft_and_does_not_come_into_force(drawer):
    found = a_map(by=drawer)
    saved(found, drawn("s>a", "a>e", "s>b"), 1, drawer)

    with pytest.raises(ValidationError, match="“B” leads nowhere"):
        put_in_force(actor=drawer, map_id=found.pk, number=2, at=NOW())
    found.refresh_from_db()
    assert (found.state, found.in_force) == ("draft", None)


def test_what_is_in_force_stays_while_the_next_is_drawn(drawer):
    found = a_map(by=drawer)
    put_in_force(actor=drawer, map_id=found.pk, number=1, at=NOW())
    saved(found, drawn(*LOAN), 1, drawer)
    found.refresh_from_db()
    assert (found.in_force.number, found.newest.number) == (1, 2)

    with pytest.raises(ValidationError, match="Version 2 is newer"):
        put_in_force(actor=drawer, map_id=found.pk, number=1, at=NOW())
    put_in_force(actor=drawer, map_id=found.pk, number=2, at=NOW())
    found.refresh_from_db()
    assert found.in_force.number == 2


def test_nothing_changes_of_a_retired_map(drawer):
    found = a_map(by=drawer)
    with pytest.raises(ValidationError, match="Say why"):
        retire_map(actor=drawer, map_id=found.pk, reason="  ")
    retire_map(actor=drawer, map_id=found.pk, reason="The product has ended.")

    for act in (
        lambda: saved(found, drawn(*LOAN), 1, drawer),
        lambda: put_in_force(actor=drawer, map_id=found.pk, number=1, at=NOW()),
        lambda: change_map(actor=drawer, map_id=found.pk, changes={"name": "Another"}),
        lambda: a_risk_on(found),
    ):
        with pytest.raises(ValidationError, match="is retired"):
            act()


def test_nobody_draws_for_a_line_outside_their_scope():
    person = UserFactory(role="product", business_lines=["fund"])

    with pytest.raises(ValidationError, match="outside your scope"):
        create_map(actor=person, name="Loan", owner=person, line_id="p2p", at=NOW())


def test_a_risk_stands_once_on_a_step_and_stays_over_versions(drawer):
    found = a_map(by=drawer, xml=drawn(*LOAN))
    risk = RiskFactory()
    first = attach_risk(actor=drawer, map_id=found.pk, element="check", risk=risk, at=NOW())

    assert attach_risk(actor=drawer, map_id=found.pk, element="check", risk=risk, at=NOW()) == first
    saved(found, drawn("s>check", "check>e"), 1, drawer)
    assert ElementRisk.objects.on_maps().get() == first


def test_nothing_is_put_on_what_is_not_drawn_nor_by_whom_it_is_not_seen(drawer):
    found = a_map(by=drawer)
    for element in ("gone", "Lane_1", "Flow_1", "", "x" * 200):
        with pytest.raises(ValidationError, match="save the drawing first"):
            attach_risk(actor=drawer, map_id=found.pk, element=element, risk=RiskFactory(), at=NOW())
    closed = RiskFactory()
    close_risk(actor=drawer, risk_id=closed.pk, reason="Over.")
    with pytest.raises(ValidationError, match="closed, or outside"):
        attach_risk(actor=drawer, map_id=found.pk, element=STEP, risk=closed, at=NOW())
    stranger = UserFactory(role="product", business_lines=["fund"])
    other = ControlFactory(line_id="p2p")
    with pytest.raises(ValidationError, match="outside your lines"):
        attach_control(actor=stranger, map_id=found.pk, element=STEP, control=other, at=NOW())


def test_what_was_taken_off_says_why_and_may_stand_there_again(drawer):
    found = a_map(by=drawer)
    control = a_control_on(found)
    with pytest.raises(ValidationError, match="Say why"):
        take_off(actor=drawer, attached=control, reason=" ", at=NOW())
    take_off(actor=drawer, attached=control, reason="It is done elsewhere.", at=NOW())

    with pytest.raises(ValidationError, match="already"):
        take_off(actor=drawer, attached=control, reason="Again.", at=NOW())
    assert a_control_on(found, control=control.control) != control


def test_a_risk_found_at_a_step_is_recorded_and_stands_there(drawer):
    found = a_map(by=drawer)
    made = record_risk_on_step(
        actor=drawer, map_id=found.pk, element=STEP, at=NOW(), title="Income is invented", risk_class="credit"
    )

    assert (made.risk.title, made.element_id) == ("Income is invented", STEP)


# What the database holds


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE identification_processmapversion SET bpmn_xml = 'x'",
        "DELETE FROM identification_processmapversion",
        "UPDATE identification_mapelement SET name = 'x'",
        "DELETE FROM identification_mapelement",
        "DELETE FROM identification_processmap",
        "DELETE FROM identification_elementrisk",
        "UPDATE identification_elementrisk SET element_id = 'x'",
        "UPDATE identification_elementrisk SET taken_off_at = now()",
        "UPDATE identification_elementrisk SET taken_off_at = now(), taken_off_by_id = attached_by_id",
        "UPDATE identification_processmap SET state = 'in_force'",
        "UPDATE identification_processmap SET state = 'retired'",
        "INSERT INTO identification_elementrisk (element_id, attached_at, attached_by_id, reason, process_map_id, risk_id)"
        " SELECT element_id, attached_at, attached_by_id, reason, process_map_id, risk_id FROM identification_elementrisk",
    ],
)
def test_sql_changes_no_drawing_and_removes_nothing(drawer, statement):
    a_risk_on(a_map(by=drawer))

    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:  # noqa: PT012 (one of them fails)
        cursor.execute("SET LOCAL session_replication_role = replica" if "INSERT" not in statement else "SELECT 1")
        cursor.execute(statement)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_sql_shows_no_drawing_of_another_map(drawer):
    one, other = a_map(by=drawer), a_map(by=drawer)

    with pytest.raises(DatabaseError, match="of its own"), transaction.atomic():
        ProcessMap.objects.filter(pk=one.pk).update(current=other.current_id)


def test_sql_takes_nothing_off_twice(drawer):
    attached = a_risk_on(a_map(by=drawer))
    take_off(actor=drawer, attached=attached, reason="Not here.", at=NOW())

    with pytest.raises(DatabaseError, match="taken off once"), transaction.atomic():
        ElementRisk.objects.update(taken_off_at=None, taken_off_by=None, reason="")
    assert MapElement.objects.walked().exists()
