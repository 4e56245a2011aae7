"""Joining a house: a party's folder with keys and certificate requests, and later its certificates and key records.

Decides where what lies: the keystore and its generation key in different folders (put one on another mount), the party
root in a folder of its own that can be taken offline, TLS beside it. Two steps, since certificates are made elsewhere:
:func:`begin` makes all that is secret, :func:`finish` takes the certificates in; the root then signs the party's keys.
Works alone; a connector need not run. Who accepts the party is for chair and manager (:mod:`connectors.officer`).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from connectors import UseError
from connectors.casefiles.keyring import signing_name
from connectors.officer import read_key, read_public, write_key, write_public, write_signed
from connectors.settings import HOUSE_ROLE, Settings, read_settings
from keys import CertificateError, KeyRecordError, KeyStoreError, pki, secretfiles
from keys.identity import sign_record
from keys.jws import SigningKey
from keys.keystore import FileKeyStore
from keys.pki import TlsKey
from schemas.facts import HOUSE_FUNCTION
from schemas.ids import Address, Digest, HouseId, Oin, Term
from schemas.records import PartyKey, SignedRecord

KEY_DAYS = 90
"""How long a signing key counts (ledger-and-keys.md "Keys")."""
SETTINGS = "settings.yaml"
TO_FILL = "VUL_IN"
"""Stands in the settings where the party still has to write something; the loader refuses it by line."""


@dataclass(frozen=True)
class Newcomer:
    """Who joins which house. What is not known yet is written into the settings later."""

    oin: Oin
    name: str
    functions: tuple[Term, ...]
    house: HouseId | None = None
    genesis: Digest | None = None
    broker: str | None = None
    unsafe_sandbox: bool = False

    @property
    def addresses(self) -> tuple[Address, ...]:
        """One per function."""
        return tuple(Address(f"{self.oin}:{function}") for function in self.functions)


@dataclass(frozen=True)
class Folder:
    """Where everything of a party lies."""

    path: Path

    @property
    def settings(self) -> Path:
        """For `run`."""
        return self.path / SETTINGS

    @property
    def keystore(self) -> tuple[Path, Path]:
        """The keystore, and the folder of the key that opens it."""
        return self.path / "keystore" / "keystore.bin", self.path / "generations"

    @property
    def root_key(self) -> Path:
        """The party root; take this folder offline."""
        return self.path / "root" / "root.key"

    @property
    def root_request(self) -> Path:
        """For the authority."""
        return self.path / "root" / "root.csr"

    @property
    def root_certificate(self) -> Path:
        """Goes to the officers, for the accession."""
        return self.path / "root" / "root.pem"

    @property
    def tls_key(self) -> Path:
        """With which the broker is called."""
        return self.path / "tls" / "client.key"

    @property
    def tls_request(self) -> Path:
        """For the authority."""
        return self.path / "tls" / "client.csr"

    @property
    def tls_certificate(self) -> Path:
        """As issued."""
        return self.path / "tls" / "client.pem"

    @property
    def tls_authority(self) -> Path:
        """Whom to believe about the broker's certificate."""
        return self.path / "tls" / "authority.pem"

    def public(self, function: str) -> Path:
        """The public signing key of a function."""
        return self.path / "keys" / f"{function}.pub.json"

    def record(self, function: str) -> Path:
        """The signed record of that key, for the operator."""
        return self.path / "records" / f"partij_sleutel-{function}.json"


@dataclass(frozen=True)
class Begun:
    """What :func:`begin` made, for the next step."""

    folder: Folder
    requests: tuple[Path, Path]


@dataclass(frozen=True)
class Finished:
    """What :func:`finish` made: the certificate for the officers, the key records for the operator."""

    root_certificate: Path
    records: tuple[Path, ...]
    until: datetime


def begin(path: Path, newcomer: Newcomer) -> Begun:
    """Keys, requests and settings in a new folder. Raises :class:`UseError` where it is not empty."""
    folder = Folder(path)
    _check(newcomer)
    try:
        if path.exists() and any(path.iterdir()):
            raise UseError(f"{path} is niet leeg; kies een nieuwe map")
        for inner in ("data", "keystore", "generations", "root", "tls", "keys", "records"):
            (path / inner).mkdir(mode=0o700, parents=True, exist_ok=True)
        root, tls = SigningKey.generate(), TlsKey.generate()
        write_key(folder.root_key, root)
        secretfiles.write_new(folder.tls_key, tls.pem)
        folder.root_request.write_bytes(pki.request(root, newcomer.oin, newcomer.name))
        folder.tls_request.write_bytes(pki.request(tls, newcomer.oin, newcomer.name))
        make_signing_keys(folder, newcomer.addresses)
        folder.settings.write_text(settings_text(newcomer), encoding="utf-8")
    except KeyStoreError as error:
        raise UseError(f"{path}: {error}") from error
    except OSError as error:
        raise UseError(f"{path}: {error.strerror}; kies een map waarin u mag schrijven") from error
    return Begun(folder, (folder.root_request, folder.tls_request))


def _check(newcomer: Newcomer) -> None:
    if not newcomer.functions or len(set(newcomer.functions)) != len(newcomer.functions):
        raise UseError("noem elke functie één keer, met --function")
    if HOUSE_FUNCTION in newcomer.functions and len(newcomer.functions) > 1:
        raise UseError("procesregie is de enige functie van het huis; maak voor andere functies een eigen map")
    if not 1 <= len(newcomer.name) <= 64:
        raise UseError("de naam heeft 1 tot 64 tekens: zo lang mag hij in een certificaat zijn")


def make_signing_keys(folder: Folder, addresses: tuple[Address, ...]) -> None:
    """A signing key per address in a new keystore, with the public halves as files. Raises KeyStoreError, OSError."""
    made = {address: SigningKey.generate() for address in addresses}
    store = FileKeyStore.create(*folder.keystore)
    try:
        store.put({signing_name(address): key.seed for address, key in made.items()})
    finally:
        store.close()
    for address, key in made.items():
        write_public(folder.public(address.function), key)


def finish(path: Path, certificates: Path, now: datetime, days: int = KEY_DAYS) -> Finished:
    """Take in ``root.pem``, ``client.pem`` and ``authority.pem`` out of a folder; sign the party's keys with its root.

    Raises :class:`UseError` where a certificate is missing, not of this party, or not of the key that was made here.
    """
    folder = Folder(path)
    settings = read_settings(folder.settings)
    root = read_key(folder.root_key)
    taken = _certificates(certificates, settings, root, now)
    try:
        for target, pem in zip(
            (folder.root_certificate, folder.tls_certificate, folder.tls_authority), taken, strict=True
        ):
            target.write_bytes(pem)
    except OSError as error:
        raise UseError(f"{path}: {error.strerror}; de map moet te schrijven zijn") from error
    until = now + timedelta(days=days)
    records = []
    for address in settings.own:
        target = folder.record(address.function)
        write_signed(target, key_record(folder, settings, address, root, now, until), replace=True)
        records.append(target)
    return Finished(folder.root_certificate, tuple(records), until)


def key_record(
    folder: Folder, settings: Settings, address: Address, root: SigningKey, now: datetime, until: datetime
) -> SignedRecord:
    """The record of an address' signing key, signed by the party root. Raises :class:`UseError`."""
    record = PartyKey(
        record="partij_sleutel",
        house=settings.house.id,
        address=address,
        key=read_public(folder.public(address.function)),
        not_before=now,
        not_after=until,
    )
    return SignedRecord(first=sign_record(record, root))


def _certificates(source: Path, settings: Settings, root: SigningKey, now: datetime) -> tuple[bytes, bytes, bytes]:
    read = []
    for name in ("root.pem", "client.pem", "authority.pem"):
        try:
            read.append((source / name).read_bytes())
        except OSError as error:
            text = "leg root.pem, client.pem en authority.pem (van de broker) in één map"
            raise UseError(f"{source / name}: {error.strerror}; {text}") from error
    try:
        for name, pem in zip(("root.pem", "client.pem"), read, strict=False):
            if pki.oin_of(pki.der_of(pem)) != settings.party.oin:
                raise UseError(f"{source / name}: dit certificaat is van een andere partij (OIN)")
        pki.verify_chain(pki.der_of(read[1]), [pki.der_of(read[2])], now, "client")
        if pki.root_key(pki.der_of(read[0])).kid != root.kid:
            raise UseError(f"{source / 'root.pem'}: dit certificaat is van een andere sleutel dan root/root.key")
    except (CertificateError, KeyRecordError) as error:
        raise UseError(f"{source}: {error}") from error
    return read[0], read[1], read[2]


def settings_text(newcomer: Newcomer) -> str:
    """The settings of a newcomer: what is known filled in, all else explained."""
    house = HOUSE_FUNCTION in newcomer.functions
    addresses = "\n".join(_address(function, newcomer.name, house=house) for function in newcomer.functions)
    return f"""# De instellingen van deze connector. Alles is tekst; een onbekend lid houdt de start tegen.
# Paden zijn ten opzichte van de map van dit bestand. Vul in wat er nog {TO_FILL} heet.
party:
  oin: "{newcomer.oin}"
  name: {_quoted(newcomer.name)}
role: {HOUSE_ROLE if house else "partij"}
data: data
keystore:
  file: keystore/keystore.bin
  # Leg deze map op een andere schijf of mount dan de sleutelkluis; pas daarna het pad hier aan.
  generations: generations
broker:
  url: {newcomer.broker or TO_FILL}
  authority: tls/authority.pem
  certificate: tls/client.pem
  key: tls/client.key
house:
  id: {newcomer.house or TO_FILL}
  # Van het formulier van Bijlage 1, nooit van de broker.
  genesis: {newcomer.genesis or TO_FILL}
  unsafe_sandbox: {"true" if newcomer.unsafe_sandbox else "false"}
addresses:
{addresses}
{_HOUSE_END if house else _PARTY_END}"""


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _address(function: str, name: str, *, house: bool) -> str:
    if house:
        return f"  - function: {function}"
    return f"""  - function: {function}
    # Wie het huis over een antwoord mag bellen; haal de hekjes weg en vul in.
    # contact:
    #   naam: Medewerker van dienst
    #   organisatie: {_quoted(name)}
    #   zakelijk_telefoonnummer: "+31 591 000 000"
    #   zakelijk_emailadres: dienst@partij.example"""


_HOUSE_END = "# Het huis heeft geen bron van personen en geen automatische regels.\n"
_PARTY_END = """# Het eigen systeem waarin een persoon wordt gezocht; zie de handleiding voor alle leden.
# source:
#   name: Cliëntenregistratie
#   file: personen.csv
#   columns:
#     geslachtsnaam: Achternaam
#     voorvoegsel: Tussenvoegsel
#     voornamen: Voornamen
#     geboortedatum: Geboortedatum
# Wat zonder mens wordt beantwoord is een gedateerde regel van deze partij.
# automatic:
#   - {id: onbekend_mag_vanzelf, function: ggz, outcome: niet_bekend, since: 2026-01-01, until: 2026-12-31, made_by: fg}
"""
