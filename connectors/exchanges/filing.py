"""What is done with a message that passed all checks: filed, remembered and answered, in one transaction.

Decides which receipt goes and what follows from each kind. Everything that has to leave because of a message (a
receipt, a key, a finding) is in the outbox of the same transaction, so a crash neither files without a receipt nor the
reverse.
"""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from connectors import CheckError
from connectors.casefiles import register
from connectors.casefiles import store as casefiles
from connectors.casefiles.dossier import FiledItem, seal_items
from connectors.casefiles.store import ItemRow
from connectors.database import Transaction
from connectors.exchanges import keys_of_cases, outgoing, queries, store
from connectors.exchanges.checking import Checked, Result, Verified, moved_on
from connectors.exchanges.drafting import Frame, Parcel, draft, new_id
from connectors.exchanges.moving import forget_reply, take_decisions
from connectors.exchanges.opening import InnerError, context_of, reply_key
from connectors.exchanges.outgoing import NotSent, Prepared
from connectors.exchanges.questions import TOO_MANY, question_row
from connectors.exchanges.rows import CaseRow, KnownRow, QuestionRow
from connectors.exchanges.workplace import Workplace
from keys.sealing import Recipient, seal_members
from keys.suites import PublicKey
from schemas.acts import Act, Finding, PhaseDecision, Receipt, Start, Violation
from schemas.ids import Address, FieldPath, MessageId, Term
from schemas.manifest import Manifest
from schemas.strict import Json

RECEIPT_BUCKET = 4096
CURSOR = "inbox"
TAKEN = "item_bekend"


@dataclass(frozen=True, slots=True)
class _Work:
    """Everything about one delivery that is ready to be written."""

    checked: Checked
    items: tuple[ItemRow, ...]
    replies: tuple[Prepared, ...]
    unsent: tuple[NotSent, ...]
    question: QuestionRow | None


@dataclass(frozen=True, slots=True)
class Filed:
    """In the own tables, the cursor beyond it. ``moved``: the case is in another phase since."""

    manifest: Manifest
    result: Result
    replies: tuple[MessageId, ...]
    moved: bool


async def file(place: Workplace, checked: Checked, n: int, now: datetime) -> Filed:
    """File one delivery, number ``n`` of the inbox. What follows from it is :func:`follow`, for the caller."""
    manifest, moved = checked.verified.manifest, False
    async with place.keyring.turn(manifest.case) if manifest.case else nullcontext():
        while True:
            checked = await _up_to_date(place, checked)
            work = await _prepare(place, checked, now)
            async with place.database.begin() as tx:
                before = await _case(tx, manifest)
                if not _overtaken(checked, before):  # else it moved while this was prepared: once more
                    await _write(tx, place, work, now)
                    await store.put_state(tx, CURSOR, str(n))
                    after = await _case(tx, manifest)
                    moved = before is not None and after is not None and after.phase != before.phase
                    break
    return Filed(manifest, checked.result, tuple(reply.manifest.id for reply in work.replies), moved)


async def follow(place: Workplace, filed: Filed) -> None:
    """Hand in the replies, and destroy what is over. After a failure :func:`moving.unsettled` finds what is left."""
    manifest = filed.manifest
    if manifest.case and (filed.moved or isinstance(manifest.act, PhaseDecision)):
        await take_decisions(place, manifest.case)
    for reply in filed.replies:
        await outgoing.hand_in(place, reply)
    if manifest.kind == "ontvangst" and filed.result == "filed" and manifest.reply_to:
        await forget_reply(place, manifest.reply_to)
    place.arrivals.ring()


async def _case(tx: Transaction, manifest: Manifest) -> CaseRow | None:
    return await queries.case_row(tx, manifest.case) if manifest.case else None


def _overtaken(checked: Checked, case: CaseRow | None) -> bool:
    manifest = checked.verified.manifest
    past = manifest.sealed is not None and moved_on(checked.verified, case)
    return past and checked.result == "filed" and manifest.kind != "ontvangst"


async def _up_to_date(place: Workplace, checked: Checked) -> Checked:
    """The case may have moved since the check: then what was opened is not filed any more. Nor is it when the key that
    opened it was destroyed since: the receipt of that erasure says that it opens nowhere. Nor is an item under the
    number of another: whoever chose it hears of it (which numbers are sealed in an answer the broker cannot see)."""
    opened = checked.opened
    async with place.database.begin() as tx:
        case = await _case(tx, checked.verified.manifest)
        items = {item.item for item in opened.exact.exact_items} if opened else set()
        taken = bool(items and await casefiles.known_items(tx, items))
    if _overtaken(checked, case):
        return replace(checked, result="overtaken", opened=None)
    if opened is not None and _closed(place, checked.verified):
        return replace(checked, result="key_closed", opened=None)
    if opened is None or not taken:
        return checked
    failure = CheckError(TAKEN, "/item", opened=True)
    failed = failure if opened.inner is None else InnerError(failure, opened.inner.reply_key)
    return replace(checked, result="refused", opened=None, failure=failed)


def _closed(place: Workplace, verified: Verified) -> bool:
    """Whether the key that a message is sealed to is not held any more."""
    manifest = verified.manifest
    if manifest.sealed is None:
        return False
    if manifest.kind == "ontvangst":
        return manifest.reply_to is None or place.keyring.reply(manifest.reply_to) is None
    return place.keyring.receive(manifest.sealed.recipients[manifest.to.index(verified.address)]) is None


async def _prepare(place: Workplace, checked: Checked, now: datetime) -> _Work:
    row = checked.verified.row
    more = (*checked.verified.sources, row)
    found: list[Prepared | NotSent] = []
    if checked.verified.manifest.sealed is not None and row.kind != "ontvangst":
        if checked.result == "refused" and checked.verified.manifest.disclosure == "exact":
            found.append(await _violation(place, checked, more))
        found.append(await _receipt(place, checked, more))
    if row.kind == "sleutel_verzoek" and row.case is not None:
        manifest = checked.verified.manifest
        phase, me = manifest.phase or "aanmelding", checked.verified.address
        found.append(await keys_of_cases.publication(place, row.case, phase, me, row.sender, row.id, more))
    question = None
    if row.kind == "triagevraag" and checked.result == "filed":
        question = await question_row(place, checked, now)
    return _Work(
        checked=checked,
        items=await _items(place, checked, now),
        replies=tuple(one for one in found if isinstance(one, Prepared)),
        unsent=tuple(one for one in found if isinstance(one, NotSent)),
        question=question,
    )


async def _items(place: Workplace, checked: Checked, now: datetime) -> tuple[ItemRow, ...]:
    opened, manifest = checked.opened, checked.verified.manifest
    if opened is None or manifest.case is None:
        return ()
    items = [
        FiledItem(
            item=item,
            message=manifest.id,
            phase=manifest.phase or "",
            values=dict(opened.values[item.item]),
            explanation=opened.explanation if index == 0 else None,
        )
        for index, item in enumerate(opened.exact.exact_items)
    ]
    return await seal_items(place.keyring, manifest.case, manifest.phase or "", items, now)


async def _write(tx: Transaction, place: Workplace, work: _Work, now: datetime) -> None:
    checked, verified = work.checked, work.checked.verified
    manifest = verified.manifest
    await store.remember_sources(tx, verified.sources)
    await store.remember(tx, verified.row)
    await _know_case(tx, verified)
    await casefiles.add_items(tx, work.items)
    if verified.pack.kind[manifest.kind].registered:
        exact = checked.opened.exact if checked.opened else manifest
        if checked.result == "filed":
            await register.record_allowed(tx, exact, "in", now)
        else:
            await register.record_refused(tx, manifest, "in", (), now)
    if work.question is not None:
        await store.add_question(tx, work.question)
        if work.question.human:
            await store.add_finding(tx, now, manifest.id, TOO_MANY)
    if checked.result != "filed":
        code, path = (checked.failure.code, checked.failure.path) if checked.failure else (checked.result, None)
        await store.add_finding(tx, now, manifest.id, code, path)
    if checked.result == "filed":
        await _follow(tx, checked, now)
    for reply in work.replies:
        await outgoing.post(tx, place, reply)
    for refusal in work.unsent:
        codes = [reason.code for reason in refusal.reasons]
        await store.add_finding(tx, now, manifest.id, "antwoord_niet_toegestaan", None)
        outgoing.log.warning("reply_refused_at_home", message=manifest.id, codes=codes)


async def _know_case(tx: Transaction, verified: Verified) -> None:
    """Whose case it is and in which phase, from the verified messages: its notifier opened it, the house decides."""
    facts, rows = verified.facts, (*verified.sources, verified.row)
    notifier = facts.case.notifier if facts.case else verified.row.sender
    for known in rows:
        act = known.source.manifest.act
        if isinstance(act, Start) and known.case is not None and known.sender == notifier:
            opened = CaseRow(known.case, "aanmelding", known.sender, known.sender, known.time, known.time)
            await store.open_case(tx, opened)
    for known in rows:
        act = known.source.manifest.act
        if isinstance(act, PhaseDecision) and known.case is not None and known.sender == facts.house_address:
            current = await queries.case_row(tx, known.case)
            if current is not None and current.phase_since <= known.time and current.phase == act.old:
                # A decision that keeps the phase does not begin it anew (B2-out).
                since = known.time if act.new != act.old else current.phase_since
                await store.move_case(tx, known.case, act.new, act.casusregie, since)


async def _follow(tx: Transaction, checked: Checked, now: datetime) -> None:
    """What a kind changes in my own tables."""
    manifest, opened = checked.verified.manifest, checked.opened
    act = manifest.act
    if isinstance(act, Receipt):
        await store.set_collected(tx, act.of, now)
        for found in opened.findings if opened else ():
            await store.add_finding(tx, now, act.of, found.code, found.path)
    elif isinstance(act, Violation):
        for found in act.findings:
            await store.add_finding(tx, now, act.of, found.code, found.path)
    elif manifest.kind == "triageantwoord" and opened and opened.inner and manifest.reply_to:
        inner = opened.inner
        first = await store.set_answered(tx, manifest.reply_to, manifest.id, inner.outcome, inner.refusal)
        if not first:
            await store.add_finding(tx, now, manifest.id, "tweede_antwoord")


def _frame(place: Workplace, checked: Checked, kind: str, act: Act, behalf: Address | None) -> Frame:
    manifest = checked.verified.manifest
    if manifest.case is None:
        raise ValueError("only messages about a case are answered")
    return Frame(
        id=new_id(),
        kind=kind,
        sender=checked.verified.address,
        to=(manifest.sender,),
        case=manifest.case,
        phase=manifest.phase or "",
        act=act,
        reply_to=manifest.id,
        on_behalf_of=behalf,
    )


async def _receipt(place: Workplace, checked: Checked, more: tuple[KnownRow, ...]) -> Prepared | NotSent:
    """One ``ontvangst`` for each sealed message; for a ceiling answer nothing in clear but that it came."""
    verified, manifest = checked.verified, checked.verified.manifest
    ceiling = manifest.disclosure == "ceiling"
    opened = checked.result in {"filed", "refused"}
    findings_key = _reply_key(place, checked)
    result: Literal["filed", "refused", "received", "key_closed", "overtaken"]
    result = checked.result
    if ceiling and opened:  # of what cannot be answered in a seal nothing was read
        result = "key_closed" if findings_key is None else "received"
    if manifest.sealed is None or manifest.case is None:
        raise ValueError("a receipt is for a sealed message of a case")
    act = Receipt(
        of=manifest.id,
        manifest_sha256=verified.sha256,
        sealed_sha256=manifest.sealed.sha256,
        result=result,
    )
    behalf = await keys_of_cases.acting_for(place, manifest.case, verified.address, more)
    frame = _frame(place, checked, "ontvangst", act, behalf)
    async with place.database.begin() as tx:
        row = await queries.case_row(tx, manifest.case)
    if row is not None and moved_on(verified, row):
        frame = replace(frame, phase=row.phase)  # a receipt for a message of an earlier phase goes in today's
    now = place.clock()
    if findings_key is None:
        return await outgoing.prepare(place, draft(place, frame, now), more=more)
    return await _sealed_receipt(place, frame, findings_key, _findings(checked), more)


def _reply_key(place: Workplace, checked: Checked) -> PublicKey | None:
    if checked.opened and checked.opened.inner:
        named = checked.opened.inner.reply_key
    elif isinstance(checked.failure, InnerError):
        named = checked.failure.reply_key
    else:
        return None
    return reply_key(checked.verified, named, place.house)


async def _sealed_receipt(
    place: Workplace, frame: Frame, key: PublicKey, findings: tuple[Finding, ...], more: tuple[KnownRow, ...]
) -> Prepared | NotSent:
    """As long whatever was found: nothing in clear tells whether the answer was in order."""
    recipient = Recipient(frame.to[0], key)
    manifest = draft(place, frame, place.clock(), sealed=Parcel.empty((recipient,), RECEIPT_BUCKET).outside)
    rows: list[Json] = [finding.model_dump(mode="json") for finding in findings]
    sealed = seal_members({"findings": rows}, [recipient], context_of(manifest), RECEIPT_BUCKET)
    manifest = outgoing.with_digest(manifest, sealed)
    prepared = await outgoing.prepare(place, manifest, more=more)
    if isinstance(prepared, NotSent):
        return prepared
    return Prepared(manifest, manifest, outgoing.signed(place, manifest, sealed))


def _findings(checked: Checked) -> tuple[Finding, ...]:
    if checked.failure is None:
        return ()
    return (Finding(path=FieldPath(checked.failure.path or "/manifest"), code=Term(checked.failure.code)),)


async def _violation(place: Workplace, checked: Checked, more: tuple[KnownRow, ...]) -> Prepared | NotSent:
    """What was wrong with an exact message after opening: the place and a code, never the value."""
    manifest = checked.verified.manifest
    if manifest.case is None:
        raise ValueError("a violation is about a message of a case")
    act = Violation(of=manifest.id, findings=_findings(checked))
    behalf = await keys_of_cases.acting_for(place, manifest.case, checked.verified.address, more)
    frame = _frame(place, checked, "minimalisatie_schending", act, behalf)
    return await outgoing.prepare(place, draft(place, frame, place.clock()), more=more)
