"""A house for tests: officers, an authority, a party, and the records that they sign."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any

from keys import pki
from keys.identity import Directory, sign_record
from keys.jws import SigningKey
from schemas.ids import Address, Digest, HouseId, Oin, PackDigest, Term
from schemas.records import (
    Accession,
    AddressGrant,
    Decree,
    Exit,
    Genesis,
    KeyRevocation,
    PackDecision,
    PartyKey,
    Record,
    SignedRecord,
    WitnessPolicy,
)

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
HOUSE = HouseId("noord")
OIN = Oin("00000099000000001000")
OTHER_OIN = Oin("00000099000000002000")
POLICE = Address(f"{OIN}:politie")
FIRST_PACK = PackDigest("A" * 43)
NEXT_PACK = PackDigest("B" * 42 + "A")
PREPARED: dict[str, Any] = {"dpia": "DPIA 2026-1", "consulted": date(2026, 11, 1), "decision": "stuurgroep 2026-11"}
DECLARED: dict[str, Any] = {"declared": date(2026, 11, 20), "screened": date(2025, 6, 1)}


def key(number: int) -> SigningKey:
    """A fixed key per number."""
    return SigningKey.from_seed(bytes([number]) * 32)


CHAIR, MANAGER, LOG, RECEIPTS, ROOT, SIGNER = (key(number) for number in range(1, 7))

STRANGER = key(99)


@cache
def _authority(name: str) -> pki.Authority:
    return pki.make_authority(name, NOW - timedelta(days=1))


def authority(name: str = "Proef-CA") -> pki.Authority:
    """One authority of that name a session."""
    return _authority(name)


@cache
def certificate(root: SigningKey = ROOT, oin: Oin = OIN, issuer: str = "Proef-CA", days: int = 365) -> str:
    """A party root's certificate as records carry it."""
    csr = pki.request(root, oin, "Proefpartij")
    return pki.to_record(pki.issue(authority(issuer), csr, NOW, days))


def signed(record: Record, first: SigningKey = CHAIR, second: SigningKey | None = MANAGER) -> SignedRecord:
    """``record`` under one or two signatures."""
    return SignedRecord(
        first=sign_record(record, first), second=None if second is None else sign_record(record, second)
    )


def genesis(**changes: Any) -> Genesis:
    return Genesis(
        **{
            "record": "genesis",
            "house": HOUSE,
            "name": "Proefhuis",
            "oin": Oin("00000099000000009000"),
            "origin": "broker.example/noord/2026",
            "log_key": LOG.public,
            "receipt_key": RECEIPTS.public,
            "chair": CHAIR.public,
            "manager": MANAGER.public,
            "pack": FIRST_PACK,
            "authorities": (pki.to_record(authority().certificate),),
            "witnesses": WitnessPolicy(witnesses=(), quorum=0),
            "unsafe_sandbox": True,
            "created": NOW,
            **PREPARED,
            **DECLARED,
            **changes,
        }
    )


def accession(**changes: Any) -> Accession:
    return Accession(
        **{
            "record": "toetreding",
            "house": HOUSE,
            "oin": OIN,
            "name": "Proefpartij",
            "root": certificate(),
            "addresses": (AddressGrant(function=Term("politie"), tasks=(Term("taak"),)),),
            "since": NOW,
            **DECLARED,
            **changes,
        }
    )


def party_key(**changes: Any) -> PartyKey:
    return PartyKey(
        **{
            "record": "partij_sleutel",
            "house": HOUSE,
            "address": POLICE,
            "key": SIGNER.public,
            "not_before": NOW,
            "not_after": NOW + timedelta(days=90),
            **changes,
        }
    )


def revocation(**changes: Any) -> KeyRevocation:
    return KeyRevocation(
        **{
            "record": "sleutel_intrekking",
            "house": HOUSE,
            "address": POLICE,
            "kid": SIGNER.kid,
            "since": NOW,
            **changes,
        }
    )


def leaving(**changes: Any) -> Exit:
    return Exit(**{"record": "uittreding", "house": HOUSE, "oin": OIN, "since": NOW, "ground": "uittreding", **changes})


def pack(**changes: Any) -> PackDecision:
    return PackDecision(
        **{"record": "pack_besluit", "house": HOUSE, "pack": NEXT_PACK, "since": NOW, **PREPARED, **changes}
    )


def decree(**changes: Any) -> Decree:
    return Decree(
        **{
            "record": "artikel20_besluit",
            "house": HOUSE,
            "id": Term("besluit_1"),
            "oin": OIN,
            "basis": Term("wpg_20"),
            "digest": Digest("C" * 42 + "A"),
            "since": NOW,
            "until": NOW + timedelta(days=30),
            **changes,
        }
    )


def later(hours: float) -> datetime:
    return NOW + timedelta(hours=hours)


@dataclass
class Records:
    """Records with the times of their entries, an hour apart."""

    all: list[tuple[SignedRecord, datetime]] = field(default_factory=list)

    def then(self, *records: SignedRecord) -> Records:
        """These, each an hour later."""
        made = list(self.all)
        for one in records:
            made.append((one, later(len(made))))
        return Records(made)


def founded() -> Records:
    """Genesis, one party and its signing key: entries at 0, 1 and 2 hours."""
    return Records().then(signed(genesis()), signed(accession()), signed(party_key(), ROOT, None))


def directory(*records: SignedRecord) -> Directory:
    """The founded house with more records, at 3, 4, ... hours."""
    return Directory.of(founded().then(*records).all)
