"""Assessments through their pages and over REST, as each who may."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from assessment.models import Assessment, MixRule, ScaleTable
from staff.models import ChangeRequest
from tests.factories import UserFactory
from tests.factories.assessments import (
    a_control,
    a_decided_assessment,
    a_watched_risk,
    an_approved_assessment,
    an_assessment,
    decide,
    said_by_model,
)
from tests.factories.changes import agreed
from tests.factories.panels import a_finished_panel
from tests.factories.risk import RiskFactory
from tests.factories.scenarios import an_outcome

pytestmark = pytest.mark.django_db
WHY = "The panel and the model differ; the graver counts."


def page(client, name, *args):
    return client.get(reverse(f"assessment:{name}", args=args))


def send(client, name, *args, **fields):
    return client.post(reverse(f"assessment:{name}", args=args), fields)


def test_the_whole_life_through_pages(client):
    owner, checker = UserFactory(role="risk"), UserFactory(role="compliance")
    risk = a_watched_risk(owner=owner, outside=2)
    a_control(risk, "effective")
    panel = a_finished_panel(((4, 2),), items=[{"risk": risk, "kind": "residual"}])
    outcome = an_outcome(risk=risk)
    client.force_login(owner)
    methods = ["data", "model", "expert", "scenario"]
    answer = send(
        client,
        "assessment_create",
        risk_id=risk.pk,
        novelty="changed",
        methods=methods,
        departure="All of them at once.",
    )
    made = Assessment.objects.get(risk=risk)
    assert answer["Location"] == reverse("assessment:assessment_detail", args=[made.reference])

    number = made.reference
    said = {"kind": "residual", "model": "Scorecard", "model_version": "7", "figure": "score", "value": "640", "loss": "50000",
            "currency": "cny"}  # fmt: skip
    assert send(client, "assessment_by_model", number, **said).status_code == 302
    assert send(client, "assessment_by_panel", number, panel_id=panel.pk).status_code == 302
    assert send(client, "assessment_by_scenario", number, outcome_id=outcome.pk).status_code == 302
    text = page(client, "assessment_detail", number).content.decode()
    for words in ("4 × 2", "3 × 4", "3 × –", "Scorecard 7", "apart on the likelihood", "Score (high is good): 640"):
        assert words in text, words

    assert send(client, "assessment_decide", number, "inherent", place="5x5", reason=WHY).status_code == 302
    assert send(client, "assessment_decide", number, "residual", place="4x2", reason=WHY).status_code == 302
    assert "Approve exactly this" not in text
    send(client, "assessment_submit", number)
    made.refresh_from_db()
    assert made.state == "decided"
    assert page(client, "assessment_approve", number).status_code == 403  # whoever decided does not approve

    client.force_login(checker)
    assert made.content_hash in page(client, "assessment_approve", number).content.decode()
    wrong = send(client, "assessment_approve", number, content_hash="0" * 64)
    assert wrong.status_code == 422
    assert "not what you were shown" in wrong.content.decode()
    assert send(client, "assessment_approve", number, content_hash=made.content_hash).status_code == 302
    risk.refresh_from_db()
    assert (risk.residual.likelihood, risk.residual.impact, risk.residual.basis) == (4, 2, "expert")
    shown = client.get(reverse("risk:risk_detail", args=[risk.reference])).content.decode()
    assert number in shown
    assert number in client.get(reverse("risk:risk_thread", args=[risk.reference])).content.decode()


def test_refusals_stand_in_the_form(client):
    assessment = an_assessment()
    client.force_login(assessment.risk.owner)
    answer = send(client, "assessment_decide", assessment.reference, "residual", place="3x3", reason=WHY)
    assert answer.status_code == 422
    assert "before controls" in answer.content.decode()
    answer = send(
        client,
        "assessment_by_model",
        assessment.reference,
        kind="residual",
        model="A",
        model_version="1",
        loss="5",
        currency="JPY",
    )
    assert "No table maps" in answer.content.decode()
    assert page(client, "assessment_decide", assessment.reference, "absurd").status_code == 404
    client.force_login(UserFactory(role="risk"))
    assert (
        send(client, "assessment_decide", assessment.reference, "inherent", place="3x3", reason=WHY).status_code == 403
    )


def test_a_method_without_anything_to_take_over_says_what_to_do(client):
    assessment = an_assessment(methods=["expert", "scenario"])
    client.force_login(assessment.risk.owner)
    assert "Begin a panel" in page(client, "assessment_by_panel", assessment.reference).content.decode()
    assert "No outcome of a scenario" in page(client, "assessment_by_scenario", assessment.reference).content.decode()


def test_what_changed_is_marked(client):
    first = an_approved_assessment()
    second = an_assessment(risk=first.risk)
    said_by_model(second, chance="60")
    client.force_login(first.risk.owner)
    text = page(client, "assessment_detail", second.reference).content.decode()
    assert "<mark>4 × 3</mark>" in text
    assert "Taken over" in text


def test_first_line_sees_only_the_risks_that_it_may_begin_with(client):
    mine, other = RiskFactory(owner=UserFactory(role="product")), RiskFactory()
    client.force_login(mine.owner)
    form = page(client, "assessment_create").context["form"]
    assert list(form.fields["risk_id"].queryset) == [mine]
    answer = send(client, "assessment_create", risk_id=other.pk, novelty="known")
    assert answer.status_code == 422


def test_the_list_filters_and_its_cost_does_not_grow(client):
    checker = UserFactory(role="compliance")
    waiting = a_decided_assessment()
    an_assessment()
    client.force_login(checker)
    found = client.get(reverse("assessment:assessment_list"), {"waiting": "true"}).content.decode()
    assert waiting.reference in found
    url = reverse("assessment:assessment_list")
    client.get(url)
    with CaptureQueriesContext(connection) as few:
        client.get(url)
    for _number in range(4):
        an_approved_assessment()
    with CaptureQueriesContext(connection) as many:
        client.get(url)
    assert len(many) == len(few)


def test_the_page_costs_the_same_however_much_was_said(client):
    risk = RiskFactory()
    assessment = an_assessment(risk=risk)
    client.force_login(risk.owner)
    url = reverse("assessment:assessment_detail", args=[assessment.reference])
    decide(assessment, "inherent", (5, 5))
    said_by_model(assessment)
    client.get(url)
    with CaptureQueriesContext(connection) as few:
        client.get(url)
    for _number in range(3):
        a_control(risk, "effective")
    client.post(reverse("assessment:assessment_stock", args=[assessment.reference]))
    said_by_model(assessment, kind="inherent")
    decide(assessment, "residual", (3, 3))
    decide(assessment, "target", (2, 2))
    client.get(url)
    with CaptureQueriesContext(connection) as many:
        client.get(url)
    assert len(many) <= len(few) + 1


def test_rules_and_tables_come_into_force_by_two_people(client):
    risk, today = UserFactory(role="risk"), timezone.localdate().isoformat()
    client.force_login(risk)
    assert page(client, "methods").status_code == 200
    words = "Experts alone were too slow for these."
    rule = {
        "novelty": "known",
        "data": "none",
        "methods": ["scenario"],
        "why": words,
        "valid_from": today,
        "reason": words,
    }
    assert send(client, "mix_rule_change", **rule).status_code == 302
    agreed(ChangeRequest.objects.get(command="assessment.mix_rule.add"), UserFactory(role="management"))
    rule_now = MixRule.objects.in_force(timezone.localdate()).get(data="none", novelty="known")
    assert rule_now.methods == ["scenario"]

    matrix = an_assessment().matrix
    table = {"matrix_id": matrix.pk, "figure": "chance", "currency": "", "bounds": "1\n2\n3\n4", "valid_from": today,
             "source": "Board of May", "reason": words}  # fmt: skip
    assert send(client, "scale_table_change", **table).status_code == 302
    agreed(ChangeRequest.objects.get(command="assessment.scale_table.add"), UserFactory(role="management"))
    found = ScaleTable.objects.in_force(timezone.localdate()).get(matrix=matrix, figure="chance")
    assert (found.bounds, found.needs_confirmation) == (["1", "2", "3", "4"], False)
    assert said_by_model(an_assessment(), chance="2.5").likelihood == 3


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"bounds": "1\n2\n3"}, "Give 4 numbers"),
        ({"bounds": "1\n3\n2\n4"}, "each above the one before"),
        ({"bounds": "1\n2\n3\nfour"}, "one number a line"),
        ({"figure": "score", "bounds": "1\n2\n3\n4"}, "each below the one before"),
        ({"figure": "loss"}, "has a currency"),
        ({"valid_from": "2021-01-01"}, "today or later"),
    ],
)
def test_a_table_that_does_not_fit_is_refused(client, wrong, why):
    client.force_login(UserFactory(role="risk"))
    table = {"matrix_id": an_assessment().matrix_id, "figure": "chance", "currency": "", "bounds": "1\n2\n3\n4",
             "valid_from": timezone.localdate().isoformat(), "source": "", "reason": "It was wrong before."}  # fmt: skip
    answer = send(client, "scale_table_change", **table | wrong)
    assert answer.status_code == 422
    assert why in answer.content.decode()


def test_over_rest_from_beginning_to_approval(client):
    risk = RiskFactory()
    client.force_login(risk.owner)
    post = lambda url, **data: client.post(f"/api/v1/assessments/{url}", data, content_type="application/json")  # noqa: E731
    made = post("", risk=risk.reference, novelty="known", methods=["model"], departure="A model was bought.").json()
    number = made["reference"]
    assert (made["state"], made["proposed"]) == ("draft", ["expert"])
    said = {"kind": "residual", "model": "Scorecard", "model_version": "7", "figure": "chance", "value": "30"}
    assert post(f"{number}/by_model/", **said).json()["results"][0]["likelihood"] == 3
    assert post(f"{number}/submit/").status_code == 400
    for kind, place in (("inherent", 4), ("residual", 3)):
        assert post(f"{number}/decide/", kind=kind, likelihood=place, impact=place, reason=WHY).status_code == 200
    sent = post(f"{number}/submit/").json()
    assert post(f"{number}/approve/", content_hash=sent["content_hash"]).status_code == 403
    client.force_login(UserFactory(role="compliance"))
    assert post(f"{number}/approve/", content_hash="0" * 64).status_code == 400
    assert post(f"{number}/approve/", content_hash=sent["content_hash"]).json()["state"] == "approved"
    assert client.get(f"/api/v1/assessments/{number}/changes/").json() == []
    assert len(client.get("/api/v1/mix-rules/").json()["results"]) == 9
