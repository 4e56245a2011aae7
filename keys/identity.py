"""Whose key is this, and did it count at that time: a house's records and the directory they make.

Answers questions; which record counts is decided in :mod:`keys.vouching`. Leaves to the caller that the digest of
genesis is the one typed in from the form of Bijlage 1, and that the records stand in the ledger under a proof.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple, Self

from keys import KeyRecordError, jws
from keys.jws import SigningKey, VerifyKey
from keys.suites import KETEN_EC, KETEN_PQ
from keys.vouching import RECORD_TYPE, State, apply, begin, read
from schemas import canonical
from schemas.acts import Keys
from schemas.ids import Address, Digest, HouseId, Kid, Oin, PackDigest, Term
from schemas.manifest import Manifest
from schemas.records import Accession, AddressGrant, Decree, Genesis, Record, SignedRecord, Suite


class ReadRecord(NamedTuple):
    """A record whose form is right and whose signatures are not verified yet; ``kids`` say who claims to sign."""

    record: Record
    payload: bytes
    kids: tuple[Kid, ...]


def sign_record(record: Record, key: SigningKey) -> str:
    """The compact JWS of ``key`` over the canonical bytes of ``record``; the second officer signs the same bytes."""
    return jws.sign(canonical.encode(record.model_dump(mode="json")), key, RECORD_TYPE)


def record_bytes(signed: SignedRecord) -> bytes:
    """What goes into the ``0x02`` leaf: the canonical form of ``{first, second?}``, so that the leaf holds both."""
    return canonical.encode(signed.model_dump(exclude_none=True))


def parse_record(signed: SignedRecord) -> ReadRecord:
    """Read the record in one or two signatures over the same canonical bytes. Raises :class:`KeyRecordError`."""
    record, signatures = read(signed)
    return ReadRecord(record, signatures[0].payload, tuple(one.kid for one in signatures))


def _name(signed: SignedRecord) -> str:
    """The kind of a record for an error text, as far as it can be read."""
    try:
        return parse_record(signed).record.record
    except KeyRecordError:
        return "unreadable"


@dataclass(frozen=True, slots=True)
class Directory:
    """A house's vouched records at one moment. Made by :meth:`of`; :meth:`add` gives the next one."""

    _state: State = field(repr=False)
    count: int

    @classmethod
    def of(cls, records: Iterable[tuple[SignedRecord, datetime]]) -> Self:
        """The directory that ``records`` make, each with its entry's time, in the order of the log.

        Raises :class:`KeyRecordError` that names the first record that does not hold (counted from 1), and why.
        """
        state: State | None = None
        count = 0
        for signed, time in records:
            count += 1
            try:
                if state is None:
                    state = begin(signed, time)
                else:
                    apply(state, signed, time)
            except KeyRecordError as error:
                raise KeyRecordError(f"record {count} ({_name(signed)}): {error}", error.code) from error
        if state is None:
            raise KeyRecordError("a house without records; the first is its genesis", "record_volgorde")
        return cls(state, count)

    def add(self, signed: SignedRecord, time: datetime) -> Self:
        """This directory with one more record. Raises :class:`KeyRecordError`; this one stays as it is."""
        state = self._state.copy()
        try:
            apply(state, signed, time)
        except KeyRecordError as error:
            raise KeyRecordError(f"record {self.count + 1} ({_name(signed)}): {error}", error.code) from error
        return type(self)(state, self.count + 1)

    @property
    def genesis(self) -> Genesis:
        """The first record."""
        return self._state.genesis

    @property
    def house(self) -> HouseId:
        """The house of all these records."""
        return self._state.genesis.house

    @property
    def digest_of_genesis(self) -> Digest:
        """SHA-256 of genesis' canonical bytes: what a party types in from the form of Bijlage 1."""
        return self._state.digest

    @property
    def officers(self) -> tuple[VerifyKey, VerifyKey]:
        """Chair, manager."""
        return self._state.officers

    @property
    def log_key(self) -> VerifyKey:
        """The key that signs checkpoints of ``genesis.origin``."""
        return VerifyKey.from_public(self.genesis.log_key)

    @property
    def receipt_key(self) -> VerifyKey:
        """The key that signs the broker's receipts."""
        return VerifyKey.from_public(self.genesis.receipt_key)

    @property
    def authorities(self) -> tuple[bytes, ...]:
        """The certificates (DER) of the authorities that genesis names."""
        return self._state.authorities

    @property
    def oins(self) -> tuple[Oin, ...]:
        """Every party that ever acceded."""
        return tuple(self._state.parties)

    def accession(self, oin: Oin) -> Accession | None:
        """The party's last accession, also after it left; None if it never acceded."""
        parties = self._state.parties.get(oin)
        return parties[-1].accession if parties else None

    def acceded(self, oin: Oin) -> datetime | None:
        """From when that last accession counts."""
        parties = self._state.parties.get(oin)
        return parties[-1].since if parties else None

    def left(self, oin: Oin) -> datetime | None:
        """Since when the party is out; None if it is in, or was never in."""
        parties = self._state.parties.get(oin)
        return parties[-1].left if parties else None

    def member(self, oin: Oin, at: datetime) -> Accession | None:
        """The accession under which the party is in the house at that time."""
        party = self._state.member(oin, at)
        return party.accession if party else None

    def grant(self, address: Address, at: datetime | None = None) -> AddressGrant | None:
        """What the last accession (or the one at a time) grants this address; None without one or after an exit."""
        if at is None:
            accession = self.accession(address.oin) if self.left(address.oin) is None else None
        else:
            accession = self.member(address.oin, at)
        for grant in accession.addresses if accession else ():
            if grant.function == address.function:
                return grant
        return None

    def weakest_suite(self, one: Address, other: Address, at: datetime) -> Suite:
        """The weakest suite that may be used between two addresses, in either direction: ``keten-ec`` where the house
        named one of them for it, since that one reads and writes no other. What is stronger may always be used."""
        grants = (self.grant(one, at), self.grant(other, at))
        return KETEN_EC if any(grant and grant.suite == KETEN_EC for grant in grants) else KETEN_PQ

    def allows_suite(self, suite: Suite, sender: Address, to: Iterable[Address], at: datetime) -> bool:
        """Whether ``sender`` may use that suite towards each of ``to``: no key and no message decides that itself."""
        return suite == KETEN_PQ or all(self.weakest_suite(sender, one, at) == suite for one in to)

    def forbidden_suite(self, manifest: Manifest, at: datetime) -> str | None:
        """Where a message seals, or publishes a key, in a suite that its sender may not use towards its recipients: a
        JSON pointer. None where all is in order."""
        sender, to = manifest.sender, manifest.to
        if manifest.sealed is not None and not self.allows_suite(manifest.sealed.suite, sender, to, at):
            return "/sealed/suite"
        for index, key in enumerate(manifest.act.keys if isinstance(manifest.act, Keys) else ()):
            if not self.allows_suite(key.suite, sender, to, at):
                return f"/act/keys/{index}/suite"
        return None

    def root_key(self, oin: Oin) -> VerifyKey | None:
        """The key of the party root in its last accession."""
        parties = self._state.parties.get(oin)
        return parties[-1].root if parties else None

    def signing_key(self, kid: Kid, at: datetime) -> tuple[VerifyKey, Address]:
        """The key and whose it is, if it counted at the entry's time ``at``.

        Raises :class:`KeyRecordError`: ``sleutel_onbekend`` (never recorded, or not yet), ``sleutel_verlopen``,
        ``sleutel_ingetrokken`` (revoked, the party left since it was recorded, or no longer has the function).
        """
        known = self._state.keys.get(kid)
        if known is None or at < known.since:
            raise KeyRecordError("no key of that name counts at that time", "sleutel_onbekend")
        if known.revoked is not None and at >= known.revoked:
            raise KeyRecordError("the key was revoked", "sleutel_ingetrokken")
        if not self._state.has_place(known, at):
            text = "the party of this key has left since, or has the function no longer, at that time"
            raise KeyRecordError(text, "sleutel_ingetrokken")
        if at >= known.record.not_after:
            raise KeyRecordError("the key has expired; its party records a new one", "sleutel_verlopen")
        return known.key, known.record.address

    def recorded_key(self, kid: Kid) -> tuple[VerifyKey, Address]:
        """The key and whose it is, whether or not it counts: for what was accepted before under it.

        Raises :class:`KeyRecordError` (``sleutel_onbekend``).
        """
        known = self._state.keys.get(kid)
        if known is None:
            raise KeyRecordError("no key of that name was ever recorded", "sleutel_onbekend")
        return known.key, known.record.address

    def signing_keys(self, address: Address, at: datetime) -> tuple[VerifyKey, ...]:
        """The keys that count for an address at that time, oldest first."""
        found = []
        for kid, known in self._state.keys.items():
            if known.record.address == address:
                try:
                    found.append(self.signing_key(kid, at)[0])
                except KeyRecordError:
                    continue
        return tuple(found)

    def packs(self) -> dict[PackDigest, tuple[datetime, datetime | None]]:
        """From when until when each pack is the one in force."""
        return dict(self._state.packs)

    def decrees(self, oin: Oin, at: datetime) -> tuple[Decree, ...]:
        """The decrees in force for a party; of several with one id the last that has begun decides."""
        begun: dict[Term, Decree] = {}
        for since, decree in self._state.decrees.get(oin, ()):
            if since <= at:
                begun[decree.id] = decree
        return tuple(decree for decree in begun.values() if at < decree.until)
