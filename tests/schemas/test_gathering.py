"""Facts are folds over accepted messages: the same for broker and recipient, and no more than concerns the message."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from schemas.canonical import digest_text
from schemas.content import Item
from schemas.facts import HOUSE_FUNCTION, Facts
from schemas.gathering import FACT_KINDS, Gathered, Source, gather
from schemas.ids import Address, Term
from schemas.manifest import Manifest
from schemas.members import Members
from schemas.policy import Allowed, decide
from tests.making import (
    CASE,
    COLLEGE,
    HOUSE,
    HOUSE_ID,
    MANDATE,
    MELDER,
    NOW,
    OTHER_PACK,
    PARTY,
    PERSON,
    RELATIVE,
    a_notification,
    a_question,
    agreed,
    an_answer,
    case_key,
    digest,
    manifest_of,
    message_id,
    pack,
    party_fact,
    reference,
)
from tests.schemas.folding import MEMBERS


@dataclass
class Case:
    """Messages of a case as they are accepted, one minute apart; each is decided on what came before it."""

    sources: list[Source] = field(default_factory=list)
    now: datetime = NOW

    def gathered(self, manifest: Manifest, thread: Source | None = None) -> Gathered:
        """What is known of ``manifest`` now."""
        return gather(MEMBERS, self.sources, manifest, thread)

    def facts(self, manifest: Manifest, thread: Source | None = None) -> Facts:
        """Its facts."""
        return self.gathered(manifest, thread).facts

    def accept(self, manifest: Manifest, thread: Source | None = None) -> Source:
        """Decide on a message, which must be allowed, and keep it."""
        decision = decide(pack(), self.facts(manifest, thread), manifest, self.now)
        assert isinstance(decision, Allowed), decision
        source = Source(manifest, digest(f"{manifest.id} {len(self.sources)}"), self.now)
        self.sources.append(source)
        self.now += timedelta(minutes=1)
        return source


def key_of(where: Address, phase: str) -> dict[str, Any]:
    """The act of a ``sleutel``."""
    fact = case_key(where, phase)
    public = {"kty": "AKP", "alg": "HPKE-10-KE", "pub": "AAAA"}
    key = {"kid": fact.kid, "suite": "keten-pq", "pub": public, "phase": phase, "epoch": 0, "not_after": fact.not_after}
    return {"keys": [key | {"canary": digest("kanarie")}]}


def agree(case: Case, item: Item, holder: str, decision: str = "akkoord", *, phase: str = "aanmelding") -> Source:
    """The notifier agrees, or takes it back."""
    act = {
        "items": [agreed(item)],
        "for": {"phase": "triage", "purpose": "eerste_beeld", "holder": holder},
        "until": NOW + timedelta(days=30),
        "decision": decision,
    }
    made = manifest_of("akkoord", MELDER, HOUSE, phase=phase, act=act)
    return case.accept(made.model_copy(update={"id": message_id(f"akkoord {holder} {decision}")}))


def tell(case: Case, subjects: Sequence[str], **act: Any) -> Source:
    """The notifier informed the persons, or says why not yet."""
    told = {"subjects": subjects} | (act or {"at": date(2026, 3, 9), "how": "gesprek"})
    made = manifest_of("geinformeerd", MELDER, HOUSE, phase="aanmelding", act=told)
    return case.accept(made.model_copy(update={"id": message_id(f"geinformeerd {len(case.sources)}")}))


def begun() -> Case:
    """A case with a notifier who informed the person and has the house's key."""
    case = Case()
    case.accept(manifest_of("aanmelding_start", MELDER, HOUSE, phase="aanmelding", act={"mandate": MANDATE}))
    tell(case, [PERSON])
    request = case.accept(manifest_of("sleutel_verzoek", MELDER, HOUSE, phase="aanmelding"))
    act = key_of(HOUSE, "aanmelding")
    case.accept(
        manifest_of("sleutel", HOUSE, MELDER, phase="aanmelding", act=act, reply_to=request.manifest.id), request
    )
    return case


def in_triage(asked: Address = COLLEGE) -> Case:
    """The case in triage, with one party that was asked for its key and gave it."""
    case = begun()
    notified = case.accept(a_notification())
    agree(case, notified.manifest.exact_items[0], asked.function)
    moved = {
        "decision": "in_triage",
        "from": "aanmelding",
        "to": "triage",
        "decided_on": date(2026, 3, 10),
        "reason": "criteria_voldaan",
        "keep": [item.item for item in notified.manifest.exact_items],
        "keep_for": ["eerste_beeld"],
    }
    case.accept(manifest_of("fase_besluit", HOUSE, MELDER, phase="aanmelding", act=moved))
    request = case.accept(manifest_of("sleutel_verzoek", HOUSE, asked))
    case.accept(
        manifest_of("sleutel", asked, HOUSE, act=key_of(asked, "triage"), reply_to=request.manifest.id), request
    )
    case.accept(manifest_of("sleutel_verzoek", asked, HOUSE).model_copy(update={"id": message_id("ook een sleutel")}))
    case.accept(manifest_of("sleutel", HOUSE, asked, act=key_of(HOUSE, "triage")))
    return case


def test_a_whole_triage_is_allowed_on_gathered_facts() -> None:
    case = in_triage()
    asked = case.accept(a_question(COLLEGE))
    case.now = NOW + timedelta(days=1)
    answered = case.accept(an_answer(asked.manifest), asked)
    assert answered.manifest.kind == "triageantwoord"


def test_the_sources_alone_give_the_same_facts() -> None:
    case = in_triage()
    question = a_question(COLLEGE)
    first = case.gathered(question)
    travelling = [source for source in case.sources if source.sha256 in first.sources]
    assert len(travelling) < len(case.sources)
    assert gather(MEMBERS, travelling, question) == first


def test_nothing_is_known_of_a_case_that_nobody_opened() -> None:
    notified = a_notification()
    empty = gather(MEMBERS, [], notified)
    assert empty.facts.case is None
    assert empty.sources == ()
    assert begun().facts(notified.model_copy(update={"case": None})).case is None
    other = notified.model_copy(update={"case": reference("andere casus")})
    assert begun().facts(other).case is None


def test_the_case_knows_its_notifier_mandate_and_phase() -> None:
    case = in_triage()
    fact = case.facts(a_question(COLLEGE)).case
    assert fact is not None
    assert (fact.case, fact.notifier, fact.acting_for, fact.phase) == (CASE, MELDER, MELDER, "triage")
    assert fact.mandate == digest_text(MANDATE)
    assert fact.opened == NOW
    assert fact.phase_since == next(s.time for s in case.sources if s.manifest.kind == "fase_besluit")


def test_a_case_director_takes_over() -> None:
    case = in_triage()
    moved = {
        "decision": "in_casusoverleg",
        "from": "triage",
        "to": "casusoverleg",
        "decided_on": date(2026, 3, 10),
        "reason": "overleg_nodig",
        "casusregie": COLLEGE,
    }
    case.accept(manifest_of("fase_besluit", HOUSE, MELDER, act=moved))
    fact = case.facts(a_question(COLLEGE)).case
    assert fact is not None
    assert fact.acting_for == COLLEGE


def test_nobody_learns_who_else_takes_part() -> None:
    case = in_triage(PARTY["ggz"])
    case.accept(manifest_of("sleutel_verzoek", HOUSE, COLLEGE))
    facts = case.facts(a_question(COLLEGE))
    assert facts.case is not None
    assert {row.address for row in facts.case.roster} == {MELDER, HOUSE, COLLEGE}
    assert PARTY["ggz"] not in {party.address for party in facts.parties}
    assert PARTY["ggz"] not in facts.model_dump_json()
    assert "ggz" not in {row.holder for row in facts.agreements}


def test_writing_to_somebody_does_not_tell_whether_they_were_asked() -> None:
    """1.19: the house knows, and who was asked; to the notifier one that was asked is as unknown as any other."""
    case = in_triage(COLLEGE)
    for who in (COLLEGE, PARTY["ggz"]):
        facts = case.facts(manifest_of("sleutel_verzoek", MELDER, who))
        assert facts.case is not None
        assert {row.address for row in facts.case.roster} == {MELDER, HOUSE}
        assert facts.case.keys == ()
    own = case.facts(manifest_of("sleutel_verzoek", COLLEGE, HOUSE)).case
    assert own is not None
    assert {row.address for row in own.roster} == {MELDER, HOUSE, COLLEGE}


def test_only_the_house_brings_in_others() -> None:
    case = in_triage()
    forged = manifest_of("sleutel_verzoek", COLLEGE, PARTY["ggz"])
    case.sources.append(Source(forged, digest("vals"), NOW))
    facts = case.facts(a_question(PARTY["ggz"]))
    assert facts.case is not None
    assert facts.role(PARTY["ggz"], case.now) is None
    assert facts.role(HOUSE, case.now) == "huis"


def test_messages_of_another_case_or_house_say_nothing() -> None:
    question = a_question(COLLEGE)
    case = in_triage()
    there = [
        Source(source.manifest.model_copy(update={"case": reference("andere casus")}), source.sha256, source.time)
        for source in case.sources
    ]
    elsewhere = [
        Source(source.manifest.model_copy(update={"house": "groningen"}), source.sha256, source.time)
        for source in case.sources
    ]
    for foreign in (there, elsewhere):
        assert gather(MEMBERS, foreign, question).facts.case is None
        assert gather(MEMBERS, [*case.sources, *foreign], question) == case.gathered(question)


def test_only_the_house_moves_a_case() -> None:
    case = begun()
    moved = {
        "decision": "in_triage",
        "from": "aanmelding",
        "to": "triage",
        "decided_on": date(2026, 3, 10),
        "reason": "criteria_voldaan",
    }
    forged = manifest_of("fase_besluit", MELDER, HOUSE, phase="aanmelding", act=moved)
    case.sources.append(Source(forged, digest("vals"), NOW))
    fact = case.facts(a_notification()).case
    assert fact is not None
    assert fact.phase == "aanmelding"


def test_being_asked_twice_adds_one_row() -> None:
    case = in_triage()
    case.accept(manifest_of("sleutel_verzoek", HOUSE, COLLEGE))
    facts = case.facts(a_question(COLLEGE))
    assert facts.case is not None
    assert [row.role for row in facts.case.roster] == ["melder", "huis", "gevraagd"]


def test_keys_are_those_of_the_recipients_in_this_phase_and_the_newest() -> None:
    case = in_triage()
    question = a_question(COLLEGE)
    fact = case.facts(question).case
    assert fact is not None
    assert [(key.address, key.phase) for key in fact.keys] == [(COLLEGE, "triage")]
    newer, older = key_of(COLLEGE, "triage"), key_of(COLLEGE, "triage")
    newer["keys"][0] |= {"kid": digest("nieuw"), "epoch": 1}
    for act in (newer, older):
        case.sources.append(Source(manifest_of("sleutel", COLLEGE, HOUSE, act=act), digest(str(act)), case.now))
    fact = case.facts(question).case
    assert fact is not None
    assert [key.epoch for key in fact.keys] == [1]


def test_the_latest_word_on_informing_counts() -> None:
    case = begun()
    notified = a_notification()
    assert [row.at for row in case.facts(notified).informed] == [date(2026, 3, 9)]
    later = tell(case, [PERSON, RELATIVE], deferred=True, recheck=date(2026, 4, 1))
    facts = case.gathered(notified)
    assert [(row.at, row.recheck) for row in facts.facts.informed] == [(None, date(2026, 4, 1))]
    assert later.sha256 in facts.sources


def test_informing_reaches_the_persons_that_a_question_asks_about() -> None:
    case = in_triage()
    question = a_question(COLLEGE)
    alone = question.model_copy(update={"items": ()})
    assert [row.subject for row in case.facts(alone).informed] == [PERSON]
    assert case.facts(manifest_of("sleutel_verzoek", HOUSE, COLLEGE)).informed == ()


def test_an_agreement_that_is_withdrawn_is_none() -> None:
    case = in_triage(COLLEGE)
    item = a_notification().exact_items[0]
    question = a_question(COLLEGE)
    assert [row.holder for row in case.facts(question).agreements] == ["college_bw"]
    agree(case, item, "college_bw", "ingetrokken", phase="triage")
    assert case.facts(question).agreements == ()
    agree(case, item, COLLEGE, phase="triage")
    assert [row.holder for row in case.facts(question).agreements] == [COLLEGE]


def test_agreements_about_other_items_or_for_others_stay_out() -> None:
    case = begun()
    notified = case.accept(a_notification())
    agree(case, notified.manifest.exact_items[1], "college_bw")
    agree(case, notified.manifest.exact_items[0], "ggz")
    assert case.facts(a_question(COLLEGE)).agreements == ()


def test_the_thread_is_the_message_that_is_replied_to() -> None:
    case = in_triage()
    asked = case.accept(a_question(COLLEGE))
    answer = an_answer(asked.manifest)
    thread = case.facts(answer, asked).thread
    assert thread is not None
    assert (thread.id, thread.kind, thread.case) == (asked.manifest.id, "triagevraag", CASE)
    assert thread.manifest_sha256 == asked.sha256
    assert thread.answer_at == NOW + timedelta(days=1)
    assert thread.ceiling is not None
    assert not thread.answered
    again = gather(MEMBERS, case.sources, answer, asked, answered=True, item_taken=True).facts
    assert again.thread is not None
    assert again.thread.answered
    assert again.item_taken
    plain = case.sources[0]
    other = case.facts(answer, plain).thread
    assert other is not None
    assert (other.answer_at, other.ceiling) == (None, None)


def test_packs_are_those_of_the_message_and_its_thread() -> None:
    case = in_triage()
    asked = case.accept(a_question(COLLEGE))
    answer = an_answer(asked.manifest)
    assert [row.digest for row in case.facts(answer, asked).packs] == [pack().digest]
    old = Source(asked.manifest.model_copy(update={"pack": OTHER_PACK}), asked.sha256, asked.time)
    assert {row.digest for row in case.facts(answer, old).packs} == {pack().digest, OTHER_PACK}


def test_only_members_are_parties() -> None:
    question = a_question(COLLEGE)
    facts = in_triage().facts(question)
    assert facts.party(COLLEGE) == MEMBERS.parties[COLLEGE]
    assert facts.party(PARTY["ggz"]) is None
    few = Members(HOUSE_ID, HOUSE, {HOUSE: party_fact(HOUSE)}, ())
    assert [party.address for party in gather(few, in_triage().sources, question).facts.parties] == [HOUSE]


def test_the_kinds_that_make_facts_are_kinds_of_the_pack() -> None:
    assert set(pack().kind) >= FACT_KINDS
    assert Term(HOUSE_FUNCTION) not in pack().capacity
