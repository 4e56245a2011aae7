"""The forms from which chair and manager make records: small YAML files, checked before anybody signs.

Decides what a form may leave out (the house comes from its genesis, tasks and secrecy of a function from the pack) and
catches early what the house would refuse later: an unknown function, a root certificate of another party or authority,
a pack on which the fgs are still being consulted. Who may sign is :mod:`connectors.officer`; what a record is,
:mod:`schemas.records`; which days come before it, :mod:`connectors.officer_days`. Paths are relative to the form.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Annotated, TypeVar

from pydantic import Field, StrictInt, ValidationError

from connectors import UseError
from connectors.officer_days import DeclaredForm, PreparedForm, check_declared, check_prepared, explained
from keys import CertificateError, KeyRecordError, pki
from keys.identity import Directory
from schemas import packs, strict
from schemas.facts import HOUSE_FUNCTION
from schemas.ids import Digest, HouseId, IdError, Instant, Kid, Oin, PackDigest, Term
from schemas.pack import Pack, PackError
from schemas.pack_yaml import parse as parse_pack
from schemas.records import (
    Accession,
    AddressGrant,
    Decree,
    Exit,
    Frozen,
    Genesis,
    KeyRevocation,
    OkpKey,
    PackDecision,
    Record,
    SignedRecord,
    Suite,
    WitnessPolicy,
)
from schemas.yaml_model import nearest, validate
from schemas.yaml_text import Document, YamlError, load

Text = Annotated[str, Field(min_length=1, max_length=120)]
KeyGiven = OkpKey | Path
"""A public key written out, or the file in which it stands."""
FILE_LIMIT = 1024 * 1024
F = TypeVar("F", bound=Frozen)


class GenesisForm(PreparedForm, DeclaredForm):
    """The house that begins. ``pack``: the name of one that comes with the program, a folder, or a digest."""

    house: HouseId
    name: Text
    oin: Oin
    origin: Text
    log_key: KeyGiven
    receipt_key: KeyGiven
    chair: KeyGiven
    manager: KeyGiven
    pack: Text
    authorities: Annotated[tuple[Path, ...], Field(min_length=1, max_length=8)]
    witnesses: tuple[Kid, ...] = ()
    quorum: Annotated[StrictInt, Field(ge=0, le=64)] = 0
    unsafe_sandbox: bool = False
    created: Instant | None = None


class GrantForm(Frozen):
    """A function; tasks and secrecy as the pack has them, unless written here. ``suite``: of a party whose software
    knows no other than ``keten-ec``."""

    function: Term
    tasks: tuple[Term, ...] | None = None
    secrecy: tuple[Term, ...] | None = None
    provides_for: tuple[Term, ...] = ()
    suite: Suite = "keten-pq"


class AccessionForm(DeclaredForm):
    """A party that joins (29, Bijlage 1). ``root``: the certificate of its root key, PEM."""

    oin: Oin
    name: Text
    root: Path
    addresses: Annotated[tuple[GrantForm, ...], Field(min_length=1, max_length=14)]
    hosted_by: Oin | None = None
    since: Instant | None = None


class ExitForm(Frozen):
    """A party that leaves or is put out (28.3, 30)."""

    oin: Oin
    ground: Annotated[str, Field(pattern="^(uittreding|uitsluiting)$")]
    since: Instant | None = None


class PackForm(PreparedForm):
    """A next pack (28): its name, its folder, or its digest, and what came before it (15)."""

    pack: Text
    since: Instant | None = None


class DecreeForm(Frozen):
    """An article-20 decree: ``document`` is the decree itself; only its digest goes into the ledger."""

    id: Term
    oin: Oin
    basis: Term
    document: Path
    until: Instant
    since: Instant | None = None


class RevocationForm(Frozen):
    """A party's key that counts no longer, when the party cannot say so itself."""

    address: Annotated[str, Field(min_length=20, max_length=61)]
    kid: Kid
    since: Instant | None = None


def read_text(path: Path, what: str) -> str:
    """A file of ours as text. Raises :class:`UseError`."""
    try:
        if path.stat().st_size > FILE_LIMIT:
            raise UseError(f"{path}: te groot; geef {what}")
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise UseError(f"{path}: {error.strerror}; geef {what}") from error
    except UnicodeDecodeError as error:
        raise UseError(f"{path}: geen UTF-8; bewaar het bestand als UTF-8") from error


def read_signed(path: Path) -> SignedRecord:
    """A record with its one or two signatures, as a file. Raises :class:`UseError`."""
    text = read_text(path, "het bestand met het ondertekende besluit")
    try:
        return SignedRecord.model_validate(strict.parse_object(text.encode("utf-8"), FILE_LIMIT))
    except (strict.StrictError, ValidationError) as error:
        raise UseError(f"{path}: dit is geen ondertekend besluit (JSON met first en second)") from error


def read_public(given: KeyGiven, folder: Path = Path()) -> OkpKey:
    """A public key out of a form: written out, or in a JSON file. Raises :class:`UseError`."""
    if isinstance(given, OkpKey):
        return given
    path = folder / given
    try:
        return OkpKey.model_validate_json(read_text(path, "het bestand met de publieke sleutel"))
    except ValidationError as error:
        raise UseError(f"{path}: dit is geen publieke sleutel (JSON met kty, crv en x)") from error


def read_certificate(path: Path) -> str:
    """A PEM certificate as records carry it. Raises :class:`UseError`."""
    try:
        return pki.to_record(read_text(path, "het certificaat (PEM)").encode("utf-8"))
    except CertificateError as error:
        raise UseError(f"{path}: {error}") from error


def read_genesis(path: Path, now: datetime) -> Directory:
    """The house of a genesis, both signatures verified. Raises :class:`UseError`."""
    try:
        return Directory.of([(read_signed(path), now)])
    except KeyRecordError as error:
        raise UseError(f"{path}: de oprichting (genesis) klopt niet: {error}") from error


def _form(model: type[F], path: Path) -> tuple[F, Document]:
    try:
        document = load(read_text(path, "het formulier (YAML)"), path.name)
        return validate(model, document), document
    except YamlError as error:
        raise UseError(explained(error)) from error


def known_pack(digest: PackDigest) -> Pack | None:
    """The pack of that digest, if it comes with this program."""
    return next((pack for pack in map(packs.load, packs.names()) if pack.digest == digest), None)


def read_pack(folder: Path) -> Pack:
    """A pack in a folder, checked whole. Raises :class:`UseError`."""
    try:
        return parse_pack(packs.read_folder(folder))
    except OSError as error:
        raise UseError(f"{folder}: {error.strerror}; geef de map van een protocolpakket") from error
    except PackError as error:
        raise UseError(f"{folder}: dit protocolpakket kan niet gelden: {error}") from error


def _pack(given: str, folder: Path, document: Document) -> tuple[PackDigest, Pack | None]:
    """The digest of what a form means, and the pack where it is here."""
    try:
        if given in packs.names():
            pack: Pack | None = packs.load(given)
        elif (folder / given).is_dir():
            pack = read_pack(folder / given)
        else:
            pack = known_pack(PackDigest(given))
        return (pack.digest, pack) if pack else (PackDigest(given), None)
    except PackError as error:
        raise UseError(f"het protocolpakket {given} is beschadigd: {error}") from error
    except IdError as error:
        text = f"`pack`: unknown pack; {nearest(given, packs.names())} (or give its digest, or its folder)"
        raise UseError(str(document.error(("pack",), text))) from error


def pack_of_form(form: Path) -> Pack | None:
    """The pack that a form means, where it is here: by name, or in its folder. Raises :class:`UseError`."""
    try:
        document = load(read_text(form, "het formulier (YAML)"), form.name)
    except YamlError as error:
        raise UseError(str(error)) from error
    given = document.data.get("pack") if isinstance(document.data, dict) else None
    return _pack(given, form.parent, document)[1] if isinstance(given, str) else None


def genesis_record(form: Path, now: datetime) -> Genesis:
    """The genesis that a draft describes. Raises :class:`UseError`."""
    given, document = _form(GenesisForm, form)
    folder, created = form.parent, given.created or now
    digest, pack = _pack(given.pack, folder, document)
    check_prepared(given, created, pack, now, document)
    check_declared(given, created, pack, now, document)
    try:
        return Genesis(
            record="genesis",
            house=given.house,
            name=given.name,
            oin=given.oin,
            origin=given.origin,
            log_key=read_public(given.log_key, folder),
            receipt_key=read_public(given.receipt_key, folder),
            chair=read_public(given.chair, folder),
            manager=read_public(given.manager, folder),
            pack=digest,
            authorities=tuple(read_certificate(folder / path) for path in given.authorities),
            witnesses=WitnessPolicy(witnesses=given.witnesses, quorum=given.quorum),
            unsafe_sandbox=given.unsafe_sandbox,
            created=created,
            dpia=given.dpia,
            consulted=given.consulted,
            decision=given.decision,
            declared=given.declared,
            screened=given.screened,
        )
    except ValidationError as error:
        where = str(error.errors()[0]["loc"][0])
        raise UseError(str(document.error((where,), f"`{where}`: not of the form asked"))) from None


def accession_record(form: Path, house: Directory, now: datetime) -> Accession:
    """The accession that a form describes, its root certificate checked against the house. Raises :class:`UseError`."""
    given, document = _form(AccessionForm, form)
    root = read_certificate(form.parent / given.root)
    try:
        oin = pki.verify_chain(pki.from_record(root), house.authorities, now, "root")
        pki.root_key(pki.from_record(root))
    except (CertificateError, KeyRecordError) as error:
        raise UseError(str(document.error(("root",), f"`root`: {error}"))) from error
    if oin != given.oin:
        text = "`root`: the certificate carries another OIN than `oin` says"
        raise UseError(str(document.error(("root",), text)))
    pack, since = known_pack(house.genesis.pack), given.since or now
    check_declared(given, since, pack, now, document)
    grants = tuple(_grant(row, index, pack, document) for index, row in enumerate(given.addresses))
    return Accession(
        record="toetreding",
        house=house.house,
        oin=given.oin,
        name=given.name,
        root=root,
        addresses=grants,
        hosted_by=given.hosted_by,
        since=since,
        declared=given.declared,
        screened=given.screened,
    )


def _grant(given: GrantForm, index: int, pack: Pack | None, document: Document) -> AddressGrant:
    row = pack.capacity.get(given.function) if pack else None
    if pack and row is None and given.function != HOUSE_FUNCTION:
        text = f"unknown function; {nearest(given.function, [*pack.capacity, HOUSE_FUNCTION])}"
        raise UseError(str(document.error(("addresses", index, "function"), text)))
    for name in ("tasks", "secrecy"):
        chosen = getattr(given, name) or ()
        known = {task.id for task in pack.tasks} | set(pack.secrecy) if pack else set(chosen)
        if unknown := [term for term in chosen if term not in known]:
            text = f"`{unknown[0]}` is not in the pack; {nearest(unknown[0], known)}"
            raise UseError(str(document.error(("addresses", index, name), text)))
    own: tuple[tuple[Term, ...], tuple[Term, ...]] = (row.tasks, row.secrecy) if row else ((), ())
    return AddressGrant(
        function=given.function,
        tasks=own[0] if given.tasks is None else given.tasks,
        secrecy=own[1] if given.secrecy is None else given.secrecy,
        provides_for=given.provides_for,
        suite=given.suite,
    )


def exit_record(form: Path, house: Directory, now: datetime) -> Exit:
    """Raises :class:`UseError`."""
    given, _ = _form(ExitForm, form)
    return Exit.model_validate({"record": "uittreding", "house": house.house, **_members(given, now)})


def pack_record(form: Path, house: Directory, now: datetime) -> PackDecision:
    """The decision on a next pack, once what comes before it is done. Raises :class:`UseError`."""
    given, document = _form(PackForm, form)
    digest, pack = _pack(given.pack, form.parent, document)
    if digest == house.genesis.pack:
        text = "`pack`: dit is het pakket van de oprichting; een pakket dat terugkomt krijgt een nieuwe versie"
        raise UseError(str(document.error(("pack",), text)))
    since = given.since or now
    check_prepared(given, since, pack, now, document)
    return PackDecision(
        record="pack_besluit",
        house=house.house,
        pack=digest,
        since=since,
        dpia=given.dpia,
        consulted=given.consulted,
        decision=given.decision,
    )


def decree_record(form: Path, house: Directory, now: datetime) -> Decree:
    """The decree with the digest of its document. Raises :class:`UseError`."""
    given, document = _form(DecreeForm, form)
    since = given.since or now
    if given.until <= since:
        raise UseError(str(document.error(("until",), "`until` lies before the decree begins")))
    path = form.parent / given.document
    try:
        digest = hashlib.sha256(path.read_bytes()).digest()
    except OSError as error:
        raise UseError(f"{path}: {error.strerror}; geef het besluit zelf (bijvoorbeeld de PDF)") from error
    return Decree(
        record="artikel20_besluit",
        house=house.house,
        id=given.id,
        oin=given.oin,
        basis=given.basis,
        digest=Digest(strict.encode_base64url(digest)),
        since=since,
        until=given.until,
    )


def revocation_record(form: Path, house: Directory, now: datetime) -> KeyRevocation:
    """Raises :class:`UseError`."""
    given, document = _form(RevocationForm, form)
    try:
        return KeyRevocation.model_validate(
            {"record": "sleutel_intrekking", "house": house.house, **_members(given, now)}
        )
    except ValidationError as error:
        raise UseError(str(document.error(("address",), "`address`: write it as oin:function"))) from error


def _members(given: Frozen, now: datetime) -> dict[str, object]:
    members: dict[str, object] = json.loads(given.model_dump_json(exclude_none=True))
    return {"since": now, **members}


FORMS: dict[str, Callable[[Path, Directory, datetime], Record]] = {
    "accession": accession_record,
    "exit": exit_record,
    "pack": pack_record,
    "decree": decree_record,
    "revocation": revocation_record,
}
"""What both officers sign besides genesis, by the name of its command."""
