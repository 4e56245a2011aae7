"""Founding a house for one run: officers, genesis, accessions, the police's decree, and every party's keys.

Decides who takes part and in which functions. Everything is made as a real house makes it (the same records, signed by
those who may; ledger-and-keys.md "Who vouches for what"), only in one process, because starting a command costs a
second each. OINs have the prefix for tests and are drawn anew, so that they can serve as control values.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from broker.ledger import log_keys
from connectors.casefiles.keyring import PARTY_ROOT, signing_name
from keys import pki, secretfiles
from keys.identity import sign_record
from keys.jws import SigningKey
from keys.keystore import FileKeyStore
from keys.pki import Authority, TlsKey
from schemas import packs, strict
from schemas.ids import Address, Digest, HouseId, Oin, Term
from schemas.pack import Pack
from schemas.records import (
    Accession,
    AddressGrant,
    Decree,
    Genesis,
    KeyRevocation,
    PartyKey,
    Record,
    SignedRecord,
    WitnessPolicy,
)

PACK = "zvh-protocol-2019"
HOUSE_FUNCTION = "procesregie"
DAYS = 2
"""How long what is made for a run is valid."""
CONSULTED = timedelta(days=15)
"""How long ago the fgs were consulted, so that the pack may be in force (15.1)."""


@dataclass(frozen=True)
class Role:
    """A party of the play: a short name for folders and steps, its name, its functions."""

    key: str
    name: str
    functions: tuple[str, ...]


HOUSE = Role("huis", "Zorg- en Veiligheidshuis Drenthe", (HOUSE_FUNCTION,))
NOTIFIER = Role("emmen", "Gemeente Emmen", ("college_bw",))
ASKED = (
    Role("politie", "Politie", ("politie",)),
    Role("om", "Openbaar Ministerie", ("om",)),
    Role("ggz", "GGZ Drenthe", ("ggz",)),
    Role("reclassering", "Reclassering", ("reclassering",)),
    Role("verslavingszorg", "Verslavingszorg", ("ggz", "reclassering")),
    Role("rvdk", "Raad voor de Kinderbescherming", ("rvdk",)),
)
ROLES = (HOUSE, NOTIFIER, *ASKED)


@dataclass(frozen=True)
class Party:
    """A party with what it made for itself; its secrets are in its own folder."""

    role: Role
    oin: Oin
    folder: Path

    @property
    def addresses(self) -> tuple[Address, ...]:
        """In the order of its functions."""
        return tuple(Address(f"{self.oin}:{function}") for function in self.role.functions)

    @property
    def certificate(self) -> Path:
        """With which it calls the broker."""
        return self.folder / "tls" / "client.pem"

    @property
    def tls_key(self) -> Path:
        """Of that certificate."""
        return self.folder / "tls" / "client.key"

    @property
    def keystore(self) -> tuple[Path, Path]:
        """The keystore, and the folder of its generation key."""
        return self.folder / "keystore.bin", self.folder / "generations"

    @property
    def settings(self) -> Path:
        """Of its connector."""
        return self.folder / "settings.yaml"


@dataclass(frozen=True)
class Founded:
    """A house that is signed and not yet in any ledger."""

    house: HouseId
    origin: str
    digest: Digest
    pack: Pack
    genesis: SignedRecord
    records: tuple[SignedRecord, ...]
    parties: Mapping[str, Party]
    authority: Path
    lost: Mapping[str, SigningKey] = field(default_factory=dict, repr=False)
    """Former keys of the house's address that count no more, ``revoked`` and ``expired``: for who finds them."""

    def address(self, key: str, function: str | None = None) -> Address:
        """The address of a party, or one of several by its function."""
        found = self.parties[key].addresses
        return found[0] if function is None else next(one for one in found if one.function == function)

    def name_of(self, address: str) -> str:
        """How people call an address."""
        party = next(one for one in self.parties.values() if address in one.addresses)
        return party.role.name if len(party.addresses) == 1 else f"{party.role.name} ({Address(address).function})"


@dataclass(frozen=True)
class Officers:
    """Chair and manager; at a real house two people, each with a key of their own that never meets the other's."""

    chair: SigningKey
    manager: SigningKey

    def sign(self, record: Record) -> SignedRecord:
        """Both signatures over the same record."""
        return SignedRecord(first=sign_record(record, self.chair), second=sign_record(record, self.manager))


def found(base: Path, host: str, broker_keys: Path, now: datetime) -> Founded:
    """Make and sign everything under ``base``; the broker's log keys go into ``broker_keys``.

    ``host``: the broker's own name in the log's origin. Writes certificates, keystores and ``records/*.json``.
    """
    pack = packs.load(PACK)
    authority = pki.make_authority("Ketenbroker sandbox", now)
    (base / "ca").mkdir()
    pki.write_authority(base / "ca", authority)
    officers = Officers(SigningKey.generate(), SigningKey.generate())
    house = HouseId(f"drenthe-{secrets.token_hex(4)}")
    parties = {role.key: Party(role, _test_oin(), base / role.key) for role in ROLES}
    record = _genesis(house, parties["huis"], host, broker_keys, officers, authority, pack, now)
    genesis = officers.sign(record)
    records: list[SignedRecord] = []
    for party in parties.values():
        records += _join(house, party, officers, authority, pack, now)
    records.append(officers.sign(_decree(house, parties["politie"], now)))
    lost = {name: SigningKey.generate() for name in ("revoked", "expired")}
    records += _lost(house, parties["huis"], lost, now)
    _write(base / "records", genesis, records)
    digest = Digest(strict.encode_base64url(hashlib.sha256(_payload(genesis)).digest()))
    return Founded(house, record.origin, digest, pack, genesis, tuple(records), parties, base / "ca" / "ca.pem", lost)


def server_certificate(base: Path, folder: Path, oin: Oin, now: datetime) -> tuple[Path, Path]:
    """Certificate and key of the broker's own end, written into ``folder``."""
    key = TlsKey.generate()
    asked = pki.request(key, oin, "Ketenbroker")
    issued = pki.issue(pki.read_authority(base / "ca"), asked, now, DAYS, ("localhost", "127.0.0.1"))
    return _write_pair(folder, "server", issued, key)


def _test_oin() -> Oin:
    return Oin(f"00000099{secrets.randbelow(10**12):012}")


def _payload(signed: SignedRecord) -> bytes:
    return strict.decode_base64url(signed.first.split(".")[1])


def _genesis(
    house: HouseId,
    party: Party,
    host: str,
    broker_keys: Path,
    officers: Officers,
    authority: Authority,
    pack: Pack,
    now: datetime,
) -> Genesis:
    return Genesis(
        record="genesis",
        house=house,
        name=HOUSE.name,
        oin=party.oin,
        origin=f"{host}/{house}/{now.year}",
        log_key=log_keys.make(broker_keys).public,
        receipt_key=log_keys.make(broker_keys).public,
        chair=officers.chair.public,
        manager=officers.manager.public,
        pack=pack.digest,
        authorities=(pki.to_record(authority.certificate),),
        witnesses=WitnessPolicy(witnesses=(), quorum=0),
        unsafe_sandbox=True,
        created=now,
        dpia="DPIA van deze proef",
        consulted=(now - CONSULTED).date(),
        decision="besluit van deze proef",
        declared=now.date(),
        screened=now.date(),
    )


def _join(
    house: HouseId, party: Party, officers: Officers, authority: Authority, pack: Pack, now: datetime
) -> list[SignedRecord]:
    """A party makes its keys and certificates; the officers sign its accession, its root its own keys."""
    party.folder.mkdir(mode=0o700)
    root, tls = SigningKey.generate(), TlsKey.generate()
    certificate = pki.issue(authority, pki.request(root, party.oin, party.role.name), now, DAYS)
    client = pki.issue(authority, pki.request(tls, party.oin, party.role.name), now, DAYS)
    _write_pair(party.folder / "tls", "client", client, tls)
    signing = {address: SigningKey.generate() for address in party.addresses}
    store = FileKeyStore.create(*party.keystore)
    try:
        store.put({PARTY_ROOT: root.seed, **{signing_name(address): key.seed for address, key in signing.items()}})
    finally:
        store.close()
    accession = Accession(
        record="toetreding",
        house=house,
        oin=party.oin,
        name=party.role.name,
        root=pki.to_record(certificate),
        addresses=tuple(_grant(function, pack) for function in party.role.functions),
        since=now,
        declared=now.date(),
        screened=now.date(),
    )
    own = [
        PartyKey(
            record="partij_sleutel",
            house=house,
            address=address,
            key=key.public,
            not_before=now,
            not_after=now + timedelta(days=DAYS),
        )
        for address, key in signing.items()
    ]
    return [officers.sign(accession), *(SignedRecord(first=sign_record(key, root)) for key in own)]


def _lost(house: HouseId, party: Party, lost: Mapping[str, SigningKey], now: datetime) -> list[SignedRecord]:
    """Two former keys of the house's address: one that its root revoked, and one that lasted a second."""
    store = FileKeyStore.open(*party.keystore)
    try:
        root = SigningKey.from_seed(store.get(PARTY_ROOT))
    finally:
        store.close()
    address = party.addresses[0]
    ends = {"revoked": now + timedelta(days=DAYS), "expired": now + timedelta(seconds=1)}
    records: list[PartyKey | KeyRevocation] = [
        PartyKey(
            record="partij_sleutel", house=house, address=address, key=key.public, not_before=now, not_after=ends[name]
        )
        for name, key in lost.items()
    ]
    kid = lost["revoked"].kid
    records.append(KeyRevocation(record="sleutel_intrekking", house=house, address=address, kid=kid, since=now))
    return [SignedRecord(first=sign_record(record, root)) for record in records]


def _grant(function: str, pack: Pack) -> AddressGrant:
    """The tasks and secrecies that the pack has for this function; a house has neither."""
    row = next((row for row in pack.capacities if row.id == function), None)
    if row is None:
        return AddressGrant(function=Term(function), tasks=())
    return AddressGrant(function=row.id, tasks=row.tasks, secrecy=row.secrecy)


def _decree(house: HouseId, police: Party, now: datetime) -> Decree:
    text = b"Artikel 20-besluit van de politie voor dit samenwerkingsverband; fictief, voor deze proef."
    return Decree(
        record="artikel20_besluit",
        house=house,
        id=Term("artikel20_drenthe"),
        oin=police.oin,
        basis=Term("wpg_20"),
        digest=Digest(strict.encode_base64url(hashlib.sha256(text).digest())),
        since=now,
        until=now + timedelta(days=DAYS),
    )


def _write_pair(folder: Path, name: str, certificate: bytes, key: TlsKey) -> tuple[Path, Path]:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    paths = folder / f"{name}.pem", folder / f"{name}.key"
    paths[0].write_bytes(certificate)
    secretfiles.write_new(paths[1], key.pem)
    return paths


def _write(folder: Path, genesis: SignedRecord, records: list[SignedRecord]) -> None:
    folder.mkdir()
    (folder / "genesis.json").write_text(genesis.model_dump_json())
    for number, record in enumerate(records, 1):
        (folder / f"{number:02}.json").write_text(record.model_dump_json())
