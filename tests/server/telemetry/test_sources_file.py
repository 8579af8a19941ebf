"""The file of what a server asks."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.errors import InvalidInput
from app.server.telemetry.sources_file import read_sources_file

GOOD = """
prometheus:
  - name: prometheus
    url: http://prometheus:9090
    interval: 10
    queries: {latency: ""}
    thresholds: {failing: 0.5}
catalogues:
  - {name: catalog-info.yaml, where: /srv/catalog-info.yaml}
"""


def test_sources_are_read_and_what_is_not_said_has_its_default(tmp_path: Path):
    file = tmp_path / "sources.yml"
    file.write_text(GOOD)

    found = read_sources_file(file)

    (prometheus,) = found.prometheus
    assert (prometheus.interval, prometheus.queries.latency) == (10, "")
    assert "traces_service_graph_request_total" in prometheus.queries.requests
    assert (prometheus.thresholds.failing, prometheus.thresholds.rise) == (0.5, 2)
    assert found.catalogues[0].interval == 300


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("prometheus: [{name: p}]", "url"),
        ("prometheus: [{name: p, url: u, interval: soon}]", "interval"),
        ("prometheus: [{name: p, url: u, interval: 0}]", "interval of p"),
        (
            "prometheus: [{name: p, url: u}]\ncatalogues: [{name: p, where: f}]",
            "two sources have the same name",
        ),
        ("prometheus: [", "sources.yml"),
    ],
)
def test_a_broken_file_is_refused_by_its_name_and_key(tmp_path: Path, text: str, told: str):
    file = tmp_path / "sources.yml"
    file.write_text(text)

    with pytest.raises(InvalidInput, match=r"sources\.yml") as caught:
        read_sources_file(file)

    assert told in str(caught.value)


def test_a_missing_file_is_named(tmp_path: Path):
    with pytest.raises(InvalidInput, match=r"nowhere\.yml"):
        read_sources_file(tmp_path / "nowhere.yml")
