"""A panel's whole life through its pages and over REST, and that nothing of an open round is anywhere to be read."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from assessment.models import Dissent, Panel, PanelRound, Vote
from assessment.services.rounds import close_due_rounds, close_round
from audit.models import Event
from risk.models import RiskMatrix
from staff.models import Notification
from tests.factories import UserFactory
from tests.factories.panels import a_panel, a_running_panel, experts_of, opened, vote
from tests.factories.risk import RiskFactory
from tests.factories.staff import past_the_guards

pytestmark = pytest.mark.django_db
NOW = timezone.now
SECRET = "秘密理由 zebra <script>alert('x')</script> & 'quotes' of an honest vote"
PLACE = "4x2"


@pytest.fixture
def officer(db):
    return UserFactory(role="risk")


@pytest.fixture
def facilitator(officer, client):
    client.force_login(officer)
    return officer


def to(name, panel, *more):
    return reverse(f"assessment:{name}", args=[panel.reference, *more])


def sheet(panel, *places, why=SECRET, **more):
    """What the voting page sends: `sheet(panel, "4x2", "1x1")`, or one place for all."""
    items = list(panel.items.all())
    number = panel.rounds.order_by("-number").values_list("number", flat=True).first()
    sent = {"number": number}
    for item, place in zip(items, places if len(places) > 1 else places * len(items), strict=True):
        sent |= {f"item{item.pk}-place": place, f"item{item.pk}-probability": "37.5", f"item{item.pk}-rationale": why}
    return sent | more


def past_due(panel):
    """The open round's deadline has come."""
    with past_the_guards():
        PanelRound.objects.filter(panel=panel).update(
            opened_at=NOW() - timedelta(days=9), due_at=NOW() - timedelta(hours=1)
        )


def test_a_panel_lives_from_its_beginning_to_its_dissent_on_pages(client, officer):
    risks = [RiskFactory(rated=(3, 3)) for _number in range(2)]
    people = [UserFactory(role=role) for role in ("service", "product", "compliance", "marketing")]
    client.force_login(officer)
    begun = {
        "title": "支付 & <b>payouts</b>", "brief": "Judge after controls.", "risks": [one.pk for one in risks],
        "kind": "residual", "questions": "", "estimate": "", "currency": "", "agreement_bound": "0.7",
        "spread_bound": "1", "max_rounds": "2", "interval_level": "90",
    }  # fmt: skip
    assert client.post(reverse("assessment:panel_create"), begun).status_code == 302
    panel = Panel.objects.get()
    for person in people:
        assert client.post(to("panel_seat", panel), {"expert": person.pk, "weight": "1"}).status_code == 302
    due = timezone.localtime(NOW() + timedelta(days=3)).strftime("%Y-%m-%dT%H:%M")
    assert client.post(to("panel_open", panel), {"due_at": due}).status_code == 302

    for number, places in ((1, ["1x1", "5x5", "3x3", "4x4"]), (2, ["3x3", "3x3", "3x3", "5x5"])):
        for person, place in zip(people, places, strict=True):
            client.force_login(person)
            assert b"Cast my votes" in client.get(to("panel_vote", panel)).content
            assert client.post(to("panel_vote", panel), sheet(panel, place)).status_code == 302
        client.force_login(officer)
        client.post(to("panel_close", panel))
        assert panel.rounds.get(number=number).closed_at
        if number == 1:
            client.post(to("panel_open", panel), {"due_at": due})

    client.force_login(people[-1])
    assert b"ended more than one step apart" in client.get(to("panel_detail", panel)).content
    for item in panel.items.all():
        client.post(to("panel_dissent", panel), {"item_id": item.pk, "text": "The provider failed twice."})
    assert Dissent.objects.count() == 2
    client.force_login(officer)
    assert client.post(to("panel_finish", panel), {"conclusion": "Three of four agree."}).status_code == 302

    page = client.get(to("panel_results", panel)).content.decode()
    assert "The provider failed twice." in page
    assert "One of 4 experts" in page
    assert "<script>alert" not in page
    assert "<b>payouts</b>" not in page
    for person in people:
        assert person.full_name not in page, "a result names an expert to whoever runs the panel"


def test_a_panel_lives_from_its_beginning_to_its_result_over_rest(client, officer):
    people = [UserFactory(role="service") for _number in range(3)]

    def send(person, path, **body):
        client.force_login(person)
        return client.post(f"/api/v1/panels/{path}", body, "application/json")

    made = send(officer, "", title="Payouts", brief="Judge.", max_rounds=1, items=[{"question": "Will it fail?"}])
    assert made.status_code == 201, made.content
    one = f"{made.json()['reference']}/"
    item = int(made.json()["items"][0]["id"])
    for person in people:
        assert send(officer, f"{one}seats/", expert=person.pk, weight="1").status_code == 200
    assert send(officer, f"{one}rounds/", due_at=(NOW() + timedelta(days=1)).isoformat()).status_code == 200
    for person, place in zip(people, (2, 2, 5), strict=True):
        votes = [{"item": item, "likelihood": place, "impact": 2, "probability": "20", "rationale": SECRET}]
        assert send(person, f"{one}votes/", number=1, votes=votes).status_code == 200
        again = send(person, f"{one}votes/", number=1, votes=votes)
        assert (again.status_code, "a vote is final" in again.content.decode()) == (400, True)
        assert client.get(f"/api/v1/panels/{one}result/").json() == []
    assert send(people[0], f"{one}close/").status_code == 403
    assert send(officer, f"{one}close/").json()["rounds"][0]["verdict"] == "last"
    assert send(people[0], f"{one}dissent/", item=item, text="I foresaw all of it.").status_code == 400
    assert send(officer, f"{one}dissent/", item=item, text="I foresaw all of it.").status_code == 403
    assert send(people[2], f"{one}dissent/", item=item, text="The provider failed twice.").status_code == 200
    assert send(officer, f"{one}finish/", conclusion="It will not fail.").json()["state"] == "finished"

    (result,) = client.get(f"/api/v1/panels/{one}result/").json()
    assert (result["likelihood"], result["impact"], result["converged"]) == (2, 2, False)
    assert result["dissents"] == [{"text": "The provider failed twice.", "by": "One of 3 experts"}]
    assert send(people[0], f"{one}votes/", number=1, votes=[]).status_code == 400


def test_nothing_of_an_open_round_is_on_any_page_export_or_answer(client, officer):
    panel = a_running_panel(facilitator=officer)
    voter = experts_of(panel)[0]
    client.force_login(voter)
    assert client.post(to("panel_vote", panel), sheet(panel, PLACE)).status_code == 302
    pages = [to("panel_detail", panel), to("panel_results", panel), reverse("assessment:panel_list")]
    pages += [f"{reverse('assessment:panel_list')}?export=csv", reverse("assessment:experts"), "/"]
    pages += [f"/api/v1/panels/{panel.reference}/", f"/api/v1/panels/{panel.reference}/result/", "/api/v1/panels/"]
    vote_key = Vote.objects.first().pk
    pages += [
        f"{reverse('audit:event_list')}?q=zebra",
        reverse("audit:record_history", args=["assessment_vote", vote_key]),
    ]
    seen = Event.objects.filter(table_name="assessment_vote").values_list("pk", flat=True)
    pages += [reverse("audit:event_detail", args=[pk]) for pk in seen] + ["/api/v1/events/"]

    others = [
        officer,
        experts_of(panel)[1],
        *(UserFactory(role=r) for r in ("compliance", "internal_audit", "management")),
    ]
    read = 0
    for reader in others:
        client.force_login(reader)
        for page in pages:
            answer = client.get(page)
            text = b"".join(answer).decode() if answer.streaming else answer.content.decode()
            read += answer.status_code == 200
            assert "秘密理由" not in text, f"{reader.roles} reads a vote on {page}"
            assert "of an honest vote" not in text, f"{reader.roles} reads a vote on {page}"
            assert "37.5" not in text, f"{reader.roles} reads a probability on {page}"
    assert read > 30
    client.force_login(officer)
    assert "Has voted" in client.get(to("panel_detail", panel)).content.decode()


def test_closed_rounds_name_nobody_and_finished_ones_only_to_audit_and_compliance(client, officer):
    panel = a_running_panel(facilitator=officer, risks=1)
    people = experts_of(panel)
    for person in people:
        vote(panel, person, (3, 3))
    close_round(actor=officer, panel_id=panel.pk, at=NOW())

    def named(reader):
        client.force_login(reader)
        page = client.get(to("panel_results", panel)).content.decode()
        return sum(person.full_name in page for person in people if person != reader)

    auditor, colleague = UserFactory(role="internal_audit"), UserFactory(role="management")
    assert [named(one) for one in (officer, people[0], auditor, colleague)] == [0, 0, 0, 0]
    client.force_login(officer)
    client.post(to("panel_finish", panel), {"conclusion": "As the experts say."})
    assert [named(one) for one in (officer, people[0], colleague)] == [0, 0, 0]
    assert named(auditor) == 4


def test_who_does_not_sit_finds_no_panel_and_no_sheet(client, officer):
    panel = a_running_panel(facilitator=officer)
    stranger = UserFactory(role="service")
    client.force_login(stranger)
    for name in ("panel_detail", "panel_results", "panel_vote", "panel_dissent"):
        assert client.get(to(name, panel)).status_code == 404
    assert client.get(f"/api/v1/panels/{panel.reference}/").status_code == 404
    client.force_login(officer)
    assert client.get(to("panel_vote", panel)).status_code == 404
    assert client.post(to("panel_vote", panel), sheet(panel, PLACE)).status_code == 404
    assert not Vote.objects.exists()


def test_an_expert_who_votes_twice_leaves_or_comes_late_reads_why(client, officer):
    panel = a_running_panel(facilitator=officer)
    first, second, third, _fourth = experts_of(panel)
    client.force_login(first)
    assert client.post(to("panel_vote", panel), sheet(panel, PLACE)).status_code == 302
    again = client.post(to("panel_vote", panel), sheet(panel, "1x1"))
    assert (again.status_code, "a vote is final" in again.content.decode()) == (422, True)
    assert set(Vote.objects.values_list("likelihood", "impact")) == {(4, 2)}

    seat = panel.seats.get(expert=second)
    client.force_login(second)
    assert client.post(to("seat_leave", panel, seat.pk), {"reason": "On leave for months"}).status_code == 302
    assert client.post(to("panel_vote", panel), sheet(panel, PLACE)).status_code == 404

    client.force_login(third)
    late = sheet(panel, PLACE)
    past_due(panel)
    assert close_due_rounds(at=NOW()) == 1
    told = client.post(to("panel_vote", panel), late)
    assert (told.status_code, "your vote was not counted" in told.content.decode()) == (422, True)
    assert Vote.objects.count() == 2
    opened(panel)
    assert client.post(to("panel_vote", panel), late).status_code == 422, "a sheet of round 1 counts in round 2"


@pytest.mark.parametrize(
    "ugly",
    [{"place": ""}, {"place": "9x9"}, {"place": "0x0"}, {"place": "<b>"}, {"probability": "101"}, {"probability": "viel"},
     {"probability": "NaN"}, {"rationale": ""}, {"rationale": "short"}, {"rationale": "\x00" * 20}],
)  # fmt: skip
def test_an_ugly_sheet_is_refused_whole_and_keeps_what_was_typed(client, ugly):
    panel = a_running_panel()
    client.force_login(experts_of(panel)[0])
    first = panel.items.first()
    sent = sheet(panel, PLACE) | {f"item{first.pk}-{name}": value for name, value in ugly.items()}

    answer = client.post(to("panel_vote", panel), sent)

    assert answer.status_code == 422
    assert "秘密理由" in answer.content.decode()
    assert not Vote.objects.exists()


def test_closing_before_everybody_voted_says_until_when_in_the_readers_zone(client):
    officer = UserFactory(role="risk", time_zone="Asia/Shanghai")
    panel = a_running_panel(facilitator=officer)
    client.force_login(officer)
    with past_the_guards():
        panel.rounds.update(due_at=NOW().replace(year=2099, month=1, day=2, hour=20, minute=30))

    page = client.post(to("panel_close", panel), follow=True).content.decode()

    assert "2099-01-03 04:30" in page
    assert "20:30:00+00:00" not in page


def test_closing_twice_on_the_page_is_closing_once(client, officer):
    panel = a_running_panel(facilitator=officer)
    past_due(panel)
    client.force_login(officer)
    client.post(to("panel_close", panel))
    closed_at, told = panel.rounds.get().closed_at, Notification.objects.count()

    assert client.post(to("panel_close", panel)).status_code == 302

    assert (panel.rounds.get().closed_at, Notification.objects.count()) == (closed_at, told)


@pytest.mark.parametrize("experts", [1, 2])
def test_a_panel_of_one_or_two_does_not_open(client, officer, experts):
    panel = a_panel(facilitator=officer, experts=experts)
    client.force_login(officer)
    due = (NOW() + timedelta(days=3)).strftime("%Y-%m-%dT%H:%M")

    answer = client.post(to("panel_open", panel), {"due_at": due})

    assert "at least 3 experts" in answer.content.decode()
    assert not panel.rounds.exists()


def test_results_under_a_newer_matrix_must_be_judged_again_where_nothing_was_agreed(client, officer):
    panel = a_running_panel(facilitator=officer, risks=1)
    with past_the_guards():
        RiskMatrix.objects.create(
            version=9, likelihood_labels=["a", "b"], impact_labels=["a", "b"], in_force_from=timezone.localdate()
        )
    for person in experts_of(panel):
        client.force_login(person)
        assert client.post(to("panel_vote", panel), sheet(panel, "5x5")).status_code == 302
    client.force_login(officer)
    client.post(to("panel_close", panel))

    assert "it must be judged again" in client.get(to("panel_results", panel)).content.decode()
    (result,) = client.get(f"/api/v1/panels/{panel.reference}/result/").json()
    assert (result["likelihood"], result["mapped_likelihood"], result["must_be_judged_again"]) == (5, None, True)


def test_pages_ask_the_same_number_of_questions_of_few_and_of_many(client, officer):
    def asked(panel, name):
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        client.get(to(name, panel))
        with CaptureQueriesContext(connection) as queries:
            assert client.get(to(name, panel)).status_code == 200
        return len(queries)

    client.force_login(officer)
    found = []
    for experts, risks in ((3, 1), (9, 6)):
        panel = a_running_panel(facilitator=officer, experts=experts, risks=risks)
        for person in experts_of(panel):
            vote(panel, person, (3, 3))
        close_round(actor=officer, panel_id=panel.pk, at=NOW())
        found.append([asked(panel, name) for name in ("panel_detail", "panel_results")])
    assert found[0] == found[1]
