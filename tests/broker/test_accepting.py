"""One message against a state, without a database: what a refusal holds, and what it tells its sender."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from types import SimpleNamespace
from typing import Any, cast

import pytest

from broker.cases.queries import HeldSource
from broker.exchanges import accepting
from broker.exchanges.accepting import CaseState, State, accept
from broker.exchanges.message import Message, Verdict
from broker.exchanges.rows import MOST_REASONS, MessageRow, fewer
from broker.ledger.append import new_identity
from broker.parties.directories import HouseView
from connectors import CheckError
from connectors.exchanges.checking import read_body
from connectors.exchanges.pages import Delivery
from schemas.entry import Body
from schemas.facts import ThreadFact
from schemas.gathering import Source
from schemas.ids import Address
from schemas.manifest import Manifest
from schemas.policy import Reason, Refused, decide
from tests.making import (
    CASE,
    HOUSE,
    NOW,
    PERSON,
    a_question,
    address,
    case_key,
    changed,
    digest,
    item_of,
    manifest_of,
    message_id,
    pack,
    reference,
)
from tests.schemas.folding import GGD, GGZ, MEMBERS, OM, Told, begun, passing
from tests.schemas.scenes_meeting import HOUSING, carrying, sealed_for

TOO_MUCH = "te_veel_tegelijk"


def view_of(sender: str) -> HouseView:
    """The house as its records say it; of its directory only who signs, and in which suite nobody may seal: in none."""
    directory = SimpleNamespace(signing_key=lambda kid, at: (None, sender), forbidden_suite=lambda manifest, at: None)
    return cast(HouseView, SimpleNamespace(members=MEMBERS, directory=directory))


def taken(told: Told | None, manifest: Manifest, **state: Any) -> tuple[Verdict, Body, MessageRow]:
    """What becomes of a message: the verdict, the entry's body, and what is kept of it."""
    sources = told.sources if told else []
    held = tuple(HeldSource(source, message_id(f"entry {index}")) for index, source in enumerate(sources))
    cases = {CASE: CaseState(len(held), held)} if told else {}
    before = State(view_of(manifest.sender), told.now if told else NOW, cases=cases, **state)
    key = case_key(manifest.sender, "triage").kid
    sealed = "x" if manifest.sealed else None
    message = Message(manifest=manifest, text="x", sha256=digest("x"), sealed=sealed, kid=key, pack=pack())
    _, rows, verdict = accept(before, message, new_identity)
    assert isinstance(verdict, Verdict)
    written = rows.written[0]
    assert written.entry.body is not None
    assert written.message is not None
    return verdict, readable(written.entry.body), written.message


def readable(data: bytes) -> Body:
    """As its sender and every recipient reads it. Raises :class:`CheckError`."""
    delivery = Delivery(n=1, body=data.decode())
    if delivery.too_large:
        raise CheckError("te_groot")
    return read_body(delivery.body)


def codes(reasons: Iterable[Reason]) -> set[tuple[str, str]]:
    return {(reason.rule, reason.code) for reason in reasons}


# ---------------------------------------------------------------------------------------- what no reader could take


def shared(items: int, people: int) -> tuple[Told, Manifest]:
    """The house passes on so many items to so many participants; their provider agreed for each of these."""
    who = tuple(address(100 + number, "college_bw") for number in range(people))
    told = begun("casusoverleg", GGZ)
    for each in (*who, GGZ):
        told.invite(each)
    names = [f"gegeven {number}" for number in range(items)]
    for each in who:
        told.agree(GGZ, each, names)
    return told, passing(HOUSE, *who, names=names)


def test_what_is_more_than_a_reader_takes_is_refused_before_it_is_written() -> None:
    told, message = shared(36, 28)
    verdict, body, row = taken(told, message)
    assert [reason.code for reason in verdict.reasons] == [TOO_MUCH]
    assert (body.outcome, row.allowed, row.sources) == ("refused", False, ())
    assert body.facts is not None
    assert (body.facts.too_much, body.facts.agreements) == (True, ())
    # And whoever looks it over comes to the same.
    again = decide(pack(), body.facts, message, body.time)
    assert isinstance(again, Refused)
    assert codes(again.reasons) == {(mark.rule, mark.code) for mark in body.reasons}


def test_in_parts_it_is_judged_as_any_other() -> None:
    told, message = shared(9, 28)
    verdict, _, _ = taken(told, message)
    assert TOO_MUCH not in {reason.code for reason in verdict.reasons}


def wrong_everywhere(items: int) -> tuple[Told, Manifest]:
    """A message of so many items, each of them wrong in several places, to many who take no part."""
    told = begun("triage", GGD)
    to = tuple(address(100 + number, "college_bw") for number in range(30))
    made = tuple(
        item_of("gezondheid", tuple(f"veld_{name}" for name in range(20)), "S", GGD)
        | {"item": reference(f"i{number}"), "origin": {"party": GGD, "item": reference(f"i{number}")}}
        for number in range(items)
    )
    members = {"phase": "triage", "purpose": "eerste_beeld", "items": made, "sealed": sealed_for(to, "casusoverleg")}
    return told, carrying("inbreng", GGD, to, **members)


def test_a_refusal_names_a_hundred_reasons_at_most_and_each_rule() -> None:
    told, message = wrong_everywhere(150)
    verdict, body, row = taken(told, message)
    assert len(verdict.reasons) == len(body.reasons) == len(row.reasons) == MOST_REASONS
    assert body.facts is not None
    again = decide(pack(), body.facts, message, body.time)
    assert isinstance(again, Refused)
    assert len(again.reasons) > MOST_REASONS
    assert codes(again.reasons) == codes(verdict.reasons)
    assert [reason for reason in again.reasons if reason in verdict.reasons] == list(verdict.reasons)


def test_without_that_bound_nobody_could_read_its_entry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(accepting, "fewer", lambda reasons: reasons)
    told, message = wrong_everywhere(150)
    with pytest.raises(CheckError):
        taken(told, message)


def test_each_rule_keeps_its_first_place() -> None:
    reasons = tuple(Reason("9.1", "veld", f"/items/{number}", "", "") for number in range(150))
    last = Reason("1.19", "te_veel_ontvangers", "/to", "", "")
    kept = fewer((*reasons, last))
    assert kept == (*reasons[: MOST_REASONS - 1], last)
    assert fewer(reasons[:MOST_REASONS]) == reasons[:MOST_REASONS]
    many = tuple(replace(reason, code=f"code_{number}") for number, reason in enumerate(reasons))
    assert fewer((*many, *reasons)) == (*many, reasons[0])


# ------------------------------------------------------------------------------------- what a refusal gives away


def replying(question: Source, sender: Address) -> Manifest:
    act = {"subjects": [PERSON], "at": date(2026, 3, 9), "how": "gesprek"}
    return manifest_of("geinformeerd", sender, HOUSE, act=act, reply_to=question.manifest.id)


@pytest.mark.parametrize(("asked", "told_of"), [(GGZ, False), (GGD, True)])
def test_a_message_between_others_is_no_thread(asked: Address, told_of: bool) -> None:
    """Its ceiling, its parties and its purpose would stand in the facts of the refusal."""
    case = reference("andere casus")
    question = Source(changed(a_question(asked), case=case), digest("q"), NOW)
    _, body, _ = taken(begun("triage", GGD), replying(question, GGD), threads={question.manifest.id: (question,)})
    assert body.outcome == "refused"
    assert body.facts is not None
    assert isinstance(body.facts.thread, ThreadFact) is told_of


def test_ones_own_message_is_a_thread_too() -> None:
    told = begun("triage", GGD)
    own = told.tell("geinformeerd", GGD, {"subjects": [PERSON], "at": date(2026, 3, 9), "how": "gesprek"})
    _, body, _ = taken(told, replying(own, GGD), threads={own.manifest.id: (own,)})
    assert body.facts is not None
    assert body.facts.thread is not None


@pytest.mark.parametrize("known", [False, True])
def test_an_outsider_hears_the_same_of_a_case_as_of_none(known: bool) -> None:
    told = begun("triage", GGD)
    item = item_of("woonsituatie", HOUSING, "I", OM)
    members = {"phase": "triage", "items": (item,), "sealed": sealed_for((HOUSE,), "triage")}
    message = carrying("inbreng", OM, (HOUSE,), **members)
    items = frozenset({str(item["item"])}) if known else frozenset[str]()
    without, _, _ = taken(None, message, items=items)
    within, body, _ = taken(told, message, items=items)
    assert codes(within.reasons) == codes(without.reasons)
    assert ("item_bekend" in {reason.code for reason in within.reasons}) is known
    assert body.facts is not None
    assert body.facts.case is None
