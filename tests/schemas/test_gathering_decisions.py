"""What was decided about items: who may say so, what takes what away, and what travels along."""

from __future__ import annotations

from datetime import timedelta

import pytest

from schemas.acts import ACTS, Act
from schemas.content import TaskRef
from schemas.facts import AgreementFact
from schemas.gathering import FACT_KINDS, Source, gather
from schemas.ids import Address
from schemas.manifest import Manifest
from tests.making import COLLEGE, CONSENT, HOUSE, MELDER, NOW, digest, reference
from tests.schemas.folding import GGD, GGZ, MEMBERS, Told, begun, origins, passing, withdrawal

TASK = {"of": COLLEGE, "code": "jeugdwet_2_3"}


def agreed(told: Told, message: Manifest | None = None) -> tuple[AgreementFact, ...]:
    """The agreements that bear on passing on the item to the municipality."""
    return told.facts(message or passing(HOUSE, COLLEGE)).agreements


# ------------------------------------------------------------------------------------------------------ agreements


def test_an_agreement_says_when_it_was_given_and_for_what_the_item_was_provided() -> None:
    told = begun()
    consent = {"ref": CONSENT.ref, "date": CONSENT.date}
    given = told.agree(GGZ, COLLEGE, task=TASK, consent=consent)
    (fact,) = agreed(told)
    assert (fact.since, fact.given_for, fact.consent) == (given.time, "eerste_beeld", CONSENT)
    assert fact.task == TaskRef.model_validate(TASK)
    assert (fact.provider, fact.phase, fact.purpose, fact.holder) == (GGZ, "casusoverleg", "plan_van_aanpak", COLLEGE)
    assert (fact.fields, fact.until, fact.refused) == (("/problematiek",), NOW + timedelta(days=30), ())


@pytest.mark.parametrize("sender", [HOUSE, MELDER, COLLEGE, GGD])
def test_only_the_provider_agrees(sender: Address) -> None:
    told = begun()
    forged = told.agree(sender, COLLEGE)
    assert agreed(told) == ()
    assert forged.sha256 not in told.gathered(passing(HOUSE, COLLEGE)).sources
    told.agree(GGZ, COLLEGE)
    assert [fact.provider for fact in agreed(told)] == [GGZ]


@pytest.mark.parametrize("sender", [HOUSE, MELDER, COLLEGE, GGD])
@pytest.mark.parametrize("word", ["geen_akkoord", "ingetrokken"])
def test_only_the_provider_takes_its_agreement_back(sender: Address, word: str) -> None:
    told = begun()
    told.agree(GGZ, COLLEGE)
    forged = told.agree(sender, COLLEGE, decision=word)
    assert len(agreed(told)) == 1
    assert forged.sha256 not in told.gathered(passing(HOUSE, COLLEGE)).sources
    refused = told.agree(GGZ, COLLEGE, decision=word)
    assert agreed(told) == ()
    assert refused.sha256 in told.gathered(passing(HOUSE, COLLEGE)).sources


def test_agreements_for_another_phase_or_holder_or_about_another_item_bear_on_nothing() -> None:
    told = begun()
    told.agree(GGZ, COLLEGE, phase="afschaling")
    told.agree(GGZ, GGD)
    told.agree(GGZ, COLLEGE, ["ander"])
    gathered = told.gathered(passing(HOUSE, COLLEGE))
    assert gathered.facts.agreements == ()
    assert not {s.sha256 for s in told.sources if s.manifest.kind == "akkoord"}.intersection(gathered.sources)
    assert agreed(told, passing(HOUSE, COLLEGE, phase="afschaling"))[0].phase == "afschaling"


def test_an_agreement_for_a_task_stands_beside_one_without() -> None:
    told = begun()
    told.agree(GGZ, COLLEGE, task=TASK)
    told.agree(GGZ, COLLEGE)
    assert [fact.task is None for fact in agreed(told)] == [True, False]
    told.agree(GGZ, COLLEGE, task=TASK, decision="ingetrokken")
    assert [fact.task is None for fact in agreed(told)] == [True]
    told.agree(GGZ, COLLEGE, task=TASK)
    told.agree(GGZ, COLLEGE, task=TASK | {"code": "wmo_1_1_1"})
    assert len(agreed(told)) == 3
    told.agree(GGZ, COLLEGE, decision="ingetrokken")
    assert agreed(told) == ()


def test_a_later_agreement_replaces_the_one_before() -> None:
    told = begun()
    first = told.agree(GGZ, COLLEGE, fields=["/problematiek", "/diagnose"])
    second = told.agree(GGZ, COLLEGE)
    (fact,) = agreed(told)
    assert (fact.fields, fact.since) == (("/problematiek",), second.time)
    assert first.sha256 not in told.gathered(passing(HOUSE, COLLEGE)).sources


def test_a_refusal_for_another_purpose_leaves_its_mark() -> None:
    """3.5b: the pack says which purposes count as one; a refusal for one of them is then one for all."""
    told = begun()
    told.agree(GGZ, "college_bw")
    refused = told.agree(GGZ, COLLEGE, purpose="monitoring", decision="ingetrokken")
    assert [fact.refused for fact in agreed(told)] == [("monitoring",)]
    assert refused.sha256 in told.gathered(passing(HOUSE, COLLEGE)).sources
    told.agree(GGZ, COLLEGE, purpose="monitoring", decision="geen_akkoord")
    told.agree(GGZ, COLLEGE, purpose="toestandsbeeld", decision="geen_akkoord")
    assert [fact.refused for fact in agreed(told)] == [("monitoring", "toestandsbeeld")]
    told.agree(GGZ, "college_bw")
    assert [fact.refused for fact in agreed(told)] == [()]
    told.agree(GGZ, GGD, purpose="monitoring", decision="ingetrokken")
    assert [fact.refused for fact in agreed(told)] == [()]


def test_what_is_agreed_for_each_recipient_is_known() -> None:
    told = begun()
    told.agree(GGZ, "college_bw", ["gegeven", "ander"])
    told.agree(GGZ, GGD)
    facts = agreed(told, passing(HOUSE, COLLEGE, GGD, names=["gegeven", "ander"]))
    assert {(fact.item, fact.holder) for fact in facts} == {
        (reference("gegeven"), "college_bw"),
        (reference("ander"), "college_bw"),
        (reference("gegeven"), GGD),
    }


def test_agreement_about_what_something_is_derived_from_is_a_fact() -> None:
    told = begun()
    told.agree(GGD, COLLEGE, ["bron"])
    told.agree(HOUSE, COLLEGE, ["bron"])
    message = passing(HOUSE, COLLEGE, provider=HOUSE, derived_from=(reference("bron"),))
    facts = told.facts(message)
    assert [(fact.item, fact.provider) for fact in facts.agreements] == [(reference("bron"), GGD)]
    assert GGD in {party.address for party in facts.parties}


def test_an_original_in_the_message_itself_has_one_provider() -> None:
    told = begun()
    told.agree(GGD, COLLEGE)
    told.tell("correctie", GGD, {"items": origins(GGD)})
    message = passing(HOUSE, COLLEGE, derived_from=(reference("gegeven"),))
    assert told.facts(message).agreements == ()
    assert told.facts(message).stopped == ()


# ------------------------------------------------------------------------------------------------- what stops items


def test_a_withdrawal_stops_the_items_of_its_sender() -> None:
    told = begun()
    taken = told.tell("toestemming_ingetrokken", GGZ, withdrawal(*origins(GGZ)))
    again = told.tell("toestemming_ingetrokken", GGZ, withdrawal(*origins(GGZ)))
    gathered = told.gathered(passing(HOUSE, COLLEGE))
    (fact,) = gathered.facts.stopped
    assert (fact.item, fact.provider, fact.why, fact.since) == (reference("gegeven"), GGZ, "ingetrokken", taken.time)
    assert taken.sha256 in gathered.sources
    assert again.sha256 not in gathered.sources
    assert told.facts(passing(HOUSE, COLLEGE, names=["ander"])).stopped == ()


@pytest.mark.parametrize("sender", [HOUSE, GGD, COLLEGE])
def test_a_withdrawal_by_another_counts_for_nothing(sender: Address) -> None:
    told = begun()
    other = sender if sender != HOUSE else MELDER
    forged = told.tell("toestemming_ingetrokken", sender, withdrawal(*origins(GGZ), *origins(other)))
    message = passing(HOUSE, COLLEGE, ground={"consent": CONSENT})
    gathered = told.gathered(message)
    assert (gathered.facts.stopped, gathered.facts.withdrawn) == ((), ())
    assert forged.sha256 not in gathered.sources


def test_a_consent_that_was_taken_back_is_known_where_a_ground_names_it() -> None:
    told = begun()
    taken = told.tell("toestemming_ingetrokken", GGZ, withdrawal(*origins(GGZ, "ander")))
    told.tell("toestemming_ingetrokken", GGZ, withdrawal(*origins(GGZ, "ander")))
    message = passing(HOUSE, COLLEGE, ground={"consent": CONSENT})
    (fact,) = told.facts(message).withdrawn
    assert (fact.consent, fact.provider, fact.since) == (CONSENT.ref, GGZ, taken.time)
    assert told.gathered(message).sources.count(taken.sha256) == 1
    other = {"consent": {"ref": reference("andere toestemming"), "date": CONSENT.date}}
    for silent in (passing(HOUSE, COLLEGE), passing(HOUSE, COLLEGE, ground=other)):
        assert told.facts(silent).withdrawn == ()
    assert told.facts(passing(HOUSE, COLLEGE, provider=GGD, ground={"consent": CONSENT})).withdrawn == ()


def test_a_ground_without_items_names_no_consent_of_anybody() -> None:
    told = begun()
    told.tell("toestemming_ingetrokken", GGZ, withdrawal(*origins(GGZ)))
    message = passing(HOUSE, COLLEGE)
    spare = passing(HOUSE, COLLEGE, ground={"consent": CONSENT}).grounds
    assert told.facts(message.model_copy(update={"grounds": (*message.grounds, *spare)})).withdrawn == ()


@pytest.mark.parametrize(("sender", "counts"), [(GGZ, True), (HOUSE, True), (GGD, False), (MELDER, False)])
def test_the_provider_or_the_house_says_that_an_item_is_wrong(sender: Address, counts: bool) -> None:
    told = begun()
    told.tell("correctie", sender, {"items": origins(GGZ)})
    facts = told.facts(passing(HOUSE, COLLEGE)).stopped
    assert [(fact.item, fact.provider, fact.why) for fact in facts] == [(reference("gegeven"), GGZ, "onjuist")] * counts


def test_wrong_and_taken_back_are_two_things() -> None:
    told = begun()
    told.tell("correctie", GGZ, {"items": origins(GGZ)})
    told.tell("toestemming_ingetrokken", GGZ, withdrawal(*origins(GGZ)))
    assert [fact.why for fact in told.facts(passing(HOUSE, COLLEGE)).stopped] == ["ingetrokken", "onjuist"]


def test_an_item_of_another_with_the_same_number_is_another() -> None:
    told = begun()
    told.tell("correctie", GGD, {"items": origins(GGD)})
    told.tell("beperking", GGD, {"items": origins(GGD), "ground": "betwist"})
    facts = told.facts(passing(HOUSE, COLLEGE))
    assert (facts.stopped, facts.restrictions) == ((), ())


def test_what_stops_an_original_stops_what_is_derived_from_it() -> None:
    told = begun()
    told.tell("correctie", GGD, {"items": origins(GGD, "bron")})
    told.tell("beperking", GGD, {"items": origins(GGD, "bron"), "ground": "betwist"})
    facts = told.facts(passing(HOUSE, COLLEGE, derived_from=(reference("bron"),)))
    assert [(fact.item, fact.provider) for fact in facts.stopped] == [(reference("bron"), GGD)]
    assert [(fact.item, fact.provider) for fact in facts.restrictions] == [(reference("bron"), GGD)]


# ------------------------------------------------------------------------------------------------------------ total


def test_an_act_under_the_kind_of_another_says_nothing() -> None:
    """Such a message cannot be read from the wire; the folds do not depend on that."""
    told = begun()
    acts: dict[type[Act], Source] = {type(s.manifest.act): s for s in told.sources if s.manifest.act}
    start = told.sources[0]
    message = passing(HOUSE, COLLEGE, ground={"consent": CONSENT})
    before = told.gathered(message)
    for index, kind in enumerate(sorted(FACT_KINDS)):
        for source in acts.values():
            if not isinstance(source.manifest.act, ACTS[kind]):
                wrong = source.manifest.model_copy(update={"kind": kind, "sender": GGZ})
                told.sources.append(Source(wrong, digest(f"{index} {source.sha256}"), start.time))
    assert told.gathered(message) == before


def test_orders_against_each_other_never_raise() -> None:
    told = begun("casusoverleg", GGZ)
    for sender in (GGZ, HOUSE, GGD, MELDER):
        told.tell("beperking_einde", sender, {"items": origins(GGZ), "reason": "klaar"})
        told.leave(GGZ, GGD, HOUSE, sender=sender)
        told.agree(sender, COLLEGE, decision="ingetrokken")
        told.tell("correctie", sender, {"items": origins(sender) + origins(HOUSE)})
    for message in (passing(HOUSE, COLLEGE), passing(GGZ, HOUSE), passing(GGD, GGZ, COLLEGE)):
        assert told.facts(message).agreements == ()
        assert gather(MEMBERS, list(reversed(told.sources)), message).facts.agreements == ()
