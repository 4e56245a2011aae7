"""The figures that Prometheus reads: requests by route and status, their time, live connections.

Labels are route templates, methods, statuses: never a path, an OIN or a case.
"""

from __future__ import annotations

from typing import Final

from aiohttp import web
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from broker.web.limits import Connections, Waiting


class Metrics:
    """One registry per application, so that two in one process do not meet."""

    def __init__(self, registry: CollectorRegistry, connections: Connections, waiting: Waiting) -> None:
        self.registry = registry
        self._requests = Counter(
            "keten_requests", "Requests answered", ["method", "route", "status"], registry=registry
        )
        self._seconds = Histogram(
            "keten_request_seconds",
            "Time from a complete request head to the answer; a long poll waits on purpose",
            ["method", "route"],
            registry=registry,
            buckets=(0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 30),
        )
        Gauge("keten_connections", "Live connections", registry=registry).set_function(lambda: connections.total)
        Gauge("keten_parties_connected", "Parties with a live connection", registry=registry).set_function(
            connections.parties
        )
        Gauge("keten_waiting", "Messages that wait for their batch", registry=registry).set_function(
            lambda: waiting.now
        )

    def request(self, method: str, route: str, status: int, seconds: float) -> None:
        """One request was answered."""
        self._requests.labels(method, route, str(status)).inc()
        self._seconds.labels(method, route).observe(seconds)


METRICS: Final = web.AppKey("metrics", Metrics)
