"""Under secrecy saying nothing is one answer, whatever is known and whoever decided; and the house holds it to that."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from connectors.desk import stories
from connectors.exchanges import answering, opening, outgoing, proposing, queries
from connectors.exchanges.opening import Opened
from connectors.exchanges.proposing import Decision
from schemas import silence
from schemas.ids import Address, MessageId
from schemas.policy import Allowed
from tests.connectors.exchange import PERSON, Exchange
from tests.connectors.parties import COLLEGE, GGZ, HOUSE, rule

pytestmark = pytest.mark.slow

WHY = "Deze persoon staat bij ons niet ingeschreven."


async def asked(exchange: Exchange, to: Address) -> MessageId:
    """One question that waits at ``to``."""
    done = await exchange.in_triage()
    await exchange.asked(done, to)
    (line,) = await stories.questions(exchange[to])
    return line.id


async def answered(exchange: Exchange) -> None:
    exchange.clock.forward(hours=1, seconds=3)
    await exchange.settle()


async def codes(exchange: Exchange, address: Address) -> list[tuple[str, str | None]]:
    return [(finding.code, finding.path) for finding in await stories.findings(exchange[address])]


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[Opened]:
    """The answers that a recipient opened."""
    seen: list[Opened] = []
    original = opening.open_sealed

    def watching(*arguments: Any) -> Opened | None:
        found = original(*arguments)
        if found is not None and found.inner is not None:
            seen.append(found)
        return found

    monkeypatch.setattr("connectors.exchanges.checking.open_sealed", watching)
    return seen


async def nobody(exchange: Exchange, question: MessageId) -> None:
    return None


async def unknown(exchange: Exchange, question: MessageId) -> None:
    await stories.conclude(exchange[GGZ], question, "arts-3", "niet_bekend", WHY)


async def chosen(exchange: Exchange, question: MessageId) -> None:
    await stories.conclude(exchange[GGZ], question, "arts-3", "geen_uitspraak", "Liever niet.")


async def refused(exchange: Exchange, question: MessageId) -> None:
    await stories.decline(exchange[GGZ], question, "arts-3", "geheimhouding", "Is in behandeling, maar stemt niet toe.")


async def stopped(exchange: Exchange, question: MessageId) -> None:
    """Somebody lets go what the kernel then stops, on a consent that is for another day."""
    place = exchange[GGZ]
    async with place.database.begin() as tx:
        row = await queries.question_row(tx, question)
    assert row is not None
    await proposing.decide(place, row, Decision("bekend", "arts-3", "Is bekend.", consent="A" * 22))


Deciding = Callable[[Exchange, MessageId], Any]


async def test_every_silence_is_the_same(exchange: Exchange, opened: list[Opened]) -> None:
    await exchange.open(GGZ)
    exchange.sources[GGZ].add("7", {"gezondheid": {"zorg_betrokken": "ja"}}, **PERSON)
    done = await exchange.in_triage()
    ways: list[Deciding] = [nobody, unknown, chosen, refused, stopped]
    for number, way in enumerate([*ways, nobody]):
        if number == len(ways):  # and a rule
            await exchange.connectors.pop(GGZ).stop()
            await exchange.open(GGZ, automatic=[rule(GGZ, "geen_uitspraak")])
        await exchange.asked(done, GGZ)
        question = (await stories.questions(exchange[GGZ]))[0].id
        await way(exchange, question)
        await answered(exchange)
    assert len(opened) == len(ways) + 1
    random = {"salt", "id", "reply_key"}
    said = []
    for one in opened:
        assert one.inner is not None
        inner = one.inner.model_dump(mode="json", exclude=random)
        assert inner["necessity"].pop("commitment")
        assert {row["subject"] for row in inner["items"]} == set()
        said.append((inner, one.explanation, dict(one.values)))
    assert said == [said[0]] * len(said)
    assert said[0][1] == silence.TEXT
    assert said[0][0]["refusal"] is None
    assert all(row["consent"] is row["exception"] is None for row in said[0][0]["grounds"])
    assert await codes(exchange, HOUSE) == []


async def test_the_reason_stays_at_home_and_sealed(exchange: Exchange) -> None:
    await exchange.open(GGZ)
    question = await asked(exchange, GGZ)
    await unknown(exchange, question)
    await answered(exchange)
    place = exchange[GGZ]
    async with place.database.begin() as tx:
        row = await queries.question_row(tx, question)
    assert row is not None
    assert row.state == "answered"
    kept = await proposing.decision_of(place, row)
    assert kept is not None
    assert (kept.outcome, kept.explanation) == ("niet_bekend", WHY)
    for address in (GGZ, HOUSE):
        for file in exchange[address].settings.data.rglob("*"):
            assert not file.is_file() or WHY.encode() not in file.read_bytes(), file


async def test_a_party_without_secrecy_may_say_why(exchange: Exchange, opened: list[Opened]) -> None:
    question = await asked(exchange, COLLEGE)
    await stories.conclude(exchange[COLLEGE], question, "mw-1", "geen_uitspraak", "Wij zoeken dit nog uit.")
    await answered(exchange)
    assert [one.explanation for one in opened] == ["Wij zoeken dit nog uit."]
    async with exchange[COLLEGE].database.begin() as tx:
        row = await queries.question_row(tx, question)
    assert row is not None
    assert row.decision is None


def talking(**changes: Any) -> Callable[..., Decision]:
    """A connector that does not flatten."""

    def under_secrecy(*_: Any) -> Decision:
        return replace(answering.WITHHELD, **changes)

    return under_secrecy


async def test_what_tells_more_does_not_leave(
    exchange: Exchange, opened: list[Opened], monkeypatch: pytest.MonkeyPatch
) -> None:
    await exchange.open(GGZ)
    await asked(exchange, GGZ)
    monkeypatch.setattr(answering, "under_secrecy", talking(explanation=WHY))
    await answered(exchange)
    assert [one.explanation for one in opened] == [silence.TEXT]
    assert await codes(exchange, GGZ) == [("antwoord_niet_toegestaan", None)]


async def test_the_house_does_not_take_it(exchange: Exchange, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same, past the sender's own check and rules."""
    await exchange.open(GGZ)
    done = await exchange.in_triage()
    ref = await stories.record_consent(
        exchange[GGZ], done.case, done.subjects[0], date(2026, 3, 10), ("gezondheid",), "schriftelijk", "arts-3"
    )
    monkeypatch.setattr(outgoing, "check_going", lambda *_: None)
    monkeypatch.setattr(outgoing, "decide_inner", lambda *_: Allowed())
    for changes, path in (({"explanation": WHY}, "/toelichting"), ({"consent": ref}, "/grounds")):
        monkeypatch.setattr(answering, "under_secrecy", talking(**changes))
        await exchange.asked(done, GGZ)
        await answered(exchange)
        assert (await codes(exchange, HOUSE))[-1] == ("zwijgen_verraadt", path)
    assert {row.state for row in await stories.board(exchange[HOUSE], done.case)} == {"opgehaald"}
