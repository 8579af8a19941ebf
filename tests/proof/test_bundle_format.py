"""Bundle format 1: its bytes stay as they are, and the guide in it is right."""

from __future__ import annotations

import base64
import json
import re
import zipfile
from hashlib import sha256

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from app.proof.bundle import bundle_chunks
from app.proof.guide import GUIDE_TEXT
from tests.proof.made_log import make_log

FORMAT_1 = "6610fdc49b45bdac82df6bea763575ea22fd9f906c82411dc0c15f43177d1d3c"
GUIDE_1 = "64c316dde5232702dbf90b5748336f9d4ec6b0116be834fcc29a42edf7bfec6e"


def test_the_same_contents_give_the_same_bytes():
    one = b"".join(bundle_chunks(make_log().contents(hidden=[2])))
    other = b"".join(bundle_chunks(make_log().contents(hidden=[2])))

    assert one == other


def test_the_bytes_of_format_1_never_change():
    # Bundles are kept for years: what changes these hashes is format 2, beside format 1.
    written = b"".join(bundle_chunks(make_log().contents(hidden=[2])))

    assert sha256(written).hexdigest() == FORMAT_1
    assert sha256(GUIDE_TEXT.encode()).hexdigest() == GUIDE_1


@pytest.fixture
def unpacked(made, bundle) -> dict[str, bytes]:
    """What an outsider has after unpacking, with any unzip."""
    with zipfile.ZipFile(bundle(made.contents(hidden=[4]))) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


def root_by_hand(level: list[bytes]) -> str:
    """Steps 3 and 4 of the guide."""
    while len(level) > 1:
        level = [
            sha256(b"\1" + b"".join(level[at : at + 2])).digest()
            if at + 1 < len(level)
            else level[at]
            for at in range(0, len(level), 2)
        ]
    return base64.b64encode(level[0]).decode()


def leaf_by_hand(line: bytes) -> bytes:
    """Steps 1 and 2 of the guide."""
    if withheld := re.search(rb'"withheld":"(.*)"', line):
        return base64.urlsafe_b64decode(withheld[1] + b"=")
    return sha256(b"\0" + line).digest()


def test_the_guide_leads_from_the_records_to_every_signed_root(unpacked):
    server = Ed25519PublicKey.from_public_bytes(
        base64.b64decode(json.loads(unpacked["keys.json"])["server"])
    )
    leaves = [leaf_by_hand(line) for line in unpacked["records.ndjson"].splitlines()]
    listed = [base64.b64decode(line) for line in unpacked["leaves.txt"].splitlines()]
    notes = [name for name in unpacked if name.startswith("checkpoint")]

    assert leaves == listed
    assert len(notes) == 3
    for name in notes:
        text, signature_line = unpacked[name].split(b"\n\n")
        _, size, root = text.decode().split("\n")
        assert root_by_hand(leaves[: int(size)]) == root
        stamp = base64.b64decode(signature_line.split(b" ")[-1])
        server.verify(stamp[4:], text + b"\n")


def test_the_guide_leads_from_each_record_to_its_author(unpacked):
    keys = {}
    for text in json.loads(unpacked["keys.json"])["consoles"]:
        key = base64.b64decode(text)
        console = base64.urlsafe_b64encode(sha256(key).digest()[:16]).rstrip(b"=").decode()
        keys[console] = Ed25519PublicKey.from_public_bytes(key)
    verified = 0

    for line in unpacked["records.ndjson"].splitlines():
        if b'"withheld":' in line[:48]:
            continue
        record = json.loads(line)
        body = line[line.index(b'"body":') + 7 : line.rindex(b',"sig":')]
        signature = base64.urlsafe_b64decode(record["sig"] + "==")
        keys[record["body"]["console"]].verify(signature, b"watchfloor-event-v1\n" + body)
        verified += 1

    assert verified == 29


def test_each_attachment_has_the_name_the_guide_says(unpacked):
    blobs = {name: data for name, data in unpacked.items() if name.startswith("blobs/")}

    assert len(blobs) == 1
    for name, data in blobs.items():
        assert name == f"blobs/{sha256(data).hexdigest()}"
        assert sha256(data).hexdigest().encode() in unpacked["records.ndjson"]
