"""The messages of the examples: the steps that say who sends what to whom (Als)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from pytest_bdd import when

from schemas.content import ConsentRef
from schemas.facts import AgreedFact
from schemas.ids import Address, Term
from tests.examples.conftest import words
from tests.examples.messages import Given, Person, known_of, provision, together
from tests.examples.story import Story
from tests.making import (
    ANSWER_TIME,
    CONSENT,
    HOUSE,
    MELDER,
    PERSON,
    a_ceiling,
    a_notification,
    a_question,
    an_answer,
    an_inner,
    manifest_of,
    message_id,
    pack,
    reference,
    thread_of,
)
from tests.schemas.scene import Scene


def _send(story: Story, kind: str, sender: Address, to: Address, **members: Any) -> None:
    assert story.phase is not None
    manifest = manifest_of(kind, sender, to, phase=story.phase, **members)
    story.send(Scene(manifest, known_of(manifest, story.case())))


# --- the notification


def _notify(story: Story, purpose: Term, *more: Given) -> None:
    manifest = a_notification(purpose=purpose)
    if more:
        manifest = together(manifest, provision("aanmelding", "aanmelding", purpose, MELDER, (HOUSE,), more))
    story.send(Scene(manifest, known_of(manifest, story.case())))


@when(words("de gemeente de casus aanmeldt {purpose:Doel}"))
def _notification(story: Story, purpose: Term) -> None:
    _notify(story, purpose)


@when(words("de gemeente bij de aanmelding ook {what:Gegevens} van {who:Persoon} noemt"))
def _notificationtogether(story: Story, what: str, who: Person) -> None:
    _notify(story, Term("toetsen_criteria"), Given(what, who))


# --- triage


@when(words("het huis aan {asked:Partij} vraagt wat zij van de betrokkene weet, {purpose:Doel}"))
def _question(story: Story, asked: Address, purpose: Term) -> None:
    manifest = a_question(asked, ceiling=a_ceiling(asked, purpose=purpose), purpose=purpose)
    story.send(Scene(manifest, known_of(manifest, story.case())))


def _answer(story: Story, sender: Address, consent: ConsentRef | None) -> None:
    asking = a_question(sender)
    manifest = an_answer(asking)
    facts = known_of(manifest, story.case(), thread=thread_of(asking))
    story.send(Scene(manifest, facts, ANSWER_TIME, inner=an_inner(manifest, consent=consent)))


@when(words("{sender:Partij} antwoordt dat de betrokkene bekend is, met diens toestemming voor deze casus en fase"))
def _answers_with_consent(story: Story, sender: Address) -> None:
    _answer(story, sender, CONSENT)


@when(words("{sender:Partij} antwoordt dat de betrokkene bekend is, met een toestemming van een jaar geleden"))
def _answers_with_old_consent(story: Story, sender: Address) -> None:
    _answer(story, sender, CONSENT.model_copy(update={"date": CONSENT.date - timedelta(days=365)}))


@when(words("{sender:Partij} antwoordt dat de betrokkene bekend is, zonder toestemming"))
def _answers_without_consent(story: Story, sender: Address) -> None:
    _answer(story, sender, None)


@when(words("het huis {asked:Partij} om een sleutel voor deze casus vraagt"))
def _key_request(story: Story, asked: Address) -> None:
    _send(story, "sleutel_verzoek", HOUSE, asked)


# --- decisions


@when(words("het huis besluit de casus van {old:Fase} naar {new:Fase} te brengen"))
def _moves(story: Story, old: Term, new: Term) -> None:
    reasons = {"triage": "criteria_voldaan", "casusoverleg": "overleg_nodig"}
    act = {
        "decision": f"in_{new}",
        "from": old,
        "to": new,
        "decided_on": "2026-03-10",
        "reason": reasons.get(new, "doel_bereikt"),
    }
    _send(story, "fase_besluit", HOUSE, MELDER, act=act)


# --- provisions in the case meeting and after it


def _provide(
    story: Story, kind: str, sender: Address, to: tuple[Address, ...], purpose: Term, what: Given, **members: Any
) -> None:
    assert story.phase is not None
    manifest = provision(kind, story.phase, purpose, sender, to, [what], **members)
    story.send(Scene(manifest, known_of(manifest, story.case())))


@when(words("{sender:Partij} {what:Gegevens} van {who:Persoon} geeft aan {to:Partijen}, {purpose:Doel}"))
def _gives(story: Story, sender: Address, what: str, who: Person, to: tuple[Address, ...], purpose: Term) -> None:
    _provide(story, "inbreng", sender, to, purpose, Given(what, who))


@when(
    words(
        "{sender:Partij} {what:Gegevens} van {who:Persoon}, die {provider:Partij} gaf, doorgeeft aan {to:Partijen}, "
        "{purpose:Doel}"
    )
)
def _passes_on(
    story: Story,
    sender: Address,
    what: str,
    who: Person,
    provider: Address,
    to: tuple[Address, ...],
    purpose: Term,
) -> None:
    _provide(story, "inbreng", sender, to, purpose, Given(what, who, provider))


AGREEMENT = message_id("afspraak")
AGREED = {"uitvoeren_actie": "plan_van_aanpak", "casusregie": "fase_besluit", "toebedelen": "fase_besluit"}
"""What each purpose outside the meeting rests on."""


@when(
    words("{sender:Partij} buiten het overleg {what:Gegevens} van {who:Persoon} geeft aan {to:Partij}, {purpose:Doel}")
)
def _acts(story: Story, sender: Address, what: str, who: Person, to: Address, purpose: Term) -> None:
    assert story.phase is not None
    agreed = AgreedFact(
        id=AGREEMENT,
        kind=Term(AGREED[purpose]),
        phase=story.phase,
        decision=Term("toebedeling") if purpose == "toebedelen" else None,
        casusregie=story.director if purpose == "casusregie" else None,
    )
    act = {"agreement": AGREEMENT}
    manifest = provision("actie", story.phase, purpose, sender, (to,), [Given(what, who)], act=act)
    story.send(Scene(manifest, known_of(manifest, story.case(), agreed=agreed)))


@when(words("het huis {who:Partij} uitnodigt voor het overleg"))
def _invites(story: Story, who: Address) -> None:
    assert story.phase is not None
    agreed = AgreedFact(id=AGREEMENT, kind=Term("fase_besluit"), phase=story.phase)
    act = {"admit": [who], "agreement": AGREEMENT}
    manifest = manifest_of("casus_uitnodiging", HOUSE, who, phase=story.phase, act=act)
    story.send(Scene(manifest, known_of(manifest, story.case(), agreed=agreed)))


@when(words("{sender:Partij} het huis vraagt de deelname van {who:Partij} te beëindigen"))
def _ends(story: Story, sender: Address, who: Address) -> None:
    reason = next(row.id for row in pack().codes if row.use == "departure")
    _send(story, "deelname_einde", sender, HOUSE, act={"remove": [who], "reason": reason})


# --- other messages


@when(words("{sender:Partij} het huis meldt dat de betrokkene gisteren is geïnformeerd"))
def _tells(story: Story, sender: Address) -> None:
    act = {"subjects": [PERSON], "at": "2026-03-09", "how": "gesprek"}
    _send(story, "geinformeerd", sender, HOUSE, act=act)


@when(words("{sender:Partij} het huis een gesprek van volgende week meldt alsof het al was gevoerd"))
def _tells_ahead(story: Story, sender: Address) -> None:
    act = {"subjects": [PERSON], "at": "2026-03-17", "how": "gesprek"}
    _send(story, "geinformeerd", sender, HOUSE, act=act)


@when(
    words(
        "het huis aan {to:Partij} meldt dat het gebruik is beperkt van {what:Gegevens} van {who:Persoon}, "
        "die {provider:Partij} gaf"
    )
)
def _restricts(story: Story, to: Address, what: str, who: Person, provider: Address) -> None:
    ground = next(row.id for row in pack().codes if row.use == "restriction")
    act = {"items": [{"party": provider, "item": reference(f"{what} {who} {provider}")}], "ground": ground}
    _send(story, "beperking", HOUSE, to, act=act)


@when(
    words("{sender:Partij} meldt dat er een fout zit in {what:Gegevens} van {who:Persoon}, die {provider:Partij} gaf")
)
def _corrects(story: Story, sender: Address, what: str, who: Person, provider: Address) -> None:
    act = {"items": [{"party": provider, "item": reference(f"{what} {who} {provider}")}]}
    _send(story, "correctie", sender, HOUSE, act=act)


@when(words("het huis besluit de termijn van vernietigen met {days:d} dagen te verschuiven"))
def _moves_a_term(story: Story, days: int) -> None:
    term = next(row.id for row in pack().terms if row.article == "11.2c")
    reason = next(row.id for row in pack().codes if row.use == "term")
    until = story.case().phase_since + timedelta(days=365 + days)
    _send(
        story,
        "termijn_besluit",
        HOUSE,
        MELDER,
        act={"scope": term, "until": until, "reason": reason},
    )
