"""What anyone may check: checkpoints, proofs, and the whole log as a bundle."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Annotated

from litestar import Response, get
from litestar.params import FromPath, QueryParameter

from app.log.checkpoints import StoredCheckpoint
from app.log.credentials import Principal
from app.proof.bundle import MEDIA_TYPE, SUFFIX, BundleContents, SitePublication, bundle_chunks
from app.proof.encoding import to_base64
from app.proof.note import SITE_LOG, open_checkpoint
from app.proof.record import blobs_mentioned
from app.proof.withheld import WithheldRecord, withhold
from app.protocol.bodies import ConsistencyProof, InclusionProof
from app.protocol.problems import ProblemCode, refused
from app.server.api.content import Call, answer, require_log_name
from app.server.site import Site, site_of

MAX_ATTACHED_BYTES = 256 * 1024 * 1024
"""So much of attachments is put in a bundle; it is made in memory."""

NOTE_TYPE = "text/plain; charset=utf-8"


@get("/v1/logs/{log:str}/checkpoint", media_type=NOTE_TYPE)
async def tell_checkpoint(request: Call, log: FromPath[str]) -> Response[bytes]:
    """The newest signed checkpoint of a log (C2SP note); of the site log when `log` is `site`."""
    site = site_of(request)
    await site.notary.sign()
    if log == SITE_LOG:
        note = await asyncio.to_thread(site.notary.checkpoints.newest_site)
        if note is None:
            raise refused(ProblemCode.UNKNOWN_LOG, "nothing was published yet")
        return Response(note, media_type=NOTE_TYPE)
    return Response((await _newest(site, log)).note, media_type=NOTE_TYPE)


@get("/v1/logs/{log:str}/proof")
async def prove_inclusion(
    request: Call,
    log: FromPath[str],
    position: Annotated[int, QueryParameter(ge=1)],
    size: Annotated[int, QueryParameter(ge=1)],
) -> Response[bytes]:
    """Why the record at a position is in the log of that size (`InclusionProof`).

    In the site log, positions count the published checkpoints from 1.
    """
    site = site_of(request)
    if log == SITE_LOG:
        _require_size(size, site.notary.site_log.size)
        _require_size(position, size)
        hashes = site.notary.site_log.inclusion_proof(position - 1, size)
    else:
        tree = await asyncio.to_thread(site.trees.tree, require_log_name(log))
        _require_size(size, tree.size)
        _require_size(position, size)
        hashes = tree.inclusion_proof(position - 1, size)
    proof = InclusionProof(
        log=log, position=position, size=size, hashes=[to_base64(each) for each in hashes]
    )
    return answer(proof)


@get("/v1/logs/{log:str}/consistency")
async def prove_consistency(
    request: Call,
    log: FromPath[str],
    old: Annotated[int, QueryParameter(name="from", ge=0)],
    new: Annotated[int, QueryParameter(name="to", ge=0)],
) -> Response[bytes]:
    """Why the log of size `from` is the beginning of the log of size `to` (`ConsistencyProof`)."""
    site = site_of(request)
    if log == SITE_LOG:
        _require_size(new, site.notary.site_log.size)
        _require_size(old, new)
        hashes = site.notary.site_log.consistency_proof(old, new)
    else:
        tree = await asyncio.to_thread(site.trees.tree, require_log_name(log))
        _require_size(new, tree.size)
        _require_size(old, new)
        hashes = tree.consistency_proof(old, new)
    proof = ConsistencyProof(
        log=log, old=old, new=new, hashes=[to_base64(each) for each in hashes]
    )
    return answer(proof)


@get("/v1/logs/{log:str}/export", media_type=MEDIA_TYPE)
async def export_log(request: Call, log: FromPath[str]) -> Response[bytes]:
    """The whole log as a bundle that can be verified without this server.

    What its reader may not read is in it as leaf hashes; its proof holds all the same.
    """
    site = site_of(request)
    require_log_name(log)
    await site.notary.sign()
    newest = await _newest(site, log)
    content = await asyncio.to_thread(_bundle, site, newest, request.user)
    name = log.replace(":", "-") + SUFFIX
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type=MEDIA_TYPE, headers=headers)


async def _newest(site: Site, log: str) -> StoredCheckpoint:
    require_log_name(log)
    newest = await asyncio.to_thread(site.notary.checkpoints.newest, log)
    if newest is None:
        raise refused(ProblemCode.UNKNOWN_LOG, f"there is no checkpoint of {log!r}")
    return newest


def _bundle(site: Site, newest: StoredCheckpoint, reader: Principal) -> bytes:
    server_key = site.keys.site.public_key
    records = _shown_to(reader, site, newest.log, _records(site, newest))
    contents = BundleContents(
        records=records,
        blobs=_attachments(site, records),
        checkpoint=newest.note,
        server_key=server_key,
        console_keys=site.registry.public_keys(),
        earlier_checkpoints=[each.note for each in site.notary.checkpoints.of_log(newest.log)[1:]],
        site=_publication(site, newest, server_key),
    )
    return b"".join(bundle_chunks(contents))


def _records(site: Site, newest: StoredCheckpoint) -> list[bytes]:
    records: list[bytes] = []
    while len(records) < newest.size:
        page = site.log.page(
            newest.log,
            len(records),
            limit=min(5_000, newest.size - len(records)),
            max_bytes=64 * 1024 * 1024,
        )
        records += page.lines
    return records


def _shown_to(
    reader: Principal, site: Site, log: str, records: Sequence[bytes]
) -> list[bytes | WithheldRecord]:
    levels = site.discretion.levels(log, len(records))
    hidden = site.discretion.withheld(site.discretion.sealed(records, levels), reader)
    return withhold(records, {index + 1 for index in hidden})


def _attachments(site: Site, records: Sequence[bytes | WithheldRecord]) -> list[bytes]:
    """What the records that are shown refer to, as much of it as fits."""
    names = {
        name for record in records if isinstance(record, bytes) for name in blobs_mentioned(record)
    }
    return site.blobs.of(names, max_bytes=MAX_ATTACHED_BYTES) if names else []


def _publication(
    site: Site, newest: StoredCheckpoint, server_key: bytes
) -> SitePublication | None:
    note = site.notary.checkpoints.newest_site()
    if note is None:
        return None
    size = open_checkpoint(note, public_keys=[server_key]).size
    if newest.site_index >= size:
        return None
    proof = site.notary.site_log.inclusion_proof(newest.site_index, size)
    return SitePublication(checkpoint=note, index=newest.site_index, proof=proof)


def _require_size(asked: int, there: int) -> None:
    if asked > there:
        raise refused(
            ProblemCode.CURSOR_AHEAD, f"there are {there}, you asked about {asked}", head=there
        )
