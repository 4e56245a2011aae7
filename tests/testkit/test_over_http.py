"""The files that a broker can be asked about, posted to a whole broker: TLS, HTTP, PostgreSQL, the clock of the files.

What another implementer does with them (``README.md``), done to ourselves: found the house of ``files/house.json``,
post each file as its layer says, compare status, code and place.
"""

from __future__ import annotations

import io
import json
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from broker.app import application
from broker.database import Database
from broker.house import Broker
from broker.migrations import upgrade
from broker.parties.houses import create_house
from broker.parties.packs import Packs
from broker.settings import Settings
from broker.web.serving import listening
from broker.web.tls import server_context
from keys import jws, pki
from schemas.ids import Oin
from schemas.records import SignedRecord
from schemas.strict import encode_base64url
from tests.broker.web.certificates import Files, Sandbox
from tests.conftest import ROOT
from tests.testkit import house
from tests.testkit.case import FOLDER, SIGNED_LAYERS, WRAPPED_LAYERS, bytes_of
from tests.testkit.knocking import stand_in
from tests.testkit.test_testkit import READ

pytestmark = pytest.mark.slow

CALLERS = (house.MELDER_OIN, house.POLICE_OIN, house.STRANGER_OIN)


class KitAuthority(Sandbox):
    """The authority that the house's genesis names; its certificates hold at the time of the files and now."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        pem = house.authority_pem()
        self.authority = pki.Authority(pem, house.authority_key())
        self.file.write_bytes(pem)
        self.der = pki.der_of(pem)

    def issue(self, oin: Oin, *server_names: str, days: int = 30_000) -> Files:
        """A certificate from the founding of the house on."""
        key = pki.TlsKey.generate()
        request = pki.request(key, oin, "Testpartij")
        pem = pki.issue(self.authority, request, house.FOUNDED, days, server_names)
        files = Files(self.file.parent / f"{oin}.pem", self.file.parent / f"{oin}.key")
        files.certificate.write_bytes(pem)
        files.key.write_bytes(key.pem)
        return files


@dataclass(frozen=True)
class Posting:
    """A broker that listens, and a client for each party."""

    url: str
    clients: dict[str, aiohttp.ClientSession]

    async def post(self, data: bytes, caller: str) -> tuple[int, dict[str, Any]]:
        """Hand in a message."""
        headers = {"Content-Type": "application/json"}
        async with self.clients[caller].post(self.url, data=io.BytesIO(data), headers=headers) as response:
            return response.status, await response.json(content_type=None)


def _write_key(folder: Path, label: str) -> None:
    key = house.key(label)
    path = folder / f"{key.kid}.key"
    path.write_text(encode_base64url(key.seed) + "\n", encoding="ascii")
    path.chmod(0o600)


@asynccontextmanager
async def posting(dsn: str, folder: Path) -> AsyncIterator[Posting]:
    """The house of the files, at their time."""
    await upgrade(dsn)
    for label in ("log", "ontvangst"):
        _write_key(folder, label)
    sandbox = KitAuthority(folder / "tls")
    rows = json.loads((FOLDER / "house.json").read_text(encoding="utf-8"))
    genesis, *records = [SignedRecord(first=row["first"], second=row.get("second")) for row in rows]
    pool = Database(dsn)
    await create_house(pool, folder, genesis, records, house.FOUNDED)
    await pool.close()
    settings = Settings(dsn=dsn, keys=folder, tls=sandbox.tls(), port=0)
    broker = Broker(settings, lambda: house.NOW)
    await broker.start()
    try:
        app = application(broker, settings, lambda: house.NOW)
        async with listening(app, server_context(settings.tls), "127.0.0.1", 0) as listener:
            port = listener.sockets[0].getsockname()[1]
            clients = {oin: _client(sandbox, oin) for oin in CALLERS}
            yield Posting(f"https://127.0.0.1:{port}/v1/houses/{house.HOUSE}/messages", clients)
            for client in clients.values():
                await client.close()
    finally:
        await broker.stop()


def _client(sandbox: KitAuthority, oin: str) -> aiohttp.ClientSession:
    files = sandbox.issue(Oin(oin))
    return aiohttp.ClientSession(connector=aiohttp.TCPConnector(ssl=sandbox.client(files)))


@pytest.fixture
def _pack_of_the_files(monkeypatch: pytest.MonkeyPatch) -> None:
    """The program's pack counts under the digest that the files name."""
    known = stand_in()
    monkeypatch.setattr(Packs, "of", lambda _=(): Packs({known.digest: known}, {known.digest: {}}))


def body_of(members: dict[str, Any]) -> bytes:
    """What is posted for a file: its bytes as they stand, signed as its sender would, or as the text of an envelope."""
    data = bytes_of(members["bytes"])
    if members["layer"] in SIGNED_LAYERS:
        data = jws.sign(data, house.key(house.MELDER), "keten-manifest+jws").encode()
    if members["layer"] in SIGNED_LAYERS | WRAPPED_LAYERS:
        return json.dumps({"manifest": data.decode(), "sealed": None}).encode()
    return data


def told(members: dict[str, Any], status: int, body: dict[str, Any]) -> dict[str, Any]:
    """An answer in the words of ``expects``."""
    if status == 202:
        return {"accepted": True, "status": 202}
    if body["code"] == "geweigerd":
        return {"accepted": True, "status": status, "then": "geweigerd"}
    assert body["type"] == f"urn:ketenbroker:probleem:{body['code']}"
    found = {"accepted": False, "code": body["code"], "status": status}
    place = None if members["layer"] in WRAPPED_LAYERS else body.get("pointer")
    return found if place is None else found | {"at": place}


def wanted(members: dict[str, Any]) -> dict[str, Any]:
    """``expects`` as it shows over HTTP: the place of the whole is not said."""
    return {name: value for name, value in members["expects"].items() if (name, value) != ("at", "")}


@pytest.mark.usefixtures("_pack_of_the_files")
async def test_every_file_that_can_be_posted_gets_its_answer(database: str, tmp_path: Path) -> None:
    posted = {name: one for name, one in READ.items() if "status" in one["expects"]}
    # What is accepted comes last, and what depends on it behind it: no other message leaves anything behind.
    order = sorted(
        posted, key=lambda name: ("first" in posted[name].get("given", {}), posted[name]["expects"]["accepted"])
    )
    wrong = {}
    async with posting(database, tmp_path) as broker:
        for name in order:
            members = posted[name]
            caller = members.get("given", {}).get("caller", house.MELDER_OIN)
            status, body = await broker.post(body_of(members), caller)
            if told(members, status, body) != wanted(members):
                wrong[name] = status, body
    assert wrong == {}
    assert len(posted) == POSTED
    _write(posted)


POSTED = 500


def _write(posted: dict[str, Any]) -> None:
    """``build/testkit_http.json``: how many of each layer were posted."""
    counts = Counter(one["layer"] for one in posted.values())
    figures = {"posted": len(posted), "layers": dict(sorted(counts.items()))}
    (ROOT / "build").mkdir(exist_ok=True)
    (ROOT / "build" / "testkit_http.json").write_text(json.dumps(figures, indent=2) + "\n")
