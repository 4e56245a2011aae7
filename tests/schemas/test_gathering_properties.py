"""Whatever was told, in whatever order: facts come from the sources that are named, and none left out gives a right."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.acts import Agreement, PhaseDecision
from schemas.facts import Facts
from schemas.gathering import Gathered, Source, gather
from schemas.ids import Address, Reference
from schemas.manifest import Manifest
from tests.conftest import examples
from tests.making import COLLEGE, CONSENT, HOUSE, MELDER, PERSON, ground_of, message_id, reference
from tests.schemas.folding import GGD, GGZ, MEMBERS, POLICE, Told, begun, origins, passing, permission, withdrawal

PEOPLE = (HOUSE, MELDER, COLLEGE, GGZ, GGD, POLICE)
NAMES = ("gegeven", "bron")
Move = Callable[[Told], object]

people = st.sampled_from(PEOPLE)
some = st.lists(people, min_size=1, max_size=3, unique=True).map(tuple)
providers = st.sampled_from((GGZ, GGZ, GGZ, GGD, HOUSE, POLICE))
names = st.sampled_from(NAMES)
purposes = st.sampled_from(("plan_van_aanpak", "monitoring"))
phases = st.sampled_from(("triage", "casusoverleg", "afschaling"))


def _agree(who: Address, holder: str, name: str, purpose: str, decision: str, task: bool) -> Move:
    """For the task that the messages name, or for none; then on a consent."""
    consent = {"ref": CONSENT.ref, "date": CONSENT.date}
    own = {"task": ground_of()["task"]} if task else {"consent": consent}
    return lambda told: told.agree(who, holder, [name], purpose=purpose, decision=decision, **own)


def _decide(who: Address, old: str, new: str, director: Address | None, keep: bool) -> Move:
    kept = {"keep": [reference(name) for name in NAMES], "keep_for": ["plan_van_aanpak"]} if keep else {}
    return lambda told: told.decide(old, new, sender=who, casusregie=director, **kept)


def _about(kind: str, who: Address, whose: Address, name: str, **more: str) -> Move:
    return lambda told: told.tell(kind, who, {"items": origins(whose, name)} | more)


def _inform(who: Address, told_on: bool) -> Move:
    act = {"at": date(2026, 3, 9), "how": "brief"} if told_on else {"deferred": True, "recheck": date(2026, 4, 1)}
    return lambda told: told.tell("geinformeerd", who, {"subjects": [PERSON]} | act)


def _restrict(kind: str, more: dict[str, str]) -> st.SearchStrategy[Move]:
    return st.builds(lambda who, whose, name: _about(kind, who, whose, name, **more), providers, providers, names)


MOVES: st.SearchStrategy[Move] = st.one_of(
    st.builds(lambda who, sender: lambda told: told.invite(*who, sender=sender), some, st.sampled_from((HOUSE, GGZ))),
    st.builds(lambda who, sender: lambda told: told.leave(*who, sender=sender), some, people),
    st.builds(lambda who: lambda told: told.ask(who), st.sampled_from(PEOPLE[1:])),
    st.builds(lambda who: lambda told: told.give_key(who), people),
    st.builds(_decide, st.sampled_from((HOUSE, GGZ)), phases, phases, st.none() | people, st.booleans()),
    st.builds(
        _agree,
        providers,
        st.sampled_from((COLLEGE, "college_bw", GGD)),
        names,
        purposes,
        st.sampled_from(("akkoord", "akkoord", "geen_akkoord", "ingetrokken")),
        st.booleans(),
    ),
    st.builds(lambda who, whose, name: _about("correctie", who, whose, name), providers, providers, names),
    st.builds(
        lambda who, whose, name: _about("beperking", who, whose, name, ground="betwist"), providers, providers, names
    ),
    st.builds(
        lambda who, whose, name: _about("beperking_einde", who, whose, name, reason="x"), providers, providers, names
    ),
    st.builds(
        lambda who, whose, name: (
            lambda told: told.tell("toestemming_ingetrokken", who, withdrawal(*origins(whose, name)))
        ),
        providers,
        providers,
        names,
    ),
    st.builds(
        lambda who: lambda told: told.tell("doorverstrekking_akkoord", who, permission(), id=message_id("mag")),
        people,
    ),
    st.builds(_inform, people, st.booleans()),
)

MESSAGES: tuple[Manifest, ...] = (
    passing(HOUSE, COLLEGE),
    passing(HOUSE, COLLEGE, GGD, provider=HOUSE, derived_from=(*origins(GGD, "bron"), *origins(GGZ, "bron"))),
    passing(GGD, COLLEGE, ground={"consent": CONSENT}),
    passing(GGD, HOUSE, COLLEGE, provider=POLICE, ground={"permission": message_id("mag")}, names=NAMES),
    passing(MELDER, COLLEGE),
    passing(GGD, COLLEGE, GGZ),
    passing(GGD, HOUSE, GGZ),
    passing(HOUSE, GGZ, phase="afschaling"),
)

cases = st.lists(MOVES, max_size=16)
messages = st.sampled_from(MESSAGES)


def _told(moves: list[Move]) -> Told:
    told = begun("casusoverleg", GGD, GGZ)
    told.invite(GGD)
    told.agree(GGZ, "college_bw")
    for move in moves:
        move(told)
    return told


def _without(told: Told, source: Source, message: Manifest) -> Gathered:
    return gather(MEMBERS, [other for other in told.sources if other is not source], message)


_RANK = {None: 0, "gevraagd": 1, "melder": 1, "huis": 2, "deelnemer": 2}


def _rest_no_longer(before: Facts, after: Facts) -> set[tuple[Reference, Address]]:
    """The consents of agreements that are not known any more: that one of these was taken back bears on nothing."""
    rested, rest = (
        {(fact.consent.ref, fact.provider) for fact in facts.agreements if fact.consent} for facts in (before, after)
    )
    return rested - rest


def _claims_more(after: Facts, before: Facts, told: Told) -> list[str]:
    """What the one set of facts gives that the other does not."""
    one, other = after.case, before.case
    if one is None or other is None:
        return ["case"] if one else []
    standing = [_RANK[after.role(who, told.now)] <= _RANK[before.role(who, told.now)] for who in PEOPLE]
    agreed = {(f.item, f.provider, f.purpose, f.holder, f.task): f for f in before.agreements}
    given = {(f.item, f.provider, f.purpose, f.holder, f.task): f for f in after.agreements}
    less = {
        "phase": (one.phase, one.casusregie) == (other.phase, other.casusregie),
        "roster": all(standing),
        "keys": {key.address for key in one.keys} <= {key.address for key in other.keys},
        "kept": set(one.kept) <= set(other.kept),
        "agreements": given.keys() <= agreed.keys()
        and all(set(agreed[key].refused) <= set(fact.refused) for key, fact in given.items())
        and all(fact.since <= agreed[key].since for key, fact in given.items()),
        "permissions": set(after.permissions) <= set(before.permissions),
        "agreed": after.agreed in {None, before.agreed},
        "stopped": {(f.item, f.provider, f.why) for f in before.stopped}
        <= {(f.item, f.provider, f.why) for f in after.stopped},
        "withdrawn": {(f.consent, f.provider) for f in before.withdrawn}
        <= {(f.consent, f.provider) for f in after.withdrawn} | _rest_no_longer(before, after),
        "restrictions": {(f.item, f.provider, f.ground) for f in before.restrictions}
        <= {(f.item, f.provider, f.ground) for f in after.restrictions},
    }
    return [name for name, so in less.items() if not so]


def _narrows(source: Source) -> bool:
    """Whether a source takes something away, or takes the place of an earlier word."""
    act = source.manifest.act
    if isinstance(act, Agreement):
        return act.decision != "akkoord"
    if isinstance(act, PhaseDecision):
        return act.old != act.new or act.casusregie is not None
    return source.manifest.kind in {"deelname_einde", "correctie", "beperking", "toestemming_ingetrokken"}


@settings(max_examples=examples(150), deadline=None)
@given(cases, messages)
def test_the_sources_that_are_named_make_the_facts_and_no_others(moves: list[Move], message: Manifest) -> None:
    """But for the end of a restriction, which goes to nobody with what it ended: without it the item stays as it is."""
    told = _told(moves)
    whole = told.gathered(message)
    for source in told.sources:
        if source.sha256 not in whole.sources and source.manifest.kind != "beperking_einde":
            assert _without(told, source, message) == whole


@settings(max_examples=examples(150), deadline=None)
@given(cases, messages)
def test_a_source_left_out_never_gives_a_right_but_visibly(moves: list[Move], message: Manifest) -> None:
    """What narrows and bears on the message is among the sources, so that leaving it out is seen."""
    told = _told(moves)
    whole = told.gathered(message)
    for source in told.sources:
        more = _claims_more(_without(told, source, message).facts, whole.facts, told)
        assert more == [] or (_narrows(source) and source.sha256 in whole.sources), source.manifest.kind


@settings(max_examples=examples(150), deadline=None)
@given(cases, messages)
def test_facts_name_nobody_whom_the_message_does_not_concern(moves: list[Move], message: Manifest) -> None:
    told = _told(moves)
    facts = told.facts(message)
    assert facts.case is not None
    concerned = {MELDER, HOUSE, message.sender, *message.to}
    assert {row.address for row in facts.case.roster} <= concerned
    assert {key.address for key in facts.case.keys} <= set(message.to)
    asked = {row.address for row in facts.case.roster if row.role == "gevraagd"} - {message.sender}
    if message.sender != HOUSE:
        assert asked <= {facts.case.casusregie}
        known = {row.address for row in facts.case.roster} - {message.sender}
        told_of = known | {address.function for address in known}
        assert {fact.holder for fact in facts.agreements} <= told_of


@settings(max_examples=examples(60), deadline=None)
@given(cases, messages, st.randoms(use_true_random=False))
def test_any_order_and_any_part_is_folded(moves: list[Move], message: Manifest, chance: Random) -> None:
    told = _told(moves)
    chance.shuffle(told.sources)
    told.sources = told.sources[: len(told.sources) * 2 // 3]
    told.gathered(message)


@settings(max_examples=examples(150), deadline=None)
@given(cases, messages, st.randoms(use_true_random=False))
def test_whoever_holds_more_than_travels_knows_the_same(moves: list[Move], message: Manifest, chance: Random) -> None:
    """What a recipient holds of the case besides changes nothing, or the broker left something out; but for the end of
    a restriction, which goes to nobody with what it ended."""
    told = _told(moves)
    whole = told.gathered(message)
    held = [source for source in told.sources if source.sha256 in whole.sources or chance.random() < 0.5]
    facts = gather(MEMBERS, held, message).facts
    assert facts.model_copy(update={"restrictions": whole.facts.restrictions}) == whole.facts
