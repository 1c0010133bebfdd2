"""What the owner of the database may do to the log, each told three ways: by the command, on the page, by the verifier over a
bundle on another machine. Every one of them says which row, and since when, against an anchor of before."""

import re

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone

from audit import verifier
from audit.models import Verification
from audit.services.anchoring import anchor
from audit.services.export import export
from audit.services.sealing import seal_all
from tests.audit.tampering import rebuild_tree, tamper, write
from tests.factories.staff import UserFactory

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("intruder", "empty")]
COLUMNS = "at, xid, kind, table_name, pk, action, actor_label, session, db_user, reason, body, unattributed"
MOMENT = r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC"


def changed(ids):
    tamper(f"UPDATE audit_event SET actor_id = 99 WHERE id = {ids[2]}")


def deleted(ids):
    tamper(f"DELETE FROM audit_event WHERE id = {ids[3]}")


def swapped(ids):
    tamper(
        f"UPDATE audit_event SET id = -1 WHERE id = {ids[1]}",
        f"UPDATE audit_event SET id = {ids[1]} WHERE id = {ids[4]}",
        f"UPDATE audit_event SET id = {ids[4]} WHERE id = -1",
    )


def inserted(ids):
    """Where only the event is put there, no leaf stands for it; whoever makes it part of the tree makes a new tree."""
    tamper(f"INSERT INTO audit_event (id, {COLUMNS}) SELECT 1, {COLUMNS} FROM audit_event WHERE id = {ids[1]}")
    rebuilt()


def changed_and_rebuilt(ids):
    """The owner has the signing key too: everything within the database agrees."""
    changed(ids)
    rebuilt()


def rebuilt():
    rebuild_tree()
    seal_all(at=timezone.now())


ATTACKS = [(changed, {2}), (deleted, {3}), (swapped, {1, 4}), (inserted, {1}), (changed_and_rebuilt, {2})]


def by_command(capsys) -> str:
    with pytest.raises(CommandError, match="do not hold"):
        call_command("audit_verify", full=True)
    return capsys.readouterr().out


def on_the_page(client) -> str:
    client.force_login(UserFactory(role="compliance"))
    newest = Verification.objects.of_kind("full").newest_first()[0]
    return client.get(reverse("audit:verification_detail", args=[newest.pk])).content.decode()


def by_the_bundle(folder, anchors) -> str:
    export(folder=folder, at=timezone.now())
    return "\n".join(finding.sentence() for finding in verifier.verify(folder, anchors=[anchors]))


@pytest.mark.parametrize(("attack", "places"), ATTACKS, ids=[attack.__name__ for attack, _places in ATTACKS])
def test_an_attack_is_told_three_ways_with_its_row_and_since_when(client, capsys, settings, tmp_path, attack, places):
    settings.ANCHOR_DIRECTORY = str(tmp_path / "anchors")
    ids = write(6)
    seal_all(at=timezone.now())
    anchor(at=timezone.now())

    attack(ids)

    told = by_command(capsys), on_the_page(client), by_the_bundle(tmp_path / "bundle", tmp_path / "anchors")
    for way, text in zip(("command", "page", "bundle"), told, strict=True):
        named = {int(place) for place in re.findall(r"at place (\d+)", text)}
        assert places <= named, (way, text)
        assert re.search(rf"place \d+[^\n]*{MOMENT}", text), (way, text)


def test_an_event_put_beside_the_tree_is_told_by_the_command_and_the_page(client, capsys):
    """No bundle holds it: what a bundle holds is what was sealed."""
    ids = write(6)
    seal_all(at=timezone.now())
    tamper(f"INSERT INTO audit_event (id, {COLUMNS}) SELECT 1, {COLUMNS} FROM audit_event WHERE id = {ids[1]}")

    for text in (by_command(capsys), on_the_page(client)):
        assert "Event 1 was never sealed" in text
