"""What a record says, for the person who is about to sign it: plain rows, and for a pack what it changes.

Decides nothing: it shows what the signed bytes hold, and of a pack that is here what is behind its digest. The digest
alone is what is signed; a pack that is not here is shown as not known.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace

from connectors import UseError
from connectors.officer_forms import known_pack
from keys import CertificateError, KeyRecordError, pki
from keys.identity import parse_record
from keys.suites import thumbprint
from schemas import canonical
from schemas.ids import Digest, Kid, PackDigest, format_instant
from schemas.pack import Pack
from schemas.pack_diff import compare
from schemas.pack_weights import WEIGHTS
from schemas.records import (
    Accession,
    AddressGrant,
    Decree,
    Exit,
    Genesis,
    KeyRevocation,
    PackDecision,
    Prepared,
    Record,
    SignedRecord,
)

Rows = tuple[tuple[str, str], ...]
_TITLES = {
    "genesis": "Oprichting van een huis",
    "toetreding": "Toetreding van een partij",
    "uittreding": "Uittreding van een partij",
    "partij_sleutel": "Sleutel van een partij",
    "sleutel_intrekking": "Intrekking van een sleutel",
    "pack_besluit": "Besluit over het protocolpakket",
    "artikel20_besluit": "Artikel 20-besluit",
}


@dataclass(frozen=True)
class Sheet:
    """What a record says, for the person who is about to sign: a title, rows, the digest, and who signed already."""

    title: str
    rows: Rows
    digest: Digest
    signers: tuple[Kid, ...]


@dataclass(frozen=True)
class Packs:
    """The packs that are at hand beside those of the program; ``replaces``: the one that is in force now."""

    given: tuple[Pack, ...] = ()
    replaces: Pack | None = None

    def with_more(self, pack: Pack | None) -> Packs:
        """These and one more."""
        return self if pack is None else replace(self, given=(*self.given, pack))

    def known(self, digest: PackDigest) -> Pack | None:
        """The pack of that digest, if it is at hand."""
        return next((pack for pack in self.given if pack.digest == digest), None) or known_pack(digest)


def sheet(signed: SignedRecord, packs: Packs | None = None) -> Sheet:
    """What a record says. Raises :class:`UseError` where it cannot be read."""
    try:
        read = parse_record(signed)
    except KeyRecordError as error:
        raise UseError(f"dit besluit klopt niet: {error}") from error
    rows = (("Huis", str(read.record.house)), *_rows(read.record, packs or Packs()))
    return Sheet(_TITLES[read.record.record], rows, canonical.digest(read.payload), read.kids)


def change(old: Pack, new: Pack) -> str:
    """In one line how two packs differ: how much becomes wider, stricter or just different."""
    found = [one for one in compare(old, new) if not one.words_only]
    which = f"{old.id} {old.version}"
    if not found:
        return f"dezelfde regels als {which}; alleen naam, versie of teksten verschillen"
    many = Counter(one.weight for one in found)
    counted = ", ".join(f"{many[weight]} {weight}" for weight in WEIGHTS if many[weight])
    return f"{counted} dan {which}; regel voor regel: ketenbroker pack diff"


def _weaker(grant: AddressGrant) -> str:
    """What is signed for is said: nobody is named for the weaker suite by a line that an officer does not see."""
    return "" if grant.suite == "keten-pq" else f"; verzegeling: {grant.suite}, later met een kwantumcomputer te lezen"


def _rows(record: Record, packs: Packs) -> Rows:
    match record:
        case Genesis():
            return _genesis_rows(record, packs)
        case Accession():
            functions = [
                f"{row.function} (taken: {_listed(row.tasks)}; geheim: {_listed(row.secrecy)}{_weaker(row)})"
                for row in record.addresses
            ]
            return (
                ("Partij", record.name),
                ("OIN", record.oin),
                ("Functies", "\n".join(functions)),
                ("Wortelcertificaat", _certificate(record.root)),
                ("Geheimhouding verklaard op", record.declared.isoformat()),
                ("Oudste VOG of screening", record.screened.isoformat()),
                ("Vanaf", format_instant(record.since)),
            )
        case Exit():
            return (("OIN", record.oin), ("Grond", record.ground), ("Vanaf", format_instant(record.since)))
        case PackDecision():
            return (*_pack_rows(record.pack, packs), *_prepared(record), ("Vanaf", format_instant(record.since)))
        case Decree():
            return (
                ("Besluit", record.id),
                ("OIN", record.oin),
                ("Grondslag", record.basis),
                ("SHA-256 van het document", record.digest),
                ("Geldig", f"{format_instant(record.since)} tot {format_instant(record.until)}"),
            )
        case KeyRevocation():
            return (("Adres", record.address), ("Sleutel", record.kid), ("Vanaf", format_instant(record.since)))
        case _:  # PartyKey, the last kind: mypy knows
            term = f"{format_instant(record.not_before)} tot {format_instant(record.not_after)}"
            return (("Adres", record.address), ("Sleutel", thumbprint(record.key)), ("Geldig", term))


def _listed(terms: Iterable[str]) -> str:
    return ", ".join(terms) or "geen"


def _prepared(record: Prepared) -> Rows:
    return (
        ("DPIA", record.dpia),
        ("Aan de fg's voorgelegd op", record.consulted.isoformat()),
        ("Besluit van de stuurgroep", record.decision),
    )


def _genesis_rows(record: Genesis, packs: Packs) -> Rows:
    sandbox = "ja: NIETS HIERIN IS ECHT" if record.unsafe_sandbox else "nee"
    return (
        ("Naam", record.name),
        ("OIN", record.oin),
        ("Logboek", record.origin),
        ("Sleutel van het logboek", thumbprint(record.log_key)),
        ("Sleutel van ontvangstbewijzen", thumbprint(record.receipt_key)),
        ("Sleutel van de voorzitter", thumbprint(record.chair)),
        ("Sleutel van de manager", thumbprint(record.manager)),
        *_pack_rows(record.pack, packs),
        *_prepared(record),
        ("Geheimhouding verklaard op", record.declared.isoformat()),
        ("Oudste VOG of screening", record.screened.isoformat()),
        ("Certificaatautoriteiten", "\n".join(_certificate(text) for text in record.authorities)),
        ("Getuigen", f"{len(record.witnesses.witnesses)}, nodig: {record.witnesses.quorum}"),
        ("Proefhuis (unsafe_sandbox)", sandbox),
        ("Gemaakt", format_instant(record.created)),
    )


def _pack_rows(digest: PackDigest, packs: Packs) -> Rows:
    """Name and version come from the pack whose digest is signed, never from the record: it names only the digest."""
    pack = packs.known(digest)
    if pack is None:
        return (("Protocolpakket", f"niet hier; geef met --pack zijn map, of teken niet (SHA-256 {digest})"),)
    rows: Rows = (("Protocolpakket", f"{pack.id} {pack.version}, {pack.label.nl}"), ("SHA-256 van het pakket", digest))
    old = packs.replaces
    return rows if old is None or old.digest == digest else (*rows, ("Verschil met wat nu geldt", change(old, pack)))


def _certificate(text: str) -> str:
    try:
        der = pki.from_record(text)
    except CertificateError:
        return "onleesbaar"
    return f"SHA-256 {hashlib.sha256(der).hexdigest()}"
