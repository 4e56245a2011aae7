"""Who belongs, in which function, under which pack (5.1, 6.4, 28-30)."""

from __future__ import annotations

from collections.abc import Iterator

from schemas.acts import Invitation, PhaseDecision
from schemas.ids import Address
from schemas.rules.matter import Matter, Piece
from schemas.rules.reason import Reason, because, decides, decides_item


@decides("pakket_anders", "pakket_niet_van_kracht", "pakket_van_de_vraag")
def pack_in_force(matter: Matter) -> Iterator[Reason]:
    """28: the pack is the one in force; an answer is decided under its question's pack until the deadline."""
    manifest, thread, now = matter.manifest, matter.facts.thread, matter.now
    if matter.pack.digest != manifest.pack:
        yield because("pakket_anders", "/pack")
    fact = next((row for row in matter.facts.packs if row.digest == manifest.pack), None)
    question = thread if thread is not None and thread.id == manifest.reply_to else None
    if question and matter.kind and matter.kind.items == "ceiling" and question.pack != manifest.pack:
        yield because("pakket_van_de_vraag", "/pack")
    started = fact is not None and fact.since <= now
    ended = fact is not None and fact.until is not None and fact.until <= now
    if ended and question and question.pack == manifest.pack:
        ended = now >= (question.ceiling.expires if question.ceiling else question.expires)
    if not started or ended:
        yield because("pakket_niet_van_kracht", "/pack")


def _places(matter: Matter) -> Iterator[tuple[str, Address]]:
    manifest = matter.manifest
    yield "/from", manifest.sender
    for index, address in enumerate(manifest.to):
        yield f"/to/{index}", address
    if manifest.on_behalf_of:
        yield "/on_behalf_of", manifest.on_behalf_of
    if isinstance(manifest.act, PhaseDecision) and manifest.act.casusregie:
        yield "/act/casusregie", manifest.act.casusregie
    if isinstance(manifest.act, Invitation):
        for index, address in enumerate(manifest.act.admit):
            yield f"/act/admit/{index}", address


@decides("niet_toegetreden")
def acceded(matter: Matter) -> Iterator[Reason]:
    """29: only who acceded in this function sends, receives or is acted for."""
    for place, address in _places(matter):
        party = matter.party(address)
        if party is None or matter.now < party.since:
            yield because("niet_toegetreden", place)


@decides("uitgetreden")
def not_left(matter: Matter) -> Iterator[Reason]:
    """28.3, 30: who left or was excluded loses access at once; nothing goes to the house for its sake either.

    A case whose notifier or director left can still go to its end, of which that one is told, or to another director
    (9.4, 11): else it would stay open, and its terms would never begin.
    """
    manifest, house = matter.manifest, matter.facts.house_address
    places: list[tuple[str, Address | None]] = list(_places(matter))
    if house in manifest.to:
        places.append((f"/to/{manifest.to.index(house)}", matter.acting_for))
    for place, address in places:
        spoken_for = address == matter.acting_for and address != manifest.sender and not place.startswith("/act/")
        told = matter.ending or place == "/on_behalf_of" or address not in manifest.to
        if not (spoken_for and told and not matter.for_another) and matter.gone(address):
            yield because("uitgetreden", place)


@decides_item("verstrekker_uitgetreden")
def provider_belongs(matter: Matter, piece: Piece) -> Iterator[Reason]:
    """3.5c, 30: what came from a party that left goes no further, nor what is made of it: nobody is there any more to
    agree, to take that back, or to put it right. Its agreements and permissions are about such items and no others."""
    for place, origin in piece.originals:
        # Of who sends itself it was said already that it left.
        if origin.party != matter.manifest.sender and matter.gone(origin.party):
            yield because("verstrekker_uitgetreden", place)


@decides("hoedanigheid_onbekend")
def known_capacity(matter: Matter) -> Iterator[Reason]:
    """6.4: a party acts only in a capacity that the pack knows."""
    for place, address in _places(matter):
        if address != matter.facts.house_address and address.function not in matter.pack.capacity:
            yield because("hoedanigheid_onbekend", place)


@decides("ontvanger_zonder_grondslag")
def receiving_capacity(matter: Matter) -> Iterator[Reason]:
    """6.4: case data go only to a party in a capacity; who has none may provide, never receive."""
    if matter.carries:
        for index, address in enumerate(matter.manifest.to):
            capacity = matter.capacity(address)
            if capacity is None or not capacity.receives:
                yield because("ontvanger_zonder_grondslag", f"/to/{index}")


@decides("namens_ontbreekt", "namens_onjuist", "namens_alleen_huis")
def on_behalf(matter: Matter) -> Iterator[Reason]:
    """5.1: each message of the house names the party that it acts for, and it is the one of the case."""
    named = matter.manifest.on_behalf_of
    if matter.from_house and named is None:
        yield because("namens_ontbreekt", "/on_behalf_of")
    elif matter.from_house and named != matter.acting_for:
        yield because("namens_onjuist", "/on_behalf_of")
    elif named and not matter.from_house:
        yield because("namens_alleen_huis", "/on_behalf_of")


@decides("huis_zonder_grondslag")
def house_has_ground(matter: Matter) -> Iterator[Reason]:
    """5.1, 6.4: the house acts only for a party that has a capacity itself."""
    house = matter.facts.house_address
    if matter.for_another and house in {matter.manifest.sender, *matter.manifest.to}:
        capacity = matter.capacity(house)
        if capacity is None or not capacity.receives:
            yield because("huis_zonder_grondslag", "/on_behalf_of" if matter.from_house else "/from")
