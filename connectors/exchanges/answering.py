"""Exactly one answer to each question, at the agreed moment, whatever it is and whoever decided.

Decides what an answer becomes: nobody decided is ``geen_uitspraak``; under secrecy everything but ``bekend`` is; and
what the kernel refuses as if it stood in clear becomes ``geen_uitspraak`` with a finding, because an answer that does
not come would tell something too. The clear half is a copy of the question's ceiling (wire.md "Ceiling").
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date, datetime

import structlog

from connectors import ContentError
from connectors.casefiles import store as casefiles
from connectors.casefiles.dossier import FiledItem, seal_explanation, seal_items
from connectors.casefiles.store import ConsentRow
from connectors.exchanges import keys_of_cases, outgoing, queries, store
from connectors.exchanges.contents import find_in_item
from connectors.exchanges.drafting import (
    About,
    Frame,
    Parcel,
    Salted,
    all_disclosures,
    draft,
    explained,
    new_id,
    new_reference,
    salt,
)
from connectors.exchanges.outgoing import NotSent, Prepared
from connectors.exchanges.proposing import Decision, ceiling_of, decision_of, themes_of
from connectors.exchanges.rows import KnownRow, QuestionRow
from connectors.exchanges.workplace import Workplace
from keys import KeysError, jws
from keys.sealing import HeldKey, Plaintext, Recipient, new_key
from schemas import minimal, silence
from schemas.acts import Finding, Question
from schemas.asking_scope import exact_ground
from schemas.canonical import digest_text
from schemas.canonical import encode as canonical_bytes
from schemas.content import Ceiling, CeilingItem, ConsentRef, Inner
from schemas.ids import FieldPath, MessageId, Reference, Term
from schemas.manifest import INNER_TYP, Manifest
from schemas.pack import Pack
from schemas.rules.secrecy import needs_consent
from schemas.strict import Json

log = structlog.get_logger(__name__)
KIND = "triageantwoord"
SILENT = "geen_uitspraak"
UNDECIDED = Decision(SILENT, "niemand", "Er is voor het afgesproken moment niet beslist.")
WITHHELD = Decision(SILENT, "niemand", silence.TEXT)
"""Also where a rule stops what somebody decided: what it was is not told."""


async def answer_due(place: Workplace, rows: Sequence[QuestionRow], now: datetime) -> int:
    """Hand in the answers to those of the open questions whose moment has come; how many were."""
    due = [row for row in rows if row.due <= now]
    return sum([await _answer(place, row, now) for row in due])


async def _answer(place: Workplace, row: QuestionRow, now: datetime) -> bool:
    if row.expires <= now:
        await _give_up(place, row, "antwoord_te_laat", now)
        return False
    async with place.database.begin() as tx:
        suite = keys_of_cases.between(place, row.address, row.asker)
        key = await keys_of_cases.peer(tx, row.case, row.phase, row.asker, now, suite)
        question = await queries.known(tx, row.id)
        fresh = await queries.question_row(tx, row.id)
    if key is None or question is None or fresh is None:
        await keys_of_cases.request_once(place, row.case, row.phase, row.address, row.asker)
        return False  # the next round looks again
    decision = under_secrecy(place, row, await decision_of(place, fresh) or UNDECIDED, question)
    if await _try(place, row, question, key, decision, now):
        return True
    async with place.database.begin() as tx:
        await store.add_finding(tx, now, row.id, "antwoord_niet_toegestaan")
    if await _try(place, row, question, key, replace(WITHHELD, by=decision.by), now):
        return True
    await _give_up(place, row, "geen_antwoord_mogelijk", now)
    return False


async def _give_up(place: Workplace, row: QuestionRow, code: str, now: datetime) -> None:
    async with place.database.begin() as tx:
        await store.close_question(tx, row.id)
        await store.add_finding(tx, now, row.id, code)


def under_secrecy(place: Workplace, row: QuestionRow, decision: Decision, question: KnownRow) -> Decision:
    """For a party under secrecy everything but ``bekend`` is one and the same silence (7.2a): also what somebody chose
    to say in it, and that nobody decided. The reason that was given stays here, sealed with the question."""
    pack = place.house.packs[question.source.manifest.pack]
    party = place.house.members(place.clock()).parties.get(row.address)
    if needs_consent(pack, party) and decision.outcome != "bekend":
        return replace(WITHHELD, by=decision.by)
    return decision


async def _try(
    place: Workplace, row: QuestionRow, question: KnownRow, key: Recipient, decision: Decision, now: datetime
) -> bool:
    """Build, decide at home, claim the one place for an answer, and hand in. False where a rule refuses it."""
    ceiling, pack, _ = await ceiling_of(place, row)
    ident, reply = new_id(), new_key(keys_of_cases.between(place, row.address, row.asker))
    items = _items(pack, ceiling, decision, row, now.date(), await themes_of(place, row))
    consent = await _consent(place, row, decision)
    try:
        inner, opening = _inner(place, question, ceiling, items, decision, consent, reply, ident)
        text = jws.sign(
            canonical_bytes(inner.model_dump(mode="json", by_alias=True, exclude_none=True)),
            place.keyring.signing(row.address),
            INNER_TYP,
        )
        parcel = Parcel.of(Plaintext(all_disclosures(items), text, opening), [key], ceiling.bucket)
        manifest = _manifest(place, row, question, ceiling, text, parcel, ident, now)
        prepared = await outgoing.prepare(place, manifest, parcel, inner=inner)
    except (KeysError, ContentError) as error:
        log.warning("answer_cannot_go", message=row.id, error=type(error).__name__)
        return False
    if isinstance(prepared, NotSent):
        await outgoing.record_not_sent(place, manifest, prepared)
        return False
    await place.keyring.keep_reply(ident, reply)
    return await _claim(place, row, prepared, items, decision, now)


async def _claim(
    place: Workplace, row: QuestionRow, prepared: Prepared, items: tuple[Salted, ...], decision: Decision, now: datetime
) -> bool:
    ident = prepared.manifest.id
    own = [FiledItem(one.item, ident, row.phase, dict(one.values)) for one in items]
    async with place.keyring.turn(row.case):  # or an erasure would take the key between sealing and writing
        rows = await seal_items(place.keyring, row.case, row.phase, own, now)
        why = await seal_explanation(place.keyring, row.case, ident, decision.explanation, now)
        async with place.database.begin() as tx:
            withheld = decision.explanation == silence.TEXT
            if not await store.claim_answer(tx, row.id, ident, withheld):
                return True  # answered already: the unique place was taken
            await casefiles.add_items(tx, rows)
            await casefiles.add_explanation(tx, why)
            await outgoing.post(tx, place, prepared)
    await outgoing.hand_in(place, ident)
    return True


def _items(
    pack: Pack, ceiling: Ceiling, decision: Decision, row: QuestionRow, today: date, themes: Collection[str] | None
) -> tuple[Salted, ...]:
    """What goes, inside the ceiling: what was not asked, or may not go as it is, stays away."""
    found = []
    categories = frozenset(item.category for item in ceiling.items)
    for item in ceiling.items if decision.outcome == "bekend" else ():
        values = decision.values.get(item.category, {})
        asked: dict[str, Json] = {path: values[path[1:]] for path in item.fields if path[1:] in values}
        kept = minimal.cut(pack, row.phase, KIND, item, asked, asked=categories, themes=themes)
        if kept:
            plain = {path[1:]: value for path, value in kept.items()}
            found.append(salt(_about(item, decision, today), plain, row.address))
    return tuple(found)


def find_faults(
    pack: Pack,
    ceiling: Ceiling,
    decision: Decision,
    row: QuestionRow,
    today: date,
    themes: Collection[str] | None = None,
) -> tuple[tuple[str, Finding], ...]:
    """What of a person's values cannot go, by category: not asked, not allowed here, of another form, about health
    without consent, outside the ``themes`` of the question; never why not with a value. Empty: all of it goes."""
    asked = {item.category: item for item in ceiling.items}
    lifted = bool(decision.consent or decision.exception)
    faults: list[tuple[str, Finding]] = []
    for category, values in decision.values.items():
        item = asked.get(Term(category))
        by_path: dict[str, Json] = {f"/{name}": value for name, value in values.items()}
        if item is None:
            faults.append((category, Finding(path=FieldPath("/onbekend"), code=Term("niet_gevraagd"))))
            continue
        mine = salt(_about(item, decision, today), values, row.address).item if values else None
        if mine is not None:
            among = frozenset(asked)
            found = find_in_item(pack, row.phase, KIND, mine, values, lifted=lifted, asked=among, themes=themes)
            faults += [(category, finding) for finding in found]
            extra = [path for path in by_path if path not in item.fields]
            faults += [(category, Finding(path=FieldPath(path), code=Term("niet_gevraagd"))) for path in extra]
    return tuple(faults)


def _about(item: CeilingItem, decision: Decision, today: date) -> About:
    return About(
        subject=item.subject,
        subject_category=item.subject_category,
        category=item.category,
        level=item.level,
        regime=item.regime,
        as_of=today,
        nature=decision.nature,
        ground=item.ground,
    )


async def _consent(place: Workplace, row: QuestionRow, decision: Decision) -> ConsentRow | None:
    if decision.consent is None:
        return None
    async with place.database.begin() as tx:
        held = await casefiles.consents(tx, row.case, row.subject)
    return next((one for one in held if one.ref == decision.consent), None)


def _inner(
    place: Workplace,
    question: KnownRow,
    ceiling: Ceiling,
    items: tuple[Salted, ...],
    decision: Decision,
    consent: ConsentRow | None,
    reply: HeldKey,
    ident: MessageId,
) -> tuple[Inner, str]:
    pack = place.house.packs[question.source.manifest.pack]
    lifted = ConsentRef(ref=consent.ref, date=consent.date) if consent else None
    exception = Term(decision.exception) if decision.exception else None
    necessity, opening = explained(ceiling.necessity.code, decision.explanation)
    grounds = tuple(exact_ground(pack, ground, consent=lifted, exception=exception) for ground in ceiling.grounds)
    inner = Inner(
        salt=new_reference(Reference),
        id=ident,
        reply_key=keys_of_cases.published(reply.public),
        outcome=Term(decision.outcome),
        refusal=Term(decision.refusal) if decision.refusal else None,
        items=tuple(one.item for one in items),
        grounds=grounds,
        necessity=necessity,
    )
    return inner, opening


def _manifest(
    place: Workplace,
    row: QuestionRow,
    question: KnownRow,
    ceiling: Ceiling,
    inner: str,
    parcel: Parcel,
    ident: MessageId,
    now: datetime,
) -> Manifest:
    """A function of the question and of the answering address alone, but for ids, times and digests."""
    asked = question.source.manifest
    if not isinstance(asked.act, Question):
        raise TypeError("an answer is to a question")
    frame = Frame(
        id=ident,
        kind=KIND,
        sender=row.address,
        to=(row.asker,),
        case=row.case,
        phase=row.phase,
        purpose=asked.purpose,
        reply_to=row.id,
        expires=ceiling.expires,
        pack=asked.pack,
    )
    return draft(
        place,
        frame,
        now,
        disclosure="ceiling",
        items=ceiling.items,
        grounds=ceiling.grounds,
        necessity=ceiling.necessity,
        inner_digest=digest_text(inner),
        sealed=parcel.outside,
    )
