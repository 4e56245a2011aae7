"""The provider keeps control: what goes on to somebody else goes with its agreement (2.1, 3.5b-d, 13.5, 13.6).

For each recipient one agreement must say it all: this person, category and fields, in time, for this task, on this
consent, for a compatible purpose. What one agreement says for one recipient does not help out another.
"""

from __future__ import annotations

from collections.abc import Iterator

from schemas.acts import Deed
from schemas.content import MESSAGE_CATEGORY, ConsentRef, Ground, Origin, TaskRef
from schemas.facts import AgreementFact, PartyFact
from schemas.ids import Address, ItemRef, Term
from schemas.lifecycle import FIRST_PHASE
from schemas.rules.matter import Matter, Piece
from schemas.rules.permissions import permitted
from schemas.rules.reason import Reason, because, decides, decides_item
from schemas.rules.secrecy import needs_consent, secrecies
from schemas.rules.uses import bound_to_its_purpose, compatible


def for_this_use(matter: Matter, origin: Origin, holder: Address) -> list[AgreementFact]:
    """What the provider of an item agreed to for this phase, purpose and recipient, as far as it has not ended."""
    by_holder = matter.agreements.get((origin.party, origin.item), {})
    return [*by_holder.get(holder, ()), *by_holder.get(holder.function, ())]


def in_time(matter: Matter, fact: AgreementFact, holder: Address) -> bool:
    """Whether the holder was meant: one for a function is for who was in the meeting by then, no late joiner (3.5c)."""
    row = matter.roster_row(holder)
    return fact.holder == holder or row is None or row.role != "deelnemer" or row.since <= fact.since


def own_task(matter: Matter, piece: Piece) -> TaskRef | None:
    """The task of a party's own for which another's item is to be used, if it is that (3.5d).

    The sender's own, and in an ``actie`` the recipient's (5.3.2), whoever sends it. The task of whom the house acts for
    is the case's.
    """
    if piece.ground is None:
        return None
    task, act = piece.ground.task, matter.manifest.act
    mine = task.of == matter.manifest.sender
    theirs = isinstance(act, Deed) and task.of in matter.manifest.to and task.of != matter.acting_for
    return task if mine or theirs else None


def kept(matter: Matter, item: ItemRef) -> bool:
    """Whether the procesregisseur marked it necessary in this phase, for a purpose that counts as this one (3.5b)."""
    return item in matter.kept


def given_now(matter: Matter, fact: AgreementFact) -> bool:
    """Whether its provider gave it for this purpose, and in this phase: it is a purpose of no other (3.5b)."""
    row = matter.pack.purpose.get(fact.given_for)
    return row is not None and row.phases == (matter.manifest.phase,) and fact.given_for in matter.purposes


def may_follow(matter: Matter, fact: AgreementFact) -> bool:
    """Whether the purpose that it was given for goes with this one; of some providers it need not (13.5, 13.6)."""
    bound = bound_to_its_purpose(matter.pack, fact.provider, matter.party(fact.provider))
    return bound is None or compatible(matter.pack, fact.given_for, matter.manifest.purpose)


def least(lacking: list[list[str]]) -> list[str]:
    """What the agreement lacks that comes nearest; nothing, where one suffices."""
    return min(lacking, key=lambda codes: (len(codes), codes), default=["akkoord_ontbreekt"])


class _Passing:
    """One item that somebody passes on, and what an agreement to that must say whoever it goes to."""

    def __init__(self, matter: Matter, piece: Piece, origin: Origin) -> None:
        self._matter, self._piece, self.origin = matter, piece, origin
        self._task = own_task(matter, piece)
        case = matter.facts.case
        first = case is None or case.phase == FIRST_PHASE
        self._kept = first or kept(matter, origin.item)
        ground = piece.ground if isinstance(piece.ground, Ground) else None
        secret = needs_consent(matter.pack, piece.party, piece.item.category)
        self._consent: ConsentRef | None = ground.consent if ground and secret else None
        self._exception: Term | None = ground.exception if ground else None

    def lacks(self, holder: Address) -> list[str]:
        """What the nearest agreement lacks for a recipient, as codes in a fixed order; nothing, where one does."""
        found = [self._lacking(fact, holder) for fact in for_this_use(self._matter, self.origin, holder)]
        return least(found) if found else self._without()

    def _without(self) -> list[str]:
        passed = {
            "akkoord_ontbreekt": False,
            "toestemming_niet_doorgegeven": self._consent is None,
            "uitzondering_van_ander": self._exception is None,
            "niet_voortgezet": self._kept,
        }
        return [code for code, passes in passed.items() if not passes]

    def _lacking(self, fact: AgreementFact, holder: Address) -> list[str]:
        passed = {
            "akkoord_anders": self._same_thing(fact),
            "akkoord_voor_toetreding": in_time(self._matter, fact, holder),
            "eigen_taak_zonder_akkoord": fact.task == self._task,
            "toestemming_niet_doorgegeven": self._consent in {None, fact.consent},
            "uitzondering_van_ander": self._exception in {None, fact.exception},
            "doel_niet_verenigbaar": may_follow(self._matter, fact),
            "niet_voortgezet": self._kept or given_now(self._matter, fact),
        }
        return [code for code, passes in passed.items() if not passes]

    def _same_thing(self, fact: AgreementFact) -> bool:
        item = self._piece.item
        about = (fact.subject, fact.subject_category, fact.category)
        same = about == (item.subject, item.subject_category, item.category)
        return same and set(self._piece.paths) <= set(fact.fields)


_OF_AN_AGREEMENT = frozenset(
    {"akkoord_ontbreekt", "akkoord_anders", "akkoord_voor_toetreding", "eigen_taak_zonder_akkoord"}
)
"""What is wrong with the agreement itself, so that of data under secrecy it is no agreement at all (13.6)."""


@decides_item(
    "akkoord_ontbreekt",
    "akkoord_anders",
    "akkoord_voor_toetreding",
    "eigen_taak_zonder_akkoord",
    "toestemming_niet_doorgegeven",
    "uitzondering_van_ander",
    "doel_niet_verenigbaar",
    "niet_voortgezet",
    "geheim_zonder_akkoord",
)
def provider_agreed(matter: Matter, piece: Piece) -> Iterator[Reason]:
    """3.5b-d, 7.2b, e, 13.5, 13.6: an own item goes as it is; another's only with its agreement for this phase,
    purpose, recipient and task, no more of it than was agreed to, on the consent or the exception that it named, for a
    purpose that goes with that of the provision, and marked necessary where it was of another phase or purpose.

    To its own provider it goes back where it goes to another with that agreement: then it is known to be what it says.
    """
    if piece.exact is None or not piece.passed_on or permitted(matter, piece):
        return
    passing, place = _Passing(matter, piece, piece.exact.origin), f"{piece.at}/origin"
    lacking = {holder: passing.lacks(holder) for holder in piece.provision.to}
    known = not all(lacking.values())
    for holder, codes in lacking.items():
        if holder == piece.exact.origin.party and known:
            continue
        for code in codes:
            yield because(code, place, _article(matter, passing.origin.party, piece.party, code))
        if _OF_AN_AGREEMENT & set(codes) and secrecies(matter.pack, piece.party):
            yield because("geheim_zonder_akkoord", place)


def _article(matter: Matter, provider: Address, party: PartyFact | None, code: str) -> str | None:
    """The article that a code cites here, where it is not its own."""
    return bound_to_its_purpose(matter.pack, provider, party) if code == "doel_niet_verenigbaar" else None


@decides_item("huis_geen_bron", "huis_zendt_zelf")
def first_provider_named(matter: Matter, piece: Piece) -> Iterator[Reason]:
    """2.1: the house gives of its own only the message itself and its staff, and sends that itself; all else names the
    party it is from."""
    item = piece.exact
    if item is None or item.origin.party != matter.facts.house_address:
        return
    if not matter.from_house:
        yield because("huis_zendt_zelf", f"{piece.at}/origin/party")
    if item.category != MESSAGE_CATEGORY and item.subject_category not in matter.pack.staff:
        yield because("huis_geen_bron", f"{piece.at}/origin/party")


@decides("item_bekend", items=True)
def new_numbers(matter: Matter) -> Iterator[Reason]:
    """2.1: an item's number is used once in a house, so that what is decided about it is about it alone."""
    if matter.facts.item_taken and matter.manifest.exact_items:
        yield because("item_bekend", "/items")
