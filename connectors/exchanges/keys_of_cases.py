"""Keys per (case, phase, epoch): mine, made and published when asked, and those of others, from the ledger.

Decides to which key a message is sealed: the newest one that its holder published in a message I verified, for this
phase. No key, no sending (wire.md "Whom to seal to"). When mine go is :mod:`connectors.exchanges.moving` and
:mod:`connectors.exchanges.closing`.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime, timedelta

from connectors import UseError
from connectors.database import Transaction
from connectors.exchanges import outgoing, queries, store
from connectors.exchanges.drafting import Frame, draft, new_id
from connectors.exchanges.outgoing import NotSent, Prepared, prepare
from connectors.exchanges.rows import CaseKeyRow, KnownRow, manifest_of
from connectors.exchanges.workplace import Workplace
from keys import KeyRecordError
from keys.binding import Context
from keys.sealing import Plaintext, Recipient, new_key, seal
from keys.suites import BUCKETS, KETEN_PQ, AkpKey, PublicKey, public_key
from schemas.acts import CaseKey, Keys
from schemas.canonical import digest_text
from schemas.content import AkpPublic, EcPublic
from schemas.envelope import parse_envelope
from schemas.ids import Address, CaseRef, MessageId, Term
from schemas.records import Suite

LIFE = timedelta(days=180)
AGAIN = timedelta(minutes=10)
"""How long a request is not repeated, whatever came as the answer to it."""


def published(key: PublicKey) -> AkpPublic | EcPublic:
    """A public key in the form of the wire's models."""
    model = AkpPublic if isinstance(key, AkpKey) else EcPublic
    return model.model_validate(key.model_dump())


def usable(public: AkpPublic | EcPublic) -> PublicKey | None:
    """A published key, if it is one that anybody may seal to."""
    try:
        return public_key(public.model_dump())
    except KeyRecordError:
        return None


def between(place: Workplace, me: Address, other: Address) -> Suite:
    """The suite in which two addresses publish keys to each other: the default, unless the house named one of them."""
    return place.house.directory.weakest_suite(me, other, place.clock())


async def peer(
    tx: Transaction, case: CaseRef, phase: str, address: Address, now: datetime, suite: Suite = KETEN_PQ
) -> Recipient | None:
    """The live case key of another address, as far as I have seen it published: of ``suite`` if there is one (what it
    published to others is seen too), else of the default; never of one that may not be used between us any more."""
    newest: tuple[tuple[bool, int], PublicKey] | None = None
    for row in await queries.messages_of(tx, case, "sleutel"):
        act = row.source.manifest.act
        for key in act.keys if row.sender == address and isinstance(act, Keys) else ():
            rank, public = (key.suite == suite, key.epoch), usable(key.pub)
            if key.phase != phase or now >= key.not_after or key.suite not in {suite, KETEN_PQ} or public is None:
                continue
            if newest is None or rank >= newest[0]:
                newest = (rank, public)
    return None if newest is None else Recipient(address, newest[1])


async def own_key(
    place: Workplace, case: CaseRef, phase: str, address: Address, message: MessageId, suite: Suite
) -> CaseKeyRow:
    """My key of (case, phase) in that suite, of its newest epoch; made when first needed."""
    async with place.database.begin() as tx:
        held = await queries.case_keys(tx, case)
    mine = (phase, address, suite)
    ours = [row for row in held if (row.phase, row.address, row.suite) == mine]
    live = [row for row in ours if row.erased is None and place.clock() < row.not_after]
    return live[-1] if live else await next_key(place, case, phase, address, message, suite)


async def next_key(
    place: Workplace, case: CaseRef, phase: str, address: Address, message: MessageId, suite: Suite
) -> CaseKeyRow:
    """A fresh key of (case, phase), in the epoch after all that there were. The private half is durable before the row.

    The canary is sealed to it as to a recipient of ``message``; its digest is published with the key.
    """
    async with place.database.begin() as tx:
        held = await queries.case_keys(tx, case)
    epochs = [row.epoch for row in held if (row.phase, row.address, row.suite) == (phase, address, suite)]
    key = new_key(suite)
    await place.keyring.keep_receive(key)
    context = Context(case, place.house.directory.house, message, address, Term(phase))
    canary = seal(Plaintext(()), [Recipient(address, key.public)], context, BUCKETS[0])
    row = CaseKeyRow(
        kid=key.kid,
        case=case,
        phase=phase,
        epoch=max(epochs) + 1 if epochs else 0,
        address=address,
        public=key.public.model_dump_json(),
        not_after=place.clock() + LIFE,
        canary=canary,
        message=message,
        suite=suite,
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
    row = await own_key(place, case, phase, sender, ident, between(place, sender, to))
    key = CaseKey(
        kid=row.kid,
        suite=row.suite,
        pub=published(public_key(json.loads(row.public))),
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
    """Ask for a key unless that was done, or is still on its way.

    What was answered since with a key that is of no use to me any more does not count, but for a while: a peer that
    goes on answering so is not asked in every round.
    """
    now = place.clock()
    async with place.database.begin() as tx:
        rows = await queries.messages_of(tx, case, "sleutel_verzoek")
        keys = await queries.messages_of(tx, case, "sleutel")
        waiting = await queries.waiting(tx)
    told = [row.time for row in keys if row.sender == to and row.source.manifest.phase == phase]
    asked = [row.source.manifest for row in rows if row.time > now - AGAIN or all(row.time > one for one in told)]
    asked += [manifest_of(parse_envelope(row.data).manifest) for row in waiting if row.data]
    mine = ("sleutel_verzoek", case, sender, phase)
    if not any(to in one.to and (one.kind, one.case, one.sender, one.phase) == mine for one in asked):
        await request(place, case, phase, sender, to)


async def ensure(
    place: Workplace, case: CaseRef, phase: str, sender: Address, to: Address, seconds: float
) -> Recipient | NotSent | None:
    """The key of ``to``, asked for where it is not known; None where it did not come within ``seconds``."""

    async def look() -> Recipient | None:
        async with place.database.begin() as tx:
            return await peer(tx, case, phase, to, place.clock(), between(place, sender, to))

    found = await look()
    if found is not None:
        return found
    asked = await request(place, case, phase, sender, to)
    if isinstance(asked, NotSent):
        return asked
    return await place.arrivals.until(look, seconds)
