"""A question in words: purpose, task, basis from the pack, and which fields cannot go and why (people.md "The desk").

Decides nothing: what goes is cut again when the answer is made. It tells a person beforehand what that will leave.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from connectors.casefiles import store as casefiles
from connectors.casefiles.store import ConsentRow
from connectors.desk.naming import name_of
from connectors.exchanges import proposing
from connectors.exchanges.proposing import Proposal
from connectors.exchanges.rows import QuestionRow
from connectors.exchanges.workplace import Workplace
from schemas import minimal
from schemas.content import Ceiling, CeilingItem
from schemas.ids import Term
from schemas.pack import Pack
from schemas.rules.secrecy import needs_consent
from schemas.strict import Json

KIND = "triageantwoord"
FILLED_HERE = frozenset({"bericht", proposing.STAFF})
"""Categories that the own system does not hold: what the professional says, and whom to call."""


@dataclass(frozen=True, slots=True)
class CannotGo:
    """A field that will not go, with the article and one sentence."""

    category: str
    name: str
    rule: str
    why: str


@dataclass(frozen=True, slots=True)
class Words:
    """What the codes of a question mean, and what cannot go. ``consents``: those recorded for this person."""

    asker: str
    on_behalf_of: str
    address: str
    phase: str
    purpose: str
    task: str
    necessity: str
    cannot_go: tuple[CannotGo, ...]
    consents: tuple[ConsentRow, ...]


async def words(place: Workplace, row: QuestionRow) -> Words:
    """The words of one question."""
    ceiling, pack, purpose = await proposing.ceiling_of(place, row)
    proposal = await proposing.proposal_of(place, row)
    async with place.database.begin() as tx:
        consents = await casefiles.consents(tx, row.case, row.subject)
    task = ceiling.grounds[0].task
    behalf = name_of(place, task.of)
    return Words(
        asker=name_of(place, row.asker),
        on_behalf_of=behalf,
        address=name_of(place, row.address),
        phase=_label(pack.phase, row.phase),
        purpose=_label(pack.purpose, purpose or ""),
        task=next((one.label.nl for one in pack.tasks if one.id == task.code), task.code),
        necessity=_label({one.id: one for one in pack.codes if one.use == "necessity"}, ceiling.necessity.code),
        cannot_go=_cannot_go(place, row, ceiling, pack, proposal, consents),
        consents=consents,
    )


def _label(rows: Mapping[str, object], code: str) -> str:
    label = getattr(rows.get(code), "label", None)
    return str(label.nl) if label is not None else code


def _cannot_go(
    place: Workplace,
    row: QuestionRow,
    ceiling: Ceiling,
    pack: Pack,
    proposal: Proposal | None,
    consents: tuple[ConsentRow, ...],
) -> tuple[CannotGo, ...]:
    party = place.house.members(place.clock()).parties.get(row.address)
    values = proposing.json_values(proposal) if proposal else {}
    found: list[CannotGo] = []
    for item in ceiling.items:
        if needs_consent(pack, party, item.category) and not consents:
            why = "er rust een geheim op: leg eerst toestemming vast, of noem een uitzondering"
            found.append(CannotGo(item.category, "*", "7.2", why))
        if item.category not in FILLED_HERE:
            found += _fields(pack, row.phase, item, values.get(item.category, {}), proposal)
    return tuple(found)


def _fields(
    pack: Pack, phase: str, item: CeilingItem, values: Mapping[str, Json], proposal: Proposal | None
) -> list[CannotGo]:
    asked = {f"/{name}": value for name, value in values.items() if f"/{name}" in item.fields}
    kept = minimal.cut(pack, Term(phase), KIND, item, asked)
    found = [
        CannotGo(item.category, path[1:], "3.5a", "de waarde past niet in wat het protocol in deze fase toelaat")
        for path in asked
        if path not in kept
    ]
    if proposal is not None and proposal.match == "een":
        missing = [path[1:] for path in item.fields if path not in asked]
        found += [CannotGo(item.category, name, "1.19", "staat niet in het eigen systeem") for name in missing]
    return found
