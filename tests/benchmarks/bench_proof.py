"""How fast logs are hashed, signed and verified."""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from statistics import median

from app.proof.bundle import BundleContents, bundle_chunks
from app.proof.merkle import CompactRange, Tree, leaf_hash, verify_inclusion
from app.proof.note import Checkpoint, origin_of, sign_checkpoint
from app.proof.signatures import ConsoleKey, ServerKey
from app.proof.verify import verify_bundle
from tests.benchmarks.figure import Figure
from tests.proof.made_log import LOG, SITE, make_body, make_record

RECORDS = 100_000
SIGNED = 5_000
ROUNDS = 5


def measure() -> Iterable[Figure]:
    """Appending, signing, proving, and verifying a bundle of 100,000 records whole."""
    console = ConsoleKey.generate()
    bodies = [make_body(console, number) for number in range(1, RECORDS + 1)]
    yield signing(console, bodies)
    signatures = [console.sign_body(body) for body in bodies]
    records = [
        make_record(position, body, signature)
        for position, (body, signature) in enumerate(zip(bodies, signatures, strict=True), 1)
    ]
    mean = sum(map(len, records)) / RECORDS
    yield appending(records, f"compact range, records of {mean:.0f} bytes")
    yield proving(records)
    yield verifying(console, records)


def signing(console: ConsoleKey, bodies: list[bytes]) -> Figure:
    """Event bodies signed by a console."""
    seconds = seconds_for(lambda: [console.sign_body(body) for body in bodies[:SIGNED]])
    return Figure(name="proof.sign_per_s", value=SIGNED / seconds, unit="1/s", n=SIGNED * ROUNDS)


def appending(records: list[bytes], note: str) -> Figure:
    """Records hashed into a tree, as the recorder and every console do."""
    seconds = seconds_for(lambda: CompactRange().extend(records))
    return Figure(
        name="proof.tree_appends_per_s",
        value=RECORDS / seconds,
        unit="1/s",
        n=RECORDS * ROUNDS,
        note=note,
    )


def proving(records: list[bytes]) -> Figure:
    """One inclusion proof made and verified, out of all records."""
    tree = Tree(map(leaf_hash, records))
    root, indices = tree.root(), range(0, RECORDS, RECORDS // 1_000)

    def prove() -> None:
        for index in indices:
            leaf, proof = tree.leaf(index), tree.inclusion_proof(index)
            if not verify_inclusion(leaf=leaf, index=index, size=RECORDS, root=root, proof=proof):
                raise RuntimeError("a proof of our own does not hold")

    milliseconds = seconds_for(prove) / len(indices) * 1_000
    return Figure(
        name="proof.inclusion_100k_ms", value=milliseconds, unit="ms", n=len(indices) * ROUNDS
    )


def verifying(console: ConsoleKey, records: list[bytes]) -> Figure:
    """The bundle verified as an outsider does: nothing is sampled, every signature is checked."""
    server = ServerKey.generate()
    root = Tree(map(leaf_hash, records)).root()
    head = Checkpoint(origin=origin_of(SITE, LOG), size=RECORDS, root=root)
    contents = BundleContents(
        records=records,
        checkpoint=sign_checkpoint(head, server),
        server_key=server.public_key,
        console_keys=[console.public_key],
    )
    with tempfile.TemporaryDirectory(prefix="watchfloor-bench-") as folder:
        path = Path(folder, "log.watchfloor")
        with path.open("wb") as file:
            file.writelines(bundle_chunks(contents))
        start = time.perf_counter()
        verdict = verify_bundle(path)
        seconds = time.perf_counter() - start
    if not verdict.ok or verdict.counted.signatures != RECORDS:
        raise RuntimeError(verdict.sentence)
    return Figure(
        name="proof.verify_100k_s",
        value=seconds,
        unit="s",
        note=f"all {RECORDS} signatures verified, none sampled, on one core",
    )


def seconds_for(work: Callable[[], object]) -> float:
    """The median duration of some work."""
    durations = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        work()
        durations.append(time.perf_counter() - start)
    return median(durations)


if __name__ == "__main__":
    for figure in measure():
        sys.stdout.write(f"{figure.name} {figure.value:,.3f} {figure.unit} {figure.note}\n")
