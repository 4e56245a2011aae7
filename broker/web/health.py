"""The operator's own port, plain HTTP and never reachable from outside: alive, ready, figures.

``/healthz``: the process answers. ``/readyz``: the database answers and the house's tasks run (the function that is
handed in decides), else 503. ``/metrics``: for Prometheus.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest

Ready = Callable[[], Awaitable[bool]]


def health_application(registry: CollectorRegistry, ready: Ready) -> web.Application:
    """The three routes."""

    async def healthz(_: web.Request) -> web.Response:
        return web.json_response({"status": "pass"})

    async def readyz(_: web.Request) -> web.Response:
        is_ready = await ready()
        return web.json_response({"status": "pass" if is_ready else "fail"}, status=200 if is_ready else 503)

    async def metrics(_: web.Request) -> web.Response:
        return web.Response(body=generate_latest(registry), headers={"Content-Type": CONTENT_TYPE_LATEST})

    application = web.Application()
    application.router.add_get("/healthz", healthz)
    application.router.add_get("/readyz", readyz)
    application.router.add_get("/metrics", metrics)
    return application
