"""What was decided about items: who may say so, what takes what away, and what travels along."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from schemas.acts import ACTS, Act
from schemas.content import TaskRef
from schemas.facts import AgreementFact
from schemas.gathering import FACT_KINDS, Source, gather
from schemas.ids import Address
from schemas.manifest import Manifest
from tests.making import COLLEGE, CONSENT, HOUSE, MELDER, NOW, PERSON, digest, reference
from tests.schemas.folding import GGD, GGZ, MEMBERS, POLICE, Told, begun, origins, passing, withdrawal


def met() -> Told:
    """A case in its meeting, into which the municipality and the GGD were brought."""
    return begun("casusoverleg", COLLEGE, GGD)


TASK = {"of": COLLEGE, "code": "jeugdwet_2_3"}


FOR_A_TASK = passing(HOUSE, COLLEGE, ground={"task": TASK})


def agreed(told: Told, message: Manifest | None = None) -> tuple[AgreementFact, ...]:
    """The agreements that bear on passing on the item to the municipality."""
    return told.facts(message or passing(HOUSE, COLLEGE)).agreements


# ------------------------------------------------------------------------------------------------------ agreements


def test_an_agreement_says_when_it_was_given_and_for_what_the_item_was_provided() -> None:
    told = met()
    consent = {"ref": CONSENT.ref, "date": CONSENT.date}
    given = told.agree(GGZ, COLLEGE, task=TASK, consent=consent)
    (fact,) = agreed(told, FOR_A_TASK)
    assert (fact.since, fact.given_for, fact.consent) == (given.time, "eerste_beeld", CONSENT)
    assert fact.task == TaskRef.model_validate(TASK)
    assert (fact.provider, fact.phase, fact.purpose, fact.holder) == (GGZ, "casusoverleg", "plan_van_aanpak", COLLEGE)
    assert (fact.fields, fact.until, fact.refused) == (("/problematiek",), NOW + timedelta(days=30), ())


def test_an_agreement_says_which_exception_its_provider_weighed() -> None:
    told = met()
    told.agree(GGZ, COLLEGE, task=TASK, exception="conflict_van_plichten")
    (fact,) = agreed(told, FOR_A_TASK)
    assert (fact.consent, fact.exception) == (None, "conflict_van_plichten")


@pytest.mark.parametrize("sender", [HOUSE, MELDER, COLLEGE, GGD])
def test_only_the_provider_agrees(sender: Address) -> None:
    told = met()
    forged = told.agree(sender, COLLEGE)
    assert agreed(told) == ()
    assert forged.sha256 not in told.gathered(passing(HOUSE, COLLEGE)).sources
    told.agree(GGZ, COLLEGE)
    assert [fact.provider for fact in agreed(told)] == [GGZ]


@pytest.mark.parametrize("sender", [HOUSE, MELDER, COLLEGE, GGD])
@pytest.mark.parametrize("word", ["geen_akkoord", "ingetrokken"])
def test_only_the_provider_takes_its_agreement_back(sender: Address, word: str) -> None:
    told = met()
    told.agree(GGZ, COLLEGE)
    forged = told.agree(sender, COLLEGE, decision=word)
    assert len(agreed(told)) == 1
    assert forged.sha256 not in told.gathered(passing(HOUSE, COLLEGE)).sources
    refused = told.agree(GGZ, COLLEGE, decision=word)
    assert agreed(told) == ()
    assert refused.sha256 in told.gathered(passing(HOUSE, COLLEGE)).sources


def test_agreements_for_another_phase_or_holder_or_about_another_item_bear_on_nothing() -> None:
    told = met()
    told.agree(GGZ, COLLEGE, phase="afschaling")
    told.agree(GGZ, GGD)
    told.agree(GGZ, COLLEGE, ["ander"])
    gathered = told.gathered(passing(HOUSE, COLLEGE))
    assert gathered.facts.agreements == ()
    assert not {s.sha256 for s in told.sources if s.manifest.kind == "akkoord"}.intersection(gathered.sources)
    assert agreed(told, passing(HOUSE, COLLEGE, phase="afschaling"))[0].phase == "afschaling"


def test_an_agreement_for_a_task_stands_beside_one_without() -> None:
    told = met()
    told.agree(GGZ, COLLEGE, task=TASK)
    told.agree(GGZ, COLLEGE)
    assert [fact.task is None for fact in agreed(told, FOR_A_TASK)] == [True, False]
    told.agree(GGZ, COLLEGE, task=TASK, decision="ingetrokken")
    assert [fact.task is None for fact in agreed(told, FOR_A_TASK)] == [True]
    told.agree(GGZ, COLLEGE, task=TASK)
    assert len(agreed(told, FOR_A_TASK)) == 2
    told.agree(GGZ, COLLEGE, decision="ingetrokken")
    assert agreed(told, FOR_A_TASK) == ()


def test_an_agreement_for_a_task_that_the_message_does_not_name_bears_on_nothing() -> None:
    told = met()
    given = told.agree(GGZ, COLLEGE)
    others = [told.agree(GGZ, COLLEGE, task=TASK | {"code": f"taak_{index}"}) for index in range(900)]
    others += [told.agree(GGZ, COLLEGE, task=TASK | {"code": "taak_0"}, decision="ingetrokken")]
    gathered = told.gathered(passing(HOUSE, COLLEGE))
    assert [fact.task for fact in gathered.facts.agreements] == [None]
    assert given.sha256 in gathered.sources
    assert {source.sha256 for source in others}.isdisjoint(gathered.sources)


def test_of_many_refusals_for_one_use_the_last_travels() -> None:
    told = met()
    told.agree(GGZ, "college_bw")
    refused = [told.agree(GGZ, COLLEGE, purpose="monitoring", decision="geen_akkoord") for _ in range(501)]
    gathered = told.gathered(passing(HOUSE, COLLEGE))
    assert [fact.refused for fact in gathered.facts.agreements] == [("monitoring",)]
    assert [source.sha256 for source in refused if source.sha256 in gathered.sources] == [refused[-1].sha256]


def test_agreements_are_facts_for_recipients_whose_part_may_be_told() -> None:
    """1.19: else a message that is refused would tell its sender who else was asked."""
    told = begun("triage", GGD, COLLEGE, POLICE)
    told.agree(MELDER, COLLEGE, phase="triage")
    told.agree(MELDER, "politie", phase="triage")
    told.agree(MELDER, GGD, phase="triage")
    claimed = passing(GGD, COLLEGE, POLICE, MELDER, provider=MELDER, phase="triage")
    gathered = told.gathered(claimed)
    assert gathered.facts.agreements == ()
    assert not {s.sha256 for s in told.sources if s.manifest.kind == "akkoord"}.intersection(gathered.sources)
    by_house = agreed(told, passing(HOUSE, COLLEGE, POLICE, provider=MELDER, phase="triage"))
    assert {fact.holder for fact in by_house} == {COLLEGE, "politie"}


def test_a_later_agreement_replaces_the_one_before() -> None:
    told = met()
    first = told.agree(GGZ, COLLEGE, fields=["/problematiek", "/diagnose"])
    second = told.agree(GGZ, COLLEGE)
    (fact,) = agreed(told)
    assert (fact.fields, fact.since) == (("/problematiek",), second.time)
    assert first.sha256 not in told.gathered(passing(HOUSE, COLLEGE)).sources


def test_a_refusal_for_another_purpose_leaves_its_mark() -> None:
    """3.5b: the pack says which purposes count as one; a refusal for one of them is then one for all."""
    told = met()
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
    told = met()
    told.agree(GGZ, "college_bw", ["gegeven", "ander"])
    told.agree(GGZ, GGD)
    facts = agreed(told, passing(HOUSE, COLLEGE, GGD, names=["gegeven", "ander"]))
    assert {(fact.item, fact.holder) for fact in facts} == {
        (reference("gegeven"), "college_bw"),
        (reference("ander"), "college_bw"),
        (reference("gegeven"), GGD),
    }


def test_agreement_about_what_something_is_derived_from_is_a_fact() -> None:
    told = met()
    for sender in (GGD, GGZ, HOUSE):
        told.agree(sender, COLLEGE, ["bron"])
    message = passing(HOUSE, COLLEGE, provider=HOUSE, derived_from=origins(GGD, "bron"))
    facts = told.facts(message)
    assert [(fact.item, fact.provider) for fact in facts.agreements] == [(reference("bron"), GGD)]
    assert GGD in {party.address for party in facts.parties}


def test_an_original_has_the_provider_that_the_message_says() -> None:
    """Under one number two parties can have provided: the word of each counts for what is said to be its own."""
    told = met()
    told.agree(GGD, COLLEGE)
    told.tell("correctie", GGD, {"items": origins(GGD)})
    facts = told.facts(passing(HOUSE, COLLEGE, derived_from=origins(GGZ)))
    assert (facts.agreements, facts.stopped) == ((), ())
    facts = told.facts(passing(HOUSE, COLLEGE, derived_from=origins(GGD)))
    assert [fact.provider for fact in facts.agreements] == [GGD]
    assert [fact.provider for fact in facts.stopped] == [GGD]


def test_nobody_agrees_to_or_stops_what_another_item_was_made_from() -> None:
    """2.1: the number of an item stands in manifests that travel; the word about it is its provider's alone."""
    told = met()
    told.agree(GGZ, COLLEGE, ["bron"], decision="geen_akkoord")
    told.agree(COLLEGE, COLLEGE, ["bron"])
    told.tell("correctie", GGD, {"items": origins(GGD, "bron")})
    told.tell("beperking", GGD, {"items": origins(GGD, "bron"), "ground": "betwist"})
    message = passing(HOUSE, COLLEGE, provider=HOUSE, derived_from=origins(GGZ, "bron"))
    facts = told.facts(message)
    assert (facts.agreements, facts.stopped, facts.restrictions) == ((), (), ())
    told.agree(GGZ, COLLEGE, ["bron"])
    assert [fact.provider for fact in told.facts(message).agreements] == [GGZ]


# ------------------------------------------------------------------------------------------------- what stops items


def test_a_withdrawal_stops_the_items_of_its_sender() -> None:
    told = met()
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
    told = met()
    other = sender if sender != HOUSE else MELDER
    forged = told.tell("toestemming_ingetrokken", sender, withdrawal(*origins(GGZ), *origins(other)))
    message = passing(HOUSE, COLLEGE, ground={"consent": CONSENT})
    gathered = told.gathered(message)
    assert (gathered.facts.stopped, gathered.facts.withdrawn) == ((), ())
    assert forged.sha256 not in gathered.sources


def test_a_consent_that_was_taken_back_is_known_where_a_ground_names_it() -> None:
    told = met()
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
    told = met()
    told.tell("toestemming_ingetrokken", GGZ, withdrawal(*origins(GGZ)))
    message = passing(HOUSE, COLLEGE)
    spare = passing(HOUSE, COLLEGE, ground={"consent": CONSENT}).grounds
    assert told.facts(message.model_copy(update={"grounds": (*message.grounds, *spare)})).withdrawn == ()


@pytest.mark.parametrize(("sender", "counts"), [(GGZ, True), (HOUSE, True), (GGD, False), (MELDER, False)])
def test_the_provider_or_the_house_says_that_an_item_is_wrong(sender: Address, counts: bool) -> None:
    told = met()
    told.tell("correctie", sender, {"items": origins(GGZ)})
    facts = told.facts(passing(HOUSE, COLLEGE)).stopped
    assert [(fact.item, fact.provider, fact.why) for fact in facts] == [(reference("gegeven"), GGZ, "onjuist")] * counts


def test_wrong_and_taken_back_are_two_things() -> None:
    told = met()
    told.tell("correctie", GGZ, {"items": origins(GGZ)})
    told.tell("toestemming_ingetrokken", GGZ, withdrawal(*origins(GGZ)))
    assert [fact.why for fact in told.facts(passing(HOUSE, COLLEGE)).stopped] == ["ingetrokken", "onjuist"]


def test_an_item_of_another_with_the_same_number_is_another() -> None:
    told = met()
    told.tell("correctie", GGD, {"items": origins(GGD)})
    told.tell("beperking", GGD, {"items": origins(GGD), "ground": "betwist"})
    facts = told.facts(passing(HOUSE, COLLEGE))
    assert (facts.stopped, facts.restrictions) == ((), ())


def test_what_stops_an_original_stops_what_is_derived_from_it() -> None:
    told = met()
    told.tell("correctie", GGD, {"items": origins(GGD, "bron")})
    told.tell("beperking", GGD, {"items": origins(GGD, "bron"), "ground": "betwist"})
    facts = told.facts(passing(HOUSE, COLLEGE, derived_from=origins(GGD, "bron")))
    assert [(fact.item, fact.provider) for fact in facts.stopped] == [(reference("bron"), GGD)]
    assert [(fact.item, fact.provider) for fact in facts.restrictions] == [(reference("bron"), GGD)]


def test_a_consent_on_which_an_agreement_rests_is_known_to_be_taken_back() -> None:
    """7.2d: also where the message names no consent itself, as where something is made of the item."""
    told = met()
    consent = {"ref": CONSENT.ref, "date": CONSENT.date}
    told.agree(GGZ, COLLEGE, ["bron"], consent=consent)
    message = passing(HOUSE, COLLEGE, provider=HOUSE, derived_from=origins(GGZ, "bron"))
    assert told.facts(message).withdrawn == ()
    told.tell("toestemming_ingetrokken", GGD, withdrawal(*origins(GGD, "ander")))
    assert told.facts(message).withdrawn == ()
    taken = told.tell("toestemming_ingetrokken", GGZ, withdrawal(*origins(GGZ, "ander")))
    gathered = told.gathered(message)
    assert [(fact.consent, fact.provider) for fact in gathered.facts.withdrawn] == [(CONSENT.ref, GGZ)]
    assert taken.sha256 in gathered.sources


# ---------------------------------------------------------------------------------------------------------- informed


def inform(told: Told, sender: Address) -> Source:
    """A party told the person."""
    act = {"subjects": [PERSON], "at": date(2026, 3, 9), "how": "brief"}
    return told.tell("geinformeerd", sender, act)


def test_naming_a_provider_does_not_tell_whether_it_takes_part() -> None:
    """1.19: who was asked in triage claims items of others; what they told comes only with what they agreed to."""
    told = begun("triage", GGD, POLICE)
    word = inform(told, POLICE)
    for to in ((HOUSE,), (POLICE,), (HOUSE, POLICE)):
        gathered = told.gathered(passing(GGD, *to, provider=POLICE, phase="triage"))
        assert gathered.facts.informed == ()
        assert word.sha256 not in gathered.sources
    assert [fact.by for fact in told.facts(passing(HOUSE, GGD, provider=POLICE, phase="triage")).informed] == [POLICE]


def test_who_passes_on_with_agreement_rests_on_what_the_provider_told() -> None:
    told = met()
    told.invite(GGD)
    inform(told, GGZ)
    message = passing(GGD, HOUSE, provider=GGZ)
    assert told.facts(message).informed == ()
    told.agree(GGZ, "procesregie")
    assert [fact.by for fact in told.facts(message).informed] == [GGZ]
    own = inform(told, GGD)
    assert [fact.by for fact in told.facts(passing(GGD, HOUSE, provider=GGD)).informed] == [GGD]
    assert own.sha256 not in told.gathered(message).sources


# ------------------------------------------------------------------------------------------------------------ total


def test_an_act_under_the_kind_of_another_says_nothing() -> None:
    """Such a message cannot be read from the wire; the folds do not depend on that."""
    told = met()
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
