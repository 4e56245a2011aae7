"""The accepted messages that facts come from: of one case, each once, laid out by what they decide.

Who may say what is decided by the folds (:mod:`schemas.gathering_course`, :mod:`schemas.gathering_decisions`); what
travels with a delivery is foreign, so a message of another case or house is left out here, and so is one told twice.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from schemas.acts import Act, Start
from schemas.ids import CaseRef, Digest, HouseId
from schemas.manifest import Manifest

_TOPICS = {
    "aanmelding_start": "start",
    "fase_besluit": "course",
    "sleutel_verzoek": "asked",
    "sleutel": "keys",
    "casus_uitnodiging": "meeting",
    "deelname_einde": "meeting",
    "geinformeerd": "informed",
    "akkoord": "agreements",
    "plan_van_aanpak": "plans",
    "toestemming_ingetrokken": "stops",
    "correctie": "stops",
    "beperking": "restrictions",
    "beperking_einde": "restrictions",
    "doorverstrekking_akkoord": "permissions",
}
"""What each kind is about. Kinds of one topic are read together, as their order counts."""

FACT_KINDS = frozenset(_TOPICS)
"""Kinds whose accepted messages can become facts about a case."""

ActT = TypeVar("ActT", bound=Act)


@dataclass(frozen=True)
class Source:
    """An accepted message that facts come from: its manifest, its digest, the time of its ledger entry."""

    manifest: Manifest
    sha256: Digest
    time: datetime


class Sources:
    """The sources of one case by topic, in ledger order; it remembers which of them facts came from.

    Empty where nobody opened the case: then nothing is known of it.
    """

    def __init__(self, house: HouseId, case: CaseRef | None, rows: Iterable[Source]) -> None:
        """One pass over ``rows``, which are in ledger order."""
        self._topics: defaultdict[str, list[Source]] = defaultdict(list)
        self._order: dict[Digest, Source] = {}
        self._used: set[Digest] = set()
        for row in rows if case is not None else ():
            manifest = row.manifest
            topic = _TOPICS.get(manifest.kind)
            if topic and manifest.case == case and manifest.house == house and row.sha256 not in self._order:
                self._order[row.sha256] = row
                self._topics[topic].append(row)
        self.start: tuple[Source, Start] | None = next(self.acts("start", Start), None)
        if self.start is None:
            self._topics.clear()

    def about(self, topic: str) -> list[Source]:
        """The sources of a topic."""
        return self._topics.get(topic, [])

    def acts(self, topic: str, model: type[ActT]) -> Iterator[tuple[Source, ActT]]:
        """The sources of a topic with their act, as far as it is of ``model``."""
        for source in self.about(topic):
            act = source.manifest.act
            if isinstance(act, model):
                yield source, act

    def use(self, *sources: Source) -> None:
        """Facts came from these: they travel with the delivery."""
        self._used.update(source.sha256 for source in sources)

    def used(self) -> tuple[Source, ...]:
        """The sources that facts came from, in ledger order."""
        return tuple(source for sha256, source in self._order.items() if sha256 in self._used)
