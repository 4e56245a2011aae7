"""Exactly one answer, at its moment, whatever it is; rules, secrecy, several candidates, too many questions."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from connectors import ContentError, UseError
from connectors.desk import stories
from connectors.desk.stories import Approval
from connectors.desk.views import BoardLine, QuestionLine
from connectors.exchanges import answering, filing, outgoing, queries, store
from schemas.acts import Question
from schemas.ids import Address, Reference
from tests.connectors.exchange import PERSON, Exchange
from tests.connectors.parties import COLLEGE, GGZ, HOUSE, pack, rule

pytestmark = pytest.mark.slow

OK = Approval(by="mw-12", explanation="Nodig voor het eerste beeld.", bericht={"betrokkenheid": "actueel"})


async def asked(exchange: Exchange, to: Address = COLLEGE, **changes: Any) -> tuple[Any, QuestionLine]:
    """A case and the question as it lies at ``to``."""
    if to not in exchange.connectors:
        await exchange.open(to)
    done = await exchange.in_triage()
    await exchange.asked(done, to, **changes)
    (line,) = await stories.questions(exchange[to])
    return done, line


async def answered(exchange: Exchange, done: Any) -> BoardLine:
    exchange.clock.forward(hours=1, seconds=3)
    await exchange.settle()
    (row,) = await stories.board(exchange[HOUSE], done.case)
    return row


async def codes(exchange: Exchange, address: Address) -> list[str]:
    return [finding.code for finding in await stories.findings(exchange[address])]


async def answers(exchange: Exchange) -> list[Any]:
    return [e.source.manifest for e in exchange.broker.entries if e.source.manifest.kind == "triageantwoord"]


async def with_rules(exchange: Exchange, *outcomes: str) -> None:
    """The college's connector again, with rules of its own."""
    await exchange.connectors.pop(COLLEGE).stop()
    await exchange.open(COLLEGE, automatic=[rule(COLLEGE, outcome) for outcome in outcomes])


async def test_nobody_decided_is_no_statement(exchange: Exchange) -> None:
    exchange.sources[COLLEGE].add("7", **PERSON)
    done, _ = await asked(exchange)
    row = await answered(exchange, done)
    assert (row.state, row.outcome) == ("beantwoord", "geen_uitspraak")
    held = [item for item in await stories.case_items(exchange[HOUSE], done.case) if item.party == COLLEGE]
    assert held == []


async def test_no_answer_before_its_moment(exchange: Exchange) -> None:
    done, line = await asked(exchange)
    await stories.conclude(exchange[COLLEGE], line.id, "mw-1", "niet_bekend", "Niemand gevonden.")
    exchange.clock.forward(minutes=59)
    await exchange.settle()
    assert await answers(exchange) == []
    assert (await answered(exchange, done)).outcome == "niet_bekend"


async def test_what_goes_in_clear_is_the_question_whatever_the_answer(exchange: Exchange) -> None:
    """Known, unknown and refused look the same: items, grounds, necessity, expiry, bucket."""
    exchange.sources[COLLEGE].add("7", {"woonsituatie": {"woonvorm": "huur"}}, **PERSON)
    done = await exchange.in_triage()
    shapes = []
    for outcome in ("bekend", "niet_bekend", "geweigerd"):
        now = exchange.clock.now
        await exchange.asked(done, COLLEGE)
        line = (await stories.questions(exchange[COLLEGE]))[0]
        if outcome == "bekend":
            await stories.approve(exchange[COLLEGE], line.id, OK)
        elif outcome == "niet_bekend":
            await stories.conclude(exchange[COLLEGE], line.id, "mw-1", outcome, "Niemand gevonden.")
        else:
            await stories.decline(exchange[COLLEGE], line.id, "mw-1", "zwaarwegende_redenen", "Weegt zwaar.")
        exchange.clock.forward(hours=1, seconds=3)
        await exchange.settle()
        manifest = (await answers(exchange))[-1]
        question = next(e.source.manifest for e in exchange.broker.entries if e.source.manifest.id == manifest.reply_to)
        assert isinstance(question.act, Question)
        assert manifest.items == question.act.ceiling.items
        subjects = {item.subject: number for number, item in enumerate(manifest.items)}
        row = next(row for row in await stories.board(exchange[HOUSE], done.case) if row.question == question.id)
        assert row.outcome == outcome
        shapes.append(
            (
                [item.model_copy(update={"subject": next(iter(subjects))}) for item in manifest.items],
                manifest.grounds,
                manifest.necessity,
                manifest.sealed.bucket,
                manifest.expires - now,
                len(exchange.broker.envelopes[manifest.id]),
            )
        )
    assert shapes[0] == shapes[1] == shapes[2]


async def test_an_answer_ticks_no_life_domain_that_was_not_asked_about(exchange: Exchange) -> None:
    exchange.sources[COLLEGE].add("7", {"woonsituatie": {"woonvorm": "huur"}}, **PERSON)
    done, line = await asked(exchange, themes=("huisvesting",))
    ticking: dict[str, Any] = {"betrokkenheid": "actueel", "leefgebieden": ["huisvesting", "financien"]}
    with pytest.raises(ContentError, match="leefgebieden: niet_gevraagd"):
        await stories.approve(exchange[COLLEGE], line.id, replace(OK, bericht=ticking))
    await stories.approve(exchange[COLLEGE], line.id, replace(OK, bericht=ticking | {"leefgebieden": ["huisvesting"]}))
    assert (await answered(exchange, done)).outcome == "bekend"


@pytest.mark.parametrize(("themes", "proposed"), [(("huisvesting",), False), (("huisvesting", "financien"), True)])
async def test_nor_does_the_own_system_propose_one(exchange: Exchange, themes: tuple[str, ...], proposed: bool) -> None:
    ticked = {"bericht": {"betrokkenheid": "actueel", "leefgebieden": ("huisvesting", "financien")}}
    exchange.sources[COLLEGE].add("7", ticked, **PERSON)
    _, line = await asked(exchange, themes=themes)
    page = await stories.show(exchange[COLLEGE], line.id)
    assert ("leefgebieden" in {one.name for one in page.proposal}) is proposed


async def test_a_person_may_give_less(exchange: Exchange) -> None:
    known = {"woonsituatie": {"woonvorm": "huur", "dreigende_uithuiszetting": "ja"}}
    exchange.sources[COLLEGE].add("7", known, **PERSON)
    done, line = await asked(exchange)
    await stories.less(exchange[COLLEGE], line.id, OK, {"woonsituatie": ("woonvorm",)})
    assert (await answered(exchange, done)).outcome == "bekend"
    held = {item.category: dict(item.values) for item in await stories.case_items(exchange[HOUSE], done.case)}
    assert held["woonsituatie"] == {"woonvorm": "huur"}
    assert held["medewerker_hulpverlening_gegevens"]["naam"] == "Balie Proef"


async def test_a_decision_may_change_until_it_goes(exchange: Exchange) -> None:
    exchange.sources[COLLEGE].add("7", **PERSON)
    done, line = await asked(exchange)
    await stories.approve(exchange[COLLEGE], line.id, OK)
    await stories.decline(exchange[COLLEGE], line.id, "mw-2", "onderzoeksbelang", "Een onderzoek loopt.")
    row = await answered(exchange, done)
    assert (row.outcome, row.refusal) == ("geweigerd", "onderzoeksbelang")
    with pytest.raises(UseError, match="al beantwoord"):
        await stories.approve(exchange[COLLEGE], line.id, OK)


async def test_several_candidates_are_never_picked(exchange: Exchange) -> None:
    exchange.sources[COLLEGE].add("7", **PERSON)
    exchange.sources[COLLEGE].add("8", **PERSON)
    done, line = await asked(exchange)
    assert line.match == "meer"
    page = await stories.show(exchange[COLLEGE], line.id)
    assert len(page.candidates) == 2
    assert page.proposal == ()
    with pytest.raises(UseError, match="niet precies één treffer"):
        await stories.approve(exchange[COLLEGE], line.id, OK)
    await stories.conclude(exchange[COLLEGE], line.id, "mw-1", "meervoudige_treffer", "Twee mogelijke personen.")
    assert (await answered(exchange, done)).outcome == "meervoudige_treffer"


async def test_a_source_that_fails_leaves_it_to_a_person(exchange: Exchange, monkeypatch: pytest.MonkeyPatch) -> None:
    from connectors.sources import UnreadableError

    async def broken(*_: Any) -> None:
        raise UnreadableError("personen.csv is away")

    monkeypatch.setattr(exchange.sources[COLLEGE], "find", broken)
    _, line = await asked(exchange)
    assert line.match == "onbekend"


# ------------------------------------------------------------------------------------------------ dated rules


@pytest.mark.parametrize("outcome", ["niet_bekend", "meervoudige_treffer", "geweigerd"])
async def test_under_secrecy_all_but_known_is_no_statement(exchange: Exchange, outcome: str) -> None:
    done, line = await asked(exchange, GGZ)
    if outcome == "geweigerd":
        await stories.decline(exchange[GGZ], line.id, "arts-3", "geheimhouding", "Beroepsgeheim.")
    else:
        await stories.conclude(exchange[GGZ], line.id, "arts-3", outcome, "Nagekeken.")
    row = await answered(exchange, done)
    assert (row.outcome, row.refusal) == ("geen_uitspraak", None)
    assert await codes(exchange, GGZ) == []


async def test_under_secrecy_known_needs_consent(exchange: Exchange) -> None:
    exchange.sources[GGZ].add("7", {"gezondheid": {"zorg_betrokken": "ja"}}, **PERSON)
    done, line = await asked(exchange, GGZ)
    page = await stories.show(exchange[GGZ], line.id)
    assert all(row.consent for row in page.asked if row.category in {"gezondheid", "bericht"})
    with pytest.raises(UseError, match="toestemming"):
        await stories.approve(exchange[GGZ], line.id, OK)
    with pytest.raises(UseError, match="toestemming"):
        await stories.approve(exchange[GGZ], line.id, approval_with(Reference("A" * 22)))
    ref = await stories.record_consent(
        exchange[GGZ], done.case, done.subjects[0], date(2026, 3, 10), ("gezondheid",), "schriftelijk", "arts-3"
    )
    await stories.approve(exchange[GGZ], line.id, approval_with(ref))
    row = await answered(exchange, done)
    assert row.outcome == "bekend"
    held = {item.category: dict(item.values) for item in await stories.case_items(exchange[HOUSE], done.case)}
    assert held["gezondheid"] == {"zorg_betrokken": "ja"}
    (kept,) = [p for p in await stories.provisions(exchange[GGZ], done.case) if p.kind == "triageantwoord"]
    assert ref in kept.manifest  # the own register is exact; the broker's shows the ceiling
    assert ref not in str([entry.manifest for entry in exchange.broker.entries])


def approval_with(ref: Reference) -> Approval:
    return Approval(by="arts-3", explanation="Toestemming gegeven.", bericht=OK.bericht, consent=ref)


@pytest.mark.parametrize(
    ("values", "fault"),
    [
        ({"woonsituatie": {"woonvorm": "kasteel"}}, "woonsituatie/woonvorm: waarde_niet_in_lijst"),
        ({"woonsituatie": {"toelichting": "Lang verhaal."}}, "woonsituatie/toelichting"),
        ({"justitiele_gegevens": {"veroordelingen": []}}, "niet_gevraagd"),
        ({"bericht": {"voorbehoud": "Let op."}}, "bericht/bevat_categorieen: categorieen_ontbreken"),
    ],
)
async def test_a_value_that_cannot_go_is_said(exchange: Exchange, values: dict[str, Any], fault: str) -> None:
    _, line = await asked(exchange)
    given = Approval(by="mw-1", explanation="Nodig.", values=values)
    with pytest.raises(UseError, match=fault) as caught:
        await stories.approve(exchange[COLLEGE], line.id, given)
    assert "kasteel" not in str(caught.value)
    assert "verhaal" not in str(caught.value)


async def test_a_tick_about_health_needs_consent_or_an_exception(exchange: Exchange) -> None:
    """7.2, 8.7: found at the desk, where somebody can do something about it."""
    exchange.sources[COLLEGE].add("7", **PERSON)
    done, line = await asked(exchange)
    ticked = replace(OK, bericht={"leefgebieden": ["geestelijke_gezondheid"]})
    with pytest.raises(ContentError, match="bericht/leefgebieden: toestemming_ontbreekt"):
        await stories.approve(exchange[COLLEGE], line.id, ticked)
    with pytest.raises(ContentError, match="/toelichting: bsn"):
        await stories.approve(exchange[COLLEGE], line.id, replace(OK, explanation="Zie 123456782."))
    ref = await stories.record_consent(
        exchange[COLLEGE], done.case, done.subjects[0], date(2026, 3, 10), ("gezondheid",), "schriftelijk", "mw-12"
    )
    await stories.approve(exchange[COLLEGE], line.id, replace(ticked, consent=ref))
    assert (await answered(exchange, done)).outcome == "bekend"
    assert await codes(exchange, HOUSE) == await codes(exchange, COLLEGE) == []


@pytest.mark.rule("3.5a", part="C", shows="refused")
async def test_a_tick_outside_the_question_does_not_go(exchange: Exchange, monkeypatch: pytest.MonkeyPatch) -> None:
    """3.5a, 8.7: a question about housing is not answered with debts; not by the desk, and not past it."""
    exchange.sources[COLLEGE].add("7", **PERSON)
    done, line = await asked(exchange, categories=("woonsituatie",))
    ticked = replace(OK, bericht={"betrokkenheid": "actueel", "leefgebieden": ["financien"]})
    with pytest.raises(ContentError, match="bericht/leefgebieden: niet_gevraagd"):
        await stories.approve(exchange[COLLEGE], line.id, ticked)
    monkeypatch.setattr(stories, "find_faults", lambda *_: ())
    monkeypatch.setattr("schemas.minimal.cut", lambda *arguments, **_: arguments[-1])
    await stories.approve(exchange[COLLEGE], line.id, ticked)
    assert (await answered(exchange, done)).outcome == "geen_uitspraak"
    assert await codes(exchange, COLLEGE) == ["antwoord_niet_toegestaan"]


async def test_what_the_source_has_is_cut_to_what_may_go(exchange: Exchange) -> None:
    known = {"woonsituatie": {"woonvorm": "kasteel", "dreigende_uithuiszetting": "ja", "toelichting": "Lang verhaal."}}
    exchange.sources[COLLEGE].add("7", known, **PERSON)
    _, line = await asked(exchange)
    page = await stories.show(exchange[COLLEGE], line.id)
    assert [field.name for field in page.proposal] == ["dreigende_uithuiszetting"]


@pytest.mark.rule("7.2a-b", part="C", shows="refused")
async def test_consent_covers_what_it_names(exchange: Exchange) -> None:
    exchange.sources[GGZ].add("7", {"gezondheid": {"zorg_betrokken": "ja"}}, **PERSON)
    done, line = await asked(exchange, GGZ)
    ref = await stories.record_consent(
        exchange[GGZ], done.case, done.subjects[0], date(2026, 3, 10), ("woonsituatie",), "digitaal", "arts-3"
    )
    with pytest.raises(UseError, match="gaat niet over: gezondheid"):
        await stories.approve(exchange[GGZ], line.id, approval_with(ref))


async def test_what_the_kernel_refuses_becomes_no_statement(
    exchange: Exchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody approves without consent in a way that the desk did not stop: the kernel does, before sealing."""
    exchange.sources[GGZ].add("7", {"gezondheid": {"zorg_betrokken": "ja"}}, **PERSON)
    done, line = await asked(exchange, GGZ)

    async def unwatched(*_: Any) -> None:
        return None

    monkeypatch.setattr(stories, "_check_consent", unwatched)
    await stories.approve(exchange[GGZ], line.id, OK)
    assert (await answered(exchange, done)).outcome == "geen_uitspraak"
    assert await codes(exchange, GGZ) == ["antwoord_niet_toegestaan"]
    refused = await stories.provisions(exchange[GGZ], done.case, "refused")
    assert "toestemming_ontbreekt" in refused[0].reasons


# ------------------------------------------------------------------------------------- one answer, and the house


async def test_two_rounds_at_once_give_one_answer(exchange: Exchange) -> None:
    done, _ = await asked(exchange)
    exchange.clock.forward(hours=1, seconds=3)
    place = exchange[COLLEGE]
    async with place.database.begin() as tx:
        rows = await queries.open_questions(tx)
    await asyncio.gather(*(answering.answer_due(place, rows, exchange.clock.now) for _ in range(3)))
    assert len(await answers(exchange)) == 1
    await exchange.settle()
    assert (await stories.board(exchange[HOUSE], done.case))[0].state == "beantwoord"


async def test_without_the_one_place_there_would_be_more(exchange: Exchange, monkeypatch: pytest.MonkeyPatch) -> None:
    await asked(exchange)
    exchange.clock.forward(hours=1, seconds=3)

    async def always(*_: Any) -> bool:
        return True

    monkeypatch.setattr(store, "claim_answer", always)
    place = exchange[COLLEGE]
    async with place.database.begin() as tx:
        rows = await queries.open_questions(tx)
    await asyncio.gather(*(answering.answer_due(place, rows, exchange.clock.now) for _ in range(3)))
    attempts = await answers(exchange)
    assert len(attempts) > 1  # and only the broker's lock still stands between them and the house


async def test_early_answers_stay_hidden(exchange: Exchange) -> None:
    """The board shows outcomes from the agreed moment on."""
    done, line = await asked(exchange)
    await stories.conclude(exchange[COLLEGE], line.id, "mw-1", "niet_bekend", "Niemand gevonden.")
    await answered(exchange, done)
    exchange.clock.now = line.answer_at - timedelta(seconds=1)
    (row,) = await stories.board(exchange[HOUSE], done.case)
    assert (row.state, row.outcome) == ("beantwoord", None)


async def test_beyond_the_limit_only_a_person_answers(exchange: Exchange) -> None:
    await with_rules(exchange, "niet_bekend")
    done = await exchange.in_triage()
    most = pack().limits.questions_a_case_and_person
    for _ in range(most + 1):
        await exchange.asked(done, COLLEGE)
    lines = await stories.questions(exchange[COLLEGE])
    assert sorted(line.human for line in lines) == [False] * most + [True]
    assert {line.state for line in lines if line.human} == {"open"}
    assert await codes(exchange, COLLEGE) == ["te_veel_vragen"]


async def test_findings_about_an_answer_go_sealed(exchange: Exchange, monkeypatch: pytest.MonkeyPatch) -> None:
    """A sender that seals other values than its inner part announces: the house says so, but nothing of it in clear."""
    from tests.connectors.test_checking import lying

    exchange.sources[COLLEGE].add("7", {"woonsituatie": {"woonvorm": "huur"}}, **PERSON)
    done, line = await asked(exchange)
    await stories.approve(exchange[COLLEGE], line.id, OK)

    def wrong(items: Any) -> tuple[str, ...]:
        return (*lying(items)[:-1], lying(items)[0])

    monkeypatch.setattr(answering, "all_disclosures", wrong)
    monkeypatch.setattr(outgoing, "check_going", lambda *_: None)
    row = await answered(exchange, done)
    assert row.state == "opgehaald"
    assert await codes(exchange, HOUSE) == ["onthulling_dubbel"]
    assert "onthulling_dubbel" in await codes(exchange, COLLEGE)
    receipts = [e.source.manifest for e in exchange.broker.entries if e.source.manifest.kind == "ontvangst"]
    assert receipts[-1].act is not None
    assert receipts[-1].act.model_dump()["result"] == "received"
    assert receipts[-1].sealed is not None
    assert receipts[-1].sealed.bucket == filing.RECEIPT_BUCKET
    assert "onthulling_dubbel" not in str([entry.manifest for entry in exchange.broker.entries])
