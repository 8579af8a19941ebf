"""CSV files of dependencies (`caller,callee,…`) or of services (`service,team,…`)."""

from __future__ import annotations

from datetime import datetime

from app.errors import InvalidInput
from app.graph.catalog import Basis, Catalog, Service
from app.graph.formats.draft import CatalogDraft
from app.graph.formats.facts import CALL_FACTS, SERVICE_FACTS, Facts, split_words
from app.graph.formats.table import Row, read_table

_CALLER = ("caller", "source", "client", "from")
_CALLEE = ("callee", "target", "server", "to")
_SERVICE = ("id", "service", "name")
_NEEDS = "depends-on"


def read(data: bytes, *, name: str, observed_at: datetime | None = None) -> Catalog:
    """Dependencies when the headings name a caller and a callee, services otherwise.

    A service may list what it needs under `depends-on`, separated by commas.
    Other headings are those of `docs/catalogue.md`; `criticality`, `rate` (calls per second),
    `error-ratio` (0 to 1) and `latency` (seconds) describe a dependency.  A row that cannot be
    read and columns of other names are left out with a warning; headings that fit neither raise
    InvalidInput.
    """
    headings, rows = read_table(data, name=name)
    draft = CatalogDraft(name, observed_at)
    if set(headings) & set(_CALLER) and set(headings) & set(_CALLEE):
        _name_unknown(draft, headings, (*_CALLER, *_CALLEE, *CALL_FACTS), name)
        for row in rows:
            _add_dependency(draft, row)
    elif set(headings) & set(_SERVICE):
        _name_unknown(draft, headings, (*_SERVICE, *SERVICE_FACTS, _NEEDS), name)
        for row in rows:
            _add_service(draft, row)
        for row in rows:
            _add_needs(draft, row)
    else:
        wanted = "the headings need caller and callee, or service"
        raise InvalidInput(wanted, field=f"{name}:1", kept="the last good catalogue stays")
    return draft.build()


def _name_unknown(
    draft: CatalogDraft, headings: tuple[str, ...], known: tuple[str, ...], name: str
) -> None:
    """One warning for all columns that nobody will read."""
    unknown = [one for one in headings if one and one not in known]
    if unknown:
        listed = ", ".join(unknown)
        draft.warn(f"{name}:1: {listed}: no known column, left out; known are {', '.join(known)}")


def _add_needs(draft: CatalogDraft, row: Row) -> None:
    service_id = row.first(*_SERVICE)
    for other in split_words(row.first(_NEEDS)):
        if service_id == other:
            draft.warn(f"{row.place}: {_NEEDS}: {other} depends on itself, that was left out")
        elif service_id:
            draft.add_dependency(service_id, other, basis=Basis.DECLARED)


def _add_dependency(draft: CatalogDraft, row: Row) -> None:
    caller, callee = row.first(*_CALLER), row.first(*_CALLEE)
    if not caller or not callee:
        draft.warn(f"{row.place}: caller or callee is empty, this row was left out")
        return
    if caller == callee:
        draft.mention(caller)
        draft.warn(f"{row.place}: {caller} depends on itself, this row was left out")
        return
    facts = Facts(words=row.cells, place=row.place, warn=draft.warn)
    said = facts.of_call()
    basis = Basis.DECLARED if said["rate"] is None else Basis.OBSERVED
    draft.add_dependency(caller, callee, **said, basis=basis)


def _add_service(draft: CatalogDraft, row: Row) -> None:
    service_id = row.first(*_SERVICE)
    if not service_id:
        draft.warn(f"{row.place}: the service has no name, this row was left out")
        return
    facts = Facts(words=row.cells, place=row.place, warn=draft.warn)
    draft.add_service(facts.describe(Service(id=service_id, name=service_id)))
