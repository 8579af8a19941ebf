"""The verifier as outsiders run it: alone, on whatever they were given."""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
import textwrap
import zipfile
import zlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.events.codec import record_line
from app.events.event import Standing
from app.proof import layout
from app.proof.container import Entry, directory
from app.proof.encoding import to_base64
from app.proof.guide import GUIDE_TEXT
from app.proof.record import read_frame
from app.proof.verify import main, verify_bundle, verify_file
from tests.proof.made_log import make_body

ROOT = Path(__file__).parents[2]

ALONE = """
    import sys

    class OnlyTheStandardLibraryAndCryptography:
        allowed = sys.stdlib_module_names | {"cryptography", "_cffi_backend", "cffi"}

        def find_spec(self, name, path=None, target=None):
            top = name.partition(".")[0]
            ours = name in ("app", "app.proof") or name.startswith("app.proof.")
            if top not in self.allowed and not ours:
                raise ImportError(f"the verifier must not need {name}")

    sys.meta_path.insert(0, OnlyTheStandardLibraryAndCryptography())
    import runpy
    sys.argv = ["verify", *sys.argv[1:]]
    runpy.run_module("app.proof.verify", run_name="__main__")
"""


def run_alone(*arguments: str) -> subprocess.CompletedProcess[str]:
    """The verifier in a process that can import nothing else."""
    return subprocess.run(
        [sys.executable, "-c", textwrap.dedent(ALONE), *arguments],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "PYTHONUTF8": "1"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_the_verifier_needs_only_the_standard_library_and_cryptography(made, bundle):
    path = bundle(made.contents(hidden=[4]))

    done = run_alone(str(path), "--json")

    assert done.returncode == 0, done.stderr
    verdict = json.loads(done.stdout)
    assert verdict["ok"]
    assert verdict["size"] == 30
    assert verdict["counted"]["signatures"] == 29


def test_the_verifier_runs_as_a_module(made, bundle):
    path = bundle(made.contents())
    path.write_bytes(path.read_bytes().replace(b"Entry 12:", b"Entry 13:"))

    done = subprocess.run(
        [sys.executable, "-m", "app.proof.verify", str(path)],
        cwd=ROOT, capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip

    assert done.returncode == 1
    assert "Refused. record at position 12" in done.stdout


def test_the_verifier_imports_nothing_else_of_ours():
    sources = (ROOT / "app" / "proof").glob("*.py")
    imported = {
        name
        for source in sources
        for name in re.findall(r"^(?:from|import) (app[\w.]*)", source.read_text(), re.MULTILINE)
    }

    assert imported
    assert all(name == "app.proof" or name.startswith("app.proof.") for name in imported)


def test_the_command_line_takes_what_a_person_holds(made, bundle, tmp_path, capsys):
    path = bundle(made.contents())
    held = tmp_path / "held.txt"
    held.write_bytes(made.note_at(30))
    key = to_base64(made.server.public_key)

    assert main([str(path), "--checkpoint", str(held), "--server-key", key]) == 0
    assert "the site's key is the one you gave" in capsys.readouterr().out
    held.write_bytes(made.note_at(17)[:-9])
    assert main([str(path), "--checkpoint", str(held)]) == 1
    assert "REFUSED  held checkpoint" in capsys.readouterr().out
    assert main([str(path), "--checkpoint", str(tmp_path / "none")]) == 1
    assert "No such file" in capsys.readouterr().out


@pytest.mark.parametrize("key", ["AAAA", "not a key"])
def test_a_key_that_is_none_is_wrong_usage(key, capsys):
    with pytest.raises(SystemExit) as wrong:
        main(["file", "--server-key", key])

    assert wrong.value.code == 2
    assert "--server-key" in capsys.readouterr().err


def test_a_file_that_cannot_be_read_is_refused(tmp_path):
    missing = tmp_path / "missing.watchfloor"

    assert verify_bundle(missing).reason == "No such file or directory"
    assert verify_file(missing).where == str(missing)
    assert verify_bundle(tmp_path).reason == "is not a file"


def test_a_device_is_refused_and_not_waited_for():
    assert verify_file(Path(os.devnull)).reason == "is not a file"
    assert verify_bundle(Path(os.devnull)).reason == "is not a file"


def test_one_record_of_a_bundle_is_taken_out_to_convince_by_itself(made, bundle, tmp_path):
    path = bundle(made.contents(hidden=[4]))
    done = run_alone(str(path), "--one", "12", "--server-key", to_base64(made.server.public_key))
    assert done.returncode == 0, done.stderr
    assert done.stderr.rstrip().endswith(verify_bundle(path).sentence)

    pack = tmp_path / "12.proof.json"
    pack.write_text(done.stdout)

    verdict = verify_file(pack, server_key=made.server.public_key)
    assert verdict.ok, verdict.sentence
    assert verdict.checks[1].detail.startswith("position 12 of 30")


@pytest.mark.parametrize(
    ("position", "reason"),
    [
        (0, "there is none; the bundle has 30"),
        (31, "there is none; the bundle has 30"),
        (4, "is withheld: the bundle has its hash and no more"),
    ],
)
def test_a_record_that_cannot_be_shown_gives_no_pack(made, bundle, position, reason, capsys):
    status = main([str(bundle(made.contents(hidden=[4]))), "--one", str(position)])

    said = capsys.readouterr()
    assert (status, said.out) == (1, "")
    assert f"position {position}" in said.err
    assert reason in said.err


def test_nothing_is_taken_from_a_bundle_that_does_not_hold(made, bundle, capsys):
    path = bundle(made.contents())
    content = bytearray(path.read_bytes())
    content[content.index(b'"position":7,')] ^= 1
    path.write_bytes(content)

    assert main([str(path), "--one", "12"]) == 1
    assert capsys.readouterr().out == ""


def test_any_unzip_can_read_a_bundle(made, bundle):
    with zipfile.ZipFile(bundle(made.contents())) as opened:
        assert opened.testzip() is None
        assert opened.read("VERIFY.md").decode() == GUIDE_TEXT
        assert opened.read("checkpoint.txt") == made.note_at()
        assert opened.read("records.ndjson").splitlines() == list(made.records)


def test_a_zip_made_by_another_program_is_refused(made, bundle, tmp_path):
    path = bundle(made.contents())
    for compression in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        again = tmp_path / "again.watchfloor"
        with zipfile.ZipFile(path) as old, zipfile.ZipFile(again, "w", compression) as new:
            for name in old.namelist():
                new.writestr(name, old.read(name))
        verdict = verify_bundle(again)
        assert not verdict.ok
        assert verdict.where.startswith("byte ")


def test_a_zip_bomb_is_refused_unopened(tmp_path):
    path = tmp_path / "bomb.watchfloor"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as bomb:
        bomb.writestr("records.ndjson", b"0" * 50_000_000)

    verdict = verify_bundle(path)

    assert verdict.where == "byte 4"
    assert "'records.ndjson' is not as a bundle has it" in verdict.reason


def hostile_zip(*entries: Entry, data: bytes = b"") -> bytes:
    """Headers as a bundle has them, with whatever the entries claim."""
    return b"".join(entry.local_header for entry in entries) + data + directory(entries)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (hostile_zip(Entry(name="VERIFY.md", size=2**31, crc=0)), "more than"),
        (hostile_zip(Entry(name="records.ndjson", size=2**30, crc=0)), "more than the file has"),
        (
            hostile_zip(Entry(name="blobs/../../etc/passwd", size=0, crc=0)),
            "no entry of this name",
        ),
        (hostile_zip(Entry(name="/etc/passwd", size=0, crc=0)), "no entry of this name"),
        (hostile_zip(Entry(name="checkpoints/", size=0, crc=0)), "no entry of this name"),
        (hostile_zip(Entry(name="blobs/", size=0, crc=0)), "no entry of this name"),
        (hostile_zip(Entry(name="", size=0, crc=0)), "no entry of this name"),
        (hostile_zip(*[Entry(name="VERIFY.md", size=0, crc=0)] * 2), "or there twice"),
        (
            hostile_zip(
                Entry(name="keys.json", size=0, crc=0), Entry(name="VERIFY.md", size=0, crc=0)
            ),
            "out of order",
        ),
        (hostile_zip(Entry(name="x" * 300, size=0, crc=0)), "name"),
        (hostile_zip(), "no entry of a bundle starts here"),
        (b"", "no entry of a bundle starts here"),
        (b"PK\x03\x04", "no entry of a bundle starts here"),
    ],
)
def test_hostile_zips_are_refused_from_their_headers(tmp_path, data, said):
    path = tmp_path / "hostile.watchfloor"
    path.write_bytes(data)

    verdict = verify_bundle(path)

    assert said in verdict.reason
    assert verdict.where.startswith("byte ")


def test_too_many_entries_are_refused(tmp_path):
    path = tmp_path / "many.watchfloor"
    names = (layout.earlier_checkpoint_name(size) for size in range(layout.MAX_ENTRIES + 1))
    path.write_bytes(hostile_zip(*(Entry(name=name, size=0, crc=0) for name in names)))

    assert "one more than the 10000" in verify_bundle(path).reason


def test_a_huge_file_is_refused_unread(tmp_path):
    path = tmp_path / "huge.watchfloor"
    with path.open("wb") as file:
        file.truncate(layout.MAX_BUNDLE_BYTES + 1)

    assert verify_bundle(path).reason == "is larger than 2147483647 bytes"


@settings(max_examples=200)
@given(st.binary(max_size=400))
def test_arbitrary_bytes_are_refused_and_nothing_else_happens(tmp_path_factory, data):
    path = tmp_path_factory.mktemp("any") / "any.watchfloor"
    for beginning in (b"", b"PK\x03\x04", b"{"):
        path.write_bytes(beginning + data)
        assert not verify_file(path).ok


def test_what_is_shown_cannot_steer_a_terminal(tmp_path, capsys):
    path = tmp_path / "hostile.watchfloor"
    path.write_bytes(hostile_zip(Entry(name="\x1b[2J\x07", size=0, crc=0)))

    main([str(path)])

    assert "\x1b" not in capsys.readouterr().out


def test_records_as_the_server_writes_them_are_read_verbatim(made):
    console = made.consoles[0]
    body = make_body(console, 4, data={"text": '","sig":"', "why": '\\"}'})
    why = 'a "reason" with \\ and ü and \u2028 and \x07'

    for standing, reason in ((Standing.ACCEPTED, None), (Standing.QUARANTINED, why)):
        line = record_line(
            position=4, received_at=1_795_000_000_000_000, skew_ms=-172_800_000,
            standing=standing, why=reason, body=body, sig=console.sign_body(body),
        )  # fmt: skip
        frame = read_frame(line)
        assert frame.body == body
        assert frame.sig == console.sign_body(body)
        assert (frame.position, frame.standing) == (4, standing.value)
        assert frame.console == console.console_id


def test_a_long_line_is_refused_before_it_is_read(made, bundle, tmp_path):
    with zipfile.ZipFile(bundle(made.contents())) as honest:
        files = {name: honest.read(name) for name in honest.namelist()}
    files[layout.RECORDS] = b"x" * 1_000_000
    out = io.BytesIO()
    entries = []
    for name, data in files.items():
        entries.append(Entry(name=name, size=len(data), crc=zlib.crc32(data)))
        out.write(entries[-1].local_header + data)
    path = tmp_path / "long.watchfloor"
    path.write_bytes(out.getvalue() + directory(entries))

    verdict = verify_bundle(path)

    assert verdict.where == "records.ndjson, line 1"
    assert verdict.reason == "is too long or has no end"
