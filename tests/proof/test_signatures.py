"""Keys and signatures of event bodies."""

from __future__ import annotations

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.proof.encoding import from_base64, from_base64url, to_base64, to_base64url
from app.proof.signatures import (
    ConsoleKey,
    ServerKey,
    SigningKey,
    VerifyingKey,
    console_id,
)

BODY = b'{"v":1,"kind":"note.added@1"}'


def test_a_key_signs_as_the_standard_says():
    # RFC 8032 section 7.1, test 2
    key = SigningKey.from_private_bytes(
        bytes.fromhex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb")
    )

    assert key.public_key.hex() == (
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"
    )
    assert key.sign(b"\x72").hex() == (
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
        "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
    )


def test_a_body_verifies_with_the_key_that_signed_it():
    key = ConsoleKey.generate()

    sig = key.sign_body(BODY)

    assert len(sig) == 86
    assert VerifyingKey(key.public_key).verifies_body(BODY, sig)


def test_a_body_does_not_verify_with_another_key_or_another_byte():
    key, other = ConsoleKey.generate(), ConsoleKey.generate()
    sig = key.sign_body(BODY)

    right = VerifyingKey(key.public_key)

    assert not VerifyingKey(other.public_key).verifies_body(BODY, sig)
    assert not right.verifies_body(BODY + b" ", sig)
    assert not right.verifies_body(BODY, to_base64url(key.sign(BODY)))


def test_a_key_of_another_length_is_none():
    with pytest.raises(ValueError, match="32 bytes, not 5"):
        VerifyingKey(b"short")


@given(st.text(max_size=100))
def test_a_signature_that_is_no_signature_only_fails_to_verify(sig):
    assert not VerifyingKey(ConsoleKey.generate().public_key).verifies_body(BODY, sig)


def test_a_console_is_named_by_its_public_key():
    key = ConsoleKey.generate()

    assert key.console_id == console_id(key.public_key)
    assert from_base64url(key.console_id) == sha256(key.public_key).digest()[:16]
    assert len(key.console_id) == 22


def test_a_key_survives_storage():
    key = ServerKey.generate()

    restored = ServerKey.from_private_bytes(key.private_bytes())

    assert restored.public_key == key.public_key
    assert VerifyingKey(key.public_key).verifies(restored.sign(b"x"), b"x")


def test_keys_of_the_wrong_length_are_refused():
    with pytest.raises(ValueError, match="32 bytes"):
        ConsoleKey.from_private_bytes(b"short")
    with pytest.raises(ValueError, match="32 bytes"):
        VerifyingKey(b"short")


def test_a_key_does_not_show_its_secret():
    key = ConsoleKey.generate()

    assert key.private_bytes().hex() not in repr(key)
    assert key.console_id in repr(key)


@given(st.binary(max_size=70))
def test_base64_comes_back_and_has_one_spelling(data):
    assert from_base64(to_base64(data)) == data
    assert from_base64url(to_base64url(data)) == data


@pytest.mark.parametrize("text", ["AB==", "AA", "AA==\n", "A A=", "é", "A"])
def test_other_spellings_of_base64_are_refused(text):
    with pytest.raises(ValueError, match="Base64"):
        from_base64(text)


@pytest.mark.parametrize("text", ["AB", "AA==", "A/", "A", "é", "AA\n"])
def test_other_spellings_of_base64url_are_refused(text):
    with pytest.raises(ValueError, match="base64url"):
        from_base64url(text)
