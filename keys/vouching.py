"""Which record counts: the table "Who vouches for what" (ledger-and-keys.md), applied one record at a time.

Decides who must have signed each kind of record and what it changes: genesis, accessions, exits, packs and decrees by
chair and manager together; a party's keys by its root, whose certificate comes from an authority in genesis and carries
its OIN; a revocation by that root or by both officers. A key goes with the function or the membership it was recorded
for. Times are those of the ledger's entries: what widens counts from the later of entry and ``since``, what narrows
(exit, revocation) from its entry, at once; nothing works backwards. What one may ask of the result is
:mod:`keys.identity`.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from pydantic import ValidationError

from keys import CertificateError, KeyRecordError, SignatureFailedError, jws, pki
from keys.jws import Parsed, VerifyKey
from schemas import canonical, strict
from schemas.ids import Address, Digest, Kid, Oin, PackDigest
from schemas.records import (
    RECORDS,
    Accession,
    Decree,
    Exit,
    Genesis,
    KeyRevocation,
    PackDecision,
    PartyKey,
    Record,
    SignedRecord,
)

RECORD_TYPE: Final = "keten-record+jws"
RECORD_LIMIT: Final = 32_000
"""Characters of one signature, so that a leaf with two of them fits an entry of the log (tlog-tiles: 65535 bytes)."""


def read(signed: SignedRecord) -> tuple[Record, tuple[Parsed, ...]]:
    """The record and its one or two signatures, none verified. Raises :class:`KeyRecordError`."""
    texts = [signed.first] if signed.second is None else [signed.first, signed.second]
    try:
        signatures = tuple(jws.parse(text, RECORD_TYPE, RECORD_LIMIT) for text in texts)
        payload = signatures[0].payload
        value = strict.parse_object(payload, RECORD_LIMIT)
    except (SignatureFailedError, strict.StrictError) as error:
        raise KeyRecordError(f"not a signed record: {error}", "record_vorm") from error
    if any(other.payload != payload for other in signatures):
        raise KeyRecordError("the two signatures are not over the same record", "record_handtekening")
    if len({one.kid for one in signatures}) != len(signatures):
        raise KeyRecordError(
            "both signatures are of one key; two officers sign, each with their own", "record_ondertekenaars"
        )
    kind = value.get("record")
    model = RECORDS.get(kind) if isinstance(kind, str) else None
    if model is None:
        raise KeyRecordError("a record of a kind that is not known here", "record_vorm")
    if canonical.encode(value) != payload:
        raise KeyRecordError("a record is signed over its canonical form (RFC 8785)", "record_vorm")
    try:
        return model.model_validate_json(payload), signatures
    except ValidationError as error:
        where = ", ".join(sorted({_place(one["type"], one["loc"]) for one in error.errors()}))
        raise KeyRecordError(
            f"{kind}: wrong or missing members: {where}", "record_vorm"
        ) from None  # it would quote values


def _place(fault: str, steps: tuple[int | str, ...]) -> str:
    """Where in a record something is wrong; the name of a member that we do not know is a foreign text, and is not
    repeated."""
    known = steps[:-1] if fault == "extra_forbidden" else steps
    return ".".join([*map(str, known), *(["(unknown member)"] if known != steps else [])])


@dataclass(frozen=True, slots=True)
class Party:
    """One accession of a party, the key of its root, and when it left."""

    accession: Accession
    since: datetime
    root: VerifyKey
    left: datetime | None = None

    def grants(self, address: Address) -> bool:
        """Whether this accession names the function of the address."""
        return any(grant.function == address.function for grant in self.accession.addresses)


@dataclass(frozen=True, slots=True)
class KnownKey:
    """One signing key, from when it counts, and since when no more."""

    record: PartyKey
    key: VerifyKey
    since: datetime
    under: int
    """Which accession of its party it was recorded under, counted from 0: a key goes when its party leaves."""
    revoked: datetime | None = None


@dataclass(slots=True)
class State:
    """What the records so far say; filled in place while a log is read, copied before a later change."""

    genesis: Genesis
    digest: Digest
    officers: tuple[VerifyKey, VerifyKey]
    authorities: tuple[bytes, ...]
    taken: set[Kid]
    """Keys of genesis and party roots: none of them may become a signing key of an address."""
    packs: dict[PackDigest, tuple[datetime, datetime | None]]
    parties: dict[Oin, tuple[Party, ...]] = field(default_factory=dict)
    keys: dict[Kid, KnownKey] = field(default_factory=dict)
    decrees: dict[Oin, tuple[tuple[datetime, Decree], ...]] = field(default_factory=dict)

    def copy(self) -> State:
        """Independent of this one; the values inside are frozen."""
        return replace(
            self,
            taken=set(self.taken),
            packs=dict(self.packs),
            parties=dict(self.parties),
            keys=dict(self.keys),
            decrees=dict(self.decrees),
        )

    def party(self, oin: Oin) -> Party:
        """The party as it stands now. Raises :class:`KeyRecordError` if it never acceded."""
        if oin not in self.parties:
            raise KeyRecordError("no accession of this party comes before it", "record_volgorde")
        return self.parties[oin][-1]

    def member(self, oin: Oin, at: datetime) -> Party | None:
        """The accession under which a party is in the house at that time."""
        for party in reversed(self.parties.get(oin, ())):
            if party.since <= at:
                return party if party.left is None or at < party.left else None
        return None

    def has_place(self, known: KnownKey, at: datetime) -> bool:
        """Whether the house has a place for a key at that time: the party did not leave since it was recorded, also
        not to come back, and the accession in force grants the function. A renewed root leaves the keys as they are.
        """
        address = known.record.address
        party, under = self.member(address.oin, at), self.parties[address.oin][known.under]
        left = under.left is not None and at >= under.left
        return party is not None and not left and party.grants(address)


def _hold(signature: Parsed, key: VerifyKey) -> None:
    try:
        jws.verify(signature, key)
    except SignatureFailedError as error:
        raise KeyRecordError(f"the signature does not hold: {error}", "record_handtekening") from error


def _by_officers(officers: tuple[VerifyKey, VerifyKey], signatures: tuple[Parsed, ...]) -> None:
    by_kid = {officer.kid: officer for officer in officers}
    if {one.kid for one in signatures} != by_kid.keys():
        raise KeyRecordError("chair and manager both sign this record, and nobody else", "record_ondertekenaars")
    for one in signatures:
        _hold(one, by_kid[one.kid])


def _by_root(root: VerifyKey, signatures: tuple[Parsed, ...]) -> None:
    if [one.kid for one in signatures] != [root.kid]:
        raise KeyRecordError("the root of that party signs this record, and nobody else", "record_ondertekenaars")
    _hold(signatures[0], root)


def begin(signed: SignedRecord, time: datetime) -> State:
    """What a genesis, signed by its own two officers, says. Raises :class:`KeyRecordError`."""
    record, signatures = read(signed)
    if not isinstance(record, Genesis):
        raise KeyRecordError("the first record of a house is its genesis", "record_volgorde")
    chair, manager = VerifyKey.from_public(record.chair), VerifyKey.from_public(record.manager)
    log, receipts = VerifyKey.from_public(record.log_key), VerifyKey.from_public(record.receipt_key)
    kids = {chair.kid, manager.kid, log.kid, receipts.kid}
    if chair.kid == manager.kid:
        raise KeyRecordError("chair and manager each have a key of their own", "record_sleutel")
    if {chair.kid, manager.kid} & {log.kid, receipts.kid}:
        raise KeyRecordError("the broker never holds an officer's key", "record_sleutel")
    if record.origin.split("/")[1] != record.house:
        raise KeyRecordError("the origin of the log names another house", "record_huis")
    _by_officers((chair, manager), signatures)
    try:
        authorities = tuple(pki.from_record(text) for text in record.authorities)
        for authority in authorities:
            pki.check_authority(authority, time)
    except CertificateError as error:
        raise KeyRecordError(f"an authority in genesis: {error}", "record_certificaat") from error
    return State(
        genesis=record,
        digest=canonical.digest(signatures[0].payload),
        officers=(chair, manager),
        authorities=authorities,
        taken=kids,
        packs={record.pack: (time, None)},
    )


def apply(state: State, signed: SignedRecord, time: datetime) -> None:
    """Change ``state`` as one more record says. Raises :class:`KeyRecordError`, and then changed nothing."""
    record, signatures = read(signed)
    if record.house != state.genesis.house:
        raise KeyRecordError("a record of another house", "record_huis")
    match record:
        case Genesis():
            raise KeyRecordError("a house has one genesis", "record_volgorde")
        case PartyKey():
            _add_key(state, record, signatures, time)
        case KeyRevocation():
            _revoke(state, record, signatures, time)
        case Accession():
            _by_officers(state.officers, signatures)
            _accede(state, record, time)
        case Exit():
            _by_officers(state.officers, signatures)
            if state.party(record.oin).left is not None:
                raise KeyRecordError("this party has left already", "record_volgorde")
            # All its accessions: also one that has not begun yet must not bring it back.
            state.parties[record.oin] = tuple(
                party if party.left else replace(party, left=time) for party in state.parties[record.oin]
            )
        case PackDecision():
            _by_officers(state.officers, signatures)
            _decide_pack(state, record, time)
        case _:  # Decree, the last kind: mypy knows
            _by_officers(state.officers, signatures)
            state.party(record.oin)
            if record.since >= record.until:
                raise KeyRecordError("a decree that ends before it begins", "record_termijn")
            decrees = state.decrees.get(record.oin, ())
            state.decrees[record.oin] = (*decrees, (max(record.since, time), record))


def _accede(state: State, record: Accession, time: datetime) -> None:
    try:
        der = pki.from_record(record.root)
        oin = pki.verify_chain(der, state.authorities, time, "root")
        root = pki.root_key(der)
    except CertificateError as error:
        raise KeyRecordError(f"the certificate of the party root: {error}", "record_certificaat") from error
    if oin != record.oin:
        raise KeyRecordError("the certificate of the party root carries another OIN", "record_certificaat")
    if len({grant.function for grant in record.addresses}) != len(record.addresses):
        raise KeyRecordError("one function stands twice in an accession", "record_functie")
    earlier = state.parties.get(record.oin, ())
    own = {party.root.kid for party in earlier}
    if root.kid in state.keys or root.kid in state.taken - own:
        raise KeyRecordError("the key of the party root serves for something else already", "record_sleutel")
    since = max(record.since, time)
    if earlier and since < earlier[-1].since:
        raise KeyRecordError("an accession that begins before the one it follows", "record_volgorde")
    state.taken.add(root.kid)
    state.parties[record.oin] = (*earlier, Party(record, since, root))


def _add_key(state: State, record: PartyKey, signatures: tuple[Parsed, ...], time: datetime) -> None:
    party = state.party(record.address.oin)
    _by_root(party.root, signatures)
    if party.left is not None:
        raise KeyRecordError("this party has left the house", "record_volgorde")
    try:
        pki.verify_chain(pki.from_record(party.accession.root), state.authorities, time, "root")
    except CertificateError as error:
        raise KeyRecordError(f"the certificate of the party root: {error}", "record_certificaat") from error
    if not party.grants(record.address):
        raise KeyRecordError("the accession does not name this function of the party", "record_functie")
    if record.not_before >= record.not_after:
        raise KeyRecordError("a key that ends before it begins", "record_termijn")
    key = VerifyKey.from_public(record.key)
    if key.kid in state.keys or key.kid in state.taken:
        raise KeyRecordError("this key is in use already; make a new one", "record_sleutel")
    under = len(state.parties[record.address.oin]) - 1
    state.keys[key.kid] = KnownKey(record, key, max(record.not_before, time), under)


def _revoke(state: State, record: KeyRevocation, signatures: tuple[Parsed, ...], time: datetime) -> None:
    known = state.keys.get(record.kid)
    if known is None or known.record.address != record.address:
        raise KeyRecordError("no such key of this address", "record_sleutel")
    if len(signatures) == 1:
        _by_root(state.party(record.address.oin).root, signatures)
    else:
        _by_officers(state.officers, signatures)
    if known.revoked is None:
        state.keys[record.kid] = replace(known, revoked=time)


def _decide_pack(state: State, record: PackDecision, time: datetime) -> None:
    current = next(pack for pack, (_, until) in state.packs.items() if until is None)
    since = max(record.since, time)
    if record.pack in state.packs:
        raise KeyRecordError(
            "this pack was decided on before; a pack that returns gets a new version", "record_volgorde"
        )
    if since <= state.packs[current][0]:
        raise KeyRecordError("a pack begins after the one it follows", "record_volgorde")
    state.packs[current] = (state.packs[current][0], since)
    state.packs[record.pack] = (since, None)
