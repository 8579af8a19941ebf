"""What a site does when a part of it dies or cannot be reached, and how soon all is well again."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from typing import Any

from tests.benchmarks.topology.crowd import Followers, Seen, summary
from tests.benchmarks.topology.parts import Parts
from tests.benchmarks.topology.writing import Writing

Result = dict[str, Any]
_CUT_SECONDS = 10.0
_AFTERWARDS_SECONDS = 25.0
_LATE_SECONDS = 0.5
"""What takes longer than this is not well."""


class Faults:
    """The steps in which something is lost; every console follows again at the end of each."""

    PARTS = ("hints", "database", "other")

    def __init__(
        self,
        parts: Parts,
        crowd: Followers,
        writing: Writing,
        consoles: int,
        logs: Sequence[str],
    ) -> None:
        self._parts = parts
        self._crowd = crowd
        self._writing = writing
        self._consoles = consoles
        self._logs = logs

    def lose_server(self, *, gracefully: bool) -> Result:
        """One server ends, with half of the consoles; they come back at the other."""
        self._crowd.connect(self._consoles, self._logs)
        byes, lost = self._crowd.status("byes"), self._crowd.status("lost")
        server = self._parts.servers[0]
        began = time.monotonic()
        if gracefully:
            server.stop()
        else:
            server.kill()
        ended = time.monotonic() - began
        while self._crowd.status("lost") - lost < self._consoles // 2:
            time.sleep(0.01)
        self._crowd.wait_for(self._consoles)
        seconds = time.monotonic() - began
        server.start()
        return {
            "ended_seconds": round(ended, 2),
            "byes": self._crowd.status("byes") - byes,
            "lost_connections": self._crowd.status("lost") - lost,
            "all_back_seconds": round(seconds, 2),
        }

    def cut(self, part: str) -> Result:
        """The cable of one part is cut for a while; the other parts and the consoles go on."""
        self._crowd.connect(self._consoles, self._logs)
        self._crowd.seen()
        seconds = _CUT_SECONDS + _AFTERWARDS_SECONDS
        began = time.monotonic()
        writer = threading.Thread(
            target=lambda: self._writing.pace(self._logs, rate=10, seconds=seconds)
        )
        writer.start()
        time.sleep(2.0)
        self._parts.network.cut(part)
        time.sleep(_CUT_SECONDS)
        self._parts.network.mend(part)
        mended = time.monotonic()
        writer.join()
        self._crowd.wait_for(self._consoles)
        time.sleep(2.0)
        seen = self._crowd.seen()
        during = [one for one in seen if began + 2.0 < one[0] - one[1] <= mended]
        return {
            "cut_seconds": _CUT_SECONDS,
            "healed_seconds": round(_healed(seen, mended), 2),
            "written_during_the_cut": summary(during),
            "written_afterwards": summary([one for one in seen if one[0] - one[1] > mended]),
            "missing": round(10 * seconds) * self._consoles // len(self._logs) - len(seen),
        }


def _healed(seen: Seen, mended: float) -> float:
    """Seconds from the mending until nothing came late any more."""
    late = [at - mended for at, took in seen if took > _LATE_SECONDS]
    return max(0.0, max(late, default=0.0))
