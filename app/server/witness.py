"""Compares what consoles saw of this site's record with the record itself."""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from hashlib import sha256

from app.events.event import ORGANISATION_LOG, Draft
from app.incident.kinds.situation import Dispute, HistoryDisputed
from app.log.event_log import EventLog
from app.log.problems import StoreError
from app.proof.encoding import to_base64
from app.proof.note import Checkpoint
from app.proof.problem import ProofRefused
from app.protocol.authoring import EPOCH_CHARACTERS
from app.protocol.gossip import SiteWord, read_site_word
from app.protocol.problems import Refused
from app.server.directory import Directory
from app.server.notary import Notary
from app.server.own_hand import OwnHand
from app.server.standing import SERVER_ACTOR

_log = logging.getLogger(__name__)
_HEARD_AT_MOST = 4_096


class Witness:
    """Tells consoles the newest checkpoint of the site, and hears theirs.

    A checkpoint that this site signed and that its record does not continue is kept as evidence
    in the organisation's log.  One from before a restore is passed over: the restore was told.
    """

    def __init__(
        self, log: EventLog, notary: Notary, directory: Directory, own_hand: OwnHand
    ) -> None:
        self._log = log
        self._notary = notary
        self._directory = directory
        self._own_hand = own_hand
        self._heard: OrderedDict[str, None] = OrderedDict()
        self._told: tuple[bytes, str, str] = (b"", "", "")
        self.disputes = 0

    @property
    def _epoch(self) -> str:
        head = self._directory.head(ORGANISATION_LOG)
        return "" if head is None else head.epoch[:EPOCH_CHARACTERS]

    def word(self) -> str:
        """The header to send with an answer; empty before anything was signed."""
        note, epoch = self._notary.newest_site, self._epoch
        if not note:
            return ""
        if self._told[:2] != (note, epoch):
            self._told = (note, epoch, SiteWord(epoch=epoch, note=note).header)
        return self._told[2]

    async def hear(self, text: str, actor: str) -> None:
        """Take in the header of a request; what cannot be read is passed over."""
        if text in self._heard:
            return
        self._heard[text] = None
        while len(self._heard) > _HEARD_AT_MOST:
            self._heard.popitem(last=False)
        try:
            word = read_site_word(text)
            seen = self._notary.opened(word.note)
        except ProofRefused:
            return
        if word.epoch != self._epoch:
            return
        try:
            reason = await self._difference(seen)
            if reason is not None:
                await self._keep(reason, word, actor)
        except (StoreError, Refused) as error:
            self._heard.pop(text, None)
            _log.warning("what %s saw of the site's record is compared later: %s", actor, error)

    async def _difference(self, seen: Checkpoint) -> Dispute | None:
        """How the record differs from what was seen, read anew where it seems too short."""
        if seen.size > self._notary.site_log.size:
            await self._notary.catch_up()
        if seen.size > self._notary.site_log.size:
            return Dispute.SHORTENED
        same_size = self._notary.site_log.checkpoint(seen.size)
        return None if same_size.root == seen.root else Dispute.FORKED

    async def _keep(self, reason: Dispute, word: SiteWord, actor: str) -> None:
        self.disputes += 1
        seen = word.note.decode()
        _log.error("the site's record is not the one that %s saw: %s\n%s", actor, reason, seen)
        known = await asyncio.to_thread(
            self._log.lines_of_kind, ORGANISATION_LOG, HistoryDisputed.kind, after=0
        )
        digest = sha256(word.note).hexdigest()
        if any(digest.encode() in line for line in known):
            return
        fact = HistoryDisputed(
            reason=reason,
            seen=seen,
            offered=self._notary.newest_site.decode(),
            site_key=to_base64(self._notary.public_key),
            told_by=actor,
            seen_sha256=digest,
        )
        await self._own_hand.record(ORGANISATION_LOG, SERVER_ACTOR, [Draft(fact=fact)])
