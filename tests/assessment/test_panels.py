from datetime import timedelta
from decimal import Decimal
from threading import Barrier, Thread

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from assessment.models import Dissent, Panel, PanelItem, PanelRound, Vote
from assessment.services.panels import begin_panel, cancel_panel, finish_panel, result_of, results_of
from assessment.services.rounds import close_due_rounds, close_round, open_round, remind_of_votes, why_of
from assessment.services.seats import leave_panel, seat_expert
from assessment.services.votes import asked_to_dissent, cast_votes, record_dissent
from audit.models import Event
from risk.formats import level_pill
from risk.models import MatrixMapping, RiskMatrix, RiskMatrixCell
from risk.services.register import close_risk
from staff.models import Notification
from tests.factories import UserFactory
from tests.factories.panels import a_finished_panel, a_panel, a_running_panel, experts_of, opened, said, vote
from tests.factories.risk import RiskFactory
from tests.factories.staff import past_the_guards

pytestmark = pytest.mark.django_db
NOW = timezone.now
LATER = timedelta(days=8)


def closed(panel, *votes, **more):
    """Close the open round after each expert voted the places that stand for them."""
    for expert, places in zip(experts_of(panel), votes, strict=False):
        vote(panel, expert, *places, **more)
    return close_round(actor=panel.facilitator, panel_id=panel.pk, at=NOW() + LATER)


def test_two_rounds_from_spread_to_agreement():
    panel = a_running_panel()
    first = closed(panel, [(5, 5), (1, 1)], [(1, 1), (5, 5)], [(3, 3), (2, 2)], [(4, 4), (3, 3)])
    assert (first.verdict, first.voters) == ("goes_on", 4)
    assert "It goes on" in why_of(first)

    second_open = opened(panel, NOW() + LATER)
    for expert in experts_of(panel):
        vote(panel, expert, (4, 4), (2, 3))
    second = close_round(actor=panel.facilitator, panel_id=panel.pk, at=NOW() + LATER + LATER)

    assert second.number == second_open.number == 2
    assert (second.verdict, second.agreement) == ("agreed", 1)
    assert second.agreement > first.agreement
    with pytest.raises(ValidationError, match="has ended the panel"):
        opened(panel, NOW() + LATER + LATER)
    finish_panel(actor=panel.facilitator, panel_id=panel.pk, conclusion="Agreed in the second round.", at=NOW())
    panel.refresh_from_db()
    found = results_of(panel)
    assert [(one.likelihood, one.impact, one.converged) for one in found] == [(4, 4, True), (2, 3, True)]
    cell = panel.matrix.cells.get(likelihood=4, impact=4)
    assert found[0].score == cell.score
    assert f"{cell.score} {cell.get_level_display()}" in level_pill(found[0])  # as the page of results shows it
    assert [number for number, _w, _verdict in found[0].agreements] == [1, 2]
    assert Panel.objects.finished_for(found[0].item.risk).get() == panel


def test_weights_move_the_median_and_a_half_goes_up():
    panel = a_running_panel(experts=4, risks=1, weights=[Decimal(1), Decimal(1), Decimal(1), Decimal(5)])
    closed(panel, [(1, 1)], [(1, 1)], [(1, 1)], [(5, 5)])
    (found,) = results_of(panel)
    assert (found.likelihood, found.impact, found.spread_likelihood) == (5, 5, 1)

    even = a_running_panel(experts=4, risks=1)
    closed(even, [(3, 2)], [(3, 2)], [(4, 3)], [(4, 3)])
    assert [(one.likelihood, one.impact) for one in results_of(even)] == [(4, 3)]


def test_nobody_votes_twice():
    panel = a_running_panel()
    expert = experts_of(panel)[0]
    vote(panel, expert, (3, 3))

    with pytest.raises(ValidationError, match="a vote is final"):
        vote(panel, expert, (1, 1))

    assert set(Vote.objects.values_list("likelihood", flat=True)) == {3}


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"likelihood": 6}, "Choose a likelihood from 1 to 5"),
        ({"impact": 0}, "Choose a likelihood"),
        ({"probability": Decimal(101)}, "between 0 and 100"),
        ({"rationale": "  "}, "blank|Say why|null"),
        ({"low": Decimal(1), "high": Decimal(2)}, "No interval"),
        ({"likelihood": None}, "null"),
    ],
)
def test_ugly_votes_are_refused_whole(change, sentence):
    panel = a_running_panel()
    items = list(PanelItem.objects.filter(panel=panel))
    votes = {items[0].pk: said(), items[1].pk: said() | change}

    with pytest.raises(ValidationError, match=sentence):
        cast_votes(actor=experts_of(panel)[0], panel_id=panel.pk, votes=votes, at=NOW())

    assert not Vote.objects.exists()


def test_every_item_is_voted_on_and_no_other():
    panel, other = a_running_panel(), a_running_panel()
    expert, (first, second) = experts_of(panel)[0], PanelItem.objects.filter(panel=panel)

    for votes in ({first.pk: said()}, {first.pk: said(), second.pk: said(), other.items.first().pk: said()}):
        with pytest.raises(ValidationError, match="every item"):
            cast_votes(actor=expert, panel_id=panel.pk, votes=votes, at=NOW())


def test_an_interval_has_two_ends_in_order():
    item = {"question": "Will the provider fail for a day?", "estimate": "loss", "currency": "CNY"}
    panel = a_running_panel(items=[item])
    pk = panel.items.get().pk
    ask = lambda **ends: cast_votes(  # noqa: E731
        actor=experts_of(panel)[0], panel_id=panel.pk, votes={pk: said(**ends)}, at=NOW()
    )

    with pytest.raises(ValidationError, match="the lower first"):
        ask(low=Decimal(9), high=Decimal(5))
    with pytest.raises(ValidationError, match="two ends"):
        ask(low=Decimal(9))
    (cast,) = ask(low=Decimal("5.50"), high=Decimal(9))
    assert (cast.low, cast.high) == (Decimal("5.50"), 9)


def test_only_a_seat_votes_and_not_one_that_was_left():
    panel = a_running_panel()
    leaver = panel.seats.first()
    with pytest.raises(PermissionDenied, match="sits on this panel"):
        vote(panel, panel.facilitator, (3, 3))
    leave_panel(actor=leaver.expert, seat_id=leaver.pk, reason="Moves to another department", at=NOW())

    with pytest.raises(PermissionDenied, match="left"):
        vote(panel, leaver.expert, (3, 3))
    with pytest.raises(ValidationError, match="already"):
        leave_panel(actor=leaver.expert, seat_id=leaver.pk, reason="Once more", at=NOW())


def test_votes_of_whoever_left_stay_and_a_panel_of_two_never_agrees():
    panel = a_running_panel(experts=3)
    first, second, third = experts_of(panel)
    vote(panel, third, (3, 3))
    leave_panel(actor=panel.facilitator, seat_id=panel.seats.last().pk, reason="On leave for months", at=NOW())
    for expert in (first, second):
        vote(panel, expert, (3, 3))
    one = close_round(actor=panel.facilitator, panel_id=panel.pk, at=NOW())
    assert (one.voters, one.verdict, one.absent.count()) == (3, "agreed", 0)

    panel = a_running_panel(experts=3)
    leave_panel(actor=panel.facilitator, seat_id=panel.seats.last().pk, reason="On leave for months", at=NOW())
    for expert in experts_of(panel):
        vote(panel, expert, (3, 3))
    one = close_round(actor=panel.facilitator, panel_id=panel.pk, at=NOW())
    assert one.verdict == "too_few"
    assert "2 voted, and of fewer than 3 experts nobody can say" in why_of(one)


def test_a_round_that_is_due_closes_by_itself_and_marks_who_was_absent():
    panel = a_running_panel()
    voter, *absent = experts_of(panel)
    vote(panel, voter, (3, 3))
    with pytest.raises(ValidationError, match="Not everybody has voted"):
        close_round(actor=panel.facilitator, panel_id=panel.pk, at=NOW())
    assert close_due_rounds(at=NOW()) == 0

    assert close_due_rounds(at=NOW() + LATER) == 1
    assert close_due_rounds(at=NOW() + LATER) == 0

    one = panel.rounds.get()
    assert {seat.expert for seat in one.absent.all()} == set(absent)
    assert (one.voters, one.verdict) == (1, "too_few")


def test_a_round_without_a_single_vote_closes_and_the_panel_cannot_finish():
    panel = a_running_panel()

    assert close_due_rounds(at=NOW() + LATER) == 1

    assert results_of(panel) == []
    assert panel.rounds.get().voters == 0
    with pytest.raises(ValidationError, match="Nobody has voted"):
        finish_panel(actor=panel.facilitator, panel_id=panel.pk, conclusion="Nothing was said at all.", at=NOW())


def test_closing_twice_is_closing_once():
    panel = a_running_panel()
    first = closed(panel, *[[(3, 3)]] * 4)
    seen = Notification.objects.count()

    again = close_round(actor=panel.facilitator, panel_id=panel.pk, at=NOW() + LATER + LATER)

    assert (again.pk, again.closed_at) == (first.pk, first.closed_at)
    assert Notification.objects.count() == seen


def test_the_last_round_ends_without_agreement_and_says_so():
    panel = a_running_panel(max_rounds=1)

    one = closed(panel, [(1, 1)], [(5, 5)], [(1, 5)], [(5, 1)])

    assert one.verdict == "last"
    assert "do not agree" in why_of(one)
    assert not results_of(panel)[0].converged


def test_whoever_runs_a_panel_does_not_vote_and_an_expert_does_not_run_it():
    officer = UserFactory(role="risk")
    panel = a_panel(experts=[officer, UserFactory(), UserFactory()][:1])
    with pytest.raises(ValidationError, match="does not vote"):
        seat_expert(actor=panel.facilitator, panel_id=panel.pk, expert=panel.facilitator, weight=Decimal(1), at=NOW())

    for service, more in ((cancel_panel, {"reason": "No more need"}), (open_round, {"due_at": NOW() + LATER})):
        with pytest.raises(PermissionDenied, match="You sit on this panel"):
            service(actor=officer, panel_id=panel.pk, at=NOW(), **more)


def test_seats_have_weights_until_the_first_round_opens():
    panel = a_panel(experts=3)
    expert = experts_of(panel)[0]
    give = lambda weight: seat_expert(  # noqa: E731
        actor=panel.facilitator, panel_id=panel.pk, expert=expert, weight=weight, at=NOW()
    )
    give(Decimal("1.5"))
    for wrong in (Decimal(0), Decimal(-1), Decimal(11)):
        with pytest.raises(ValidationError, match="above 0"):
            give(wrong)
    opened(panel)

    with pytest.raises(ValidationError, match="A round is open"):
        give(Decimal(2))
    with pytest.raises(DatabaseError, match="keeps its expert"), transaction.atomic():
        panel.seats.update(weight=3)
    assert panel.seats.get(expert=expert).weight == Decimal("1.5")


def test_a_panel_begins_with_three_experts_and_something_to_judge():
    panel = a_panel(experts=2)
    with pytest.raises(ValidationError, match="at least 3 experts"):
        opened(panel)
    fields = {"title": "Nothing", "brief": "Nothing to judge", "at": NOW(), "actor": panel.facilitator}
    with pytest.raises(ValidationError, match="from 1 to 20"):
        begin_panel(items=[], **fields)
    risk = RiskFactory()
    close_risk(actor=panel.facilitator, risk_id=risk.pk, reason="No longer possible")
    risk.refresh_from_db()
    with pytest.raises(ValidationError, match="is closed"):
        begin_panel(items=[{"risk": risk, "kind": "residual"}], **fields)
    narrow = UserFactory(role="risk", business_lines=["fund"])
    with pytest.raises(ValidationError, match="outside your scope"):
        begin_panel(items=[{"risk": RiskFactory(line_id="p2p"), "kind": "inherent"}], **fields | {"actor": narrow})


def test_dissent_is_asked_of_who_ended_apart_and_kept_without_a_name_unless_they_agree():
    panel = a_running_panel(risks=1)
    closed(panel, [(3, 3)], [(3, 3)], [(3, 3)], [(5, 5)])
    item, apart = panel.items.get(), panel.seats.last()
    assert asked_to_dissent(panel, apart) == {item.pk}
    assert Notification.objects.filter(title__contains="ended apart").get().user == apart.expert
    write = {"panel_id": panel.pk, "item_id": item.pk, "text": "The provider has failed twice.", "at": NOW()}
    with pytest.raises(ValidationError, match="more than one step apart"):
        record_dissent(actor=panel.seats.first().expert, by_name=True, **write)

    record_dissent(actor=apart.expert, by_name=False, **write)
    with pytest.raises(ValidationError, match="already"):
        record_dissent(actor=apart.expert, by_name=True, **write)

    finish_panel(actor=panel.facilitator, panel_id=panel.pk, conclusion="Three of four agree.", at=NOW())
    panel.refresh_from_db()
    assert [one.text for one in result_of(panel, item).dissents] == [write["text"]]
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        Dissent.objects.update(by_name=True)


def test_a_newer_matrix_maps_the_result_or_asks_for_a_new_judgement():
    panel = a_finished_panel(places=((3, 3), (4, 4)))
    new = RiskMatrix.objects.create(version=9, likelihood_labels=["a", "b"], impact_labels=["a", "b"])
    for row in (1, 2):
        for column in (1, 2):
            RiskMatrixCell.objects.create(matrix=new, likelihood=row, impact=column, score=row * column, level="low")
    MatrixMapping.objects.create(
        matrix=new, old_matrix=panel.matrix, old_likelihood=3, old_impact=3, likelihood=2, impact=1,
        decided_by=panel.facilitator,
    )  # fmt: skip
    assert results_of(panel)[0].mapped.matrix == panel.matrix
    new.in_force_from = timezone.localdate()
    with past_the_guards():
        new.save(update_fields=["in_force_from"])

    mapped, lost = results_of(panel)

    assert (mapped.mapped.matrix, mapped.mapped.likelihood, mapped.mapped.impact, mapped.mapped.score) == (new, 2, 1, 2)
    assert (mapped.likelihood, mapped.must_be_judged_again) == (3, False)
    assert lost.must_be_judged_again
    with pytest.raises(DatabaseError, match="never changed once it has ended"), transaction.atomic():
        Panel.objects.filter(pk=panel.pk).update(matrix=new)


def test_a_matrix_that_changes_in_the_middle_of_a_round_leaves_the_panel_on_its_own():
    panel = a_running_panel()
    with past_the_guards():
        RiskMatrix.objects.create(
            version=9, likelihood_labels=["a", "b"], impact_labels=["a", "b"], in_force_from=timezone.localdate()
        )

    vote(panel, experts_of(panel)[0], (5, 5))

    with pytest.raises(DatabaseError, match="keeps its matrix"), transaction.atomic():
        Panel.objects.filter(pk=panel.pk).update(matrix=RiskMatrix.objects.get(version=9))


def test_sql_changes_no_vote_and_adds_none_to_a_closed_round_or_another_panel():
    panel, other = a_running_panel(), a_running_panel()
    closed(panel, *[[(3, 3)]] * 4)
    cast = Vote.objects.filter(round__panel=panel).first()
    for statement in ("UPDATE assessment_vote SET likelihood = 1", "DELETE FROM assessment_vote"):
        with pytest.raises(DatabaseError, match="never changed"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    fields = {"item": cast.item, "cast_at": NOW(), **said()}
    with pytest.raises(DatabaseError, match="round is closed"), transaction.atomic():
        Vote.objects.create(seat=other.seats.first(), round=cast.round, **fields)
    with pytest.raises(DatabaseError, match="of one panel"), transaction.atomic():
        Vote.objects.create(seat=cast.seat, round=other.rounds.get(), **fields)
    with pytest.raises(DatabaseError, match="never changed once it is closed"), transaction.atomic():
        PanelRound.objects.filter(pk=cast.round_id).update(verdict="agreed")


def test_the_log_says_who_voted_and_not_what():
    panel = a_running_panel()
    vote(panel, experts_of(panel)[0], (4, 2), rationale="恶意 <script>alert(1)</script> 不可告人")

    events = Event.objects.filter(table_name="assessment_vote", action="assessment.vote.cast")

    assert events.count() == 2
    text = "".join(str(value) for one in events.values() for value in one.values())
    assert "不可告人" not in text
    assert all(one.reason == "" for one in events)


def test_experts_are_told_once_a_round_and_reminded_a_day_before():
    panel = a_running_panel()
    voter, *others = experts_of(panel)
    vote(panel, voter, (3, 3))
    due = panel.rounds.get().due_at
    assert Notification.objects.filter(title__contains="waits for your vote").count() == 4

    assert remind_of_votes(at=due - timedelta(days=2)) == 0
    assert remind_of_votes(at=due - timedelta(hours=20)) == 3
    assert remind_of_votes(at=due - timedelta(hours=2)) == 0

    assert set(Notification.objects.filter(title__contains="due tomorrow").values_list("user", flat=True)) == {
        one.pk for one in others
    }


def both(*works):
    """Do things at once, each over a connection of its own; return what each raised, None where nothing."""
    begin, raised = Barrier(len(works)), [None] * len(works)

    def work(number, one):
        begin.wait()
        try:
            one()
        except (ValidationError, DatabaseError) as error:
            raised[number] = error
        finally:
            connection.close()

    threads = [Thread(target=work, args=pair) for pair in enumerate(works)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    return raised


@pytest.mark.django_db(transaction=True)
def test_two_votes_at_once_of_one_expert_are_one():
    panel = a_running_panel()
    expert = experts_of(panel)[0]

    raised = both(lambda: vote(panel, expert, (1, 1)), lambda: vote(panel, expert, (5, 5)))

    (refused,) = [one for one in raised if one]
    assert "a vote is final" in str(refused)
    assert Vote.objects.count() == 2
    assert Vote.objects.values("likelihood").distinct().count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("attempt", range(3))
def test_a_vote_while_the_round_closes_counts_or_is_told(attempt):
    panel = a_running_panel()
    *others, last = experts_of(panel)
    for expert in others:
        vote(panel, expert, (3, 3))
    due = panel.rounds.get().due_at

    raised = both(lambda: vote(panel, last, (3, 3)), lambda: close_due_rounds(at=due))

    one = panel.rounds.get()
    assert one.closed_at
    voted = Vote.objects.filter(seat__expert=last).exists()
    assert one.voters == (4 if voted else 3)
    assert one.absent.count() == (0 if voted else 1)
    assert (raised[0] is None) == voted
    assert voted or "was not counted" in str(raised[0])


@pytest.mark.django_db(transaction=True)
def test_two_who_close_at_once_close_once():
    panel = a_running_panel()
    close = lambda: close_round(actor=panel.facilitator, panel_id=panel.pk, at=NOW() + LATER)  # noqa: E731

    assert both(close, close) == [None, None]

    assert panel.rounds.get().absent.count() == 4
    assert Event.objects.filter(table_name="assessment_panelround", action="assessment.round.closed").count() == 1
