"""The pages of the proof: what they show, what they hand out, whom they refuse, what they cost."""

import json
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from audit.models import Event, Leaf
from audit.proof_words import consistency_holds, inclusion_holds
from tests.factories.audit import event
from tests.factories.proofs import anchored, sealed, verified
from tests.factories.staff import UserFactory

pytestmark = pytest.mark.django_db
FRAGMENT = {"HX-Request": "true"}
PAGES = ["sealing", "checkpoint_list", "consistency", "verification_list", "anchor_list"]


@pytest.fixture
def officer(client):
    user = UserFactory(role="compliance")
    client.force_login(user)
    return user


def page(client, name, *args, query="", **headers):
    return client.get(reverse(f"audit:{name}", args=args) + query, headers=headers)


def text_of(client, name, *args, query=""):
    return page(client, name, *args, query=query).content.decode()


# Proof of one event


def test_an_event_is_shown_with_its_proof_checked_just_now(client, officer):
    seen = event(label="a")
    checkpoint = sealed()

    answer = page(client, "event_proof", seen.pk, **FRAGMENT)

    assert "exactly as it was sealed" in answer.content.decode()
    assert "<html" not in answer.content.decode()
    assert f"of {checkpoint.size:,}" in answer.content.decode()


def test_an_event_that_is_not_sealed_yet_says_so(client, officer):
    sealed()
    seen = event(label="a")

    answer = page(client, "event_proof", seen.pk)

    assert answer.status_code == 200
    assert "not sealed yet" in answer.content.decode()
    assert page(client, "event_proof_file", seen.pk).status_code == 302


def test_the_proof_is_under_the_earliest_checkpoint_that_somebody_outside_holds(client, officer):
    seen = event(label="a")
    sealed()
    event(label="b")
    held = sealed()
    anchored(held, "timestamp")
    event(label="c")
    sealed()

    proof = page(client, "event_proof", seen.pk).context["inclusion"].proof

    assert proof["size"] == held.size
    assert "Time-stamp server" in text_of(client, "event_proof", seen.pk)


def test_the_file_of_a_proof_holds_and_a_forged_one_does_not(client, officer):
    seen = event(label="a", action="kept.event.made")
    sealed()

    answer = page(client, "event_proof_file", seen.pk)
    proof = json.loads(answer.content)

    assert answer["Content-Disposition"] == f'attachment; filename="event-{seen.pk}-proof.json"'
    assert inclusion_holds(proof)
    assert not inclusion_holds({**proof, "leaf": proof["leaf"].replace("kept", "kebt")})
    assert not inclusion_holds({**proof, "index": proof["index"] + 1})
    assert not inclusion_holds({**proof, "hashes": proof["hashes"][:-1]})
    assert not inclusion_holds({**proof, "checkpoint": proof["checkpoint"].replace("\n", "\n1", 1)})


def test_handing_out_a_proof_is_in_the_log(client, officer):
    seen = event(label="a", table="auth_group", pk=7)
    sealed()

    page(client, "event_proof_file", seen.pk)

    handed_out = Event.objects.filter(kind="export").latest("id")
    assert (handed_out.action, handed_out.pk_text, handed_out.actor_id) == ("audit.proof.handed_out", "7", officer.pk)


def test_an_event_that_was_changed_is_told_in_red(client, officer):
    seen = event(label="a")
    sealed()
    leaf = Leaf.objects.get(event_id=seen.pk)

    inclusion = page(client, "event_proof", seen.pk).context["inclusion"]

    assert inclusion.holds
    changed = {**inclusion.proof, "leaf": inclusion.proof["leaf"] + " "}
    assert not inclusion_holds(changed)
    assert bytes(leaf.hash).hex() == changed["leaf_hash"]


def test_the_page_of_an_event_loads_its_proof(client, officer):
    seen = event(label="a")

    assert reverse("audit:event_proof", args=[seen.pk]) in text_of(client, "event_detail", seen.pk)


# Between two checkpoints


def test_between_two_checkpoints_the_log_only_grew(client, officer):
    event(label="a")
    old = sealed()
    event(label="b")
    new = sealed()

    answer = page(client, "consistency", query=f"?old={old.size}&new={new.size}")
    proof = json.loads(page(client, "consistency_file", query=f"?old={old.size}&new={new.size}").content)

    assert answer.context["consistency"].holds
    assert consistency_holds(proof)
    assert not consistency_holds({**proof, "hashes": proof["hashes"][1:]})
    assert not consistency_holds({**proof, "old_checkpoint": proof["new_checkpoint"]})


def test_any_entry_is_answered_by_the_checkpoint_before_it(client, officer):
    event(label="a")
    old = sealed()
    event(label="b"), event(label="c")
    new = sealed()

    shown = page(client, "consistency", query=f"?old={old.size + 1}&new={new.size + 5}").context["consistency"]

    assert (shown.old.size, shown.new.size) == (old.size, new.size)


@pytest.mark.parametrize("query", ["", "?old=1", "?old=0&new=5", "?old=x&new=y", "?old=9999999999999999999999&new=1"])
def test_sizes_that_are_none_are_answered_with_a_sentence(client, officer, query):
    answer = page(client, "consistency", query=query)

    assert answer.status_code == 422
    assert b'role="alert"' in answer.content
    assert page(client, "consistency_file", query=query).status_code == 404


def test_swapped_checkpoints_are_answered_with_a_sentence(client, officer):
    event(label="a")
    old = sealed()
    event(label="b")
    new = sealed()

    answer = page(client, "consistency", query=f"?old={new.size}&new={old.size}")

    assert answer.status_code == 422
    assert "swap them" in answer.content.decode()


# Checkpoints, verifications, anchors


def test_a_checkpoint_is_handed_out_as_it_was_signed(client, officer):
    event(label="a")
    checkpoint = sealed()

    answer = page(client, "checkpoint_note", checkpoint.size)

    assert answer.content.decode() == checkpoint.note


def test_checkpoints_say_who_outside_holds_them(client, officer):
    event(label="a")
    anchored(sealed(), "email")

    assert "E-mail" in text_of(client, "checkpoint_list")


def test_a_verification_says_which_row_and_since_when(client, officer):
    seen = event(label="a")
    finding = {"kind": "changed", "sentence": "Entry 3 is not what was sealed.", "index": 3, "event": seen.pk,
               "since": "2026-03-01T08:00:00+00:00"}  # fmt: skip
    verification = verified(findings=json.dumps([finding]), found=1)

    text = text_of(client, "verification_detail", verification.pk)

    assert f"Event {seen.pk} at place 3 is not what was sealed" in text
    assert reverse("audit:event_detail", args=[seen.pk]) in text
    assert "2026-03-01 16:00" in text
    assert "Change nothing." in text


def test_findings_of_any_shape_are_shown_and_never_an_error(client, officer):
    odd = [{}, {"kind": "<script>", "event": "x", "since": "yesterday", "index": None}, {"since": 7}]

    text = text_of(client, "verification_detail", verified(findings=json.dumps(odd), found=3).pk)

    assert "<script>alert" not in text
    assert "&lt;script&gt;" in text


def test_a_receipt_is_handed_out_byte_by_byte(client, officer):
    event(label="a")
    receipt = anchored(sealed(), "timestamp")

    answer = page(client, "anchor_receipt", receipt.pk)

    assert answer.content == b"receipt \x00\xff"
    assert answer["Content-Disposition"].endswith('.tsr"')


def test_an_anchor_that_was_refused_has_no_receipt_and_says_why(client, officer):
    event(label="a")
    refused = anchored(sealed(), "timestamp", ok=False, message="The server answered 503.")

    assert "The server answered 503." in text_of(client, "anchor_list")
    assert page(client, "anchor_receipt", refused.pk).status_code == 404


def test_the_pages_say_what_they_cannot_prove(client, officer):
    for name in ("checkpoint_list", "verification_list", "anchor_list"):
        assert "Whoever owns this server can rewrite everything" in text_of(client, name)


@pytest.mark.parametrize("name", ["checkpoint_list", "verification_list", "anchor_list"])
def test_a_cursor_that_cannot_be_read_is_answered_with_a_sentence(client, officer, name):
    answer = page(client, name, query="?cursor=nonsense")

    assert answer.status_code == 200
    assert b'role="alert"' in answer.content


# The banner


def test_a_new_log_does_not_say_that_it_is_verified_and_anchored(client, officer, settings):
    settings.ANCHOR_DIRECTORY, settings.ANCHOR_TSA_URL, settings.ANCHOR_EMAILS = "/somewhere", "", []
    settings.SEAL_LATE_SECONDS = 10**6
    event(label="a")
    checkpoint = sealed()

    new = text_of(client, "event_list")
    anchored(checkpoint)
    verified()
    cache.clear()
    proved = text_of(client, "event_list")

    said = ["sealed, verified and anchored" in text for text in (new, proved)]
    assert (said, "The log is new" in new) == ([False, True], True)


def test_the_banner_turns_red_and_says_what_to_do(client, officer, settings):
    settings.ANCHOR_DIRECTORY, settings.ANCHOR_TSA_URL, settings.ANCHOR_EMAILS = "/somewhere", "", []
    event(label="a")
    anchored(sealed())
    verified()
    settings.SEAL_LATE_SECONDS = 10**6
    good = text_of(client, "event_list")
    verified(findings='[{"kind": "changed", "event": 903, "index": 3, "since": "noon"}]', found=1)
    cache.clear()

    bad = text_of(client, "event_list")

    assert "tone-green" in good.split('id="sealing"')[0][-80:]
    assert "tone-red" in bad.split('id="sealing"')[0][-80:]
    assert "Event 903 at place 3 is not what was sealed: it was changed after noon." in bad


def test_the_banner_answers_204_while_it_says_the_same_and_costs_no_query_of_the_log(client, officer):
    verified()
    stamp = page(client, "sealing").context["sealing"].stamp

    with CaptureQueriesContext(connection) as asked:
        same = page(client, "sealing", query=f"?since={stamp}")
    verified(at=timezone.now() - timedelta(days=3))
    cache.clear()
    other = page(client, "sealing", query=f"?since={stamp}")

    assert (same.status_code, other.status_code) == (204, 200)
    assert not [query for query in asked.captured_queries if "audit_" in query["sql"]]


def test_the_banner_stands_on_the_home_page_of_who_reads_the_log(client, officer):
    assert 'id="sealing"' in client.get("/").content.decode()
    client.force_login(UserFactory(role="service"))
    assert 'id="sealing"' not in client.get("/").content.decode()


# Who may, and what it costs


@pytest.mark.parametrize("role", ["service", "service_lead", "product", "marketing", "risk", "management"])
def test_other_roles_see_nothing_of_the_proof(client, role):
    seen = event(label="a")
    checkpoint = sealed()
    receipt, verification = anchored(checkpoint), verified()
    client.force_login(UserFactory(role=role))
    addresses = [
        *(reverse(f"audit:{name}") for name in PAGES), reverse("audit:event_proof", args=[seen.pk]),
        reverse("audit:event_proof_file", args=[seen.pk]), reverse("audit:consistency_file"),
        reverse("audit:checkpoint_note", args=[checkpoint.size]), reverse("audit:anchor_receipt", args=[receipt.pk]),
        reverse("audit:verification_detail", args=[verification.pk]), f"/api/v1/events/{seen.pk}/proof/",
        "/api/v1/checkpoints/", f"/api/v1/checkpoints/{checkpoint.size}/consistency/?since=1",
    ]  # fmt: skip

    assert {client.get(address).status_code for address in addresses} == {403}


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize("name", ["checkpoint_list", "verification_list", "anchor_list"])
def test_lists_of_the_proof_cost_the_same_queries_for_any_length(
    client, officer, django_assert_max_num_queries, name, rows
):
    for _ in range(rows):
        event(label="a")
        anchored(sealed())
        verified()
    page(client, name)

    with django_assert_max_num_queries(10):
        page(client, name)


# The API


def test_the_api_gives_proofs_and_checkpoints(client, officer):
    seen = event(label="a")
    old = sealed()
    event(label="b")
    new = sealed()

    proof = client.get(f"/api/v1/events/{seen.pk}/proof/").json()
    listed = client.get("/api/v1/checkpoints/").json()["results"]
    grown = client.get(f"/api/v1/checkpoints/{new.size}/consistency/?since={old.size}").json()

    assert inclusion_holds(proof)
    assert [row["size"] for row in listed] == [new.size, old.size]
    assert listed[0]["root"] == bytes(new.root).hex()
    assert consistency_holds(grown)


@pytest.mark.parametrize("query", ["", "?since=x", "?since=-1", "?since=99999999999999999999"])
def test_the_api_says_what_is_wrong_with_a_size(client, officer, query):
    event(label="a")
    checkpoint = sealed()

    assert client.get(f"/api/v1/checkpoints/{checkpoint.size}/consistency/{query}").status_code == 400


def test_the_api_says_that_an_event_is_not_sealed_yet(client, officer):
    answer = client.get(f"/api/v1/events/{event(label='a').pk}/proof/")

    assert answer.status_code == 400
    assert "not sealed yet" in answer.content.decode()
