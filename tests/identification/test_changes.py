from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from identification.models import ChangeEntry, RegulatoryChange
from identification.rules.changes import is_late_for_law, may_move, urgency
from identification.services.changes import edit_change, move_change, note_change, record_change, remind_of_changes
from risk.models import RiskProposal
from staff.models import Notification
from tests.factories import UserFactory
from tests.factories.regulatory import RegulatoryChangeFactory

pytestmark = pytest.mark.django_db
NOW = timezone.now
TODAY = date(2026, 6, 30)
WORDS = "Read by the office; three procedures name the old term."


@pytest.fixture
def officer(db):
    return UserFactory(role="compliance")


def recorded(actor, **more):
    fields = {
        "title": "反洗钱法 <b>修订</b>", "authority": "全国人大常委会", "jurisdictions": ["CN"], "summary": "Records are kept longer.",
        "at": NOW(), **more,
    }  # fmt: skip
    return record_change(actor=actor, **fields)


def moved(actor, change, state, text=WORDS):
    return move_change(actor=actor, change_id=change.pk, state=state, text=text, at=NOW())


def a_gap(actor, **more):
    return RegulatoryChangeFactory(gap="Two procedures say five years.", due_on=TODAY, owner=actor, **more)


# Days and ways


@pytest.mark.parametrize(
    ("due_on", "said"),
    [
        (None, ""),
        (date(2026, 6, 29), "overdue"),
        (date(2026, 6, 30), "soon"),
        (date(2026, 7, 30), "soon"),
        (date(2026, 7, 31), ""),
    ],
)
def test_a_day_is_overdue_once_it_has_passed_and_near_for_thirty_days(due_on, said):
    assert urgency(due_on, today=TODAY) == said


def test_a_gap_closed_on_the_day_the_rule_is_in_force_is_in_time():
    assert not is_late_for_law(TODAY, TODAY)
    assert is_late_for_law(TODAY + timedelta(days=1), TODAY)
    assert not is_late_for_law(None, TODAY)
    assert not is_late_for_law(TODAY, None)


def test_what_is_over_is_only_assessed_again():
    over = {(state, to) for state in ("done", "not_ours") for to in ("new", "assessing", "gap", "done", "not_ours")}
    assert {pair for pair in over if may_move(*pair)} == {("done", "assessing"), ("not_ours", "assessing")}
    assert not may_move("gap", "new")
    assert not may_move("unheard", "done")


# What is recorded


def test_a_change_is_numbered_and_holds_in_several_places(officer):
    change = recorded(officer, jurisdictions=["CN", "HK"])

    assert change.reference.startswith("RC-")
    assert (change.state, change.jurisdictions, change.recorded_by) == ("new", ["CN", "HK"], officer)


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"jurisdictions": []}, "cannot be blank"),
        ({"jurisdictions": ["XX"]}, "not a valid choice"),
        ({"title": ""}, "cannot be blank"),
        ({"link": "javascript:alert(1)"}, "valid URL"),
        ({"in_force_on": date(2026, 1, 1), "published_on": date(2026, 1, 2)}, "published or later"),
        ({"state": "done"}, "cannot be changed"),
    ],
)
def test_what_no_rule_is_is_refused(officer, wrong, sentence):
    with pytest.raises(ValidationError, match=sentence):
        recorded(officer, **wrong)

    assert not RegulatoryChange.objects.exists()


def test_lines_outside_ones_scope_are_neither_named_nor_taken_away():
    from products.models import BusinessLine

    fund, payment = BusinessLine.objects.get(code="fund"), BusinessLine.objects.get(code="payment")
    officer = UserFactory(role="compliance", business_lines=["fund"])
    with pytest.raises(ValidationError, match="outside your scope"):
        recorded(officer, lines=[payment])
    change = RegulatoryChangeFactory(of_lines=[fund, payment])

    edit_change(actor=officer, change_id=change.pk, lines=[], title="Shorter")

    assert list(change.lines.all()) == [payment]


def test_a_gap_wants_words_an_owner_and_a_day(officer):
    for missing in ({"gap": ""}, {"due_on": None}, {"owner": None, "recorded_by": officer}):
        whole = {"gap": "Two procedures say five years.", "due_on": TODAY, "owner": officer}
        change = RegulatoryChangeFactory(**{**whole, **missing})
        with pytest.raises(ValidationError, match="A gap has words, an owner and a day"):
            moved(officer, change, "gap")

    assert moved(officer, a_gap(officer), "gap").state == "gap"


def test_not_for_us_keeps_why_and_assessing_again_takes_it_back(officer):
    change = RegulatoryChangeFactory()

    assert moved(officer, change, "not_ours", "We sell nothing there at all.").reason == "We sell nothing there at all."
    assert moved(officer, change, "assessing", "We begin to sell there.").reason == ""

    said = list(change.entries.values_list("state", "text"))
    assert said == [("assessing", "We begin to sell there."), ("not_ours", "We sell nothing there at all.")]


@pytest.mark.parametrize("text", ["", " \n\t"])
def test_nothing_moves_in_silence(officer, text):
    with pytest.raises(ValidationError, match="Write something"):
        moved(officer, RegulatoryChangeFactory(), "assessing", text)


def test_what_is_over_is_not_edited_but_noted(officer):
    change = RegulatoryChangeFactory()
    moved(officer, change, "not_ours")
    with pytest.raises(ValidationError, match="assess it again first"):
        edit_change(actor=officer, change_id=change.pk, lines=[], title="x")
    with pytest.raises(ValidationError, match="does not go there"):
        moved(officer, change, "done")

    assert note_change(actor=officer, change_id=change.pk, text=WORDS, at=NOW()).state == ""


def test_entries_stay_whoever_writes(officer):
    moved(officer, RegulatoryChangeFactory(), "assessing")
    for before in ("", "SET LOCAL session_replication_role = replica; "):
        for statement in ("UPDATE identification_changeentry SET text = 'x'", "DELETE FROM identification_changeentry"):
            with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(before + statement)

    assert ChangeEntry.objects.get().text == WORDS


@pytest.mark.parametrize(
    ("statement", "rule"),
    [
        ("SET state = 'not_ours'", "change_not_ours_has_a_reason"),
        ("SET reason = 'Because'", "change_not_ours_has_a_reason"),
        ("SET state = 'gap'", "gap_has_an_owner_and_a_day"),
        ("SET jurisdictions = '{}'", "change_has_a_jurisdiction"),
    ],
)
def test_the_database_holds_what_the_services_promise(statement, rule):
    RegulatoryChangeFactory()
    with pytest.raises(DatabaseError, match=rule), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE identification_regulatorychange {statement}")


# The night


def test_owners_hear_of_a_day_that_passed_once_and_compliance_where_nobody_owns_it(officer):
    owner = UserFactory(role="product")
    owned = RegulatoryChangeFactory(owner=owner, due_on=TODAY - timedelta(days=1))
    RegulatoryChangeFactory(owner=None, recorded_by=owner, due_on=TODAY - timedelta(days=9))
    RegulatoryChangeFactory(owner=owner, due_on=TODAY)
    moved(officer, RegulatoryChangeFactory(owner=owner, due_on=date(2020, 1, 1)), "not_ours")

    assert remind_of_changes(business_date=TODAY) == 2
    assert remind_of_changes(business_date=TODAY) == 0
    assert set(Notification.objects.values_list("user", flat=True)) == {owner.pk, officer.pk}

    edit_change(actor=officer, change_id=owned.pk, lines=[], due_on=TODAY - timedelta(days=2))
    assert remind_of_changes(business_date=TODAY) == 1


# Pages


def test_the_list_is_by_due_day_and_says_what_is_late(client, officer):
    late = RegulatoryChangeFactory(due_on=timezone.localdate() - timedelta(days=3))
    never = RegulatoryChangeFactory(due_on=None)
    early = RegulatoryChangeFactory(due_on=timezone.localdate() - timedelta(days=30), in_force_on=date(2020, 1, 1))
    client.force_login(officer)

    rows = {"HX-Request": "true", "HX-Target": "rows"}
    page = client.get(reverse("identification:change_list"), headers=rows).content.decode()

    assert page.index(early.reference) < page.index(late.reference) < page.index(never.reference)
    assert page.count("Overdue</span>") == 2
    assert page.count("After it is in force") == 1


def test_filters_find_places_lines_and_what_is_open(client, officer):
    here = RegulatoryChangeFactory(jurisdictions=["CN", "HK"], of_lines=["fund"])
    there = RegulatoryChangeFactory(jurisdictions=["US"])
    moved(officer, there, "not_ours")
    client.force_login(officer)

    def found(**query):
        return client.get(reverse("identification:change_list"), query).content.decode()

    assert here.reference in found(jurisdiction="HK")
    assert there.reference not in found(jurisdiction="HK")
    assert here.reference in found(line="fund")
    assert there.reference not in found(line="fund")
    assert there.reference not in found(open="true")
    assert here.reference not in found(open="false")


def test_a_change_of_other_lines_is_not_there_and_one_of_the_whole_company_is(client):
    other, ours, all_of_us = (
        RegulatoryChangeFactory(of_lines=lines) for lines in (["payment"], ["fund", "payment"], [])
    )
    client.force_login(UserFactory(role="compliance", business_lines=["fund"]))

    def status(change):
        return client.get(reverse("identification:change_detail", args=[change.reference])).status_code

    assert [status(one) for one in (other, ours, all_of_us)] == [404, 200, 200]


def test_service_and_marketing_see_none(client):
    for role in ("service", "marketing"):
        client.force_login(UserFactory(role=role))
        assert client.get(reverse("identification:change_list")).status_code == 403


def test_from_recorded_to_done_on_the_pages(client, officer):
    client.force_login(officer)
    sent = {
        "title": "Retention of ten years", "authority": "Standing Committee", "jurisdictions": ["CN", "EU"],
        "summary": "Keep records longer.", "link": "https://example.test/law", "lines": ["fund"], "owner": officer.pk,
        "gap": "", "due_on": "", "published_on": "2026-01-02", "in_force_on": "2026-03-01",
    }  # fmt: skip
    client.post(reverse("identification:change_create"), sent)
    change = RegulatoryChange.objects.get()
    to = lambda *place: reverse(f"identification:change_{place[0]}", args=[change.reference, *place[1:]])  # noqa: E731

    refused = client.post(to("move", "gap"), {"text": WORDS})
    client.post(to("edit"), {**sent, "gap": "Two procedures.", "due_on": "2026-02-01"})
    client.post(to("move", "gap"), {"text": WORDS})
    client.post(to("note"), {"text": "The first procedure is rewritten."})
    client.post(to("move", "done"), {"text": "Both procedures are published."})

    assert refused.status_code == 422
    change.refresh_from_db()
    assert (change.state, [line.pk for line in change.lines.all()]) == ("done", ["fund"])
    page = client.get(to("detail")).content.decode()
    assert all(
        words in page for words in (WORDS, "The first procedure is rewritten.", "Both procedures are published.")
    )
    assert client.get(to("move", "unheard")).status_code == 404


def test_hostile_and_chinese_words_are_shown_as_words(client, officer):
    change = recorded(officer, summary="<script>alert(1)</script> 记录保存期限")
    client.force_login(officer)

    page = client.get(reverse("identification:change_detail", args=[change.reference])).content.decode()

    assert "<script>alert(1)" not in page
    assert "<b>修订" not in page
    assert "记录保存期限" in page


def test_a_risk_is_proposed_from_a_change_and_the_change_leads_to_it(client, officer):
    change = RegulatoryChangeFactory(of_lines=["fund"], gap="Procedures say five years.")
    client.force_login(officer)
    url = reverse("identification:change_propose", args=[change.reference])
    form = client.get(url).context["form"]
    assert (form["line"].value(), form["description"].value()) == ("fund", "Procedures say five years.")

    client.post(url, {"title": "Records are deleted too early", "risk_class": "legal", "line": "fund"})

    proposal = RiskProposal.objects.get()
    assert (proposal.source, proposal.source_key) == ("regulatory_change", f"regulatory_change:{change.pk}")
    assert client.get(url).url == reverse("risk:proposal_detail", args=[proposal.reference])
    assert proposal.reference in client.get(
        reverse("identification:change_detail", args=[change.reference])
    ).content.decode()  # fmt: skip


def test_the_list_costs_the_same_for_one_row_and_three(client, officer, django_assert_max_num_queries):
    client.force_login(officer)
    RegulatoryChangeFactory(of_lines=["fund", "payment"])
    client.get(reverse("identification:change_list"))
    with django_assert_max_num_queries(40) as one:
        client.get(reverse("identification:change_list"))
    RegulatoryChangeFactory(of_lines=["fund"]), RegulatoryChangeFactory()
    with django_assert_max_num_queries(len(one.captured_queries)):
        client.get(reverse("identification:change_list"))


# For programs


def test_a_program_records_moves_and_notes(client, officer):
    client.force_login(officer)
    made = client.post(
        "/api/v1/regulatory-changes/",
        {"title": "A rule", "authority": "SEC", "jurisdictions": ["US"], "summary": "It asks for liquid assets."},
        content_type="application/json",
    )
    url = f"/api/v1/regulatory-changes/{made.json()['reference']}/"

    moved_to = client.post(f"{url}move/", {"state": "not_ours", "text": WORDS}, content_type="application/json")
    noted = client.post(f"{url}note/", {"text": WORDS}, content_type="application/json")
    wrong = client.post(f"{url}move/", {"state": "gap", "text": WORDS}, content_type="application/json")

    assert (made.status_code, noted.status_code, wrong.status_code) == (201, 200, 400)
    assert (moved_to.json()["state"], moved_to.json()["reason"]) == ("not_ours", WORDS)
