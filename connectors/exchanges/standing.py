"""What was decided about items since they went: taken back, wrong, restricted (7.2d, 9.5, 20). Known only here.

The decision on a message is of the moment of its entry. A recipient looks once more, with all that it holds today,
before it opens and files (wire.md, the last of its checks); and what lies in a case file already carries a mark from
the moment on that its provider, or the house, said so. The mark is worked out when somebody looks, from the signed
messages themselves: nothing is stored that could differ from these. Destroying is left to the terms of the case.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Literal

from connectors.exchanges.rows import KnownRow
from schemas.content import Ground, Inner, Item
from schemas.facts import Facts
from schemas.gathering import Source, gather
from schemas.ids import Address, HouseId, ItemRef, Reference
from schemas.manifest import Manifest
from schemas.members import Members
from schemas.pack import Pack
from schemas.policy import Refused, decide, decide_inner

Standing = Literal["ingetrokken", "onjuist", "beperkt"]
_LAST = 2**62
_SINCE = ("stopped", "withdrawn", "agreements")
"""What narrows an item after it went. A restriction is not among these: what is restricted is kept, and marked."""


def in_order(rows: Iterable[KnownRow]) -> list[Source]:
    """Each message once, in the order of the ledger; what has no place there yet comes last."""
    once = {row.sha256: row for row in rows}
    ordered = sorted(once.values(), key=lambda row: (_LAST if row.index is None else row.index, row.time))
    return [row.source for row in ordered]


def outruled(
    pack: Pack,
    facts: Facts,
    exact: Manifest,
    sources: Sequence[Source],
    thread: Source | None,
    at: datetime,
    inner: Inner | None = None,
) -> bool:
    """Whether a message that was allowed on ``facts`` would not be, with all that its recipient knows today.

    ``exact``: what it holds, on the wire or (with ``inner``) under a ceiling as it would stand in clear. ``sources``:
    all that is held of its case, in order.
    """
    today = _today(facts.house, facts.house_address, sources, exact, thread)
    since = {name: getattr(today, name) for name in _SINCE}
    if all(getattr(facts, name) == value for name, value in since.items()):
        return False
    now = facts.model_copy(update=since)
    decision = decide(pack, now, exact, at) if inner is None else decide_inner(pack, now, exact, inner, at)
    return isinstance(decision, Refused)


def standing(
    house: HouseId, address: Address, sources: Sequence[Source], exact: Manifest
) -> Mapping[ItemRef, Standing]:
    """Which items of a message that was filed are not to be used, and why. ``sources`` as for :func:`outruled`."""
    today = _today(house, address, sources, exact)
    stopped = {(fact.provider, fact.item): fact.why for fact in today.stopped}
    withdrawn = {(fact.provider, fact.consent) for fact in today.withdrawn}
    restricted = {(fact.provider, fact.item) for fact in today.restrictions}
    found: dict[ItemRef, Standing] = {}
    for item in exact.exact_items:
        originals = [(origin.party, origin.item) for origin in (item.origin, *item.derived_from)]
        if not restricted.isdisjoint(originals):
            found[item.item] = "beperkt"
        if _lifted(exact, item, withdrawn):
            found[item.item] = "ingetrokken"
        for original in originals:
            if original in stopped:
                found[item.item] = stopped[original]
    return found


def _lifted(exact: Manifest, item: Item, withdrawn: set[tuple[Address, Reference]]) -> bool:
    """Whether an item stands on a consent that was taken back."""
    ground = exact.grounds[item.ground]
    consent = ground.consent if isinstance(ground, Ground) else None
    return consent is not None and (item.origin.party, consent.ref) in withdrawn


def _today(
    house: HouseId, address: Address, sources: Sequence[Source], exact: Manifest, thread: Source | None = None
) -> Facts:
    # Unbounded: else who says ever more about an item would hide what others said of the rest.
    return gather(Members(house, address, {}, ()), sources, exact, thread, bounded=False).facts
