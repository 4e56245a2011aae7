"""What the house writes in the meeting rests on what the parties gave: it names that, and they agreed (2.1, 3.5b-c).

``derived_from`` names the original of each with whose it is: only that party agrees, and only its word counts.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache, partial

from schemas.content import MESSAGE_CATEGORY, Ground, Item, Origin
from schemas.facts import AgreementFact
from schemas.ids import Address, Term
from schemas.rules.agreements import for_this_use, given_now, in_time, kept, least, may_follow
from schemas.rules.basis import live_decrees, marks_of, right_bases
from schemas.rules.matter import MEETING_PHASE, Matter, Piece
from schemas.rules.reason import Reason, because, decides, decides_item
from schemas.rules.secrecy import earliest_consent, needs_consent
from schemas.rules.uses import bound_to_its_purpose

_OF_OTHERS = frozenset({"/toestandsbeeld", "/bevat_categorieen"})
"""Fields that tell what others gave: the picture of the situation, and which categories are in the texts."""


def _own_text(matter: Matter, piece: Piece) -> Item | None:
    """The item, if it is the house's own text in the case meeting."""
    own = matter.from_house and not piece.passed_on and piece.item.category == MESSAGE_CATEGORY
    return piece.exact if own and matter.phase == MEETING_PHASE else None


@decides_item("afgeleid_niet_hier")
def derived_here(matter: Matter, piece: Piece) -> Iterator[Reason]:
    """2.1: only the house's own text in the case meeting, such as the plan, rests on items of others."""
    if piece.exact and piece.exact.derived_from and not _own_text(matter, piece):
        yield because("afgeleid_niet_hier", f"{piece.at}/derived_from")


@decides_item("herkomst_niet_genoemd")
def says_what_it_rests_on(matter: Matter, piece: Piece) -> Iterator[Reason]:
    """2.1, 3.5c: text of the house in the meeting that gives the picture of the situation, or says that data of some
    category are in it, names the items that it was made of (our reading); or nobody's agreement would be asked."""
    item = _own_text(matter, piece)
    if item and not item.derived_from and not _OF_OTHERS.isdisjoint(piece.paths):
        yield because("herkomst_niet_genoemd", f"{piece.at}/derived_from")


def _lacking(matter: Matter, origin: Origin, holder: Address, fact: AgreementFact) -> list[str]:
    """What an agreement about an original lacks to let something be made of it, as codes in a fixed order."""
    party = matter.party(origin.party)
    secret = needs_consent(matter.pack, party, fact.category)
    passed = {
        "herkomst_onbekend": party is not None,
        "akkoord_voor_toetreding": in_time(matter, fact, holder),
        "eigen_taak_zonder_akkoord": fact.task is None,
        "niet_voortgezet": kept(matter, origin.item) or given_now(matter, fact),
        "toestemming_niet_doorgegeven": not secret or fact.consent is not None or _weighed(matter, fact),
        "toestemming_buiten_fase": not secret or _asked_in_time(matter, fact),
        "toestemming_ingetrokken": not _taken_back(matter, fact),
        "doel_niet_verenigbaar": may_follow(matter, fact),
        "niet_in_deze_fase": _goes_here(matter, origin, fact),
        "besluit_ontbreekt": _decreed(matter, origin, fact),
    }
    return [code for code, passes in passed.items() if not passes]


def _goes_here(matter: Matter, origin: Origin, fact: AgreementFact) -> bool:
    """Whether data of this category go from this party with this kind of message at all (3.5a, 9.3)."""
    row = matter.pack.ceiling.get((matter.phase, matter.manifest.kind, fact.category, fact.subject_category))
    if row is None or (row.providers and origin.party.function not in row.providers):
        return False
    return not row.purposes or matter.manifest.purpose in row.purposes


def _decreed(matter: Matter, origin: Origin, fact: AgreementFact) -> bool:
    """Whether the decree that the basis of its provider asks for is on record and valid (6.4d)."""
    capacity, party = matter.capacity(origin.party), matter.party(origin.party)
    if capacity is None:
        return True
    named = {decree.basis for decree in live_decrees(party, matter.now)}
    bases = right_bases(matter.pack, capacity, party, fact.category, matter.now)
    known = [row for basis in bases if (row := matter.pack.basis.get(basis))]  # a pack may have lost it: then none
    return any(not row.decree or row.id in named for row in known)


def _asked_in_time(matter: Matter, fact: AgreementFact) -> bool:
    """Whether the consent is of the time that one for what is passed on is of (7.2a); none is not out of time."""
    earliest = earliest_consent(matter, own=False)
    return fact.consent is None or (earliest is not None and earliest <= fact.consent.date <= matter.today)


def _weighed(matter: Matter, fact: AgreementFact) -> bool:
    """Whether its provider weighed an exception for this use itself (7.2e)."""
    return fact.exception is not None and matter.coded("exception", fact.exception)


def _taken_back(matter: Matter, fact: AgreementFact) -> bool:
    """Whether its provider told that the consent was taken back (7.2d)."""
    return fact.consent is not None and any(
        (row.consent, row.provider) == (fact.consent.ref, fact.provider) for row in matter.facts.withdrawn
    )


def _article(matter: Matter, origin: Origin, code: str) -> str | None:
    """The article that a code cites here, where it is not its own."""
    phase = matter.pack.phase.get(matter.phase)
    if code == "niet_in_deze_fase":
        return phase.minimisation if phase else None
    if code != "doel_niet_verenigbaar":
        return None
    return bound_to_its_purpose(matter.pack, origin.party, matter.party(origin.party))


def _marks(matter: Matter, provider: Address) -> tuple[Term, ...]:
    """The marks that travel with data of this provider (7.1)."""
    capacity = matter.capacity(provider)
    return marks_of(matter.pack, capacity.regime) if capacity else ()


@decides(
    "akkoord_ontbreekt",
    "herkomst_onbekend",
    "akkoord_voor_toetreding",
    "eigen_taak_zonder_akkoord",
    "niet_voortgezet",
    "toestemming_niet_doorgegeven",
    "toestemming_buiten_fase",
    "toestemming_ingetrokken",
    "doel_niet_verenigbaar",
    "niet_in_deze_fase",
    "besluit_ontbreekt",
    items=True,
    cites=("2.1", "3.5b", "3.5c", "3.5d", "6.4d", "7.2a", "7.2b", "7.2d", "9.3", "13.5", "13.6"),
)
def derived_with_agreement(matter: Matter) -> Iterator[Reason]:
    """3.5b-d, 6.4d, 7.2, 9.3, 13.5, 13.6: each original is an item of this message, judged by itself, or its provider
    agreed to this use of it for each recipient; secrecy, the decree that it rests on and the purpose that it was given
    for stay with it, and its category is one that goes with this kind of message."""
    # Many texts are made of the same items, and all go to the same recipients.
    lacked = cache(partial(_lacked, matter))
    for piece in matter.pieces:
        item = _own_text(matter, piece)
        if item is None:
            continue
        for index, origin in enumerate(item.derived_from):
            # What is an item of this message too, other than the text itself, is judged there.
            others = matter.origins[origin] - (origin == item.origin)
            for code in () if others else lacked(origin):
                yield because(code, f"{piece.at}/derived_from/{index}", _article(matter, origin, code))


def _lacked(matter: Matter, origin: Origin) -> tuple[str, ...]:
    """What the nearest agreement about an original lacks for some recipient, each once."""
    codes: dict[str, None] = {}
    for holder in matter.manifest.to:
        facts = for_this_use(matter, origin, holder)
        codes |= dict.fromkeys(least([_lacking(matter, origin, holder, fact) for fact in facts]))
    return tuple(codes)


@decides_item("kenmerk_ontbreekt")
def derived_marks_stay(matter: Matter, piece: Piece) -> Iterator[Reason]:
    """7.1: the secrecy of police data travels with what is made of them too."""
    made_of = piece.exact.derived_from if piece.exact else ()
    conditions = piece.ground.conditions if isinstance(piece.ground, Ground) else ()
    if not {mark for origin in made_of for mark in _marks(matter, origin.party)}.issubset(conditions):
        yield because("kenmerk_ontbreekt", f"{piece.ground_at}/conditions")
