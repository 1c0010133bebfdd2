import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, transaction
from django.urls import reverse
from django.utils import timezone

from risk.models import ControlTest, ControlTestItem, SampleSizeRule
from risk.rules.sampling import sample
from risk.services.controls import begin_test, finish_test
from tests.factories import UserFactory
from tests.factories.response import ControlFactory, ControlTestFactory
from tests.factories.risk import RiskFactory

NOW = timezone.now
FILES = [f"PAY-{number}" for number in range(100)]
WHY = "Two names stand under each file."


@pytest.fixture
def tester(db):
    return UserFactory(role="internal_audit")


def begun(control, tester, items=FILES, seed="May"):
    return begin_test(actor=tester, control_id=control.pk, items="\n".join(items), seed=seed, at=NOW())


def finished(test, failed=(), conclusion="effective", **more):
    passed = {item.position: item.position not in failed for item in test.items.all()}
    asked = {"actor": test.tester, "passed": passed, "conclusion": conclusion, "reason": WHY, "at": NOW(), **more}
    return finish_test(test_id=test.pk, **asked)


def test_a_sample_as_large_as_the_rule_asks_is_drawn_and_can_be_drawn_again(tester):
    test = begun(ControlFactory(frequency="weekly"), tester, [*FILES, "PAY-1", "  ", " PAY-2 "])

    drawn = list(test.items.values_list("key", flat=True))
    assert (test.counted, test.required, len(drawn)) == (100, 8, 8)
    assert drawn == sample(FILES, 8, "May")


def test_the_rule_of_the_day_counts(tester):
    SampleSizeRule.objects.create(frequency="daily", size=60, valid_from=timezone.localdate())

    assert begun(ControlFactory(frequency="daily"), tester).items.count() == 60


def test_its_owner_does_not_test_it_nor_does_sql_have_them(tester):
    control = ControlFactory()
    with pytest.raises(PermissionDenied, match="own this control"):
        begun(control, control.owner)

    with pytest.raises(DatabaseError, match="does not own it"), transaction.atomic():
        ControlTestFactory(control=control, tester=control.owner)


def test_what_was_found_stands_on_the_control_and_never_changes(tester):
    control = ControlFactory()
    test = begun(control, tester)
    with pytest.raises(ValidationError, match="not effective"):
        finished(test, failed=[3])

    finished(test, failed=[3], conclusion="partly")

    control.refresh_from_db()
    assert (control.last_test, control.last_test.conclusion) == (test, "partly")
    assert list(test.items.filter(passed=False).values_list("position", flat=True)) == [3]
    with pytest.raises(ValidationError, match="is finished"):
        finished(test)
    for changed in (ControlTest, ControlTestItem):
        field = {"reason": "x"} if changed is ControlTest else {"passed": True}
        with pytest.raises(DatabaseError, match="never"), transaction.atomic():
            changed.objects.update(**field)
        with pytest.raises(DatabaseError), transaction.atomic():
            changed.objects.all()._raw_delete("default")


def test_every_item_is_answered_by_whoever_began_it(tester):
    test = begun(ControlFactory(), tester)
    with pytest.raises(ValidationError, match="for each item"):
        finished(test, passed={1: True})
    with pytest.raises(PermissionDenied):
        finished(test, actor=UserFactory(role="risk"))


@pytest.mark.parametrize(("items", "why"), [([" ", ""], "one item a line"), (["x" * 121], "at most 120"),
                                            ([str(n) for n in range(20_001)], "at most 20000")])  # fmt: skip
def test_lists_that_are_none_are_said(tester, items, why):
    with pytest.raises(ValidationError, match=why):
        begun(ControlFactory(), tester, items)


def test_begun_and_finished_on_the_pages(client, tester):
    control = ControlFactory(frequency="quarterly")
    client.force_login(tester)
    client.post(reverse("risk:control_test", args=[control.code]), {"items": "龍-1\n龍-2\n龍-3", "seed": "Q1"})
    test = ControlTest.objects.get()
    form = {f"item_{item.position}": "yes" for item in test.items.all()}

    client.post(reverse("risk:test_finish", args=[test.pk]), {**form, "conclusion": "effective", "reason": WHY})

    page = client.get(reverse("risk:control_detail", args=[control.code])).content.decode()
    assert ControlTest.objects.get().conclusion == "effective"
    assert "Effective" in page


def test_lists_cost_the_same_for_one_row_and_three(client, tester, django_assert_max_num_queries):
    client.force_login(tester)
    ControlFactory()
    url = reverse("risk:control_list")
    client.get(url)
    with django_assert_max_num_queries(40) as one:
        client.get(url)
    ControlFactory().risks.add(RiskFactory()), ControlFactory()
    with django_assert_max_num_queries(len(one.captured_queries)):
        client.get(url)


def test_the_list_is_narrowed_to_what_somebody_tested(client):
    mine, other = ControlTestFactory(), ControlTestFactory()
    client.force_login(mine.tester)
    page = client.get(reverse("risk:control_list"), {"tested_by": mine.tester_id}).content.decode()
    assert mine.control.name in page
    assert other.control.name not in page
