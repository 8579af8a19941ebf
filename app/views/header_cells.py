"""What the cells of the header strip say, from the state, the sync status and the time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto

from app.incident.kinds.freezes import FreezeScope
from app.incident.projections.freezes import Freeze
from app.incident.state import IncidentState
from app.protocol.sync_status import SyncKind, SyncStatus
from app.views.icons import Icon
from app.views.times import (
    TimeDisplay,
    Urgency,
    countdown,
    elapsed,
    seconds_left,
    share_left,
    short_countdown,
    urgency,
)

NO_COMMANDER_AFTER = timedelta(seconds=60)
NO_IMPACT_AFTER = timedelta(minutes=10)


class CellLook(Enum):
    """How a value stands out."""

    PLAIN = auto()
    MUTED = auto()
    AMBER = auto()
    FREEZE = auto()
    SOLID_FAIL = auto()
    SOLID_WARN = auto()
    REPLAY = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class HeaderCell:
    """One cell: a small label over a value; `share` fills the bar under it (0 to 1)."""

    name: str
    label: str
    value: str
    look: CellLook = CellLook.PLAIN
    is_number: bool = False
    icon: Icon | None = None
    share: float | None = None
    is_label_amber: bool = False
    widest: str = ""


def header_cells(
    state: IncidentState,
    sync: SyncStatus,
    now: datetime,
    times: TimeDisplay,
    *,
    is_compact: bool,
    live: datetime | None = None,
) -> tuple[HeaderCell, ...]:
    """The cells from left to right; the compact header leaves out impact and bridge.

    `live` is the time it really is when `now` is a moment of the past that is looked at.  Offline
    nobody knows who is on the bridge now; who was then is on record.
    """
    cells = [
        impact_cell(state, now),
        elapsed_cell(state, now),
        update_cell(state, now),
        freeze_cell(state, now, is_compact=is_compact),
        commander_cell(state, now, is_compact=is_compact),
        bridge_cell(state, is_offline=sync.is_offline and live is None),
        sync_cell(sync, live or now),
        time_cell(now, times, is_viewed=live is not None),
    ]
    hidden = {"impact", "bridge"} if is_compact else set()
    return tuple(cell for cell in cells if cell.name not in hidden)


def impact_cell(state: IncidentState, now: datetime) -> HeaderCell:
    """What users feel, or that nobody has said."""
    situation = state.situation
    if situation.impact_text:
        return HeaderCell(name="impact", label="Impact", value=situation.impact_text)
    is_late = situation.declared_at is not None and now - situation.declared_at >= NO_IMPACT_AFTER
    look = CellLook.AMBER if is_late else CellLook.MUTED
    return HeaderCell(name="impact", label="Impact", value="Impact not stated", look=look)


def elapsed_cell(state: IncidentState, now: datetime) -> HeaderCell:
    """How long it has lasted since it was declared, until it was resolved."""
    declared = state.situation.declared_at
    end = state.situation.resolved_at or now
    value = elapsed(end - declared) if declared is not None else "00:00:00"
    return HeaderCell(
        name="elapsed", label="Elapsed", value=value, is_number=True, widest="00:00:00"
    )


def update_cell(state: IncidentState, now: datetime) -> HeaderCell:
    """How long until the next update is due."""
    updates = state.updates
    label = "Next update"
    if updates.next_due is None:
        return HeaderCell(name="update", label=label, value="No cadence set", look=CellLook.MUTED)
    left = seconds_left(updates.next_due, now)
    total = timedelta(minutes=updates.cadence_minutes or 30)
    match urgency(left):
        case Urgency.OVERDUE:
            text = f"Overdue {short_countdown(-left)}"
            return HeaderCell(name="update", label=label, value=text, look=CellLook.SOLID_FAIL)
        case Urgency.SOON:
            look = CellLook.AMBER
        case Urgency.CALM:
            look = CellLook.PLAIN
    return HeaderCell(
        name="update",
        label=label,
        value=countdown(left),
        look=look,
        is_number=True,
        share=1 - share_left(left, total),
        widest="00:00",
    )


def freeze_cell(state: IncidentState, now: datetime, *, is_compact: bool) -> HeaderCell:
    """Whether changes are frozen, and where."""
    label = "Freeze" if is_compact else "Change freeze"
    holding = state.freeze.holding(now, state.situation.resolved_at)
    if not holding:
        return HeaderCell(name="freeze", label=label, value="None", look=CellLook.MUTED)
    excepted = any(
        exception.valid_until is not None and now < exception.valid_until
        for exception in state.freeze.opening(holding)
    )
    scope = freeze_scope(holding, is_compact=is_compact)
    value = "Frozen, exception live" if excepted and not is_compact else scope
    return HeaderCell(
        name="freeze", label=label, value=value, look=CellLook.FREEZE, icon=Icon.FREEZE
    )


def freeze_scope(holding: tuple[Freeze, ...], *, is_compact: bool) -> str:
    """How the union of freezes reads: `Full · prod-eu`, `Partial, 6 services`."""
    where = ", ".join(dict.fromkeys(name for one in holding for name in one.environments))
    if any(one.scope is FreezeScope.FULL for one in holding):
        if is_compact:
            return where or "Full"
        return f"Full · {where}" if where else "Full"
    count = len({service for one in holding for service in one.services})
    return f"Partial, {count} service{'' if count == 1 else 's'}"


def commander_cell(state: IncidentState, now: datetime, *, is_compact: bool) -> HeaderCell:
    """Who commands."""
    holder = state.commander
    if holder is not None:
        name = short_name(holder.name) if is_compact else holder.name
        return HeaderCell(name="commander", label="Commander", value=name)
    declared = state.situation.declared_at
    is_late = declared is not None and now - declared >= NO_COMMANDER_AFTER
    look = CellLook.SOLID_FAIL if is_late else CellLook.MUTED
    return HeaderCell(name="commander", label="Commander", value="No commander", look=look)


def bridge_cell(state: IncidentState, *, is_offline: bool = False) -> HeaderCell:
    """How many are on the voice bridge, or were when that was last known."""
    count = sum(one.on_bridge for one in state.participants)
    if not state.situation.bridge_url and not count:
        return HeaderCell(
            name="bridge", label="Bridge", value="No bridge link", look=CellLook.MUTED
        )
    if is_offline:
        value, look = f"{count} {'was' if count == 1 else 'were'} on call", CellLook.MUTED
    else:
        value, look = f"{count} on call", CellLook.PLAIN
    return HeaderCell(name="bridge", label="Bridge", value=value, look=look, icon=Icon.BRIDGE)


def sync_cell(sync: SyncStatus, now: datetime) -> HeaderCell:
    """How this console stands to the server."""
    label, value, look, icon = _sync_words(sync)
    if sync.kind is SyncKind.OFFLINE:
        since = sync.since or now
        label = f"Offline {short_countdown(seconds_left(now, since))}"
    return HeaderCell(
        name="sync",
        label=label,
        value=value,
        look=look,
        icon=icon,
        is_label_amber=sync.is_offline,
    )


def time_cell(now: datetime, times: TimeDisplay, *, is_viewed: bool = False) -> HeaderCell:
    """The time of day; in the colour of replay when it is not the time it really is."""
    return HeaderCell(
        name="time",
        label="Local" if times.is_local else "UTC",
        value=times.second(now),
        look=CellLook.REPLAY if is_viewed else CellLook.PLAIN,
        is_number=True,
        widest="00:00:00",
    )


def _sync_words(sync: SyncStatus) -> tuple[str, str, CellLook, Icon]:
    plain, amber = CellLook.PLAIN, CellLook.AMBER
    match sync.kind:
        case SyncKind.CONNECTING:
            return "Sync", "Connecting", plain, Icon.CATCHING_UP
        case SyncKind.LIVE:
            return "Sync", "Live", plain, Icon.LIVE
        case SyncKind.SENDING:
            return "Sync", f"Sending {sync.queued}", plain, Icon.SENDING
        case SyncKind.SLOW:
            value = f"Slow, {sync.behind_seconds:.0f} s behind"
            return "Sync", value, amber, Icon.LAGGING
        case SyncKind.OFFLINE:
            return "Offline", f"{sync.queued} unsynced", amber, Icon.OFFLINE
        case SyncKind.CATCHING_UP:
            value = f"Sending {sync.queued}, reading {sync.reading}"
            return "Back online", value, plain, Icon.CATCHING_UP
        case SyncKind.CONFLICT:
            return "Sync", f"{sync.to_settle} to settle", CellLook.SOLID_WARN, Icon.LAGGING
        case SyncKind.REFUSED:
            return "Sync", "Sign in again", CellLook.SOLID_FAIL, Icon.BLOCKED
        case SyncKind.OTHER_SITE:
            return "Sync", "Another site", CellLook.SOLID_FAIL, Icon.BLOCKED
        case SyncKind.SANDBOX:
            return "Sync", "Sandbox", plain, Icon.SANDBOX
        case SyncKind.LOCAL_ONLY:
            return "Sync", "This device only", CellLook.MUTED, Icon.LOCAL_ONLY
        case SyncKind.READ_ONLY:
            return "Sync", "Off, read only", amber, Icon.OFFLINE


def short_name(name: str) -> str:
    """A name with the first word as an initial: `P. Raman`."""
    first, _, rest = name.partition(" ")
    return f"{first[:1]}. {rest}" if rest else name


def spoken_header(state: IncidentState, cells: tuple[HeaderCell, ...]) -> str:
    """The header as one sentence for a screen reader."""
    situation = state.situation
    parts = [f"SEV {situation.severity}", situation.title, situation.phase.value]
    parts += [f"{cell.label} {cell.value}" for cell in cells if cell.name != "time"]
    return ", ".join(part for part in parts if part)
