"""What the own system knows about the person of a question, cut to what was asked; and what a dated rule makes of it.

Decides the proposal, never the answer of a person: with several candidates nothing is chosen, and what a rule may
answer by itself is what people.md allows (items only of class gewoon, on one exact match). The proposal lies sealed
until it is used.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import structlog
from pydantic import Field

from connectors.casefiles.dossier import FiledItem, read_items, read_note, seal_note
from connectors.exchanges import queries, store
from connectors.exchanges.rows import QuestionRow
from connectors.exchanges.workplace import Workplace
from connectors.settings import AutomaticRule, Contact
from connectors.sources import Candidate, Found, SearchKey, SourceError
from connectors.sources.matching import NoMatch, OneMatch, SeveralMatches, match
from schemas import minimal
from schemas.acts import Question
from schemas.content import MESSAGE_CATEGORY, Ceiling
from schemas.pack import Pack
from schemas.records import Frozen
from schemas.strict import Json

log = structlog.get_logger(__name__)
STAFF = "medewerker_hulpverlening_gegevens"
ValuesByCategory = dict[str, dict[str, Json]]


class FoundValue(Frozen):
    """Where one proposed value comes from."""

    category: str
    field: str
    source: str
    as_of: str


class Proposal(Frozen):
    """What the own system found. ``candidates``: to lay side by side, in no order of likelihood."""

    match: Literal["geen", "een", "meer", "onbekend"]
    exact: bool = False
    candidates: tuple[dict[str, str], ...] = ()
    values: dict[str, dict[str, object]] = Field(default_factory=dict)
    found: tuple[FoundValue, ...] = ()


@dataclass(frozen=True, slots=True)
class Decision:
    """What goes at the agreed moment, and who decided it. ``consent``, ``exception``: what lifts a secrecy (7.2)."""

    outcome: str
    by: str
    explanation: str = field(repr=False)
    values: Mapping[str, Mapping[str, Json]] = field(default_factory=dict, repr=False)
    refusal: str | None = None
    consent: str | None = None
    exception: str | None = None
    nature: str = "feit"


async def themes_of(place: Workplace, row: QuestionRow) -> tuple[str, ...] | None:
    """The life domains that a question names, outside which its answer ticks none; None where it names none."""
    async with place.database.begin() as tx:
        items = await read_items(tx, place.keyring, row.case, row.id)
    named = next((one.values.get("leefgebieden") for one in items if one.item.category == MESSAGE_CATEGORY), None)
    return tuple(str(one) for one in named) if isinstance(named, list) else None


async def ceiling_of(place: Workplace, row: QuestionRow) -> tuple[Ceiling, Pack, str | None]:
    """What a question asks at most, its pack and its purpose."""
    async with place.database.begin() as tx:
        known = await queries.known(tx, row.id)
    if known is None:
        raise LookupError("a question without its message")
    manifest = known.source.manifest
    if not isinstance(manifest.act, Question):
        raise LookupError("a question without its act")
    return manifest.act.ceiling, place.house.packs[manifest.pack], manifest.purpose


def search_key(items: tuple[FiledItem, ...]) -> SearchKey:
    """Whom a question is about, from the items it carried. Raises :class:`SourceError`."""
    values: dict[str, Json] = {}
    for one in items:
        if one.item.category in {"personalia", "adresgegevens"}:
            values |= one.values

    def text(name: str) -> str | None:
        value = values.get(name)
        return value if isinstance(value, str) else None

    number = values.get("huisnummer")
    return SearchKey(
        geslachtsnaam=text("geslachtsnaam") or "",
        voornamen=text("voornamen") or "",
        geboortedatum=text("geboortedatum") or "",
        voorvoegsel=text("voorvoegsel"),
        geboorteplaats=text("geboorteplaats"),
        postcode=text("postcode"),
        huisnummer=number if isinstance(number, int) else None,
    )


async def propose(place: Workplace, row: QuestionRow) -> Proposal:
    """Search, store the proposal sealed and, where a rule of the party fits, the decision."""
    ceiling, pack, _ = await ceiling_of(place, row)
    try:
        proposal = await _search(place, row, ceiling, pack)
    except SourceError as error:
        # The text names file and column, never a value; the question stays open for a person.
        log.warning("source_failed", message=row.id, error=type(error).__name__)
        proposal = Proposal(match="onbekend")
    async with place.keyring.turn(row.case):  # or an erasure would take the key between sealing and writing
        sealed = await seal_note(place.keyring, row.case, row.phase, row.id, proposal.model_dump(mode="json"))
        async with place.database.begin() as tx:
            await store.set_proposal(tx, row.id, sealed)
    decision = None if row.human else automatic(place, row, proposal, ceiling, pack)
    if decision is not None:
        await decide(place, row, decision)
    return proposal


async def _search(place: Workplace, row: QuestionRow, ceiling: Ceiling, pack: Pack) -> Proposal:
    if place.source is None:
        return Proposal(match="onbekend")
    async with place.database.begin() as tx:
        items = await read_items(tx, place.keyring, row.case, row.id)
    key = search_key(items)
    matched = match(key, await place.source.find(key))
    if isinstance(matched, NoMatch):
        return Proposal(match="geen")
    if isinstance(matched, SeveralMatches):
        return Proposal(match="meer", candidates=tuple(_shown(one) for one in matched.candidates))
    return await _one(place, matched, ceiling, pack, row)


async def _one(place: Workplace, matched: OneMatch, ceiling: Ceiling, pack: Pack, row: QuestionRow) -> Proposal:
    if place.source is None:
        raise LookupError("a match without a source")
    wanted: dict[str, list[str]] = {
        item.category: [path[1:] for path in item.fields] for item in ceiling.items if item.category != STAFF
    }
    values: dict[str, dict[str, object]] = {}
    found = []
    held = await place.source.fetch(matched.candidate, wanted)
    allowed = _cut(pack, row.phase, ceiling, held, await themes_of(place, row))
    for one in held:
        if (one.category, one.field) not in allowed:
            continue
        value: object = list(one.value) if isinstance(one.value, tuple) else one.value
        values.setdefault(one.category, {})[one.field] = value
        found.append(FoundValue(category=one.category, field=one.field, source=one.source, as_of=one.as_of.isoformat()))
    return Proposal(
        match="een",
        exact=matched.exact,
        candidates=(_shown(matched.candidate),),
        values=values,
        found=tuple(found),
    )


def _cut(
    pack: Pack, phase: str, ceiling: Ceiling, held: Sequence[Found], themes: Collection[str] | None
) -> set[tuple[str, str]]:
    """(category, field) of what may go as the source has it; a person sees only that."""
    found: set[tuple[str, str]] = set()
    asked = frozenset(item.category for item in ceiling.items)
    for item in ceiling.items:
        values = {
            f"/{one.field}": _json(list(one.value) if isinstance(one.value, tuple) else one.value)
            for one in held
            if one.category == item.category
        }
        kept = minimal.cut(pack, phase, "triageantwoord", item, values, asked=asked, themes=themes)
        found |= {(item.category, path[1:]) for path in kept}
    return found


def _shown(one: Candidate) -> dict[str, str]:
    """What a person compares by; an address that is withheld stays away."""
    names = (
        "source",
        "record",
        "geslachtsnaam",
        "voorvoegsel",
        "voornamen",
        "geboortedatum",
        "geboorteplaats",
        "postcode",
    )
    return {name: str(value) for name in names if (value := getattr(one, name)) is not None}


def automatic(place: Workplace, row: QuestionRow, proposal: Proposal, ceiling: Ceiling, pack: Pack) -> Decision | None:
    """What the first fitting rule of the party answers; None leaves it to a person."""
    today = place.clock().date()
    for rule in place.settings.automatic:
        if rule.holds(row.address.function, today):
            decision = _by_rule(rule, proposal, ceiling, pack, place.settings.contact(row.address))
            if decision is not None:
                return decision
    return None


def _by_rule(
    rule: AutomaticRule, proposal: Proposal, ceiling: Ceiling, pack: Pack, contact: Contact | None
) -> Decision | None:
    by, why = f"regel:{rule.id}", f"Automatisch antwoord volgens de regel {rule.id}, vastgesteld door {rule.made_by}."
    if rule.outcome == "geen_uitspraak":
        return Decision(rule.outcome, by, why)
    if rule.outcome == "niet_bekend" and proposal.match == "geen":
        return Decision(rule.outcome, by, why)
    if rule.outcome == "bekend" and proposal.match == "een" and proposal.exact:
        plain = {
            item.category
            for item in ceiling.items
            if item.level == "I" and pack.category[item.category].data_class in {"gewoon", "bericht"}
        }
        kept = {name: fields for name, fields in json_values(proposal).items() if name in plain}
        return Decision(rule.outcome, by, why, with_contact(kept, ceiling, contact))
    return None


def json_values(proposal: Proposal) -> ValuesByCategory:
    """The proposed values as JSON."""
    return {
        category: {name: _json(value) for name, value in fields.items()} for category, fields in proposal.values.items()
    }


def _json(value: object) -> Json:
    if isinstance(value, list):
        return [_json(one) for one in value]
    if isinstance(value, dict):
        return {str(name): _json(one) for name, one in value.items()}
    if value is None or isinstance(value, str | int | bool):
        return value
    raise TypeError("a value that is no JSON of this profile")


def with_contact(values: ValuesByCategory, ceiling: Ceiling, contact: Contact | None) -> ValuesByCategory:
    """With ``bericht`` and, where the question allows one and the party names one, its contact person."""
    found: ValuesByCategory = {MESSAGE_CATEGORY: {"betrokkenheid": "geen_uitspraak"}, **values}
    if contact is not None and any(item.category == STAFF for item in ceiling.items):
        found[STAFF] = {name: value for name, value in contact.model_dump().items() if value is not None}
    return found


async def decide(place: Workplace, row: QuestionRow, decision: Decision) -> bool:
    """Put the decision away, sealed, until the agreed moment; False where the question is closed already."""
    note: Json = {
        "outcome": decision.outcome,
        "by": decision.by,
        "explanation": decision.explanation,
        "values": {category: dict(fields) for category, fields in decision.values.items()},
        "refusal": decision.refusal,
        "consent": decision.consent,
        "exception": decision.exception,
        "nature": decision.nature,
    }
    async with place.keyring.turn(row.case):
        sealed = await seal_note(place.keyring, row.case, row.phase, row.id, note)
        async with place.database.begin() as tx:
            return await store.set_decision(tx, row.id, sealed, decision.by)


async def decision_of(place: Workplace, row: QuestionRow) -> Decision | None:
    """The decision that lies ready, if there is one."""
    if row.decision is None:
        return None
    note: Any = await read_note(place.keyring, row.case, row.phase, row.id, row.decision)
    return Decision(**note)  # as decide() wrote it


async def proposal_of(place: Workplace, row: QuestionRow) -> Proposal | None:
    """The proposal that lies ready, if the search has been done."""
    if row.proposal is None:
        return None
    return Proposal.model_validate(await read_note(place.keyring, row.case, row.phase, row.id, row.proposal))
