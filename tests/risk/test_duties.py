"""Who holds duties that one person should not hold together."""

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.translation import override

from risk.models import ConflictRule
from risk.rules.duties import held_by_one_role
from risk.services.duties import find_conflicts
from staff.access import permission_labels
from staff.grants import all_grants
from staff.rules.roles import Role
from tests.factories.staff import UserFactory

pytestmark = pytest.mark.django_db


def holders(first, second):
    found = next(one for one in find_conflicts() if {one.rule.first, one.rule.second} == {first, second})
    return [(holder.person.pk, holder.by_one_role) for holder in found.holders]


def test_somebody_of_two_conflicting_roles_is_found_and_those_of_one_are_not():
    UserFactory(role="internal_audit")
    UserFactory(role="risk")
    both = UserFactory(roles=["internal_audit", "risk"])

    assert holders("internal_audit", "risk") == [(both.pk, False)]
    assert holders("internal_audit", "product") == []


def test_a_role_that_joins_two_duties_by_itself_is_told_from_a_permission_that_was_added():
    lead = UserFactory(role="service_lead")
    agent = UserFactory(role="service", may=["customers.check_merge"])

    assert dict(holders("customers.merge_customer", "customers.check_merge")) == {lead.pk: True, agent.pk: False}


def test_who_has_left_holds_nothing():
    UserFactory(roles=["risk", "product"], is_active=False)

    assert holders("risk", "product") == []


def test_one_role_is_asked_alone():
    grants = {"a.do": frozenset({Role.RISK}), "a.check": frozenset({Role.PRODUCT, Role.RISK})}

    assert held_by_one_role(["risk"], ("a.do", "a.check"), grants)
    assert held_by_one_role(["risk"], ("risk", "a.do"), grants)
    assert not held_by_one_role(["product", "service"], ("a.do", "a.check"), grants)
    assert not held_by_one_role([], ("a.do", "a.check"), grants)


def test_every_rule_names_duties_that_exist_and_says_why_in_three_languages():
    known = {*Role.values, *permission_labels()} & {*Role.values, *all_grants()}

    for rule in ConflictRule.objects.all():
        assert {rule.first, rule.second} <= known, rule
        with override("en"):
            english = rule.reason
        for language in ("zh-hans", "zh-hant"):
            with override(language):
                assert rule.reason not in ("", english)


@pytest.mark.parametrize("pair", [("product", "risk"), ("risk", "product"), ("risk", "risk")])
def test_a_pair_has_one_rule_whichever_way_round_and_no_duty_conflicts_with_itself(pair):
    with pytest.raises(IntegrityError), transaction.atomic():
        ConflictRule.objects.create(first=pair[0], second=pair[1], reasons={"en": "Again"})


def test_the_page_names_who_holds_both_and_escapes_them(client):
    UserFactory(roles=["risk", "marketing"], full_name="<b>王小明</b>")
    client.force_login(UserFactory(role="internal_audit"))

    page = client.get(reverse("risk:duty_conflicts")).content.decode()

    assert "&lt;b&gt;王小明&lt;/b&gt;" in page
    assert "by what was added" in page
    client.force_login(UserFactory(role="service"))
    assert client.get(reverse("risk:duty_conflicts")).status_code == 403


def test_more_people_cost_no_more_statements(client, django_assert_num_queries):
    UserFactory(roles=["risk", "product"])
    with django_assert_num_queries(5):
        find_conflicts()

    UserFactory.create_batch(3, roles=["risk", "product"])

    with django_assert_num_queries(5):
        assert len(holders("risk", "product")) == 4
