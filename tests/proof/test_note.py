"""Signed notes and checkpoints, against published vectors and hostile texts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.proof.encoding import from_base64, to_base64
from app.proof.merkle import EMPTY_ROOT
from app.proof.note import (
    MAX_NOTE_BYTES,
    MAX_NOTE_SIGNATURES,
    Checkpoint,
    key_id,
    open_checkpoint,
    origin_of,
    parse_checkpoint,
    parse_note,
    sign_checkpoint,
    sign_note,
    verify_note,
)
from app.proof.problem import ProofRefused
from app.proof.signatures import ServerKey

# The reference vector of golang.org/x/mod/sumdb/note.
PETER = "PeterNeumann"
PETER_KEY = from_base64("ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW")[1:]  # after its algorithm
PETER_SECRET = "AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
PETER_TEXT = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
)
PETER_NOTE = (
    PETER_TEXT + "\n— PeterNeumann "
    "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
).encode()

ORIGIN = "acme.example/incident:0192f0c1-2a3b-7c4d-8e5f-60718293a4b5"
CHECKPOINT = Checkpoint(origin=ORIGIN, size=0, root=EMPTY_ROOT)


@pytest.fixture(scope="module")
def key():
    return ServerKey.generate()


def test_the_published_note_verifies():
    note = verify_note(PETER_NOTE, name=PETER, public_keys=[PETER_KEY])

    assert note.text == PETER_TEXT
    assert key_id(PETER, PETER_KEY).hex() == "c74f20a3"


def test_signing_gives_the_published_bytes():
    key = ServerKey.from_private_bytes(from_base64(PETER_SECRET)[1:])

    assert sign_note(PETER_TEXT, name="PeterNeumann", key=key) == PETER_NOTE


def test_the_published_checkpoint_is_read():
    note = parse_note(
        "example.com/behind-the-sofa\n20852163\n"
        "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n"
        "— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/"
        "Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n".encode()
    )

    checkpoint = parse_checkpoint(note.text)

    assert checkpoint.origin == "example.com/behind-the-sofa"
    assert checkpoint.size == 20852163
    assert checkpoint.text == note.text
    assert note.signatures[0].key_id.hex() == "033de0ae"


def test_a_checkpoint_comes_back_as_it_was_signed(key):
    data = sign_checkpoint(CHECKPOINT, key)

    assert open_checkpoint(data, public_keys=[key.public_key], origin=ORIGIN) == CHECKPOINT


def test_a_checkpoint_of_another_log_is_refused(key):
    data = sign_checkpoint(CHECKPOINT, key)

    with pytest.raises(ProofRefused, match=r"not of acme\.example/organisation"):
        open_checkpoint(data, public_keys=[key.public_key], origin="acme.example/organisation")


def test_a_checkpoint_by_a_stranger_is_refused(key):
    data = sign_checkpoint(CHECKPOINT, ServerKey.generate())

    with pytest.raises(ProofRefused, match="no signature by a known key"):
        open_checkpoint(data, public_keys=[key.public_key])


def test_a_stranger_may_sign_beside_the_site(key):
    stranger = sign_note(CHECKPOINT.text, name="witness.example", key=ServerKey.generate())
    data = sign_checkpoint(CHECKPOINT, key) + stranger.split(b"\n\n")[1]

    assert open_checkpoint(data, public_keys=[key.public_key]) == CHECKPOINT


def test_one_false_signature_of_a_known_key_refuses_the_note(key):
    data = sign_checkpoint(CHECKPOINT, key)
    stamp = key_id(ORIGIN, key.public_key) + bytes(64)
    data += f"— {ORIGIN} {to_base64(stamp)}\n".encode()

    with pytest.raises(ProofRefused, match="does not match the text"):
        open_checkpoint(data, public_keys=[key.public_key])


def test_every_changed_byte_of_a_checkpoint_is_refused(key):
    data = sign_checkpoint(CHECKPOINT, key)

    for at in range(len(data)):
        for change in (0x01, 0x04, 0x20, 0x80):
            changed = bytearray(data)
            changed[at] ^= change
            with pytest.raises(ProofRefused):
                open_checkpoint(bytes(changed), public_keys=[key.public_key])


def test_every_shortened_checkpoint_is_refused(key):
    data = sign_checkpoint(CHECKPOINT, key)

    for length in range(len(data)):
        with pytest.raises(ProofRefused):
            open_checkpoint(data[:length], public_keys=[key.public_key])


@given(st.binary(max_size=300))
def test_hostile_bytes_are_refused_and_nothing_else_happens(data):
    with pytest.raises(ProofRefused):
        parse_note(data)


@given(st.text(max_size=120))
def test_hostile_texts_are_refused_or_read_exactly(text):
    try:
        checkpoint = parse_checkpoint(text)
    except ProofRefused:
        return
    assert checkpoint.text == text


def test_notes_have_a_greatest_length_and_number_of_signatures(key):
    long = sign_note("x" * MAX_NOTE_BYTES + "\n", name="a", key=key)
    line = sign_note("x\n", name="a", key=key).split(b"\n\n")[1]

    with pytest.raises(ProofRefused, match="longer than"):
        parse_note(long)
    assert len(parse_note(b"x\n\n" + line * MAX_NOTE_SIGNATURES).signatures) >= 16
    with pytest.raises(ProofRefused, match="signatures"):
        parse_note(b"x\n\n" + line * (MAX_NOTE_SIGNATURES + 1))


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("a b\n0\n" + to_base64(EMPTY_ROOT) + "\n", "line 1"),
        ("a\n01\n" + to_base64(EMPTY_ROOT) + "\n", "line 2"),
        ("a\n-1\n" + to_base64(EMPTY_ROOT) + "\n", "line 2"),
        ("a\n9007199254740992\n" + to_base64(EMPTY_ROOT) + "\n", "line 2"),
        ("a\n٣\n" + to_base64(EMPTY_ROOT) + "\n", "line 2"),
        ("a\n0\nAAAA\n", "line 3"),
        ("a\n0\n!\n", "line 3"),
        ("a\n0\n", "checkpoint"),
        ("a\n0\n" + to_base64(EMPTY_ROOT), "checkpoint"),
    ],
)
def test_a_malformed_checkpoint_is_refused_at_its_line(text, where):
    with pytest.raises(ProofRefused) as refused:
        parse_checkpoint(text)

    assert where in refused.value.where


def test_extension_lines_are_kept():
    text = CHECKPOINT.text + "something else\n"

    assert parse_checkpoint(text).extensions == ("something else",)
    assert parse_checkpoint(text).text == text


def test_an_origin_has_no_blanks_and_no_plus():
    assert origin_of("acme.example", "organisation") == "acme.example/organisation"
    for site, log in (("a b", "c"), ("a+b", "c"), ("", "c"), ("a", ""), ("a\n", "c")):
        with pytest.raises(ValueError, match="cannot name a log"):
            origin_of(site, log)


def test_a_text_that_is_not_lines_is_not_signed(key):
    for text in ("no newline", "control\x07\n"):
        with pytest.raises(ValueError, match="lines of text"):
            sign_note(text, name="a", key=key)
