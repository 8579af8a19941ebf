"""The words of a digest: the one sentence that offers it, and the lines of its sheet."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from itertools import groupby

from app.incident.digest import Digest
from app.incident.kinds.roles import COMMANDER
from app.incident.news import NewsItem, Topic
from app.models.finding_model import Finding
from app.views.times import TimeDisplay

MOST_PARTS = 3
"""So many things the offer names before it says how many entries there are."""

MOST_OF_A_TOPIC = 40
"""So many lines a topic takes; an estate that fails as a whole is counted from there on."""


def moment_words(moment: datetime, now: datetime, times: TimeDisplay) -> str:
    """A time of day, with its day where that is not today: `14:10`, `21 Nov 14:10`."""
    then = moment.astimezone(times.zone)
    is_today = then.date() == now.astimezone(times.zone).date()
    return times.minute(moment) if is_today else f"{then.day} {then:%b} {times.minute(moment)}"


def offer_words(digest: Digest, now: datetime, times: TimeDisplay) -> str:
    """The sentence that offers a digest: what matters most in it, and the key that opens it."""
    count = "1 entry" if digest.entries == 1 else f"{digest.entries} entries"
    parts = [*_parts(digest)][:MOST_PARTS]
    news = ", ".join((*parts, *([count] if digest.entries else [])))
    reads = "it" if digest.entries == 1 else "them"
    return f"Since {moment_words(digest.since.at, now, times)}: {news}. F3 reads {reads}."


def title_words(
    digest: Digest, now: datetime, times: TimeDisplay, *, as_of: datetime | None
) -> str:
    """The title of the sheet; `as_of` is until when others were heard, None for now."""
    since = f"Since {moment_words(digest.since.at, now, times)}"
    return since if as_of is None else f"{since}, as of {moment_words(as_of, now, times)}"


def nothing_words(
    digest: Digest, now: datetime, times: TimeDisplay, *, as_of: datetime | None
) -> str:
    """What is said in place of an empty digest."""
    title = title_words(digest, now, times, as_of=as_of)
    return f"Nothing new s{title[1:]}."


def _parts(digest: Digest) -> Iterator[str]:
    """What the offer can name, the most important first."""
    seen, situation = digest.since, digest.until.situation
    if seen.severity and situation.severity != seen.severity:
        yield "SEV raised" if situation.severity < seen.severity else "SEV lowered"
    if seen.severity and situation.phase is not seen.phase:
        yield f"now {situation.phase.value}"
    commander = digest.until.commander
    if commander is not None and (COMMANDER, commander.person) not in seen.holders:
        yield f"{commander.name} commands"
    yield from _counts(digest)


def _counts(digest: Digest) -> Iterator[str]:
    services = [item for item in digest.items if item.topic is Topic.SERVICES]
    failing = sum(item.is_warning for item in services)
    for number, one, many in (
        (_labels(digest, Topic.DECISIONS, "D"), "decision", "decisions"),
        (failing, "service failing", "services failing"),
        (len(services) - failing, "service normal again", "services normal again"),
        (_items(digest, Topic.FREEZES), "freeze entry", "freeze entries"),
        (_labels(digest, Topic.ACTIONS, "A"), "action", "actions"),
        (_items(digest, Topic.UPDATES), "on updates", "on updates"),
    ):
        yield from filter(None, [_counted(number, one, many)])


def _items(digest: Digest, topic: Topic) -> int:
    return sum(item.topic is topic for item in digest.items)


def _labels(digest: Digest, topic: Topic, letter: str) -> int:
    """How many decisions or actions a topic tells of, by what they are called."""
    texts = (item.text for item in digest.items if item.topic is topic)
    called = (re.search(rf"\b{letter}-\d+", text) for text in texts)
    return len({found.group() for found in called if found})


def digest_findings(digest: Digest, times: TimeDisplay) -> tuple[Finding, ...]:
    """The lines of the sheet: the status, what matters by topic, and how much else there is."""
    return (*_status(digest, times), *_topics(digest, times), *_rest(digest))


def _status(digest: Digest, times: TimeDisplay) -> Iterator[Finding]:
    situation, entry = digest.until.situation, digest.status
    yield Finding(text="Status now", is_heading=True)
    standing = f"SEV {situation.severity}, {situation.phase.value}"
    if entry is None:
        yield Finding(text=standing)
        yield Finding(text="Nothing is pinned", is_detail=True)
        return
    yield Finding(text=entry.text, record=entry.event_id)
    written = f"{standing}; pinned entry of {times.minute(entry.at)}, {entry.author}"
    yield Finding(text=written, is_detail=True)


def _topics(digest: Digest, times: TimeDisplay) -> Iterator[Finding]:
    for topic, items in groupby(digest.items, key=lambda item: item.topic):
        told = tuple(items)
        yield Finding(text=topic.value, is_heading=True)
        yield from (_line(item, times) for item in told[:MOST_OF_A_TOPIC])
        if len(told) > MOST_OF_A_TOPIC:
            yield Finding(text=f"and {len(told) - MOST_OF_A_TOPIC} more", is_detail=True)


def _line(item: NewsItem, times: TimeDisplay) -> Finding:
    when = "" if item.at is None else f"{times.minute(item.at)}  "
    return Finding(text=f"{when}{item.text}", record=item.record, is_warning=item.is_warning)


def _rest(digest: Digest) -> Iterator[Finding]:
    counts = [
        _counted(digest.others, "other entry", "other entries"),
        _counted(digest.withheld, "entry withheld", "entries withheld"),
        _counted(digest.taken_back, "entry taken back", "entries taken back"),
    ]
    told = [words for words in counts if words]
    if told:
        yield Finding(text="In the timeline", is_heading=True)
        yield from (Finding(text=words) for words in told)


def _counted(number: int, one: str, many: str) -> str:
    return "" if not number else f"{number} {one if number == 1 else many}"
