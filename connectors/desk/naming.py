"""What people type, and which case, person, party or question they mean; what is unclear is refused, never guessed."""

from __future__ import annotations

from collections.abc import Iterable

from connectors import UseError
from connectors.exchanges import queries
from connectors.exchanges.rows import CaseRow, QuestionRow
from connectors.exchanges.workplace import Workplace
from schemas.facts import HOUSE_FUNCTION
from schemas.ids import Address, CaseRef, IdError, SubjectRef

STAFF = "medewerker"
SHORT = 6
"""Characters at the end of a question's id (its random part) by which people name it."""


async def find_question(place: Workplace, name: str) -> QuestionRow:
    """The one question whose id is, or ends in, ``name``. Raises :class:`UseError`."""
    async with place.database.begin() as tx:
        rows = await queries.all_questions(tx)
    found = [row for row in rows if row.id == name or (len(name) >= 4 and row.id.endswith(name.lower()))]
    if len(found) > 1:
        raise UseError(f"er zijn {len(found)} vragen die op {name} eindigen; geef meer tekens")
    if not found:
        raise UseError("deze vraag is er niet; kijk met `desk list` welke vragen wachten")
    return found[0]


async def find_case(place: Workplace, name: str) -> CaseRow:
    """The one case that ``name`` is, or begins. Raises :class:`UseError`."""
    async with place.database.begin() as tx:
        rows = await queries.cases(tx)
    found = [row for row in rows if row.case == name or (len(name) >= 4 and row.case.startswith(name))]
    if len(found) != 1:
        text = "deze casus is hier niet bekend" if not found else "meer casussen beginnen zo; geef meer tekens"
        raise UseError(f"{text}; kijk met `cases`")
    return found[0]


async def persons(place: Workplace, case: CaseRef) -> tuple[SubjectRef, ...]:
    """The persons of a case in the order of its notification; the same numbers at notifier and house."""
    async with place.database.begin() as tx:
        rows = await queries.messages_of(tx, case, "aanmelding")
    items = [item for row in rows for item in row.source.manifest.items if not item.subject_category.startswith(STAFF)]
    return tuple(dict.fromkeys(item.subject for item in items))


async def find_person(place: Workplace, case: CaseRef, name: str) -> SubjectRef:
    """A person by number (from 1) or reference. Raises :class:`UseError`."""
    known = await persons(place, case)
    if name.isdecimal() and 1 <= int(name) <= len(known):
        return known[int(name) - 1]
    try:
        ref = SubjectRef(name)
    except IdError as error:
        raise UseError(f"geef het nummer van een persoon in deze casus: 1 tot en met {len(known)}") from error
    if known and ref not in known:
        raise UseError("deze persoon hoort niet bij deze casus; kijk met `cases --case`")
    return ref


def find_parties(place: Workplace, names: Iterable[str]) -> tuple[Address, ...]:
    """The addresses that are meant: ``oin:function``, a function, or an OIN. Raises :class:`UseError`."""
    return tuple(dict.fromkeys(_party(place, name) for name in names))


def _party(place: Workplace, name: str) -> Address:
    now = place.clock()
    parties = place.house.members(now).parties
    live = [row.address for row in parties.values() if row.left is None or now < row.left]
    found = [one for one in live if name in {one, one.function, one.oin}]
    if len(found) == 1:
        return found[0]
    if found:
        raise UseError(f"met {name} kunnen meer partijen bedoeld zijn; kies uit: {', '.join(sorted(found))}")
    try:
        return Address(name)  # the kernel says by which rule an unknown one may not be asked
    except IdError as error:
        known = ", ".join(sorted(one for one in live if one.function != HOUSE_FUNCTION))
        raise UseError(f"{name} is geen partij van dit huis; kies uit: {known}") from error


def own_address(place: Workplace, function: str | None) -> Address:
    """My own address by function; the only one, if there is one. Raises :class:`UseError`."""
    found = [one for one in place.settings.own if function in {None, one.function}]
    if len(found) != 1:
        names = ", ".join(one.function for one in place.settings.own)
        raise UseError(f"kies een functie van deze connector: {names}")
    return found[0]


def name_of(place: Workplace, address: Address) -> str:
    """How people call an address: the party's name in its accession, and its function."""
    accession = place.house.directory.accession(address.oin)
    return f"{accession.name} ({address.function})" if accession else str(address)
