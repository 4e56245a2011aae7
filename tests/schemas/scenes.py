"""Messages that the kernel allows, each with its facts and its time, to change one thing of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from schemas.acts import Question
from schemas.content import Ceiling
from schemas.ids import Address
from tests.making import (
    ANSWER_TIME,
    COLLEGE,
    CONSENT,
    HOUSE,
    MANDATE,
    MELDER,
    NOW,
    PARTY,
    PERSON,
    SOME_ITEM,
    a_notification,
    a_question,
    agreed,
    an_answer,
    an_inner,
    case_fact,
    case_key,
    digest,
    facts_for,
    item_of,
    manifest_of,
    party_fact,
    sealed_to,
    thread_of,
)
from tests.schemas.scene import Reasons, Scene, assert_refused
from tests.schemas.scenes_life import LATER_SCENES, MORE_SCENES

__all__ = ["MORE_SCENES", "SCENES", "Reasons", "Scene", "assert_refused"]


def start() -> Scene:
    """The notifier opens a case."""
    manifest = manifest_of("aanmelding_start", MELDER, HOUSE, phase="aanmelding", act={"mandate": MANDATE})
    return Scene(manifest, facts_for(manifest))


def notification() -> Scene:
    """The notification itself."""
    manifest = a_notification()
    return Scene(manifest, facts_for(manifest, case_fact("aanmelding")))


def intake_decision() -> Scene:
    """The house takes it into triage."""
    act = {"decision": "in_triage", "reason": "criteria_voldaan"}
    manifest = manifest_of("aanmelding_besluit", HOUSE, MELDER, phase="aanmelding", act=act)
    return Scene(manifest, facts_for(manifest, case_fact("aanmelding")))


def phase_decision() -> Scene:
    """The case moves to triage."""
    act = {
        "decision": "in_triage",
        "from": "aanmelding",
        "to": "triage",
        "decided_on": date(2026, 3, 10),
        "reason": "criteria_voldaan",
        "keep": [SOME_ITEM],
        "keep_for": ["eerste_beeld"],
    }
    manifest = manifest_of("fase_besluit", HOUSE, MELDER, phase="aanmelding", act=act)
    return Scene(manifest, facts_for(manifest, case_fact("aanmelding")))


def to_meeting(director: Address | None = None) -> Scene:
    """The case moves to the case meeting; one of the parties may direct it from there."""
    act = {
        "decision": "in_casusoverleg",
        "from": "triage",
        "to": "casusoverleg",
        "decided_on": date(2026, 3, 10),
        "reason": "overleg_nodig",
        "casusregie": director,
    }
    manifest = manifest_of("fase_besluit", HOUSE, MELDER, act=act)
    facts = facts_for(manifest, case_fact(asked=[COLLEGE]))
    return Scene(manifest, facts.model_copy(update={"parties": (*facts.parties, party_fact(COLLEGE))}))


def key_request(asked: str = "ggz") -> Scene:
    """The house brings an address into the case."""
    manifest = manifest_of("sleutel_verzoek", HOUSE, PARTY[asked])
    return Scene(manifest, facts_for(manifest, case_fact()))


def keys(sender: str = "ggz") -> Scene:
    """The address answers with its case key."""
    request = key_request(sender).manifest
    fact = case_key(PARTY[sender])
    key = {
        "kid": fact.kid,
        "suite": "keten-pq",
        "pub": {"kty": "AKP", "alg": "HPKE-10-KE", "pub": "AAAA"},
        "phase": "triage",
        "epoch": 0,
        "not_after": fact.not_after,
        "canary": digest("kanarie"),
    }
    manifest = manifest_of("sleutel", PARTY[sender], HOUSE, act={"keys": [key]}, reply_to=request.id)
    case = case_fact(asked=[PARTY[sender]])
    return Scene(manifest, facts_for(manifest, case, thread=thread_of(request)))


def question(asked: str = "college_bw", **members: Any) -> Scene:
    """The house asks one party about one person."""
    manifest = a_question(PARTY[asked], **members)
    return Scene(manifest, facts_for(manifest, case_fact(asked=[PARTY[asked]])))


def answer(asked: str = "college_bw") -> Scene:
    """The answer as it is on the wire."""
    asking = a_question(PARTY[asked])
    manifest = an_answer(asking)
    facts = facts_for(manifest, case_fact(asked=[PARTY[asked]]), thread=thread_of(asking))
    return Scene(manifest, facts, ANSWER_TIME)


def opened(asked: str = "college_bw") -> Scene:
    """The answer with its sealed half."""
    scene = answer(asked)
    return replace(scene, inner=an_inner(scene.manifest, consent=CONSENT))


def receipt() -> Scene:
    """The party tells that the question was filed."""
    asking = a_question(PARTY["ggz"])
    act = {
        "of": asking.id,
        "manifest_sha256": digest(asking.id),
        "sealed_sha256": digest("verzegeld"),
        "result": "filed",
    }
    manifest = manifest_of("ontvangst", PARTY["ggz"], HOUSE, act=act, reply_to=asking.id)
    return Scene(manifest, facts_for(manifest, case_fact(asked=[PARTY["ggz"]]), thread=thread_of(asking)))


def receipt_of_answer() -> Scene:
    """The house tells that the answer came, and seals what it found."""
    came = an_answer(a_question(PARTY["ggz"]))
    act = {
        "of": came.id,
        "manifest_sha256": digest(came.id),
        "sealed_sha256": digest("verzegeld"),
        "result": "received",
    }
    sealed = sealed_to(PARTY["ggz"], "triage")
    manifest = manifest_of("ontvangst", HOUSE, PARTY["ggz"], act=act, reply_to=came.id, sealed=sealed)
    return Scene(manifest, facts_for(manifest, case_fact(asked=[PARTY["ggz"]]), thread=thread_of(came)))


def violation() -> Scene:
    """The party tells that the question held what it should not."""
    asking = a_question(PARTY["ggz"])
    act = {"of": asking.id, "findings": [{"path": "/bsn", "code": "verboden_veld"}]}
    manifest = manifest_of("minimalisatie_schending", PARTY["ggz"], HOUSE, act=act, reply_to=asking.id)
    return Scene(manifest, facts_for(manifest, case_fact(asked=[PARTY["ggz"]]), thread=thread_of(asking)))


def agreement() -> Scene:
    """The notifier agrees that the house asks a capacity."""
    act = {
        "items": [agreed(item_of("personalia", ("geslachtsnaam",), "S", MELDER))],
        "for": {"phase": "triage", "purpose": "eerste_beeld", "holder": "ggz"},
        "until": NOW + timedelta(days=30),
        "decision": "akkoord",
    }
    manifest = manifest_of("akkoord", MELDER, HOUSE, phase="aanmelding", act=act)
    return Scene(manifest, facts_for(manifest, case_fact("aanmelding")))


def informed() -> Scene:
    """The notifier told the person."""
    act = {"subjects": [PERSON], "at": date(2026, 3, 9), "how": "gesprek"}
    manifest = manifest_of("geinformeerd", MELDER, HOUSE, phase="aanmelding", act=act)
    return Scene(manifest, facts_for(manifest, case_fact("aanmelding")))


def ceiling_of(scene: Scene) -> Ceiling:
    """The most that the answer to this question may hold."""
    assert isinstance(scene.manifest.act, Question)
    return scene.manifest.act.ceiling


SCENES: dict[str, Callable[[], Scene]] = {
    "aanmelding_start": start,
    "aanmelding": notification,
    "aanmelding_besluit": intake_decision,
    "fase_besluit": phase_decision,
    "sleutel_verzoek": key_request,
    "sleutel": keys,
    "triagevraag": question,
    "triageantwoord": answer,
    "ontvangst": receipt,
    "minimalisatie_schending": violation,
    "akkoord": agreement,
    "geinformeerd": informed,
    **LATER_SCENES,
}
"""One allowed message of every kind."""
