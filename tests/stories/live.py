"""A broker as an operator runs it: `ketenbroker serve` as a process, TLS 1.3, PostgreSQL, a house of eight parties.

Tests speak to it over the network only, with the certificate of whom they play, and look afterwards where nothing may
have stayed behind: in its answer, in every row of its database, in its logs. It has no switch for tests.
"""

from __future__ import annotations

import asyncio
import http.client
import json
import ssl
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import asyncpg

from broker.database import Database
from broker.migrations import upgrade
from broker.parties.houses import create_house
from connectors.casefiles.keyring import PARTY_ROOT, signing_name
from deploy.demo.founding import Founded, found, server_certificate
from deploy.demo.needles import forms
from deploy.demo.processes import Children, Programs
from deploy.demo.sandbox import _free_ports
from deploy.demo.settings_files import Ports, write_broker
from keys import pki
from keys.identity import parse_record, sign_record
from keys.jws import SigningKey
from keys.keystore import FileKeyStore
from schemas.facts import PartyFact
from schemas.ids import Address, Oin
from schemas.members import Members
from schemas.records import KeyRevocation, PartyKey, SignedRecord

ROWS = ("message", "sealed", "entry", "item", "casus", "delivery", "refusals")
JSON = {"Content-Type": "application/json"}


@dataclass(frozen=True)
class Answer:
    """What the broker said."""

    status: int
    raw: bytes
    headers: Mapping[str, str]

    @property
    def body(self) -> dict[str, Any]:
        """Read as JSON."""
        found: dict[str, Any] = json.loads(self.raw)
        return found

    @property
    def code(self) -> str:
        """Of a problem; of what was taken in, ``allowed``."""
        return str(self.body.get("code", self.body.get("outcome")))

    @property
    def rules(self) -> set[str]:
        """Of a refusal: ``rule code``."""
        return {f"{row['rule']} {row['code']}" for row in self.body.get("reasons", ())}


@dataclass
class Live:
    """The running broker, and the real keys of everybody in the house."""

    base: Path
    dsn: str
    founded: Founded
    ports: Ports
    roots: dict[Oin, SigningKey]
    signers: dict[Address, SigningKey]
    parties: Mapping[Address, PartyFact]
    odd: dict[str, SigningKey]
    """Keys of the police that do not count: ``expired``, ``revoked``."""
    _contexts: dict[Oin | None, ssl.SSLContext] = field(default_factory=dict)

    def address(self, key: str, function: str | None = None) -> Address:
        """Of a party by its short name."""
        return self.founded.address(key, function)

    def context(self, oin: Oin | None) -> ssl.SSLContext:
        """TLS as that party, or without a certificate."""
        if oin not in self._contexts:
            context = self._contexts[oin] = ssl.create_default_context(cafile=str(self.founded.authority))
            if oin is not None:
                party = next(one for one in self.founded.parties.values() if one.oin == oin)
                context.load_cert_chain(party.certificate, party.tls_key)
        return self._contexts[oin]

    def stranger(self, oin: Oin) -> ssl.SSLContext:
        """A certificate with the OIN of a real party, by an authority that nobody named."""
        authority = pki.make_authority("Ketenbroker sandbox", datetime.now(UTC))
        key = pki.TlsKey.generate()
        pem = pki.issue(authority, pki.request(key, oin, "Politie"), datetime.now(UTC), 1)
        paths = self.base / "stranger.pem", self.base / "stranger.key"
        paths[0].write_bytes(pem)
        paths[1].write_bytes(key.pem)
        context = ssl.create_default_context(cafile=str(self.founded.authority))
        context.load_cert_chain(*paths)
        return context

    def call(
        self, context: ssl.SSLContext, method: str, path: str, data: bytes | None = None, **headers: str
    ) -> Answer:
        """One request on a connection of its own; ``path`` within the house, or a whole one."""
        whole = path if path.startswith("/") else f"/v1/houses/{self.founded.house}/{path}"
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        connection = http.client.HTTPSConnection("localhost", self.ports.public, timeout=20, context=context)
        with closing(connection):
            connection.request(method, whole, data, (JSON if data is not None else {}) | named)
            response = connection.getresponse()
            return Answer(response.status, response.read(), dict(response.getheaders()))

    def post(self, data: bytes, caller: Oin, **headers: str) -> Answer:
        """Hand in a message."""
        return self.call(self.context(caller), "POST", "messages", data, **headers)

    # ------------------------------------------------------------------------------------- where it may have stayed

    def fetch(self, query: str, *arguments: object) -> list[Any]:
        """Rows of the broker's database."""

        async def run() -> list[Any]:
            connection = await asyncpg.connect(self.dsn.replace("+asyncpg", ""))
            try:
                return list(await connection.fetch(query, *arguments))
            finally:
                await connection.close()

        return asyncio.run(run())

    def counts(self) -> Counter[str]:
        """How many rows there are."""
        parts = " UNION ALL ".join(f"SELECT '{table}' AS name, count(*) AS rows FROM {table}" for table in ROWS)  # noqa: S608 - our own names
        return Counter({row["name"]: row["rows"] for row in self.fetch(parts)})

    def everything(self) -> bytes:
        """All that the broker keeps: every row of every table, and its logs."""
        tables = [row["tablename"] for row in self.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")]
        query = " UNION ALL ".join(f"SELECT t::text AS row FROM {table} t" for table in tables)  # noqa: S608 - our own names
        kept = [row["row"].encode() for row in self.fetch(query)]
        kept += [bytes(row["leaf"]) for row in self.fetch("SELECT leaf FROM entry")]
        kept += [file.read_bytes() for file in sorted(self.base.rglob("*.log"))]
        return b"\n".join(kept)

    def held(self, marker: str) -> list[str]:
        """The forms (as it is, hex, base64, ...) in which the broker keeps a text."""
        everything = self.everything()
        return [form for form, data in forms(marker) if data in everything]


def read_keys(founded: Founded) -> tuple[dict[Oin, SigningKey], dict[Address, SigningKey]]:
    """Everybody's root and signing keys, out of their own keystores."""
    roots: dict[Oin, SigningKey] = {}
    signers: dict[Address, SigningKey] = {}
    for party in founded.parties.values():
        store = FileKeyStore.open(*party.keystore)
        roots[party.oin] = SigningKey.from_seed(store.get(PARTY_ROOT))
        signers |= {address: SigningKey.from_seed(store.get(signing_name(address))) for address in party.addresses}
        store.close()
    return roots, signers


def odd_keys(founded: Founded, root: SigningKey, now: datetime) -> tuple[dict[str, SigningKey], list[SignedRecord]]:
    """A key of the police that has expired and one that was revoked, by its own root."""
    police = founded.address("politie")
    odd = {name: SigningKey.generate() for name in ("expired", "revoked")}
    end = {"expired": now + timedelta(minutes=10), "revoked": now + timedelta(days=1)}
    records: list[PartyKey | KeyRevocation] = [
        PartyKey(
            record="partij_sleutel",
            house=founded.house,
            address=police,
            key=key.public,
            not_before=now,
            not_after=end[name],
        )
        for name, key in odd.items()
    ]
    kid = odd["revoked"].kid
    since = now + timedelta(minutes=10)
    records.append(
        KeyRevocation(record="sleutel_intrekking", house=founded.house, address=police, kid=kid, since=since)
    )
    return odd, [SignedRecord(first=sign_record(record, root)) for record in records]


async def _make_house(dsn: str, keys: Path, founded: Founded, records: list[SignedRecord], now: datetime) -> None:
    await upgrade(dsn)
    database = Database(dsn, 2)
    try:
        await create_house(database, keys, founded.genesis, records, now)
    finally:
        await database.close()


@contextmanager
def living(base: Path, dsn: str) -> Iterator[Live]:
    """Found a house an hour ago and serve it now."""
    began = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=1)
    ports = Ports(*_free_ports(2))
    keys = base / "broker" / "keys"
    founded = found(base, f"localhost:{ports.public}", keys, began)
    roots, signers = read_keys(founded)
    odd, more = odd_keys(founded, roots[founded.parties["politie"].oin], began)
    records = [*founded.records, *more]
    asyncio.run(_make_house(dsn, keys, founded, records, began))
    tls = server_certificate(base, base / "broker" / "tls", founded.parties["huis"].oin, began)
    settings = base / "broker" / "settings.yaml"
    write_broker(settings, dsn, keys, tls, ports, founded.authority)
    members = Members.of(parse_record(record).record for record in (founded.genesis, *records))
    children = Children(base)
    try:
        broker = children.start("broker", (*Programs().broker, "serve", "--settings", str(settings)))
        live = Live(base, dsn, founded, ports, roots, signers, members.parties, odd)
        broker.wait_until(lambda: _listens(live), 30)
        yield live
        assert broker.running, broker.tail()
    finally:
        children.stop()


def _listens(live: Live) -> bool:
    try:
        return live.call(live.context(None), "GET", "/v1/openapi.json").status == 200
    except OSError:
        return False
