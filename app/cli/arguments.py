"""The command line as people type it."""

from __future__ import annotations

import argparse
import re
from collections.abc import Sequence
from pathlib import Path

from app.events.sensitivity import Sensitivity

_DASHED_ID = re.compile(r"-[\w-]{21}")
"""The id of a console, base64url of 16 bytes, where it looks like an option."""


def parsed(words: Sequence[str]) -> argparse.Namespace:
    """What was typed; leaves with exit code 2 and a word about it where that makes no command."""
    return build_parser().parse_args(_with_ids_behind(words))


def _with_ids_behind(words: Sequence[str]) -> list[str]:
    """The words with a console's id behind all options: one in 64 of them begins with a dash."""
    if tuple(words[:2]) != ("console", "revoke"):
        return list(words)
    ids = [word for word in words if _DASHED_ID.fullmatch(word)]
    return [*(word for word in words if word not in ids), *(["--", *ids] if ids else [])]


def build_parser() -> argparse.ArgumentParser:
    """The commands that need no window; `main.py` alone opens the console."""
    parser = argparse.ArgumentParser(
        prog="watchfloor", description="Run major incidents from a terminal, or run the server."
    )
    commands = parser.add_subparsers(dest="command", required=True)
    _add_serve(commands)
    _add_writing(commands)
    _add_attachment(commands)
    _add_catalogue(commands)
    _add_sources(commands)
    _add_gate(commands)
    _add_rights(commands)
    _add_proof(commands)
    _add_queue(commands)
    _add_operations(commands)
    return parser


Commands = argparse._SubParsersAction  # argparse has no public name for this type


def _add_serve(commands: Commands[argparse.ArgumentParser]) -> None:
    serve = commands.add_parser("serve", help="run the server; prints its URL when ready")
    serve.add_argument("--host", default="127.0.0.1")
    serve.add_argument("--port", type=int, default=8731, help="0 takes any free port")
    serve.add_argument("--database", default="", help="a file or a postgresql:// URL")
    serve.add_argument("--data", type=Path, help="folder for database, keys and the owner's token")
    serve.add_argument("--site", default="watchfloor.local", help="the site's name in proofs")
    serve.add_argument("--owner", default="", help="person id who owns the site")
    serve.add_argument(
        "--child", action="store_true", help="stop when standard input ends (for consoles)"
    )
    serve.add_argument("--story", type=Path, help="play this story, then stay")
    serve.add_argument("--incident", default="", help="with --story: the id of its incident")
    serve.add_argument(
        "--hints", default="", help="nats:// URL, with several servers on one PostgreSQL"
    )
    serve.add_argument("--sources", type=Path, help="file of what to ask on a schedule")


def _add_target(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--server", default="", help="URL; else WATCHFLOOR_SERVER")
    parser.add_argument("--token-file", type=Path, help="else the token in WATCHFLOOR_TOKEN")
    parser.add_argument("--json", action="store_true", help="print JSON")


def _add_writing(commands: Commands[argparse.ArgumentParser]) -> None:
    declare = commands.add_parser("declare", help="declare an incident")
    declare.add_argument("title")
    declare.add_argument("--severity", type=int, choices=range(1, 6), default=3)
    declare.add_argument("--number", default="", help="INC-2417; else made from the time")
    declare.add_argument("--environment", default="")
    declare.add_argument(
        "--exercise", action="store_true", help="not a real incident, and said to be none"
    )
    _add_target(declare)
    for name, what in (
        ("note", "write a note"),
        ("decide", "propose and decide, as /d does"),
        ("act", "give somebody work, as /a does"),
        ("freeze", "freeze changes, as /f does"),
    ):
        verb = commands.add_parser(name, help=what)
        verb.add_argument("text", nargs="+")
        verb.add_argument("--incident", default="", help="id or number; else the newest")
        if name == "note":
            verb.add_argument("--attach", type=Path, action="append", help="a file with the note")
        _add_target(verb)
    status = commands.add_parser("status", help="how an incident stands")
    status.add_argument("--incident", default="", help="id or number; else the newest")
    _add_target(status)


def _add_attachment(commands: Commands[argparse.ArgumentParser]) -> None:
    attachment = commands.add_parser("attachment", help="fetch a file that belongs to a note")
    attachment.add_argument("sha256", help="as the note has it")
    attachment.add_argument("-o", "--output", type=Path, required=True)
    _add_target(attachment)


def _add_catalogue(commands: Commands[argparse.ArgumentParser]) -> None:
    catalogue = commands.add_parser("import-catalog", help="services and dependencies from files")
    catalogue.add_argument("files", nargs="+", type=Path)
    catalogue.add_argument("--format", default=None, help="else told from the content")
    _add_target(catalogue)


def _add_sources(commands: Commands[argparse.ArgumentParser]) -> None:
    source = commands.add_parser("source", help="who may deliver alerts and changes")
    verbs = source.add_subparsers(dest="verb", required=True)
    add = verbs.add_parser("add", help="register a sender; prints its token, this once")
    add.add_argument("name")
    add.add_argument("--format", required=True, help="alertmanager or change")
    add.add_argument(
        "--service-label", action="append", help="a label that names a service; in order"
    )
    add.add_argument(
        "--ignore-label", action="append", help="a label that does not tell alerts apart"
    )
    add.add_argument("--severity", action="append", help="word=severity, such as page=critical")
    add.add_argument("--incident", default="", help="id of the one incident it belongs to")
    revoke = verbs.add_parser("revoke", help="end a sender's right to deliver")
    revoke.add_argument("name")
    listing = verbs.add_parser("list", help="the registered senders")
    for verb in (add, revoke, listing):
        _add_target(verb)


def _add_gate(commands: Commands[argparse.ArgumentParser]) -> None:
    gate = commands.add_parser("gate", help="may this service be deployed now? exit code 3: no")
    gate.add_argument("service", help="id, alias or name")
    gate.add_argument("--environment", default="", help="where to; else anywhere")
    _add_target(gate)


def _add_rights(commands: Commands[argparse.ArgumentParser]) -> None:
    token = commands.add_parser("token", help="tokens: who may speak to the server")
    verbs = token.add_subparsers(dest="verb", required=True)
    add = verbs.add_parser("add", help="issue a token; prints it, this once")
    add.add_argument("actor", help="person:ID or integration:ID")
    revoke = verbs.add_parser("revoke", help="end a token; its streams end too")
    revoke.add_argument("id", help="as `token list` shows it")
    console = commands.add_parser("console", help="consoles: what may sign events")
    devices = console.add_subparsers(dest="verb", required=True)
    stolen = devices.add_parser("revoke", help="what it signs from now on takes no effect")
    stolen.add_argument("id", help="as `console list` shows it")
    stolen.add_argument("--reason", default="", help="recorded, for everybody to read")
    clearance = commands.add_parser("clearance", help="who may read sensitive notes")
    levels = clearance.add_subparsers(dest="verb", required=True)
    change = levels.add_parser("set", help="say how sensitive a note a person may read")
    change.add_argument("person")
    change.add_argument("level", choices=[one.value for one in Sensitivity])
    listings = [group.add_parser("list", help="show them") for group in (verbs, devices, levels)]
    for parser in (add, revoke, stolen, change, *listings):
        _add_target(parser)


def _add_proof(commands: Commands[argparse.ArgumentParser]) -> None:
    export = commands.add_parser("export", help="write the portable bundle of an incident")
    export.add_argument("incident", help="id or number")
    export.add_argument("-o", "--output", type=Path, required=True)
    _add_target(export)
    verify = commands.add_parser("verify", help="verify a bundle; needs no server")
    verify.add_argument("bundle", type=Path)
    verify.add_argument("--checkpoint", type=Path, help="a later checkpoint it must agree with")
    verify.add_argument("--json", action="store_true")
    verify.add_argument("--server-key", help="the site's public key, Base64, known from elsewhere")
    verify.add_argument(
        "--one", type=int, metavar="POSITION", help="print the proof pack for one record"
    )


def _add_queue(commands: Commands[argparse.ArgumentParser]) -> None:
    queue = commands.add_parser("queue", help="carry what a device could not send")
    verbs = queue.add_subparsers(dest="verb", required=True)
    export = verbs.add_parser("export", help="write what waits in a profile to a file")
    export.add_argument("-o", "--output", type=Path, required=True)
    export.add_argument("--profile", default="default", help="whose queue")
    bring = verbs.add_parser("import", help="queue what is in a file, as its authors wrote it")
    bring.add_argument("file", type=Path)
    bring.add_argument("--profile", default="default", help="in whose queue; sent when it is open")
    bring.add_argument("--server", default="", help="URL; send it there at once instead")
    bring.add_argument("--token-file", type=Path, help="else the token in WATCHFLOOR_TOKEN")


def _add_operations(commands: Commands[argparse.ArgumentParser]) -> None:
    backup = commands.add_parser("backup", help="copy a running server's database and keys")
    backup.add_argument("-o", "--output", type=Path, required=True, help="a new folder")
    restore = commands.add_parser("restore", help="put a backup in a stopped server's place")
    restore.add_argument(
        "backup", type=Path, nargs="?", help="its folder; none after pg_restore, to begin anew"
    )
    for parser in (backup, restore):
        parser.add_argument("--database", default="", help="a file or a postgresql:// URL")
        parser.add_argument("--data", type=Path, help="folder of database and keys")
