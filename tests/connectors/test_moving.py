"""A case moves by the word of its house alone, with what its provider agreed to, and nothing is filed behind it."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from uuid_utils import uuid7

from connectors import StateError, UseError
from connectors.casefiles import dossier
from connectors.casefiles.store import items_of
from connectors.desk import stories
from connectors.exchanges import checking, filing, keys_of_cases, moving, queries
from connectors.exchanges.checking import Checked
from connectors.exchanges.deciding import decide_intake, move
from connectors.exchanges.drafting import Frame, draft
from connectors.exchanges.inbox import take_page
from connectors.exchanges.outgoing import Sent
from connectors.exchanges.rows import CaseRow, KnownRow, known_row
from connectors.exchanges.workplace import Workplace
from keys import jws, merkle
from schemas.acts import Act, AgreedItem, Agreement, PhaseDecision
from schemas.canonical import digest_text, encode
from schemas.content import Item
from schemas.entry import Body, body_bytes
from schemas.ids import Address, CaseRef, MessageId, Reference, Term
from schemas.manifest import MANIFEST_TYP, Manifest
from tests.connectors.exchange import Exchange
from tests.connectors.parties import COLLEGE, GGZ, HOUSE, HOUSE_ID, TOWN, signing_key
from tests.memory_broker import MemoryLink

pytestmark = pytest.mark.slow


async def codes(place: Workplace) -> list[str]:
    return [finding.code for finding in await stories.findings(place)]


async def row_of(place: Workplace, case: CaseRef) -> CaseRow:
    async with place.database.begin() as tx:
        row = await queries.case_row(tx, case)
    assert row is not None
    return row


# --------------------------------------------------------------------------------------------- a smuggled source


def forged(exchange: Exchange, place: Workplace, signer: Address, case: CaseRef) -> dict[str, Any]:
    """A decision to end the case by a party that takes no part in it, in the log of a broker that helps."""
    act = PhaseDecision.model_validate(
        {
            "decision": "elders",
            "from": "triage",
            "to": "elders",
            "decided_on": exchange.clock.now.date(),
            "reason": "andere_tafel_passender",
        }
    )
    frame = Frame(kind="fase_besluit", sender=signer, to=(HOUSE,), case=case, phase="triage", act=act)
    manifest = draft(place, frame, exchange.clock.now)
    payload = encode(manifest.model_dump(mode="json", by_alias=True, exclude_none=True))
    text = jws.sign(payload, signing_key(signer), MANIFEST_TYP)
    body = Body(
        blind=Reference("A" * 22),
        entry=MessageId(str(uuid7())),
        time=exchange.clock.now,
        house=HOUSE_ID,
        case=case,
        case_seq=99,
        outcome="allowed",
        manifest_sha256=digest_text(text),
    )
    written = body_bytes(body).decode()
    index = exchange.broker._append(merkle.body_leaf(written.encode()))
    return {"manifest": text, "body": written, "proof": lambda: exchange.broker.proof_of(index)}


async def smuggled(exchange: Exchange) -> CaseRef:
    """The next message to the college brings that decision along."""
    done = await exchange.in_triage()
    await exchange.asked(done, COLLEGE)
    college = exchange[COLLEGE]
    row = forged(exchange, college, GGZ, done.case)
    await keys_of_cases.request(exchange[HOUSE], done.case, "triage", HOUSE, COLLEGE)

    def tamper(page: dict[str, Any]) -> None:
        for delivery in page["deliveries"]:
            if delivery["envelope"]:
                delivery["sources"].append({**row, "proof": row["proof"]()})

    link = college.link
    assert isinstance(link, MemoryLink)
    link.tamper = tamper
    await take_page(college, 0.0)
    return done.case


async def test_a_source_that_no_fact_came_from_is_refused(exchange: Exchange) -> None:
    case = await smuggled(exchange)
    college = exchange[COLLEGE]
    assert await codes(college) == ["bron_past_niet"]
    assert (await row_of(college, case)).phase == "triage"
    async with college.database.begin() as tx:
        assert all(known.sender != GGZ for known in await queries.messages_of(tx, case))


async def test_and_nobody_but_the_house_would_be_obeyed(exchange: Exchange, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also with that check gone: whoever else signs a decision, the case stays, and what is held of it."""
    monkeypatch.setattr(checking, "sorted", lambda _: [], raising=False)
    case = await smuggled(exchange)
    college = exchange[COLLEGE]
    async with college.database.begin() as tx:
        assert any(known.sender == GGZ for known in await queries.messages_of(tx, case))
    await moving.recover(college)
    assert (await row_of(college, case)).phase == "triage"
    assert len(await stories.case_items(college, case)) > 0


# ---------------------------------------------------------------------------------------------- what is kept


def said(place: Workplace, by: Address, act: Act, kind: str, case: CaseRef) -> KnownRow:
    """A message as it is remembered, of this moment."""
    now = place.clock()
    to = TOWN if by == HOUSE else HOUSE
    frame = Frame(kind=kind, sender=by, to=(to,), case=case, phase="aanmelding", act=act)
    manifest: Manifest = draft(place, frame, now)
    text = jws.sign(
        encode(manifest.model_dump(mode="json", by_alias=True, exclude_none=True)), signing_key(by), MANIFEST_TYP
    )
    return known_row(text, manifest, digest_text(text), now, "in")


AGREEMENTS: list[tuple[list[tuple[Address, str, str, int]], bool]] = [
    ([], False),
    ([(TOWN, "akkoord", "politie", 9)], True),
    ([(COLLEGE, "akkoord", "politie", 9)], False),
    ([(TOWN, "akkoord", "politie", -1)], False),
    ([(TOWN, "akkoord", "politie", 9), (COLLEGE, "ingetrokken", "politie", 9)], True),
    ([(TOWN, "akkoord", "politie", 9), (TOWN, "ingetrokken", "politie", 9)], False),
    ([(TOWN, "akkoord", "politie", 9), (TOWN, "ingetrokken", "00000099000000003000:politie", 9)], False),
    ([(TOWN, "akkoord", "politie", 9), (TOWN, "geen_akkoord", "ggz", 9)], True),
    ([(TOWN, "ingetrokken", "politie", 9), (TOWN, "akkoord", "politie", 9)], True),
]


@pytest.mark.parametrize(
    ("words", "needed", "kept"),
    [
        *((words, ("eerste_beeld",), kept) for words, kept in AGREEMENTS),
        ([(TOWN, "akkoord", "politie", 9)], ("toebedelen", "eerste_beeld"), True),
        ([(TOWN, "akkoord", "politie", 9)], ("toebedelen",), False),
        ([(TOWN, "akkoord", "politie", 9)], (), False),
    ],
)
@pytest.mark.rule("3.5c", part="R")
async def test_only_the_provider_lets_go_along(
    exchange: Exchange, words: list[tuple[Address, str, str, int]], needed: tuple[str, ...], kept: bool
) -> None:
    """With its agreement to a purpose for which the procesregisseur marks the item necessary (3.5b, c)."""
    done = await exchange.notified()
    house = exchange[HOUSE]
    async with house.database.begin() as tx:
        rows = await items_of(tx, done.case)
    items = [Item.model_validate_json(row.codes) for row in rows]
    item = next(one for one in items if one.category == "personalia")
    act = PhaseDecision.model_validate(
        {
            "decision": "in_triage",
            "from": "aanmelding",
            "to": "triage",
            "decided_on": exchange.clock.now.date(),
            "reason": "criteria_voldaan",
            "keep": (item.item,),
            "keep_for": needed,
        }
    )
    about = AgreedItem(
        item=item.item,
        subject=item.subject,
        subject_category=item.subject_category,
        category=item.category,
        fields=tuple(row.path for row in item.fields),
        given_for=Term("toetsen_criteria"),
    )
    agreements = [
        said(
            house,
            by,
            Agreement.model_validate(
                {
                    "items": (about,),
                    "for": {"phase": "triage", "purpose": "eerste_beeld", "holder": holder},
                    "until": exchange.clock.now + timedelta(days=days),
                    "decision": decision,
                }
            ),
            "akkoord",
            done.case,
        )
        for by, decision, holder, days in words
    ]
    decision = said(house, HOUSE, act, "fase_besluit", done.case)
    assert moving._kept(house, decision, agreements, item.item, item) is kept
    other = next(one for one in items if one.category == "adresgegevens")
    assert moving._kept(house, decision, agreements, other.item, other) is False  # the decision does not name it


# -------------------------------------------------------------------------------- while the case moves


async def test_an_answer_that_the_case_overtakes_is_not_filed(
    exchange: Exchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The procesregisseur ends the triage between the check of an answer and its filing."""
    done = await exchange.in_triage()
    await exchange.asked(done, COLLEGE)
    exchange.clock.forward(hours=1, seconds=1)
    await exchange.connectors[COLLEGE].round()
    house, prepare = exchange[HOUSE], filing._prepare
    moves: list[asyncio.Task[Any]] = []

    async def slow(place: Workplace, checked: Checked, now: Any) -> Any:
        work = await prepare(place, checked, now)
        if checked.verified.manifest.kind == "triageantwoord" and not moves:
            moves.append(asyncio.create_task(move(house, done.case, "afgewezen", "criteria_niet_voldaan")))
            for _ in range(3000):
                await asyncio.sleep(0.01)
                if (await row_of(house, done.case)).phase != "triage":
                    break
            assert (await row_of(house, done.case)).phase == "afgewezen"
            await asyncio.sleep(0.3)  # time enough to destroy what is not held
            assert "triage" in house.keyring.phases_of(done.case)  # not destroyed under who is filing
        return work

    monkeypatch.setattr(filing, "_prepare", slow)
    await take_page(house, 0.0)
    assert isinstance(await moves[0], Sent)
    monkeypatch.undo()
    await exchange.settle()
    async with house.database.begin() as tx:
        assert await items_of(tx, done.case) == ()
    assert await codes(house) == ["overtaken"]
    assert house.keyring.phases_of(done.case) == ("afgewezen",)
    assert await moving.unsettled(house) == ()


async def test_who_is_late_makes_no_key_of_a_phase_that_is_over(exchange: Exchange) -> None:
    done = await exchange.notified()
    house = exchange[HOUSE]
    note = await dossier.seal_note(house.keyring, done.case, "aanmelding", "x", "about somebody")
    await decide_intake(house, done.case, "afgewezen", "criteria_niet_voldaan")
    assert isinstance(await move(house, done.case, "afgewezen", "criteria_niet_voldaan"), Sent)
    with pytest.raises(UseError, match="andere fase"):
        await dossier.seal_note(house.keyring, done.case, "aanmelding", "y", "about somebody")
    with pytest.raises(StateError):
        await dossier.read_note(house.keyring, done.case, "aanmelding", "x", note)
    assert house.keyring.phases_of(done.case) == ("afgewezen",)


async def test_a_phase_may_come_back(exchange: Exchange) -> None:
    done = await exchange.notified()
    keyring = exchange[HOUSE].keyring
    await keyring.open_file(done.case, "triage")
    await keyring.erase([f"file/{done.case}/triage"])
    with pytest.raises(UseError):
        await keyring.file_key(done.case, "triage")
    fresh = await keyring.open_file(done.case, "triage")
    assert await keyring.file_key(done.case, "triage") == fresh


async def test_who_hears_of_a_later_phase_by_another_message_settles(exchange: Exchange) -> None:
    """A decision goes to the notifier alone; who is asked again finds it among the sources, and obeys it."""
    done = await exchange.in_triage()
    await exchange.asked(done, COLLEGE)
    college = exchange[COLLEGE]
    assert isinstance(await move(exchange[HOUSE], done.case, "casusoverleg", "overleg_nodig"), Sent)
    await exchange.settle()
    assert (await row_of(college, done.case)).phase == "triage"
    await keys_of_cases.request(exchange[HOUSE], done.case, "casusoverleg", HOUSE, COLLEGE)
    await exchange.settle()
    assert (await row_of(college, done.case)).phase == "casusoverleg"
    assert college.keyring.phases_of(done.case) == ("casusoverleg",)
    assert await stories.case_items(college, done.case) == ()
