"""Pushing events: what is recorded, what is not, and what is said about it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import msgspec
import pytest

from app.events.codec import to_microseconds
from app.events.event import Standing
from app.organisation.kinds import ConsoleRevoked, PersonRecorded
from app.protocol.problems import ProblemCode
from tests.log.writing import CODEC, LOG, Writer
from tests.server.pushing import push_content
from tests.server.running import RunningServer, problem_in

pytestmark = pytest.mark.anyio
PATH = f"/v1/logs/{LOG}/events"


async def test_events_get_positions_and_are_read_back_byte_for_byte(
    server: RunningServer, maria: Writer
):
    notes = maria.notes(3)

    pushed = await server.push(*notes)

    assert [result.position for result in pushed.results] == [1, 2, 3]
    assert pushed.head == 3
    lines = await server.lines()
    assert all(note.body in line for note, line in zip(notes, lines, strict=True))


async def test_a_batch_sent_again_gets_its_first_positions(server: RunningServer, maria: Writer):
    notes = maria.notes(2)
    first = await server.push(*notes)

    again = await server.push(*notes)

    assert again == first
    assert len(await server.lines()) == 2


async def test_a_batch_of_a_console_nobody_knows_waits_until_it_is_registered(
    server: RunningServer,
):
    stranger = Writer(seed=99, person="maria")
    note = stranger.note()

    answer = await server.owner.post(PATH, content=push_content(note))

    assert answer.status_code == 403
    assert problem_in(answer).code is ProblemCode.UNKNOWN_CONSOLE
    assert stranger.key.console_id in problem_in(answer).detail
    await server.register(stranger)
    assert (await server.push(note)).results[0].standing is Standing.ACCEPTED


async def test_what_a_revoked_console_signs_is_quarantined(server: RunningServer, maria: Writer):
    other = Writer(seed=5, person="maria")
    await server.register(other)
    revoked = maria.write(ConsoleRevoked(console=other.key.console_id), "organisation")
    await server.push(revoked, log="organisation")

    pushed = await server.push(other.note(), maria.note())

    assert [result.why for result in pushed.results] == ["revoked-console", None]


async def test_an_event_in_somebody_elses_name_is_quarantined(
    server: RunningServer, maria: Writer
):
    forger = Writer(seed=1, person="omar")  # maria's console, omar's name

    pushed = await server.push(forger.note())

    assert pushed.results[0].why == "actor-mismatch"


async def test_an_event_counts_as_its_author_signed_it_whoever_carries_it(
    server: RunningServer, maria: Writer
):
    note = maria.note()
    async with server.client(await server.token_for("person:omar")) as omar:
        pushed = await server.push(note, client=omar)

    assert pushed.results[0].standing is Standing.ACCEPTED
    assert (await server.push(note)).results[0].position == pushed.results[0].position


async def test_whoever_carries_an_event_cannot_change_it(server: RunningServer, maria: Writer):
    note = maria.note()
    bent = replace(note, body=note.body.replace(b"person:maria", b"person:omar"))
    async with server.client(await server.token_for("person:omar")) as omar:
        pushed = await server.push(bent, client=omar)

    assert pushed.results[0].problem is not None
    assert pushed.results[0].problem.code == "bad-signature"


async def test_a_revoked_consoles_queue_is_quarantined_whoever_carries_it(
    server: RunningServer, maria: Writer
):
    other = Writer(seed=5, person="maria")
    await server.register(other)
    revoked = maria.write(ConsoleRevoked(console=other.key.console_id), "organisation")
    await server.push(revoked, log="organisation")
    async with server.client(await server.token_for("person:omar")) as omar:
        pushed = await server.push(other.note(), client=omar)

    assert pushed.results[0].why == "revoked-console"


async def test_a_person_who_left_writes_in_quarantine(server: RunningServer, maria: Writer):
    omar = Writer(seed=2, person="omar")
    async with server.client(await server.token_for("person:omar")) as client:
        await server.register(omar, client)
        left = PersonRecorded(person="omar", name="Omar", is_active=False)
        await server.push(maria.write(left, "organisation"), log="organisation")

        pushed = await server.push(omar.note(), client=client)

    assert pushed.results[0].why == "inactive-person"


async def test_a_false_signature_is_named_and_the_rest_is_recorded(
    server: RunningServer, maria: Writer
):
    true, false, other = maria.note("a"), maria.note("b"), maria.note("c")
    false = replace(false, sig=true.sig)

    pushed = await server.push(true, false, other)

    assert [result.position for result in pushed.results] == [1, None, 2]
    problem = pushed.results[1].problem
    assert problem is not None
    assert problem.code is ProblemCode.BAD_SIGNATURE
    assert pushed.results[1].id == false.event.id


async def test_an_id_used_for_other_bytes_is_named(server: RunningServer, maria: Writer):
    first, second = maria.note("one"), maria.note("two")
    body = second.body.replace(second.event.id.encode(), first.event.id.encode())
    second = replace(second, body=body, sig=maria.key.sign_body(body))

    pushed = await server.push(first, second)

    problem = pushed.results[1].problem
    assert problem is not None
    assert problem.code is ProblemCode.ID_REUSED


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ((b'"v":1', b'"v":7'), "v"),
        ((b'"kind":"note.written@1"', b'"kind":""'), "kind"),
        ((b'"seen":0', b'"seen":-1'), "seen"),
        ((b'"n":1', b'"n":"one"'), "body"),
        ((b'"text":"x"', b'"text":\n"x"'), "body"),
        ((b'"text":"x"', b'"text":"\xff"'), "body"),
        ((b'"text":"x"', b'"text":' + b"[" * 20 + b"]" * 20), "data"),
        ((LOG.encode(), b"organisation"), "log"),
        ((b'"refs":[]', b'"refs":[' + b",".join([b'"r"'] * 33) + b"]"), "refs"),
    ],
    ids=["version", "kind", "seen", "n", "line break", "not UTF-8", "depth", "log", "refs"],
)
async def test_a_malformed_event_is_named_with_its_field_and_the_rest_is_recorded(
    server: RunningServer, maria: Writer, change: tuple[bytes, bytes], field: str
):
    broken = maria.note("x")
    body = broken.body.replace(*change)
    assert body != broken.body
    broken = replace(broken, body=body)
    raw = push_content(maria.note("before"))[:-2] + b',{"body":' + body + b',"sig":""}]}'

    answer = await server.owner.post(PATH, content=raw)

    results = msgspec.json.decode(answer.content)["results"]
    assert results[0]["position"] == 1
    assert results[1]["problem"]["code"] == "malformed-event"
    assert results[1]["problem"]["field"] == field
    assert len(await server.lines()) == 1


async def test_a_body_over_64_kibibytes_is_too_large(server: RunningServer, maria: Writer):
    pushed = await server.push(maria.note("x" * 70_000), maria.note("small"))

    problem = pushed.results[0].problem
    assert problem is not None
    assert problem.code is ProblemCode.TOO_LARGE
    assert pushed.results[1].position == 1


async def test_a_request_of_2_mebibytes_is_answered_413(server: RunningServer):
    answer = await server.owner.post(PATH, content=b"x" * 2 * 1024 * 1024)

    assert answer.status_code == 413
    assert problem_in(answer).code is ProblemCode.TOO_LARGE


async def test_more_than_500_events_at_once_are_answered_413(server: RunningServer, maria: Writer):
    note = maria.note()

    answer = await server.owner.post(PATH, content=push_content(*[note] * 501))

    assert answer.status_code == 413
    assert "500" in problem_in(answer).detail


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b'{"events":1}', b'{"events":[{"sig":""}]}', b"[" * 100_000, b"\xff"],
    ids=["empty", "cut", "array", "not a list", "no body", "bottomless", "not UTF-8"],
)
async def test_a_request_that_is_not_json_of_the_right_shape_is_answered_400(
    server: RunningServer, content: bytes
):
    answer = await server.owner.post(PATH, content=content)

    assert answer.status_code == 400
    assert problem_in(answer).code is ProblemCode.MALFORMED_REQUEST
    assert problem_in(answer).detail


async def test_a_batch_under_another_epoch_is_answered_409_with_the_epoch(
    server: RunningServer, maria: Writer
):
    epoch = (await server.push(maria.note())).epoch

    answer = await server.owner.post(PATH, content=push_content(maria.note(), epoch="f" * 32))

    assert answer.status_code == 409
    assert problem_in(answer).code is ProblemCode.EPOCH_CHANGED
    assert problem_in(answer).epoch == epoch
    assert problem_in(answer).head == 1


async def test_a_clock_that_is_wrong_is_noted_and_never_refused(
    server: RunningServer, maria: Writer
):
    an_hour_ahead = server.site.now() + 3_600_000_000

    await server.push(maria.note(), sent_at=an_hour_ahead)

    record = CODEC.read_record((await server.lines())[0])
    off = an_hour_ahead - to_microseconds(record.received_at)
    assert abs(record.skew - timedelta(microseconds=off)) < timedelta(milliseconds=1)


async def test_a_name_that_cannot_be_a_log_is_answered_404(server: RunningServer, maria: Writer):
    for name in ("incident:", "incident:A%2FB", "other", "incident:" + "a" * 65):
        answer = await server.owner.post(f"/v1/logs/{name}/events", content=push_content())

        assert answer.status_code == 404, name
        assert problem_in(answer).code in (ProblemCode.UNKNOWN_LOG, ProblemCode.NOT_FOUND)


async def test_an_unknown_kind_is_recorded_like_any_other(server: RunningServer, maria: Writer):
    note = maria.note()
    body = note.body.replace(b"note.written@1", b"weather.changed@9")
    strange = replace(note, body=body, sig=maria.key.sign_body(body))

    pushed = await server.push(strange)

    assert pushed.results[0].standing is Standing.ACCEPTED
