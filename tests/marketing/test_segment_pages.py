"""Pages of segments: the builder, who sees what, and what the REST API answers."""

import json
import re

import pytest
from django.urls import reverse
from django.utils import timezone

from marketing.models import Segment
from marketing.rules.drafts import draft_of, read_draft, rule_of
from marketing.segment_builder import KINDS
from marketing.services import segment_counts
from marketing.services.segment_counts import live_count, overlap_of
from tests.factories.customers import CustomerFactory, PersonFactory
from tests.factories.segments import LIVELY, make_list, make_segment
from tests.factories.staff import UserFactory

pytestmark = pytest.mark.django_db
WIEN = {"field": "region", "op": "in", "value": ["Wien"]}
NESTED = {
    "all": [
        {"field": "balance", "op": "between", "value": ["1", "2"]},
        {"not": {"any": [{"field": "sex", "op": "in", "value": ["female"]}, {"segment": "lively"}]}},
        {"field": "has_loan", "op": "is", "value": False},
        {"field": "city", "op": "not_in", "value": ["上海", "北京"]},
    ]
}


@pytest.fixture
def marketer(client):
    user = UserFactory(role="marketing")
    client.force_login(user)
    return user


class Form(dict):
    def getlist(self, name):
        return self.get(name, [])


def as_form(group):
    """What a browser would send of a drawn draft."""
    sent = Form({f"j-{group.path}": group.join, f"n-{group.path}": str(len(group.parts))})
    for part in group.parts:
        if part.is_group:
            sent |= as_form(part)
        else:
            sent |= {f"f-{part.path}": part.field, f"o-{part.path}": part.op, f"v-{part.path}": part.values, f"w-{part.path}": part.second}  # fmt: skip
    return sent


def test_a_rule_goes_through_the_builder_and_comes_back_the_same():
    assert rule_of(read_draft(as_form(draft_of(NESTED))), KINDS) == NESTED


def test_the_builder_adds_a_group_and_keeps_what_was_chosen(client, marketer):
    CustomerFactory(region="Wien")
    sent = as_form(draft_of({"all": [WIEN]}))

    answer = client.post(
        reverse("marketing:segment_create"), {**sent, "act": "group:0"}, headers={"HX-Request": "true", "HX-Target": "builder"}
    )  # fmt: skip

    page = answer.content.decode()
    assert answer.status_code == 200
    assert 'id="part-0-1-0"' in page
    assert '<option value="region" selected>' in page


def test_the_builder_says_the_rule_and_counts_while_one_writes(client, marketer):
    for region in ("Wien", "Wien", "Graz"):
        CustomerFactory(region=region)

    answer = client.post(
        reverse("marketing:segment_create"),
        as_form(draft_of({"all": [WIEN]})),
        headers={"HX-Request": "true", "HX-Target": "builder"},
    )

    page = answer.content.decode()
    assert "Region is Wien" in page
    assert re.search(r"<strong>2</strong> customers now", page)


def test_a_button_of_the_builder_works_without_scripts(client, marketer):
    answer = client.post(
        reverse("marketing:segment_create"), {"act": "add:0", "n-0": "0", "code": "kept", "name": "Kept"}
    )

    assert answer.status_code == 200
    assert 'id="part-0-0"' in answer.content.decode()
    assert 'value="Kept"' in answer.content.decode()
    assert not Segment.objects.exists()


def test_saving_makes_the_segment(client, marketer):
    sent = as_form(draft_of({"all": [WIEN]})) | {"act": "save", "code": "wien", "name": "Wien 客户"}

    answer = client.post(reverse("marketing:segment_create"), sent)

    assert answer.url == "/marketing/segments/wien/"
    assert Segment.objects.get().rule == {"all": [WIEN]}


@pytest.mark.parametrize("field", ["risk_level", "phone", "'; DROP TABLE x", ""])
def test_what_may_not_be_asked_is_said_and_not_kept(client, marketer, field):
    sent = {
        "j-0": "all",
        "n-0": "1",
        "f-0-0": field,
        "o-0-0": "in",
        "v-0-0": ["high"],
        "act": "save",
        "code": "a",
        "name": "a",
    }

    answer = client.post(reverse("marketing:segment_create"), sent)

    assert answer.status_code == 422
    assert "notice tone-red" in answer.content.decode()
    assert not Segment.objects.exists()


def test_a_form_without_end_is_read_to_where_rules_end(client, marketer):
    path, sent = "0", {}
    for _level in range(40):
        sent |= {f"j-{path}": "any", f"n-{path}": "1"}
        path += "-0"

    assert client.post(reverse("marketing:segment_create"), {**sent, "act": "save"}).status_code == 422


def test_pages_of_members_mask_their_names(client, marketer):
    listed = make_list("listed", PersonFactory(name="段正淳"), actor=marketer)

    for name in ("segment_detail", "segment_members"):
        page = client.get(reverse(f"marketing:{name}", args=[listed.code])).content.decode()
        assert "段正淳" not in page


def test_a_segment_about_what_one_may_not_know_is_not_there(client, marketer):
    risky = {"field": "risk_level", "op": "in", "value": ["high"]}
    segment = make_segment("risky", rule=risky, actor=UserFactory(role="compliance"))

    for name in ("segment_detail", "segment_members", "segment_rule"):
        assert client.get(reverse(f"marketing:{name}", args=[segment.code])).status_code == 404
    assert "risky" not in client.get(reverse("marketing:segment_list")).content.decode()


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_costs_the_same_queries_for_any_length(client, marketer, django_assert_max_num_queries, rows):
    for number in range(rows):
        make_segment(f"lively-{number}", actor=marketer)
    client.get(reverse("marketing:segment_list"))

    with django_assert_max_num_queries(9):
        client.get(reverse("marketing:segment_list"), headers={"HX-Request": "true", "HX-Target": "rows"})


def test_a_count_that_takes_too_long_is_estimated_and_said_to_be(monkeypatch):
    CustomerFactory(region="Wien")
    counted = segment_counts._counted
    monkeypatch.setattr(
        segment_counts, "_counted", lambda text, values: counted(text, values) if "TABLESAMPLE" in text else None
    )

    found = live_count(WIEN, day=timezone.localdate())

    assert (found.count, found.is_exact) == (1, False)


def test_overlap_counts_each_combination_once(client, marketer):
    one, two, three, nobody = (CustomerFactory() for _n in range(4))
    first, second = make_list("first", one, two, actor=marketer), make_list("second", two, three, actor=marketer)
    third = make_list("third", two, actor=marketer)
    del nobody

    assert overlap_of([first.pk, second.pk, third.pk]) == {
        frozenset({first.pk}): 1,
        frozenset({second.pk}): 1,
        frozenset({first.pk, second.pk, third.pk}): 1,
    }
    page = client.get(reverse("marketing:segment_overlap") + "?segment=first&segment=second").content.decode()
    assert "First, Second" in page


def test_rest_makes_counts_refreshes_and_lists(client, marketer):
    customer = CustomerFactory(region="Wien")
    post = lambda name, said, *args: client.post(  # noqa: E731
        reverse(f"api:segment-{name}", args=args), json.dumps(said), content_type="application/json"
    )

    assert post("list", {"code": "wien", "name": "Wien", "rule": WIEN}).status_code == 201
    assert post("preview", {"rule": WIEN}).json() == {"count": 1, "is_exact": True, "words": "Region is Wien"}
    assert post("refresh", {}, "wien").json() == {"entered": 1, "left": 0, "count": 1, "whole": True}
    members = client.get(reverse("api:segment-members", args=["wien"])).json()["results"]
    assert [one["customer"] for one in members] == [customer.reference]
    assert post("rule", {"rule": LIVELY}, "wien").json()["rule"] == LIVELY
    assert post("archive", {}, "wien").json()["archived_at"]


@pytest.mark.parametrize("levels", [30, 400])
def test_rest_answers_a_deep_rule_with_a_sentence(client, marketer, levels):
    said = '{"rule": ' + '{"not": ' * levels + json.dumps(WIEN) + "}" * levels + "}"

    answer = client.post(reverse("api:segment-preview"), said, content_type="application/json")

    assert answer.status_code == 400
    assert "deep in each other" in answer.content.decode()
