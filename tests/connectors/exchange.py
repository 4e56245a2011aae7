"""The parties of :mod:`tests.connectors.parties` around a broker in memory, moved on by hand."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from connectors.app import Connector
from connectors.desk import stories
from connectors.exchanges.asking import Asked, Asking, ask
from connectors.exchanges.deciding import decide_intake, move
from connectors.exchanges.link import BrokerLink
from connectors.exchanges.notifying import Form, Notified, notify
from connectors.exchanges.outgoing import Sent
from connectors.exchanges.workplace import Workplace
from schemas.ids import Address, Oin
from tests.connectors.parties import (
    COLLEGE,
    HOUSE,
    LOG,
    PARTIES,
    RECEIPTS,
    TOWN,
    Clock,
    People,
    dated,
    house_records,
    open_connector,
    pack,
    settings,
)
from tests.memory_broker import MemoryBroker, MemoryLink

PERSON: dict[str, Any] = {"geslachtsnaam": "Zonneveld", "voornamen": "Testpersoon Mees", "geboortedatum": "1988-04-12"}


def form(**changes: Any) -> Form:
    """A notification about one person."""
    return Form.model_validate(
        {
            "function": "burgemeester",
            "persons": [
                {
                    "personalia": {**PERSON, "geboorteplaats": "Emmen"},
                    "adresgegevens": {
                        "straat": "Proefstraat",
                        "huisnummer": "12",
                        "postcode": "7811AB",
                        "woonplaats": "Emmen",
                    },
                }
            ],
            "criteria": ["lk_meervoudig"],
            "aanleiding": "Overlast in de wijk, meldingen van verschillende kanten.",
            "gewenst_resultaat": "Rust in de straat en passende hulp.",
            "onderbouwing": "Meer dan één organisatie is nodig.",
            "explanation": "Zonder deze gegevens is niet te toetsen of de casus aan de criteria voldoet.",
            "informed": {"at": "2026-03-01", "how": "gesprek"},
            "reuse": ["college_bw", "politie", "ggz"],
            **changes,
        }
    )


@dataclass
class Exchange:
    """Everybody, and the broker between them."""

    folder: Path
    clock: Clock = field(default_factory=Clock)
    connectors: dict[Address, Connector] = field(default_factory=dict)
    sources: dict[Address, People] = field(default_factory=lambda: defaultdict(People))

    def __post_init__(self) -> None:
        self.broker = MemoryBroker(pack(), LOG, RECEIPTS, self.clock, dated(house_records()))

    def link(self, address: Address) -> BrokerLink:
        return MemoryLink(self.broker, Oin(address.oin))

    async def open(self, *addresses: Address, **options: Any) -> Exchange:
        """Connectors for these addresses (all of them, unless told)."""
        for address in addresses or PARTIES:
            self.connectors[address] = await open_connector(
                settings(address, self.folder, **options), self.link(address), self.clock, self.sources[address]
            )
        return self

    def __getitem__(self, address: Address) -> Workplace:
        return self.connectors[address].place

    async def settle(self) -> None:
        """Let everybody take what there is, until nothing moves."""
        for _ in range(20):
            if not sum([await connector.round() for connector in self.connectors.values()]):
                return
        raise AssertionError("it does not come to rest")

    async def run(self, story: Any) -> Any:
        """A story that waits for others: they work meanwhile."""
        for connector in self.connectors.values():
            connector.start()
        try:
            return await story
        finally:
            for connector in self.connectors.values():
                await connector.rest()

    async def close(self) -> None:
        for connector in self.connectors.values():
            await connector.stop()

    async def notified(self, **changes: Any) -> Notified:
        """A case at the house, in the phase of notification."""
        done: Notified = await self.run(notify(self[TOWN], form(**changes), wait=5))
        assert not done.refusals, done.refusals
        await self.settle()
        return done

    async def in_triage(self, **changes: Any) -> Notified:
        """A case in triage, with everything carried over that may be."""
        done = await self.notified(**changes)
        house = self[HOUSE]
        decided = await decide_intake(house, done.case, "in_triage", "criteria_voldaan")
        assert isinstance(decided, Sent), decided
        keep = [item.item for item in await stories.case_items(house, done.case)]
        self.clock.forward(seconds=1)
        moved = await move(house, done.case, "triage", "criteria_voldaan", keep)
        assert isinstance(moved, Sent), moved
        await self.settle()
        return done

    def asking(self, done: Notified, *to: Address, **changes: Any) -> Asking:
        """A question about the person of a case, to be answered in an hour."""
        members: dict[str, Any] = {
            "case": done.case,
            "subject": done.subjects[0],
            "recipients": to or (COLLEGE,),
            "necessity": "eerste_beeld_vormen",
            "explanation": "Voor een eerste beeld: wie is betrokken?",
            "answer_at": self.clock.now + timedelta(hours=1),
            "expires": self.clock.now + timedelta(days=2),
        }
        return Asking(**{**members, **changes})

    async def asked(self, done: Notified, *to: Address, **changes: Any) -> tuple[Asked, ...]:
        """Questions that have arrived at those asked."""
        result: tuple[Asked, ...] = await self.run(ask(self[HOUSE], self.asking(done, *to, **changes), wait=5))
        await self.settle()
        return result
