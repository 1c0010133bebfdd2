from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from risk.models import Reassessment, Risk, RiskProposal
from risk.rules.likeness import likeness, most_alike, terms
from risk.services.proposals import accept_proposal, dismiss_proposal, join_proposal, propose_risk, risks_like
from staff.models import Notification
from tests.factories import UserFactory
from tests.factories.proposals import ProposalFactory
from tests.factories.risk import RiskFactory

pytestmark = pytest.mark.django_db
NOW = timezone.now
REASON = "It is the same payout file, seen from the desk."


@pytest.fixture
def office(db):
    return UserFactory(role="risk")


def proposed(actor, **more):
    fields = {
        "source": "complaint", "source_key": "complaint:12", "title": "Payouts reach the wrong account",
        "risk_class": "operational", "at": NOW(), **more,
    }  # fmt: skip
    return propose_risk(actor=actor, **fields)


def accepted(office, proposal, **more):
    return accept_proposal(actor=office, proposal_id=proposal.pk, owner=office, at=NOW(), **more)


def test_a_proposal_is_numbered_waits_and_is_told_to_the_risk_office_once(office):
    clerk = UserFactory(role="service")

    proposal = proposed(clerk)

    assert proposal.reference.startswith("P-")
    assert (proposal.state, proposal.proposed_by) == ("waiting", clerk)
    assert list(Notification.objects.values_list("user", "key")) == [(office.pk, f"proposal:{proposal.pk}:made")]


def test_the_same_source_is_proposed_once_whoever_asks_again(office):
    first = proposed(UserFactory(role="service"))

    again = proposed(UserFactory(role="product"), title="Quite another title")

    assert again == first
    assert RiskProposal.objects.get().title == "Payouts reach the wrong account"
    assert Notification.objects.count() == 1


def test_who_is_beaten_to_it_gets_what_the_other_said(office, monkeypatch):
    standing = ProposalFactory(source_key="complaint:12")
    monkeypatch.setattr("django.db.models.query.QuerySet.first", lambda self: None)

    assert proposed(UserFactory(role="service")) == standing


def test_only_the_office_of_its_line_is_told():
    fund, payment = (
        UserFactory(role="risk", business_lines=["fund"]),
        UserFactory(role="risk", business_lines=["payment"]),
    )
    everywhere = UserFactory(role="risk")

    proposed(UserFactory(role="service"), line_id="payment")

    assert set(Notification.objects.values_list("user", flat=True)) == {payment.pk, everywhere.pk}
    assert fund.pk not in Notification.objects.values_list("user", flat=True)


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"title": "   "}, "cannot be blank"),
        ({"title": "x" * 161}, "at most 160"),
        ({"risk_class": "weather"}, "not a valid choice"),
        ({"source": "rumour"}, "not a valid choice"),
        ({"url": "javascript:alert(1)"}, "page of ours"),
        ({"url": "//elsewhere.test/"}, "page of ours"),
        ({"line_id": "fund"}, "outside your scope"),
        ({"source_key": ""}, "cannot be blank"),
    ],
)
def test_what_no_risk_could_be_is_refused(wrong, sentence):
    with pytest.raises(ValidationError, match=sentence):
        proposed(UserFactory(role="service", business_lines=["payment"]), **wrong)

    assert not RiskProposal.objects.exists()


def test_hostile_and_chinese_words_stay_as_they_were_said(client, office):
    words = "<script>alert('付款文件')</script> 付款文件被重复放行"
    proposal = proposed(office, title=words)
    client.force_login(office)

    page = client.get(reverse("risk:proposal_detail", args=[proposal.reference])).content.decode()

    assert "<script>alert('付" not in page
    assert "付款文件被重复放行" in page


def test_accepting_records_the_risk_as_corrected_and_keeps_what_was_said(office):
    proposal = ProposalFactory(title="letters wrong", causes="Old data", line_id="payment")

    risk = accepted(office, proposal, title="Letters are sent to old addresses")

    proposal.refresh_from_db()
    assert (risk.title, risk.causes, risk.line_id, risk.owner) == (
        "Letters are sent to old addresses", "Old data", "payment", office,
    )  # fmt: skip
    assert (proposal.title, proposal.state, proposal.risk, proposal.decided_by) == (
        "letters wrong", "accepted", risk, office,
    )  # fmt: skip
    assert Notification.objects.filter(user=proposal.proposed_by, key=f"proposal:{proposal.pk}:decided").count() == 1


def test_joining_forces_a_new_assessment_of_the_risk(office):
    proposal, risk = ProposalFactory(), RiskFactory()

    join_proposal(actor=office, proposal_id=proposal.pk, risk=risk, reason=REASON, at=NOW())

    asked = Reassessment.objects.get()
    assert (asked.risk, asked.cause_key) == (risk, f"proposal:{proposal.pk}")
    assert asked.url == reverse("risk:proposal_detail", args=[proposal.reference])


def test_nothing_is_joined_to_a_closed_risk_or_to_one_of_another_line():
    officer, proposal = UserFactory(role="risk", business_lines=["fund"]), ProposalFactory()
    closed = RiskFactory(status="closed", closing_reason="Sold.")
    for risk in (closed, RiskFactory(line_id="payment")):
        with pytest.raises(ValidationError, match="open risk that you see"):
            join_proposal(actor=officer, proposal_id=proposal.pk, risk=risk, reason=REASON, at=NOW())


@pytest.mark.parametrize("reason", ["", "  \n "])
def test_dismissing_and_joining_want_a_reason(office, reason):
    proposal = ProposalFactory()
    with pytest.raises(ValidationError, match="Say why"):
        dismiss_proposal(actor=office, proposal_id=proposal.pk, reason=reason, at=NOW())
    with pytest.raises(ValidationError, match="Say why"):
        join_proposal(actor=office, proposal_id=proposal.pk, risk=RiskFactory(), reason=reason, at=NOW())


def test_deciding_twice_is_answered_with_who_decided(office):
    proposal = ProposalFactory()
    accepted(office, proposal)

    with pytest.raises(ValidationError, match=f"{proposal.reference} is decided already: Accepted, by {office}"):
        dismiss_proposal(actor=UserFactory(role="risk"), proposal_id=proposal.pk, reason=REASON, at=NOW())

    assert Risk.objects.count() == 1


def test_an_officer_of_another_line_decides_nothing():
    officer, proposal = UserFactory(role="risk", business_lines=["fund"]), ProposalFactory(line_id="payment")
    with pytest.raises(ValidationError, match="outside your scope"):
        dismiss_proposal(actor=officer, proposal_id=proposal.pk, reason=REASON, at=NOW())


@pytest.mark.parametrize(
    ("statement", "sentence"),
    [
        ("UPDATE risk_riskproposal SET title = 'x'", "stays"),
        ("UPDATE risk_riskproposal SET source_key = 'x'", "stays"),
        ("DELETE FROM risk_riskproposal", "never removed"),
        ("UPDATE risk_riskproposal SET state = 'accepted'", "decided_proposal_says_how"),
        ("UPDATE risk_riskproposal SET reason = 'x'", "decided_proposal_says_how"),
    ],
)
def test_sql_changes_nothing_of_what_waits_but_the_decision(statement, sentence):
    ProposalFactory()
    for before in ("", "SET LOCAL session_replication_role = replica; "):
        if before and "says_how" in sentence:
            continue
        with pytest.raises(DatabaseError, match=sentence), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_sql_changes_nothing_of_what_is_decided(office):
    proposal = ProposalFactory()
    dismiss_proposal(actor=office, proposal_id=proposal.pk, reason=REASON, at=NOW())
    undo = "UPDATE risk_riskproposal SET state = 'waiting', decided_by_id = NULL, decided_at = NULL, reason = ''"
    for statement in (undo, "UPDATE risk_riskproposal SET reason = 'x'", "DELETE FROM risk_riskproposal"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_accept_at_once_one_records_a_risk_and_the_other_hears_so():
    barrier, said = Barrier(2), []
    office, proposal = UserFactory(role="risk"), ProposalFactory()

    def go():
        barrier.wait()
        try:
            said.append(accepted(office, proposal))
        except ValidationError as error:
            said.append(error)
        finally:
            connection.close()

    threads = [Thread(target=go) for _person in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(type(one).__name__ for one in said) == ["Risk", "ValidationError"]
    assert Risk.objects.count() == 1


# Who sees what


def test_whoever_proposed_sees_theirs_and_no_others(client):
    mine, other = ProposalFactory(), ProposalFactory()
    client.force_login(mine.proposed_by)

    page = client.get(reverse("risk:proposal_list")).content.decode()

    assert mine.reference in page
    assert other.reference not in page
    assert client.get(reverse("risk:proposal_detail", args=[other.reference])).status_code == 404
    assert client.post(reverse("risk:proposal_accept", args=[mine.reference])).status_code == 403


def test_the_office_sees_those_of_its_lines_and_its_own(client):
    officer = UserFactory(role="risk", business_lines=["fund"])
    seen = [ProposalFactory(line_id="fund"), ProposalFactory(), ProposalFactory(line_id="payment", proposed_by=officer)]
    hidden = ProposalFactory(line_id="payment")
    client.force_login(officer)

    page = client.get(reverse("risk:proposal_list")).content.decode()

    assert all(one.reference in page for one in seen)
    assert hidden.reference not in page


def test_who_proposed_and_does_not_see_the_register_is_not_led_there(client, office):
    proposal = ProposalFactory(title="A title of mine")
    risk = accepted(office, proposal)
    client.force_login(proposal.proposed_by)

    page = client.get(reverse("risk:proposal_detail", args=[proposal.reference])).content.decode()

    assert risk.reference not in page
    assert client.get(f"/api/v1/risk-proposals/{proposal.reference}/").json()["risk"] is None


# Pages


def test_the_inbox_shows_what_waits_the_oldest_first_and_others_where_asked(client, office):
    late, early = ProposalFactory(), ProposalFactory(proposed_at=NOW() - timedelta(days=9))
    gone = ProposalFactory()
    dismiss_proposal(actor=office, proposal_id=gone.pk, reason=REASON, at=NOW())
    client.force_login(office)

    page = client.get(reverse("risk:proposal_list")).content.decode()
    dismissed = client.get(reverse("risk:proposal_list"), {"state": "dismissed"}).content.decode()

    assert page.index(early.reference) < page.index(late.reference)
    assert gone.reference not in page
    assert gone.reference in dismissed
    assert late.reference not in dismissed


def test_anybody_proposes_from_the_inbox_and_sending_twice_is_once(client, office):
    clerk = UserFactory(role="marketing")
    client.force_login(clerk)
    url = reverse("risk:proposal_create")
    sent = {
        "title": "Our page promises a return", "risk_class": "legal", "line": "", "description": "", "causes": "",
        "consequences": "", "key": client.get(url).context["form"]["key"].value(),
    }  # fmt: skip

    first, second = client.post(url, sent), client.post(url, sent)

    proposal = RiskProposal.objects.get()
    assert first.url == second.url == reverse("risk:proposal_detail", args=[proposal.reference])
    assert (proposal.source, proposal.proposed_by) == ("person", clerk)


def test_accepting_on_the_page_wants_an_owner_and_leads_to_the_risk(client, office):
    proposal = ProposalFactory()
    client.force_login(office)
    url = reverse("risk:proposal_accept", args=[proposal.reference])
    assert f'value="{proposal.title}"' in client.get(url).content.decode()
    sent = {"title": proposal.title, "risk_class": "operational", "line": "", "owner": "", "review_on": ""}

    assert client.post(url, sent).status_code == 422
    answer = client.post(url, {**sent, "owner": office.pk})

    assert answer.url == reverse("risk:risk_detail", args=[Risk.objects.get().reference])


def test_a_proposal_shows_the_open_risks_that_are_called_alike(client, office):
    like = RiskFactory(title="Payout file is released twice by hand")
    RiskFactory(title="Payout file is released twice", status="closed", closing_reason="Sold.")
    RiskFactory(title="Index falls by a fifth")
    proposal = ProposalFactory(title="Payout files are released twice")
    client.force_login(office)

    page = client.get(reverse("risk:proposal_detail", args=[proposal.reference]))

    assert page.context["alike"] == [like]
    assert f"?risk={like.reference}" in page.content.decode()


def test_lists_cost_the_same_for_one_row_and_three(client, office, django_assert_max_num_queries):
    client.force_login(office)
    ProposalFactory(line_id="payment")
    client.get(reverse("risk:proposal_list"))
    with django_assert_max_num_queries(40) as one:
        client.get(reverse("risk:proposal_list"))
    ProposalFactory(line_id="fund"), ProposalFactory()
    with django_assert_max_num_queries(len(one.captured_queries)):
        client.get(reverse("risk:proposal_list"))


# Likeness


def test_words_count_once_without_ending_and_chinese_by_pairs():
    assert terms("The payouts, and the Payout!") == {"payout"}
    assert terms("付款文件") == {"付款", "款文", "文件"}
    assert terms("险") == {"险"}
    assert terms(" … ") == frozenset()


def test_likeness_is_the_share_of_what_is_common():
    assert likeness(terms("payout file twice"), terms("payout file late")) == 2 / 4  # Jaccard: two of four
    assert likeness(terms("付款文件重复"), terms("付款文件丢失")) == 3 / 7
    assert likeness(frozenset(), terms("payout")) == 0


def test_the_most_alike_come_first_five_at_most():
    titles = {number: f"payout file {'late ' * number}word{number}" for number in range(1, 9)}

    assert most_alike("payout file", titles, most=5) == [1, 2, 3, 4, 5]
    assert most_alike("", titles, most=5) == []


def test_risks_of_other_lines_are_not_among_the_like_ones():
    RiskFactory(title="Payout file is released twice", line_id="payment")
    assert risks_like(UserFactory(role="risk", business_lines=["fund"]), "Payout file is released twice") == []


# For programs


def test_a_program_proposes_joins_and_accepts(client, office):
    client.force_login(office)
    sent = {"key": "radar-7", "title": "A supplier fails", "risk_class": "operational"}
    made = client.post("/api/v1/risk-proposals/", sent, content_type="application/json")
    again = client.post("/api/v1/risk-proposals/", sent, content_type="application/json")
    assert made.status_code == 201
    assert made.json()["reference"] == again.json()["reference"]
    url, risk = f"/api/v1/risk-proposals/{made.json()['reference']}/", RiskFactory()

    hidden = client.post(f"{url}join/", {"risk": "R-1", "reason": REASON}, content_type="application/json")
    joined = client.post(f"{url}join/", {"risk": risk.reference, "reason": REASON}, content_type="application/json")
    late = client.post(f"{url}accept/", {"owner": office.pk}, content_type="application/json")

    assert hidden.status_code == 400
    assert (joined.json()["state"], joined.json()["risk"]) == ("joined", risk.reference)
    assert late.status_code == 400
    assert "decided already" in late.content.decode()
