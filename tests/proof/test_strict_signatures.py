"""The strict check refuses what is not beyond doubt, and accepts nothing that others refuse."""

from __future__ import annotations

from hashlib import sha512

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.proof.signatures import SigningKey, VerifyingKey
from app.proof.strict_signatures import StrictVerifyingKey

ORDER = 2**252 + 27742317777372353535851937790883648493
FIELD = 2**255 - 19
SEED = bytes(range(32))
MESSAGE = b"watchfloor-event-v1\n{}"

SMALL_ORDER = [
    "0100000000000000000000000000000000000000000000000000000000000000",  # order 1
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",  # order 2
    "0000000000000000000000000000000000000000000000000000000000000000",  # order 4
    "0000000000000000000000000000000000000000000000000000000000000080",  # order 4
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",  # order 8
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",  # order 8
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",  # order 8
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",  # order 8
    "0100000000000000000000000000000000000000000000000000000000000080",  # order 1, x = -0
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",  # order 2, x = -0
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",  # order 4, y = p
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",  # order 4, y = p
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",  # order 1, y = p + 1
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",  # order 1, y = p + 1
]
"""Every encoding of a point of small order, canonical or not ("Taming the many EdDSAs", 2020)."""

KEY = SigningKey.from_private_bytes(SEED)


def secret_scalar() -> int:
    """The number whose multiple of the base point is KEY's public key (RFC 8032 section 5.1.5)."""
    digest = bytearray(sha512(SEED).digest()[:32])
    digest[0] &= 248
    digest[31] = digest[31] & 127 | 64
    return int.from_bytes(digest, "little")


def is_accepted(public_key: bytes, signature: bytes, message: bytes) -> bool:
    """The strict answer; the lenient one may not be stricter."""
    strict = StrictVerifyingKey(public_key).verifies(signature, message)
    lenient = VerifyingKey(public_key).verifies(signature, message)
    assert lenient or not strict
    return strict


@given(seed=st.binary(min_size=32, max_size=32), message=st.binary(max_size=300))
def test_what_a_key_signed_is_accepted_by_both(seed: bytes, message: bytes):
    key = SigningKey.from_private_bytes(seed)
    signature = key.sign(message)

    assert is_accepted(key.public_key, signature, message)
    assert VerifyingKey(key.public_key).verifies(signature, message)


@given(message=st.binary(min_size=1, max_size=100), bit=st.integers(0, 511))
def test_a_signature_with_one_bit_changed_is_refused_by_both(message: bytes, bit: int):
    changed = bytearray(KEY.sign(message))
    changed[bit // 8] ^= 1 << bit % 8

    assert not is_accepted(KEY.public_key, bytes(changed), message)
    assert not VerifyingKey(KEY.public_key).verifies(bytes(changed), message)


@given(
    signature=st.binary(min_size=64, max_size=64), public_key=st.binary(min_size=32, max_size=32)
)
def test_noise_is_refused(signature: bytes, public_key: bytes):
    assert not is_accepted(public_key, signature, MESSAGE)


@pytest.mark.parametrize("length", [0, 63, 65, 128])
def test_a_signature_of_another_length_is_refused(length: int):
    assert not is_accepted(KEY.public_key, (KEY.sign(MESSAGE) * 2)[:length], MESSAGE)


@pytest.mark.parametrize("encoded", SMALL_ORDER)
def test_a_key_of_small_order_signs_nothing(encoded: str):
    public_key = bytes.fromhex(encoded)
    nonce, scalar = KEY.public_key, secret_scalar() % ORDER
    signature = nonce + scalar.to_bytes(32, "little")  # [S]B = R, whatever a key of order 1 adds

    for message in (MESSAGE, b"anything else", b""):
        assert not is_accepted(public_key, signature, message)


def test_a_key_of_order_one_would_fit_every_message_elsewhere():
    public_key = bytes.fromhex(SMALL_ORDER[0])
    signature = KEY.public_key + (secret_scalar() % ORDER).to_bytes(32, "little")

    assert VerifyingKey(public_key).verifies(signature, MESSAGE)
    assert not StrictVerifyingKey(public_key).verifies(signature, MESSAGE)


@pytest.mark.parametrize("encoded", SMALL_ORDER)
def test_a_nonce_of_small_order_is_refused(encoded: str):
    nonce = bytes.fromhex(encoded)
    hashed = int.from_bytes(sha512(nonce + KEY.public_key + MESSAGE).digest(), "little")
    scalar = hashed * secret_scalar() % ORDER  # [S]B = [h]A: the nonce adds nothing
    signature = nonce + scalar.to_bytes(32, "little")

    assert not is_accepted(KEY.public_key, signature, MESSAGE)


@pytest.mark.parametrize("times", [1, 2, 7])
def test_a_scalar_that_is_not_reduced_is_refused_by_both(times: int):
    signature = KEY.sign(MESSAGE)
    scalar = int.from_bytes(signature[32:], "little") + times * ORDER
    malleable = signature[:32] + scalar.to_bytes(32, "little")

    assert not is_accepted(KEY.public_key, malleable, MESSAGE)
    assert not VerifyingKey(KEY.public_key).verifies(malleable, MESSAGE)


@pytest.mark.parametrize("y", range(19))
def test_a_nonce_or_key_that_is_not_reduced_is_refused(y: int):
    unreduced = (FIELD + y).to_bytes(32, "little")
    signature = KEY.sign(MESSAGE)

    assert not is_accepted(KEY.public_key, unreduced + signature[32:], MESSAGE)
    assert not is_accepted(unreduced, signature, MESSAGE)
