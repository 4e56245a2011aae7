"""What was taken back, is wrong, or is restricted goes no further, nor what was made of it (7.2d, 9.5, 13.7, 20)."""

from __future__ import annotations

from collections.abc import Iterator

from schemas.acts import Correction, Restriction, RestrictionEnd, Withdrawal
from schemas.content import Ground
from schemas.ids import ItemRef
from schemas.rules.matter import Matter, Piece
from schemas.rules.reason import Reason, because, decides, decides_act, decides_item

OWN_DESK = frozenset({"wpg", "wjsg"})
"""Regimes under which the provider itself decides about its data, outside 17.1-4 and 18-20 (17.5-6)."""

OverItems = Withdrawal | Correction | Restriction | RestrictionEnd


def _originals(piece: Piece) -> Iterator[tuple[str, ItemRef]]:
    """The items whose fate an item shares, with their places: its original, and what it was made of."""
    if piece.exact:
        yield f"{piece.at}/origin", piece.exact.origin.item
        for index, item in enumerate(piece.exact.derived_from):
            yield f"{piece.at}/derived_from/{index}", item


@decides_item("toestemming_ingetrokken", "item_onjuist")
def not_stopped(matter: Matter, piece: Piece) -> Iterator[Reason]:
    """7.2d, 9.5, 13.7: what rested on a consent that was withdrawn, or turned out wrong, goes no further."""
    if not matter.facts.stopped:
        return
    for place, item in _originals(piece):
        why = {fact.why for fact in matter.facts.stopped if fact.item == item}
        if "ingetrokken" in why:
            yield because("toestemming_ingetrokken", place)
        if "onjuist" in why:
            yield because("item_onjuist", place)


@decides("toestemming_ingetrokken", items=True)
def consent_stands(matter: Matter) -> Iterator[Reason]:
    """7.2d: no further provision on a consent that was withdrawn, from that moment."""
    withdrawn = {fact.consent for fact in matter.facts.withdrawn}
    for index, ground in enumerate(matter.manifest.grounds if withdrawn else ()):
        if isinstance(ground, Ground) and ground.consent and ground.consent.ref in withdrawn:
            yield because("toestemming_ingetrokken", f"/grounds/{index}/consent")


@decides_item("item_beperkt")
def not_restricted(matter: Matter, piece: Piece) -> Iterator[Reason]:
    """20, 21: what is restricted is stored and not used, except as 20.3 allows, which the ground then names."""
    if not matter.facts.restrictions:
        return
    conditions = piece.ground.conditions if isinstance(piece.ground, Ground) else ()
    if any(matter.coded("restricted_use", condition) for condition in conditions):
        return
    restricted = {fact.item for fact in matter.facts.restrictions}
    for place, item in _originals(piece):
        if item in restricted:
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
        elif capacity.regime in OWN_DESK and not isinstance(act, Withdrawal):
            yield because("eigen_loket", place)


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
