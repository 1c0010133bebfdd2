import hashlib
from datetime import timedelta
from decimal import Decimal
from threading import Barrier, Thread

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from assessment.models import AssessedRating, Assessment, MethodResult
from assessment.services.assessments import begin_assessment, take_stock, withdraw_assessment
from assessment.services.carrying import changes_since
from assessment.services.contents import content_of, hash_of
from assessment.services.decisions import (
    approve_assessment,
    send_back,
    submit_assessment,
    watch_assessments,
)
from assessment.services.results import judge_by_data, judge_by_model, judge_by_panel, judge_by_scenario
from assessment.services.stock import residual_of
from audit.rules.canonical import canonical_json
from risk.models import Reassessment, Risk, RiskMatrix, RiskMatrixCell, RiskRating
from risk.services.register import change_risk, rate_risk
from staff.models import Notification
from tests.factories import UserFactory
from tests.factories.assessments import (
    WHY,
    a_control,
    a_decided_assessment,
    a_watched_risk,
    an_approved_assessment,
    an_assessment,
    decide,
    said_by_model,
    with_test,
)
from tests.factories.losses import LossFactory
from tests.factories.panels import a_finished_panel
from tests.factories.risk import RiskFactory
from tests.factories.scenarios import an_outcome
from tests.factories.staff import past_the_guards

pytestmark = pytest.mark.django_db
NOW = timezone.now


def begun(risk, novelty, **more):
    return begin_assessment(actor=risk.owner, risk_id=risk.pk, novelty=novelty, at=NOW(), **more)


def stocked(assessment):
    return take_stock(actor=assessment.risk.owner, assessment_id=assessment.pk, at=NOW())


def submitted(assessment):
    return submit_assessment(actor=assessment.risk.owner, assessment_id=assessment.pk, at=NOW())


def approved(assessment, actor=None, content_hash=None):
    return approve_assessment(
        actor=actor or UserFactory(role="compliance"), assessment_id=assessment.pk,
        content_hash=content_hash or assessment.content_hash, at=NOW(),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("readings", "novelty", "methods"),
    [
        (0, "known", ["expert"]),
        (0, "new", ["expert", "scenario"]),
        (20, "known", ["data", "expert"]),
        (130, "known", ["data", "model"]),
        (130, "changed", ["data", "model", "expert"]),
    ],
)
def test_methods_are_proposed_from_data_and_novelty_and_say_why(readings, novelty, methods):
    assessment = begun(a_watched_risk(readings=readings), novelty)
    assert assessment.proposed == assessment.methods == methods
    assert assessment.mix_why
    assert assessment.departure == ""


def test_other_methods_than_the_proposed_need_a_reason():
    risk = RiskFactory()
    with pytest.raises(ValidationError, match="other methods"):
        begun(risk, "known", methods=["model"])
    assert begun(risk, "known", methods=["model"], departure="A model was bought.").methods == ["model"]


def test_data_says_how_often_and_how_much_with_its_evidence():
    """Four losses in five years are 0.8 a year: step 3. One reading of twenty was red: 5 %, step 2; the graver counts. Of
    10, 20, 30 and 400 thousand the bad one is 400 thousand: step 3."""
    risk = a_watched_risk(outside=1)
    for amount in (10_000, 20_000, 30_000, 400_000):
        LossFactory(risk=risk, gross=Decimal(amount))
    LossFactory(risk=risk, gross=Decimal(900), currency="USD")
    result = begun(risk, "known").results.get(method="data")

    assert (result.kind, result.likelihood, result.impact) == ("residual", 4, 3)  # five losses are one a year
    mapped = {one["figure"]: (one["value"], one["step"]) for one in result.evidence if one["kind"] == "mapped"}
    assert mapped == {"times": ("1.00", 4), "outside": ("5.00", 2), "loss": ("400000.00", 3)}
    seen = next(one for one in result.evidence if one["kind"] == "losses")
    assert (seen["count"], seen["currency"], seen["left_out"]) == (5, "CNY", 1)


def test_old_losses_and_those_of_other_risks_say_nothing():
    risk = a_watched_risk(readings=12)
    old = timezone.localdate() - timedelta(days=6 * 366)
    LossFactory(risk=risk, occurred_on=old, discovered_on=old)
    LossFactory(risk=RiskFactory())
    result = begun(risk, "known").results.get(method="data")
    assert (result.likelihood, result.impact) == (1, None)


def test_a_currency_without_a_table_is_said_and_not_guessed():
    risk = a_watched_risk()
    LossFactory(risk=risk, currency="JPY", gross=Decimal(9_000_000))
    result = begun(risk, "known").results.get(method="data")
    assert result.impact is None
    assert any(one["kind"] == "unmapped" and one["currency"] == "JPY" for one in result.evidence)


def test_a_model_is_mapped_by_the_stated_tables():
    result = said_by_model(an_assessment(), chance="30", loss="999999.99")
    assert (result.likelihood, result.impact, result.model_version) == (3, 3, "4.2")


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({}, "Give a figure"),
        ({"loss": Decimal(5), "currency": "JPY"}, "No table maps"),
        ({"figure": "chance", "value": Decimal(5), "model_version": " "}, "its version"),
    ],
)
def test_what_a_model_cannot_say_is_refused(more, why):
    assessment = an_assessment()
    said = {"model": "Scorecard", "model_version": "1", "kind": "residual", "at": NOW(), **more}
    with pytest.raises(ValidationError, match=why):
        judge_by_model(actor=assessment.risk.owner, assessment_id=assessment.pk, **said)


def test_a_panel_and_a_scenario_stand_beside():
    risk = RiskFactory()
    panel = a_finished_panel(((4, 2),), items=[{"risk": risk, "kind": "residual"}])
    outcome = an_outcome(risk=risk)
    assessment = an_assessment(risk=risk, methods=["expert", "scenario"])
    judge_by_panel(actor=risk.owner, assessment_id=assessment.pk, panel_id=panel.pk, at=NOW())
    judge_by_scenario(actor=risk.owner, assessment_id=assessment.pk, outcome_id=outcome.pk, at=NOW())
    said = {one.method: (one.likelihood, one.impact) for one in assessment.results.all()}
    assert said == {"expert": (4, 2), "scenario": (3, 4)}


def test_another_panel_takes_the_whole_place_of_the_one_before():
    risk = RiskFactory()
    both = a_finished_panel(((4, 2),), items=[{"risk": risk, "kind": kind} for kind in ("inherent", "residual")])
    one = a_finished_panel(((3, 3),), items=[{"risk": risk, "kind": "residual"}])
    assessment = an_assessment(risk=risk, methods=["expert"])
    for panel in (both, one):
        judge_by_panel(actor=risk.owner, assessment_id=assessment.pk, panel_id=panel.pk, at=NOW())
    assert [(said.kind, said.likelihood) for said in assessment.results.all()] == [("residual", 3)]


def test_stock_keeps_why_methods_were_proposed():
    """Losses that came meanwhile are in what data says, and not in what the methods were chosen from."""
    assessment = begun(a_watched_risk(readings=12), "known")
    LossFactory(risk=assessment.risk, gross=Decimal(20_000))
    for _number in range(10):
        LossFactory(risk=assessment.risk)
    stocked(assessment)
    assessment.refresh_from_db()
    assert (assessment.data, assessment.proposed) == ("some", ["data", "expert"])
    assert assessment.results.get(method="data").evidence[0]["count"] == 11


def test_a_panel_of_another_risk_says_nothing():
    panel = a_finished_panel(((4, 2),))
    assessment = an_assessment(methods=["expert"])
    with pytest.raises(ValidationError, match="judged this risk"):
        judge_by_panel(actor=assessment.risk.owner, assessment_id=assessment.pk, panel_id=panel.pk, at=NOW())


def test_a_method_that_was_not_chosen_is_refused():
    assessment = an_assessment(methods=["model"])
    with pytest.raises(ValidationError, match="not among the methods"):
        judge_by_data(actor=assessment.risk.owner, assessment_id=assessment.pk, at=NOW())


def test_controls_in_layers_suggest_what_remains():
    risk = RiskFactory()
    a_control(risk, "effective", kind="preventive")
    a_control(risk, "partly", kind="preventive")
    a_control(risk, "", kind="corrective")
    assessment = an_assessment(risk=risk)
    assert [one.steps for one in assessment.layers.all()] == [1, Decimal("0.25"), 0]
    left = residual_of(assessment, 4, 4)
    assert (left.likelihood, left.impact) == (3, 4)


def test_the_owner_decides_and_it_rests_on_whose_answer_it_is():
    assessment = an_assessment()
    said_by_model(assessment, chance="30", loss="500000")  # 3 × 3
    decide(assessment, "inherent", (5, 5))
    assert decide(assessment, "residual", (3, 3)).basis == "model"
    assert decide(assessment, "residual", (2, 2)).basis == "decision"
    with pytest.raises(PermissionDenied, match="owns this risk"):
        decide(assessment, "residual", (2, 2), actor=UserFactory(role="risk"))


def test_controls_never_make_a_risk_graver():
    assessment = an_assessment()
    with pytest.raises(ValidationError, match="before controls"):
        decide(assessment, "residual", (2, 2))
    decide(assessment, "inherent", (2, 2))
    with pytest.raises(ValidationError, match="never make a risk graver"):
        decide(assessment, "residual", (5, 5))
    with pytest.raises(ValidationError, match="place in the matrix"):
        decide(assessment, "residual", (6, 1))


def test_an_inherent_rating_lowered_under_the_residual_is_not_sent():
    assessment = an_assessment()
    said_by_model(assessment)
    decide(assessment, "inherent", (4, 4))
    decide(assessment, "residual", (3, 3))
    decide(assessment, "inherent", (1, 1))
    with pytest.raises(ValidationError, match="never make a risk graver"):
        submitted(assessment)


def test_a_method_that_said_nothing_keeps_it_from_being_sent():
    assessment = an_assessment()
    decide(assessment, "inherent", (4, 4))
    decide(assessment, "residual", (3, 3))
    with pytest.raises(ValidationError, match="said nothing yet"):
        submitted(assessment)


def test_approval_writes_the_ratings_and_the_next_day():
    assessment = an_approved_assessment(inherent=(4, 5), residual=(3, 3))
    risk = Risk.objects.get(pk=assessment.risk_id)
    assert (risk.inherent.likelihood, risk.inherent.impact, risk.inherent.basis) == (4, 5, "decision")
    assert (risk.residual.likelihood, risk.residual.impact, risk.residual.basis) == (3, 3, "model")
    assert risk.residual.model_version == "4.2"
    assert risk.residual.reason == f"{assessment.reference}: {WHY}"
    assert risk.review_on > timezone.localdate()
    assert assessment.state == Assessment.objects.get(pk=assessment.pk).state == "approved"
    assert set(assessment.decisions.values_list("rating", flat=True)) == {risk.inherent_id, risk.residual_id}


def test_the_hash_is_of_everything_that_was_approved():
    assessment = an_approved_assessment()
    assert assessment.content_hash == hashlib.sha256(canonical_json(content_of(assessment))).hexdigest()
    content = content_of(assessment)
    assert content["facts"]["title"] == assessment.risk.title
    assert {one["kind"] for one in content["decisions"]} == {"inherent", "residual"}
    assert content["results"][0]["evidence"]


@pytest.mark.parametrize(
    "change",
    [
        lambda one: said_by_model(one, chance="60"),
        lambda one: said_by_model(one, version="4.3"),
        lambda one: said_by_model(one, note="The model was changed in May."),
        lambda one: decide(one, "residual", (2, 3)),
        lambda one: decide(one, "residual", (3, 3), reason="Another reason than before."),
        lambda one: decide(one, "target", (1, 1)),
        lambda one: a_control(one.risk, "effective") and stocked(one),
        lambda one: change_risk(actor=one.risk.owner, risk_id=one.risk_id, changes={"causes": "New"}) and stocked(one),
        lambda one: Assessment.objects.filter(pk=one.pk).update(departure="For another reason."),
    ],
)
def test_whatever_was_shown_is_in_the_hash(change):
    assessment = an_assessment()
    said_by_model(assessment)
    decide(assessment, "inherent", (4, 4))
    decide(assessment, "residual", (3, 3))
    before = hash_of(Assessment.objects.get(pk=assessment.pk))
    assert before == hash_of(Assessment.objects.get(pk=assessment.pk))
    change(assessment)
    assert hash_of(Assessment.objects.get(pk=assessment.pk)) != before


def test_another_hash_than_the_one_shown_is_refused():
    assessment = a_decided_assessment()
    with pytest.raises(ValidationError, match="not what you were shown"):
        approved(assessment, content_hash="0" * 64)


def test_whoever_decided_or_owns_the_risk_does_not_approve():
    assessment = a_decided_assessment()
    with pytest.raises(PermissionDenied, match="Somebody else"):
        approved(assessment, actor=assessment.risk.owner)
    with pytest.raises(PermissionDenied, match="role"):
        approved(assessment, actor=UserFactory(role="internal_audit"))
    for person in (assessment.decided_by, assessment.risk.owner):
        with pytest.raises(DatabaseError), transaction.atomic(), past_the_guards():
            Assessment.objects.filter(pk=assessment.pk).update(state="approved", approved_by=person, approved_at=NOW())


def test_those_who_may_approve_hear_of_it_and_nobody_else():
    risk = RiskFactory(line_id="p2p")
    here, elsewhere = (
        UserFactory(role="compliance", business_lines=["p2p"]),
        UserFactory(role="compliance", business_lines=["fund"]),
    )
    UserFactory(role="internal_audit")
    assessment = a_decided_assessment(risk=risk)
    told = Notification.objects.filter(key__startswith=f"assessment:{assessment.pk}:")
    assert set(told.values_list("user", flat=True)) == {here.pk}
    with pytest.raises(PermissionDenied, match="scope"):
        approved(assessment, actor=elsewhere)


def test_who_hears_of_it_costs_the_same_however_many_there_are(django_assert_max_num_queries):
    def sent():
        assessment = an_assessment()
        said_by_model(assessment)
        decide(assessment, "inherent", (4, 4))
        decide(assessment, "residual", (3, 3))
        return assessment

    first, second = sent(), sent()
    with django_assert_max_num_queries(200) as few:
        submitted(first)
    for _number in range(5):
        UserFactory(role="compliance")
    with django_assert_max_num_queries(len(few.captured_queries) + 2):
        submitted(second)


def test_what_is_decided_does_not_change_any_more():
    assessment = a_decided_assessment()
    for write in (
        lambda: MethodResult.objects.filter(assessment=assessment).update(likelihood=1),
        lambda: MethodResult.objects.filter(assessment=assessment).delete(),
        lambda: AssessedRating.objects.filter(assessment=assessment).update(likelihood=1),
        lambda: Assessment.objects.filter(pk=assessment.pk).update(facts={}),
        lambda: Assessment.objects.filter(pk=assessment.pk).update(methods=["data"]),
        lambda: Assessment.objects.filter(pk=assessment.pk).delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            write()


def test_an_approval_is_never_taken_back_by_hand():
    assessment = an_approved_assessment()
    for fields in ({"state": "draft"}, {"content_hash": "0" * 64}, {"approved_by": UserFactory(role="risk")}):
        with pytest.raises(DatabaseError), transaction.atomic():
            Assessment.objects.filter(pk=assessment.pk).update(**fields)


def of(assessment):
    assessment.refresh_from_db()
    return assessment.state, assessment.void_because


def test_a_changed_risk_voids_the_approval():
    assessment = an_approved_assessment()
    risk = assessment.risk
    change_risk(actor=risk.owner, risk_id=risk.pk, changes={"review_on": timezone.localdate() + timedelta(days=1)})
    assert of(assessment) == ("approved", "")
    change_risk(actor=risk.owner, risk_id=risk.pk, changes={"causes": "A new provider."})
    assert of(assessment) == ("void", "risk")


def test_another_set_of_controls_voids_it():
    assessment = an_approved_assessment()
    a_control(assessment.risk, "")
    assert of(assessment) == ("void", "controls")


def test_a_test_with_another_result_voids_it_and_the_same_does_not():
    risk = RiskFactory()
    control = a_control(risk, "effective")
    assessment = an_approved_assessment(risk=risk)
    with_test(control, "effective")
    assert of(assessment) == ("approved", "")
    with_test(control, "ineffective")
    assert of(assessment) == ("void", "tested")


def test_a_rating_past_assessments_voids_it():
    assessment = an_approved_assessment()
    rate_risk(
        actor=assessment.risk.owner, risk_id=assessment.risk_id, kind="residual", likelihood=1, impact=1, reason=WHY, at=NOW()
    )  # fmt: skip
    assert of(assessment) == ("void", "rated")


def test_what_was_voided_is_asked_for_anew_once():
    assessment = an_approved_assessment()
    change_risk(actor=assessment.risk.owner, risk_id=assessment.risk_id, changes={"causes": "A new provider."})
    today = timezone.localdate()
    assert watch_assessments(business_date=today) == 1
    assert watch_assessments(business_date=today) == 0
    asked = Reassessment.objects.get(risk=assessment.risk_id)
    assert "changed" in asked.cause
    an_approved_assessment(risk=Risk.objects.get(pk=assessment.risk_id))
    asked.refresh_from_db()
    assert asked.rating is not None
    assert watch_assessments(business_date=today) == 0


def test_a_period_that_is_over_asks_for_another():
    assessment = an_approved_assessment()
    due = Risk.objects.get(pk=assessment.risk_id).review_on
    assert watch_assessments(business_date=due - timedelta(days=1)) == 0
    assert watch_assessments(business_date=due) == 1


def test_a_change_between_decision_and_approval_is_refused():
    assessment = a_decided_assessment()
    a_control(assessment.risk, "effective")
    with pytest.raises(ValidationError, match="send it back"):
        approved(assessment)
    back = send_back(actor=UserFactory(role="risk"), assessment_id=assessment.pk, reason="One more control.", at=NOW())
    assert (back.state, back.content_hash) == ("draft", "")
    with pytest.raises(ValidationError, match="take stock"):
        submitted(assessment)
    stocked(assessment)
    assert approved(submitted(assessment)).state == "approved"


def test_the_next_one_carries_over_and_marks_what_changed():
    risk = RiskFactory()
    control = a_control(risk, "effective")
    first = an_approved_assessment(risk=risk)
    with_test(control, "partly")
    second = an_assessment(risk=Risk.objects.get(pk=risk.pk))
    assert second.previous == first
    assert set(second.decisions.values_list("carried", flat=True)) == {True}
    said_by_model(second, chance="60")
    changed = {str(one.label): (one.before, one.after) for one in changes_since(second)}
    assert changed == {control.name: ("Effective", "Partly effective"), "Residual Model": ("3 × 3", "4 × 3")}
    with pytest.raises(ValidationError, match="decide anew"):
        submitted(second)
    decide(second, "inherent", (4, 4))
    decide(second, "residual", (4, 3))
    approved(submitted(second))
    assert of(first) == ("void", "tested")
    assert of(second) == ("approved", "")


def test_where_nothing_changed_what_was_taken_over_may_stand_and_the_older_is_replaced():
    first = an_approved_assessment()
    second = an_assessment(risk=Risk.objects.get(pk=first.risk_id))
    said_by_model(second)
    assert changes_since(second) == []
    approved(submitted(second))
    assert of(first)[0] == "replaced"


def another_matrix():
    matrix = RiskMatrix.objects.create(
        version=2, likelihood_labels=["a", "b", "c"], impact_labels=["a", "b", "c"], in_force_from=timezone.localdate()
    )
    RiskMatrixCell.objects.bulk_create(
        RiskMatrixCell(matrix=matrix, likelihood=row, impact=column, score=row * column, level="low")
        for row in (1, 2, 3) for column in (1, 2, 3)
    )  # fmt: skip
    return matrix


def test_a_matrix_changed_meanwhile_asks_for_stock_and_decisions_anew():
    assessment = an_assessment()
    said_by_model(assessment)
    decide(assessment, "inherent", (4, 4))
    decide(assessment, "residual", (3, 3))
    with past_the_guards():
        matrix = another_matrix()
    with pytest.raises(ValidationError, match="Another matrix"):
        submitted(assessment)
    anew = stocked(assessment)
    assert anew.matrix == matrix
    assert not anew.decisions.exists()
    with pytest.raises(ValidationError, match="No table maps"):
        said_by_model(anew)


def test_one_open_assessment_per_risk():
    assessment = an_assessment()
    with pytest.raises(ValidationError, match=assessment.reference):
        an_assessment(risk=assessment.risk)
    withdraw_assessment(actor=assessment.risk.owner, assessment_id=assessment.pk, reason="Begun by mistake.", at=NOW())
    assert an_assessment(risk=assessment.risk).state == "draft"


def test_who_neither_owns_the_risk_nor_is_of_the_office_judges_nothing():
    with pytest.raises(PermissionDenied, match="owner of the risk"):
        an_assessment(risk=RiskFactory(), actor=UserFactory(role="product"))
    owner = UserFactory(role="product")
    assert an_assessment(risk=RiskFactory(owner=owner)).begun_by == owner
    with pytest.raises(PermissionDenied, match="scope"):
        an_assessment(risk=RiskFactory(line_id="p2p"), actor=UserFactory(role="risk", business_lines=["fund"]))


def test_hostile_and_chinese_words_are_kept_as_they_are():
    assessment = an_assessment()
    reason = "风险上升 <script>alert(1)</script> '); DROP TABLE risk_risk; -- \u202e"
    assert decide(assessment, "inherent", (3, 3), reason=reason).reason == reason
    with pytest.raises(ValidationError, match="Say why"):
        decide(assessment, "inherent", (3, 3), reason="   ")


@pytest.mark.django_db(transaction=True)
def test_two_approvals_at_once_write_one_set_of_ratings():
    assessment = a_decided_assessment()
    people, gate, said = [UserFactory(role="compliance"), UserFactory(role="management")], Barrier(2), []

    def run(person):
        try:
            gate.wait()
            approved(assessment, actor=person)
            said.append("approved")
        except ValidationError:
            said.append("refused")
        finally:
            connection.close()

    threads = [Thread(target=run, args=[person]) for person in people]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sorted(said) == ["approved", "refused"]
    assert RiskRating.objects.filter(risk=assessment.risk_id).count() == 2
