"""What was taken back, is wrong, or is restricted goes no further, nor what was made of it (7.2d, 9.5, 13.7, 20)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from schemas.acts import Correction, Restriction, RestrictionEnd, Withdrawal
from schemas.content import Ground
from schemas.facts import RestrictionFact, StoppedFact
from schemas.ids import Address, ItemRef
from schemas.rules.matter import Matter, Piece
from schemas.rules.reason import Reason, because, decides, decides_act, decides_item

OWN_DESK = frozenset({"politie", "om"})
"""Who itself decides about its data, outside 17.1-4 and 18-20: the OM (17.5) and the police (17.6), and nobody else."""

BY_CONSENT = "toestemming_betrokkene"
"""The exception of 20.3 that the person gives."""

GRANTED = "verzet_toegewezen"
"""The ground of a restriction by which an objection is carried out (21.4)."""

OverItems = Withdrawal | Correction | Restriction | RestrictionEnd


def _of(facts: Iterable[StoppedFact]) -> set[tuple[Address, ItemRef]]:
    return {(fact.provider, fact.item) for fact in facts}


@decides_item("toestemming_ingetrokken", "item_onjuist")
def not_stopped(matter: Matter, piece: Piece) -> Iterator[Reason]:
    """7.2d, 9.5, 13.7: what rested on a consent that was withdrawn, or turned out wrong, goes no further."""
    if not matter.facts.stopped:
        return
    taken_back = _of(fact for fact in matter.facts.stopped if fact.why == "ingetrokken")
    wrong = _of(fact for fact in matter.facts.stopped if fact.why == "onjuist")
    for place, origin in piece.originals:
        if (origin.party, origin.item) in taken_back:
            yield because("toestemming_ingetrokken", place)
        if (origin.party, origin.item) in wrong:
            yield because("item_onjuist", place)


@decides("toestemming_ingetrokken", items=True)
def consent_stands(matter: Matter) -> Iterator[Reason]:
    """7.2d: no further provision on a consent that was withdrawn, from that moment; its provider tells that."""
    withdrawn = {(fact.consent, fact.provider) for fact in matter.facts.withdrawn}
    for item in matter.manifest.exact_items:
        ground = matter.manifest.grounds[item.ground]
        if isinstance(ground, Ground) and ground.consent and (ground.consent.ref, item.origin.party) in withdrawn:
            yield because("toestemming_ingetrokken", f"/grounds/{item.ground}/consent")


def _excepted(matter: Matter, piece: Piece, fact: RestrictionFact) -> bool:
    """Whether the ground names a use of 20.3: by consent only where the person gave it after the restriction."""
    ground = piece.ground
    if not isinstance(ground, Ground) or fact.provider != matter.manifest.sender:
        return False
    named = {code for code in ground.conditions if matter.coded("restricted_use", code)}
    if ground.consent and ground.consent.date > fact.since.date():
        return bool(named)
    return bool(named - {BY_CONSENT})


@decides_item("item_beperkt", "verzet_toegewezen_blijft")
def not_restricted(matter: Matter, piece: Piece) -> Iterator[Reason]:
    """20, 21: what is restricted is stored and not used, except as 20.3 allows: its own provider then sends it itself
    and names that in the ground. Nobody else lifts a restriction by his own word. 20.3 is about restrictions of 20.2:
    an objection that was granted is carried out (21.4), and nothing excepts from it."""
    if not matter.facts.restrictions:
        return
    for place, origin in piece.originals:
        whose = (origin.party, origin.item)
        facts = [fact for fact in matter.facts.restrictions if (fact.provider, fact.item) == whose]
        if any(fact.ground == GRANTED for fact in facts):
            yield because("verzet_toegewezen_blijft", place)
        if any(fact.ground != GRANTED and not _excepted(matter, piece, fact) for fact in facts):
            yield because("item_beperkt", place)


@decides_act("herkomst_onbekend", "item_van_ander", "eigen_loket")
def decided_by_whose_it_is(matter: Matter, act: OverItems) -> Iterator[Reason]:
    """2.1, 17.5-6: a party decides about its own items; the house about those that came in under the general
    regulation, as far as that is for the case to decide. The consent of a person is its provider's alone."""
    for index, origin in enumerate(act.items):
        place, capacity = f"/act/items/{index}/party", matter.pack.capacity.get(origin.party.function)
        if origin.party == matter.manifest.sender:
            continue
        if not matter.from_house or isinstance(act, Withdrawal):
            yield because("item_van_ander", place)
        if capacity is None:
            yield because("herkomst_onbekend", place)
        elif capacity.id in OWN_DESK and not isinstance(act, Withdrawal):
            yield because("eigen_loket", place)


@decides_act("intrekking_niet_gemeld")
def withdrawal_told_to_the_house(matter: Matter, _: Withdrawal) -> Iterator[Reason]:
    """7.2d, 13.7: who hears of a withdrawal tells the procesregisseur, who passes the data on, whoever else is told."""
    if matter.facts.house_address not in matter.manifest.to:
        yield because("intrekking_niet_gemeld", "/to")


@decides_act("correctie_niet_gemeld")
def told_to_who_coordinates(matter: Matter, _: Correction) -> Iterator[Reason]:
    """9.5: who learns that its data are wrong tells the procesregisseur, and who directs the case."""
    case, manifest = matter.facts.case, matter.manifest
    director = matter.party(case.casusregie) if case else None
    told = {manifest.sender, *manifest.to}
    if matter.facts.house_address not in told:
        yield because("correctie_niet_gemeld", "/to")
    # One that left the house gets nothing any more (30).
    if director and director.left is None and director.address not in told:
        yield because("correctie_niet_gemeld", "/to")


@decides_act("beperking_grond_onbekend")
def known_restriction(matter: Matter, act: Restriction | RestrictionEnd) -> Iterator[Reason]:
    """20.2, 21: an item is restricted, or used again, on a ground of the pack."""
    if isinstance(act, Restriction):
        known, place = matter.coded("restriction", act.ground), "/act/ground"
    else:
        known, place = matter.coded("restriction_end", act.reason), "/act/reason"
    if not known:
        yield because("beperking_grond_onbekend", place)
