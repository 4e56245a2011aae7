"""The provider keeps control: what goes on to somebody else goes with its agreement (2.1, 3.5b-d, 13.5, 13.6)."""

from __future__ import annotations

from collections.abc import Iterator

from schemas.acts import Deed
from schemas.content import MESSAGE_CATEGORY, Ground, Item, TaskRef
from schemas.facts import AgreementFact
from schemas.ids import Address, ItemRef
from schemas.lifecycle import FIRST_PHASE
from schemas.rules.matter import Matter, Piece
from schemas.rules.permissions import permitted
from schemas.rules.reason import Reason, because, decides, decides_item
from schemas.rules.secrecy import needs_consent, secrecies
from schemas.rules.uses import bound_to_its_purpose, compatible, same_purpose


def for_this_use(matter: Matter, item: ItemRef, holder: Address) -> list[AgreementFact]:
    """The agreements about an item for this phase, purpose and recipient that have not ended.

    What counts as one purpose is agreed to as one, and refused as one (3.5b).
    """
    return [
        fact
        for fact in matter.facts.agreements
        if fact.item == item
        and fact.holder in {holder, holder.function}
        and fact.phase == matter.manifest.phase
        and same_purpose(matter.pack, fact.purpose, matter.manifest.purpose)
        and not any(same_purpose(matter.pack, purpose, matter.manifest.purpose) for purpose in fact.refused)
        and matter.now < fact.until
    ]


def _same_thing(fact: AgreementFact, piece: Piece) -> bool:
    item = piece.item
    about = (fact.subject, fact.subject_category, fact.category)
    return about == (item.subject, item.subject_category, item.category) and set(piece.paths) <= set(fact.fields)


def in_time(matter: Matter, fact: AgreementFact, holder: Address) -> bool:
    """Whether the holder was meant: one for a function is for who was in the meeting by then, no late joiner (3.5c)."""
    row = matter.roster_row(holder)
    return fact.holder == holder or row is None or row.role != "deelnemer" or row.since <= fact.since


def own_task(matter: Matter, piece: Piece) -> TaskRef | None:
    """The task of a party's own for which another's item is to be used, if it is that (3.5d).

    The sender's own; in an ``actie`` also the recipient's (5.3.2). The task of whom the house acts for is the case's.
    """
    if piece.ground is None or matter.from_house:
        return None
    task, act = piece.ground.task, matter.manifest.act
    mine = task.of == matter.manifest.sender
    theirs = isinstance(act, Deed) and task.of in matter.manifest.to and task.of != matter.acting_for
    return task if mine or theirs else None


def _covering(matter: Matter, piece: Piece, holder: Address) -> list[AgreementFact]:
    origin = piece.exact.origin if piece.exact else None
    facts = for_this_use(matter, origin.item, holder) if origin else []
    return [fact for fact in facts if origin and fact.provider == origin.party]


def _lacking(matter: Matter, piece: Piece, holder: Address, fact: AgreementFact) -> list[str]:
    """What an agreement about an item lacks to let it go to a recipient, as codes in a fixed order."""
    passed = {
        "akkoord_anders": _same_thing(fact, piece),
        "akkoord_voor_toetreding": in_time(matter, fact, holder),
        "eigen_taak_zonder_akkoord": fact.task == own_task(matter, piece),
    }
    return [code for code, passes in passed.items() if not passes]


def agreed_to(matter: Matter, piece: Piece, holder: Address) -> list[AgreementFact]:
    """The agreements by which an item may go to a recipient: for just this person, category, fields and task."""
    return [fact for fact in _covering(matter, piece, holder) if not _lacking(matter, piece, holder, fact)]


def least(lacking: list[list[str]]) -> list[str]:
    """What the agreement lacks that comes nearest; nothing, where one suffices."""
    return min(lacking, key=lambda codes: (len(codes), codes), default=["akkoord_ontbreekt"])


def _needing(matter: Matter, piece: Piece) -> Iterator[tuple[Item, Address]]:
    """To whom an item of another goes on with that one's agreement: to all but its own provider (2.1)."""
    if piece.exact and piece.passed_on and not permitted(matter, piece):
        for holder in piece.provision.to:
            if holder != piece.exact.origin.party:
                yield piece.exact, holder


@decides_item(
    "akkoord_ontbreekt",
    "akkoord_anders",
    "akkoord_voor_toetreding",
    "eigen_taak_zonder_akkoord",
    "geheim_zonder_akkoord",
)
def provider_agreed(matter: Matter, piece: Piece) -> Iterator[Reason]:
    """3.5c, d, 13.6: an own item goes as it is; another's only with its agreement for this phase, purpose, recipient
    and task, and no more of it than was agreed to. To its own provider it may always go back."""
    for _, holder in _needing(matter, piece):
        lacking = least([_lacking(matter, piece, holder, fact) for fact in _covering(matter, piece, holder)])
        for code in lacking:
            yield because(code, f"{piece.at}/origin")
        if lacking and secrecies(matter.pack, piece.party):
            yield because("geheim_zonder_akkoord", f"{piece.at}/origin")


@decides_item("toestemming_niet_doorgegeven")
def consent_named_in_agreement(matter: Matter, piece: Piece) -> Iterator[Reason]:
    """7.2b: what goes on under secrecy goes on the consent that its provider named when it agreed (our reading)."""
    consent = piece.ground.consent if isinstance(piece.ground, Ground) else None
    if not piece.exact or not piece.passed_on or consent is None:
        return
    if needs_consent(matter.pack, piece.party, piece.item.category):
        given = {fact.consent for holder in piece.provision.to for fact in agreed_to(matter, piece, holder)}
        if consent not in given:
            yield because("toestemming_niet_doorgegeven", f"{piece.at}/origin")


@decides_item("doel_niet_verenigbaar", cites=("13.5", "13.6"))
def for_a_compatible_purpose(matter: Matter, piece: Piece) -> Iterator[Reason]:
    """13.5, 13.6: what comes from police, OM or who is under secrecy goes on for a compatible purpose only."""
    for item, holder in _needing(matter, piece):
        article = bound_to_its_purpose(matter.pack, item.origin.party, piece.party)
        given = agreed_to(matter, piece, holder) if article else []
        if given and not any(compatible(matter.pack, fact.given_for, matter.manifest.purpose) for fact in given):
            yield because("doel_niet_verenigbaar", f"{piece.at}/origin", article)


def kept(matter: Matter, item: ItemRef) -> bool:
    """Whether the procesregisseur marked it necessary in this phase, for a purpose that counts as this one (3.5b)."""
    case = matter.facts.case
    return case is not None and any(
        row.item == item and same_purpose(matter.pack, row.purpose, matter.manifest.purpose) for row in case.kept
    )


def given_now(matter: Matter, fact: AgreementFact) -> bool:
    """Whether its provider gave it for this purpose, and in this phase: it is a purpose of no other (3.5b)."""
    row = matter.pack.purpose.get(fact.given_for)
    return (
        row is not None
        and row.phases == (matter.manifest.phase,)
        and same_purpose(matter.pack, fact.given_for, matter.manifest.purpose)
    )


@decides_item("niet_voortgezet")
def taken_along(matter: Matter, piece: Piece) -> Iterator[Reason]:
    """3.5b: what was given in another phase or for another purpose is passed on only if it was marked necessary."""
    case = matter.facts.case
    if case is None or case.phase == FIRST_PHASE or not piece.exact or not piece.passed_on:
        return
    if permitted(matter, piece) or kept(matter, piece.exact.origin.item):
        return
    others = [holder for holder in piece.provision.to if holder != piece.exact.origin.party]
    now = [any(given_now(matter, fact) for fact in agreed_to(matter, piece, holder)) for holder in others]
    if not now or not all(now):
        yield because("niet_voortgezet", f"{piece.at}/origin")


@decides_item("huis_geen_bron")
def first_provider_named(matter: Matter, piece: Piece) -> Iterator[Reason]:
    """2.1: the house gives of its own only the message itself and its staff; all else names the party it is from."""
    item = piece.exact
    if item is None or item.origin.party != matter.facts.house_address:
        return
    if item.category != MESSAGE_CATEGORY and item.subject_category not in matter.pack.staff:
        yield because("huis_geen_bron", f"{piece.at}/origin/party")


@decides("item_bekend", items=True)
def new_numbers(matter: Matter) -> Iterator[Reason]:
    """2.1: an item's number is used once in a house, so that what is decided about it is about it alone."""
    if matter.facts.item_taken and matter.manifest.exact_items:
        yield because("item_bekend", "/items")
