"""Chair and manager: their keys, and the records that only the two of them together can make.

Decides the four-eyes step (ledger-and-keys.md "Who vouches for what"): the first officer signs, the file goes to the
second, whose program verifies that signature, shows what it says, and adds the other. Works on files alone, never at
the broker. Forms are :mod:`connectors.officer_forms`, what a record says :mod:`connectors.officer_sheets`.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Literal

from connectors import UseError
from connectors.officer_forms import (
    FORMS,
    genesis_record,
    pack_of_form,
    read_genesis,
    read_pack,
    read_public,
    read_signed,
)
from connectors.officer_sheets import Packs, Sheet, sheet
from keys import KeyRecordError, KeysError, KeyStoreError, jws, secretfiles
from keys.identity import Directory, parse_record, sign_record
from keys.jws import SigningKey, VerifyKey
from keys.suites import thumbprint
from keys.vouching import RECORD_TYPE
from schemas import canonical, packs, strict
from schemas.ids import Digest, Kid
from schemas.records import Genesis, PartyKey, Record, SignedRecord

OfficerRole = Literal["chair", "manager"]
ROLES: dict[str, str] = {"chair": "voorzitter", "manager": "manager"}


def make_key(folder: Path, role: OfficerRole) -> tuple[Path, Path, Kid]:
    """A new officer's key: the private file (0600), the public file, its name. Never overwrites; UseError."""
    key = SigningKey.generate()
    private, public = folder / f"{role}.key", folder / f"{role}.pub.json"
    write_key(private, key)
    write_public(public, key)
    return private, public, key.kid


def write_key(path: Path, key: SigningKey) -> None:
    """A private key in a file of its own, mode 0600. Raises :class:`UseError` where one is there already."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        secretfiles.write_new(path, strict.encode_base64url(key.seed).encode("ascii") + b"\n")
    except KeyStoreError as error:
        raise UseError(f"{path}: {error}") from error
    except OSError as error:
        raise UseError(f"{path}: {error.strerror}; kies een map waarin u mag schrijven") from error


def write_public(path: Path, key: SigningKey) -> None:
    """The public half as JSON."""
    path.write_text(key.public.model_dump_json() + "\n", encoding="utf-8")


def read_key(path: Path) -> SigningKey:
    """A private key that :func:`write_key` wrote. Raises :class:`UseError`."""
    try:
        return SigningKey.from_seed(strict.decode_base64url(secretfiles.read(path).decode("ascii").strip()))
    except KeyStoreError as error:
        raise UseError(f"{path}: {error}") from error
    except (KeysError, strict.StrictError, UnicodeDecodeError) as error:
        raise UseError(f"{path}: dit is geen privésleutel van dit programma") from error


def digest_of(signed: SignedRecord) -> Digest:
    """SHA-256 over the record's own bytes; of a genesis, what every party types in from the form of Bijlage 1."""
    return canonical.digest(parse_record(signed).payload)


def packs_at_hand(given: Iterable[Path], replaces: str | None, genesis: Path | None, now: datetime) -> Packs:
    """What there is to explain a digest with. ``replaces``: name or folder of the pack that is in force now; None: that
    of the genesis, as far as it is here. Raises :class:`UseError`."""
    folders = tuple(read_pack(folder) for folder in given)
    if replaces is not None:
        return Packs(folders, packs.load(replaces) if replaces in packs.names() else read_pack(Path(replaces)))
    digest = read_genesis(genesis, now).genesis.pack if genesis is not None else None
    return Packs(folders, Packs(folders).known(digest) if digest else None)


def begin(kind: str, form: Path, key: SigningKey, genesis: Path | None, now: datetime) -> SignedRecord:
    """The record of a form with the first of two signatures.

    ``kind``: ``genesis`` or one of :data:`FORMS`, which need the file of the house's ``genesis``. Raises
    :class:`UseError`.
    """
    if kind == "genesis":
        draft = genesis_record(form, now)
        record: Record = draft
        officers = _officers_of(draft)
    else:
        if genesis is None:
            raise UseError("geef met --genesis het bestand met de oprichting van het huis")
        house = read_genesis(genesis, now)
        record = FORMS[kind](form, house, now)
        officers = frozenset(officer.kid for officer in house.officers)
    _is_officer(key, officers)
    return SignedRecord(first=sign_record(record, key))


def countersign(signed: SignedRecord, key: SigningKey, genesis: Path | None, now: datetime) -> SignedRecord:
    """The record with the second signature, once the first was verified. Raises :class:`UseError`."""
    try:
        read = parse_record(signed)
        officers = _verify_first(signed, read.record, genesis, now)
    except KeyRecordError as error:
        raise UseError(f"dit besluit klopt niet: {error}") from error
    _is_officer(key, officers)
    if key.kid in read.kids:
        raise UseError("u hebt dit al ondertekend; de ander ondertekent met de eigen sleutel")
    if signed.second is not None:
        raise UseError("beide handtekeningen staan er al; geef dit bestand aan de beheerder van de broker")
    both = SignedRecord(first=signed.first, second=sign_record(read.record, key))
    if isinstance(read.record, Genesis):
        try:
            Directory.of([(both, now)])
        except KeyRecordError as error:
            raise UseError(f"deze oprichting kan niet: {error}") from error
    return both


def _officers_of(genesis: Genesis) -> frozenset[Kid]:
    return frozenset({thumbprint(genesis.chair), thumbprint(genesis.manager)})


def _is_officer(key: SigningKey, officers: frozenset[Kid]) -> None:
    if key.kid not in officers:
        raise UseError("deze sleutel is niet van de voorzitter of de manager van dit huis; kies het goede bestand")


def _verify_first(signed: SignedRecord, record: Record, genesis: Path | None, now: datetime) -> frozenset[Kid]:
    """The kids of the two officers; the first signature is one of theirs. Raises KeyRecordError, UseError."""
    if isinstance(record, PartyKey):
        raise UseError("een sleutel van een partij ondertekent die partij zelf (`ketenconnector init --certificates`)")
    if isinstance(record, Genesis):
        keys = [VerifyKey.from_public(record.chair), VerifyKey.from_public(record.manager)]
    else:
        if genesis is None:
            raise UseError("geef met --genesis het bestand met de oprichting van het huis")
        house = read_genesis(genesis, now)
        if house.house != record.house:
            raise UseError("dit besluit is van een ander huis dan deze oprichting")
        keys = list(house.officers)
    by_kid = {key.kid: key for key in keys}
    try:
        first = jws.parse(signed.first, RECORD_TYPE)
        if first.kid not in by_kid:
            raise KeyRecordError("the first signature is not of an officer of this house")
        jws.verify(first, by_kid[first.kid])
    except KeysError as error:
        raise KeyRecordError(str(error)) from error
    return frozenset(by_kid)


def write_signed(path: Path, signed: SignedRecord, *, replace: bool = False) -> None:
    """A record as a file that may travel. Raises :class:`UseError` where one is there and ``replace`` is not asked."""
    if path.exists() and not replace:
        raise UseError(f"{path} is er al; kies met --out een andere naam")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(signed.model_dump_json(indent=1) + "\n", encoding="utf-8")
    except OSError as error:
        raise UseError(f"{path}: {error.strerror}; kies een plaats waar u mag schrijven") from error


__all__ = [
    "ROLES",
    "OfficerRole",
    "Packs",
    "Sheet",
    "begin",
    "countersign",
    "digest_of",
    "make_key",
    "pack_of_form",
    "packs_at_hand",
    "read_key",
    "read_pack",
    "read_public",
    "read_signed",
    "sheet",
    "write_key",
    "write_public",
    "write_signed",
]
