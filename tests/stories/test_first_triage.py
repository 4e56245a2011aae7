"""From a notification to an answered question, over the real broker and a real database."""

from __future__ import annotations

from pathlib import Path

import pytest

from connectors.desk import stories
from connectors.exchanges.outgoing import Sent
from tests.connectors.exchange import PERSON
from tests.connectors.parties import COLLEGE, HOUSE, POLICE, TOWN
from tests.world import a_world


@pytest.mark.slow
async def test_first_triage(database: str, tmp_path: Path) -> None:
    async with a_world(database, tmp_path, HOUSE, TOWN, COLLEGE, POLICE) as world:
        world.sources[COLLEGE].add("7", {"woonsituatie": {"woonvorm": "huur"}}, **PERSON)
        done = await world.in_triage()
        asked = await world.asked(done, COLLEGE, POLICE)
        assert all(isinstance(one.outcome, Sent) for one in asked), asked
        (line,) = await stories.questions(world[COLLEGE])
        approval = stories.Approval(by="mw-12", explanation="Nodig.", bericht={"betrokkenheid": "actueel"})
        await stories.approve(world[COLLEGE], line.id, approval)
        assert {row.state for row in await stories.board(world[HOUSE], done.case)} == {"opgehaald"}
        world.clock.forward(hours=1, seconds=1)
        await world.settle()
        board = {row.address: (row.state, row.outcome) for row in await stories.board(world[HOUSE], done.case)}
        assert board == {COLLEGE: ("beantwoord", "bekend"), POLICE: ("beantwoord", "geen_uitspraak")}
        held = [item for item in await stories.case_items(world[HOUSE], done.case) if item.party == COLLEGE]
        assert {"woonvorm": "huur"} in [dict(item.values) for item in held]
        for address in (HOUSE, TOWN, COLLEGE, POLICE):
            assert await stories.findings(world[address]) == (), address
