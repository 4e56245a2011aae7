"""What leaves: decided at home first, sealed, signed, kept and sent as the same bytes until the broker answers.

Decides that nothing leaves which the kernel refuses here (so a refusal leaks nothing) and what an answer of the broker
means. The ids of messages make sending safe to repeat after a crash: the outbox holds the bytes, never a plan.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import structlog

from connectors import CheckError, LinkError, LinkRefusedError
from connectors.casefiles import register
from connectors.database import Transaction
from connectors.exchanges import pages, queries, store
from connectors.exchanges.contents import check_going, facts_inside
from connectors.exchanges.drafting import Parcel
from connectors.exchanges.link import Submitted
from connectors.exchanges.moving import take_decisions
from connectors.exchanges.rows import AskedRow, CaseRow, KnownRow, known_row, manifest_of
from connectors.exchanges.workplace import Workplace
from keys import SignatureFailedError, jws
from keys.binding import Context, sealed_digest
from keys.sealing import seal
from schemas.acts import PhaseDecision, Question, Start
from schemas.canonical import digest_text
from schemas.canonical import encode as canonical_bytes
from schemas.content import Inner
from schemas.entry import Receipt
from schemas.envelope import EnvelopeError, parse_envelope, parse_model
from schemas.gathering import FACT_KINDS, Source, gather
from schemas.ids import MessageId
from schemas.manifest import MANIFEST_TYP, RECEIPT_TYP, Manifest
from schemas.policy import Reason, Refused, as_exact, decide, decide_inner
from schemas.strict import StrictError

log = structlog.get_logger(__name__)
_LAST = 2**62
NEXT_PACK = "pakket_niet_van_kracht"


@dataclass(frozen=True, slots=True)
class Prepared:
    """Allowed at home, sealed and signed; not yet in the outbox. ``exact``: what the own register shows."""

    manifest: Manifest
    exact: Manifest
    data: bytes


@dataclass(frozen=True, slots=True)
class Sent:
    """In the ledger as allowed."""

    id: MessageId


@dataclass(frozen=True, slots=True)
class Pending:
    """The broker does not answer; the bytes stay in the outbox and go by themselves."""

    id: MessageId


@dataclass(frozen=True, slots=True)
class NotSent:
    """Refused by a rule. ``at_home``: nothing left. ``id``: of the message that was not."""

    id: MessageId
    reasons: tuple[Reason, ...]
    at_home: bool


Outcome = Sent | Pending | NotSent


async def prepare(
    place: Workplace,
    manifest: Manifest,
    parcel: Parcel | None = None,
    *,
    inner: Inner | None = None,
    more: Sequence[KnownRow] = (),
) -> Prepared | NotSent:
    """Look at what is inside, ask the kernel; then seal and sign. ``more``: verified messages about to be remembered.

    A draft with a parcel carries ``parcel.outside``; its digest is filled in here. Raises :class:`ContentError` for
    what the recipient would not file.
    """
    now = place.clock()
    exact = (as_exact(manifest, inner) if inner is not None else None) or manifest
    if parcel is not None and (inner is None or exact is not manifest):
        sender = place.house.members(now).parties.get(manifest.sender)
        check_going(place.house.packs[manifest.pack], manifest, exact, parcel.plaintext, inner, sender)
    refused = await _refusal(place, manifest, inner, more, now)
    if refused is not None:
        return NotSent(manifest.id, refused.reasons, at_home=True)
    sealed = None
    if parcel is not None and manifest.sealed is not None:
        context = Context(manifest.case, manifest.house, manifest.id, manifest.sender, manifest.phase)
        sealed = seal(parcel.plaintext, parcel.recipients, context, parcel.bucket)
        manifest = with_digest(manifest, sealed)
    exact = (as_exact(manifest, inner) if inner is not None else None) or manifest
    return Prepared(manifest, exact, signed(place, manifest, sealed))


def with_digest(manifest: Manifest, sealed: str) -> Manifest:
    """The draft, bound to what was sealed."""
    outside = manifest.sealed.model_copy(update={"sha256": sealed_digest(sealed)}) if manifest.sealed else None
    return manifest.model_copy(update={"sealed": outside})


def signed(place: Workplace, manifest: Manifest, sealed: str | None) -> bytes:
    """The bytes of the envelope; from here on they do not change."""
    payload = canonical_bytes(manifest.model_dump(mode="json", by_alias=True, exclude_none=True))
    text = jws.sign(payload, place.keyring.signing(manifest.sender), MANIFEST_TYP)
    return json.dumps({"manifest": text, "sealed": sealed}, separators=(",", ":")).encode("utf-8")


async def _refusal(
    place: Workplace, manifest: Manifest, inner: Inner | None, more: Sequence[KnownRow], now: datetime
) -> Refused | None:
    pack = place.house.packs[manifest.pack]
    async with place.database.begin() as tx:
        rows = list(await queries.messages_of(tx, manifest.case)) if manifest.case else []
        thread = await _thread(tx, manifest, more)
    rows += [row for row in more if row.sha256 not in {known.sha256 for known in rows}]
    rows.sort(key=lambda row: (_LAST if row.index is None else row.index, row.time))
    sources = [row.source for row in rows if row.kind in FACT_KINDS]
    facts = gather(place.house.members(now), sources, manifest, thread).facts
    decision = decide(pack, facts, manifest, now)
    if isinstance(decision, Refused):
        return decision
    if inner is not None:
        decision = decide_inner(pack, facts_inside(facts, sources, manifest, inner), manifest, inner, now)
    return decision if isinstance(decision, Refused) else None


async def _thread(tx: Transaction, manifest: Manifest, more: Sequence[KnownRow]) -> Source | None:
    if manifest.reply_to is None:
        return None
    fresh = next((row for row in more if row.id == manifest.reply_to), None)
    row = fresh or await queries.known(tx, manifest.reply_to)
    return row.source if row else None


async def post(tx: Transaction, place: Workplace, prepared: Prepared) -> None:
    """Into the outbox and, where the pack says so, into the own register; in the transaction of what caused it."""
    now = place.clock()
    await store.add_outbox(tx, prepared.manifest.id, prepared.data, now)
    kind = place.house.packs[prepared.manifest.pack].kind[prepared.manifest.kind]
    if kind.registered:
        await register.record_allowed(tx, prepared.exact, "out", now)


async def send(place: Workplace, manifest: Manifest, parcel: Parcel | None = None) -> Outcome:
    """Prepare, post and hand in one message; a refusal at home is recorded, and nothing leaves."""
    prepared = await prepare(place, manifest, parcel)
    if isinstance(prepared, NotSent):
        await record_not_sent(place, manifest, prepared)
        return prepared
    async with place.database.begin() as tx:
        await post(tx, place, prepared)
    return await hand_in(place, prepared.manifest.id)


async def record_not_sent(place: Workplace, manifest: Manifest, refusal: NotSent) -> None:
    """What a rule refused at home, in the own register."""
    async with place.database.begin() as tx:
        await register.record_refused(tx, manifest, "out", refusal.reasons, place.clock())
    log.info("refused_at_home", message=manifest.id, kind=manifest.kind, codes=[r.code for r in refusal.reasons])


async def hand_in(place: Workplace, ident: MessageId) -> Outcome:
    """Bring the bytes in the outbox to the broker, once; what comes back is recorded in one transaction."""
    async with place.database.begin() as tx:
        row = await queries.sent(tx, ident)
    if row is None or row.data is None or row.state != "waiting":
        # Handed in before, perhaps by the round of the outbox a moment ago; then this is what came of it.
        return NotSent(ident, (), at_home=False) if row and row.state in {"refused", "failed"} else Sent(ident)
    try:
        submitted = await place.link.submit(row.data)
        return await _answered(place, ident, row.data, submitted)
    except LinkRefusedError as error:
        if error.status == 429 or error.status >= 500:
            return Pending(ident)
        # Should the log have it all the same, its manifest shows that it was made here.
        clear = _clear(parse_envelope(row.data).manifest)
        async with place.database.begin() as tx:
            await store.finish_outbox(tx, ident, "failed", error.status, error.code, data=clear)
            await store.add_finding(tx, place.clock(), ident, f"makelaar_{error.code}")
        log.warning("message_not_taken", message=ident, code=error.code)
        return NotSent(ident, (), at_home=False)
    except LinkError:
        return Pending(ident)


async def resend(place: Workplace) -> int:
    """Hand in all that waits; how many still do."""
    async with place.database.begin() as tx:
        rows = await queries.waiting(tx)
    outcomes = [await hand_in(place, row.id) for row in rows]
    return sum(isinstance(outcome, Pending) for outcome in outcomes)


async def _answered(place: Workplace, ident: MessageId, data: bytes, submitted: Submitted) -> Outcome:
    try:
        text = parse_envelope(data).manifest
        manifest = manifest_of(text)
        if not submitted.accepted:
            return await _refused(place, manifest, text, submitted)
        receipt = read_receipt(place, pages.read(pages.Answer, submitted.data).receipt, text)
    except (CheckError, StrictError, EnvelopeError) as error:
        async with place.database.begin() as tx:
            await store.add_finding(tx, place.clock(), ident, "ontvangstbewijs_ongeldig")
        raise LinkError("the broker's receipt does not hold") from error
    row = known_row(text, manifest, digest_text(text), receipt.time, "out")
    async with place.database.begin() as tx:
        known = await queries.known_by_digest(tx, row.sha256)
        # Another's message may have come first, with mine among its sources.
        if known is None or known.way == "seen":
            await store.remember(tx, replace(row, index=known.index if known else None))
            await _effects(tx, manifest, receipt.time)
        again = data if manifest.kind == "ontvangst" else None  # a replay gets the same receipt
        await store.finish_outbox(tx, ident, "accepted", submitted.status, "allowed", data=again)
    if isinstance(manifest.act, PhaseDecision) and manifest.case:
        await take_decisions(place, manifest.case)
    place.arrivals.ring()
    return Sent(ident)


async def _refused(place: Workplace, manifest: Manifest, text: str, submitted: Submitted) -> NotSent:
    """The manifest is kept: the ledger has an entry of the refusal, and the broker keeps none of its manifest."""
    answer = pages.read(pages.Refusal, submitted.data)
    if answer.receipt is None:
        raise CheckError("ontvangstbewijs_ongeldig")
    read_receipt(place, answer.receipt, text)
    clear = _clear(text)
    reasons = tuple(Reason(row.rule, row.code, row.pointer, row.nl, row.en) for row in answer.reasons)
    codes = [reason.code for reason in reasons]
    now = place.clock()
    async with place.database.begin() as tx:
        await store.finish_outbox(tx, manifest.id, "refused", submitted.status, " ".join(codes), data=clear)
        await register.record_refused(tx, manifest, "out", reasons, now)
        # Home and broker run one kernel: a difference means that one of us lacks a fact.
        await store.add_finding(tx, now, manifest.id, "makelaar_weigert")
    log.warning("refused_by_broker", message=manifest.id, kind=manifest.kind, codes=codes)
    if NEXT_PACK in codes:  # it came into force since the directory was looked at: the next message goes under it
        with contextlib.suppress(LinkError, CheckError):
            await place.book.refresh()
    place.arrivals.ring()
    return NotSent(manifest.id, reasons, at_home=False)


def _clear(manifest: str) -> bytes:
    """What is kept of a message that was not accepted: no sealed text."""
    return json.dumps({"manifest": manifest, "sealed": None}, separators=(",", ":")).encode("utf-8")


def read_receipt(place: Workplace, receipt: str, manifest: str) -> Receipt:
    """The broker's signed word that the message is in the ledger. Raises :class:`CheckError`."""
    try:
        parsed = jws.parse(receipt, RECEIPT_TYP)
        found = parse_model(Receipt, jws.verify(parsed, place.house.directory.receipt_key))
    except (SignatureFailedError, StrictError, EnvelopeError) as error:
        raise CheckError("ontvangstbewijs_ongeldig") from error
    if found.manifest_sha256 != digest_text(manifest):
        raise CheckError("ontvangstbewijs_ongeldig")
    return found


async def _effects(tx: Transaction, manifest: Manifest, time: datetime) -> None:
    """What an accepted message of mine changes here; all of it follows from the manifest."""
    act, case = manifest.act, manifest.case
    if case is None:
        return
    if isinstance(act, Start):
        phase = manifest.phase or "aanmelding"
        await store.open_case(tx, CaseRow(case, phase, manifest.sender, manifest.sender, time, time))
    elif isinstance(act, PhaseDecision):
        current = await queries.case_row(tx, case)
        kept = current is not None and act.new == act.old
        await store.move_case(tx, case, act.new, act.casusregie, current.phase_since if kept and current else time)
    elif isinstance(act, Question):
        subject = act.ceiling.items[0].subject
        await store.add_asked(
            tx, AskedRow(manifest.id, case, subject, manifest.to[0], time, act.answer_at, act.ceiling.expires)
        )
