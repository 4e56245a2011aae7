"""What a recipient knows itself counts too: what came since, what was left out, what lies here under that number."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from connectors.casefiles import store as casefiles
from connectors.desk import stories
from connectors.exchanges import (
    answering,
    checking,
    drafting,
    inbox,
    keys_of_cases,
    notifying,
    opening,
    outgoing,
    queries,
    standing,
)
from connectors.exchanges.drafting import Frame, Salted, draft
from connectors.exchanges.outgoing import NotSent, Sent
from connectors.exchanges.workplace import Workplace
from schemas.acts import ACTS, Agreement, Receipt
from schemas.gathering import Source
from schemas.ids import CaseRef, ItemRef
from tests.connectors.exchange import PERSON, Exchange, form
from tests.connectors.parties import COLLEGE, HOUSE, TOWN
from tests.connectors.test_answering import OK, answered, asked
from tests.connectors.test_checking import changing, codes, kind_of, link_of, sent_notification, take
from tests.connectors.test_other_kinds import PLAN, Table, at_the_table
from tests.connectors.test_other_kinds import standing as marks

pytestmark = pytest.mark.slow

# ------------------------------------------------------------------------------ what came since (7.2d, 9.5, 20)


async def says(place: Workplace, case: CaseRef, kind: str, **act: Any) -> None:
    """A word of the town about its own items, in the phase of notification."""
    model = ACTS[kind].model_validate(act)
    frame = Frame(kind=kind, sender=TOWN, to=(HOUSE,), case=case, phase="aanmelding", act=model)
    sent = await outgoing.send(place, draft(place, frame, place.clock()))
    assert isinstance(sent, Sent), sent


def first(kind: str) -> Callable[[dict[str, Any]], None]:
    """As the broker does with what narrows: it is delivered before a message that was accepted earlier."""

    def tamper(page: dict[str, Any]) -> None:
        rows = page["deliveries"]
        kinds = [kind_of(row) for row in rows]
        if kind in kinds and "aanmelding" in kinds:
            early, late = kinds.index("aanmelding"), kinds.index(kind)
            rows[early], rows[late] = rows[late], rows[early]
            rows[early]["n"], rows[late]["n"] = rows[late]["n"], rows[early]["n"]

    return tamper


async def notified_and_narrowed(exchange: Exchange, kind: str, **members: Any) -> CaseRef:
    """A notification about which its sender said something else before the house fetched it."""
    case = await sent_notification(exchange)
    town = exchange[TOWN]
    async with town.database.begin() as tx:
        (note,) = await queries.messages_of(tx, case, "aanmelding")
    items = [item.origin.model_dump() for item in note.source.manifest.exact_items]
    await says(town, case, kind, items=items, **members)
    link_of(exchange, HOUSE).tamper = first(kind)
    await take(exchange, HOUSE)
    return case


async def results(exchange: Exchange, case: CaseRef) -> list[str]:
    """What the receipts say."""
    async with exchange[HOUSE].database.begin() as tx:
        rows = await queries.messages_of(tx, case, "ontvangst")
    return [row.source.manifest.act.result for row in rows if isinstance(row.source.manifest.act, Receipt)]


async def test_what_was_corrected_before_it_came_is_not_filed(exchange: Exchange) -> None:
    case = await notified_and_narrowed(exchange, "correctie")
    assert await stories.case_items(exchange[HOUSE], case) == ()
    assert await codes(exchange[HOUSE]) == ["overtaken"]
    assert await results(exchange, case) == ["overtaken"]


async def test_without_that_look_it_would_be(exchange: Exchange, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checking, "taken_back", lambda *_: False)
    case = await notified_and_narrowed(exchange, "correctie")
    held = await stories.case_items(exchange[HOUSE], case)
    assert await results(exchange, case) == ["filed"]
    # And even then nobody is shown a value of it.
    assert {(one.standing, bool(one.values)) for one in held} == {("onjuist", False)}


async def test_what_was_restricted_before_it_came_is_filed_and_not_used(exchange: Exchange) -> None:
    case = await notified_and_narrowed(exchange, "beperking", ground="juistheid_betwist")
    held = await stories.case_items(exchange[HOUSE], case)
    assert {(one.standing, bool(one.values)) for one in held} == {("beperkt", False)}
    assert await codes(exchange[HOUSE]) == []


async def test_an_answer_whose_item_was_corrected_since_is_overtaken_in_silence(
    exchange: Exchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Which items an answer holds is sealed, so the receipt says in clear only that it came."""
    later: list[Source] = []
    in_order = standing.in_order
    monkeypatch.setattr(standing, "in_order", lambda rows: [*in_order(rows), *later])
    exchange.sources[COLLEGE].add("7", {"woonsituatie": {"woonvorm": "huur"}}, **PERSON)
    done, line = await asked(exchange)
    await stories.approve(exchange[COLLEGE], line.id, OK)
    read = opening._read_inner

    def corrected(verified: Any, plaintext: Any) -> Any:
        """The correction that the college sends a moment after its answer, and that came first."""
        inner = read(verified, plaintext)
        items = [item.origin.model_dump() for item in inner.items]
        frame = Frame(
            kind="correctie",
            sender=COLLEGE,
            to=(HOUSE,),
            case=done.case,
            phase="triage",
            act=ACTS["correctie"].model_validate({"items": items}),
        )
        place = exchange[COLLEGE]
        later[:] = [Source(draft(place, frame, place.clock()), verified.sha256, verified.body.time)]
        monkeypatch.setattr(opening, "facts_inside", lambda facts, *_: facts)  # these are of before the entry
        return inner

    monkeypatch.setattr(opening, "_read_inner", corrected)
    assert (await answered(exchange, done)).outcome is None
    assert await codes(exchange[HOUSE]) == ["overtaken"]
    assert "received" in await results(exchange, done.case)
    assert await codes(exchange[COLLEGE]) == ["overtaken"]  # its sender hears of it, sealed


async def test_a_restriction_that_ended_marks_nothing(exchange: Exchange) -> None:
    table = await at_the_table(exchange)
    given = table.given
    assert given is not None
    origin = (given.item.origin.model_dump(),)
    await table.sent("beperking", COLLEGE, HOUSE, TOWN, items=origin, ground="juistheid_betwist")
    assert await marks(table, COLLEGE) == {}  # of its own data the provider keeps none here
    assert await marks(table, TOWN) == {given.item.item: "beperkt"}
    await table.sent("beperking_einde", COLLEGE, TOWN, items=origin, reason="juistheid_nagegaan")
    assert await marks(table, TOWN) == {}
    assert {"woonvorm": "huur"} in await table.held(TOWN)
    assert await marks(table, HOUSE) == {given.item.item: "beperkt"}  # it was not told


@pytest.mark.parametrize("kind", ["correctie", "toestemming_ingetrokken"])
async def test_who_does_not_provide_marks_nothing(exchange: Exchange, kind: str) -> None:
    """A word about an item counts from its own provider alone (2.1, 7.2d); a wrong one never even leaves."""
    table = await at_the_table(exchange)
    given = table.given
    assert given is not None
    day = exchange.clock.now.date().isoformat()
    act: dict[str, Any] = {"items": (given.item.origin.model_dump(),)}
    if kind == "toestemming_ingetrokken":
        act |= {"consent": "A" * 22, "from": day}
    assert isinstance(await table.says(kind, TOWN, HOUSE, **act), NotSent)
    assert await marks(table, HOUSE) == {}


# ------------------------------------------------------------------------------------- what the sources must be


def reversed_sources(delivery: dict[str, Any]) -> None:
    delivery["sources"].reverse()


def doubled_sources(delivery: dict[str, Any]) -> None:
    delivery["sources"] += delivery["sources"][-1:]


@pytest.mark.parametrize("change", [reversed_sources, doubled_sources])
async def test_sources_come_in_the_order_of_the_ledger(
    exchange: Exchange, change: Callable[[dict[str, Any]], None]
) -> None:
    case = await sent_notification(exchange)
    link_of(exchange, HOUSE).tamper = changing("aanmelding", change)
    await take(exchange, HOUSE)
    assert await codes(exchange[HOUSE]) == ["bronnen_volgorde"]
    assert await stories.case_items(exchange[HOUSE], case) == ()


async def test_in_another_order_they_would_be_folded(exchange: Exchange, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checking, "pairwise", lambda _: ())
    case = await sent_notification(exchange)
    link_of(exchange, HOUSE).tamper = changing("aanmelding", reversed_sources)
    await take(exchange, HOUSE)
    assert await codes(exchange[HOUSE]) == []
    assert await stories.case_items(exchange[HOUSE], case) != ()


async def passed_on_by_liars(table: Table, monkeypatch: pytest.MonkeyPatch) -> None:
    """College agrees, then takes the consent back and tells the town so; the house passes the item on all the same, and
    the broker decides as if the withdrawal were not there."""
    exchange, given = table.exchange, table.given
    assert given is not None
    house, item = exchange[HOUSE], given.item
    agreed = {name: getattr(item, name) for name in ("item", "subject", "subject_category", "category")}
    agreed |= {"fields": [row.path for row in item.fields], "given_for": PLAN}
    use = {"phase": "casusoverleg", "purpose": PLAN, "holder": TOWN}
    until = exchange.clock.now + timedelta(days=9)
    await table.sent("akkoord", COLLEGE, HOUSE, items=(agreed,), **{"for": use}, until=until, decision="akkoord")
    await outgoing_key(table)
    day = exchange.clock.now.date().isoformat()
    origin = (item.origin.model_dump(),)
    await table.sent("toestemming_ingetrokken", COLLEGE, HOUSE, TOWN, items=origin, consent="A" * 22, **{"from": day})
    allowed = exchange.broker._allowed

    def without(case: CaseRef | None) -> list[Source]:
        return [source for source in allowed(case) if source.manifest.kind != "toestemming_ingetrokken"]

    async def nothing(*_: Any) -> None:
        return None

    monkeypatch.setattr(exchange.broker, "_allowed", without)
    monkeypatch.setattr(outgoing, "_refusal", nothing)
    passed = await table.gives(HOUSE, TOWN, item=table.housing(house, HOUSE, given))
    assert isinstance(passed, Sent), passed


async def outgoing_key(table: Table) -> None:
    await keys_of_cases.request(table.exchange[HOUSE], table.case, "casusoverleg", HOUSE, TOWN)
    await table.exchange.settle()


async def test_a_source_that_i_hold_cannot_be_left_out(exchange: Exchange, monkeypatch: pytest.MonkeyPatch) -> None:
    table = await at_the_table(exchange)
    await passed_on_by_liars(table, monkeypatch)
    assert await codes(exchange[TOWN]) == ["bron_weggelaten"]
    assert len(await stories.case_items(exchange[TOWN], table.case)) == 1


async def test_unless_nobody_looks_at_what_is_held(exchange: Exchange, monkeypatch: pytest.MonkeyPatch) -> None:
    table = await at_the_table(exchange)
    monkeypatch.setattr(checking, "_nothing_left_out", lambda *_: None)
    monkeypatch.setattr(checking, "taken_back", lambda *_: False)
    await passed_on_by_liars(table, monkeypatch)
    assert await codes(exchange[TOWN]) == []
    assert len(await stories.case_items(exchange[TOWN], table.case)) == 2


# --------------------------------------------------------------------------------------- a number that is taken


async def answer_under_a_known_number(exchange: Exchange, monkeypatch: pytest.MonkeyPatch) -> CaseRef:
    """An answer whose item has the number of one that the house has: only the house can see it."""
    exchange.sources[COLLEGE].add("7", {"woonsituatie": {"woonvorm": "huur"}}, **PERSON)
    done, line = await asked(exchange)
    taken = (await stories.case_items(exchange[HOUSE], done.case))[0].item
    salt = drafting.salt

    def known(about: Any, values: Any, party: Any) -> Salted:
        made = salt(about, values, party)
        if about.category != "woonsituatie":
            return made
        origin = made.item.origin.model_copy(update={"item": taken})
        return replace(made, item=made.item.model_copy(update={"item": taken, "origin": origin}))

    monkeypatch.setattr(answering, "salt", known)
    await stories.approve(exchange[COLLEGE], line.id, OK)
    assert (await answered(exchange, done)).outcome is None
    held = [one.category for one in await stories.case_items(exchange[HOUSE], done.case)]
    assert "woonsituatie" not in held
    case: CaseRef = done.case
    return case


async def test_an_item_under_a_known_number_is_refused_and_its_sender_hears_so(
    exchange: Exchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = await answer_under_a_known_number(exchange, monkeypatch)
    assert await codes(exchange[HOUSE]) == ["item_bekend"]
    assert await codes(exchange[COLLEGE]) == ["item_bekend"]
    assert "received" in await results(exchange, case)


async def test_without_that_look_it_is_a_fault_and_nobody_hears(
    exchange: Exchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def none(*_: Any) -> frozenset[ItemRef]:
        return frozenset()

    monkeypatch.setattr(casefiles, "known_items", none)
    await answer_under_a_known_number(exchange, monkeypatch)
    assert await codes(exchange[HOUSE]) == ["storing"]
    assert await codes(exchange[COLLEGE]) == []


# -------------------------------------------------------------------------------------- a delivery that is too large


def large_body(delivery: dict[str, Any]) -> None:
    delivery["body"] += " " * (400 * 1024)


def many_sources(delivery: dict[str, Any]) -> None:
    delivery["sources"] = delivery["sources"][:1] * 501


@pytest.mark.parametrize("change", [large_body, many_sources])
async def test_what_is_too_large_is_refused_alone(exchange: Exchange, change: Callable[[dict[str, Any]], None]) -> None:
    """One line of a page that nobody can read does not keep the rest of the inbox from being read."""
    case = await sent_notification(exchange)
    await says(exchange[TOWN], case, "beperking", items=[{"party": TOWN, "item": "A" * 22}], ground="juistheid_betwist")
    link_of(exchange, HOUSE).tamper = changing("aanmelding", change)
    await take(exchange, HOUSE)
    assert await codes(exchange[HOUSE]) == ["te_groot"]
    assert await stories.case_items(exchange[HOUSE], case) == ()
    async with exchange[HOUSE].database.begin() as tx:
        assert len(await queries.messages_of(tx, case, "beperking")) == 1  # what came behind it
        assert await queries.get_state(tx, "inbox") == str(len(exchange.broker.inboxes[HOUSE.oin]))


async def test_nor_does_an_entry_of_ones_own(exchange: Exchange) -> None:
    def own(page: dict[str, Any]) -> None:
        row = next(row for row in page["deliveries"] if row["envelope"] is None)
        large_body(row)

    link_of(exchange, TOWN).tamper = own
    await sent_notification_to_nobody(exchange)
    assert "te_groot" in await codes(exchange[TOWN])


async def sent_notification_to_nobody(exchange: Exchange) -> None:
    """The first message of a case, and the town reads what its inbox says of it."""
    with pytest.raises(Exception, match="sleutel"):
        await notifying.notify(exchange[TOWN], form(reuse=[]), wait=0)
    assert await inbox.take_page(exchange[TOWN], 0.0) > 0


# --------------------------------------------------------------------------------------------- one person at a time


async def test_an_agreement_is_about_one_person(exchange: Exchange) -> None:
    """It travels whole with a question: who is asked about one person reads of no other (3.5c)."""
    two = [*form().model_dump(mode="json")["persons"], {"personalia": PERSON | {"voornamen": "Testpersoon Puk"}}]
    two[1]["category"] = "directe_relatie"
    done = await exchange.notified(persons=two, reuse=["college_bw", "politie"])
    agreements = [
        entry.source.manifest.act
        for entry in exchange.broker.entries
        if entry.allowed and isinstance(entry.source.manifest.act, Agreement)
    ]
    named = [({item.subject for item in act.items}, act.use.holder) for act in agreements]
    assert len(named) == 4
    assert all(len(subjects) == 1 for subjects, _ in named)
    assert {next(iter(subjects)) for subjects, _ in named} == set(done.subjects)
