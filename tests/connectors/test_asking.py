"""The house asks: what the pack does not leave is refused at home, and then nothing leaves."""

from __future__ import annotations

import pytest

from connectors import UseError
from connectors.desk import stories
from connectors.exchanges.asking import ask
from connectors.exchanges.outgoing import NotSent, Sent
from tests.connectors.exchange import Exchange
from tests.connectors.parties import COLLEGE, GGZ, HALT, HOUSE, POLICE, TOWN

pytestmark = pytest.mark.slow


async def test_asking_too_much_is_refused_at_home_and_leaves_no_trace_outside(exchange: Exchange) -> None:
    done = await exchange.in_triage()
    before = len(exchange.broker.entries)
    asking = exchange.asking(done, COLLEGE, categories=("woonsituatie", "justitiele_gegevens"))
    (asked,) = await ask(exchange[HOUSE], asking, wait=0)
    assert isinstance(asked.outcome, NotSent)
    assert asked.outcome.at_home
    assert ("3.5a", "niet_in_deze_fase") in [(reason.rule, reason.code) for reason in asked.outcome.reasons]
    assert len(exchange.broker.entries) == before
    (row,) = await stories.provisions(exchange[HOUSE], done.case, "refused")
    assert (row.way, row.kind) == ("out", "triagevraag")
    assert "niet_in_deze_fase" in row.reasons
    assert await stories.board(exchange[HOUSE], done.case) == ()


async def test_without_agreement_of_the_notifier_nobody_is_asked(exchange: Exchange) -> None:
    done = await exchange.in_triage(reuse=["politie"])
    (asked,) = await ask(exchange[HOUSE], exchange.asking(done, COLLEGE), wait=0)
    assert isinstance(asked.outcome, NotSent)
    assert {reason.code for reason in asked.outcome.reasons} == {"akkoord_ontbreekt"}


async def test_a_party_without_a_ground_cannot_be_asked(exchange: Exchange) -> None:
    done = await exchange.in_triage()
    with pytest.raises(UseError, match="niets over deze persoon"):
        await ask(exchange[HOUSE], exchange.asking(done, HALT), wait=0)


async def test_each_question_has_one_recipient_and_one_person(exchange: Exchange) -> None:
    await exchange.open(POLICE, GGZ)
    done = await exchange.in_triage()
    asked = await exchange.asked(done, COLLEGE, POLICE, GGZ)
    assert all(isinstance(one.outcome, Sent) for one in asked)
    questions = [
        entry.source.manifest for entry in exchange.broker.entries if entry.source.manifest.kind == "triagevraag"
    ]
    assert sorted(manifest.to for manifest in questions) == sorted([(COLLEGE,), (POLICE,), (GGZ,)])
    for manifest in questions:
        assert {item.subject for item in manifest.items} == {done.subjects[0]}
        fields = {row.path for item in manifest.exact_items for row in item.fields}
        assert fields == {"/geslachtsnaam", "/voornamen", "/geboortedatum"}
        assert {item.level for item in manifest.items} == {"B"}
    # Who was asked learns of nobody else: not from what came, not from the facts behind it.
    for address, others in ((COLLEGE, (POLICE, GGZ)), (POLICE, (COLLEGE, GGZ))):
        text = str(exchange.broker.page(address.oin, 0, 0))
        assert not [other for other in others if other.oin in text]


async def test_disambiguation_goes_only_when_asked_for(exchange: Exchange) -> None:
    done = await exchange.in_triage()
    await exchange.asked(done, COLLEGE, disambiguate=True, themes=("huisvesting",))
    (line,) = await stories.questions(exchange[COLLEGE])
    page = await stories.show(exchange[COLLEGE], line.id)
    assert page.person["postcode"] == "7811AB"
    assert page.person["huisnummer"] == 12
    assert "straat" not in page.person
    assert page.themes == ("huisvesting",)
    assert page.purpose == "eerste_beeld"
    assert page.explanation


async def test_no_key_in_time_is_said(exchange: Exchange) -> None:
    done = await exchange.in_triage()
    (asked,) = await ask(exchange[HOUSE], exchange.asking(done, COLLEGE), wait=0.05)
    assert asked.outcome is None
    await exchange.settle()
    (again,) = await ask(exchange[HOUSE], exchange.asking(done, COLLEGE), wait=0)
    assert isinstance(again.outcome, Sent)


async def test_only_the_house_asks(exchange: Exchange) -> None:
    done = await exchange.notified()
    with pytest.raises(UseError, match="alleen het huis"):
        await ask(exchange[TOWN], exchange.asking(done, COLLEGE))


async def test_what_was_not_carried_over_cannot_be_asked_with(exchange: Exchange) -> None:
    done = await exchange.notified()
    asking = exchange.asking(done, COLLEGE, subject=done.case)
    with pytest.raises(UseError, match="personalia"):
        await ask(exchange[HOUSE], asking)


async def test_the_board_tells_who_did_not_answer(exchange: Exchange) -> None:
    done = await exchange.in_triage()
    await exchange.asked(done, COLLEGE)
    college = exchange.connectors.pop(COLLEGE)
    exchange.clock.forward(days=3)
    (row,) = await stories.board(exchange[HOUSE], done.case)
    assert (row.state, row.outcome) == ("niet_beantwoord", None)
    await college.round()
    assert [finding.code for finding in await stories.findings(college.place)] == ["antwoord_te_laat"]
    await college.stop()
