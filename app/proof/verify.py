"""Verifying a bundle or a proof pack: `python -m app.proof.verify FILE`.

Needs nothing but the standard library, `cryptography` and the files beside this one, so that
an outsider can run it, and read it, without the rest of the product.
"""

from __future__ import annotations

import argparse
import json
import os
import stat
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from app.proof.encoding import from_base64
from app.proof.examination import BundleExamination, HeldEvidence
from app.proof.problem import ProofRefused
from app.proof.proof_pack import MAX_PACK_BYTES, verify_proof_pack
from app.proof.signatures import PUBLIC_KEY_BYTES
from app.proof.verdict import Verdict, refused

HOLDS, REFUSED = 0, 1


def verify_bundle(
    path: Path, *, later_checkpoint: bytes | None = None, server_key: bytes | None = None
) -> Verdict:
    """Whether every byte of the bundle at `path` is as it must be; never raises for its contents.

    `later_checkpoint` is any signed checkpoint of the same log that somebody kept: a later one
    shows that the newest records are missing, an earlier one that what it covers was rewritten.
    `server_key` is the site's public key (32 bytes) known from elsewhere; without it the key in
    the bundle is taken and reported.
    """
    held = HeldEvidence(checkpoint=later_checkpoint, server_key=server_key)
    try:
        with _opened(path) as file:
            return BundleExamination(file, os.fstat(file.fileno()).st_size, held).verdict()
    except ProofRefused as problem:
        return refused(problem, checked="file")


def verify_file(
    path: Path, *, later_checkpoint: bytes | None = None, server_key: bytes | None = None
) -> Verdict:
    """`verify_bundle`, or `verify_proof_pack` where the file begins like one."""
    try:
        with _opened(path) as file:
            beginning = file.read(1)
            pack = beginning + file.read(MAX_PACK_BYTES) if beginning == b"{" else None
    except ProofRefused as problem:
        return refused(problem, checked="file")
    if pack is not None:
        return verify_proof_pack(pack, server_key=server_key)
    return verify_bundle(path, later_checkpoint=later_checkpoint, server_key=server_key)


def proof_pack_from(
    path: Path, position: int, *, server_key: bytes | None = None
) -> tuple[Verdict, bytes | None]:
    """What `verify_bundle` says, and the proof pack for the record at `position` if it holds.

    A position without a record that can be shown is a refusal.
    """
    try:
        with _opened(path) as file:
            held = HeldEvidence(server_key=server_key)
            examination = BundleExamination(file, os.fstat(file.fileno()).st_size, held)
            verdict = examination.verdict()
            return verdict, examination.pack_for(position) if verdict.ok else None
    except ProofRefused as problem:
        return refused(problem, checked="one record"), None


@contextmanager
def _opened(path: Path) -> Iterator[BinaryIO]:
    """The regular file at `path`; everything that keeps it from being read is a refusal."""
    try:
        if not stat.S_ISREG(path.stat().st_mode):  # before opening: a pipe would wait for ever
            raise ProofRefused("is not a file", where=str(path))
        with path.open("rb") as file:
            yield file
    except OSError as error:
        raise ProofRefused(error.strerror or "cannot be read", where=str(path)) from error


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; returns 0 only if all of the file holds, otherwise 1 (2: wrong usage)."""
    options = _parser().parse_args(arguments)
    if options.one is not None:
        return _print_one(options)
    try:
        held = None if options.checkpoint is None else options.checkpoint.read_bytes()
    except OSError as error:
        problem = ProofRefused(error.strerror or "cannot be read", where=str(options.checkpoint))
        verdict = refused(problem, checked="held checkpoint")
    else:
        verdict = verify_file(options.file, later_checkpoint=held, server_key=options.server_key)
    if options.json:
        answer = json.dumps(verdict.as_document(), indent=2)
    else:
        answer = "\n".join(report(verdict))
    sys.stdout.write(f"{answer}\n")
    return HOLDS if verdict.ok else REFUSED


def _print_one(options: argparse.Namespace) -> int:
    """Print the pack, so that it can be sent to a file; what was checked goes beside it."""
    verdict, pack = proof_pack_from(options.file, options.one, server_key=options.server_key)
    sys.stderr.write("\n".join(report(verdict)) + "\n")
    if pack is None:
        return REFUSED
    sys.stdout.write(pack.decode("utf-8"))
    return HOLDS


def report(verdict: Verdict) -> list[str]:
    """The verdict as lines for a person, the outcome last."""
    lines = [
        f"{'holds  ' if check.holds else 'REFUSED'}  {check.name}: {check.detail}"
        for check in verdict.checks
    ]
    lines += [f"         console {console}: {count}" for console, count in verdict.consoles]
    return [*lines, "", verdict.sentence]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="verify", description="Verify a .watchfloor bundle or a proof pack, offline."
    )
    parser.add_argument("file", type=Path)
    parser.add_argument("--json", action="store_true", help="answer as JSON")
    parser.add_argument(
        "--checkpoint", type=Path, help="a checkpoint of this log that somebody kept"
    )
    parser.add_argument(
        "--one",
        type=int,
        metavar="POSITION",
        help="print the proof pack for one record of a bundle that holds",
    )
    parser.add_argument(
        "--server-key",
        type=_public_key,
        help="the site's public key, Base64, known from elsewhere",
    )
    return parser


def _public_key(text: str) -> bytes:
    try:
        key = from_base64(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error
    if len(key) != PUBLIC_KEY_BYTES:
        raise argparse.ArgumentTypeError(f"a key has {PUBLIC_KEY_BYTES} bytes, not {len(key)}")
    return key


if __name__ == "__main__":
    sys.exit(main())
