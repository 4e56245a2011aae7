"""The link over real sockets: mutual TLS 1.3, and what an answer of the broker means."""

from __future__ import annotations

import json
import ssl
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio
from aiohttp import web

from connectors import LinkError, LinkRefusedError, UseError
from connectors.app import utc_now
from connectors.exchanges import mutual_tls
from connectors.exchanges.mutual_tls import MutualTlsLink, client_context
from connectors.settings import BrokerSettings
from keys import pki
from schemas.ids import HouseId, Oin, PackDigest
from tests.connectors.parties import TOWN

HOUSE = HouseId("drenthe")


class Peer:
    """A server that answers as it is told, and remembers who called for what."""

    def __init__(self) -> None:
        self.status, self.content, self.headers = 200, b"{}", {"Content-Type": "application/json"}
        self.asked: list[tuple[str, str, Oin]] = []

    async def answer(self, request: web.Request) -> web.Response:
        transport = request.transport
        assert transport is not None
        certificate = transport.get_extra_info("ssl_object").getpeercert(binary_form=True)
        self.asked.append((request.method, request.path_qs, pki.oin_of(certificate)))
        await request.read()
        return web.Response(status=self.status, body=self.content, headers=self.headers)


def write(folder: Path) -> BrokerSettings:
    """An authority, a server's and a client's certificate."""
    now = utc_now()
    authority = pki.make_authority("Proef-CA", now - timedelta(days=1))
    for name, oin, hosts in (("server", Oin("00000099000000009999"), ("localhost",)), ("client", TOWN.oin, ())):
        key = pki.TlsKey.generate()
        pem = pki.issue(authority, pki.request(key, oin, "Proefpartij"), now, 1, server_names=hosts)
        (folder / f"{name}.pem").write_bytes(pem)
        (folder / f"{name}.key").write_bytes(key.pem)
    (folder / "ca.pem").write_bytes(authority.certificate)
    return BrokerSettings(
        url="https://localhost:1",
        authority=folder / "ca.pem",
        certificate=folder / "client.pem",
        key=folder / "client.key",
    )


@pytest.fixture
def peer() -> Peer:
    return Peer()


@pytest_asyncio.fixture
async def link(peer: Peer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[MutualTlsLink]:
    monkeypatch.setattr(mutual_tls, "ATTEMPTS", 1)
    settings = write(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "server.pem", tmp_path / "server.key")
    context.load_verify_locations(tmp_path / "ca.pem")
    context.verify_mode = ssl.CERT_REQUIRED
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", peer.answer)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "localhost", 0, ssl_context=context)
    await site.start()
    port = runner.addresses[0][1]
    opened = await MutualTlsLink.open(settings.model_copy(update={"url": f"https://localhost:{port}"}), HOUSE)
    yield opened
    await opened.close()
    await runner.cleanup()


async def test_calls_are_made_with_the_partys_certificate(link: MutualTlsLink, peer: Peer) -> None:
    peer.content = b'{"x":1}'
    assert await link.inbox(7, 21, 0.0) == peer.content
    await link.directory()
    await link.pack(PackDigest("A" * 43))
    await link.tile("tile/0/000.p/5")
    await link.entries(3, 10)
    assert await link.checkpoint() == '{"x":1}'
    base = "/v1/houses/drenthe"
    assert [(method, path) for method, path, _ in peer.asked] == [
        ("GET", f"{base}/inbox?after=7&since=21&wait=0"),
        ("GET", f"{base}/directory"),
        ("GET", f"{base}/packs/{'A' * 43}"),
        ("GET", f"{base}/log/tile/0/000.p/5"),
        ("POST", f"{base}/log/_entries"),
        ("GET", f"{base}/log/checkpoint"),
    ]
    assert {oin for _, _, oin in peer.asked} == {TOWN.oin}


async def test_a_refusal_by_a_rule_is_an_answer(link: MutualTlsLink, peer: Peer) -> None:
    peer.status, peer.content = 403, json.dumps({"code": "geweigerd", "reasons": []}).encode()
    assert not (await link.submit(b"{}")).accepted
    peer.status, peer.content = 202, b"{}"
    assert (await link.submit(b"{}")).accepted
    peer.status, peer.content = 403, json.dumps({"code": "verkeerde_afzender"}).encode()
    with pytest.raises(LinkRefusedError) as caught:
        await link.submit(b"{}")
    assert (caught.value.status, caught.value.code) == (403, "verkeerde_afzender")


@pytest.mark.parametrize(
    ("status", "content", "headers"),
    [
        (500, b"<html>", {}),
        (302, b"", {"Location": "https://elsewhere.example/"}),
        (200, b"\x1f\x8b", {"Content-Encoding": "gzip"}),
    ],
)
async def test_what_is_not_our_form_is_weather(
    link: MutualTlsLink, peer: Peer, status: int, content: bytes, headers: dict[str, str]
) -> None:
    peer.status, peer.content, peer.headers = status, content, headers
    with pytest.raises(LinkError):
        await link.directory()


async def test_too_long_an_answer_is_cut_off(link: MutualTlsLink, peer: Peer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("connectors.exchanges.pages.PAGE_LIMIT", 1000)
    peer.content = b"x" * 1001
    with pytest.raises(LinkError, match="more than fits"):
        await link.directory()


async def test_nobody_there_is_weather(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mutual_tls, "ATTEMPTS", 1)
    link = await MutualTlsLink.open(write(tmp_path), HOUSE)
    with pytest.raises(LinkError):
        await link.directory()
    await link.close()


async def test_a_broker_under_another_authority_is_not_spoken_to(
    link: MutualTlsLink, peer: Peer, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    strange = write(other)
    mine = write(tmp_path / "other")
    stranger = await MutualTlsLink.open(
        mine.model_copy(update={"url": link._base.partition("/v1")[0], "authority": strange.authority}), HOUSE
    )
    with pytest.raises(LinkError):
        await stranger.directory()
    await stranger.close()
    assert peer.asked == []


def test_only_tls_1_3_and_only_usable_files(tmp_path: Path) -> None:
    settings = write(tmp_path)
    context = client_context(settings)
    assert context.minimum_version == ssl.TLSVersion.TLSv1_3
    assert context.check_hostname
    assert context.verify_mode == ssl.CERT_REQUIRED
    with pytest.raises(UseError, match="check all three files"):
        client_context(settings.model_copy(update={"key": tmp_path / "absent"}))
