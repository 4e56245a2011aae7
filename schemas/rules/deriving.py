"""What the house writes in the meeting rests on what the parties gave: it names that, and they agreed (2.1, 3.5b-c).

``derived_from`` names items, not their providers: whose an item is, is seen here by who agreed.
"""

from __future__ import annotations

from collections.abc import Iterator

from schemas.content import MESSAGE_CATEGORY, Ground
from schemas.facts import AgreementFact
from schemas.ids import Address, ItemRef
from schemas.rules.agreements import for_this_use, given_now, in_time, kept, least
from schemas.rules.matter import MEETING_PHASE, Matter, Piece
from schemas.rules.reason import Reason, because, decides_item
from schemas.rules.secrecy import needs_consent
from schemas.rules.uses import bound_to_its_purpose, compatible


def _elsewhere(matter: Matter, piece: Piece) -> Iterator[tuple[str, ItemRef]]:
    """The originals that are no items of this message, with their places: those that are, are judged themselves."""
    if piece.exact is None or not piece.exact.derived_from:
        return
    here = {item.item for item in matter.manifest.exact_items if item is not piece.exact}
    here |= {item.origin.item for item in matter.manifest.exact_items if item is not piece.exact}
    for index, item in enumerate(piece.exact.derived_from):
        if item not in here:
            yield f"{piece.at}/derived_from/{index}", item


@decides_item("afgeleid_niet_hier")
def derived_here(matter: Matter, piece: Piece) -> Iterator[Reason]:
    """2.1: only the house's own text in the case meeting, such as the plan, rests on items of others."""
    item = piece.exact
    if item is None or not item.derived_from:
        return
    own = matter.from_house and not piece.passed_on and item.category == MESSAGE_CATEGORY
    if not own or matter.phase != MEETING_PHASE:
        yield because("afgeleid_niet_hier", f"{piece.at}/derived_from")


def _lacking(matter: Matter, piece: Piece, item: ItemRef, holder: Address, fact: AgreementFact) -> list[str]:
    """What an agreement about an original lacks to let something be made of it, as codes in a fixed order."""
    party = matter.party(fact.provider)
    bound = bound_to_its_purpose(matter.pack, fact.provider, party) is not None
    passed = {
        "herkomst_onbekend": party is not None,
        "akkoord_voor_toetreding": in_time(matter, fact, holder),
        "eigen_taak_zonder_akkoord": fact.task is None,
        "niet_voortgezet": kept(matter, item) or given_now(matter, fact),
        "toestemming_niet_doorgegeven": bool(fact.consent) or not needs_consent(matter.pack, party, fact.category),
        "doel_niet_verenigbaar": not bound or compatible(matter.pack, fact.given_for, matter.manifest.purpose),
        "kenmerk_ontbreekt": _marked(matter, piece, fact.provider),
    }
    return [code for code, passes in passed.items() if not passes]


def _marked(matter: Matter, piece: Piece, provider: Address) -> bool:
    """Whether the ground names the marks that travel with data of this provider (7.1)."""
    capacity = matter.capacity(provider)
    marks = matter.pack.marks.get(capacity.regime, ()) if capacity else ()
    return not marks or (isinstance(piece.ground, Ground) and set(marks) <= set(piece.ground.conditions))


@decides_item(
    "akkoord_ontbreekt",
    "herkomst_onbekend",
    "akkoord_voor_toetreding",
    "eigen_taak_zonder_akkoord",
    "niet_voortgezet",
    "toestemming_niet_doorgegeven",
    "doel_niet_verenigbaar",
    "kenmerk_ontbreekt",
)
def derived_with_agreement(matter: Matter, piece: Piece) -> Iterator[Reason]:
    """3.5b-d, 7, 13.5, 13.6: each original is an item of this message, judged by itself, or its provider agreed to
    this use of it for each recipient; secrecy, its marks and the purpose that it was given for stay with it."""
    for place, item in _elsewhere(matter, piece):
        for holder in piece.provision.to:
            facts = for_this_use(matter, item, holder)
            for code in least([_lacking(matter, piece, item, holder, fact) for fact in facts]):
                yield because(code, place)


@decides_item("kenmerk_ontbreekt")
def derived_marks_stay(matter: Matter, piece: Piece) -> Iterator[Reason]:
    """7.1: the secrecy of police data in the same message travels with what is made of them too."""
    sources = set(piece.exact.derived_from) if piece.exact else set()
    for item in matter.manifest.exact_items if sources else ():
        if {item.item, item.origin.item} & sources and not _marked(matter, piece, item.origin.party):
            yield because("kenmerk_ontbreekt", f"{piece.ground_at}/conditions")
