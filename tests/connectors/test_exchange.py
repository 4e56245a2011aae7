"""A question and its answer, from one connector to another, with everything between them."""

from __future__ import annotations

from connectors.desk import stories
from connectors.exchanges.outgoing import Sent
from tests.connectors.exchange import PERSON, Exchange
from tests.connectors.parties import COLLEGE, HOUSE, TOWN


async def test_notification_arrives(exchange: Exchange) -> None:
    done = await exchange.notified()
    held = await stories.case_items(exchange[HOUSE], done.case)
    assert {item.category for item in held} == {"personalia", "adresgegevens", "bericht"}
    personalia = next(item for item in held if item.category == "personalia")
    assert personalia.values["geslachtsnaam"] == PERSON["geslachtsnaam"]
    assert personalia.party == TOWN
    assert await stories.findings(exchange[HOUSE]) == ()


async def test_question_and_answer(exchange: Exchange) -> None:
    exchange.sources[COLLEGE].add("7", {"woonsituatie": {"woonvorm": "huur"}}, **PERSON)
    done = await exchange.in_triage()
    (asked,) = await exchange.asked(done, COLLEGE)
    assert isinstance(asked.outcome, Sent), asked
    (line,) = await stories.questions(exchange[COLLEGE])
    assert line.match == "een"
    (row,) = await stories.board(exchange[HOUSE], done.case)
    assert row.state == "opgehaald"
    page = await stories.show(exchange[COLLEGE], line.id)
    assert page.person["geslachtsnaam"] == PERSON["geslachtsnaam"]
    assert [field.name for field in page.proposal] == ["woonvorm"]
    await stories.approve(
        exchange[COLLEGE],
        line.id,
        stories.Approval(by="mw-12", explanation="Nodig voor het eerste beeld.", bericht={"betrokkenheid": "actueel"}),
    )
    exchange.clock.forward(hours=1, seconds=1)
    await exchange.settle()
    (row,) = await stories.board(exchange[HOUSE], done.case)
    assert (row.state, row.outcome) == ("beantwoord", "bekend")
    held = [item for item in await stories.case_items(exchange[HOUSE], done.case) if item.party == COLLEGE]
    assert {
        item.category: dict(item.values) for item in held if item.category != "medewerker_hulpverlening_gegevens"
    } == {
        "woonsituatie": {"woonvorm": "huur"},
        "bericht": {"betrokkenheid": "actueel"},
    }
    assert await stories.findings(exchange[HOUSE]) == ()
    assert await stories.findings(exchange[COLLEGE]) == ()
