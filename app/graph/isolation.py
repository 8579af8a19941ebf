"""The isolation board: which parts people have ruled in or out, by layer, on what evidence."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from app.graph.catalog import Kind


class Layer(StrEnum):
    """Where in the stack a part sits, from the wire upwards."""

    NETWORK = "network"
    HOST = "host"
    DATABASE = "database"
    APPLICATION = "application"
    THIRD_PARTY = "third_party"

    @property
    def heading(self) -> str:
        """The heading people read over the layer."""
        return self.value.replace("_", " ").capitalize()


class Standing(StrEnum):
    """Whether a part may still be where it started."""

    OPEN = "open"
    RULED_IN = "ruled_in"
    RULED_OUT = "ruled_out"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """Somebody's word on one part: a service in a layer, or with no service the whole layer.

    `OPEN` puts a part on the board or takes an earlier ruling back.  Ruling in or out needs
    evidence: without it the word is kept in the history and decides nothing.
    """

    service: str
    layer: Layer
    standing: Standing
    by: str
    at: datetime
    evidence: str = ""

    @property
    def decides(self) -> bool:
        """Whether this word changes where the part stands."""
        return self.standing is Standing.OPEN or bool(self.evidence.strip())


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One part on the board, its standing, and every word on it, oldest first.

    `by_layer` says that the standing is that of the whole layer, as nobody ruled on the part
    itself.  `is_contested` says that the last words of two people contradict each other.
    """

    service: str
    layer: Layer
    standing: Standing
    rulings: tuple[Ruling, ...] = ()
    by_layer: bool = False
    is_contested: bool = False

    @property
    def deciding(self) -> Ruling | None:
        """The ruling on the part itself that its standing rests on."""
        return next((one for one in reversed(self.rulings) if one.decides), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class IsolationBoard:
    """All parts, by layer and within it in the order they were first named."""

    parts: tuple[Part, ...] = ()

    def in_layer(self, layer: Layer) -> tuple[Part, ...]:
        """The parts of one layer; the layer as a whole has an empty service."""
        return tuple(part for part in self.parts if part.layer is layer)

    def standing_of(self, service: str) -> Standing:
        """Where a service stands over all its layers.

        Ruled in if it is in any layer, ruled out only if it is in every layer it is named in,
        else open; a service nobody named is open.
        """
        found = {part.standing for part in self.parts if part.service == service}
        if Standing.RULED_IN in found:
            return Standing.RULED_IN
        return Standing.RULED_OUT if found == {Standing.RULED_OUT} else Standing.OPEN

    @property
    def ruled_out(self) -> tuple[str, ...]:
        """The services to dim, by name."""
        return self._standing(Standing.RULED_OUT)

    @property
    def ruled_in(self) -> tuple[str, ...]:
        """The services that people have ruled in, by name."""
        return self._standing(Standing.RULED_IN)

    def _standing(self, standing: Standing) -> tuple[str, ...]:
        services = sorted({part.service for part in self.parts if part.service})
        return tuple(one for one in services if self.standing_of(one) is standing)


def fold_rulings(
    rulings: Iterable[Ruling], candidates: Iterable[tuple[str, Layer]] = ()
) -> IsolationBoard:
    """The board after these rulings, which come in the order of the log.

    `candidates` are ranked suspects and their layer: they stand open on the board, after what
    people named, until somebody rules on them.  The last word that decides wins, whoever said it.
    """
    words: dict[tuple[str, Layer], list[Ruling]] = {}
    for ruling in rulings:
        words.setdefault((ruling.service, ruling.layer), []).append(ruling)
    for service, layer in candidates:
        words.setdefault((service, layer), [])
    whole = {layer: _decided(words.get(("", layer), [])) for layer in Layer}
    parts = [
        _part(service, layer, tuple(said), whole[layer])
        for (service, layer), said in words.items()
    ]
    order = {layer: place for place, layer in enumerate(Layer)}
    return IsolationBoard(parts=tuple(sorted(parts, key=lambda part: order[part.layer])))


def layer_of(kind: Kind) -> Layer:
    """The layer a part of this kind is first looked at in."""
    match kind:
        case Kind.DATASTORE:
            return Layer.DATABASE
        case Kind.EXTERNAL:
            return Layer.THIRD_PARTY
        case Kind.SERVICE | Kind.QUEUE:
            return Layer.APPLICATION


def _part(service: str, layer: Layer, said: tuple[Ruling, ...], whole: Standing | None) -> Part:
    own = _decided(said)
    return Part(
        service=service,
        layer=layer,
        standing=own or whole or Standing.OPEN,
        rulings=said,
        by_layer=own is None and whole is not None,
        is_contested=_is_contested(said),
    )


def _decided(said: Iterable[Ruling]) -> Standing | None:
    deciding = [ruling.standing for ruling in said if ruling.decides]
    return deciding[-1] if deciding else None


def _is_contested(said: Iterable[Ruling]) -> bool:
    last = {ruling.by: ruling.standing for ruling in said if ruling.decides}
    return {Standing.RULED_IN, Standing.RULED_OUT} <= set(last.values())
