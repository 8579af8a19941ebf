"""What a forger may try who can write a perfect zip and hash everything again."""

from __future__ import annotations

import re
import zlib
from dataclasses import replace
from pathlib import Path

import pytest

from app.proof import layout
from app.proof.bundle import bundle_chunks
from app.proof.container import Entry, chunks_of, directory, walk
from app.proof.encoding import to_base64
from app.proof.merkle import Tree, leaf_hash
from app.proof.note import sign_checkpoint
from app.proof.problem import ProofRefused
from app.proof.signatures import ConsoleKey, ServerKey
from app.proof.strict_json import write_document
from app.proof.verify import verify_bundle
from app.proof.withheld import WithheldRecord
from tests.proof.made_log import LOG, make_body, make_record

Files = dict[str, bytes]


def unpacked(path: Path) -> Files:
    """The entries of a bundle, to be changed."""
    with path.open("rb") as file:
        found = walk(
            file,
            path.stat().st_size,
            max_entries=100,
            size_limit=layout.size_limit,
            order=layout.place_in_order,
        )
        return {name: b"".join(chunks_of(file, located)) for name, located in found.items()}


def packed(files: Files) -> bytes:
    """A perfect zip of whatever the forger likes."""
    entries = [
        Entry(name=name, size=len(data), crc=zlib.crc32(data)) for name, data in files.items()
    ]
    parts = [
        entry.local_header + data for entry, data in zip(entries, files.values(), strict=True)
    ]
    return b"".join(parts) + directory(entries)


def leaves_of(lines: bytes) -> bytes:
    """`leaves.txt` for changed records."""
    return b"".join(
        to_base64(leaf_hash(line)).encode() + b"\n" for line in lines.split(b"\n")[:-1]
    )


@pytest.fixture
def files(made, bundle) -> Files:
    """The entries of an honest bundle."""
    return unpacked(bundle(made.contents()))


@pytest.fixture
def refusal(tmp_path):
    """Packs files, verifies them, and gives the refusal."""

    def verify(files: Files, **held: bytes) -> str:
        path = tmp_path / "forged.watchfloor"
        path.write_bytes(packed(files))
        verdict = verify_bundle(path, **held)
        assert not verdict.ok
        return f"{verdict.where}: {verdict.reason}"

    return verify


def lines(files: Files) -> list[bytes]:
    """The record lines, newlines included."""
    return files[layout.RECORDS].splitlines(keepends=True)


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


def test_withheld_records_keep_the_tree_whole(made, bundle):
    hidden = [1, 3, 4, 30]
    path = bundle(made.contents(hidden=hidden))

    verdict = verify_bundle(path, later_checkpoint=made.note_at())

    assert verdict.ok, verdict.sentence
    assert (verdict.counted.withheld, verdict.counted.signatures) == (4, 26)
    assert verdict.counted.attachments == 0  # the record that named it is withheld
    assert b"Entry 4:" not in path.read_bytes()


def test_a_log_may_be_withheld_whole(made, bundle):
    verdict = verify_bundle(bundle(made.contents(hidden=range(1, 31))))

    assert verdict.ok, verdict.sentence
    assert verdict.consoles == ()


def test_a_withheld_record_cannot_stand_for_something_else(made, files, refusal):
    forged = lines(files)
    forged[11] = WithheldRecord(position=12, leaf=bytes(32)).line + b"\n"

    said = refusal(files | {layout.RECORDS: b"".join(forged)})

    assert said.startswith("record at position 12: these are not the bytes")


def test_an_empty_log_can_be_exported(made, bundle):
    empty = made.with_records(())

    verdict = verify_bundle(bundle(empty.contents(earlier=())))

    assert verdict.ok, verdict.sentence
    assert verdict.size == 0


def test_an_attachment_that_no_record_names_is_refused(files, refusal):
    strange = layout.blob_name("ab" * 32)
    name = "2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae"

    assert "do not have the SHA-256" in refusal({**files, strange: b"x"})
    known = next(each for each in files if each.startswith(layout.BLOBS))
    reordered = {each: data for each, data in files.items() if each != known}
    said = refusal(reordered | {layout.blob_name(name): b"foo"})
    assert said.endswith("no record that is shown mentions it")


def test_keys_are_exactly_those_that_are_needed(made, files, refusal):
    server = to_base64(made.server.public_key)
    ours = sorted(to_base64(each.public_key) for each in made.consoles)
    stranger = to_base64(ConsoleKey.generate().public_key)

    def keys(consoles: list[str]) -> Files:
        document = {"v": 1, "server": server, "consoles": consoles}
        return files | {layout.KEYS: write_document(document)}

    assert "wrote nothing here" in refusal(keys(sorted([*ours, stranger])))
    assert "keys.json has no key of console" in refusal(keys(ours[:1]))
    assert "not in order" in refusal(keys(ours[::-1]))
    assert "not in order" in refusal(keys([*ours, ours[1]]))


@pytest.mark.parametrize(
    "document",
    [
        b"{}\n",
        b"[]\n",
        b'{"v":2,"server":"","consoles":[]}\n',
        b'{"v":1,"server":"","consoles":[]}\n',
        b'{"v":true,"server":"","consoles":[]}\n',
        b'{"v":1,"server":7,"consoles":[]}\n',
        b'{"v":1,"server":"","consoles":[1]}\n',
        b'{"v":1,"v":1,"server":"","consoles":[]}\n',
        b'{"v":1,"server":"\\ud800","consoles":[]}\n',
        b"[" * 60_000,
        b"\xff",
        b'{"v":' + b"9" * 5000 + b"}",
    ],
)
def test_hostile_keys_are_refused(files, refusal, document):
    assert refusal(files | {layout.KEYS: document}).startswith("keys.json")


def test_earlier_checkpoints_must_be_where_they_belong(made, files, refusal):
    def earlier(size: int, note: bytes) -> Files:
        name = layout.earlier_checkpoint_name(size)
        changed = files | {name: note}
        return dict(sorted(changed.items(), key=lambda item: layout.place_in_order(item[0])))

    assert "is one at 6 records" in refusal(earlier(7, made.note_at(6)))
    assert "is not earlier" in refusal(earlier(30, made.note_at(30)))


def test_the_site_log_must_hold_this_checkpoint(made, files, refusal):
    proof = write_document({"v": 1, "index": 0, "hashes": []})
    without_proof = {name: data for name, data in files.items() if name != layout.SITE_PROOF}
    without_site = {name: data for name, data in files.items() if name != layout.SITE_CHECKPOINT}

    assert "does not lead from" in refusal(files | {layout.SITE_PROOF: proof})
    assert refusal(without_proof) == "site-proof.json: is missing from the bundle"
    assert refusal(without_site) == "site-checkpoint.txt: is missing from the bundle"
    other = files | {layout.SITE_CHECKPOINT: files[layout.CHECKPOINT]}
    assert "not of acme.example/site" in refusal(other)


def test_a_bundle_without_the_site_log_says_so(made, bundle):
    verdict = verify_bundle(bundle(replace(made.contents(), site=None)))

    assert verdict.ok
    assert ("site log", "not part of this bundle") in [
        (check.name, check.detail) for check in verdict.checks
    ]


@pytest.mark.parametrize("name", layout.ALWAYS_THERE)
def test_what_must_be_there_is_missed(files, refusal, name):
    said = refusal({each: data for each, data in files.items() if each != name})

    assert said == f"{name}: is missing from the bundle"


def test_another_guide_is_refused(files, refusal):
    guide = files[layout.GUIDE].replace(b"SHA-256", b"SHA-1")

    assert refusal(files | {layout.GUIDE: guide}).startswith("VERIFY.md")


def test_a_bundle_that_would_not_verify_is_not_written(made):
    contents = made.contents()
    for broken, said in (
        (replace(contents, records=made.records[:-1]), "checkpoint.txt"),
        (replace(contents, console_keys=[]), "the key of console"),
        (replace(contents, records=[b"no record", *made.records[1:]]), "form of a record"),
        (replace(contents, server_key=bytes(32)), "no signature by a known key"),
        (replace(contents, earlier_checkpoints=[b"no note"]), "no signature lines"),
    ):
        with pytest.raises(ProofRefused, match=re.escape(said)):
            bundle_chunks(broken)


def test_an_exported_root_is_that_of_the_tree(made):
    assert made.checkpoint_at().root == Tree(map(leaf_hash, made.records)).root()
    assert made.checkpoint_at().origin.endswith(LOG)
