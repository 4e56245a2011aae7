"""A real house for the tests over HTTP: officers, a municipality and a police force, their keys, signed records."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import uuid_utils

from keys import jws, pki
from keys.identity import sign_record
from keys.jws import SigningKey
from schemas import canonical, packs
from schemas.ids import Address, CaseRef, HouseId, Oin, Term, format_instant
from schemas.manifest import MANDATE_TYP, MANIFEST_TYP
from schemas.pack import Pack
from schemas.records import Accession, AddressGrant, Genesis, PartyKey, Record, SignedRecord, WitnessPolicy
from tests.broker.web.certificates import OTHER, PARTY
from tests.making import reference

HOUSE = HouseId("zuidpolder")
HOUSE_OIN = Oin("00000099000000009100")
MELDER = Address(f"{PARTY}:college_bw")
POLICE = Address(f"{OTHER}:politie")
DOOR = Address(f"{HOUSE_OIN}:procesregie")


@dataclass(frozen=True)
class Founded:
    """Genesis and first records, and the private keys behind them."""

    genesis: SignedRecord
    records: tuple[SignedRecord, ...]
    signers: dict[Address, SigningKey]
    pack: Pack
    now: datetime
    officers: tuple[SigningKey, SigningKey]

    def manifest(self, kind: str, sender: Address, to: Address, **members: Any) -> dict[str, Any]:
        """The members of a message, valid for two days."""
        return {
            "profile": "keten-1",
            "id": str(uuid_utils.uuid7()),
            "kind": kind,
            "house": HOUSE,
            "pack": self.pack.digest,
            "phase": "aanmelding",
            "from": sender,
            "to": [to],
            "created": format_instant(self.now),
            "expires": format_instant(self.now + timedelta(days=2)),
            **members,
        }

    def sign(self, manifest: dict[str, Any], signer: Address | None = None) -> bytes:
        """The envelope of a message without a sealed part."""
        key = self.signers[signer or manifest["from"]]
        return canonical.encode({"manifest": jws.sign(canonical.encode(manifest), key, MANIFEST_TYP)})

    def start(self, case: str = "casus", **members: Any) -> bytes:
        """An ``aanmelding_start`` of the municipality, with its mandate."""
        ref = CaseRef(reference(case))
        mandate = {"case": ref, "date": self.now.date().isoformat(), "house": HOUSE, "to": DOOR}
        signed = jws.sign(canonical.encode(mandate), self.signers[MELDER], MANDATE_TYP)
        return self.sign(self.manifest("aanmelding_start", MELDER, DOOR, case=ref, act={"mandate": signed}, **members))


def found(now: datetime, log_key: SigningKey, receipt_key: SigningKey, authority: pki.Authority) -> Founded:
    """A house whose parties' roots are certified by ``authority``; everything counts from ``now`` on."""
    pack = packs.load("zvh-protocol-2019")
    chair, manager = SigningKey.generate(), SigningKey.generate()

    def both(record: Record) -> SignedRecord:
        return SignedRecord(first=sign_record(record, chair), second=sign_record(record, manager))

    genesis = Genesis(
        record="genesis",
        house=HOUSE,
        name="Proefhuis Zuidpolder",
        oin=HOUSE_OIN,
        origin=f"localhost/{HOUSE}/{now.year}",
        log_key=log_key.public,
        receipt_key=receipt_key.public,
        chair=chair.public,
        manager=manager.public,
        pack=pack.digest,
        authorities=(pki.to_record(authority.certificate),),
        witnesses=WitnessPolicy(witnesses=(), quorum=0),
        unsafe_sandbox=True,
        created=now,
        dpia="DPIA 2026-1",
        consulted=(now - timedelta(days=30)).date(),
        decision="stuurgroep 2026-1",
        declared=now.date(),
        screened=now.date(),
    )
    records, signers = [], {}
    for address in (MELDER, POLICE):
        root, signers[address] = SigningKey.generate(), SigningKey.generate()
        request = pki.request(root, address.oin, f"Partij {address.function}")
        capacity = pack.capacity[address.function]
        grant = AddressGrant(function=Term(address.function), tasks=capacity.tasks, secrecy=capacity.secrecy)
        accession = Accession(
            record="toetreding",
            house=HOUSE,
            oin=address.oin,
            name=f"Partij {address.function}",
            root=pki.to_record(pki.issue(authority, request, now, 30)),
            addresses=(grant,),
            since=now,
            declared=now.date(),
            screened=now.date(),
        )
        key = PartyKey(
            record="partij_sleutel",
            house=HOUSE,
            address=address,
            key=signers[address].public,
            not_before=now,
            not_after=now + timedelta(days=30),
        )
        records += [both(accession), SignedRecord(first=sign_record(key, root))]
    return Founded(both(genesis), tuple(records), signers, pack, now, (chair, manager))
