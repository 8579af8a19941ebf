"""One record that convinces by itself."""

from __future__ import annotations

import json
import random
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.proof.note import sign_checkpoint
from app.proof.problem import ProofRefused
from app.proof.proof_pack import MAX_PACK_BYTES, make_proof_pack, verify_proof_pack
from app.proof.signatures import ConsoleKey, ServerKey
from app.proof.verify import verify_file
from tests.proof.made_log import make_body, make_record


def parts_for(made, position: int) -> dict[str, object]:
    """What a pack for the record at `position` is made of."""
    return {
        "record": made.records[position - 1],
        "proof": made.tree.inclusion_proof(position - 1),
        "checkpoint": made.note_at(),
        "server_key": made.server.public_key,
        "console_key": made.consoles[position % 2].public_key,
    }


@pytest.mark.parametrize("position", [1, 9, 30])
def test_a_pack_convinces_without_the_rest_of_the_log(made, position):
    pack = make_proof_pack(**parts_for(made, position))

    verdict = verify_proof_pack(pack, server_key=made.server.public_key)

    assert verdict.ok, verdict.sentence
    assert verdict.checks[1].detail.startswith(f"position {position} of 30")
    assert verdict.consoles == ((made.consoles[position % 2].console_id, 1),)
    assert pack.count(b"\n") == 1


def test_every_changed_byte_of_a_pack_is_refused(made):
    pack = make_proof_pack(**parts_for(made, 12))
    chance = random.Random(7)

    for at in range(len(pack)):
        changed = bytearray(pack)
        changed[at] ^= chance.randrange(1, 256)
        verdict = verify_proof_pack(bytes(changed))
        assert not verdict.ok
        assert verdict.where
        assert verdict.reason


def test_a_pack_of_another_site_is_caught_by_the_true_key(made):
    forged = replace(made, server=ServerKey.generate())
    pack = make_proof_pack(**parts_for(forged, 12))

    assert verify_proof_pack(pack).ok
    verdict = verify_proof_pack(pack, server_key=made.server.public_key)
    assert verdict.reason == "the site's key is not the one you gave"


def test_a_pack_that_would_not_verify_is_not_made(made):
    honest = parts_for(made, 12)
    stranger = ConsoleKey.generate()
    body = make_body(made.consoles[0], 12)
    organisation = replace(made.checkpoint_at(), origin="acme.example/organisation")
    for changed, said in (
        ({"record": made.records[3]}, "does not lead from the record"),
        ({"record": make_record(12, body, stranger.sign_body(body))}, "does not lead from"),
        ({"proof": []}, "does not lead from the record"),
        ({"checkpoint": made.note_at(29)}, "does not lead from the record"),
        ({"checkpoint": sign_checkpoint(organisation, made.server)}, "for another log"),
        ({"server_key": bytes(32)}, "no signature by a known key"),
        ({"console_key": stranger.public_key}, "not that of its console"),
        ({"console_key": b"short"}, "has 5 bytes"),
    ):
        with pytest.raises(ProofRefused, match=said):
            make_proof_pack(**honest | changed)


@given(st.binary(max_size=200))
def test_hostile_bytes_are_refused(data):
    assert not verify_proof_pack(data).ok


def test_a_pack_has_a_greatest_length():
    assert "longer than" in verify_proof_pack(b"{" * (MAX_PACK_BYTES + 1)).reason
    assert "nests too deep" in verify_proof_pack(b'{"a":' * 20_000).reason


def test_a_pack_in_another_spelling_is_refused(made):
    document = json.loads(make_proof_pack(**parts_for(made, 12)))

    spaced = verify_proof_pack(json.dumps(document).encode())
    grown = verify_proof_pack(json.dumps(document | {"more": 1}).encode())

    assert "one exact spelling" in spaced.reason
    assert "must have the fields" in grown.reason


def test_a_file_is_taken_for_what_it_is(made, tmp_path):
    path = tmp_path / "one.proof.json"
    path.write_bytes(make_proof_pack(**parts_for(made, 12)))

    assert verify_file(path).ok
