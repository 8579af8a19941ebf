"""Graphviz DOT files, as `terraform graph` and many tools write them.

Source: "DOT Language" of the Graphviz documentation.  Reads nodes, edges, edge chains,
attributes, defaults and subgraphs; HTML labels are read as plain words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from app.errors import InvalidInput
from app.graph.catalog import Basis, Catalog, Service
from app.graph.formats.draft import CatalogDraft
from app.graph.formats.facts import Facts

MOST_BYTES = 32 * 1024 * 1024
MOST_DEPTH = 50
_KEPT = "the last good catalogue stays"
_TOKEN = re.compile(
    r"""(?P<blank>\s+|//[^\n]*|/\*.*?\*/|^\#[^\n]*)
      | (?P<quoted>"(?:[^"\\]|\\.)*")
      | (?P<html><(?:[^<>]|<[^<>]*>)*>)
      | (?P<sign>->|--|[{}\[\];,=:+])
      | (?P<word>[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*|-?(?:\.\d+|\d+(?:\.\d*)?))""",
    re.VERBOSE | re.DOTALL | re.MULTILINE,
)
_TERRAFORM = re.compile(r"\[root\] |\s*\((?:expand|close)\)")


def read(data: bytes, *, name: str, observed_at: datetime | None = None) -> Catalog:
    """Nodes and edges of a directed graph; an edge from A to B means that A depends on B.

    Attributes named as in `docs/catalogue.md` are facts.  Raises InvalidInput naming file and
    line when the file is broken or the graph is not directed.
    """
    if len(data) > MOST_BYTES:
        raise InvalidInput("larger than 32 MiB", field=name, kept=_KEPT)
    text = data.decode("utf-8-sig", errors="replace")
    parser = _Parser(list(_tokens(text, name)), name)
    parser.graph()
    draft = CatalogDraft(name, observed_at)
    for node, attributes in parser.nodes.items():
        place = f"{name}: node {node}"
        facts = Facts(words=attributes, place=place, warn=draft.warn)
        title = attributes.get("label", "")
        base = Service(id=node, name=node if title in ("", r"\N") else title)
        draft.add_service(facts.describe(base))
    for caller, callee, attributes in parser.edges:
        place = f"{name}: edge {caller} → {callee}"
        if caller == callee:
            draft.warn(f"{place}: depends on itself, this edge was left out")
            continue
        facts = Facts(words=attributes, place=place, warn=draft.warn)
        draft.add_dependency(caller, callee, **facts.of_call(), basis=Basis.DECLARED)
    return draft.build()


@dataclass(frozen=True, slots=True)
class _Token:
    text: str
    line: int
    is_sign: bool = False


def _tokens(text: str, name: str) -> Iterator[_Token]:
    place, line = 0, 1
    while place < len(text):
        match = _TOKEN.match(text, place)
        if match is None:
            sign = text[place : place + 12].partition("\n")[0]
            raise InvalidInput(f"cannot read {sign!r}", field=f"{name}:{line}", kept=_KEPT)
        found = match.group()
        if match["quoted"]:
            yield _Token(found[1:-1].replace("\\\n", "").replace('\\"', '"'), line)
        elif match["html"]:
            yield _Token(re.sub(r"<[^<>]*>", " ", found[1:-1]).strip(), line)
        elif not match["blank"]:
            yield _Token(found, line, is_sign=match["sign"] is not None)
        line += found.count("\n")
        place = match.end()


class _Parser:
    """Recursive descent over the tokens; fills `nodes` and `edges`."""

    def __init__(self, tokens: list[_Token], name: str) -> None:
        self._tokens = tokens
        self._place = 0
        self._name = name
        self.nodes: dict[str, dict[str, str]] = {}
        self.edges: list[tuple[str, str, dict[str, str]]] = []

    def graph(self) -> None:
        self._take_word("strict")
        if not self._take_word("digraph"):
            raise self._refuse("`digraph` is expected, only directed graphs say who needs whom")
        if not self._at("{"):
            self._word()
        self._block({}, {}, 0)

    def _block(
        self, node_defaults: dict[str, str], edge_defaults: dict[str, str], depth: int
    ) -> list[str]:
        """Everything between braces; returns the nodes named inside."""
        if depth > MOST_DEPTH:
            raise self._refuse(f"more than {MOST_DEPTH} levels deep")
        self._need("{")
        node_defaults, edge_defaults = dict(node_defaults), dict(edge_defaults)
        named: list[str] = []
        while not self._at("}"):
            if self._take(";") or self._take(","):
                continue
            if self._takes_defaults(node_defaults, edge_defaults):
                continue
            named.extend(self._statement(node_defaults, edge_defaults, depth))
        self._need("}")
        return list(dict.fromkeys(named))

    def _takes_defaults(self, nodes: dict[str, str], edges: dict[str, str]) -> bool:
        following = self._tokens[self._place + 1 : self._place + 2]
        if not following or following[0].text not in ("[", "=") or not following[0].is_sign:
            return False
        word = self._tokens[self._place].text
        if following[0].text == "=":
            self._place += 2
            self._word()
            return True
        if word.casefold() not in ("node", "edge", "graph"):
            return False
        self._place += 1
        kept = {"node": nodes, "edge": edges}.get(word.casefold(), {})
        kept.update(self._attributes())
        return True

    def _statement(
        self, node_defaults: dict[str, str], edge_defaults: dict[str, str], depth: int
    ) -> list[str]:
        groups = [self._group(node_defaults, edge_defaults, depth)]
        while self._take("->"):
            groups.append(self._group(node_defaults, edge_defaults, depth))
        if self._at("--"):
            raise self._refuse("`--` in a directed graph")
        attributes = self._attributes()
        if len(groups) == 1:
            for node in groups[0]:
                self.nodes[node].update(attributes)
        for tails, heads in pairwise(groups):
            self.edges.extend(
                (tail, head, {**edge_defaults, **attributes}) for tail in tails for head in heads
            )
        return [node for group in groups for node in group]

    def _group(
        self, node_defaults: dict[str, str], edge_defaults: dict[str, str], depth: int
    ) -> list[str]:
        if self._take_word("subgraph") and not self._at("{"):
            self._word()
        if self._at("{"):
            return self._block(node_defaults, edge_defaults, depth + 1)
        node = _TERRAFORM.sub("", self._word())
        while self._take(":"):
            self._word()  # a port
        self.nodes.setdefault(node, dict(node_defaults))
        return [node]

    def _attributes(self) -> dict[str, str]:
        attributes: dict[str, str] = {}
        while self._take("["):
            while not self._take("]"):
                if self._take(",") or self._take(";"):
                    continue
                key = self._word().casefold().replace("_", "-")
                attributes[key] = self._word() if self._take("=") else "true"
        return attributes

    def _at(self, sign: str) -> bool:
        if self._place >= len(self._tokens):
            raise self._refuse("the file ends in the middle of the graph")
        token = self._tokens[self._place]
        return token.is_sign and token.text == sign

    def _take(self, sign: str) -> bool:
        if self._place < len(self._tokens) and self._at(sign):
            self._place += 1
            return True
        return False

    def _take_word(self, word: str) -> bool:
        following = self._tokens[self._place : self._place + 1]
        if following and not following[0].is_sign and following[0].text.casefold() == word:
            self._place += 1
            return True
        return False

    def _need(self, sign: str) -> None:
        if not self._at(sign):
            raise self._refuse(f"{sign!r} is expected, not {self._tokens[self._place].text!r}")
        self._place += 1

    def _word(self) -> str:
        if self._place >= len(self._tokens):
            raise self._refuse("the file ends in the middle of the graph")
        token = self._tokens[self._place]
        if token.is_sign:
            raise self._refuse(f"a name is expected, not {token.text!r}")
        self._place += 1
        text = token.text
        while self._take("+"):
            text += self._word()
        return text

    def _refuse(self, reason: str) -> InvalidInput:
        near = self._tokens[min(self._place, len(self._tokens) - 1)] if self._tokens else None
        place = f"{self._name}:{near.line}" if near else self._name
        return InvalidInput(reason, field=place, kept=_KEPT)
