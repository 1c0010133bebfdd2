from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from audit.models import Event
from identification.models import AnswerTag, Invitee, SelfAssessment
from identification.services.round_results import results_of
from identification.services.self_assessments import (
    close_self_assessment,
    open_self_assessment,
    remind_of_self_assessments,
    tag_answer,
)
from risk.models import RiskProposal
from staff.models import Notification
from surveys.models import Response
from surveys.services.invitations import invite, link_of, token_of
from surveys.services.responses import start_by_staff, submit
from tests.factories import TeamFactory, UserFactory
from tests.factories.rounds import ASKED, a_round, answered_by
from tests.factories.staff import past_the_guards
from tests.factories.surveys import QuestionnaireFactory

pytestmark = pytest.mark.django_db
NOW = timezone.now


def left(person):
    """The company has let somebody go, as two people agreed."""
    with past_the_guards():
        type(person).objects.filter(pk=person.pk).update(is_active=False)


@pytest.fixture
def officer(db):
    return UserFactory(role="risk")


def test_everybody_asked_gets_a_link_and_is_told_once():
    round_ = a_round()

    links = {reverse("surveys:answer", args=[token_of(one.invitation)]) for one in round_.invitees.all()}
    assert round_.reference.startswith("SA-1")
    assert set(Notification.objects.filter(key__startswith="self-assessment:").values_list("url", flat=True)) == links
    assert len(links) == 2


def test_a_team_is_asked_with_whoever_is_named_and_nobody_twice_nor_who_has_left(officer):
    both, gone = UserFactory(), UserFactory(is_active=False)
    team = TeamFactory(members=[both, gone])

    round_ = a_round(owner=officer, people=[both], team=team, others=["Partner bank", " Partner bank ", ""])

    assert [(one.user, one.called) for one in round_.invitees.all()] == [(both, ""), (None, "Partner bank")]


def test_a_round_is_answered_by_link_and_counts(client):
    round_ = a_round()
    first = round_.invitees.first()
    answered_by(first, new_risks="一把钥匙开两个保险箱")
    client.force_login(round_.owner)

    page = client.get(reverse("identification:round_detail", args=[round_.reference])).content.decode()

    assert "50%" in page
    assert "1 of 2 answered" in page
    assert "一把钥匙开两个保险箱" in page
    assert Event.objects.filter(action="identification.answers.opened", pk_text=str(round_.pk)).exists()


def test_answered_twice_counts_once_and_a_second_way_in_is_refused(officer):
    round_ = a_round(owner=officer)
    first = round_.invitees.first()
    response = answered_by(first)

    assert submit(response_id=response.pk, language="en", at=NOW()) == response
    with pytest.raises(ValidationError, match="answered already"):
        invite(actor=officer, purpose="rcsa", subject=first.pk, language="en", at=NOW())
    both = UserFactory(roles=["service_lead", "risk"])
    with pytest.raises(ValidationError, match="answered already"):
        start_by_staff(actor=both, purpose="rcsa", subject=first.pk, language="en", address="", at=NOW())
    assert results_of(round_, "en").answered == 1


def test_two_ways_in_that_both_began_are_handed_in_once(officer):
    round_ = a_round(owner=officer)
    first = round_.invitees.first()
    both = UserFactory(roles=["service_lead", "risk"])
    begun = start_by_staff(actor=both, purpose="rcsa", subject=first.pk, language="en", address="", at=NOW())
    answered_by(first)

    with pytest.raises(ValidationError):
        submit(response_id=begun.pk, language="en", at=NOW())
    assert results_of(round_, "en").answered == 1


def test_a_link_ends_with_its_day():
    round_ = a_round(due_on=timezone.localdate())

    with pytest.raises(ValidationError, match="expired"):
        answered_by(round_.invitees.first(), at=NOW() + timedelta(days=1, minutes=1))


def test_whoever_leaves_before_answering_is_asked_no_more_and_not_counted():
    stays, leaves = UserFactory(), UserFactory()
    round_ = a_round(people=[stays, leaves])
    answered_by(round_.invitees.get(user=stays))
    left(leaves)

    with pytest.raises(ValidationError, match="has left"):
        answered_by(round_.invitees.get(user=leaves))
    found = results_of(round_, "en")
    assert (found.asked, found.answered, found.left, found.rate) == (1, 1, 1, 1)
    assert SelfAssessment.objects.for_list().get().n_asked == 1


def test_who_answered_and_then_left_still_counts():
    leaves = UserFactory()
    round_ = a_round(people=[leaves])
    answered_by(round_.invitees.get())
    left(leaves)

    assert results_of(round_, "en").rate == 1


@pytest.mark.parametrize("gone", [False, True])
def test_without_answers_nothing_is_divided_by_nothing(client, gone):
    person = UserFactory()
    round_ = a_round(people=[person])
    if gone:
        left(person)
    client.force_login(round_.owner)

    found = results_of(round_, "en")
    assert (found.rate, found.alpha.why) == (None if gone else 0, "people")
    for name, args in (("round_detail", [round_.reference]), ("round_list", [])):
        assert client.get(reverse(f"identification:{name}", args=args)).status_code == 200
    assert client.get(f"/api/v1/self-assessments/{round_.reference}/results/").status_code == 200


def test_a_scale_that_everybody_answers_alike_leaves_alpha_undefined(client):
    round_ = a_round()
    for value, invitee in enumerate(round_.invitees.all(), start=1):
        answered_by(invitee, controls_work=3, rules_clear=value)
    client.force_login(round_.owner)

    page = client.get(reverse("identification:round_detail", args=[round_.reference])).content.decode()

    assert "everybody answered one of the scales alike" in page


def test_counts_and_means_of_each_question():
    round_ = a_round()
    first, second = round_.invitees.all()
    answered_by(first, controls_work=5, rules_clear=4, incidents_seen="no", new_risks=None)
    answered_by(second, controls_work=2, rules_clear=1)

    scale, _clear, choice, text = results_of(round_, "en").questions

    assert scale.counts == [("1", 0), ("2", 1), ("3", 0), ("4", 0), ("5", 1)]
    assert scale.mean == 3.5
    assert choice.counts == [("no", 1), ("yes", 1)]
    assert [one.text for one in text.said] == ["One key opens two safes."]


def test_a_closed_round_takes_no_answer_and_closing_twice_is_closing_once(officer):
    round_ = a_round(owner=officer)
    closed = close_self_assessment(actor=officer, assessment_id=round_.pk, at=NOW())

    again = close_self_assessment(actor=officer, assessment_id=round_.pk, at=NOW() + timedelta(hours=1))

    assert again.closed_at == closed.closed_at
    with pytest.raises(ValidationError, match="withdrawn"):
        answered_by(round_.invitees.first())


def test_staff_who_have_not_answered_are_reminded_once_near_the_end():
    day = timezone.localdate()
    round_ = a_round(due_on=day + timedelta(days=5), others=["Partner bank"])
    answered_by(round_.invitees.first())

    assert remind_of_self_assessments(business_date=day) == 0
    assert remind_of_self_assessments(business_date=day + timedelta(days=2)) == 1
    assert remind_of_self_assessments(business_date=day + timedelta(days=3)) == 0


@pytest.mark.parametrize(
    ("wrong", "match"),
    [
        ({"people": []}, "who is asked"),
        ({"due_on": timezone.localdate() - timedelta(days=1)}, "from today on"),
        ({"due_on": timezone.localdate() + timedelta(days=90)}, "from today on"),
        ({"others": ["x" * 121]}, "120 letters"),
        ({"name": " "}, "blank"),
    ],
)
def test_what_is_no_round(wrong, match):
    with pytest.raises(ValidationError, match=match):
        a_round(**wrong)

    assert not SelfAssessment.objects.exists()


@pytest.mark.parametrize(
    ("made", "match"), [({"purpose": "suitability"}, "another purpose"), ({"draft": True}, "draft")]
)
def test_a_questionnaire_of_another_purpose_or_a_draft_is_asked_of_nobody(officer, made, match):
    version = QuestionnaireFactory(**{"purpose": "rcsa", "asked": ASKED, **made}).versions.get()

    with pytest.raises(ValidationError, match=match):
        open_self_assessment(
            actor=officer, name="X", purpose="rcsa", version=version, due_on=timezone.localdate(), at=NOW(), people=[officer]
        )  # fmt: skip


def test_sql_names_nobody_both_of_the_house_and_outside():
    round_ = a_round()

    for change in ({"called": "Partner"}, {"user": None}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Invitee.objects.filter(pk=round_.invitees.first().pk).update(**change)


def test_somebody_outside_answers_by_the_link_that_the_owner_hands_on(client):
    round_ = a_round(purpose="stakeholders", people=[], others=["Partner bank, operations"])
    link = link_of(round_.invitees.get().invitation)
    client.force_login(round_.owner)
    detail = reverse("identification:round_detail", args=[round_.reference])
    assert link in client.get(detail).content.decode()

    client.force_login(UserFactory(role="management"))
    assert link not in client.get(detail).content.decode()
    answered_by(round_.invitees.get())
    assert Response.objects.get().purpose == "stakeholders"


def test_tags_replace_each_other_and_are_written_alike(officer):
    response = answered_by(a_round(owner=officer).invitees.first())

    tag_answer(actor=officer, response=response, question="new_risks", tags=["Keys ", "keys", "安全"])
    kept = tag_answer(actor=officer, response=response, question="new_risks", tags=["KEYS", ""])

    assert kept == ["keys"]
    assert [one.tag for one in AnswerTag.objects.all()] == ["keys"]
    with pytest.raises(ValidationError, match="Up to 10"):
        tag_answer(actor=officer, response=response, question="new_risks", tags=["x" * 41])


def test_an_answer_and_a_question_each_propose_a_risk_once(client, officer):
    round_ = a_round(owner=officer)
    response = answered_by(round_.invitees.first())
    client.force_login(officer)
    one = reverse("identification:answer_propose", args=[round_.reference, response.pk, "new_risks"])
    all_ = reverse("identification:question_propose", args=[round_.reference, "controls_work"])
    assert client.get(one).context["form"].initial["description"] == "One key opens two safes."
    for url in (one, one, all_):
        client.post(url, {"title": "One key", "risk_class": "operational", "line": ""})

    assert set(RiskProposal.objects.values_list("source", "source_key")) == {
        ("questionnaire", f"answer:{response.pk}:new_risks"),
        ("questionnaire", f"question:{round_.pk}:controls_work"),
    }
    nothing = reverse("identification:question_propose", args=[round_.reference, "nothing"])
    assert client.get(nothing).status_code == 404


def test_an_answer_of_another_round_is_not_there(client, officer):
    mine, other = a_round(owner=officer), a_round()
    response = answered_by(other.invitees.first())
    client.force_login(officer)

    url = reverse("identification:answer_tag", args=[mine.reference, response.pk, "new_risks"])
    assert client.get(url).status_code == 404


def test_opened_and_tagged_by_the_pages(client, officer):
    version = QuestionnaireFactory(purpose="rcsa", asked=ASKED).version
    client.force_login(officer)
    form = {
        "name": "第一季度 <b>x</b>", "purpose": "rcsa", "version": version.pk, "due_on": timezone.localdate(),
        "people": [officer.pk], "others": "Partner bank\nNotary",
    }  # fmt: skip
    client.post(reverse("identification:round_create"), form)
    round_ = SelfAssessment.objects.get()
    response = answered_by(round_.invitees.get(user=officer))
    tag = reverse("identification:answer_tag", args=[round_.reference, response.pk, "new_risks"])
    client.post(tag, {"tags": "keys，safes"})

    page = client.get(reverse("identification:round_detail", args=[round_.reference])).content.decode()

    assert "<b>x</b>" not in page
    assert "safes" in page
    assert round_.invitees.count() == 3


def test_a_round_of_another_line_and_for_the_desk_is_not_there(client):
    round_ = a_round()
    response = answered_by(round_.invitees.first())
    SelfAssessment.objects.update(line="wealth")
    url = reverse("identification:round_detail", args=[round_.reference])

    client.force_login(UserFactory(role="risk", business_lines=["p2p"]))
    assert client.get(url).status_code == 404
    assert client.get(reverse("surveys:response_detail", args=[response.pk])).status_code == 404
    client.force_login(UserFactory(role="service_lead"))
    assert client.get(url).status_code == 403
    assert client.get(reverse("surveys:response_detail", args=[response.pk])).status_code == 404


def test_pages_of_rounds_cost_the_same_for_one_answer_and_three(client, officer, django_assert_max_num_queries):
    round_ = a_round(owner=officer, people=UserFactory.create_batch(3))
    first, *more = round_.invitees.all()
    tag_answer(actor=officer, response=answered_by(first), question="new_risks", tags=["keys"])
    client.force_login(officer)
    urls = [reverse("identification:round_detail", args=[round_.reference]), reverse("identification:round_list")]
    counted = []
    for url in urls:
        client.get(url)
        with django_assert_max_num_queries(40) as one:
            client.get(url)
        counted.append(len(one.captured_queries))
    for invitee in more:
        tag_answer(actor=officer, response=answered_by(invitee), question="new_risks", tags=["keys"])
    a_round(owner=officer)

    for url, most in zip(urls, counted, strict=True):
        with django_assert_max_num_queries(most):
            client.get(url)


def test_a_program_opens_reads_and_closes(client, officer):
    version = QuestionnaireFactory(purpose="rcsa", asked=ASKED).version
    client.force_login(officer)
    made = client.post(
        "/api/v1/self-assessments/",
        {
            "name": "Half",
            "purpose": "rcsa",
            "version": version.pk,
            "due_on": str(timezone.localdate()),
            "people": [officer.pk],
        },
        "application/json",
    )
    assert made.status_code == 201
    answered_by(Invitee.objects.get())
    url = f"/api/v1/self-assessments/{made.json()['reference']}/"

    results = client.get(f"{url}results/").json()

    assert (results["asked"], results["rate"], results["alpha"]) == (1, "1.0000", None)
    assert results["questions"][0]["counts"][3] == {"answer": "4", "people": 1}
    assert client.post(f"{url}close/").json()["closed_at"]
