"""An allowed message with one thing out of order, and the rule that must then be cited (8.11 (1), (4), (5), (7))."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

from schemas.content import LEVELS, Ground, Item
from schemas.facts import CaseFact, PartyFact, RestrictionFact, StoppedFact, WithdrawnFact
from schemas.ids import Address, FieldPath, Term
from tests.making import digest
from tests.oracle.staging import Scene
from tests.oracle.verdict import HOUSE, Step, Verdicts

Spoiled = tuple[str, str, Scene]
"""What was done, the rule to cite, and the scene."""


def _facts(scene: Scene, **members: Any) -> Scene:
    return scene._replace(facts=scene.facts.model_copy(update=members))


def _case(scene: Scene, **members: Any) -> Scene:
    case = scene.facts.case
    assert case is not None
    return _facts(scene, case=case.model_copy(update=members))


def _party(scene: Scene, who: Address, **members: Any) -> Scene:
    rows = tuple(row.model_copy(update=members) if row.address == who else row for row in scene.facts.parties)
    return _facts(scene, parties=rows)


def _items(scene: Scene, change: Callable[[Item], Item]) -> Scene:
    first, *rest = scene.manifest.exact_items
    return scene._replace(manifest=scene.manifest.model_copy(update={"items": (change(first), *rest)}))


def _with(**members: Any) -> Callable[[Item], Item]:
    return lambda item: item.model_copy(update=members)


def _ground(scene: Scene, **members: Any) -> Scene:
    first, *rest = scene.manifest.grounds
    grounds = (first.model_copy(update=members), *rest)
    return scene._replace(manifest=scene.manifest.model_copy(update={"grounds": grounds}))


def spoiled(verdicts: Verdicts, step: Step, scene: Scene) -> Iterator[Spoiled]:
    """Everything that can be out of order with an allowed message under exact, one thing at a time."""
    manifest, facts, case = scene.manifest, scene.facts, scene.facts.case
    assert case is not None
    recipient, sender = manifest.to[0], manifest.sender
    yield "another pack in force", "28", _facts(scene, packs=())
    ended = tuple(row.model_copy(update={"until": scene.now}) for row in facts.packs)
    yield "the pack expired", "28", _facts(scene, packs=ended)
    yield "the case in another phase", "3.5a", _case(scene, phase=_another(case))
    for who in (sender, recipient):
        yield f"{who.function} not in the case", "9.6", _case(scene, roster=_without(case, who))
        yield f"{who.function} left", "30", _party(scene, who, left=scene.now)
        yield f"{who.function} unknown", "29", _facts(scene, parties=_strangers(facts.parties, who))
    yield "no secrecy on record", "13.1", _party(scene, recipient, declared=None)
    yield "screened too long ago", "13.3", _party(scene, recipient, screened=(scene.now - timedelta(days=2000)).date())
    yield "no key of the case", "12", _case(scene, keys=())
    yield "another's task", "5.2", _ground(scene, task=manifest.grounds[0].task.model_copy(update={"code": "wgbo_2"}))
    yield "no DPIA", "15", _facts(scene, packs=tuple(row.model_copy(update={"dpia": None}) for row in facts.packs))
    yield from _about_the_item(verdicts, step, scene)
    yield from _stopped(scene)
    if step.kind == "actie":
        yield "nothing agreed", "5.3.1", _facts(scene, agreed=None)
    if step.phase == "afschaling":
        yield "the hand-over is over", "11.2a", _case(scene, phase_since=scene.now - timedelta(days=31))
    if manifest.items[0].subject_category in {"betrokkene", "directe_relatie"}:
        yield "nobody informed", "16.1", _facts(scene, informed=())
    if sender.function == HOUSE and facts.agreements:
        yield "no agreement", "3.5c", _facts(scene, agreements=())
        before = tuple(row.model_copy(update={"given_for": Term("toetsen_criteria")}) for row in facts.agreements)
        yield "not marked necessary", "3.5b", _facts(_case(scene, kept=()), agreements=before)


def _stopped(scene: Scene) -> Iterator[Spoiled]:
    """What came after the provision: consent taken back, data wrong, use restricted (7.2d, 9.5, 20)."""
    origin, ground = scene.manifest.exact_items[0].origin, scene.manifest.grounds[0]
    members: dict[str, Any] = {"item": origin.item, "provider": origin.party, "since": scene.now}
    for why, rule in (("ingetrokken", "7.2d"), ("onjuist", "9.5")):
        yield why, rule, _facts(scene, stopped=(StoppedFact.model_validate(members | {"why": why}),))
    restricted = RestrictionFact.model_validate(members | {"ground": "juistheid_betwist"})
    yield "restricted", "20", _facts(scene, restrictions=(restricted,))
    if isinstance(ground, Ground) and ground.consent:
        taken_back = WithdrawnFact(consent=ground.consent.ref, provider=origin.party, since=scene.now)
        yield "the consent taken back", "7.2d", _facts(scene, withdrawn=(taken_back,))


def _about_the_item(verdicts: Verdicts, step: Step, scene: Scene) -> Iterator[Spoiled]:
    manifest = scene.manifest
    first, ground = manifest.exact_items[0], manifest.grounds[0]
    height = LEVELS.index(first.level)
    article = verdicts.minimisation(step.phase)
    above = [name for name, level in verdicts.fields[step.category].items() if level in LEVELS[height + 1 :]]
    if height < len(LEVELS) - 1:
        higher = LEVELS[height + 1]
        yield "a level higher", article, _items(scene, _with(level=higher))
    for what, rule, name in (
        *(("a field above the level", "3.5a", name) for name in above[:1]),
        ("a field that is not there", "3.5a", "verzonnen"),
        ("a forbidden name", "B4-x", "bsn"),
    ):
        field = first.fields[0].model_copy(update={"path": FieldPath(f"/{name}"), "digest": digest(name)})
        yield what, rule, _items(scene, _with(fields=(*first.fields, field)))
    other = "wpg" if first.regime != "wpg" else "avg"
    yield "another regime", "6.2", _items(scene, _with(regime=Term(other)))
    if ground.basis == "wpg_20":
        yield "no decree", "6.4d", _ground(scene, decree=None)
        yield "no decree on record", "6.4d", _party(scene, first.origin.party, decrees=())
        yield "the mark dropped", "7.1", _ground(scene, conditions=())
    if verdicts.sealed_by_consent(step) and isinstance(ground, Ground):
        yield "no consent", "7.2b", _ground(scene, consent=None)
    if ground.secrecy:
        yield "secrecy not listed", "7.2", _ground(scene, secrecy=())
    if (step.category, step.person) == ("toezicht_handhaving", "directe_relatie"):
        fields = tuple(field for field in first.fields if field.path != "/directe_relatie_met")
        yield "no relation named", "B4-2", _items(scene, _with(fields=fields))


def _another(case: CaseFact) -> Term:
    return Term("triage" if case.phase != "triage" else "casusoverleg")


def _without(case: CaseFact, who: Address) -> tuple[object, ...]:
    return tuple(row for row in case.roster if row.address != who)


def _strangers(parties: tuple[PartyFact, ...], who: Address) -> tuple[PartyFact, ...]:
    return tuple(row for row in parties if row.address != who)
