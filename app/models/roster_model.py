"""The roster as a list: one row per seat, or per holder where several may sit."""

from __future__ import annotations

from dataclasses import dataclass, replace

from PySide6.QtCore import QObject, Slot

from app.incident.kinds.roles import COMMANDER
from app.incident.projections.roster import ROLE_TITLES, RoleSeat, Tenure
from app.incident.state import IncidentState
from app.models.rows import RowsModel

_ORDER = {role: place for place, role in enumerate(ROLE_TITLES)}


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterRow:
    """A seat and who sits in it; `tenure` is None while a required seat is unfilled.

    `is_me` marks the person at this console, `also_commander` a commander who took this role
    too, `on_bridge` whether they are on the voice bridge, `is_here` whether they are at a
    console that shows this incident now.
    """

    role: str
    title: str
    team: str
    tenure: Tenure | None
    is_me: bool = False
    also_commander: bool = False
    is_contested: bool = False
    on_bridge: bool = False
    is_here: bool = False


class RosterModel(RowsModel[RosterRow]):
    """Shows `IncidentState.roster`, in an order that never depends on who sits where.

    `me` is the person who looks at it, `here` the ids of the people at a console now.
    """

    def __init__(self, me: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.me = me
        self.here: frozenset[str] = frozenset()

    @Slot(object)
    def show_state(self, state: IncidentState) -> None:
        """Show the roster of `state`."""
        self.show_rows(roster_rows(state, self.me, self.here))

    def show_present(self, here: frozenset[str]) -> None:
        """Show who is at a console now."""
        self.here = here
        self.show_rows(tuple(replace(row, is_here=_is_in(row.tenure, here)) for row in self.rows))

    def sentence(self, row: RosterRow) -> str:
        if row.tenure is None:
            return f"{row.title}: unfilled"
        you = ", you" if row.is_me else ""
        also = ", also incident commander" if row.also_commander else ""
        contested = ", contested" if row.is_contested else ""
        here = ", here" if row.is_here and not row.is_me else ""
        return f"{row.title}: {row.tenure.name}{you}{also}{contested}{here}"

    @property
    def filled(self) -> int:
        """How many rows have somebody."""
        return sum(row.tenure is not None for row in self.rows)


def roster_rows(
    state: IncidentState, me: str, here: frozenset[str] = frozenset()
) -> tuple[RosterRow, ...]:
    """The rows of the roster: known roles first, in their fixed order, then the others."""
    commander = state.commander
    present = {one.person for one in state.participants if one.on_bridge}
    rows: list[RosterRow] = []
    for seat in sorted(state.roster, key=_place):
        holders = seat.holders or ((None,) if seat.is_required else ())
        for tenure in holders:
            is_commander = (
                tenure is not None and commander is not None and tenure.person == commander.person
            )
            rows.append(
                RosterRow(
                    role=seat.role,
                    title=seat.title,
                    team=seat.team,
                    tenure=tenure,
                    is_me=tenure is not None and tenure.person == me,
                    also_commander=is_commander and seat.role != COMMANDER,
                    is_contested=seat.is_contested,
                    on_bridge=tenure is not None and tenure.person in present,
                    is_here=_is_in(tenure, here),
                )
            )
    return tuple(rows)


def also_on_bridge(state: IncidentState) -> tuple[str, ...]:
    """The names of those on the voice bridge who hold no role, in the order they joined."""
    seated = {tenure.person for seat in state.roster for tenure in seat.holders}
    return tuple(
        one.name for one in state.participants if one.on_bridge and one.person not in seated
    )


def _is_in(tenure: Tenure | None, people: frozenset[str]) -> bool:
    return tenure is not None and tenure.person in people


def _place(seat: RoleSeat) -> int:
    return _ORDER.get(seat.role, len(_ORDER))
