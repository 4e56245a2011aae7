"""Attacks from the network, without any party's keys or with too many connections."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
import time
from datetime import UTC, datetime
from pathlib import Path

from deploy.demo.adversary.attack import Attack, AttackError, Seen
from deploy.demo.adversary.ground import Ground
from deploy.demo.adversary.victim import open_victim
from keys import pki

NETWORK = "the network"
LONGEST = 20.0
"""The ground's broker gives a head or a body five seconds; another one 30, which are its defaults."""


def _plain(ground: Ground) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(ground.sandbox.founded.authority))


async def _no_certificate(ground: Ground, lie: bool) -> Seen:
    thief = ground.thief("huis")
    tls = _plain(ground) if lie else thief.tls
    return (await asyncio.to_thread(lambda: thief.call("GET", "inbox", tls=tls))).seen[:1]


async def _handshake(ground: Ground, context: ssl.SSLContext) -> Seen:
    def connect() -> Seen:
        address = ("localhost", ground.sandbox.ports.public)
        try:
            with (
                socket.create_connection(address, 10) as raw,
                context.wrap_socket(raw, server_hostname="localhost") as tls,
            ):
                tls.sendall(b"GET /v1/openapi.json HTTP/1.1\r\nHost: localhost\r\n\r\n")
                return ("an answer",) if tls.recv(100).startswith(b"HTTP/1.1 200") else ("the connection is ended",)
        except (ssl.SSLError, ConnectionError):
            return ("the connection is ended",)

    return await asyncio.to_thread(connect)


def _stranger(ground: Ground) -> ssl.SSLContext:
    """The house's OIN in a certificate by an authority that nobody named."""
    now, folder = datetime.now(UTC), ground.sandbox.base / "copies"
    authority, key = pki.make_authority("Ketenbroker sandbox", now), pki.TlsKey.generate()
    party = ground.sandbox.founded.parties["huis"]
    pem = pki.issue(authority, pki.request(key, party.oin, party.role.name), now, 1)
    return _with_files(_plain(ground), folder, pem, key.pem)


def _with_files(context: ssl.SSLContext, folder: Path, pem: bytes, key: bytes) -> ssl.SSLContext:
    folder.mkdir(mode=0o700, exist_ok=True)
    paths = folder / "stranger.pem", folder / "stranger.key"
    paths[0].write_bytes(pem)
    paths[1].write_bytes(key)
    context.load_cert_chain(*paths)
    return context


async def _unknown_authority(ground: Ground, lie: bool) -> Seen:
    return await _handshake(ground, _stranger(ground) if lie else ground.thief("huis").tls)


async def _old_tls(ground: Ground, lie: bool) -> Seen:
    context = _plain(ground)
    if lie:
        context.maximum_version = ssl.TLSVersion.TLSv1_2
    return await _handshake(ground, context)


async def _in_the_middle(ground: Ground, lie: bool) -> Seen:
    """A server with a certificate for the broker's name, by an authority that the connector does not know."""
    party = ground.sandbox.founded.parties["ggz"]
    if not lie:
        async with ground.victim("ggz") as victim:
            return await victim.polled() or ("an answer",)
    now = datetime.now(UTC)
    authority, key = pki.make_authority("Ketenbroker sandbox", now), pki.TlsKey.generate()
    pem = pki.issue(authority, pki.request(key, party.oin, "Ketenbroker"), now, 1, ("localhost", "127.0.0.1"))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    _with_files(context, ground.sandbox.base / "copies", pem, key.pem)
    reached: list[bytes] = []

    async def served(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError, ssl.SSLError):
            reached.append(await reader.read(100))
        writer.close()

    server = await asyncio.start_server(served, "127.0.0.1", 0, ssl=context)
    async with server:
        url = f"https://localhost:{server.sockets[0].getsockname()[1]}"
        async with open_victim(party, ground.sandbox.base / "copies" / "middle", url) as victim:
            return (*await victim.polled(), *("bytes of the party reached it" for data in reached if data))


async def _drip(ground: Ground, first: bytes, more: bytes) -> Seen:
    """A request that never ends: what the broker does, within the time that it says."""
    reader, writer = await asyncio.open_connection(
        "localhost", ground.sandbox.ports.public, ssl=ground.thief("huis").tls, server_hostname="localhost"
    )
    began = time.monotonic()
    try:
        writer.write(first)
        while time.monotonic() - began < LONGEST:
            writer.write(more)
            with contextlib.suppress(TimeoutError):
                said = await asyncio.wait_for(reader.read(4000), 1.0)
                return ("te_traag" if b"te_traag" in said else "the connection is ended",)
        return ("still open",)
    except ConnectionError:
        return ("the connection is ended",)
    finally:
        writer.close()
        with contextlib.suppress(ConnectionError, ssl.SSLError, TimeoutError):
            await asyncio.wait_for(writer.wait_closed(), 2)


async def _slow_header(ground: Ground, lie: bool) -> Seen:
    return await _drip(ground, b"GET /v1/openapi.json HTTP/1.1\r\nHost: localhost\r\n", b"X-A: 1\r\n")


async def _slow_body(ground: Ground, lie: bool) -> Seen:
    path = f"/v1/houses/{ground.sandbox.founded.house}/messages"
    head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 9000\r\n\r\n"
    return await _drip(ground, head.encode(), b" ")


async def _many(ground: Ground, lie: bool) -> Seen:
    """More connections at once than a party may have."""
    held: list[asyncio.StreamWriter] = []
    try:
        for _ in range(80 if lie else 1):
            _, writer = await asyncio.open_connection(
                "localhost", ground.sandbox.ports.public, ssl=ground.thief("om").tls, server_hostname="localhost"
            )
            held.append(writer)
        thief = ground.thief("om")
        crowded = (await asyncio.to_thread(lambda: thief.call("GET", "inbox"))).seen[:1]
        others = (await asyncio.to_thread(lambda: ground.thief("huis").call("GET", "inbox"))).status
    finally:
        for writer in held:
            writer.close()
        for writer in held:
            with contextlib.suppress(ConnectionError, ssl.SSLError, TimeoutError):
                await asyncio.wait_for(writer.wait_closed(), 2)
    return (crowded[0].strip(), f"others: {others}")


async def _too_large(ground: Ground, lie: bool) -> Seen:
    thief = ground.thief("huis")
    data = b'{"manifest":"' + b"x" * (3 << 20 if lie else 10) + b'"}'
    try:
        return (await asyncio.to_thread(lambda: thief.hand_in(data))).seen
    except AttackError:
        return ("the connection is ended",)


async def _bomb(ground: Ground, lie: bool) -> Seen:
    """Nesting as deep as a message is long."""
    thief = ground.thief("huis")
    data = b'{"manifest":' + b"[" * 500_000 + b"]" * 500_000 + b"}"
    return (await asyncio.to_thread(lambda: thief.hand_in(data))).seen


BY_NETWORK: tuple[Attack, ...] = (
    Attack(
        "no-certificate",
        ("T15",),
        "the network",
        "calls without a certificate",
        "the broker, in its security log",
        ("401 geen_certificaat",),
        _no_certificate,
        ("200 ",),
    ),
    Attack(
        "unknown-authority",
        ("T15",),
        "the network",
        "comes with a party's OIN in a certificate of an authority that nobody named",
        "the broker: no byte of HTTP is read",
        ("the connection is ended",),
        _unknown_authority,
        ("an answer",),
    ),
    Attack(
        "old-tls",
        ("T15", "T28"),
        "the network",
        "offers TLS 1.2",
        "the broker: no byte of HTTP is read",
        ("the connection is ended",),
        _old_tls,
        ("an answer",),
    ),
    Attack(
        "in-the-middle",
        ("T15",),
        "the network",
        "stands between a connector and the broker, with a certificate for the broker's name by another authority",
        "the connector: it says nothing to it",
        ("LinkError",),
        _in_the_middle,
        ("an answer",),
    ),
    Attack(
        "slow-header",
        ("T23",),
        "the network",
        "sends one header line a second, for ever",
        "the broker, in its security log",
        ("the connection is ended",),
        _slow_header,
    ),
    Attack(
        "slow-body",
        ("T23",),
        "the network",
        "sends one byte of a message a second, for ever",
        "the broker, in its security log",
        ("te_traag",),
        _slow_body,
    ),
    Attack(
        "many-connections",
        ("T23",),
        "the network",
        "opens more connections in the name of a party than a party may have",
        "the broker; other parties do not notice",
        ("429 te_veel", "others: 200"),
        _many,
        ("200", "others: 200"),
    ),
    Attack(
        "too-large",
        ("T23",),
        "the network",
        "posts three megabytes",
        "the broker, in its security log",
        ("413 te_groot",),
        _too_large,
        ("400 handtekening_vorm",),
    ),
    Attack(
        "deep-nesting",
        ("T23", "T24"),
        "the network",
        "posts half a million opening brackets",
        "the broker, in its security log",
        ("400 te_diep",),
        _bomb,
    ),
)
