"""Keys per (case, phase, epoch): mine, made and published when asked, and those of others, from the ledger.

Decides to which key a message is sealed: the newest one that its holder published in a message I verified, for this
phase. No key, no sending (wire.md "Whom to seal to"). When mine go is :mod:`connectors.exchanges.moving`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from connectors import UseError
from connectors.database import Transaction
from connectors.exchanges import outgoing, queries, store
from connectors.exchanges.drafting import Frame, draft, new_id
from connectors.exchanges.outgoing import NotSent, Prepared, prepare
from connectors.exchanges.rows import CaseKeyRow, KnownRow, manifest_of
from connectors.exchanges.workplace import Workplace
from keys.binding import Context
from keys.sealing import Plaintext, ReceiveKey, Recipient, seal
from keys.suites import BUCKETS, KETEN_PQ, AkpKey
from schemas.acts import CaseKey, Keys
from schemas.canonical import digest_text
from schemas.content import AkpPublic
from schemas.envelope import parse_envelope
from schemas.ids import Address, CaseRef, MessageId, Term

LIFE = timedelta(days=180)
EPOCH = 0


def published(key: AkpKey) -> AkpPublic:
    """A public key in the form of the wire's models."""
    return AkpPublic.model_validate(key.model_dump())


async def peer(tx: Transaction, case: CaseRef, phase: str, address: Address, now: datetime) -> Recipient | None:
    """The live case key of another address, as far as I have seen it published."""
    newest: CaseKey | None = None
    for row in await queries.messages_of(tx, case, "sleutel"):
        act = row.source.manifest.act
        if row.sender == address and isinstance(act, Keys):
            for key in act.keys:
                if key.phase == phase and now < key.not_after and (newest is None or key.epoch >= newest.epoch):
                    newest = key
    return None if newest is None else Recipient(address, AkpKey.model_validate(newest.pub.model_dump()))


async def own_key(place: Workplace, case: CaseRef, phase: str, address: Address, message: MessageId) -> CaseKeyRow:
    """My key of (case, phase); made when first needed. The private half is durable before the row is."""
    async with place.database.begin() as tx:
        held = await queries.case_keys(tx, case)
    for row in held:
        if (row.phase, row.address, row.epoch) == (phase, address, EPOCH) and row.erased is None:
            return row
    key = ReceiveKey.generate()
    await place.keyring.keep_receive(key)
    context = Context(case, place.house.directory.house, message, address, Term(phase))
    canary = seal(Plaintext(()), [Recipient(address, key.public)], context, BUCKETS[0])
    row = CaseKeyRow(
        kid=key.kid,
        case=case,
        phase=phase,
        epoch=EPOCH,
        address=address,
        public=key.public.model_dump_json(),
        not_after=place.clock() + LIFE,
        canary=canary,
        message=message,
    )
    async with place.database.begin() as tx:
        await store.add_case_key(tx, row)
    return row


async def publication(
    place: Workplace,
    case: CaseRef,
    phase: str,
    sender: Address,
    to: Address,
    reply_to: MessageId | None = None,
    more: Sequence[KnownRow] = (),
) -> Prepared | NotSent:
    """The ``sleutel`` that tells ``to`` my key of (case, phase)."""
    ident = new_id()
    row = await own_key(place, case, phase, sender, ident)
    key = CaseKey(
        kid=row.kid,
        suite=KETEN_PQ,
        pub=published(AkpKey.model_validate_json(row.public)),
        phase=Term(phase),
        epoch=row.epoch,
        not_after=row.not_after,
        canary=digest_text(row.canary),
    )
    frame = Frame(
        id=ident,
        kind="sleutel",
        sender=sender,
        to=(to,),
        case=case,
        phase=phase,
        act=Keys(keys=(key,)),
        reply_to=reply_to,
        on_behalf_of=await acting_for(place, case, sender, more),
    )
    return await prepare(place, draft(place, frame, place.clock()), more=more)


async def acting_for(place: Workplace, case: CaseRef, sender: Address, more: Sequence[KnownRow] = ()) -> Address | None:
    """For whom the house acts in a case (5.1); None for a party, which acts for itself."""
    if sender.function != place.house_address.function:
        return None
    async with place.database.begin() as tx:
        row = await queries.case_row(tx, case)
    if row is not None:
        return row.acting_for
    start = next((known for known in more if known.kind == "aanmelding_start"), None)
    if start is None:
        raise UseError("deze casus is hier niet bekend; wacht tot de aanmelding er is")
    return start.sender


async def request(place: Workplace, case: CaseRef, phase: str, sender: Address, to: Address) -> outgoing.Outcome:
    """Ask ``to`` for its key of (case, phase)."""
    behalf = await acting_for(place, case, sender)
    frame = Frame(kind="sleutel_verzoek", sender=sender, to=(to,), case=case, phase=phase, on_behalf_of=behalf)
    return await outgoing.send(place, draft(place, frame, place.clock()))


async def request_once(place: Workplace, case: CaseRef, phase: str, sender: Address, to: Address) -> None:
    """Ask for a key unless that was done, or is still on its way."""
    async with place.database.begin() as tx:
        rows = await queries.messages_of(tx, case, "sleutel_verzoek")
        waiting = await queries.waiting(tx)
    asked = [row.source.manifest for row in rows]
    asked += [manifest_of(parse_envelope(row.data).manifest) for row in waiting if row.data]
    mine = ("sleutel_verzoek", case, sender, phase)
    if mine not in [(manifest.kind, manifest.case, manifest.sender, manifest.phase) for manifest in asked]:
        await request(place, case, phase, sender, to)


async def ensure(
    place: Workplace, case: CaseRef, phase: str, sender: Address, to: Address, seconds: float
) -> Recipient | NotSent | None:
    """The key of ``to``, asked for where it is not known; None where it did not come within ``seconds``."""

    async def look() -> Recipient | None:
        async with place.database.begin() as tx:
            return await peer(tx, case, phase, to, place.clock())

    found = await look()
    if found is not None:
        return found
    asked = await request(place, case, phase, sender, to)
    if isinstance(asked, NotSent):
        return asked
    return await place.arrivals.until(look, seconds)
