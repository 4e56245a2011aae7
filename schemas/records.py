"""What the clear ``0x02`` leaves of the ledger say: organisations, roles, keys and packs, never a person.

The models only; who may sign which record is decided by :mod:`keys.identity` (ledger-and-keys.md "Who vouches for
what"). A record travels as one or two compact JWS (``typ keten-record+jws``) over the same payload bytes.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StrictBool, StrictInt

from schemas.ids import Address, Day, Digest, HouseId, Instant, Kid, Oin, PackDigest, Term


class Frozen(BaseModel):
    """The settings of every model on the wire: frozen and closed.

    Not pydantic's ``strict``: that refuses the lists that JSON has for our tuples. Numbers and booleans are strict
    one by one, and text is never coerced anyway.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True, hide_input_in_errors=True)


Suite = Literal["keten-pq", "keten-ec"]
"""How content keys reach their recipients (wire.md "Bytes"): post-quantum hybrid, or what any JOSE library reads."""


class Prepared(Frozen):
    """What comes before a pack is in force (15.1, 28): DPIA, the fgs' consultation, the steering group's decision."""

    dpia: Annotated[str, Field(min_length=3, max_length=120)]
    consulted: Day
    """The day on which the fgs were given the description; they have 14 days."""
    decision: Annotated[str, Field(min_length=3, max_length=120)]
    """Reference of the steering group's decision."""


class Declared(Frozen):
    """Secrecy and screening of the people who see the data (13.1-13.3)."""

    declared: Day
    """The day of the party's declaration; for the house, of the last of its staff's signed statements."""
    screened: Day
    """The oldest certificate of conduct or screening among them."""


class OkpKey(Frozen):
    """A public Ed25519 key (RFC 8037)."""

    kty: Literal["OKP"]
    crv: Literal["Ed25519"]
    x: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{43}$")]


class WitnessPolicy(Frozen):
    """Names of witnesses and how many must cosign; a sandbox may have none."""

    witnesses: tuple[Kid, ...]
    quorum: Annotated[StrictInt, Field(ge=0, le=64)]


class Genesis(Prepared, Declared):
    """The first leaf of a house's log, signed by chair and manager."""

    record: Literal["genesis"]
    house: HouseId
    name: Annotated[str, Field(min_length=1, max_length=120)]
    oin: Oin
    origin: Annotated[str, Field(pattern=r"^[a-z0-9.:-]+/[a-z][a-z0-9-]{1,39}/[0-9]{4}$")]
    log_key: OkpKey
    receipt_key: OkpKey
    chair: OkpKey
    manager: OkpKey
    pack: PackDigest
    authorities: Annotated[tuple[str, ...], Field(min_length=1, max_length=8)]
    """Certificate authorities, each base64 DER."""
    witnesses: WitnessPolicy
    unsafe_sandbox: StrictBool
    created: Instant


class AddressGrant(Frozen):
    """One function in which a party may act, with the tasks it names and, for ``geen_grondslag``, for whose task."""

    function: Term
    tasks: tuple[Term, ...]
    secrecy: tuple[Term, ...] = ()
    provides_for: tuple[Term, ...] = ()
    suite: Suite = "keten-pq"
    """The weakest suite in which is sealed to or by this address; ``keten-ec`` names a partner that knows no other."""


class Accession(Declared):
    """Toetreding (29, Bijlage 1): a party, its root certificate and its functions; signed by chair and manager."""

    record: Literal["toetreding"]
    house: HouseId
    oin: Oin
    name: Annotated[str, Field(min_length=1, max_length=120)]
    root: str
    """The party root's certificate, base64 DER; its key signs the party's own keys."""
    addresses: Annotated[tuple[AddressGrant, ...], Field(min_length=1, max_length=14)]
    hosted_by: Oin | None = None
    since: Instant


class Exit(Frozen):
    """Uittreding or uitsluiting (28.3, 30): effective at once; signed by chair and manager."""

    record: Literal["uittreding"]
    house: HouseId
    oin: Oin
    since: Instant
    ground: Literal["uittreding", "uitsluiting"]


class PartyKey(Frozen):
    """A signing key of one address; signed by the party root."""

    record: Literal["partij_sleutel"]
    house: HouseId
    address: Address
    key: OkpKey
    not_before: Instant
    not_after: Instant


class KeyRevocation(Frozen):
    """A party key that counts no longer; signed by the party root, or by chair and manager."""

    record: Literal["sleutel_intrekking"]
    house: HouseId
    address: Address
    kid: Kid
    since: Instant


class PackDecision(Prepared):
    """Pack_besluit (28): from when a pack is the one in force, and the DPIA that came before it (15)."""

    record: Literal["pack_besluit"]
    house: HouseId
    pack: PackDigest
    since: Instant


class Decree(Frozen):
    """Artikel20_besluit (6.4d) of a police unit, or the OM's (6.1-6.3): its digest and term; chair and manager."""

    record: Literal["artikel20_besluit"]
    house: HouseId
    id: Term
    oin: Oin
    basis: Term
    digest: Digest
    since: Instant
    until: Instant


Record = Genesis | Accession | Exit | PartyKey | KeyRevocation | PackDecision | Decree

RECORDS: dict[str, type[Record]] = {
    "genesis": Genesis,
    "toetreding": Accession,
    "uittreding": Exit,
    "partij_sleutel": PartyKey,
    "sleutel_intrekking": KeyRevocation,
    "pack_besluit": PackDecision,
    "artikel20_besluit": Decree,
}


class SignedRecord(Frozen):
    """A record as it is stored and served: the first signature and, where two are asked, the second."""

    first: Annotated[str, Field(max_length=65536)]
    second: Annotated[str, Field(max_length=65536)] | None = None
