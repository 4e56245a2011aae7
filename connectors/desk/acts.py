"""The acts that commands ask for over ``control.sock``: request to plain JSON. Pages will call the same stories.

Decides nothing: finds what is meant (:mod:`connectors.desk.naming`), calls the story, and lays the outcome out.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict, is_dataclass
from datetime import date, datetime, timedelta
from typing import Any, Literal

from connectors import UseError
from connectors.casefiles.store import ProvisionRow
from connectors.desk import informing, naming, requests, stories, wording
from connectors.desk import messages as unhandled
from connectors.desk.stories import Approval
from connectors.exchanges import asking, deciding, notifying, queries
from connectors.exchanges.asking import Asking
from connectors.exchanges.notifying import typed
from connectors.exchanges.outgoing import NotSent, Outcome, Pending, Sent
from connectors.exchanges.proposing import ceiling_of
from connectors.exchanges.workplace import Workplace
from schemas.ids import CaseRef, ItemRef, format_instant
from schemas.records import Frozen

FIRST_PHASE = "aanmelding"
INTAKE: Mapping[str, Literal["in_triage", "afgewezen", "elders"]] = {
    "triage": "in_triage",
    "afgewezen": "afgewezen",
    "elders": "elders",
}
"""What is decided about a notification, by the phase that the case goes to."""
Answer = object


def plain(value: object) -> Any:
    """Frozen values as JSON: dataclasses by their members, times as on the wire."""
    if is_dataclass(value) and not isinstance(value, type):
        return {name: plain(member) for name, member in asdict(value).items()}
    if isinstance(value, datetime):
        return format_instant(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(name): plain(member) for name, member in value.items()}
    if isinstance(value, tuple | list | set | frozenset):
        return [plain(member) for member in value]
    return str(value) if isinstance(value, str) else value


def sent(outcome: Outcome | None) -> dict[str, Any]:
    """What became of a message: ``sent``, ``pending``, ``refused`` with reasons, ``no_key``."""
    match outcome:
        case Sent(id=ident):
            return {"outcome": "sent", "id": str(ident)}
        case Pending(id=ident):
            return {"outcome": "pending", "id": str(ident)}
        case NotSent(id=ident, reasons=reasons, at_home=at_home):
            return {"outcome": "refused", "id": str(ident), "at_home": at_home, "reasons": plain(reasons)}
        case _:
            return {"outcome": "no_key"}


async def status(place: Workplace, _: requests.Nothing) -> Answer:
    """How this connector is doing: numbers only."""
    async with place.database.begin() as tx:
        cases, open_, waiting = await queries.cases(tx), await queries.open_questions(tx), await queries.waiting(tx)
        findings = await queries.findings(tx)
    held, now = place.book.held, place.clock()
    return {
        "party": place.settings.party.name,
        "addresses": [str(address) for address in place.settings.own],
        "house": str(place.house.directory.house),
        "unsafe_sandbox": place.house.sandbox,
        "pack": str(place.house.pack_at(now).digest),
        "log": {"origin": place.house.origin, "size": held.size if held else 0},
        "cases": len(cases),
        "questions": len([row for row in open_ if row.state == "open"]),
        "outbox": len(waiting),
        "findings": [plain(row) for row in findings],
    }


async def questions(place: Workplace, asked: requests.Listed) -> Answer:
    """The list, oldest deadline first."""
    lines = await stories.questions(place, everything=asked.everything)
    return [
        {**plain(line), "short": line.id[-naming.SHORT :], "from": naming.name_of(place, line.asker)} for line in lines
    ]


async def show(place: Workplace, asked: requests.OneQuestion) -> Answer:
    """One question on one page."""
    row = await naming.find_question(place, asked.question)
    page = plain(await stories.show(place, row.id))
    return {**page, "short": row.id[-naming.SHORT :], "words": plain(await wording.words(place, row))}


async def messages(place: Workplace, _: requests.Nothing) -> Answer:
    """What came and has no desk yet, newest first."""
    return [plain(line) for line in await unhandled.messages(place)]


async def message(place: Workplace, asked: requests.OneMessage) -> Answer:
    """One of them, with the items that came with it."""
    page = await unhandled.message(place, asked.message)
    known = await naming.persons(place, page.line.case) if page.line.case else ()
    numbers = {subject: number for number, subject in enumerate(known, 1)}
    held = [{**plain(one), "person": numbers.get(one.subject)} for one in page.held]
    return {**plain(page), "held": held}


async def approve(place: Workplace, asked: requests.Approve) -> Answer:
    """All that was found, or the fields of ``keep``."""
    row = await naming.find_question(place, asked.question)
    _, pack, _ = await ceiling_of(place, row)
    approval = Approval(
        by=asked.by,
        explanation=asked.explanation,
        bericht=typed(pack, "bericht", asked.bericht),
        consent=asked.consent,
        exception=asked.exception,
        nature=asked.nature,
    )
    if asked.keep is None:
        await stories.approve(place, row.id, approval)
    else:
        page = await stories.show(place, row.id)
        found = {(one.category, one.name) for one in page.proposal}
        for category, names in asked.keep.items():
            if missing := [name for name in names if (category, name) not in found]:
                raise UseError(f"{category}.{missing[0]} is hier niet gevonden; kies uit wat `desk show` toont")
        await stories.less(place, row.id, approval, asked.keep)
    return _decided(row.id, "bekend", row.due)


async def decline(place: Workplace, asked: requests.Decline) -> Answer:
    """``geweigerd``."""
    row = await naming.find_question(place, asked.question)
    await stories.decline(place, row.id, asked.by, asked.code, asked.explanation)
    return _decided(row.id, "geweigerd", row.due)


async def conclude(place: Workplace, asked: requests.Conclude) -> Answer:
    """Nobody of these, several, or no statement."""
    row = await naming.find_question(place, asked.question)
    await stories.conclude(place, row.id, asked.by, asked.outcome, asked.explanation)
    return _decided(row.id, asked.outcome, row.due)


def _decided(ident: str, outcome: str, due: datetime) -> Answer:
    return {"question": str(ident), "decision": outcome, "goes_at": format_instant(due)}


async def consent(place: Workplace, asked: requests.Consent) -> Answer:
    """Record it; gives its reference."""
    if asked.question is not None:
        row = await naming.find_question(place, asked.question)
        case, subject = row.case, row.subject
    elif asked.case is not None and asked.subject is not None:
        case = (await naming.find_case(place, asked.case)).case
        subject = await naming.find_person(place, case, asked.subject)
    else:
        raise UseError("geef --question, of --case met --subject")
    ref = await stories.record_consent(place, case, subject, asked.date, asked.categories, asked.how, asked.by)
    return {"consent": str(ref), "case": str(case), "subject": str(subject)}


async def notify(place: Workplace, asked: requests.Notify) -> Answer:
    """Start a case at the house."""
    done = await notifying.notify(place, asked.form, float(asked.wait))
    return {
        "outcome": "refused" if done.message is None else "sent",
        "case": str(done.case),
        "subjects": [str(one) for one in done.subjects],
        "message": str(done.message) if done.message else None,
        "refusals": [sent(one) for one in done.refusals],
    }


async def inform(place: Workplace, asked: requests.Inform) -> Answer:
    """Tell the house that persons were told."""
    row = await naming.find_case(place, asked.case)
    everybody = await naming.persons(place, row.case)
    subjects = tuple([await naming.find_person(place, row.case, name) for name in asked.subjects]) or everybody
    if not subjects:
        raise UseError("noem met --subject wie er is geïnformeerd")
    sender = naming.own_address(place, asked.function)
    return sent(await informing.inform(place, row.case, sender, subjects, asked.told))


async def ask(place: Workplace, asked: requests.Ask) -> Answer:
    """One question to each party."""
    case = (await naming.find_case(place, asked.case)).case
    grace = timedelta(seconds=place.house.pack_at(place.clock()).limits.answer_grace_seconds)
    what = Asking(
        case=case,
        subject=await naming.find_person(place, case, asked.person),
        recipients=naming.find_parties(place, asked.of),
        necessity=asked.necessity,
        explanation=asked.explanation,
        answer_at=asked.answer_at,
        expires=asked.expires or asked.answer_at + grace,
        categories=asked.categories,
        themes=asked.themes,
        disambiguate=asked.disambiguate,
    )
    done = await asking.ask(place, what, float(asked.wait))
    return [
        {"address": str(one.address), "name": naming.name_of(place, one.address), **sent(one.outcome)} for one in done
    ]


async def cases(place: Workplace, _: requests.Nothing) -> Answer:
    """All cases, newest first."""
    return [plain(row) for row in await stories.cases(place)]


async def case(place: Workplace, asked: requests.OneCase) -> Answer:
    """One case: its persons by number, what is held of it, what was destroyed."""
    row = await naming.find_case(place, asked.case)
    return {
        **plain(row),
        "persons": [str(one) for one in await naming.persons(place, row.case)],
        "items": plain(await stories.case_items(place, row.case)),
        "erasures": plain(await stories.erasures(place, row.case)),
    }


async def board(place: Workplace, asked: requests.OneCase) -> Answer:
    """What became of each question in a case."""
    row = await naming.find_case(place, asked.case)
    numbers = {subject: number for number, subject in enumerate(await naming.persons(place, row.case), 1)}
    return [
        {**plain(line), "name": naming.name_of(place, line.address), "person": numbers.get(line.subject)}
        for line in await stories.board(place, row.case)
    ]


async def keeping(place: Workplace, asked: requests.Keeping) -> Answer:
    """What a decision would take along, and for what its providers agreed to that: to be seen before it is taken."""
    row = await naming.find_case(place, asked.case)
    keep = await _kept(place, row.case, asked.keep)
    pack = place.house.pack_at(place.clock())
    purposes = await deciding.purposes_of(place, row.case, asked.to, keep)
    known = [one for one in pack.purposes if asked.to in one.phases]
    return {
        "kept": [str(one) for one in keep],
        "purposes": [str(one) for one in purposes],
        "known": {str(one.id): one.label.nl for one in known},
    }


async def decide(place: Workplace, asked: requests.Decide) -> Answer:
    """The decision on a notification where the case is in that phase, then the phase decision."""
    row = await naming.find_case(place, asked.case)
    keep = await _kept(place, row.case, asked.keep)
    purposes = asked.purposes or await deciding.purposes_of(place, row.case, asked.to, keep)
    if keep and not purposes:
        raise UseError("hiervoor is in die fase geen akkoord; noem met --purpose waarvoor het nodig is, of houd niets")
    done: dict[str, Any] = {
        "case": str(row.case),
        "kept": [str(one) for one in keep],
        "keep_for": [str(one) for one in purposes] if keep else [],
    }
    if row.phase == FIRST_PHASE:
        if asked.to not in INTAKE:
            raise UseError("na een aanmelding kan een casus naar triage, of hij is afgewezen of elders")
        refusal = await deciding.refused_to_move(place, row.case, asked.to, asked.reason, keep, purposes)
        if refusal is not None:
            return {**done, "move": sent(refusal), "outcome": "refused"}
        intake = await deciding.decide_intake(place, row.case, INTAKE[asked.to], asked.reason)
        done["intake"] = sent(intake)
        if isinstance(intake, NotSent):
            return {**done, "outcome": "refused"}
    moved = sent(await deciding.move(place, row.case, asked.to, asked.reason, keep, purposes))
    return {**done, "move": moved, "outcome": moved["outcome"]}


async def _kept(place: Workplace, ref: CaseRef, names: tuple[str, ...]) -> tuple[ItemRef, ...]:
    """Items by reference, or all of a category. Raises :class:`UseError` for what is not there."""
    held = await stories.case_items(place, ref)
    for name in names:
        if name not in {one.item for one in held} | {one.category for one in held}:
            known = ", ".join(sorted({one.category for one in held}))
            raise UseError(f"{name} is er niet in deze casus; kies een item of een van: {known}")
    return tuple(one.item for one in held if one.item in names or one.category in names)


async def register(place: Workplace, asked: requests.Register) -> Answer:
    """The own register; codes and ids."""
    ref = (await naming.find_case(place, asked.case)).case if asked.case else None
    return [register_line(row) for row in await stories.provisions(place, ref, asked.outcome)]


def register_line(row: ProvisionRow) -> dict[str, Any]:
    """One line: from and to, categories with level and basis, reasons."""
    manifest = json.loads(row.manifest)
    grounds = manifest.get("grounds", [])
    return {
        "message": str(row.message),
        "at": format_instant(row.at),
        "way": row.way,
        "outcome": row.outcome,
        "kind": row.kind,
        "case": str(row.case) if row.case else None,
        "phase": manifest.get("phase"),
        "purpose": manifest.get("purpose"),
        "from": manifest.get("from"),
        "to": manifest.get("to", []),
        "on_behalf_of": manifest.get("on_behalf_of"),
        "items": [
            {
                "category": item["category"],
                "level": item["level"],
                "basis": grounds[item["ground"]]["basis"] if item["ground"] < len(grounds) else None,
                "fields": [one["path"] if isinstance(one, dict) else one for one in item.get("fields", [])],
            }
            for item in manifest.get("items", [])
        ],
        "reasons": json.loads(row.reasons),
    }


Do = Callable[[Workplace, Any], Awaitable[Answer]]
ACTS: Mapping[str, tuple[type[Frozen], Do]] = {
    "status": (requests.Nothing, status),
    "questions": (requests.Listed, questions),
    "show": (requests.OneQuestion, show),
    "messages": (requests.Nothing, messages),
    "message": (requests.OneMessage, message),
    "approve": (requests.Approve, approve),
    "decline": (requests.Decline, decline),
    "conclude": (requests.Conclude, conclude),
    "consent": (requests.Consent, consent),
    "notify": (requests.Notify, notify),
    "inform": (requests.Inform, inform),
    "ask": (requests.Ask, ask),
    "cases": (requests.Nothing, cases),
    "case": (requests.OneCase, case),
    "board": (requests.OneCase, board),
    "keeping": (requests.Keeping, keeping),
    "decide": (requests.Decide, decide),
    "register": (requests.Register, register),
}
"""By the name in the path: the form of the request, and what is done."""
