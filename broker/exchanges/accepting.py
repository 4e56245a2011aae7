"""One message against what is known: decide, and say which rows follow. Pure, up to the fresh ids it is handed.

:func:`accept` is applied in arrival order to a state that was loaded once for a batch, so that a message sees the
effects of those before it. The rules themselves are :func:`schemas.policy.decide`; here stand replay, the number of
refusals, and when a sealed text has had its time (ledger-and-keys.md "Accepting").
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from broker.cases.queries import HeldSource
from broker.exchanges.message import Message, Verdict
from broker.exchanges.rows import Rows, Written, fewer, write_allowed, write_more_refused, write_refused
from broker.ledger.append import Identity
from broker.ledger.store import DeliveryRow
from broker.parties.directories import HouseView
from broker.problem import ProblemError
from broker.retention.events import ERASED, WITHDRAWN, ended
from broker.retention.store import HeldText
from keys import KeyRecordError
from schemas.acts import PhaseDecision, Receipt, Start
from schemas.facts import Facts
from schemas.gathering import FACT_KINDS, Gathered, Source, gather
from schemas.ids import Address, CaseRef, MessageId, Term
from schemas.manifest import Manifest
from schemas.policy import Reason, Refused, decide

New = Callable[[], Identity]
TELL_AGAIN = timedelta(hours=1)
"""Between two ``more_refused`` of one address."""


@dataclass(frozen=True, slots=True)
class CaseState:
    """A case under our lock: how far it counted, what its facts come from. ``opened``: by this batch."""

    last_seq: int
    sources: tuple[HeldSource, ...] = ()
    opened: bool = False


@dataclass(frozen=True, slots=True)
class Refusals:
    """Of one address today, and when it was last told that there were more."""

    count: int = 0
    told: datetime | None = None


Reply = tuple[MessageId | None, Address, str]
"""To which message, by whom, of which kind: there is one of each."""


@dataclass(frozen=True)
class State:
    """Everything that bears on the messages of one batch of one house."""

    view: HouseView
    time: datetime
    known: Mapping[tuple[MessageId, Address], Verdict] = field(default_factory=dict)
    cases: Mapping[CaseRef, CaseState] = field(default_factory=dict)
    threads: Mapping[MessageId, tuple[Source, ...]] = field(default_factory=dict)
    answered: frozenset[Reply] = frozenset()
    items: frozenset[str] = frozenset()
    held: Mapping[int, HeldText] = field(default_factory=dict)
    refusals: Mapping[Address, Refusals] = field(default_factory=dict)


def accept(state: State, message: Message, new: New) -> tuple[State, Rows, Verdict | ProblemError]:
    """The state after ``message``, the rows it writes and what its sender is told.

    A problem where it is no matter of the protocol: another message under the same id (``nummer_hergebruikt``), a key
    that no longer counts, a suite that the house does not allow between these addresses, a term that passed in the
    queue, too many refusals (``te_veel``).
    """
    before = state.known.get(message.key)
    if before is not None:
        same = (before.manifest_sha256, before.sealed_sha256) == (message.sha256, message.sealed_sha256)
        other = message.late or ProblemError("nummer_hergebruikt", "/id")
        return state, Rows(), replace(before, replayed=True) if same else other
    problem = message.late or _no_longer(state, message)
    if problem is not None:
        return state, Rows(), problem
    gathered = _gather(state, message.manifest)
    decision = decide(message.pack, gathered.facts, message.manifest, state.time)
    if isinstance(decision, Refused):
        facts, reasons = _as_outsider(state, message, gathered.facts, decision.reasons)
        return _refuse(state, message, facts, fewer(reasons), new)
    return _allow(state, message, gathered, new)


def _no_longer(state: State, message: Message) -> ProblemError | None:
    """The entry's time counts, and the records under our lock: both can differ from what the door saw."""
    try:
        _, address = state.view.directory.signing_key(message.kid, state.time)
    except KeyRecordError as error:
        return ProblemError(error.code)
    if address != message.manifest.sender:
        return ProblemError("verkeerde_afzender", "/from")
    weaker = state.view.directory.forbidden_suite(message.manifest, state.time)
    if weaker is not None:
        return ProblemError("suite_niet_toegestaan", weaker)
    return ProblemError("verlopen", "/expires") if state.time >= message.manifest.expires else None


def _gather(state: State, manifest: Manifest) -> Gathered:
    case = state.cases.get(manifest.case) if manifest.case else None
    return gather(
        state.view.members,
        [held.source for held in case.sources] if case else [],
        manifest,
        _thread(state, manifest),
        answered=_reply(manifest) in state.answered,
        item_taken=_item_taken(state, manifest),
    )


def _thread(state: State, manifest: Manifest) -> Source | None:
    """The message of ``reply_to``: ids are unique per sender only, so first the one that was sent to who replies, then
    one of its own. What others wrote to each other is nothing to it: not even in the facts of a refusal."""
    found = state.threads.get(manifest.reply_to, ()) if manifest.reply_to else ()
    addressed = (source for source in found if manifest.sender in source.manifest.to)
    own = (source for source in found if manifest.sender == source.manifest.sender)
    return next(addressed, next(own, None))


def _item_taken(state: State, manifest: Manifest) -> bool:
    return any(str(item.item) in state.items for item in manifest.exact_items)


def _reply(manifest: Manifest) -> Reply:
    return manifest.reply_to, manifest.sender, str(manifest.kind)


def _allow(state: State, message: Message, gathered: Gathered, new: New) -> tuple[State, Rows, Verdict]:
    manifest = message.manifest
    if isinstance(manifest.act, Start) and manifest.case is not None:
        state = replace(state, cases={**state.cases, manifest.case: CaseState(0, opened=True)})
    case = state.cases.get(manifest.case) if manifest.case else None
    entries = {held.source.sha256: held.entry for held in (case.sources if case else ())}
    identity = new()
    state, number = _count(state, manifest.case)
    sources = tuple(entries[digest] for digest in gathered.sources)
    written = write_allowed(message, gathered.facts, sources, state.time, number or 0, identity)
    verdict = Verdict(identity.entry, state.time, message.sha256, message.sealed_sha256)
    state, ends = _end_texts(_remember(state, message, verdict), manifest, new)
    items = tuple(str(item.item) for item in manifest.exact_items)
    return state, replace(ends, written=(written, *ends.written), items=items), verdict


def _count(state: State, case: CaseRef | None) -> tuple[State, int | None]:
    """The next number within the case; None where there is no such case."""
    known = state.cases.get(case) if case else None
    if case is None or known is None:
        return state, None
    counted = replace(known, last_seq=known.last_seq + 1)
    return replace(state, cases={**state.cases, case: counted}), counted.last_seq


def _remember(state: State, message: Message, verdict: Verdict) -> State:
    """What later messages of the batch must see of an accepted one."""
    manifest = message.manifest
    source = Source(manifest, message.sha256, state.time)
    cases = state.cases
    case = cases.get(manifest.case) if manifest.case else None
    if manifest.case and case and manifest.kind in FACT_KINDS:
        sources = (*case.sources, HeldSource(source, verdict.entry))
        cases = {**cases, manifest.case: replace(case, sources=sources)}
    return replace(
        state,
        known={**state.known, message.key: verdict},
        cases=cases,
        threads={**state.threads, manifest.id: (*state.threads.get(manifest.id, ()), source)},
        answered=state.answered | {_reply(manifest)} if manifest.reply_to else state.answered,
        items=state.items | {str(item.item) for item in manifest.exact_items},
    )


def _end_texts(state: State, manifest: Manifest, new: New) -> tuple[State, Rows]:
    """Sealed texts that this message makes an end to: received by all, or of a phase that was closed.

    A decision that changes the phase withdraws what nobody received; its sender is told. Each end is an entry. One that
    keeps the phase (B2-out) ends nothing.
    """
    act, oin = manifest.act, str(manifest.sender.oin)
    if isinstance(act, Receipt):
        found = [
            held
            for held in state.held.values()
            if held.id == act.of and oin in held.waiting and held.sender in manifest.to and held.case == manifest.case
        ]
        left = {held.seq: replace(held, waiting=held.waiting - {oin}) for held in found}
        done = [held for held in left.values() if not held.waiting]
        state = replace(state, held={**state.held, **left})
        state, written = _record_ends(state, done, ERASED, new)
        return state, Rows(written, received=tuple((seq, oin) for seq in left), dropped=tuple(h.seq for h in done))
    if isinstance(act, PhaseDecision) and act.new != act.old:
        done = [held for held in state.held.values() if held.case == manifest.case and held.closes_with(act.old)]
        state, written = _record_ends(state, done, WITHDRAWN, new)
        seqs = tuple(held.seq for held in done)
        return state, Rows(written, withdrawn=seqs, dropped=seqs)
    return state, Rows()


def _record_ends(state: State, done: list[HeldText], event: Term, new: New) -> tuple[State, tuple[Written, ...]]:
    written = []
    for held in done:
        state, number = _count(state, CaseRef(held.case) if held.case else None)
        entry = ended(state.view.members.house, held, event, number or 0, state.time, new())
        told = (DeliveryRow(str(Address(held.sender).oin), envelope=False),) if event == WITHDRAWN else ()
        written.append(Written(entry, deliveries=told))
    gone = {held.seq for held in done}
    return replace(state, held={seq: held for seq, held in state.held.items() if seq not in gone}), tuple(written)


def _as_outsider(
    state: State, message: Message, facts: Facts, reasons: tuple[Reason, ...]
) -> tuple[Facts, tuple[Reason, ...]]:
    """To someone outside a case a refusal says what it would say if there were no such case."""
    if facts.case is None or facts.role(message.manifest.sender, state.time) is not None:
        return facts, reasons
    manifest = message.manifest
    thread, taken = _thread(state, manifest), _item_taken(state, manifest)
    outside = gather(state.view.members, [], manifest, thread, item_taken=taken).facts
    decision = decide(message.pack, outside, manifest, state.time)
    # A case of others cannot be opened anew; that it exists is then all there is to learn.
    return outside, decision.reasons if isinstance(decision, Refused) else reasons


def _refuse(
    state: State, message: Message, facts: Facts, reasons: tuple[Reason, ...], new: New
) -> tuple[State, Rows, Verdict | ProblemError]:
    """A refusal is an entry, up to the pack's number a day; then one ``more_refused`` an hour, and no more."""
    sender = message.manifest.sender
    today = state.refusals.get(sender, Refusals())
    if today.count >= message.pack.limits.refusals_a_day:
        if today.told is not None and state.time < today.told + TELL_AGAIN:
            return state, Rows(), ProblemError("te_veel")
        state = replace(state, refusals={**state.refusals, sender: replace(today, told=state.time)})
        written = write_more_refused(state.view.members.house, sender, state.time, new())
        return state, Rows((written,)), ProblemError("te_veel")
    identity = new()
    # Without a case in its facts the sender is outside: neither that there is one nor how far it counts is told.
    state, number = _count(state, message.manifest.case) if facts.case is not None else (state, None)
    verdict = Verdict(identity.entry, state.time, message.sha256, message.sealed_sha256, reasons)
    state = replace(
        state,
        known={**state.known, message.key: verdict},
        refusals={**state.refusals, sender: replace(today, count=today.count + 1)},
    )
    return state, Rows((write_refused(message, facts, reasons, state.time, number, identity),)), verdict
