"""Policies: what they say, from when, and who agreed."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from governance.models import Policy, PolicyVersion
from governance.rules.differences import differences, words_of
from governance.rules.policies import digest_of, next_review
from governance.services.policies import (
    change_policy,
    propose_version,
    record_policy,
    review_policy,
    write_version,
)
from products.models import BusinessLine
from staff.models import ChangeRequest
from tests.factories import UserFactory
from tests.factories.changes import agreed
from tests.factories.governance import PolicyFactory, PolicyVersionFactory
from tests.factories.risk import RiskFactory

pytestmark = pytest.mark.django_db
NOW = timezone.now
TODAY = timezone.localdate


def draft_of(policy, actor=None, **texts):
    said = texts or {"en": "# One\n\nTwo people."}
    return write_version(
        actor=actor or policy.owner, policy_id=policy.pk, texts=said, summary="Says it in words.", at=NOW()
    )


def asked_for(policy, day=None):
    return propose_version(
        actor=policy.owner, policy_id=policy.pk, effective_from=day or TODAY(), reason="Agreed by the board.", at=NOW()
    )


def test_the_hash_is_over_all_languages_whatever_their_order():
    published = "9f64a747e1b97f131fabb6b447296c9b6f0201e79fb3c5356e6c77e89b6a806a"  # printf '{"a":1}' is another

    assert digest_of({"en": "x", "zh-hans": "y"}) == digest_of({"zh-hans": "y", "en": "x"})
    assert digest_of({"en": "x"}) != digest_of({"zh-hans": "x"})
    assert len(digest_of({"en": "x"})) == len(published)


def test_the_next_review_of_a_last_day_stays_in_its_month():
    assert next_review(date(2026, 8, 31), 6) == date(2027, 2, 28)


def test_a_version_is_in_force_from_its_day_once_somebody_else_has_agreed():
    policy = PolicyFactory(written=False)
    draft = draft_of(policy)
    day = TODAY() + timedelta(days=5)
    request = asked_for(policy, day)
    assert PolicyVersion.objects.get().is_draft

    agreed(request, UserFactory(role="management"))

    draft.refresh_from_db()
    policy.refresh_from_db()
    assert draft.effective_from == day
    assert policy.review_on == next_review(day, 12)
    assert list(PolicyVersion.objects.in_force(TODAY())) == []
    assert list(PolicyVersion.objects.in_force(day)) == [draft]


def test_who_wrote_a_version_does_not_put_it_in_force():
    policy = PolicyFactory(written=False)
    draft_of(policy)

    with pytest.raises((PermissionDenied, ValidationError)):
        agreed(asked_for(policy), policy.owner)


def test_a_draft_that_waits_for_approval_is_not_written_on():
    policy = PolicyFactory(written=False)
    draft_of(policy)
    asked_for(policy)

    with pytest.raises(ValidationError, match="withdraw the request"):
        draft_of(policy, en="Another text")


def test_a_draft_changed_past_the_page_makes_the_request_out_of_date():
    policy = PolicyFactory(written=False)
    draft = draft_of(policy)
    request = asked_for(policy)
    PolicyVersion.objects.filter(pk=draft.pk).update(texts={"en": "Slipped in"}, sha256=digest_of({"en": "Slipped in"}))

    assert agreed(request, UserFactory(role="management")).state == "stale"
    assert PolicyVersion.objects.get().is_draft


@pytest.mark.parametrize("statement", [
    "UPDATE governance_policyversion SET texts = '{}' WHERE id = %s",
    "UPDATE governance_policyversion SET effective_from = NULL WHERE id = %s",
    "DELETE FROM governance_policyversion WHERE id = %s",
])  # fmt: skip
def test_no_sql_changes_a_version_that_has_its_day(statement):
    version = PolicyFactory().versions.get()

    with pytest.raises(DatabaseError, match="never changes"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, [version.pk])


def test_no_sql_gives_a_draft_its_day():
    draft = PolicyVersionFactory()

    with pytest.raises(DatabaseError, match="approved change request"), transaction.atomic():
        PolicyVersion.objects.filter(pk=draft.pk).update(effective_from=TODAY())
    with pytest.raises(DatabaseError, match="begins as a draft"), transaction.atomic():
        PolicyVersion.objects.create(
            policy=PolicyFactory(written=False), number=1, texts={}, summary="x", sha256="0" * 64,
            written_by=draft.written_by, written_at=NOW(), effective_from=TODAY(),
        )  # fmt: skip


@pytest.mark.parametrize(("texts", "why"), [
    ({}, "one language"),
    ({"en": "  \u200b "}, "one language"),
    ({"fr": "Bonjour"}, "No language"),
    ({"en": "x" * 50_001}, "At most 50000"),
])  # fmt: skip
def test_a_version_says_something_in_a_language_of_the_company(texts, why):
    policy = PolicyFactory(written=False)

    with pytest.raises(ValidationError, match=why):
        write_version(actor=policy.owner, policy_id=policy.pk, texts=texts, summary="Says it in words.", at=NOW())


def test_a_version_does_not_begin_in_the_past_nor_before_another():
    policy = PolicyFactory(written=TODAY() + timedelta(days=9))
    draft_of(policy)

    with pytest.raises(ValidationError, match="today or later"):
        asked_for(policy, TODAY() - timedelta(days=1))
    with pytest.raises(ValidationError, match="begins on that day or later"):
        asked_for(policy, TODAY() + timedelta(days=9))


def test_a_policy_is_not_recorded_nor_written_outside_ones_lines():
    line = BusinessLine.objects.get(code="p2p")
    elsewhere = UserFactory(role="compliance", business_lines=["wealth"])

    with pytest.raises(ValidationError, match="outside your scope"):
        record_policy(actor=elsewhere, code="x", name="X", owner=elsewhere, line=line)
    with pytest.raises(ValidationError, match="outside your scope"):
        draft_of(PolicyFactory(written=False, line=line), elsewhere)


def test_a_policy_does_not_stand_under_what_stands_under_it():
    above = PolicyFactory(written=False)
    below = PolicyFactory(written=False, parent=above)

    with pytest.raises(ValidationError, match="stand under itself"):
        change_policy(actor=above.owner, policy_id=above.pk, risks=[], controls=[], audience_teams=[], parent=below)


def test_a_review_moves_the_next_one_and_needs_a_version():
    policy, unwritten = PolicyFactory(review_months=6), PolicyFactory(written=False)

    review_policy(actor=policy.owner, policy_id=policy.pk, conclusion="It still holds as it is.", at=NOW())

    policy.refresh_from_db()
    assert policy.review_on == next_review(TODAY(), 6)
    with pytest.raises(ValidationError, match="in force yet"):
        review_policy(actor=policy.owner, policy_id=unwritten.pk, conclusion="It still holds.", at=NOW())


def test_the_page_writes_and_asks_for_approval(client):
    client.force_login(UserFactory(role="compliance"))
    form = {
        "code": "aml", "name": "Anti-money laundering", "kind": "policy", "owner": UserFactory().pk, "confirm_days": 14,
        "review_months": 12, "audience_roles": ["service"],
    }  # fmt: skip
    assert client.post(reverse("governance:policy_create"), form)["Location"].endswith("/aml/write/")
    text = {"summary": "The first version of it.", "body_en": "# 反洗钱 <b>x</b>\n\n<script>alert(1)</script>"}
    assert client.post(reverse("governance:version_write", args=["aml"]), text).status_code == 302

    page = client.get(reverse("governance:policy_detail", args=["aml"])).content.decode()
    asked = client.post(
        reverse("governance:version_propose", args=["aml"]),
        {"effective_from": TODAY().isoformat(), "reason": "Agreed by the board."},
    )

    assert "<h2>反洗钱 &lt;b&gt;x&lt;/b&gt;</h2>" in page
    assert "<script>alert" not in page
    assert asked.status_code == 302
    assert ChangeRequest.objects.get().command == "governance.policy.in_force"


def test_who_does_not_write_sees_no_draft_and_writes_none(client):
    policy = PolicyFactory()
    draft_of(policy, en="Not for everybody yet")
    client.force_login(UserFactory(role="service"))

    page = client.get(f"{reverse('governance:policy_detail', args=[policy.code])}?version=2").content.decode()
    compared = client.get(f"{reverse('governance:version_compare', args=[policy.code])}?from=1&to=2").content.decode()

    assert "Two people release each payout" in page
    assert "Not for everybody" not in page + compared
    assert client.get(reverse("governance:version_write", args=[policy.code])).status_code == 403


def test_a_policy_of_another_line_is_not_there(client):
    policy = PolicyFactory(line=BusinessLine.objects.get(code="p2p"))
    client.force_login(UserFactory(role="compliance", business_lines=["wealth"]))

    assert client.get(reverse("governance:policy_detail", args=[policy.code])).status_code == 404


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_and_a_policy_cost_the_same_for_any_number(client, django_assert_max_num_queries, rows):
    made = PolicyFactory.create_batch(rows)
    for _each in range(rows - 1):
        draft = PolicyVersionFactory(policy=made[0], begins=date(2026, 2, 1) + timedelta(days=_each))
    made[0].risks.set([RiskFactory() for _each in range(rows)])
    client.force_login(made[0].owner)
    client.get(reverse("governance:policy_list"))

    with django_assert_max_num_queries(12):
        assert client.get(reverse("governance:policy_list")).status_code == 200
    with django_assert_max_num_queries(28):
        assert client.get(reverse("governance:policy_detail", args=[made[0].code])).status_code == 200
    assert rows == 1 or draft.number == rows


def test_a_risk_leads_to_the_policies_that_govern_it(client):
    risk, policy, other = RiskFactory(), PolicyFactory(), PolicyFactory()
    policy.risks.add(risk)
    client.force_login(UserFactory(role="risk"))

    page = client.get(reverse("risk:risk_detail", args=[risk.reference])).content.decode()

    assert policy.name in page
    assert f"/policies/{other.code}/" not in page


# What changed


def shown(paragraph):
    marks = {"same": "{}", "added": "[+{}]", "removed": "[-{}]"}
    return "".join(marks[piece.kind].format(piece.text) for piece in paragraph.pieces)


def test_a_changed_word_is_shown_inside_its_paragraph():
    found = differences("One\n\nPayouts need two people.", "One\n\nPayouts need three people.\nNew line")

    assert [(one.kind, shown(one)) for one in found] == [
        ("same", "One"),
        ("changed", "Payouts need [-two][+three] people."),
        ("added", "[+New line]"),
    ]


def test_chinese_is_compared_sign_by_sign():
    assert [(piece.kind, piece.text) for piece in words_of("付款须两人复核", "付款须三人复核")] == [
        ("same", "付款须"),
        ("removed", "两"),
        ("added", "三"),
        ("same", "人复核"),
    ]


@pytest.mark.parametrize(("old", "new"), [("", ""), ("", "x"), ("x", ""), ("a b", "c d"), ("甲\n乙", "乙\n甲")])
def test_both_texts_can_be_read_back_from_what_changed(old, new):
    pieces = [one.pieces for one in differences(old, new)]
    read = lambda kinds: "".join(p.text for row in pieces for p in row if p.kind in kinds)  # noqa: E731

    assert read({"same", "removed"}) == old.replace("\n", "")
    assert read({"same", "added"}) == new.replace("\n", "")


def test_a_very_long_paragraph_is_shown_whole():
    assert [piece.kind for piece in words_of("甲" * 3_000, "乙" * 3_000)] == ["removed", "added"]


def test_the_page_of_changes_says_in_words_what_came_and_went(client):
    policy = PolicyFactory()
    PolicyVersionFactory(
        policy=policy, texts={"en": "# Purpose\n\nThree <i>people</i> release each payout."}, begins=TODAY()
    )
    client.force_login(UserFactory(role="service"))

    page = client.get(f"{reverse('governance:version_compare', args=[policy.code])}?from=1&to=2").content.decode()

    assert '<del><span class="visually-hidden">removed: </span>Two</del>' in page
    assert "&lt;i&gt;" in page
    assert Policy.objects.count() == 1
