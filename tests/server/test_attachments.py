"""Attachments are kept under their SHA-256, harmless to whoever reads them, and proved."""

from __future__ import annotations

import asyncio
import gzip
from hashlib import sha256
from pathlib import Path

import pytest

from app.incident.kinds.work import Attachment, NoteWritten
from app.log.problems import StorageFull
from app.proof.layout import MAX_BLOB_BYTES
from app.proof.verify import verify_bundle
from app.protocol.problems import ProblemCode
from app.server.settings import Settings
from app.sync.api_client import ApiClient
from tests.log.writing import LOG, Writer
from tests.server.running import RunningServer, problem_in, running_server

pytestmark = pytest.mark.anyio
CONTENT = b"<script>alert(1)</script>"
NAME = sha256(CONTENT).hexdigest()


def mentioning(writer: Writer, content: bytes, labels: tuple[str, ...] = ()) -> NoteWritten:
    """A note with a file."""
    name = sha256(content).hexdigest()
    file = Attachment(sha256=name, name="page.html", size=len(content))
    return NoteWritten(text="see the page", attachments=(file,), labels=labels)


async def test_what_is_put_is_read_again_and_exported_with_its_proof(
    on_each_database: Settings, tmp_path: Path
):
    maria = Writer()
    async with running_server(on_each_database) as server:
        await server.register(maria)
        first = await server.owner.put(f"/v1/blobs/{NAME}", content=CONTENT)
        again = await server.owner.put(f"/v1/blobs/{NAME}", content=CONTENT)
        await server.owner.put(f"/v1/blobs/{sha256(b'x').hexdigest()}", content=b"x")
        await server.push(maria.write(mentioning(maria, CONTENT)))

        read = await server.owner.get(f"/v1/blobs/{NAME}")
        bundle = (await server.owner.get(f"/v1/logs/{LOG}/export")).content

    assert (first.status_code, again.status_code) == (201, 200)
    assert read.content == CONTENT
    file = tmp_path / "log.watchfloor"
    file.write_bytes(bundle)
    verdict = verify_bundle(file)
    assert verdict.ok
    assert verdict.counted.attachments == 1  # what nothing refers to is not in it


async def test_an_attachment_of_a_withheld_note_is_not_exported(
    server: RunningServer, maria: Writer
):
    await server.owner.put(f"/v1/blobs/{NAME}", content=CONTENT)
    await server.push(maria.write(mentioning(maria, CONTENT, ("restricted",))))
    async with server.client(await server.token_for("person:omar")) as omar:
        bundle = (await omar.get(f"/v1/logs/{LOG}/export")).content
        page = (await omar.get(f"/v1/logs/{LOG}/events")).content

    assert CONTENT not in bundle
    assert NAME.encode() not in page


@pytest.mark.parametrize("kind", ["text/html", "image/svg+xml", "application/javascript", ""])
async def test_nothing_that_is_read_can_run(server: RunningServer, kind: str):
    await server.owner.put(f"/v1/blobs/{NAME}", content=CONTENT, headers={"Content-Type": kind})

    answer = await server.owner.get(f"/v1/blobs/{NAME}", headers={"Accept": kind or "*/*"})

    assert answer.headers["content-type"].startswith("application/octet-stream")
    assert answer.headers["content-disposition"] == "attachment"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in answer.headers["content-security-policy"]


async def test_content_under_another_name_is_refused(server: RunningServer):
    answer = await server.owner.put(f"/v1/blobs/{NAME}", content=CONTENT + b" ")

    assert answer.status_code == 400
    assert problem_in(answer).field == "sha256"
    assert (await server.owner.get(f"/v1/blobs/{NAME}")).status_code == 404


@pytest.mark.parametrize("name", ["abc", NAME.upper(), NAME[:-1] + "g", NAME + "0", "..%2f" * 3])
async def test_only_digests_are_names(server: RunningServer, name: str):
    for method in ("PUT", "GET"):
        answer = await server.owner.request(method, f"/v1/blobs/{name}", content=b"x")
        assert answer.status_code in (400, 404), answer.text


async def test_what_is_too_large_is_refused_however_it_comes(server: RunningServer):
    large = bytes(MAX_BLOB_BYTES + 1)
    name = sha256(large).hexdigest()

    plain = await server.owner.put(f"/v1/blobs/{name}", content=large)
    packed = await server.owner.put(
        f"/v1/blobs/{name}",
        content=gzip.compress(large, 1),
        headers={"Content-Encoding": "gzip"},
    )

    assert (plain.status_code, packed.status_code) == (413, 413)
    assert problem_in(packed).code is ProblemCode.TOO_LARGE


async def test_a_full_disk_is_told_and_the_server_goes_on(
    server: RunningServer, maria: Writer, monkeypatch: pytest.MonkeyPatch
):
    def full(*_: object, **__: object) -> bool:
        raise StorageFull("no space is left")

    monkeypatch.setattr(type(server.site.blobs), "keep", full)

    answer = await server.owner.put(f"/v1/blobs/{NAME}", content=CONTENT)

    assert answer.status_code == 507
    assert (await server.push(maria.note())).head == 1


async def test_too_many_at_once_are_asked_to_come_back(server: RunningServer):
    async with asyncio.TaskGroup() as held:
        for _ in range(4):
            held.create_task(server.site.uploading.acquire())

    answer = await server.owner.put(f"/v1/blobs/{NAME}", content=CONTENT)

    assert answer.status_code == 503
    assert int(answer.headers["retry-after"]) >= 1


async def test_a_client_checks_what_it_is_given(server: RunningServer):
    token = server.owner.headers["authorization"].removeprefix("Bearer ")
    async with ApiClient(server.url, token) as api:
        name = await api.keep_blob(CONTENT)

        assert name == NAME
        assert await api.blob(name) == CONTENT
