"""Messages that have no desk yet: taken in whole, shown, receipted for what was done, and nothing more than that."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import structlog
from uuid_utils import uuid7

from connectors import UseError
from connectors.desk import messages as unhandled
from connectors.desk import stories
from connectors.exchanges import checking, inbox, keys_of_cases, outgoing, queries
from connectors.exchanges.checking import Checked, check
from connectors.exchanges.deciding import move, purposes_of
from connectors.exchanges.drafting import About, Frame, Parcel, Salted, all_disclosures, draft, explained, salt
from connectors.exchanges.notifying import Notified
from connectors.exchanges.outgoing import NotSent, Outcome, Sent
from connectors.exchanges.pages import Delivery
from connectors.exchanges.rows import CaseRow
from connectors.exchanges.workplace import Workplace
from keys.checkpoint import Checkpoint
from keys.sealing import Plaintext, Recipient
from schemas.acts import ACTS
from schemas.asking_scope import exact_ground
from schemas.canonical import digest_text
from schemas.content import CeilingGround, TaskRef
from schemas.ids import Address, CaseRef, ItemRef, MessageId, Oin, Term
from tests.connectors.commanding import Desk, desks
from tests.connectors.exchange import Exchange
from tests.connectors.parties import COLLEGE, HOUSE, TOWN

pytestmark = pytest.mark.slow

PHASE = "casusoverleg"
PLAN = "plan_van_aanpak"
ONLY_SHOWN = {
    "toestemming_ingetrokken": "gaan nergens meer heen",
    "beperking": "gaan nergens meer heen",
    "vernietig_opdracht": "nog niets vernietigd",
    "akkoord_verzoek": "kan hier nog niet",
}


@dataclass
class Table:
    """A case in the meeting, with the house, the town and the college at it."""

    exchange: Exchange
    done: Notified
    given: Salted | None = None
    acting_for: Address = TOWN

    @property
    def case(self) -> CaseRef:
        return self.done.case

    def frame(self, kind: str, sender: Address, to: tuple[Address, ...], act: dict[str, Any] | None) -> Frame:
        behalf = self.acting_for if sender == HOUSE else None
        model = ACTS[kind].model_validate(act) if act is not None else None
        return Frame(kind=kind, sender=sender, to=to, case=self.case, phase=PHASE, act=model, on_behalf_of=behalf)

    async def says(self, kind: str, sender: Address, *to: Address, **act: Any) -> Outcome:
        """A message without data."""
        place = self.exchange[sender]
        outcome = await outgoing.send(place, draft(place, self.frame(kind, sender, to, act), place.clock()))
        await self.exchange.settle()
        return outcome

    async def sent(self, kind: str, sender: Address, *to: Address, **act: Any) -> MessageId:
        """One that the protocol allows."""
        outcome = await self.says(kind, sender, *to, **act)
        assert isinstance(outcome, Sent), outcome
        return outcome.id

    async def key(self, place: Workplace, who: Address) -> Recipient:
        async with place.database.begin() as tx:
            found = await keys_of_cases.peer(tx, self.case, PHASE, who, place.clock())
        assert found is not None
        return found

    async def gives(self, sender: Address, *to: Address, item: Salted | None = None) -> Outcome:
        """An ``inbreng`` about how the person lives: new, or as it was given before."""
        place, now = self.exchange[sender], self.exchange.clock.now
        made = item or self.housing(place, sender)
        acting = TOWN if sender == HOUSE else sender
        party = place.house.members(now).parties[acting]
        ground = CeilingGround(basis=Term("avg_6_1_e"), task=TaskRef(of=acting, code=party.tasks[0]))
        necessity, opening = explained("plan_opstellen", "Nodig om samen het plan te maken.")
        recipients = [await self.key(place, who) for who in to]
        parcel = Parcel.of(Plaintext(all_disclosures([made]), None, opening), recipients)
        frame = replace(self.frame("inbreng", sender, to, None), purpose=PLAN)
        manifest = draft(
            place,
            frame,
            now,
            disclosure="exact",
            items=(made.item,),
            grounds=(exact_ground(place.house.pack_at(now), ground),),
            necessity=necessity,
            sealed=parcel.outside,
        )
        outcome = await outgoing.send(place, manifest, parcel)
        await self.exchange.settle()
        return outcome

    def housing(self, place: Workplace, party: Address, origin: Salted | None = None) -> Salted:
        """An item; with the origin of one that was given, where it goes on."""
        about = About(
            subject=self.done.subjects[0],
            subject_category=Term("betrokkene"),
            category=Term("woonsituatie"),
            level="I",
            regime=Term("avg"),
            as_of=place.clock().date(),
            origin=origin.item.origin if origin else None,
        )
        return salt(about, {"woonvorm": "huur"}, party)

    async def held(self, who: Address) -> list[dict[str, Any]]:
        """The values of a case that a party holds."""
        return [dict(one.values) for one in await stories.case_items(self.exchange[who], self.case)]


async def at_the_table(exchange: Exchange) -> Table:
    """Triage is over; keys of the meeting were asked for; the town and the college are invited."""
    table = Table(exchange, await exchange.in_triage())
    exchange.clock.forward(hours=1)
    house = exchange[HOUSE]
    assert isinstance(await move(house, table.case, PHASE, "overleg_nodig"), Sent)
    for asker, asked in ((HOUSE, COLLEGE), (HOUSE, TOWN)):
        await keys_of_cases.request(exchange[asker], table.case, PHASE, asker, asked)
        await exchange.settle()
    async with house.database.begin() as tx:
        decision = (await queries.messages_of(tx, table.case, "fase_besluit"))[-1]
    for who in (TOWN, COLLEGE):
        await table.sent("casus_uitnodiging", HOUSE, who, admit=(who,), agreement=decision.id)
    for asker, asked in ((COLLEGE, HOUSE), (COLLEGE, TOWN), (TOWN, COLLEGE)):
        await keys_of_cases.request(exchange[asker], table.case, PHASE, asker, asked)
        await exchange.settle()
    day = exchange.clock.now.date().isoformat()
    await table.sent("geinformeerd", COLLEGE, HOUSE, subjects=table.done.subjects, at=day, how="gesprek")
    table.given = table.housing(exchange[COLLEGE], COLLEGE)
    given = await table.gives(COLLEGE, HOUSE, TOWN, item=table.given)
    assert isinstance(given, Sent), given
    return table


@pytest.fixture
async def table(exchange: Exchange) -> Table:
    return await at_the_table(exchange)


async def codes(place: Workplace) -> list[str]:
    return [finding.code for finding in await stories.findings(place)]


async def test_a_contribution_is_filed_by_each_and_receipted(table: Table) -> None:
    ident: MessageId | None = None
    for who in (HOUSE, TOWN):
        place = table.exchange[who]
        assert {"woonvorm": "huur"} in await table.held(who)
        line = (await unhandled.messages(place))[0]
        ident = line.id
        assert (line.kind, line.items, line.case) == ("inbreng", 1, table.case)
        page = await unhandled.message(place, line.short)
        assert [dict(one.values) for one in page.held] == [{"woonvorm": "huur"}]
        assert page.purpose == place.house.pack_at(place.clock()).purpose[PLAN].label.nl
        kinds = [(row.kind, row.way) for row in await stories.provisions(place, table.case)]
        assert ("inbreng", "in") in kinds
    college = table.exchange[COLLEGE]
    assert ident is not None
    async with college.database.begin() as tx:
        receipts = await queries.replies(tx, ident, "ontvangst")
    assert {row.sender for row in receipts} == {HOUSE, TOWN}
    assert [row.source.manifest.act.model_dump()["result"] for row in receipts if row.source.manifest.act] == [
        "filed",
        "filed",
    ]
    assert [await codes(place) for place in (college, table.exchange[HOUSE], table.exchange[TOWN])] == [[], [], []]


async def test_what_only_asks_or_narrows_is_kept_and_shown_and_not_carried_out(table: Table) -> None:
    exchange, given = table.exchange, table.given
    assert given is not None
    origin = (given.item.origin.model_dump(),)
    day = exchange.clock.now.date().isoformat()
    before = await stories.case_items(exchange[TOWN], table.case)
    assert [(one.standing, one.values) for one in before] == [(None, {"woonvorm": "huur"})]
    use = {"phase": PHASE, "purpose": "monitoring", "holder": TOWN}
    until = exchange.clock.now + timedelta(days=9)
    own = [one.item for one in await stories.case_items(exchange[COLLEGE], table.case)]
    own_kept = ({"party": COLLEGE, "item": given.item.item},)
    await table.sent("akkoord_verzoek", TOWN, COLLEGE, items=own_kept, **{"for": use}, until=until)
    await table.sent("beperking", COLLEGE, HOUSE, TOWN, items=origin, ground="juistheid_betwist")
    assert await standing(table, TOWN) == await standing(table, HOUSE) == {given.item.item: "beperkt"}
    await table.sent("toestemming_ingetrokken", COLLEGE, HOUSE, TOWN, items=origin, consent="A" * 22, **{"from": day})
    size = len(exchange.broker.entries)
    await table.sent("vernietig_opdracht", HOUSE, TOWN, scope="case", ids=(table.case,))
    assert len(exchange.broker.entries) == size + 1  # nothing was answered: nobody says that it was done
    after = await stories.case_items(exchange[TOWN], table.case)
    assert after == tuple(replace(one, values={}, standing="ingetrokken") for one in before)
    assert own == [one.item for one in await stories.case_items(exchange[COLLEGE], table.case)]
    shown = {}
    for who in (TOWN, COLLEGE):
        for line in await unhandled.messages(exchange[who]):
            shown[line.kind] = (await unhandled.message(exchange[who], line.id)).note
        assert await codes(exchange[who]) == []
    assert ONLY_SHOWN.keys() <= shown.keys()
    for kind, text in ONLY_SHOWN.items():
        assert text in shown[kind]


async def standing(table: Table, who: Address) -> dict[ItemRef, str]:
    """What somebody is told not to use."""
    held = await stories.case_items(table.exchange[who], table.case)
    return {one.item: one.standing for one in held if one.standing}


async def test_what_was_taken_back_does_not_leave_the_house(table: Table) -> None:
    """The house has the provider's agreement, and then its word that the person took the consent back."""
    exchange, given = table.exchange, table.given
    assert given is not None
    house = exchange[HOUSE]
    agreed = {
        "item": given.item.item,
        "subject": given.item.subject,
        "subject_category": given.item.subject_category,
        "category": given.item.category,
        "fields": [row.path for row in given.item.fields],
        "given_for": PLAN,
    }
    use = {"phase": PHASE, "purpose": PLAN, "holder": TOWN}
    await table.sent(
        "akkoord",
        COLLEGE,
        HOUSE,
        items=(agreed,),
        **{"for": use},
        until=exchange.clock.now + timedelta(days=9),
        decision="akkoord",
    )
    assert await purposes_of(house, table.case, PHASE, [given.item.item]) == (PLAN,)
    assert await purposes_of(house, table.case, PHASE, []) == ()
    assert await purposes_of(house, table.case, "triage", [given.item.item]) == ()
    await keys_of_cases.request(house, table.case, PHASE, HOUSE, TOWN)
    await exchange.settle()
    passed = await table.gives(HOUSE, TOWN, item=table.housing(house, HOUSE, given))
    assert isinstance(passed, Sent), passed
    day = exchange.clock.now.date().isoformat()
    await table.sent(
        "toestemming_ingetrokken",
        COLLEGE,
        HOUSE,
        items=(given.item.origin.model_dump(),),
        consent="A" * 22,
        **{"from": day},
    )
    stopped = await table.gives(HOUSE, TOWN, item=table.housing(house, HOUSE, given))
    assert isinstance(stopped, NotSent)
    assert (stopped.at_home, {(one.rule, one.code) for one in stopped.reasons}) == (
        True,
        {("7.2d", "toestemming_ingetrokken")},
    )


async def test_a_decision_that_keeps_the_phase_destroys_nothing(table: Table) -> None:
    """B2-out: who directs the case is new, and since when its phase counts is not; everybody keeps what it has."""
    exchange = table.exchange
    exchange.clock.forward(hours=1)
    before = {who: (await table.held(who), await row_of(exchange[who], table.case)) for who in (HOUSE, TOWN, COLLEGE)}
    act = {
        "decision": "casusregie",
        "from": PHASE,
        "to": PHASE,
        "decided_on": exchange.clock.now.date(),
        "reason": "casusregie_belegd",
        "casusregie": COLLEGE,
        "meeting": digest_text("verslag"),
    }
    for who in (TOWN, COLLEGE):
        await table.sent("fase_besluit", HOUSE, who, **act)
        table.acting_for = COLLEGE
    for who, (held, row) in before.items():
        assert await table.held(who) == held
        assert await row_of(exchange[who], table.case) == replace(row, acting_for=COLLEGE)
        assert exchange[who].keyring.phases_of(table.case) == (PHASE,)
        async with exchange[who].database.begin() as tx:
            assert any(key.erased is None and key.phase == PHASE for key in await queries.case_keys(tx, table.case))


async def row_of(place: Workplace, case: CaseRef) -> CaseRow:
    async with place.database.begin() as tx:
        row = await queries.case_row(tx, case)
    assert row is not None
    return row


async def test_who_is_behind_does_not_take_a_message_for_an_old_one(
    table: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The college was not told of a phase: the message that says so is of today, not of yesterday."""
    seen: list[checking.Verified] = []
    moved_on = checking.moved_on

    def watch(verified: checking.Verified, case: CaseRow | None) -> bool:
        seen.append(verified)
        return moved_on(verified, case)

    monkeypatch.setattr(checking, "moved_on", watch)
    assert isinstance(await table.gives(TOWN, COLLEGE), Sent)
    (verified, *_) = seen
    row = await row_of(table.exchange[COLLEGE], table.case)
    hour = timedelta(hours=1)
    assert moved_on(verified, row) is False
    assert moved_on(verified, replace(row, phase="triage", phase_since=row.phase_since - hour)) is False
    assert moved_on(verified, replace(row, phase="afschaling", phase_since=row.phase_since + hour)) is True
    assert moved_on(verified, replace(row, phase="afschaling", phase_since=row.phase_since)) is True
    assert moved_on(verified, None) is False


async def test_one_message_to_two_functions_of_one_party_is_one_message(table: Table) -> None:
    """It goes to both addresses, and the party takes it once, under the first of them."""
    place = table.exchange[HOUSE]
    page = table.exchange.broker.page(Oin(HOUSE.oin), 0, 0)
    head = await place.book.agree(page["checkpoint"], (), Checkpoint("x", 1, b"\0" * 32))
    (row,) = await unhandled.messages(place)
    for raw in page["deliveries"]:
        delivery = Delivery.model_validate(raw)
        claimed = inbox._claimed(delivery)
        if claimed and claimed.id == row.id:
            known = await inbox._knowledge(place, delivery, head)
            both = replace(known, known=None, own=frozenset({TOWN, HOUSE}))
            outcome = check(delivery, both, place.clock())
            assert isinstance(outcome, Checked)
            assert (outcome.verified.address, outcome.result) == (claimed.to[0], "filed")
            return
    raise AssertionError("the message was not delivered")


async def test_a_message_that_is_not_there_is_said_so(table: Table) -> None:
    with pytest.raises(UseError, match="desk messages"):
        await unhandled.message(table.exchange[TOWN], "000000")
    with pytest.raises(UseError, match="desk messages"):
        await unhandled.message(table.exchange[TOWN], str(uuid7()))


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    structlog.configure(logger_factory=structlog.ReturnLoggerFactory())
    exchange = await Exchange(tmp_path).open(HOUSE, TOWN, COLLEGE)
    await at_the_table(exchange)
    try:
        async with desks(exchange) as made:
            yield made
    finally:
        await exchange.close()
        structlog.reset_defaults()


async def test_at_the_desk(desk: Desk) -> None:
    listed = await desk.at(TOWN, "desk", "list")
    assert (listed.code, "desk messages" in listed.err) == (0, True)
    assert (await desk.at(TOWN, "desk", "list", "--json")).json == []
    rows = (await desk.at(TOWN, "desk", "messages", "--json")).json
    assert {row["kind"] for row in rows} == {"casus_uitnodiging", "inbreng"}
    short = next(row["short"] for row in rows if row["kind"] == "inbreng")
    table = await desk.at(TOWN, "desk", "messages")
    assert short in table.out
    shown = await desk.at(TOWN, "desk", "message", short)
    for text in ("inbreng", "woonvorm: huur", "Proefpartij", "kan hier nog niet"):
        assert text in shown.out
    page = (await desk.at(TOWN, "desk", "message", short, "--json")).json
    assert (page["held"][0]["person"], page["held"][0]["category"]) == (1, "woonsituatie")
    none = await desk.at(COLLEGE, "desk", "message", "0000")
    assert (none.code, "desk messages" in none.err) == (2, True)
