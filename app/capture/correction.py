"""Offers a way out when nobody, or no service, is called what was typed."""

from __future__ import annotations

from dataclasses import dataclass
from heapq import nsmallest

from app.capture.entry import Problem, ProblemCode
from app.capture.grammar import parse
from app.capture.names import fold
from app.capture.vocabulary import Vocabulary

PICKS = 6
"""How many names are offered at most."""

_MOST_MISTAKES = 2
_PEOPLE = (ProblemCode.UNKNOWN_PERSON, ProblemCode.SEVERAL_PEOPLE)


@dataclass(frozen=True, slots=True)
class Correction:
    """One way to put an unknown name right.

    `insert` replaces the range that the corrections name.  `creates` is the name to record first,
    as a new person or service; empty when the row only picks one or keeps the text (`is_text`).
    """

    insert: str
    label: str
    creates: str = ""
    is_text: bool = False


@dataclass(frozen=True, slots=True)
class Corrections:
    """The ways to put one unknown name right, best first; `start` to `end` is the name."""

    start: int
    end: int
    subject: str
    sentence: str
    is_person: bool
    rows: tuple[Correction, ...]


def correct(line: str, caret: int, vocabulary: Vocabulary) -> Corrections | None:
    """How to put right the unknown `@` or `#` that `caret` is in, else the first one in the line.

    One that ends at the caret is still being typed and nobody has asked about it yet: it comes
    last.  None when every name is known.  The rows pick a name that is spelled alike, create a
    new one, and keep the word as plain text.
    """
    fixable = (*_PEOPLE, ProblemCode.UNKNOWN_SERVICE)
    unknown = [problem for problem in parse(line, vocabulary).problems if problem.code in fixable]
    if not unknown:
        return None
    asked = [problem for problem in unknown if problem.end != caret]
    here = [problem for problem in asked if problem.start <= caret < problem.end]
    problem = (here or asked or unknown)[0]
    is_person = problem.code in _PEOPLE
    picks = _people(problem, vocabulary) if is_person else _services(problem, vocabulary)
    rows = (*picks, _new(problem), _plain(problem))
    return Corrections(
        problem.start, problem.end, problem.subject, problem.sentence, is_person, rows
    )


def _people(problem: Problem, vocabulary: Vocabulary) -> list[Correction]:
    """People and roles that are called something alike."""
    picks = _Picks(problem)
    for name, person, handle in vocabulary.people.spelled():
        picks.offer(name, person.id, Correction(f"@{handle}", person.name))
    for name, role in vocabulary.roles.spelled():
        picks.offer(name, f"role:{role.code}", Correction(f"@{role.handle}", role.title))
    return picks.best()


def _services(problem: Problem, vocabulary: Vocabulary) -> list[Correction]:
    picks = _Picks(problem)
    for name, service in vocabulary.services.spelled():
        if not any(map(str.isspace, name)):
            picks.offer(name, service.id, Correction(f"#{name}", service.name))
    return picks.best()


class _Picks:
    """The names that are spelled most like an unknown one."""

    def __init__(self, problem: Problem) -> None:
        self.typed = fold(problem.subject[1:])
        self._mistakes_in: dict[str, int] = {}
        self._found: dict[str, tuple[int, Correction]] = {}

    def offer(self, name: str, id: str, correction: Correction) -> None:
        """Keep `correction` if `name` is near enough, and nearer than another name of this id."""
        mistakes = self._mistakes_in.get(name)
        if mistakes is None:
            mistakes = self._mistakes_in[name] = _mistakes(self.typed, name)
        if mistakes > _MOST_MISTAKES:
            return
        known = self._found.get(id)
        if known is None or mistakes < known[0]:
            self._found[id] = (mistakes, correction)

    def best(self) -> list[Correction]:
        """The nearest, at most `PICKS` of them, by name where they are equally near."""
        best = nsmallest(PICKS, self._found.values(), key=lambda pick: (pick[0], pick[1].label))
        return [correction for _, correction in best]


def _new(problem: Problem) -> Correction:
    name = problem.subject[1:]
    return Correction(problem.subject, f"Add {name}", creates=name)


def _plain(problem: Problem) -> Correction:
    return Correction(f"\\{problem.subject}", f"Keep {problem.subject} as text", is_text=True)


def _mistakes(typed: str, name: str) -> int:
    """How many letters were added, left out, changed or swapped; more than two reads as three.

    People get the beginning of a name right, or swap it: that is checked first, as it is cheap.
    """
    too_many = _MOST_MISTAKES + 1
    if abs(len(typed) - len(name)) > _MOST_MISTAKES:
        return too_many
    if not (typed[:1] in name[:2] or name[:1] in typed[:2]):
        return too_many
    allowed = min(_MOST_MISTAKES, max(1, len(typed) // 3))
    distance = _edit_distance(typed, name)
    return distance if distance <= allowed else too_many


def _edit_distance(one: str, other: str) -> int:
    """The optimal string alignment distance: Levenshtein's, with swaps of neighbours."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, start=1):
        earlier, before = before, row
        row = [i]
        for j, match in enumerate(other, start=1):
            cost = min(before[j] + 1, row[-1] + 1, before[j - 1] + (letter != match))
            is_swap = i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == match
            row.append(min(cost, earlier[j - 2] + 1) if is_swap else cost)
    return row[-1]
