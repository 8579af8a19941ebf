"""What a bundle must hold, may hold, and must not hold."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from app.proof import layout
from app.proof.bundle import bundle_chunks
from app.proof.encoding import to_base64
from app.proof.merkle import Tree, leaf_hash
from app.proof.problem import ProofRefused
from app.proof.signatures import ConsoleKey
from app.proof.strict_json import write_document
from app.proof.verify import verify_bundle
from app.proof.withheld import WithheldRecord
from tests.proof.forging import Files, lines
from tests.proof.made_log import LOG


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
