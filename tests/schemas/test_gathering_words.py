"""Later words of providers and notifiers: what takes an agreement away, what was kept, who is heard about informing."""

from __future__ import annotations

from datetime import date

from schemas.acts import PhaseDecision
from schemas.content import Item
from schemas.gathering import gather
from tests.making import COLLEGE, HOUSE, MELDER, PARTY, PERSON, a_notification, a_question, manifest_of
from tests.schemas.test_gathering import MEMBERS, Case, agree, in_triage


def test_a_refusal_for_an_address_takes_the_agreement_of_its_function_away_and_the_other_way_round() -> None:
    for first, later in (("college_bw", COLLEGE), (COLLEGE, "college_bw"), (COLLEGE, COLLEGE)):
        for word in ("geen_akkoord", "ingetrokken"):
            case = in_triage()
            item = begun_item(case)
            agree(case, item, first, phase="triage")
            assert case.facts(a_question(COLLEGE)).agreements
            refusal = agree(case, item, later, word, phase="triage")
            gathered = case.gathered(a_question(COLLEGE))
            assert gathered.facts.agreements == ()
            assert refusal.sha256 in gathered.sources


def test_a_refusal_for_another_takes_nothing_away() -> None:
    case = in_triage()
    agree(case, begun_item(case), "ggz", "geen_akkoord", phase="triage")
    assert len(case.facts(a_question(COLLEGE)).agreements) == 1


def test_a_later_agreement_counts_again_and_travels_whole() -> None:
    case = in_triage()
    item = begun_item(case)
    agree(case, item, COLLEGE, "ingetrokken", phase="triage")
    agree(case, item, COLLEGE, phase="triage")
    question = a_question(COLLEGE)
    first = case.gathered(question)
    assert [row.holder for row in first.facts.agreements] == [COLLEGE]
    travelling = [source for source in case.sources if source.sha256 in first.sources]
    assert gather(MEMBERS, travelling, question) == first


def begun_item(case: Case) -> Item:
    """The personal details of the notification."""
    kept = next(s.manifest.act for s in case.sources if isinstance(s.manifest.act, PhaseDecision)).keep
    item = a_notification().exact_items[0]
    assert item.item in kept
    return item


def test_what_the_decision_kept_is_known_as_far_as_it_goes_on() -> None:
    case = in_triage()
    item = begun_item(case)
    fact = case.facts(a_question(COLLEGE)).case
    assert fact is not None
    assert fact.kept == (item.item,)
    nothing = case.facts(manifest_of("sleutel_verzoek", HOUSE, COLLEGE)).case
    assert nothing is not None
    assert nothing.kept == ()


def test_only_who_must_tell_the_person_is_heard() -> None:
    case = in_triage(PARTY["ggz"])
    others = manifest_of(
        "geinformeerd", PARTY["ggz"], HOUSE, act={"subjects": [PERSON], "at": date(2026, 3, 9), "how": "brief"}
    )
    heard = case.accept(others)
    facts = case.gathered(a_question(COLLEGE))
    assert {row.by for row in facts.facts.informed} == {MELDER}
    assert heard.sha256 not in facts.sources
    assert {row.by for row in case.facts(a_question(PARTY["ggz"])).informed} == {MELDER, PARTY["ggz"]}
