"""What is asked on a schedule: Prometheus for readings, catalogues for services."""

from __future__ import annotations

from dataclasses import dataclass, field

_CALLS = "traces_service_graph_request"


@dataclass(frozen=True, slots=True, kw_only=True)
class Queries:
    """What Prometheus is asked, in PromQL; an empty text is not asked.

    The first three have the labels `client` and `server` (and `connection_type`): calls per
    second, failed calls per second, seconds.  The others have the label `service_label`:
    `service_saturation` is the share in use of what a service has least of, 0 to 1;
    `window_calls` and `window_failed` count calls over a longer time, for error budgets, with
    `$window` for its length and `$label` for the label.  The defaults are the metrics of
    OpenTelemetry's service graph connector.
    """

    requests: str = f"sum by (client, server, connection_type) (rate({_CALLS}_total[1m]))"
    failed: str = f"sum by (client, server) (rate({_CALLS}_failed_total[1m]))"
    latency: str = (
        "histogram_quantile(0.95, sum by (client, server, le) "
        f"(rate({_CALLS}_server_seconds_bucket[1m])))"
    )
    service_rate: str = ""
    service_errors: str = ""
    service_latency: str = ""
    service_saturation: str = ""
    service_label: str = "service_name"
    window_calls: str = (
        f"sum by ($label) (label_replace(increase({_CALLS}_total[$window]), "
        '"$label", "$1", "server", "(.*)"))'
    )
    window_failed: str = (
        f"sum by ($label) (label_replace(increase({_CALLS}_failed_total[$window]), "
        '"$label", "$1", "server", "(.*)"))'
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Thresholds:
    """When readings change a service's health.

    Ratios are shares of failing calls.  It takes `rise` readings in a row to get worse and
    `fall` to get better, and getting better means a fifth below the threshold.  Of fewer than
    `least_rate` calls per second nothing is concluded.
    """

    degraded: float = 0.05
    failing: float = 0.20
    rise: int = 2
    fall: int = 4
    least_rate: float = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class PrometheusSource:
    """A Prometheus that is asked every `interval` seconds under its HTTP API at `url`.

    With `tells_dependencies`, services and calls it has seen are added to the catalogue.
    """

    name: str
    url: str
    interval: float = 15.0
    queries: Queries = field(default_factory=Queries)
    thresholds: Thresholds = field(default_factory=Thresholds)
    tells_dependencies: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogueSource:
    """A catalogue at `where` (an http or https address, or a file) read every `interval` seconds.

    Its format is found from its content, see `docs/catalogue.md`.
    """

    name: str
    where: str
    interval: float = 300.0

    @property
    def is_file(self) -> bool:
        """Whether this is a file and no address."""
        return not self.where.startswith(("http://", "https://"))
