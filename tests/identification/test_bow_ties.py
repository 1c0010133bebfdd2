import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from identification.models import Barrier, BowTie, BowTieConsequence
from identification.rules.bow_ties import guard_of
from identification.services.bow_ties import MOST, draw_bow_tie, remove_barrier, remove_part, write_barrier, write_part
from risk.models import Control, Risk
from tests.factories import UserFactory
from tests.factories.response import ControlFactory, ControlTestFactory
from tests.factories.risk import RiskFactory
from tests.factories.scenarios import BarrierFactory, BowTieFactory, ThreatFactory, a_scenario

pytestmark = pytest.mark.django_db
NOW = timezone.now


@pytest.fixture
def officer(db):
    return UserFactory(role="risk")


def control_that_was(conclusion):
    control = ControlFactory()
    test = ControlTestFactory(control=control, finished_at=NOW(), conclusion=conclusion, reason="Looked at 25 items.")
    Control.objects.filter(pk=control.pk).update(last_test=test)
    return control


def barrier_of(threat, actor, **more):
    fields = {"control": None, "text": "A second line", **more}
    return write_barrier(actor=actor, bow_tie_id=threat.bow_tie_id, part="threat", part_id=threat.pk, **fields)


@pytest.mark.parametrize(
    ("conclusions", "guard"),
    [
        ([], "open"), ([""], "untested"), (["ineffective", ""], "untested"), (["ineffective"], "ineffective"),
        (["partly", "ineffective"], "partly"), (["", "effective", "ineffective"], "effective"),
    ],
)  # fmt: skip
def test_the_best_barrier_says_how_a_way_is_guarded(conclusions, guard):
    assert guard_of(conclusions) == guard


def test_one_bow_tie_for_a_risk_under_a_scenario_and_one_under_none(officer):
    risk, scenario = RiskFactory(), a_scenario()
    for under in (None, scenario):
        draw_bow_tie(actor=officer, risk=risk, scenario=under, event="A run", at=NOW())

        with pytest.raises(ValidationError, match="has a bow-tie under this scenario already"):
            draw_bow_tie(actor=officer, risk=risk, scenario=under, event="A run", at=NOW())

    assert BowTie.objects.filter(risk=risk).count() == 2


def test_a_barrier_says_what_the_last_test_of_its_control_says(client, officer):
    threat = ThreatFactory()
    barrier_of(threat, officer, control=control_that_was("ineffective"), text="")
    client.force_login(officer)

    page = client.get(reverse("identification:bow_tie_detail", args=[threat.bow_tie_id])).content.decode()

    assert "Its barriers failed" in page
    assert 'class="bt-barrier tone-red"' in page


def test_a_cause_without_any_barrier_is_marked_and_counted(client, officer):
    threat = ThreatFactory()
    BarrierFactory(threat__bow_tie=threat.bow_tie)
    client.force_login(officer)

    answer = client.get(reverse("identification:bow_tie_detail", args=[threat.bow_tie_id]))

    assert answer.context["unguarded"] == 1
    assert answer.content.decode().count("bt-open") == 1
    assert "1 cause has no barrier at all." in answer.content.decode()


def test_a_barrier_is_a_control_or_words(officer):
    with pytest.raises(ValidationError, match="say in words"):
        barrier_of(ThreatFactory(), officer, text="  ")


def test_sql_puts_no_barrier_on_two_sides_or_on_none():
    barrier = BarrierFactory()
    result = BowTieConsequence.objects.create(bow_tie=barrier.threat.bow_tie, text="Late payouts")
    wrong = [{"consequence": result}, {"threat": None}, {"side": "recovering"}, {"text": ""}]

    for change in wrong:
        with pytest.raises(IntegrityError), transaction.atomic():
            Barrier.objects.filter(pk=barrier.pk).update(**change)


def test_barriers_stand_in_their_order_and_a_cause_takes_its_own_along(officer):
    threat = ThreatFactory()
    barrier_of(threat, officer, text="Second", position=2)
    first = barrier_of(threat, officer, text="First", position=1)
    assert [str(one) for one in threat.barriers.all()] == ["First", "Second"]

    remove_barrier(actor=officer, bow_tie_id=threat.bow_tie_id, barrier_id=first.pk)
    remove_barrier(actor=officer, bow_tie_id=threat.bow_tie_id, barrier_id=first.pk)
    assert [str(one) for one in threat.barriers.all()] == ["Second"]

    remove_part(actor=officer, bow_tie_id=threat.bow_tie_id, part="threat", part_id=threat.pk)
    assert not Barrier.objects.exists()


def test_a_barrier_of_another_bow_tie_stays(officer):
    mine, other = ThreatFactory(), BarrierFactory()

    remove_barrier(actor=officer, bow_tie_id=mine.bow_tie_id, barrier_id=other.pk)

    assert Barrier.objects.get() == other


def test_a_side_has_an_end(officer):
    bow_tie = BowTieFactory()
    ThreatFactory.create_batch(MOST, bow_tie=bow_tie)

    with pytest.raises(ValidationError, match="at most"):
        write_part(actor=officer, bow_tie_id=bow_tie.pk, part="threat", text="One more")


def test_nobody_draws_a_risk_or_takes_a_control_of_elsewhere(officer):
    narrow = UserFactory(role="risk", business_lines=["p2p"])
    risk, control, threat = RiskFactory(), ControlFactory(), ThreatFactory()
    Risk.objects.filter(pk=risk.pk).update(line="wealth")
    Control.objects.update(line="wealth")

    with pytest.raises(PermissionDenied):
        draw_bow_tie(actor=narrow, risk=risk, event="A run", at=NOW())
    with pytest.raises(PermissionDenied):
        barrier_of(threat, narrow, control=control)


def test_a_control_of_another_line_has_no_name(client):
    barrier = BarrierFactory(control=ControlFactory(name="Secret of wealth"), text="")
    Control.objects.update(line="wealth")
    client.force_login(UserFactory(role="risk", business_lines=["p2p"]))
    url = reverse("identification:bow_tie_detail", args=[barrier.threat.bow_tie_id])

    page = client.get(url).content.decode()

    assert "Secret of wealth" not in page
    assert "A control of another line" in page
    api = client.get(f"/api/v1/bow-ties/{barrier.threat.bow_tie_id}/").json()
    assert api["threats"][0]["barriers"][0]["control"] is None


def test_drawn_from_end_to_end_by_forms(client, officer):
    risk, control = RiskFactory(), ControlFactory()
    client.force_login(officer)
    client.post(reverse("identification:bow_tie_create"), {"risk": risk.pk, "scenario": "", "event": "挤兑 <b>x</b>"})
    drawn = BowTie.objects.get()
    for part in ("threat", "consequence"):
        client.post(reverse("identification:part_add", args=[drawn.pk, part]), {"text": f"A {part}"})
    threat, result = drawn.threats.get(), drawn.results.get()
    client.post(
        reverse("identification:barrier_add", args=[drawn.pk, "consequence", result.pk]),
        {"control": control.pk, "text": "", "position": 1},
    )
    client.post(reverse("identification:part_edit", args=[drawn.pk, "threat", threat.pk]), {"text": "Another"})
    barrier = Barrier.objects.get()
    change = reverse("identification:barrier_edit", args=[drawn.pk, "consequence", result.pk, barrier.pk])
    client.post(change, {"control": control.pk, "text": "within an hour", "position": 1})

    page = client.get(reverse("identification:bow_tie_detail", args=[drawn.pk])).content.decode()

    assert "<b>x</b>" not in page
    assert "Another" in page
    assert f"{control.name}: within an hour" in page
    assert (barrier.side, drawn.threats.count()) == ("recovering", 1)


def test_addresses_of_no_side_and_of_another_bow_tie_are_not_there(client, officer):
    threat, other = ThreatFactory(), ThreatFactory()
    client.force_login(officer)

    for part, way in (("middle", threat.pk), ("threat", other.pk)):
        url = reverse("identification:part_edit", args=[threat.bow_tie_id, part, way])
        assert client.get(url).status_code == 404


def test_who_only_reads_has_no_buttons(client):
    barrier = BarrierFactory()
    client.force_login(UserFactory(role="management"))
    url = reverse("identification:bow_tie_detail", args=[barrier.threat.bow_tie_id])

    assert "/remove/" not in client.get(url).content.decode()
    remove = reverse(
        "identification:part_remove", args=[barrier.threat.bow_tie_id, "threat", barrier.threat_id]
    )  # fmt: skip
    assert client.post(remove).status_code == 403


def test_the_picture_costs_the_same_for_one_way_and_three(client, officer, django_assert_max_num_queries):
    barrier = BarrierFactory(control=ControlFactory())
    client.force_login(officer)
    url = reverse("identification:bow_tie_detail", args=[barrier.threat.bow_tie_id])
    client.get(url)
    with django_assert_max_num_queries(40) as one:
        client.get(url)
    for _more in range(2):
        BarrierFactory(threat__bow_tie=barrier.threat.bow_tie, control=ControlFactory())

    with django_assert_max_num_queries(len(one.captured_queries)):
        client.get(url)
