"""The export of a simulated log: a verifier takes it, and takes it in no other form."""

from __future__ import annotations

import io
from random import Random
from typing import TYPE_CHECKING

from app.proof.bundle import BundleContents, bundle_chunks
from app.proof.examination import BundleExamination, HeldEvidence
from app.proof.merkle import CompactRange
from app.proof.note import Checkpoint, origin_of, sign_checkpoint
from app.proof.problem import ProofRefused
from app.proof.signatures import ServerKey
from tests.simulation.violation import require

if TYPE_CHECKING:
    from tests.simulation.world import World

EXPORTED_EVERY = 10
"""One world in so many is exported: every signature in it is verified twice."""


def export_verifies(world: World) -> None:
    """I-EXPORT: the verifier accepts the untouched bundle and refuses one with a byte changed."""
    lines = world.site.store.lines.get(world.site.log, [])
    if world.seed % EXPORTED_EVERY or not lines:
        return
    bundle = bundle_of(world, lines)
    require(_verdict(bundle), "export_verifies", "the untouched bundle is refused")
    changed = bytearray(bundle)
    changed[Random(world.seed).randrange(len(bundle))] ^= 1
    require(not _verdict(bytes(changed)), "export_verifies", "a changed bundle is accepted")


def bundle_of(world: World, lines: list[bytes]) -> bytes:
    """The bundle of these records, signed as the server would."""
    key = ServerKey.from_private_bytes(Random(f"{world.seed}/site").randbytes(32))
    tree = CompactRange()
    tree.extend(lines)
    checkpoint = Checkpoint(
        origin=origin_of("simulated.example", world.site.log), size=tree.size, root=tree.root
    )
    contents = BundleContents(
        records=lines,
        checkpoint=sign_checkpoint(checkpoint, key),
        server_key=key.public_key,
        console_keys=[console.key.public_key for console in world.consoles],
    )
    return b"".join(bundle_chunks(contents))


def _verdict(bundle: bytes) -> bool:
    file = io.BytesIO(bundle)
    try:
        return BundleExamination(file, len(bundle), HeldEvidence()).verdict().ok
    except ProofRefused:
        return False
