"""How much may be known of one message: no more than every reader of its entry and of its delivery takes.

Facts stand in the ledger's entry and travel with their sources. What no reader can take would be lost at every
recipient while the ledger says that it went; so such a message is refused before it is written (12), and its sender
splits it. The numbers leave room for the rest: a reader takes 384 KiB, 10 000 values and 500 sources of one delivery.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from schemas.facts import CaseFact, Facts
from schemas.gathering_sources import Source
from schemas.ids import Address
from schemas.manifest import Manifest

MOST_SOURCES = 250
MOST_SOURCE_BYTES = 16 * 1024 * 1024
"""Of all manifests behind one message together, as far as they are more than ``FEW_SOURCES``."""
MOST_FACTS_BYTES = 256 * 1024
MOST_FACTS_NODES = 8_000
FEW_SOURCES = 32
"""So many can travel whatever their length: each was taken in as one message."""
_LEAST_BYTES_A_NODE = 2


def too_large(facts: Facts, sources: Collection[Source]) -> bool:
    """Whether facts or their sources are more than a reader takes."""
    if len(sources) > MOST_SOURCES:
        return True
    if len(sources) > FEW_SOURCES:
        length = sum(len(source.manifest.model_dump_json(exclude_none=True)) for source in sources)
        if length > MOST_SOURCE_BYTES:
            return True
    length = len(facts.model_dump_json(exclude_none=True).encode())
    if length <= MOST_FACTS_NODES * _LEAST_BYTES_A_NODE:
        return False
    return length > MOST_FACTS_BYTES or nodes_of(facts) > MOST_FACTS_NODES


def nodes_of(facts: Facts) -> int:
    """How many values a reader counts in them (:mod:`schemas.strict`)."""
    nodes, level = 0, list[Any]([facts.model_dump(mode="json", exclude_none=True)])
    while level:
        nodes += len(level)
        below = [value for value in level if isinstance(value, dict | list)]
        level = [inner for value in below for inner in (value.values() if isinstance(value, dict) else value)]
    return nodes


def least(facts: Facts, manifest: Manifest) -> Facts:
    """What is told of a message about which too much is known: that it is so, and where its sender stands."""
    named = {manifest.sender, *manifest.to}
    return Facts(
        house=facts.house,
        house_address=facts.house_address,
        packs=facts.packs,
        parties=tuple(party for party in facts.parties if party.address in named),
        case=_least_case(facts.case, manifest.sender) if facts.case else None,
        item_taken=facts.item_taken,
        too_much=True,
    )


def _least_case(case: CaseFact, sender: Address) -> CaseFact:
    """Its last row at most: who came and went often has many."""
    last = [row for row in case.roster if row.address == sender][-1:]
    return case.model_copy(update={"roster": tuple(last), "keys": (), "kept": ()})
