"""The operator's port: alive, ready, figures."""

from __future__ import annotations

import aiohttp
import pytest

from broker.web.serving import health_listening
from tests.broker.web.conftest import Start


@pytest.mark.parametrize(("is_ready", "status"), [(True, 200), (False, 503)])
async def test_alive_and_ready_are_two_things(start: Start, is_ready: bool, status: int) -> None:
    async def ready() -> bool:
        return is_ready

    async with start() as running, health_listening(running.application, ready, "127.0.0.1", 0) as runner:
        port = runner.addresses[0][1]
        async with aiohttp.ClientSession(f"http://127.0.0.1:{port}") as client:
            async with client.get("/healthz") as response:
                assert response.status == 200
            async with client.get("/readyz") as response:
                assert response.status == status
            async with client.get("/metrics") as response:
                assert response.status == 200
                assert "keten_connections" in await response.text()
