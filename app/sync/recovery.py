"""After the server was restored from an older backup: find where the two logs part.

Two logs of one incident are equal up to some position and differ after it, so the last equal
position is found by bisection, one record of each side at a time.  Behind the fork a record can be
the same by chance: sent again to the same place, received at the same time by a clock that stands.
So what was found counts only if the roots over all before it are equal too.
"""

from __future__ import annotations

from app.protocol.withholding import leaf_of
from app.sync.exchange import (
    FetchPage,
    Output,
    PageAnswered,
    ReadLocalLine,
    ReadLocalRoot,
    Rewind,
)


class Recovery:
    """A search for the fork between this console's records and the server's new epoch.

    Positions up to `equal` are known to be the same, positions from `different` on are not.
    """

    def __init__(self, epoch: str, position: int) -> None:
        self.epoch = epoch
        self._equal = 0
        self._different = position + 1
        self._theirs: bytes | None = None
        self._their_root = b""
        self._is_checked = False
        self._probe = 0

    def next_step(self) -> list[Output]:
        """Compare another position, or rewind to the fork once it is found."""
        if not self._is_found:
            self._probe = (self._equal + self._different) // 2
            self._theirs = None
            return [FetchPage(self._probe - 1, 1, self.epoch)]
        if self._is_checked or not self._equal:
            return [Rewind(self._equal, self.epoch)]
        self._probe = self._equal
        return [FetchPage(self._equal - 1, 1, self.epoch, with_root=True)]

    @property
    def _is_found(self) -> bool:
        """Whether the last equal record is known; the roots up to it remain to be compared."""
        return self._different - self._equal <= 1

    def page_answered(self, page: PageAnswered) -> list[Output]:
        """The server's record at the position being compared; none if its log ends before.

        A page of another epoch is of a log that is no more, asked for before: it is asked again.
        """
        self.epoch = self.epoch or page.epoch
        if page.epoch != self.epoch:
            return self.next_step()
        if page.after != self._probe - 1:
            return []
        if self._is_found:
            return self._take_root(page)
        self._different = min(self._different, page.head + 1)
        if not page.records or page.records[0].position != self._probe:
            self._different = min(self._different, self._probe)
            return self.next_step()
        self._theirs = page.records[0].line
        return [ReadLocalLine(self._probe)]

    def _take_root(self, page: PageAnswered) -> list[Output]:
        """Compare the roots up to the fork; a server that tells none is taken by its records."""
        if not page.records:
            return self._nothing_is_equal()
        if not page.root:
            self._is_checked = True
            return self.next_step()
        self._their_root = page.root
        return [ReadLocalRoot(self._equal)]

    def local_root(self, position: int, root: bytes) -> list[Output]:
        """The root over this console's records up to the fork."""
        if position != self._equal or not self._is_found:
            return []
        if root != self._their_root:
            return self._nothing_is_equal()
        self._is_checked = True
        return self.next_step()

    def _nothing_is_equal(self) -> list[Output]:
        """The records met by chance: where the logs part cannot be said, so all comes again."""
        self._equal, self._different = 0, 1
        return self.next_step()

    def ends_before(self) -> list[Output]:
        """The server's log ends before the position being compared."""
        if self._is_found:
            return self._nothing_is_equal()
        self._different = min(self._different, max(self._equal + 1, self._probe - 1))
        return self.next_step()

    def local_line(self, position: int, line: bytes | None) -> list[Output]:
        """This console's record at the position being compared."""
        if position == self._probe and line is not None and self._is_theirs(line):
            self._equal = position
        else:
            self._different = min(self._different, position)
        return self.next_step()

    def _is_theirs(self, line: bytes) -> bool:
        """Whether both lines stand for one record, shown or withheld on either side."""
        return self._theirs is not None and leaf_of(line) == leaf_of(self._theirs)
