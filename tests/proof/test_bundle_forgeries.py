"""What a forger may try who can write a perfect zip and hash everything again."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.proof import layout
from app.proof.bundle import bundle_chunks
from app.proof.encoding import to_base64
from app.proof.note import sign_checkpoint
from app.proof.signatures import ConsoleKey, ServerKey
from app.proof.verify import verify_bundle
from tests.proof.forging import leaves_of, lines, packed
from tests.proof.made_log import make_body, make_record


def test_packing_again_gives_the_same_bytes(made, bundle, files):
    assert packed(files) == bundle(made.contents()).read_bytes()


def test_an_edited_record_is_named(files, refusal):
    edited = files[layout.RECORDS].replace(b"Entry 12:", b"Entry 13:", 1)

    said = refusal(files | {layout.RECORDS: edited})

    assert said.startswith("record at position 12: these are not the bytes that were recorded")


def test_an_edited_record_with_its_leaf_hash_renewed_is_caught_by_its_author(files, refusal):
    edited = files[layout.RECORDS].replace(b"Entry 12:", b"Entry 13:", 1)

    said = refusal(files | {layout.RECORDS: edited, layout.LEAVES: leaves_of(edited)})

    assert said.startswith("record at position 12: the signature of its author")


def test_an_edited_stamp_with_its_leaf_hash_renewed_is_caught_between_checkpoints(files, refusal):
    edited = files[layout.RECORDS].replace(b'"skew_ms":-12', b'"skew_ms":-13')
    edited = b"".join([*lines(files)[:9], edited.splitlines(keepends=True)[9], *lines(files)[10:]])

    said = refusal(files | {layout.RECORDS: edited, layout.LEAVES: leaves_of(edited)})

    assert said.startswith("records at positions 6 to 17: they do not give the root")


@pytest.mark.parametrize("renewed", [True, False])
def test_two_records_that_changed_places_are_caught(files, refusal, renewed):
    swapped = lines(files)
    swapped[20], swapped[21] = swapped[21], swapped[20]
    records = b"".join(swapped)
    leaves = leaves_of(records) if renewed else files[layout.LEAVES]

    said = refusal(files | {layout.RECORDS: records, layout.LEAVES: leaves})

    assert said.startswith("record at position 21: ")


@pytest.mark.parametrize("renewed", [True, False])
def test_a_removed_record_is_caught(files, refusal, renewed):
    records = b"".join(line for at, line in enumerate(lines(files), start=1) if at != 12)
    leaves = leaves_of(records) if renewed else files[layout.LEAVES]

    said = refusal(files | {layout.RECORDS: records, layout.LEAVES: leaves})

    assert said.startswith("record at position 12: ")


@pytest.mark.parametrize("renewed", [True, False])
def test_newest_records_left_out_are_missing(files, refusal, renewed):
    records = b"".join(lines(files)[:26])
    leaves = leaves_of(records) if renewed else files[layout.LEAVES]

    said = refusal(files | {layout.RECORDS: records, layout.LEAVES: leaves})

    assert said == "records at positions 27 to 30: are missing"


def test_a_record_too_many_is_caught(made, files, refusal):
    body = make_body(made.consoles[0], 31)
    more = make_record(31, body, made.consoles[0].sign_body(body)) + b"\n"

    said = refusal(files | {layout.RECORDS: files[layout.RECORDS] + more})

    assert said == "record at position 31: is more than the checkpoint covers"


def test_changed_leaf_hashes_do_not_discredit_the_records(files, refusal):
    leaves = files[layout.LEAVES].splitlines(keepends=True)
    leaves[7] = to_base64(bytes(32)).encode() + b"\n"

    said = refusal(files | {layout.LEAVES: b"".join(leaves)})

    assert said.startswith("leaves.txt, line 8: is not the leaf hash of the record")


def test_leaf_hashes_left_out_are_missed(files, refusal):
    leaves = b"".join(files[layout.LEAVES].splitlines(keepends=True)[:-2])

    assert refusal(files | {layout.LEAVES: leaves}).startswith("leaves.txt, line 29: ")


def test_an_older_checkpoint_hides_newer_records_only_from_who_holds_no_later_one(made, bundle):
    older = replace(
        made.contents(), records=made.records[:20], checkpoint=made.note_at(20), site=None
    )
    path = bundle(older)

    assert verify_bundle(path).ok
    for later in (21, 25, 30):
        verdict = verify_bundle(path, later_checkpoint=made.note_at(later))
        assert not verdict.ok
        positions = "record" if later == 21 else "records"
        assert verdict.where.startswith(positions)
        assert f"covers {later}, the bundle ends at 20" in verdict.reason
    for held in (0, 1, 12, 20):
        assert verify_bundle(path, later_checkpoint=made.note_at(held)).ok


def test_a_log_hashed_and_signed_again_by_the_server_is_caught_by_an_earlier_checkpoint(
    made, bundle
):
    records = list(made.records)
    records[9] = records[9].replace(b'"skew_ms":-12', b'"skew_ms":-99')
    forged = made.with_records(records)
    path = bundle(forged.contents())

    assert verify_bundle(path).ok  # nothing inside the bundle can tell
    assert verify_bundle(path, later_checkpoint=made.note_at(9)).ok
    for held in (10, 17, 29):
        verdict = verify_bundle(path, later_checkpoint=made.note_at(held))
        assert not verdict.ok
        assert "they do not give the root in the checkpoint you hold" in verdict.reason
    verdict = verify_bundle(path, later_checkpoint=made.note_at(30))
    assert verdict.reason == "is not the checkpoint you hold"


def test_a_bundle_made_up_with_another_site_key_is_caught_by_the_true_key(made, bundle):
    forged = replace(made, server=ServerKey.generate())
    path = bundle(forged.contents())

    by_key = verify_bundle(path, server_key=made.server.public_key)
    by_checkpoint = verify_bundle(path, later_checkpoint=made.note_at(3))

    assert by_key.reason == "the site's key is not the one you gave"
    assert by_checkpoint.where == "the checkpoint you hold"
    assert "no signature by a known key" in by_checkpoint.reason
    assert verify_bundle(path).server_key == forged.server.public_key  # shown, to be compared


def test_the_true_key_and_a_held_checkpoint_confirm_an_honest_bundle(made, bundle):
    verdict = verify_bundle(
        bundle(made.contents()),
        later_checkpoint=made.note_at(),
        server_key=made.server.public_key,
    )

    assert verdict.ok, verdict.sentence
    assert verdict.root == made.tree.root()
    assert dict(verdict.consoles) == {each.console_id: 15 for each in made.consoles}


def test_a_checkpoint_of_another_log_helps_nobody(made, bundle):
    other = replace(made.checkpoint_at(40 - 10), origin="acme.example/organisation")
    held = sign_checkpoint(other, made.server)

    verdict = verify_bundle(bundle(made.contents()), later_checkpoint=held)

    assert "is of acme.example/organisation" in verdict.reason


def forged_entry(made, position: int, record: bytes):
    """The log with one record put in place of another, hashed and signed again by the server."""
    records = list(made.records)
    records[position - 1] = record
    forged = made.with_records(records)
    contents = forged.contents()
    return b"".join(bundle_chunks(contents))


def test_the_server_cannot_write_in_the_name_of_a_console(made, tmp_path):
    path = tmp_path / "forged.watchfloor"
    victim, forger = made.consoles[0], ConsoleKey.generate()
    body = make_body(victim, 12, data={"text": "I never said this"})
    path.write_bytes(forged_entry(made, 12, make_record(12, body, forger.sign_body(body))))

    verdict = verify_bundle(path)

    assert verdict.where == "record at position 12"
    assert verdict.reason == "the signature of its author does not match it"


def test_the_server_cannot_move_an_entry_here_from_another_log(made, tmp_path):
    path = tmp_path / "forged.watchfloor"
    body = make_body(made.consoles[0], 12, log="incident:another")
    record = make_record(12, body, made.consoles[0].sign_body(body))
    path.write_bytes(forged_entry(made, 12, record))

    assert verify_bundle(path).reason == "was written for another log, 'incident:another'"


def test_the_server_cannot_record_an_entry_twice(made, tmp_path):
    path = tmp_path / "forged.watchfloor"
    body = make_body(made.consoles[1], 5)
    record = make_record(12, body, made.consoles[1].sign_body(body))
    path.write_bytes(forged_entry(made, 12, record))

    verdict = verify_bundle(path)

    assert verdict.where == "record at position 12"
    assert verdict.reason.startswith("repeats the event")


def test_server_time_that_goes_back_is_refused(made, tmp_path):
    path = tmp_path / "forged.watchfloor"
    body = make_body(made.consoles[0], 12)
    record = make_record(12, body, made.consoles[0].sign_body(body), received_at=1)
    path.write_bytes(forged_entry(made, 12, record))

    assert verify_bundle(path).reason == "was received before the record in front of it"


def test_a_record_that_states_another_position_is_refused(made, tmp_path):
    path = tmp_path / "forged.watchfloor"
    body = make_body(made.consoles[0], 12)
    record = make_record(99, body, made.consoles[0].sign_body(body))
    path.write_bytes(forged_entry(made, 12, record))

    assert verify_bundle(path).reason == "says it is at position 99"
