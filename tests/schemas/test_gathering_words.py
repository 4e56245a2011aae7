"""Later words of providers and notifiers: what takes an agreement away, what was kept, who is heard about informing."""

from __future__ import annotations

from datetime import date

from schemas.acts import PhaseDecision
from schemas.content import Item
from schemas.gathering import Source, gather
from schemas.policy import as_exact
from tests.making import (
    COLLEGE,
    CONSENT,
    HOUSE,
    MELDER,
    PARTY,
    PERSON,
    a_notification,
    a_question,
    an_answer,
    an_inner,
    digest,
    manifest_of,
)
from tests.schemas.folding import MEMBERS, origins
from tests.schemas.test_gathering import Case, agree, in_triage


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
    assert [(row.item, row.purpose) for row in fact.kept] == [(item.item, "eerste_beeld")]
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


def test_an_answer_rests_on_the_word_of_who_gives_it_too() -> None:
    case = in_triage(PARTY["ggz"])
    asked = case.accept(a_question(PARTY["ggz"]))
    act = {"subjects": [PERSON], "at": date(2026, 3, 9), "how": "brief"}
    for sender in (PARTY["ggz"], PARTY["ggd"]):
        told = manifest_of("geinformeerd", sender, HOUSE, act=act)
        case.sources.append(Source(told, digest(sender), case.now))
    assert {row.by for row in case.facts(an_answer(asked.manifest), asked).informed} == {MELDER, PARTY["ggz"]}


def test_what_bears_on_the_sealed_half_is_known_to_who_has_it_alone() -> None:
    """7.2a, d: on the wire an answer shows no consent; who opened it knows that the consent was taken back."""
    ggz = PARTY["ggz"]
    case = in_triage(ggz)
    asked = case.accept(a_question(ggz))
    act = {"items": origins(ggz), "consent": CONSENT.ref, "from": date(2026, 3, 10)}
    taken = Source(manifest_of("toestemming_ingetrokken", ggz, HOUSE, act=act), digest("terug"), case.now)
    case.sources.append(taken)
    answer = an_answer(asked.manifest)
    exact = as_exact(answer, an_inner(answer, consent=CONSENT))
    assert exact is not None
    assert [fact.consent for fact in case.facts(exact, asked).withdrawn] == [CONSENT.ref]
    on_the_wire = case.gathered(answer, asked)
    assert on_the_wire.facts.withdrawn == ()
    assert taken.sha256 not in on_the_wire.sources
