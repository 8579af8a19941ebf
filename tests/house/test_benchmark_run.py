"""The benchmark run keeps what it did not measure again."""

from __future__ import annotations

import json
from dataclasses import asdict

import pytest

from tests.benchmarks import __main__ as run
from tests.benchmarks import measure
from tests.benchmarks.__main__ import merged, table
from tests.benchmarks.figure import Figure, NotMeasurable

OLD = asdict(Figure(name="replay.fold_100k_ms", value=300.0, unit="ms", n=5))
NEW = asdict(Figure(name="replay.fold_100k_ms", value=250.0, unit="ms", n=5))
OTHER = asdict(Figure(name="idle.rss_mb", value=180.0, unit="MB"))


def test_a_new_figure_replaces_the_old_one_of_its_name_only():
    assert merged([OLD, OTHER], [NEW]) == [OTHER, NEW]


def test_every_figure_has_a_line_with_its_unit():
    [line] = table([NEW])

    assert "replay.fold_100k_ms" in line
    assert "250.00 ms" in line


def test_a_benchmark_writes_what_it_yields(tmp_path, monkeypatch):
    class Module:
        measure = staticmethod(lambda: iter([Figure(name="a.b_ms", value=1.0, unit="ms")]))

    monkeypatch.setattr(measure.importlib, "import_module", lambda _name: Module)

    measure.main("bench_a", str(tmp_path / "figures.json"))

    [row] = json.loads((tmp_path / "figures.json").read_text(encoding="utf-8"))
    assert row == {"name": "a.b_ms", "value": 1.0, "unit": "ms", "n": 1, "note": ""}


def test_a_benchmark_that_lacks_something_writes_why(tmp_path, monkeypatch):
    class Module:
        @staticmethod
        def measure():
            raise NotMeasurable("Node is not installed")

    monkeypatch.setattr(measure.importlib, "import_module", lambda _name: Module)

    measure.main("bench_a", str(tmp_path / "figures.json"))

    reason = json.loads((tmp_path / "figures.json").read_text(encoding="utf-8"))
    assert reason == "Node is not installed"


@pytest.mark.parametrize(
    ("measured", "status", "said"),
    [
        ("Node is not installed", 0, "SKIPPED bench_peers: Node is not installed"),
        (None, 1, "FAILED bench_peers"),
        ([], 1, "FAILED bench_peers"),
    ],
    ids=["lacks something", "broke", "yielded nothing"],
)
def test_only_a_benchmark_that_says_why_may_have_no_figures(
    measured, status, said, tmp_path, monkeypatch, capsys
):
    monkeypatch.setattr(run, "RESULT", tmp_path / "bench.json")
    monkeypatch.setattr(run, "measure_apart", lambda _name: measured)

    assert run.main("peers") == status

    assert said in capsys.readouterr().out
