"""Anchors: a folder, a real time-stamp server, a mailbox; what they hold, refuse and say when they fail."""

import secrets
import urllib.request
from pathlib import Path

import pytest
from cryptography import x509
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from audit.alarms import ALARMS
from audit.anchors import NotLeft, directory, timestamp
from audit.models import AnchorReceipt, Checkpoint
from audit.rules import der
from audit.rules.notes import read_verifier_key
from audit.rules.tiles import tile_path
from audit.rules.timestamps import _check_purpose, read_time_stamp, time_stamp_request
from audit.services.anchored import anchored_states
from audit.services.anchoring import anchor
from audit.services.keys import known_keys
from audit.services.sealing import seal_all
from audit.services.state import sealing_state
from audit.services.verification import verify
from tests.audit.tampering import openssl, rebuild_tree, tamper, time_stamp_server, write, write_many

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("intruder", "empty")]


@pytest.fixture(autouse=True)
def nowhere(settings):
    """No place is set up unless the test does."""
    settings.ANCHOR_DIRECTORY = settings.ANCHOR_TSA_URL = settings.ANCHOR_TSA_CA = ""
    settings.ANCHOR_EMAILS = []


@pytest.fixture
def heard():
    alarms = []
    ALARMS.append(alarms.append)
    yield alarms
    ALARMS.remove(alarms.append)


@pytest.fixture(scope="module")
def stamps(tmp_path_factory):
    folder = tmp_path_factory.mktemp("stamps")
    with time_stamp_server(folder) as (url, authority):
        yield url, authority, folder


def now():
    return timezone.now()


def sealed(count: int = 3) -> Checkpoint:
    write(count)
    seal_all(at=now())
    return Checkpoint.objects.newest_first().first()


# A folder -------------------------------------------------------------------------------------------------------------
def test_a_checkpoint_is_left_in_the_folder_once(settings, tmp_path):
    settings.ANCHOR_DIRECTORY = str(tmp_path)
    checkpoint = sealed()

    assert anchor(at=now()) == 1
    assert anchor(at=now()) == 0
    (file,) = (tmp_path / "checkpoints").iterdir()
    assert file.read_text() == checkpoint.note
    assert file.stat().st_mode & 0o777 == 0o444
    assert (tmp_path / tile_path(0, 0, 3)).stat().st_size == 96
    assert read_verifier_key((tmp_path / "keys.txt").read_text()) == known_keys()[0]
    (state,) = anchored_states()
    assert (state.size, state.root, state.problem) == (3, bytes(checkpoint.root), "")


def test_tiles_are_written_as_they_grow_and_read_back_widest_first(settings, tmp_path):
    settings.ANCHOR_DIRECTORY = str(tmp_path)
    sealed()
    anchor(at=now())
    write_many(600)
    seal_all(at=now())
    anchor(at=now())

    assert [(index, len(hashes) // 32) for index, hashes in directory.tiles(tmp_path)] == [(0, 256), (1, 256), (2, 91)]
    assert (tmp_path / tile_path(0, 0, 3)).exists()
    assert verify(kind="full", at=now(), now=now).found == 0


def test_a_folder_that_cannot_be_written_is_told_and_everything_else_goes_on(settings, tmp_path, heard):
    blocked = tmp_path / "a file"
    blocked.write_text("not a folder")
    settings.ANCHOR_DIRECTORY = str(blocked)
    settings.ANCHOR_EMAILS = ["auditor@example.com"]
    sealed()

    assert anchor(at=now()) == 1
    assert sealed().size == 6

    failed = AnchorReceipt.objects.get(kind="directory")
    assert not failed.ok
    assert failed.message == f"{blocked} cannot be written (Not a directory): mount it, or make room there."
    assert [alarm.title() for alarm in heard] == ["The log could not be anchored: Directory"]
    assert heard[0].body() == failed.message
    assert sealing_state(at=now()).parts[2].standing == "wrong"
    settings.ANCHOR_DIRECTORY = str(tmp_path / "mended")
    assert anchor(at=now()) == 2
    assert sealing_state(at=now()).parts[2].standing == "ok"


def test_a_forged_file_in_the_folder_is_named(settings, tmp_path):
    settings.ANCHOR_DIRECTORY = str(tmp_path)
    sealed()
    anchor(at=now())
    (file,) = (tmp_path / "checkpoints").iterdir()
    file.chmod(0o644)
    file.write_text(file.read_text().replace("\n3\n", "\n4\n"))

    (finding,) = verify(kind="full", at=now(), now=now).findings
    assert finding["kind"] == "receipt"
    assert "is not of this text: the note was changed or forged" in finding["sentence"]


# A time-stamp server ----------------------------------------------------------------------------------------------------
def test_a_time_stamp_is_taken_kept_and_checked_again(settings, stamps):
    settings.ANCHOR_TSA_URL, authority, _ = stamps
    settings.ANCHOR_TSA_CA = str(authority)
    checkpoint = sealed()

    assert anchor(at=now()) == 1

    receipt = AnchorReceipt.objects.get()
    stamp = read_time_stamp(bytes(receipt.receipt), checkpoint.note.encode(), roots=timestamp.roots_of(str(authority)))
    assert (stamp.signer, stamp.chained) == ("CN=Stamps", True)
    assert abs((stamp.at - now()).total_seconds()) < 60
    assert verify(kind="full", at=now(), now=now).found == 0


def test_a_time_stamp_does_not_hold_for_a_log_that_was_rewritten(settings, stamps):
    settings.ANCHOR_TSA_URL = stamps[0]
    sealed()
    anchor(at=now())
    tamper("UPDATE audit_event SET actor_id = 99 WHERE pk = '1'")
    kept = AnchorReceipt.objects.get()
    rebuild_tree()
    seal_all(at=now())
    columns = "size, kind, place, ok, receipt, message, at"
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO audit_anchor_receipt ({columns}) VALUES (%s, %s, %s, true, %s, '', %s)",
            [kept.checkpoint_id, kept.kind, kept.place, bytes(kept.receipt), kept.at],
        )

    (finding,) = verify(kind="full", at=now(), now=now).findings
    assert (
        finding["sentence"]
        == "The receipt for the checkpoint of 3 entries does not hold: The time-stamp is of another text."
    )


def answer_for(stamps, text: bytes, nonce: int = 5) -> bytes:
    with urllib.request.urlopen(urllib.request.Request(stamps[0], time_stamp_request(text, nonce))) as answer:
        return answer.read()


def test_what_openssl_says_of_our_question_and_its_answer_is_what_we_say(stamps, tmp_path):
    folder = stamps[2]
    (folder / "text").write_bytes(b"checkpoint")
    (folder / "reply.tsr").write_bytes(answer_for(stamps, b"checkpoint", secrets.randbits(63)))

    openssl(folder, "ts", "-verify", "-data", "text", "-in", "reply.tsr", "-CAfile", "ca.pem")

    assert read_time_stamp((folder / "reply.tsr").read_bytes(), b"checkpoint").chained is False


def test_a_time_stamp_of_another_text_or_question_is_refused(stamps):
    answer = answer_for(stamps, b"text", nonce=5)

    assert read_time_stamp(answer, b"text", nonce=5).nonce == 5
    with pytest.raises(ValueError, match="of another text"):
        read_time_stamp(answer, b"other", nonce=5)
    with pytest.raises(ValueError, match="its nonce differs"):
        read_time_stamp(answer, b"text", nonce=6)


def test_every_byte_that_matters_is_checked(stamps):
    """Turn a bit in every seventh byte of the answer: whatever still reads, reads the same. (A third of the answer is the
    authority's certificate, which is taken from the settings and not from there.)"""
    answer = answer_for(stamps, b"text")
    roots = timestamp.roots_of(str(stamps[1]))
    true = read_time_stamp(answer, b"text", nonce=5, roots=roots)
    refused = 0
    for place in range(0, len(answer), 7):
        forged = answer[:place] + bytes([answer[place] ^ 1]) + answer[place + 1 :]
        try:
            stamp = read_time_stamp(forged, b"text", nonce=5, roots=roots)
        except ValueError:
            refused += 1
        else:
            assert (stamp.at, stamp.imprint, stamp.serial) == (true.at, true.imprint, true.serial)
    assert refused > len(answer) / 7 * 0.6


@pytest.mark.parametrize("cut", [0, 1, 5, 50, 500])
def test_an_answer_that_is_cut_off_is_refused(stamps, cut):
    with pytest.raises(ValueError, match=r"\.$"):
        read_time_stamp(answer_for(stamps, b"text")[:cut], b"text")


@pytest.mark.parametrize(
    "answer", [b"", b"<html>", b"\x30\x80", b"\x30\x03\x02\x01\x00", b"\x30\x05\x30\x03\x02\x01\x02"]
)
def test_an_answer_that_is_none_is_refused(answer):
    with pytest.raises(ValueError, match=r"\.$"):
        read_time_stamp(answer, b"text")


def test_a_time_stamp_of_a_stranger_is_refused_where_an_authority_is_given(stamps, tmp_path):
    other = tmp_path / "other"
    other.mkdir()
    openssl(other, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "ca.key", "-out", "ca.pem", "-subj", "/CN=Authority",
            "-addext", "basicConstraints=critical,CA:TRUE")  # fmt: skip

    with pytest.raises(ValueError, match="does not come from the authority that is configured"):
        read_time_stamp(answer_for(stamps, b"text"), b"text", roots=timestamp.roots_of(str(other / "ca.pem")))


def test_a_certificate_that_is_not_for_time_stamps_is_refused(stamps):
    folder: Path = stamps[2]
    openssl(folder, "req", "-newkey", "rsa:2048", "-nodes", "-keyout", "web.key", "-out", "web.csr", "-subj", "/CN=Web")
    openssl(folder, "x509", "-req", "-in", "web.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-out", "web.pem",
            "-days", "30", "-extfile", "ts.cnf", "-extensions", "other")  # fmt: skip
    web = x509.load_pem_x509_certificate((folder / "web.pem").read_bytes())
    with pytest.raises(ValueError, match="not for time-stamps"):
        _check_purpose({}, web)


def test_a_server_that_is_away_is_told(settings, heard):
    settings.ANCHOR_TSA_URL = "http://127.0.0.1:9/"
    sealed()

    assert anchor(at=now()) == 0
    assert AnchorReceipt.objects.get().message.startswith("The time-stamp server does not answer (")
    with pytest.raises(CommandError, match="does not answer"):
        call_command("audit_anchor")


def test_a_server_that_answers_nonsense_is_told(settings, tmp_path, stamps):
    nonsense = time_stamp_server(stamps[2], answer=lambda reply: reply[:-3] + b"xyz")
    with nonsense as (url, _), pytest.raises(NotLeft, match="answer was refused"):
        timestamp.leave(url, "note")


# A mailbox --------------------------------------------------------------------------------------------------------------
def test_the_auditor_gets_the_checkpoint_by_e_mail(settings):
    settings.ANCHOR_EMAILS = ["auditor@example.com"]
    checkpoint = sealed()

    anchor(at=now())

    (message,) = mail.outbox
    assert message.subject == "Checkpoint of the log: 3 entries"
    assert checkpoint.note in message.body
    assert str(known_keys()[0]) in message.body
    assert message.attachments[0][:2] == ("checkpoint.txt", checkpoint.note.encode())


def test_nothing_sealed_is_nothing_to_anchor(settings, tmp_path):
    settings.ANCHOR_DIRECTORY = str(tmp_path)

    assert anchor(at=now()) == 0


def test_without_a_place_the_state_says_so():
    sealed()

    part = sealing_state(at=now()).parts[2]
    assert (part.standing, part.sentence[:21]) == ("late", "No anchor is set up: ")


def test_der_is_written_as_it_is_read():
    for number in (0, 1, 127, 128, 255, 256, 2**63 - 1, 2**64):
        assert der.read(der.write_integer(number)).integer() == number
    for oid in ("2.16.840.1.101.3.4.2.1", "1.2.840.113549.1.9.16.1.4", "2.5.4.3"):
        assert der.read(der.write_oid(oid)).oid() == oid
    assert len(der.read(der.write(der.OCTETS, b"x" * 300)).content) == 300
