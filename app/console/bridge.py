"""The one crossing from the worker thread to the user interface: frozen values, queued signals."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from PySide6.QtCore import QObject, Signal


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """Who sits here, at which server, in which incident.

    `skew` is how far this machine's clock is ahead of the server's.
    """

    person: str
    url: str
    incident_id: str
    is_embedded: bool
    skew: timedelta = timedelta()


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A sentence for the person, and what they can do about it."""

    sentence: str
    advice: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PassphraseQuestion:
    """A profile cannot be opened before the person gave its passphrase, or chose one.

    `is_new`: it has none yet, and needs none.  `is_again`: another one did not open it.
    """

    profile: str
    is_new: bool
    is_again: bool = False


class Bridge(QObject):
    """Made in the user interface's thread; it outlives the worker that emits on it.

    `incident_changed`, `organisation_changed` and `other_log_changed` (of a log that is only
    sent from here) carry a `LogView`, `arrived` an `Arrival`,
    `noticed` a `Notice`, `topology_changed` a `Topology`, `draft_found` the text that was being
    typed and when its first character was (aware UTC, or None), `skew_measured` how far this
    machine's clock is ahead of the server's (a timedelta), `looked` a `PastMoment`.
    `newer_found` carries the `Offer` to show read only what a newer version wrote; with
    `only_read` that begins.
    `presence_changed` carries who is `Present` at a console, `doubted` the `Doubt` about the log
    of the incident that shows, None without one, and `signed` up to which position that log is
    what the server signed.  `passphrase_wanted` carries a
    `PassphraseQuestion`.
    `investigated` carries a `Findings`, `supposed` a `CascadeForecast`, `measured` a
    `ServiceHistory`.
    """

    arrived = Signal(object)
    incident_changed = Signal(object)
    organisation_changed = Signal(object)
    other_log_changed = Signal(object)
    topology_changed = Signal(object)
    investigated = Signal(object)
    supposed = Signal(object)
    measured = Signal(object)
    noticed = Signal(object)
    draft_found = Signal(str, object)
    skew_measured = Signal(object)
    presence_changed = Signal(object)
    doubted = Signal(object)
    signed = Signal(object)
    looked = Signal(object)
    newer_found = Signal(object)
    only_read = Signal()
    passphrase_wanted = Signal(object)
