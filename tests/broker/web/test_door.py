"""Who gets in, what an error looks like, what stands on every answer."""

from __future__ import annotations

import asyncio
import json
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from broker.problem import ProblemError
from broker.web.headers import ALWAYS
from broker.web.identity import Trust, caller_of_certificate
from broker.web.routes import TABLE
from broker.web.tls import Tls, TlsError, server_context
from keys import pki
from schemas.ids import HouseId, Oin
from schemas.problems import PROBLEMS
from tests.broker.web.certificates import OTHER, PARTY, Files, Sandbox
from tests.broker.web.conftest import HOUSE, Running, Start


async def problem_of(response: aiohttp.ClientResponse) -> dict[str, object]:
    """The body of an error, its form checked against what the house promises."""
    assert response.headers["Content-Type"] == "application/problem+json"
    for name, value in ALWAYS.items():
        assert response.headers[name] == value
    body: dict[str, object] = json.loads(await response.read())
    assert {"type", "title", "status", "detail", "code"} <= set(body)
    assert body["status"] == response.status == PROBLEMS[str(body["code"])].status
    assert body["type"] == f"urn:ketenbroker:probleem:{body['code']}"
    return body


async def test_every_route_but_the_description_asks_for_a_certificate(start: Start) -> None:
    async with start() as running, running.session(None) as client:
        for route in running.application[TABLE].values():
            path = route.template.replace("{house}", HOUSE)
            async with client.request(route.method, running.url(f"/v1{path}"), json={}) as response:
                if route.public:
                    assert (route.name, response.status) == ("describe", 200)
                else:
                    assert (await problem_of(response))["code"] == "geen_certificaat"


@pytest.mark.parametrize("path", ["/", "/v1", "/v1/houses/zuidpolder/echo/", "/elders"])
async def test_what_does_not_exist_needs_a_certificate_too(start: Start, party: Files, path: str) -> None:
    async with start() as running:
        async with running.session(None) as stranger, stranger.get(running.url(path)) as response:
            assert (await problem_of(response))["code"] == "geen_certificaat"
        async with running.session(party) as client, client.get(running.url(path)) as response:
            assert (await problem_of(response))["code"] == "niet_gevonden"


async def test_a_party_is_known_by_the_oin_in_its_certificate(start: Start, party: Files) -> None:
    async with start() as running, running.call(party, "POST", running.house("echo"), json={}) as response:
        assert response.status == 200
        assert await response.json() == {"oin": PARTY, "size": "2"}
        for name, value in ALWAYS.items():
            assert response.headers[name] == value


async def test_a_certificate_of_an_unknown_authority_does_not_connect(start: Start, tmp_path: Path) -> None:
    stranger = Sandbox(tmp_path, "Elders CA")
    async with start() as running, running.session(stranger.issue(PARTY)) as client:
        with pytest.raises((aiohttp.ClientError, ssl.SSLError)):
            await client.get(running.url("/v1/openapi.json"))


async def test_the_authority_of_one_house_does_not_speak_for_another(
    start: Start, party: Files, tmp_path: Path
) -> None:
    async with (
        start(trusted=Sandbox(tmp_path)) as running,
        running.call(party, "POST", running.house("echo"), json={}) as response,
    ):
        assert (await problem_of(response))["code"] == "geen_certificaat"


async def test_without_that_check_it_would(
    start: Start, party: Files, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def trusting(*_: object) -> None:
        return None

    monkeypatch.setattr(Trust, "check", trusting)
    async with start(trusted=Sandbox(tmp_path)) as running, running.session(party) as client:
        response = await client.post(running.house("echo"), json={})
        assert response.status == 200


async def test_a_server_certificate_is_not_a_partys(start: Start, sandbox: Sandbox) -> None:
    server = sandbox.issue(OTHER, "elders.example")
    async with start() as running, running.session(server) as client:
        with pytest.raises((aiohttp.ClientError, ssl.SSLError)):
            await client.post(running.house("echo"), json={})


async def test_a_remembered_certificate_is_looked_at_again(sandbox: Sandbox, party: Files) -> None:
    async def authorities(house: HouseId, oin: Oin) -> list[bytes]:
        return [sandbox.der]

    der = pki.der_of(party.certificate.read_bytes())
    caller = caller_of_certificate(der)
    assert caller is not None
    trust, house = Trust(authorities), HouseId(HOUSE)
    now = datetime.now(UTC)
    await trust.check(house, caller, now)
    await trust.check(house, caller, now + timedelta(seconds=59))
    with pytest.raises(ProblemError, match="geen_certificaat"):
        await trust.check(house, caller, now + timedelta(days=31))


async def test_tls_1_2_is_refused(start: Start, sandbox: Sandbox) -> None:
    context = sandbox.client()
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    async with start() as running:
        with pytest.raises((ssl.SSLError, ConnectionError)):
            await asyncio.open_connection("127.0.0.1", running.port, ssl=context)


@pytest.mark.parametrize(
    ("method", "path", "given", "code"),
    [
        ("GET", "echo", {}, "methode"),
        ("PUT", "echo", {}, "methode"),
        ("HEAD", "echo", {}, None),
        ("POST", "echo", {"data": b"{}"}, "soort_inhoud"),
        ("POST", "echo", {"data": b"{}", "headers": {"Content-Type": "text/plain"}}, "soort_inhoud"),
        ("POST", "echo", {"json": {}, "headers": {"Content-Encoding": "gzip"}}, "soort_inhoud"),
        ("POST", "echo", {"json": "x" * 2000}, "te_groot"),
        ("POST", "ask", {"data": b"{", "headers": {"Content-Type": "application/json"}}, "geen_json"),
        ("POST", "ask", {"data": b'{"kind":1.5}', "headers": {"Content-Type": "application/json"}}, "getal"),
        ("POST", "ask", {"json": {"kind": 1}}, "vraag_vorm"),
        ("POST", "ask", {"json": {"geboortedatum": "x"}}, "vraag_vorm"),
        ("POST", "ask?after=-1", {"json": {}}, "vraag_vorm"),
        ("POST", "ask?after=1_0", {"json": {}}, "vraag_vorm"),
        ("POST", "ask?after=1&after=2", {"json": {}}, "vraag_vorm"),
        ("POST", "ask?elders=1", {"json": {}}, "vraag_vorm"),
        ("GET", "fail", {}, "storing"),
        ("POST", "refuse", {}, "manifest_vorm"),
    ],
)
async def test_each_fault_is_a_problem(
    start: Start, party: Files, method: str, path: str, given: dict[str, Any], code: str | None
) -> None:
    async with start() as running, running.call(party, method, running.house(path), **given) as response:
        if code is None:
            assert response.status == 405
            return
        body = await problem_of(response)
        assert body["code"] == code
        assert response.status != 422
        assert "geboortedatum" not in json.dumps(body)
        if code == "methode":
            assert response.headers["Allow"] == "POST"


async def test_a_place_is_told_where_there_is_one(start: Start, party: Files) -> None:
    async with start() as running, running.session(party) as client:
        async with client.post(running.house("refuse")) as response:
            assert (await problem_of(response))["pointer"] == "/items/0"
        async with client.post(running.house("ask"), json={"kind": 1}) as response:
            assert (await problem_of(response))["pointer"] == "/kind"


@pytest.mark.parametrize(
    ("asked", "language"), [("", "nl"), ("en", "en"), ("nl,en", "nl"), ("en-GB,nl;q=0.8", "en"), ("fr", "nl")]
)
async def test_the_language_is_the_one_asked_for(start: Start, party: Files, asked: str, language: str) -> None:
    headers = {"Accept-Language": asked} if asked else {}
    async with start() as running, running.call(party, "GET", running.url("/v1/niets"), headers=headers) as response:
        body = await problem_of(response)
        known = PROBLEMS["niet_gevonden"]
        assert body["detail"] == (known.en if language == "en" else known.nl)
        assert response.headers["Content-Language"] == language


async def raw(running: Running, party: Files, sent: bytes) -> bytes:
    """All that comes back on a connection of its own."""
    context = running.sandbox.client(party)
    reader, writer = await asyncio.open_connection("127.0.0.1", running.port, ssl=context)
    writer.write(sent)
    await writer.drain()
    answer = await asyncio.wait_for(reader.read(), 5)
    writer.close()
    return answer


@pytest.mark.parametrize(
    "sent",
    [
        b"geen http\r\n\r\n",
        b"POST /v1/x HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"POST /v1/x HTTP/1.1\r\nHost: a\r\nContent-Length: -4\r\n\r\n",
        b"GET /v1/x HTTP/1.1\r\nHost: a\r\nX: " + b"y" * 10_000 + b"\r\n\r\n",
        b"GET /v1/x HTTP/1.1\r\nHost: a\r\n" + b"".join(b"X%d: y\r\n" % i for i in range(80)) + b"\r\n",
    ],
    ids=["garbage", "length and chunked", "negative length", "long header", "many headers"],
)
async def test_bytes_that_are_no_http_get_the_same_kind_of_error(start: Start, party: Files, sent: bytes) -> None:
    async with start() as running:
        head, _, body = (await raw(running, party, sent)).partition(b"\r\n\r\n")
    assert head.split(b" ")[1] == b"400"
    assert b"application/problem+json" in head
    for name, value in ALWAYS.items():
        assert f"{name}: {value}".encode() in head
    assert json.loads(body)["code"] == "geen_http"
    assert b"aiohttp" not in head.lower()


@pytest.mark.parametrize("missing", ["certificate", "key", "client_authorities"])
def test_a_missing_file_is_named(sandbox: Sandbox, tmp_path: Path, missing: str) -> None:
    settings = Tls(**{**sandbox.tls().model_dump(), missing: tmp_path / "niets.pem"})
    with pytest.raises(TlsError, match=r"niets\.pem"):
        server_context(settings)
