"""Slow, many and hostile peers: what is cut, what is sent away, and that others are served meanwhile."""

from __future__ import annotations

import asyncio
import json

import pytest

from broker.problem import ProblemError
from broker.web.limits import CONNECTIONS, Connections, Limits, Waiting
from tests.broker.web.certificates import OTHER, PARTY, Files, Sandbox
from tests.broker.web.conftest import HOUSE, Running, Start

pytestmark = pytest.mark.slow

HEAD = f"POST /v1/houses/{HOUSE}/echo HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"


async def connect(running: Running, files: Files | None) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """A connection without any client library."""
    return await asyncio.open_connection("127.0.0.1", running.port, ssl=running.sandbox.client(files))


async def rest(reader: asyncio.StreamReader) -> bytes:
    """All that still comes; nothing where the connection was cut."""
    try:
        return await asyncio.wait_for(reader.read(), 5)
    except ConnectionError:
        return b""


@pytest.mark.parametrize("sent", [b"", b"POST /v1/hou", HEAD.encode()], ids=["nothing", "a line", "a head"])
async def test_a_head_that_does_not_end_is_cut(start: Start, party: Files, sent: bytes) -> None:
    async with start(Limits(header_seconds=0.3)) as running:
        reader, writer = await connect(running, party)
        writer.write(sent)
        assert await rest(reader) == b""
        writer.close()


async def test_a_second_head_that_does_not_end_is_cut_while_an_idle_connection_lives(
    start: Start, party: Files
) -> None:
    whole = f"{HEAD}Content-Length: 2\r\n\r\n{{}}".encode()
    async with start(Limits(header_seconds=0.3, idle_seconds=5)) as running:
        reader, writer = await connect(running, party)
        writer.write(whole)
        assert (await reader.readuntil(b"}")).startswith(b"HTTP/1.1 200")
        await asyncio.sleep(0.6)  # idle, longer than a head may take
        writer.write(whole)
        assert (await reader.readuntil(b"}")).startswith(b"HTTP/1.1 200")
        writer.write(b"POST /v1/hou")
        assert await rest(reader) == b""
        writer.close()


async def test_an_idle_connection_is_closed_in_the_end(start: Start, party: Files) -> None:
    async with start(Limits(idle_seconds=0.3)) as running:
        reader, writer = await connect(running, party)
        writer.write(f"{HEAD}Content-Length: 2\r\n\r\n{{}}".encode())
        assert (await rest(reader)).startswith(b"HTTP/1.1 200")
        writer.close()


async def test_a_body_that_drips_is_told_so(start: Start, party: Files) -> None:
    async with start(Limits(body_seconds=0.3)) as running:
        reader, writer = await connect(running, party)
        writer.write(f"{HEAD}Content-Length: 900\r\n\r\n".encode())
        for _ in range(5):
            writer.write(b"x")
            await asyncio.sleep(0.1)
        head, _, body = (await rest(reader)).partition(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 408")
        assert json.loads(body)["code"] == "te_traag"
        writer.close()


async def test_a_body_without_a_length_is_still_bounded(start: Start, party: Files) -> None:
    async with start() as running:
        reader, writer = await connect(running, party)
        writer.write(f"{HEAD}Transfer-Encoding: chunked\r\n\r\n".encode() + b"400\r\n" + b"x" * 1024 + b"\r\n")
        head, _, body = (await rest(reader)).partition(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 413")
        assert json.loads(body)["code"] == "te_groot"
        writer.close()


async def test_a_body_that_is_not_what_its_head_says_is_no_http(start: Start, party: Files) -> None:
    async with start() as running:
        reader, writer = await connect(running, party)
        writer.write(f"{HEAD}Transfer-Encoding: chunked\r\n\r\nzz\r\nx\r\n".encode())
        head, _, body = (await rest(reader)).partition(b"\r\n\r\n")
        assert head.split(b" ")[1] == b"400"
        assert json.loads(body)["code"] == "geen_http"
        writer.close()


async def test_an_answer_that_nobody_reads_is_cut(start: Start, party: Files) -> None:
    async with start(Limits(write_seconds=0.5)) as running:
        reader, writer = await connect(running, party)
        writer.write(f"GET /v1/houses/{HOUSE}/big HTTP/1.1\r\nHost: a\r\n\r\n".encode())
        async with asyncio.timeout(10):
            await asyncio.sleep(0.2)
            while running.application[CONNECTIONS].total:  # noqa: ASYNC110 - nothing tells when the kernel cuts
                await asyncio.sleep(0.05)
        assert len(await rest(reader)) < 30_000_000
        writer.close()


async def test_one_party_too_often_does_not_hinder_another(start: Start, sandbox: Sandbox, party: Files) -> None:
    other = sandbox.issue(OTHER)
    async with start(Limits(connections_per_party=2)) as running:
        open_ones = [await connect(running, party) for _ in range(2)]
        async with running.session(party) as third, third.post(running.house("echo"), json={}) as response:
            assert response.status == 429
            assert int(response.headers["Retry-After"]) > 0
            assert (await response.json(content_type="application/problem+json"))["code"] == "te_veel"
        async with running.session(other) as client, client.post(running.house("echo"), json={}) as response:
            assert response.status == 200
        for _, writer in open_ones:
            writer.close()
            await writer.wait_closed()
        async with running.session(party) as again, again.post(running.house("echo"), json={}) as response:
            assert response.status == 200


async def test_strangers_together_are_few(start: Start) -> None:
    async with start(Limits(connections_anonymous=1)) as running:
        _, writer = await connect(running, None)
        async with running.session(None) as client, client.get(running.url("/v1/openapi.json")) as response:
            assert response.status == 429
        writer.close()


async def test_a_full_broker_says_when_to_come_back(start: Start, party: Files) -> None:
    async with start(Limits(connections=1)) as running:
        _, writer = await connect(running, None)
        async with running.session(party) as client, client.post(running.house("echo"), json={}) as response:
            assert response.status == 503
            assert int(response.headers["Retry-After"]) > 0
        writer.close()


def test_every_connection_that_left_is_forgotten() -> None:
    connections = Connections(Limits())
    for _ in range(3):
        assert connections.enter(PARTY) is None
    assert (connections.total, connections.parties()) == (3, 1)
    for _ in range(3):
        connections.leave(PARTY)
    assert (connections.total, connections.parties()) == (0, 0)


def test_the_queue_is_bounded_and_gives_places_back() -> None:
    waiting = Waiting(1)
    with waiting.place(), pytest.raises(ProblemError, match="even_niet"), waiting.place():
        pass
    with waiting.place():
        assert waiting.now == 1
    assert waiting.now == 0
