"""The situations of the examples: the steps that begin with Gegeven. All is in order but for what they say.

Each step sets something or demands that it is so; one that makes no difference fails (:mod:`tests.examples.story`).
The tags of the features become marks: ``@regel-7.1`` is ``rule("7.1")``, beside ``@toegestaan`` or ``@geweigerd``.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from pytest_bdd import given, parsers

from schemas.facts import AgreementFact, PartyFact, WithdrawnFact
from schemas.ids import Address, Term
from tests.examples.messages import Person
from tests.examples.story import Story
from tests.examples.words import TYPES
from tests.making import CONSENT, NOW, OTHER_PACK, PERSON
from tests.schemas.scene import Scene


def words(pattern: str) -> parsers.parse:
    """A sentence with places in it: ``{wie:Partij} is uitgetreden``."""
    return parsers.parse(pattern, extra_types=TYPES)


def pytest_bdd_apply_tag(tag: str, function: Callable[..., object]) -> bool:
    """Tags are marks of ours; there are no others."""
    if tag.startswith("regel-"):
        pytest.mark.rule(tag.removeprefix("regel-"))(function)
    elif tag not in {"toegestaan", "geweigerd"}:
        raise ValueError(f"unknown tag {tag}: use @regel-<id> and @toegestaan or @geweigerd")
    return True


@pytest.fixture
def story() -> Story:
    """The example that is being told."""
    return Story()


def _party(scene: Scene, who: Address) -> PartyFact:
    fact = scene.facts.party(who)
    assert fact is not None, "deze partij komt in dit voorbeeld niet voor"
    return fact


# --- the case and who takes part in it


@given(words("een casus in {phase:Fase}, aangemeld door de gemeente"))
def _case(story: Story, phase: Term) -> None:
    assert story.phase is None
    story.phase = phase


@given(words("{who:Partijen} is in de triage bevraagd"))
@given(words("{who:Partijen} zijn in de triage bevraagd"))
def _asked(story: Story, who: tuple[Address, ...]) -> None:
    assert not story.members.keys() & set(who)
    story.members |= dict.fromkeys(who, "gevraagd")


@given(words("{who:Partijen} neemt deel aan het overleg"))
@given(words("{who:Partijen} nemen deel aan het overleg"))
def _takes_part(story: Story, who: tuple[Address, ...]) -> None:
    assert not story.members.keys() & set(who)
    story.members |= dict.fromkeys(who, "deelnemer")


@given(words("het besluit tot afschaling is {days:d} dagen oud"))
def _scaled_down(story: Story, days: int) -> None:
    story.known(**{"case.phase_since": NOW - timedelta(days=days), "case.opened": NOW - timedelta(days=days + 30)})


@given(words("de casusregie ligt bij {who:Partij}"))
def _director(story: Story, who: Address) -> None:
    assert story.director is None
    story.director = who


# --- the parties


@given(words("{who:Partij} heeft een geldig artikel 20-besluit"))
def _decree(story: Story, who: Address) -> None:
    story.must(lambda scene: any(row.until > scene.now for row in _party(scene, who).decrees))


@given(words("het artikel 20-besluit van {who:Partij} is gisteren verlopen"))
def _no_decree(story: Story, who: Address) -> None:
    def expired(scene: Scene) -> Scene:
        rows = (row.model_copy(update={"until": NOW - timedelta(days=1)}) for row in _party(scene, who).decrees)
        return scene.party(who, decrees=tuple(rows))

    story.change(expired)


@given(words("{who:Partij} is toegetreden tot het samenwerkingsverband"))
def _acceded(story: Story, who: Address) -> None:
    story.must(lambda scene: _party(scene, who).since < scene.now and _party(scene, who).left is None)


@given(words("{who:Partij} treedt pas morgen toe tot het samenwerkingsverband"))
def _not_acceded(story: Story, who: Address) -> None:
    story.party(who, since=NOW + timedelta(days=1))


@given(words("{who:Partij} is gisteren van deelname uitgesloten"))
@given(words("{who:Partij} heeft haar deelname opgezegd, en dat ging gisteren in"))
def _left(story: Story, who: Address) -> None:
    story.party(who, left=NOW - timedelta(days=1))


@given(words("{who:Partij} heeft vastgelegd dat de eigen medewerkers tot geheimhouding zijn verplicht"))
def _declared(story: Story, who: Address) -> None:
    story.must(lambda scene: _party(scene, who).declared is not None)


@given(words("{who:Partij} heeft niet vastgelegd dat de eigen medewerkers tot geheimhouding zijn verplicht"))
def _not_declared(story: Story, who: Address) -> None:
    story.party(who, declared=None)


@given(words("de oudste screening bij {who:Partij} is {years:d} jaar oud"))
def _screened(story: Story, who: Address, years: int) -> None:
    story.party(who, screened=date(NOW.year - years, NOW.month, NOW.day))


@given(words("de toetreding van {who:Partij} noemt geen taak van een ander"))
def _no_task(story: Story, who: Address) -> None:
    story.party(who, provides_for=())


@given(words("{who:Partij} heeft haar deelname niet opgezegd"))
def _stays(story: Story, who: Address) -> None:
    story.must(lambda scene: _party(scene, who).left is None)


@given(words("{who:Partij} heeft het toetredingsformulier ondertekend"))
def _signed(story: Story, who: Address) -> None:
    story.must(lambda scene: scene.facts.party(who) is not None)


@given(words("{who:Partij} heeft het toetredingsformulier niet ondertekend"))
def _unsigned(story: Story, who: Address) -> None:
    story.change(lambda scene: scene.known(parties=tuple(row for row in scene.facts.parties if row.address != who)))


# --- the person


@given(words("{who:Persoon} is over de casus geïnformeerd"))
def _told(story: Story, who: Person) -> None:
    story.must(lambda scene: any(row.subject == who[0] and row.at for row in scene.facts.informed))


@given(words("{who:Persoon} is nog niet over de casus geïnformeerd"))
def _not_told(story: Story, who: Person) -> None:
    def untold(scene: Scene) -> Scene:
        return scene.known(informed=tuple(row for row in scene.facts.informed if row.subject != who[0]))

    story.change(untold)


@given(words("het informeren van de betrokkene is uitgesteld, met een hercontrole over {days:d} dagen"))
def _deferred(story: Story, days: int) -> None:
    story.change(lambda scene: _recheck(scene, days))


@given(words("het informeren van de betrokkene is uitgesteld, en de hercontrole had {days:d} dagen geleden gemoeten"))
def _overdue(story: Story, days: int) -> None:
    story.change(lambda scene: _recheck(scene, -days))


def _recheck(scene: Scene, days: int) -> Scene:
    day = (scene.now + timedelta(days=days)).date()
    rows = tuple(
        row.model_copy(update={"at": None, "recheck": day}) if row.subject == PERSON else row
        for row in scene.facts.informed
    )
    return scene.known(informed=rows)


# --- agreement, and what was taken along


@given("de verstrekker heeft akkoord gegeven op dit gebruik")
def _agreed(story: Story) -> None:
    story.must(lambda scene: bool(scene.facts.agreements))


@given("de verstrekker heeft geen akkoord gegeven op dit gebruik")
def _not_agreed(story: Story) -> None:
    story.known(agreements=())


@given("de procesregisseur heeft de gegevens voor deze fase noodzakelijk verklaard")
def _kept(story: Story) -> None:
    story.must(lambda scene: scene.facts.case is not None and bool(scene.facts.case.kept))


@given("de procesregisseur heeft de gegevens niet voor deze fase noodzakelijk verklaard")
def _not_kept(story: Story) -> None:
    story.known(**{"case.kept": ()})


@given(words("het akkoord is voor elke burgemeester die dan in het overleg zit, en is {hours:d} uur oud"))
def _agreed_for_whoever_is_there(story: Story, hours: int) -> None:
    story.change(
        lambda scene: scene.known(
            agreements=_all(scene.facts.agreements, holder="burgemeester", since=NOW - timedelta(hours=hours))
        )
    )


@given(words("de gegevens zijn eerder gegeven {purpose:Doel}"))
def _given_for(story: Story, purpose: Term) -> None:
    story.change(lambda scene: scene.known(agreements=_all(scene.facts.agreements, given_for=purpose)))


def _all(rows: tuple[AgreementFact, ...], **updates: Any) -> tuple[AgreementFact, ...]:
    assert rows, "in dit voorbeeld gaat niets verder"
    return tuple(row.model_copy(update=updates) for row in rows)


# --- what goes no further


@given("de toestemming is niet ingetrokken")
@given("de gegevens zijn niet als onjuist gemeld")
@given("de gegevens zijn niet op verzoek van de betrokkene verbeterd")
def _not_stopped(story: Story) -> None:
    story.must(lambda scene: not scene.facts.stopped)


@given("niemand meldde dat de toestemming waarop dit rust is ingetrokken")
def _not_withdrawn(story: Story) -> None:
    story.must(lambda scene: not scene.facts.withdrawn)


@given(words("{who:Partij} meldde dat de toestemming waarop dit rust is ingetrokken"))
def _withdrawal_reported(story: Story, who: Address) -> None:
    fact = WithdrawnFact(consent=CONSENT.ref, provider=who, since=NOW - timedelta(days=1))
    story.known(withdrawn=(fact,))


@given("de toestemming is gisteren ingetrokken")
def _withdrawn(story: Story) -> None:
    story.change(lambda scene: _stopped(scene, "ingetrokken"))


@given("de verstrekker meldde gisteren dat de gegevens onjuist zijn")
@given("de gegevens zijn gisteren op verzoek van de betrokkene verbeterd, en dit is de oude versie")
def _wrong(story: Story) -> None:
    story.change(lambda scene: _stopped(scene, "onjuist"))


def _stopped(scene: Scene, why: str) -> Scene:
    origins = [item.origin for item in scene.manifest.exact_items]
    rows = [
        {"item": origin.item, "provider": origin.party, "why": why, "since": NOW - timedelta(days=1)}
        for origin in origins
    ]
    return scene.known(stopped=tuple(rows))


@given("het gebruik van de gegevens is niet beperkt")
@given("de betrokkene heeft geen verzet aangetekend")
def _not_restricted(story: Story) -> None:
    story.must(lambda scene: not scene.facts.restrictions)


@given("het gebruik van de gegevens is gisteren beperkt, omdat de juistheid wordt betwist")
def _restricted(story: Story) -> None:
    story.change(lambda scene: _restriction(scene, "juistheid_betwist"))


@given("het verzet van de betrokkene tegen het gebruik van de gegevens is gisteren toegewezen")
def _objected(story: Story) -> None:
    story.change(lambda scene: _restriction(scene, "verzet_toegewezen"))


def _restriction(scene: Scene, ground: str) -> Scene:
    assert ("restriction", ground) in scene.pack.code
    rows = [
        {"item": item.origin.item, "provider": item.origin.party, "ground": ground, "since": NOW - timedelta(days=1)}
        for item in scene.manifest.exact_items
    ]
    return scene.known(restrictions=tuple(rows))


# --- what was agreed


@given("de afspraak staat in het plan van aanpak")
def _plan(story: Story) -> None:
    story.must(lambda scene: scene.facts.agreed is not None and scene.facts.agreed.kind == "plan_van_aanpak")


@given("de casusregie is met een besluit belegd")
@given("de casus is met een besluit toebedeeld")
@given("het huis besloot dat de casus naar het overleg gaat")
def _decided(story: Story) -> None:
    story.must(lambda scene: scene.facts.agreed is not None and scene.facts.agreed.kind == "fase_besluit")


@given("er is geen afspraak vastgelegd")
@given("er is geen besluit vastgelegd")
def _no_plan(story: Story) -> None:
    story.known(agreed=None)


# --- the pack


@given(words("{who:Partij} heeft deze vraag nog niet beantwoord"))
def _not_answered(story: Story, who: Address) -> None:
    story.must(lambda s: s.manifest.sender == who and s.facts.thread is not None and not s.facts.thread.answered)


@given(words("{who:Partij} heeft deze vraag al beantwoord"))
def _answered(story: Story, who: Address) -> None:
    story.must(lambda scene: scene.manifest.sender == who)
    story.known(**{"thread.answered": True})


@given("het protocolpakket is van kracht")
def _in_force(story: Story) -> None:
    story.must(lambda scene: scene.facts.packs[0].since < scene.now)


@given("het huis heeft inmiddels een ander protocolpakket vastgesteld")
def _another_pack(story: Story) -> None:
    story.known(**{"packs.0.digest": OTHER_PACK})


@given("voor het protocolpakket is een DPIA vastgelegd")
def _dpia(story: Story) -> None:
    story.must(lambda scene: bool(scene.facts.packs[0].dpia))


@given("voor het protocolpakket is geen DPIA vastgelegd")
def _no_dpia(story: Story) -> None:
    story.known(**{"packs.0.dpia": None})


@given("over het protocolpakket is geen besluit van de Stuurgroep vastgelegd")
def _no_decision(story: Story) -> None:
    story.known(**{"packs.0.decision": None})


@given(words("de fg's kregen het protocolpakket {days:d} dagen voordat het inging"))
def _consulted(story: Story, days: int) -> None:
    def consulted(scene: Scene) -> Scene:
        return scene.known(**{"packs.0.consulted": (scene.facts.packs[0].since - timedelta(days=days)).date()})

    story.set(consulted)
