"""What is known of one message fits every reader of its entry and of its delivery, or the message does not go."""

from __future__ import annotations

import pytest

from connectors.exchanges.pages import Delivery
from schemas.acts import Agreement
from schemas.content import TaskRef
from schemas.entry import UNKNOWN, About, Body, ReasonMark, body_bytes
from schemas.envelope import parse_model
from schemas.facts import AgreementFact, Facts
from schemas.gathering import Gathered, Source, gather
from schemas.gathering_size import MOST_FACTS_NODES, MOST_SOURCES, nodes_of, too_large
from schemas.ids import Address, FieldPath, ItemRef, SubjectRef, Term
from schemas.manifest import Manifest
from schemas.policy import Refused, decide
from schemas.strict import COMPACT_LIMIT, NODE_LIMIT
from tests.making import CASE, COLLEGE, HOUSE, HOUSE_ID, NOW, address, digest, message_id, pack, reference
from tests.schemas.folding import GGD, GGZ, MEMBERS, Told, begun, passing


def meeting_of(size: int) -> tuple[Told, tuple[Address, ...]]:
    """A case meeting of so many houses of the same capacity, and the GGZ."""
    who = tuple(address(100 + number, "college_bw") for number in range(size))
    told = begun("casusoverleg", GGZ)
    for each in (*who, GGZ):
        told.invite(each)
    return told, who


def why_not(message: Manifest, gathered: Gathered) -> list[str]:
    """The codes of a refusal."""
    decision = decide(pack(), gathered.facts, message, NOW)
    return [reason.code for reason in decision.reasons] if isinstance(decision, Refused) else []


def shared(items: int, people: int) -> tuple[Manifest, Gathered]:
    """The house passes on so many items to so many participants; their provider agreed for each of these."""
    told, who = meeting_of(people)
    names = [f"gegeven {number}" for number in range(items)]
    for each in who:
        told.agree(GGZ, each, names)
    message = passing(HOUSE, *who, names=names)
    return message, gather(MEMBERS, told.sources, message)


def test_what_is_split_goes_and_what_is_too_much_does_not() -> None:
    message, whole = shared(36, 28)
    assert (whole.facts.too_much, whole.sources) == (True, ())
    assert why_not(message, whole) == ["te_veel_tegelijk"]
    message, part = shared(9, 28)
    assert not part.facts.too_much
    assert len(part.facts.agreements) == 9 * 28
    assert "te_veel_tegelijk" not in why_not(message, part)


def test_of_what_is_too_much_only_its_sender_is_told() -> None:
    _, whole = shared(36, 28)
    case = whole.facts.case
    assert case is not None
    assert {row.address for row in case.roster} == {HOUSE}
    assert (whole.facts.agreements, whole.facts.informed, case.keys, case.kept) == ((), (), (), ())
    assert whole.facts.thread is None
    assert {party.address for party in whole.facts.parties} == {HOUSE}
    assert len(whole.facts.model_dump_json(exclude_none=True)) < 2_000


def test_who_looks_over_what_it_holds_itself_sees_all_of_it() -> None:
    told, who = meeting_of(28)
    names = [f"gegeven {number}" for number in range(36)]
    for each in who:
        told.agree(GGZ, each, names)
    message = passing(HOUSE, *who, names=names)
    assert gather(MEMBERS, told.sources, message).facts.too_much
    found = gather(MEMBERS, told.sources, message, bounded=False)
    assert (found.facts.too_much, len(found.facts.agreements)) == (False, 36 * 28)
    assert found.sources


def test_of_what_is_too_much_no_case_is_told_where_there_is_none() -> None:
    told, _ = meeting_of(1)
    message = passing(HOUSE, COLLEGE, case=reference("een andere casus"))
    many = MEMBERS.packs * 4_000
    members = type(MEMBERS)(MEMBERS.house, MEMBERS.house_address, MEMBERS.parties, many)
    found = gather(members, told.sources, message)
    assert (found.facts.too_much, found.facts.case) == (True, None)


def test_more_sources_than_a_reader_takes_are_too_many() -> None:
    """A provider that says ever more about its own item stops that item, and nothing else."""
    told, (who, *_) = meeting_of(1)
    for number in range(MOST_SOURCES - 6):
        told.agree(GGZ, who, ["gegeven"], purpose=f"doel_{number}", decision="geen_akkoord")
    message = passing(HOUSE, who)
    before = told.gathered(message)
    assert len(before.sources) <= MOST_SOURCES
    assert not before.facts.too_much
    for number in range(MOST_SOURCES):
        told.agree(GGZ, who, ["gegeven"], purpose=f"ander_{number}", decision="geen_akkoord")
    assert gather(MEMBERS, told.sources, message).facts.too_much
    assert not told.facts(passing(HOUSE, who, names=["ander"])).too_much
    assert not told.facts(passing(HOUSE, who, provider=GGD)).too_much


def test_sources_that_are_too_long_together_are_too_many() -> None:
    told = begun("casusoverleg", COLLEGE)
    long = told.agree(GGZ, COLLEGE, [f"gegeven {number}" for number in range(60)])
    act = long.manifest.act
    assert isinstance(act, Agreement)
    items = tuple(item.model_copy(update={"fields": LONG}) for item in act.items)
    whole = long.manifest.model_copy(update={"act": act.model_copy(update={"items": items})})
    heavy = Source(whole, long.sha256, long.time)
    facts = Facts(house=HOUSE_ID, house_address=HOUSE)
    assert not too_large(facts, [heavy] * 32)
    assert not too_large(facts, [heavy] * 60)
    assert too_large(facts, [heavy] * 90)
    assert not too_large(facts, [long] * 90)


LONG = tuple(FieldPath(f"/{'x' * 55}{number}") for number in range(60))


def agreement(number: int, fields: int = 1) -> AgreementFact:
    """One of many agreements."""
    return AgreementFact(
        item=ItemRef(reference(f"gegeven {number}")),
        subject=SubjectRef(reference("betrokkene")),
        subject_category=Term("betrokkene"),
        category=Term("gezondheid"),
        fields=LONG[:fields],
        provider=GGZ,
        phase=Term("casusoverleg"),
        purpose=Term("plan_van_aanpak"),
        holder=COLLEGE,
        until=NOW,
        since=NOW,
        given_for=Term("eerste_beeld"),
        task=TaskRef(of=COLLEGE, code=Term("jeugdwet_2_3")),
    )


@pytest.mark.parametrize("fields", [1, 60])
def test_the_most_that_goes_is_read_with_all_that_an_entry_adds(fields: int) -> None:
    """Of many short rows and of fewer long ones: in an entry with a hundred reasons and thirty recipients."""
    facts = Facts(house=HOUSE_ID, house_address=HOUSE)
    rows: tuple[AgreementFact, ...] = ()
    while not too_large(facts.model_copy(update={"agreements": rows}), ()):
        facts, rows = facts.model_copy(update={"agreements": rows}), (*rows, *(agreement(len(rows), fields),) * 4)
    body = Body(
        blind=reference("blind"),
        entry=message_id("vermelding"),
        time=NOW,
        house=HOUSE_ID,
        case=CASE,
        case_seq=9_999,
        outcome="refused",
        reasons=(ReasonMark(rule="3.5c", code=Term("akkoord_ontbreekt"), pointer="/items/199/derived_from/31"),) * 100,
        manifest_sha256=digest("bericht"),
        facts=facts,
        about=About(
            **{"from": HOUSE},
            kind=UNKNOWN,
            to=tuple(address(i, "ggz") for i in range(30)),
            phase=UNKNOWN,
            purpose=UNKNOWN,
        ),
    )
    data = body_bytes(body)
    assert len(data) < COMPACT_LIMIT
    assert parse_model(Body, data) == body
    assert nodes_of(facts) <= MOST_FACTS_NODES < NODE_LIMIT
    assert len(rows) > 40


def test_a_reader_takes_as_many_sources() -> None:
    source = {"manifest": "m", "body": "b"}
    delivery = Delivery.model_validate({"n": 1, "body": "b", "sources": [source] * MOST_SOURCES})
    assert not delivery.too_large
