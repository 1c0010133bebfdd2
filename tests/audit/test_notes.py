"""The published examples of C2SP signed-note and tlog-checkpoint, of Go's note package and of RFC 8032; and refusals."""

from base64 import b64decode, b64encode

import pytest

from audit.rules import notes
from audit.rules.checkpoints import Checkpoint, opened_checkpoint, read_checkpoint
from audit.rules.ed25519 import is_signed
from audit.rules.notes import Signer, opened, read_signer, read_verifier_key, split

# golang.org/x/mod/sumdb/note, the example of its documentation
KEY = read_verifier_key("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW")
PRIVATE = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
SIGNATURE = (
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)
NOTE = f"{TEXT}\n{SIGNATURE}"
# c2sp.org/signed-note and c2sp.org/tlog-checkpoint
SALVATORE = (
    "Ognuno sta solo sul cuor della terra\ntrafitto da un raggio di sole:\n\ned è subito sera.\n\n"
    "— quasimodo.example/salvatore "
    "NnugSzTjtVAewIS+Z/iJhUPeFDkO/5QQ2i5ddnGITLlC+EhfLW9oJKONrMouFSQU0xMcXxj99ihAQwaqP3ZekRwNtIc=\n"
)
SOFA = (
    "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n"
    "— example.com/behind-the-sofa "
    "Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n"
)


def test_the_published_note_opens_and_is_signed_the_same_again():
    assert opened(NOTE, [KEY]) == (TEXT, [KEY])
    assert read_signer(PRIVATE).sign(TEXT) == NOTE
    assert read_signer(PRIVATE).private_text() == PRIVATE


def test_it_opens_without_cryptography_too(monkeypatch):
    monkeypatch.setattr(notes, "Ed25519PublicKey", None)

    assert opened(NOTE, [KEY]) == (TEXT, [KEY])
    with pytest.raises(ValueError, match="changed or forged"):
        opened(NOTE.replace("answer", "anwser"), [KEY])


def test_a_text_with_an_empty_line_in_it_ends_at_the_last_one():
    text, ((name, key_id, signature),) = split(SALVATORE)

    assert text.endswith("sole:\n\ned è subito sera.\n")
    assert (name, key_id.hex(), len(signature)) == ("quasimodo.example/salvatore", "367ba04b", 64)


def test_the_published_checkpoint_is_read():
    text, ((name, _id, _signature),) = split(SOFA)
    checkpoint = read_checkpoint(text)

    assert (checkpoint.origin, checkpoint.size) == ("example.com/behind-the-sofa", 20852163) == (name, 20852163)
    assert b64encode(checkpoint.root).decode() == "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I="
    assert checkpoint.text() == text


@pytest.mark.parametrize(
    "note",
    [
        TEXT,
        f"{TEXT}{SIGNATURE}",
        f"{TEXT}\n{SIGNATURE}"[:-1],
        f"{TEXT}\n",
        f"{TEXT}\n- PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBt\n",
        f"{TEXT}\n— Peter+Neumann x08go/ZJkuBS9UG/SffcvIAQxVBt\n",
        f"{TEXT}\n— PeterNeumann x08go\n",
        f"{TEXT}\n— PeterNeumann x08g\n",
        f"{TEXT}\n—  x08go/ZJkuBS9UG/SffcvIAQxVBt\n",
        f"{TEXT}\t\n\n{SIGNATURE}",
        f"{TEXT}\r\n\n{SIGNATURE}",
        NOTE.encode()[:20] + b"\xff" + NOTE.encode()[20:],
        "\ud800" + NOTE,
        NOTE + "x" * 1_000_000,
    ],
)
def test_a_malformed_note_is_refused(note):
    with pytest.raises(ValueError, match=r"\.$"):
        opened(note, [KEY])


def test_a_note_of_strangers_is_refused_and_one_of_a_stranger_and_ours_opens():
    stranger = Signer("stranger", b"s" * 32)
    line = stranger.sign(TEXT).split("\n\n")[1]

    with pytest.raises(ValueError, match="signed by stranger, with no key that is known"):
        opened(f"{TEXT}\n{line}", [KEY])
    assert opened(f"{TEXT}\n{line}{SIGNATURE}", [KEY]) == (TEXT, [KEY])


def test_a_forged_signature_of_a_known_key_spoils_the_whole_note():
    other = Signer("other", b"o" * 32)
    forged = SIGNATURE.replace("ZJkuBS9U", "ZJkuBS9V")

    with pytest.raises(ValueError, match="The signature of PeterNeumann is not of this text"):
        opened(other.sign(TEXT) + forged, [KEY, other.verifier])


def test_a_key_of_the_same_name_with_another_id_is_a_stranger():
    with pytest.raises(ValueError, match="no key that is known"):
        opened(Signer("PeterNeumann", b"p" * 32).sign(TEXT), [KEY])


@pytest.mark.parametrize(
    "text",
    [
        "PeterNeumann+c74f20a4+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "PeterNeumann+c74f20a3+AhpcMQ==",
        "Peter Neumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "PeterNeumann+c74f20a3+AhpcMQcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "PeterNeumann",
        "",
    ],
)
def test_a_key_that_is_none_is_refused(text):
    with pytest.raises(ValueError, match=r"\.$"):
        read_verifier_key(text)


def test_a_broken_signing_key_is_refused_without_being_repeated():
    with pytest.raises(ValueError, match="copied incompletely") as refusal:
        read_signer(PRIVATE.replace("AYEKFALV", "AYEKFALW"))

    assert "EKFALW" not in str(refusal.value)
    assert "EKFALV" not in repr(read_signer(PRIVATE))


ROOT = "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I="


@pytest.mark.parametrize(
    "text",
    [
        f"log\n1\n{ROOT}",
        f"log\n01\n{ROOT}\n",
        f"log\n-1\n{ROOT}\n",
        f"log\n１\n{ROOT}\n",
        f"log\n1 \n{ROOT}\n",
        f"\n1\n{ROOT}\n",
        f"log\n1\n{ROOT[:-4]}\n",
        f"log\n1\n{ROOT}\n\n",
        "log\n1\n",
        f"log\n1\n{ROOT[:-2]}J=\n",
        f"log\n{'9' * 20}\n{ROOT}\n",
    ],
)
def test_a_checkpoint_that_is_none_is_refused(text):
    with pytest.raises(ValueError, match=r"\.$"):
        read_checkpoint(text)


def test_a_checkpoint_of_another_log_is_refused():
    signer = Signer("log", b"l" * 32)
    note = signer.sign(Checkpoint("log", 1, b"r" * 32, ("extension",)).text())

    assert opened_checkpoint(note, [signer.verifier], origin="log").extensions == ("extension",)
    with pytest.raises(ValueError, match="of another log: log, not ours"):
        opened_checkpoint(note, [signer.verifier], origin="ours")


# RFC 8032, section 7.1: key, message, signature of tests 1 to 3
RFC_8032 = [
    (
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    ),
    (
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ),
    (
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
    ),
]


@pytest.mark.parametrize(("key", "message", "signature"), RFC_8032)
def test_the_vectors_of_rfc_8032_hold_without_a_library(key, message, signature):
    public, text, signed = (bytes.fromhex(part) for part in (key, message, signature))

    assert is_signed(public, text, signed)
    assert not is_signed(public, text + b"x", signed)
    assert not is_signed(public, text, signed[:-1] + bytes([signed[-1] ^ 1]))
    assert not is_signed(
        public, text, signed[:32] + (int.from_bytes(signed[32:], "little") + 2**252).to_bytes(32, "little")
    )
    assert not is_signed(public[:-1], text, signed)
    assert not is_signed(b"\xff" * 32, text, signed)


def test_base64_of_the_examples_is_what_it_says():
    assert len(b64decode(ROOT)) == 32
