"""The acts of the professional and of the procesregisseur, as functions for commands and pages (people.md).

Decides what a desk may show when (outcomes not before the agreed moment) and what an act of a person needs: a reference
to who did it, an explanation, and consent or an exception where secrecy asks for it. Whether it may go is the kernel's.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from connectors import UseError
from connectors.casefiles import register
from connectors.casefiles import store as casefiles
from connectors.casefiles.dossier import read_items
from connectors.casefiles.store import ConsentRow, ErasureReceipt, ProvisionRow
from connectors.desk.views import AskedCategory, BoardLine, HeldItem, ProposedField, QuestionLine, QuestionPage
from connectors.exchanges import contents, proposing, queries, standing
from connectors.exchanges.answering import KIND, find_faults
from connectors.exchanges.drafting import new_reference
from connectors.exchanges.proposing import Decision, Proposal
from connectors.exchanges.rows import AskedRow, CaseRow, FindingRow, KnownRow, QuestionRow
from connectors.exchanges.workplace import Workplace
from schemas import minimal
from schemas.content import MESSAGE_CATEGORY, Ceiling
from schemas.ids import CaseRef, ItemRef, MessageId, Reference, SubjectRef
from schemas.manifest import Manifest
from schemas.pack import Pack
from schemas.rules.secrecy import needs_consent
from schemas.strict import Json

Values = Mapping[str, Mapping[str, Json]]
HOW_CONSENT = frozenset({"schriftelijk", "digitaal"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """What a person lets go. ``by``: a reference to that person. ``values``: None for the whole proposal, else per
    category and field what goes; ``bericht`` for the fields of the answer itself."""

    by: str
    explanation: str = field(repr=False)
    values: Values | None = field(repr=False, default=None)
    bericht: Mapping[str, Json] = field(repr=False, default_factory=dict)
    consent: Reference | None = None
    exception: str | None = None
    nature: str = "feit"


async def questions(place: Workplace, *, everything: bool = False) -> tuple[QuestionLine, ...]:
    """The questions that wait, oldest deadline first; with ``everything`` the answered ones too."""
    async with place.database.begin() as tx:
        rows = await (queries.all_questions(tx) if everything else queries.open_questions(tx))
    return tuple([_line(row, await proposing.proposal_of(place, row)) for row in rows])


def _line(row: QuestionRow, proposal: Proposal | None) -> QuestionLine:
    return QuestionLine(
        id=row.id,
        case=row.case,
        asker=row.asker,
        address=row.address,
        answer_at=row.answer_at,
        state=row.state,
        decided_by=row.decided_by,
        human=row.human,
        match=proposal.match if proposal else None,
    )


async def _row(place: Workplace, ident: MessageId, *, undecided: bool = False) -> QuestionRow:
    async with place.database.begin() as tx:
        row = await queries.question_row(tx, ident)
    if row is None:
        raise UseError("deze vraag is er niet; zie `desk list` voor de vragen die wachten")
    if undecided and row.state not in {"open", "decided"}:
        raise UseError("deze vraag is al beantwoord of ingehaald; er valt niets meer te beslissen")
    return row


async def show(place: Workplace, ident: MessageId) -> QuestionPage:
    """One question, with what the own system found; raises :class:`UseError` for one that is not there."""
    row = await _row(place, ident)
    ceiling, pack, purpose = await proposing.ceiling_of(place, row)
    proposal = await proposing.proposal_of(place, row)
    async with place.database.begin() as tx:
        items = await read_items(tx, place.keyring, row.case, row.id)
    values = proposing.json_values(proposal) if proposal else {}
    person = {
        name: value
        for one in items
        if one.item.category in {"personalia", "adresgegevens"}
        for name, value in one.values.items()
    }
    return QuestionPage(
        line=_line(row, proposal),
        phase=row.phase,
        purpose=purpose or "",
        task=f"{ceiling.grounds[0].task.of} {ceiling.grounds[0].task.code}",
        necessity=ceiling.necessity.code,
        expires=row.expires,
        asked=_asked(place, row, ceiling, pack),
        proposal=tuple(
            ProposedField(
                category=one.category,
                name=one.field,
                source=one.source,
                as_of=date.fromisoformat(one.as_of),
                value=values[one.category][one.field],
            )
            for one in (proposal.found if proposal else ())
        ),
        candidates=proposal.candidates if proposal else (),
        person=person,
        themes=await proposing.themes_of(place, row) or (),
        explanation=next((one.explanation for one in items if one.explanation), None),
    )


def _asked(place: Workplace, row: QuestionRow, ceiling: Ceiling, pack: Pack) -> tuple[AskedCategory, ...]:
    party = place.house.members(place.clock()).parties.get(row.address)
    return tuple(
        AskedCategory(
            category=item.category,
            label=pack.category[item.category].label.nl,
            level=item.level,
            fields=tuple(path[1:] for path in item.fields),
            basis=pack.basis[ceiling.grounds[item.ground].basis].label.nl,
            regime=item.regime,
            consent=needs_consent(pack, party, item.category),
        )
        for item in ceiling.items
    )


async def approve(place: Workplace, ident: MessageId, approval: Approval) -> None:
    """``bekend``, with the proposal or with the values given; goes at the agreed moment, and may be changed until then.

    Raises :class:`UseError`: several candidates without values chosen by a person, consent that is missing, or a value
    that cannot go as it is (with the field and a code).
    """
    row = await _row(place, ident, undecided=True)
    ceiling, pack, _ = await proposing.ceiling_of(place, row)
    proposal = await proposing.proposal_of(place, row)
    if approval.values is None and (proposal is None or proposal.match != "een"):
        raise UseError("er is niet precies één treffer; geef zelf op wat mee mag, of kies `decline` of `conclude`")
    given: Values = (
        approval.values if approval.values is not None else proposing.json_values(proposal or Proposal(match="geen"))
    )
    values = {category: dict(fields) for category, fields in given.items()}
    if approval.bericht:
        values["bericht"] = {**values.get("bericht", {}), **approval.bericht}
    values = proposing.with_contact(values, ceiling, place.settings.contact(row.address))
    await _check_consent(place, row, pack, values, approval)
    decision = Decision(
        outcome="bekend",
        by=_who(approval.by),
        explanation=_why(pack, approval.explanation),
        values=values,
        consent=approval.consent,
        exception=approval.exception,
        nature=approval.nature,
    )
    themes = await proposing.themes_of(place, row)
    faults = find_faults(pack, ceiling, decision, row, place.clock().date(), themes)
    contents.refuse(faults)
    await _decide(place, row, decision)


async def less(place: Workplace, ident: MessageId, approval: Approval, keep: Mapping[str, tuple[str, ...]]) -> None:
    """As :func:`approve` with only the fields of ``keep`` out of the proposal."""
    row = await _row(place, ident, undecided=True)
    proposal = await proposing.proposal_of(place, row)
    values = proposing.json_values(proposal) if proposal else {}
    kept = {
        category: {name: values[category][name] for name in names if name in values.get(category, {})}
        for category, names in keep.items()
    }
    fewer = Approval(
        by=approval.by,
        explanation=approval.explanation,
        values={category: fields for category, fields in kept.items() if fields},
        bericht=approval.bericht,
        consent=approval.consent,
        exception=approval.exception,
        nature=approval.nature,
    )
    await approve(place, ident, fewer)


async def decline(place: Workplace, ident: MessageId, by: str, code: str, explanation: str) -> None:
    """``geweigerd``, with a code of the pack; under secrecy it goes as ``geen_uitspraak``."""
    row = await _row(place, ident, undecided=True)
    _, pack, _ = await proposing.ceiling_of(place, row)
    if ("refusal", code) not in pack.code:
        codes = ", ".join(one.id for one in pack.codes if one.use == "refusal")
        raise UseError(f"kies een reden uit de lijst: {codes}")
    await _decide(place, row, Decision("geweigerd", _who(by), _why(pack, explanation), refusal=code))


async def conclude(place: Workplace, ident: MessageId, by: str, outcome: str, explanation: str) -> None:
    """An outcome without items: ``niet_bekend`` (geen van deze), ``meervoudige_treffer`` or ``geen_uitspraak``."""
    row = await _row(place, ident, undecided=True)
    if outcome not in {"niet_bekend", "meervoudige_treffer", "geen_uitspraak"}:
        raise UseError("kies niet_bekend, meervoudige_treffer of geen_uitspraak")
    _, pack, _ = await proposing.ceiling_of(place, row)
    await _decide(place, row, Decision(outcome, _who(by), _why(pack, explanation)))


async def _decide(place: Workplace, row: QuestionRow, decision: Decision) -> None:
    if not await proposing.decide(place, row, decision):
        raise UseError("deze vraag is intussen beantwoord; er valt niets meer te beslissen")


def _who(by: str) -> str:
    if not 2 <= len(by.strip()) <= 80:
        raise UseError("geef aan wie dit beslist (een verwijzing naar de medewerker, 2 tot 80 tekens)")
    return by.strip()


def _why(pack: Pack, explanation: str) -> str:
    most = minimal.longest_explanation(pack, KIND)
    if not 1 <= len(explanation.strip()) <= most:
        raise UseError(f"leg in 1 tot {most} tekens uit waarom dit nodig is")
    return contents.check_text(pack, KIND, explanation.strip())


async def _check_consent(place: Workplace, row: QuestionRow, pack: Pack, values: Values, approval: Approval) -> None:
    """Under secrecy nothing goes without a recorded consent for this person and case, or an exception (7.2)."""
    party = place.house.members(place.clock()).parties.get(row.address)
    bound = {name for name, fields in values.items() if fields and needs_consent(pack, party, name)}
    if not bound or approval.exception is not None:
        return
    async with place.database.begin() as tx:
        held = await casefiles.consents(tx, row.case, row.subject)
    consent = next((one for one in held if one.ref == approval.consent), None)
    if consent is None:
        raise UseError("hiervoor is toestemming nodig; leg die eerst vast (`consent`), of noem een uitzondering")
    beyond = sorted(bound - set(consent.categories) - {MESSAGE_CATEGORY, proposing.STAFF})
    if beyond:
        raise UseError(f"de toestemming gaat niet over: {', '.join(beyond)}; geef dat niet mee, of vraag er ook om")


async def record_consent(
    place: Workplace, case: CaseRef, subject: SubjectRef, day: date, categories: tuple[str, ...], how: str, by: str
) -> Reference:
    """A consent as it was given (7.2c): when, for what, how; never the document. Returns its reference."""
    if how not in HOW_CONSENT:
        raise UseError("toestemming is schriftelijk of digitaal vastgelegd; kies een van beide")
    if day > place.clock().date():
        raise UseError("de dag van de toestemming ligt in de toekomst; geef de dag waarop die gegeven is")
    ref = new_reference(Reference)
    row = ConsentRow(ref, case, subject, day, categories, how, _who(by))
    async with place.database.begin() as tx:
        await casefiles.add_consent(tx, row)
    return ref


async def board(place: Workplace, case: CaseRef) -> tuple[BoardLine, ...]:
    """Per asked address and person what became of the question."""
    now = place.clock()
    async with place.database.begin() as tx:
        rows = await queries.asked_of(tx, case)

    def state(row: AskedRow) -> str:
        if row.answer is not None:
            return "beantwoord"
        if row.expires <= now:
            return "niet_beantwoord"
        return "opgehaald" if row.collected is not None else "gevraagd"

    return tuple(
        BoardLine(
            question=row.id,
            address=row.address,
            subject=row.subject,
            state=state(row),
            answer_at=row.answer_at,
            expires=row.expires,
            outcome=row.outcome if row.answer_at <= now else None,
            refusal=row.refusal if row.answer_at <= now else None,
        )
        for row in rows
    )


async def cases(place: Workplace) -> tuple[CaseRow, ...]:
    """The cases known here, newest first."""
    async with place.database.begin() as tx:
        return await queries.cases(tx)


async def case_items(place: Workplace, case: CaseRef, message: MessageId | None = None) -> tuple[HeldItem, ...]:
    """What is held of a case, or came with one message of it; opened. Answers not before their moment.

    Of what was taken back, is wrong or is restricted only that is shown: its values are not to be used (7.2d, 9.5, 20).
    """
    now = place.clock()
    async with place.database.begin() as tx:
        items = await read_items(tx, place.keyring, case, message)
        early = {row.answer for row in await queries.asked_of(tx, case) if row.answer and now < row.answer_at}
        rows = await queries.messages_of(tx, case)
        register_rows = await register.read(tx, case, "allowed")
    marks = _standing(place, rows, register_rows, {one.message for one in items})
    return tuple(
        HeldItem(
            item=one.item.item,
            message=one.message,
            party=one.item.origin.party,
            subject=one.item.subject,
            subject_category=one.item.subject_category,
            category=one.item.category,
            level=one.item.level,
            phase=one.phase,
            values={} if one.item.item in marks else one.values,
            standing=marks.get(one.item.item),
        )
        for one in items
        if one.message not in early
    )


def _standing(
    place: Workplace, rows: Sequence[KnownRow], lines: Sequence[ProvisionRow], wanted: Collection[MessageId]
) -> Mapping[ItemRef, standing.Standing]:
    """Why which items of a case are not to be used. ``lines``: of the register, as exact as this party knows them."""
    house, sources = place.house.directory.house, standing.in_order(rows)
    found: dict[ItemRef, standing.Standing] = {}
    for line in lines:
        if line.message in wanted:
            exact = Manifest.model_validate_json(line.manifest)
            found |= standing.standing(house, place.house_address, sources, exact)
    return found


async def provisions(
    place: Workplace, case: CaseRef | None = None, outcome: str | None = None
) -> tuple[ProvisionRow, ...]:
    """The own register, for the party's fg: what went and came, and what was refused."""
    async with place.database.begin() as tx:
        return await register.read(tx, case, outcome)


async def findings(place: Workplace) -> tuple[FindingRow, ...]:
    """What a person should look at: codes and ids."""
    async with place.database.begin() as tx:
        return await queries.findings(tx)


async def erasures(place: Workplace, case: CaseRef) -> tuple[ErasureReceipt, ...]:
    """What was destroyed of a case."""
    async with place.database.begin() as tx:
        return await casefiles.erasures(tx, case)
