"""Dated rules of a party: what they answer by themselves, and when a person must (people.md)."""

from __future__ import annotations

from datetime import date

import pytest

from connectors.desk import stories
from tests.connectors.exchange import PERSON, Exchange
from tests.connectors.parties import COLLEGE, HOUSE, rule
from tests.connectors.test_answering import answered, asked, with_rules

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(
    ("persons", "rules", "outcome"),
    [
        (0, ["niet_bekend", "bekend"], "niet_bekend"),
        (1, ["niet_bekend", "bekend"], "bekend"),
        (2, ["niet_bekend", "bekend"], "geen_uitspraak"),
        (1, ["niet_bekend"], "geen_uitspraak"),
        (0, ["bekend"], "geen_uitspraak"),
        (1, ["geen_uitspraak", "bekend"], "geen_uitspraak"),
    ],
)
async def test_rules_answer_by_themselves(exchange: Exchange, persons: int, rules: list[str], outcome: str) -> None:
    await with_rules(exchange, *rules)
    known = {"woonsituatie": {"woonvorm": "huur"}, "gezondheid": {"zorg_betrokken": "ja"}}
    for number in range(persons):
        exchange.sources[COLLEGE].add(str(number), known, **PERSON)
    done, line = await asked(exchange)
    if outcome != "geen_uitspraak" or "geen_uitspraak" in rules:
        assert line.state == "decided"
        assert line.decided_by == f"regel:regel_{outcome}"
    assert (await answered(exchange, done)).outcome == outcome
    held = {item.category for item in await stories.case_items(exchange[HOUSE], done.case) if item.party == COLLEGE}
    expected = {"woonsituatie", "bericht", "medewerker_hulpverlening_gegevens"} if outcome == "bekend" else set()
    assert held == expected  # health is not of class gewoon: a rule never gives it


async def test_an_inexact_match_is_for_a_person(exchange: Exchange) -> None:
    await with_rules(exchange, "bekend")
    exchange.sources[COLLEGE].add("7", **{**PERSON, "voornamen": "Testpersoon"})
    _, line = await asked(exchange)
    assert (line.match, line.state) == ("een", "open")


async def test_a_rule_ends_on_its_day(exchange: Exchange) -> None:
    ended = rule(COLLEGE, "niet_bekend").model_copy(update={"until": date(2026, 3, 9)})
    await exchange.connectors.pop(COLLEGE).stop()
    await exchange.open(COLLEGE, automatic=[ended])
    _, line = await asked(exchange)
    assert line.state == "open"


# --------------------------------------------------------------------------------------------------- secrecy
