"""The bundle on another machine: whatever is done to it, or was done to the log, the verifier names it."""

import gzip
import json
import os
import shutil
import subprocess
import sys
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import transaction
from django.utils import timezone

from audit import verifier
from audit.models import Checkpoint, Event
from audit.rules import merkle
from audit.rules.findings import Finding
from audit.rules.notes import Signer
from audit.services.anchoring import anchor
from audit.services.export import export
from audit.services.keys import known_keys
from audit.services.sealing import seal_all
from tests.audit.tampering import rebuild_tree, tamper, write, write_many

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("intruder", "empty")]


@pytest.fixture(autouse=True)
def anchors(settings, tmp_path):
    settings.ANCHOR_DIRECTORY = str(tmp_path / "anchors")
    return tmp_path / "anchors"


@pytest.fixture
def bundle(tmp_path):
    """A bundle of 300 events, of which the first 40 were anchored before."""
    with transaction.atomic():
        write_many(40)
    seal_all(at=timezone.now())
    anchor(at=timezone.now())
    with transaction.atomic():
        write_many(259)
    seal_all(at=timezone.now())
    return exported(tmp_path / "bundle")


def exported(folder: Path, **days) -> Path:
    export(folder=folder, at=timezone.now(), **days)
    return folder


def found(folder: Path, **given) -> list[tuple]:
    return [(finding.kind, finding.index, finding.event) for finding in verifier.verify(folder, **given)]


def rewrite(folder: Path, change) -> None:
    """Replace the lines of the only part by what `change` makes of them, and mend the manifest, as a forger would."""
    (part,) = (folder / "events").iterdir()
    lines = change(gzip.decompress(part.read_bytes()).decode().splitlines())
    part.write_bytes(gzip.compress("".join(f"{line}\n" for line in lines).encode()))
    mend(folder, len(lines))


def mend(folder: Path, rows: int | None = None) -> None:
    manifest = json.loads((folder / "manifest.json").read_text())
    for name in manifest["files"]:
        manifest["files"][name] = sha256((folder / name).read_bytes()).hexdigest()
    (folder / "manifest.json").write_text(json.dumps(manifest))


def first_event(pk):
    return Event.objects.filter(table_name="probe", pk_text=pk).order_by("id").first()


def changed(lines):
    return [line.replace('"pk":"200"', '"pk":"201"') for line in lines]


def moved(lines):
    return [*lines[:5], *lines[6:20], lines[5], *lines[20:]]


def relabelled(lines):
    return [line.replace("[7,", "[8,", 1) if line.startswith("[7,") else line for line in lines]


def test_a_bundle_holds_on_its_own_and_against_its_anchor(bundle, anchors):
    assert verifier.verify(bundle) == []
    assert verifier.verify(bundle, anchors=[anchors], keys=known_keys()) == []


def test_a_changed_row_is_named(bundle):
    rewrite(bundle, changed)

    event = first_event("200")
    assert found(bundle) == [("changed", 239, event.id)]


def test_a_missing_row_is_named(bundle):
    rewrite(bundle, lambda lines: lines[:9] + lines[10:])

    assert found(bundle) == [("missing", 9, None)]


def test_missing_rows_in_a_row_are_one_finding(bundle):
    rewrite(bundle, lambda lines: lines[:9] + lines[100:])

    (finding,) = verifier.verify(bundle)
    assert (finding.kind, finding.index, finding.last) == ("missing_run", 9, 99)


def test_an_inserted_row_is_named(bundle):
    rewrite(bundle, lambda lines: [*lines[:9], '[9,{"id":666}]', *lines[9:]])

    assert found(bundle) == [("inserted", None, 666)]


def test_a_row_at_another_place_is_named(bundle):
    rewrite(bundle, moved)

    event = first_event("6")
    assert found(bundle) == [("moved", 5, event.id)]


def test_a_row_that_stands_twice_is_named(bundle):
    rewrite(bundle, lambda lines: [*lines, lines[3]])

    assert [(kind, place) for kind, place, _ in found(bundle)] == [("twice", 3)]


def test_a_row_under_another_label_is_named(bundle):
    rewrite(bundle, relabelled)

    assert [(kind, place) for kind, place, _ in found(bundle)] == [("numbered", 7)]


def test_a_cut_off_file_is_named_with_the_rows_that_it_lacks(bundle):
    (part,) = (bundle / "events").iterdir()
    part.write_bytes(part.read_bytes()[:-200])
    mend(bundle)

    kinds = [kind for kind, _, _ in found(bundle)]
    assert kinds[0] == "truncated"
    assert kinds[-1] == "missing_run"


def test_a_file_that_is_gone_or_altered_is_named(bundle):
    (bundle / "tiles" / "1.bin").unlink()
    (bundle / "checkpoints.jsonl").write_text("")

    sentences = [finding.sentence() for finding in verifier.verify(bundle)]
    assert "tiles/1.bin ends too early or is damaged: the bundle was cut off." in sentences
    assert "checkpoints.jsonl is not the file that the manifest names: the bundle was altered." in sentences


def test_a_part_that_the_manifest_no_longer_names_is_missed(bundle):
    manifest = json.loads((bundle / "manifest.json").read_text())
    manifest["parts"], manifest["files"] = [], {}
    (bundle / "manifest.json").write_text(json.dumps(manifest))

    (finding,) = verifier.verify(bundle)
    assert (finding.kind, finding.index, finding.last) == ("missing_run", 0, 298)


def test_a_tree_rebuilt_over_a_forged_row_does_not_have_the_signed_root(bundle):
    rewrite(bundle, changed)
    (part,) = (bundle / "events").iterdir()
    hashes = [
        sha256(b"\0" + line.partition(b",")[2][:-1]).digest()
        for line in gzip.decompress(part.read_bytes()).splitlines()
    ]
    (bundle / "tiles" / "0.bin").write_bytes(b"".join(hashes))
    mend(bundle)

    assert [kind for kind, _, _ in found(bundle)] == ["tile"]

    (bundle / "tiles" / "1.bin").write_bytes(merkle.root_of_hashes(hashes[:256]))
    mend(bundle)

    assert [kind for kind, _, _ in found(bundle)] == ["root"]


def test_a_log_signed_again_by_a_stranger_is_found_by_the_key_that_was_given(bundle):
    stranger = Signer("meridian/log", b"s" * 32)
    text = (bundle / "checkpoint").read_text().split("\n\n")[0] + "\n"
    (bundle / "checkpoint").write_text(stranger.sign(text))
    (bundle / "checkpoints.jsonl").write_text("")
    manifest = json.loads((bundle / "manifest.json").read_text())
    manifest["keys"] = [str(stranger.verifier)]
    (bundle / "manifest.json").write_text(json.dumps(manifest))
    mend(bundle)

    assert found(bundle) == []  # a bundle cannot vouch for itself
    (finding,) = verifier.verify(bundle, keys=known_keys())
    assert "not signed by a key of this log: The note is signed by meridian/log, with no key that is known here." in (
        finding.sentence()
    )


def test_a_log_rewritten_by_the_owner_of_the_key_is_found_by_an_anchor(bundle, anchors, tmp_path):
    tamper("UPDATE audit_event SET actor_id = 99 WHERE pk = '8'")
    note = tmp_path / "from the mail.txt"
    note.write_text(Checkpoint.objects.get(size=40).note)
    rebuild_tree()
    seal_all(at=timezone.now())
    again = exported(tmp_path / "again")

    assert found(again) == []
    assert [(kind, place) for kind, place, _ in found(again, anchors=[note])] == [("anchor", 40)]
    findings = verifier.verify(again, anchors=[anchors])
    assert [(finding.kind, finding.index) for finding in findings] == [("anchor", 40), ("rewritten", 7)]
    assert "it was rewritten after that, after place 0." in findings[0].sentence()


def test_a_log_that_is_shorter_than_an_anchor_is_named(bundle, tmp_path):
    write(3)
    seal_all(at=timezone.now())
    later = tmp_path / "later.txt"
    later.write_text(Checkpoint.objects.newest_first().first().note)

    (finding,) = verifier.verify(bundle, anchors=[later])
    assert (finding.kind, finding.index, finding.last) == ("shorter", 303, 299)


@pytest.mark.parametrize("content", ["", "{}", "[]", "null", '{"format":"other/1"}', "\x00"])
def test_a_bundle_that_is_none_is_told_in_a_sentence(tmp_path, content):
    (tmp_path / "manifest.json").write_text(content)

    (finding,) = verifier.verify(tmp_path)
    assert finding.kind == "unreadable"


def test_a_folder_without_anything_is_told_in_a_sentence(tmp_path):
    assert verifier.verify(tmp_path / "nothing")[0].kind == "unreadable"


def test_days_narrow_the_bundle_and_it_still_holds(tmp_path, anchors):
    write(3)
    tamper("UPDATE audit_event SET at = at - interval '3 days'")
    with transaction.atomic():
        write_many(600)
    seal_all(at=timezone.now())
    anchor(at=timezone.now())
    write(2)
    seal_all(at=timezone.now())
    today, before = timezone.now().date(), (timezone.now() - timedelta(days=3)).date()

    old, new = exported(tmp_path / "old", end=before), exported(tmp_path / "new", begin=today)

    assert [(m["first"], m["last"], m["size"]) for m in map(manifest_of, (old, new))] == [(0, 2, 605), (3, 604, 605)]
    for folder in (old, new):
        assert found(folder, anchors=[anchors], keys=known_keys()) == []
    with pytest.raises(ValidationError, match="No sealed event lies between these days"):
        export(folder=tmp_path / "none", at=timezone.now(), end=before - timedelta(days=9))


def manifest_of(folder):
    return json.loads((folder / "manifest.json").read_text())


def test_a_folder_that_holds_something_is_refused_and_an_export_is_an_event(bundle):
    with pytest.raises(ValidationError, match="is not empty"):
        export(folder=bundle, at=timezone.now())

    assert Event.objects.filter(kind="export", action="audit.log.exported").count() == 1


def test_the_commands_as_an_auditor_uses_them_on_a_machine_without_the_project(bundle, anchors, tmp_path, capsys):
    call_command("audit_export", str(tmp_path / "handed over"))
    elsewhere = tmp_path / "elsewhere"
    shutil.copytree(tmp_path / "handed over", elsewhere)
    bare = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "DJANGO"))}
    command = [
        sys.executable,
        "-S",
        "-m",
        "audit.verifier",
        "..",
        "--anchor",
        str(anchors),
        "--key",
        str(known_keys()[0]),
    ]

    good = subprocess.run(command, cwd=elsewhere / "verifier", env=bare, capture_output=True, text=True)
    rewrite(elsewhere, changed)
    bad = subprocess.run(command, cwd=elsewhere / "verifier", env=bare, capture_output=True, text=True)

    assert (good.returncode, good.stderr) == (0, "")
    assert good.stdout == "Everything holds: 299 events, places 0 to 298 of a log of 299.\n"
    assert bad.returncode == 1
    assert "at place 239 is not what was sealed" in bad.stdout


def test_the_verifier_imports_neither_django_nor_the_settings():
    code = "import sys, audit.verifier; print([m for m in sys.modules if m.split('.')[0] in ('django', 'config', 'psycopg')])"
    done = subprocess.run([sys.executable, "-c", code], cwd=django_settings.ROOT, capture_output=True, text=True)

    assert done.stdout == "[]\n"


def test_a_finding_says_where_it_knows_no_event():
    assert Finding("missing", index=3).sentence() == "The event at place 3 is gone (event ?): it was there at ?."
