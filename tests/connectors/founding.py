"""A house made with the same functions as the commands: officers, genesis, parties, their key records; only files."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from connectors import joining, officer
from connectors.joining import Folder, Newcomer
from connectors.settings import read_settings
from keys import pki
from keys.identity import Directory
from keys.jws import SigningKey
from schemas.ids import Digest, HouseId, Oin, Term
from schemas.records import SignedRecord

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
HOUSE = HouseId("proefhuis")
HOUSE_OIN = Oin("00000099000000009000")
PARTY_OIN = Oin("00000099000000001000")
PARTY_NAME = "Proefgemeente 'de Brink': afdeling \"Zorg\""


@dataclass(frozen=True)
class Founding:
    """What lies where."""

    base: Path
    log: SigningKey
    receipts: SigningKey

    @property
    def genesis(self) -> Path:
        return self.base / "genesis.json"

    def key(self, role: str) -> SigningKey:
        return officer.read_key(self.base / role / f"{role}.key")

    def folder(self, name: str) -> Folder:
        return Folder(self.base / name)

    @property
    def digest(self) -> Digest:
        return officer.digest_of(officer.read_signed(self.genesis))


def founding(base: Path) -> Founding:
    """Officers with keys, an authority, log keys, and the draft of a genesis; nothing signed yet."""
    made = Founding(base, SigningKey.generate(), SigningKey.generate())
    officer.make_key(base / "chair", "chair")
    officer.make_key(base / "manager", "manager")
    officer.write_public(base / "log.pub.json", made.log)
    (base / "ca").mkdir()
    pki.write_authority(base / "ca", pki.make_authority("Proef-CA", NOW - timedelta(days=1)))
    (base / "genesis.yaml").write_text(
        f"""\
house: {HOUSE}
name: Proefhuis
oin: "{HOUSE_OIN}"
origin: broker.example/{HOUSE}/2026
log_key: log.pub.json
receipt_key: {{kty: OKP, crv: Ed25519, x: {made.receipts.public.x}}}
chair: chair/chair.pub.json
manager: manager/manager.pub.json
pack: zvh-protocol-2019
authorities: [ca/ca.pem]
unsafe_sandbox: true
dpia: DPIA 2026-1
consulted: 2026-11-09
decision: stuurgroep 2026-11-20
declared: 2026-11-20
screened: 2024-05-01
""",
        encoding="utf-8",
    )
    return made


def signed_genesis(made: Founding) -> SignedRecord:
    """The genesis with both signatures, as a file too."""
    once = officer.begin("genesis", made.base / "genesis.yaml", made.key("chair"), None, NOW)
    both = officer.countersign(once, made.key("manager"), None, NOW)
    officer.write_signed(made.genesis, both)
    return both


def newcomer(made: Founding, name: str) -> Newcomer:
    """The house itself, or a municipality."""
    house = name == "huis"
    return Newcomer(
        oin=HOUSE_OIN if house else PARTY_OIN,
        name="Proefhuis" if house else PARTY_NAME,
        functions=(Term("procesregie"),) if house else (Term("college_bw"),),
        house=HOUSE,
        genesis=made.digest,
        broker="https://localhost:8443",
        unsafe_sandbox=True,
    )


def issue(made: Founding, folder: Folder, days: int = 30) -> Path:
    """What the authority sends back: a folder with three certificates."""
    authority = pki.read_authority(made.base / "ca")
    target = folder.path.with_name(f"{folder.path.name}-certificates")
    target.mkdir()
    (target / "root.pem").write_bytes(pki.issue(authority, folder.root_request.read_bytes(), NOW, days))
    (target / "client.pem").write_bytes(pki.issue(authority, folder.tls_request.read_bytes(), NOW, days))
    (target / "authority.pem").write_bytes(authority.certificate)
    return target


def join(made: Founding, name: str) -> list[SignedRecord]:
    """A party from nothing to its records: accession by the officers, keys by its root."""
    folder = joining.begin(made.base / name, newcomer(made, name)).folder
    finished = joining.finish(folder.path, issue(made, folder), NOW)
    settings = read_settings(folder.settings)
    form = made.base / f"{name}.yaml"
    form.write_text(
        f"""\
oin: "{settings.party.oin}"
name: Partij {name}
root: {finished.root_certificate.relative_to(made.base)}
addresses:
  - function: {settings.addresses[0].function}
declared: 2026-11-20
screened: 2025-05-01
""",
        encoding="utf-8",
    )
    once = officer.begin("accession", form, made.key("manager"), made.genesis, NOW)
    both = officer.countersign(once, made.key("chair"), made.genesis, NOW)
    return [both, *(officer.read_signed(path) for path in finished.records)]


def directory(*records: SignedRecord) -> Directory:
    """As a broker and every connector make it."""
    return Directory.of((record, NOW + timedelta(seconds=index)) for index, record in enumerate(records))
