"""Which function runs which command."""

from __future__ import annotations

import argparse


def run(arguments: argparse.Namespace) -> int:
    """Run the command that was parsed; gives back the exit code."""
    match arguments.command:
        case "serve":
            from app.cli.serving import serve

            return serve(arguments)
        case "backup" | "restore":
            return _operate(arguments)
        case "verify":
            return _verify(arguments)
        case "source" | "token" | "console" | "clearance":
            return _administer(arguments)
        case "import-catalog":
            from app.cli.catalogue import import_catalogue

            return import_catalogue(arguments)
        case "gate":
            from app.cli.gate import run_gate

            return run_gate(arguments)
        case "queue":
            from app.cli.queue import run_queue

            return run_queue(arguments)
        case "attachment":
            from app.cli.attaching import fetch

            return fetch(arguments)
        case "export":
            from app.cli.exporting import export

            return export(arguments)
        case _:
            from app.cli.verbs import run_verb

            return run_verb(arguments)


def _administer(arguments: argparse.Namespace) -> int:
    if arguments.command == "source":
        from app.cli.sources import run_source

        return run_source(arguments)
    from app.cli.rights import run_rights

    return run_rights(arguments)


def _operate(arguments: argparse.Namespace) -> int:
    from app.cli.operations import backup, restore
    from app.sync.folders import data_folder

    folder = arguments.data or data_folder() / "server"
    database, key_file = arguments.database or str(folder / "server.db"), folder / "server.key"
    if arguments.command == "backup":
        return backup(database, key_file, arguments.output)
    return restore(database, key_file, arguments.backup)


def _verify(arguments: argparse.Namespace) -> int:
    from app.proof.verify import main as verify

    words = [str(arguments.bundle)]
    if arguments.json:
        words.append("--json")
    if arguments.checkpoint is not None:
        words += ["--checkpoint", str(arguments.checkpoint)]
    if arguments.server_key is not None:
        words += [f"--server-key={arguments.server_key}"]
    if arguments.one is not None:
        words += [f"--one={arguments.one}"]
    return verify(words)
