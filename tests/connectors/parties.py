"""A house with its parties for tests of the connectors: records, keys, settings, sources, a clock that stands."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from connectors.app import Connector
from connectors.casefiles.keyring import signing_name
from connectors.exchanges.link import BrokerLink
from connectors.settings import AutomaticRule, Settings
from connectors.sources import Candidate, Found, SearchKey
from keys import pki
from keys.identity import Directory, sign_record
from keys.jws import SigningKey
from keys.keystore import FileKeyStore
from schemas import packs
from schemas.ids import Address, HouseId, Oin, Term
from schemas.pack import Pack
from schemas.records import (
    Accession,
    AddressGrant,
    Decree,
    Genesis,
    PartyKey,
    Record,
    SignedRecord,
    WitnessPolicy,
)

START = datetime(2026, 3, 10, 9, 0, 0, tzinfo=UTC)
HOUSE_ID = HouseId("drenthe")
HOUSE_OIN = Oin("00000099000000009000")
HOUSE = Address(f"{HOUSE_OIN}:procesregie")
TOWN = Address("00000099000000001000:burgemeester")
COLLEGE = Address("00000099000000002000:college_bw")
POLICE = Address("00000099000000003000:politie")
GGZ = Address("00000099000000004000:ggz")
HALT = Address("00000099000000005000:geen_grondslag")
PARTIES = (HOUSE, TOWN, COLLEGE, POLICE, GGZ)


@cache
def pack() -> Pack:
    """The real pack."""
    return packs.load("zvh-protocol-2019")


@cache
def _authority() -> pki.Authority:
    return pki.make_authority("Proef-CA", START - timedelta(days=1))


def seed(number: int) -> SigningKey:
    """A fixed key per number."""
    return SigningKey.from_seed(bytes([number]) * 32)


CHAIR, MANAGER, LOG, RECEIPTS = (seed(number) for number in range(1, 5))


@dataclass
class Clock:
    """Stands still until a test moves it."""

    now: datetime = START

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **step: float) -> None:
        """Later, by whole seconds."""
        self.now += timedelta(**step)


def _both(record: Record) -> SignedRecord:
    return SignedRecord(first=sign_record(record, CHAIR), second=sign_record(record, MANAGER))


def signing_key(address: Address) -> SigningKey:
    """The signing key of an address."""
    return seed(20 + PARTIES.index(address) if address in PARTIES else 60)


def house_records(origin: str = "broker.example/drenthe/2026") -> list[SignedRecord]:
    """Genesis, an accession and a key per party, and the decree of the police."""
    genesis = Genesis(
        record="genesis",
        house=HOUSE_ID,
        name="Proefhuis",
        oin=HOUSE_OIN,
        origin=origin,
        log_key=LOG.public,
        receipt_key=RECEIPTS.public,
        chair=CHAIR.public,
        manager=MANAGER.public,
        pack=pack().digest,
        authorities=(pki.to_record(_authority().certificate),),
        witnesses=WitnessPolicy(witnesses=(), quorum=0),
        unsafe_sandbox=True,
        created=START - timedelta(hours=1),
        dpia="DPIA 2026-1",
        consulted=(START - timedelta(days=30)).date(),
        decision="stuurgroep 2026-1",
        declared=(START - timedelta(days=2)).date(),
        screened=(START - timedelta(days=200)).date(),
    )
    records = [_both(genesis)]
    for number, address in enumerate(PARTIES):
        records += _party(address, seed(40 + number))
    decree = Decree(
        record="artikel20_besluit",
        house=HOUSE_ID,
        id=Term("besluit_1"),
        oin=POLICE.oin,
        basis=Term("wpg_20"),
        digest=pack().digest,
        since=START - timedelta(hours=1),
        until=START + timedelta(days=300),
    )
    return [*records, _both(decree)]


def _party(address: Address, root: SigningKey) -> list[SignedRecord]:
    capacity = pack().capacity.get(Term(address.function))
    csr = pki.request(root, address.oin, "Proefpartij")
    certificate = pki.issue(_authority(), csr, START - timedelta(hours=2), 365)
    accession = Accession(
        record="toetreding",
        house=HOUSE_ID,
        oin=address.oin,
        name="Proefpartij",
        root=pki.to_record(certificate),
        addresses=(AddressGrant(function=Term(address.function), tasks=capacity.tasks if capacity else ()),),
        since=START - timedelta(hours=1),
        declared=(START - timedelta(days=2)).date(),
        screened=(START - timedelta(days=200)).date(),
    )
    key = PartyKey(
        record="partij_sleutel",
        house=HOUSE_ID,
        address=address,
        key=signing_key(address).public,
        not_before=START - timedelta(hours=1),
        not_after=START + timedelta(days=90),
    )
    return [_both(accession), SignedRecord(first=sign_record(key, root))]


def dated(records: Sequence[SignedRecord]) -> list[tuple[SignedRecord, datetime]]:
    """All of an hour ago."""
    return [(record, START - timedelta(hours=1)) for record in records]


@dataclass
class People:
    """A source in memory: records, and what is known of each (category -> field -> value)."""

    name: str = "Proefadministratie"
    records: dict[str, Candidate] = field(default_factory=dict)
    values: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict)

    def add(self, record: str, values: dict[str, dict[str, Any]] | None = None, **known: Any) -> None:
        """A person in this administration."""
        self.records[record] = Candidate(source=self.name, record=record, **known)
        self.values[record] = values or {}

    async def find(self, key: SearchKey) -> Sequence[Candidate]:
        return tuple(self.records.values())

    async def fetch(self, candidate: Candidate, fields: Mapping[str, Sequence[str]]) -> Sequence[Found]:
        held = self.values[candidate.record]
        return [
            Found(category, name, held[category][name], self.name, date(2026, 3, 1))
            for category, names in fields.items()
            for name in names
            if name in held.get(category, {})
        ]


def settings(
    address: Address, folder: Path, *, automatic: Sequence[AutomaticRule] = (), genesis: SignedRecord | None = None
) -> Settings:
    """The settings of a party's connector under ``folder``."""
    records = [genesis] if genesis else house_records()[:1]
    digest = Directory.of(dated(records)).digest_of_genesis
    home = folder / address.oin
    contact = {"naam": "Balie Proef", "organisatie": "Proefpartij", "zakelijk_telefoonnummer": "0501234567"}
    function: dict[str, Any] = {"function": address.function}
    if address != HOUSE:
        function["contact"] = contact
    return Settings.model_validate(
        {
            "party": {"oin": address.oin, "name": "Proefpartij"},
            "role": "huis" if address == HOUSE else "partij",
            "data": home,
            "keystore": {"file": home / "keys" / "store", "generations": home / "generations"},
            "broker": {"url": "https://broker.example", "authority": "a", "certificate": "b", "key": "c"},
            "house": {"id": HOUSE_ID, "genesis": digest, "unsafe_sandbox": True},
            "addresses": [function],
            "automatic": tuple(automatic),
        }
    )


def make_keystore(chosen: Settings) -> None:
    """What `ketenconnector init` does: a keystore with the signing keys."""
    keystore = FileKeyStore.create(chosen.keystore.file, chosen.keystore.generations)
    keystore.put({signing_name(address): signing_key(address).seed for address in chosen.own})
    keystore.close()


async def open_connector(
    chosen: Settings, link: BrokerLink, clock: Clock, source: People | None = None, **options: Any
) -> Connector:
    """A connector with a fresh keystore where it has none."""
    if not chosen.keystore.file.exists():
        await asyncio.to_thread(make_keystore, chosen)
    connector = await Connector.open(chosen, link, clock=clock, source=source, **options)
    object.__setattr__(connector.place, "spread", lambda seconds: 0)
    return connector


def rule(address: Address, outcome: str) -> AutomaticRule:
    """A dated rule of a party."""
    return AutomaticRule.model_validate(
        {
            "id": f"regel_{outcome}",
            "function": address.function,
            "outcome": outcome,
            "since": "2026-01-01",
            "until": "2026-12-31",
            "made_by": "fg-1",
        }
    )
