"""The examples of the pack, told step by step to the kernel: what is otherwise in the message, and the verdict (Dan).

A refusal names all the articles it cites, no more and no fewer, and the sentence that the sender reads.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from pytest_bdd import parsers, scenarios, then, when

from schemas.facts import PermissionFact
from schemas.ids import Address, Term
from tests.examples.conftest import words
from tests.examples.features import FOLDER
from tests.examples.messages import Given, Person, known_of, provision, task_of, together
from tests.examples.story import Story
from tests.making import (
    MELDER,
    NOW,
    PARTY,
    SOME_ITEM,
    case_key,
    digest,
    field_digests,
    message_id,
)
from tests.schemas.scene import Scene

scenarios(str(FOLDER))


@when(words("het bericht is {days:d} dagen geldig"))
def _valid(story: Story, days: int) -> None:
    story.message(expires=NOW + timedelta(days=days))


@when("het bericht is verzegeld met een onbekende sleutel")
def _unknown_key(story: Story) -> None:
    story.message(**{"sealed.recipients": (case_key(PARTY["ggd"], "afschaling").kid,)})


@when("het bericht geeft ze tot in detail")
def _in_detail(story: Story) -> None:
    story.message(**{"items.0.level": "D"})


@when("het bericht noemt dat het nodig is om de rechten van een ander te beschermen")
def _restricted_use(story: Story) -> None:
    def named(scene: Scene) -> Scene:
        before = scene.manifest.grounds[0]
        conditions = getattr(before, "conditions", ())
        return scene.message(**{"grounds.0.conditions": (*conditions, "rechten_van_een_ander")})

    story.change(named)


@when("het bericht noemt geen doel")
def _no_purpose(story: Story) -> None:
    story.message(purpose=None)


@when("het bericht noemt geen noodzaak")
def _no_necessity(story: Story) -> None:
    story.message(necessity=None)


@when(words("het bericht noemt de taak van {whose:Partij}"))
def _task_of(story: Story, whose: Address) -> None:
    story.message(**{"grounds.0.task": task_of(whose)})


@when("het bericht noemt de AVG als grondslag")
def _avg(story: Story) -> None:
    story.message(**{"grounds.0.basis": "avg_6_1_e", "grounds.0.decree": None})


@when("de geheimhouding van artikel 7 Wpg staat er niet bij")
def _no_mark(story: Story) -> None:
    story.message(**{"grounds.0.conditions": ()})


@when("het bericht noemt in plaats van toestemming een conflict van plichten")
def _exception(story: Story) -> None:
    story.message(**{"grounds.0.consent": None, "grounds.0.exception": "conflict_van_plichten"})


@when(words("het akkoord van {who:Partij} noemt diezelfde uitzondering"))
def _weighed(story: Story, who: Address) -> None:
    story.must(lambda scene: {row.provider for row in scene.facts.agreements} == {who})
    story.change(
        lambda scene: scene.known(**{"agreements.0.exception": getattr(scene.manifest.grounds[0], "exception", None)})
    )


@when(words("bij de personalia staat ook een veld {name}"))
def _field(story: Story, name: str) -> None:
    story.change(
        lambda scene: scene.message(
            **{"items.0.fields": (*scene.manifest.exact_items[0].fields, *field_digests([name]))}
        )
    )


@when(words("het bericht noemt ook {what:Gegevens} van {who:Persoon} die {provider:Partij} gaf"))
def _also(story: Story, what: str, who: Person, provider: Address) -> None:
    def more(scene: Scene) -> Scene:
        was = scene.manifest
        assert was.phase is not None
        assert was.purpose is not None
        extra = provision(
            was.kind, was.phase, was.purpose, was.sender, was.to, [Given(what, who, provider)], act=was.act
        )
        both = together(was, extra)
        return replace(scene, manifest=both, facts=known_of(both, scene.facts.case, thread=scene.facts.thread))

    story.change(more)


@when(words("het bericht gaat ook naar {who:Partij}"))
def _also_to(story: Story, who: Address) -> None:
    def wider(scene: Scene) -> Scene:
        was = scene.manifest
        assert was.phase is not None
        assert was.sealed is not None
        keys = (*was.sealed.recipients, case_key(who, was.phase).kid)
        facts = scene.facts
        also = tuple(row.model_copy(update={"holder": who}) for row in facts.agreements)
        wide = scene.message(to=(*was.to, who), **{"sealed.recipients": keys})
        return wide.known(agreements=(*facts.agreements, *also))

    story.change(wider)


@when(words("het huis doet dat namens {whom:Partij}"))
def _on_behalf(story: Story, whom: Address) -> None:
    if whom == MELDER:
        story.must(lambda scene: scene.manifest.on_behalf_of == whom)
    else:
        story.message(on_behalf_of=whom)


@when(words("{sender:Partij} doet dat voor haar eigen taak"))
def _own_task(story: Story, sender: Address) -> None:
    story.message(**{"grounds.0.task": task_of(sender)})


@when("het akkoord noemt die eigen taak")
def _agreed_to_task(story: Story) -> None:
    story.change(lambda scene: scene.known(**{"agreements.0.task": scene.manifest.grounds[0].task}))


@when(words("{police:Partij} heeft vastgelegd dat {holder:Partij} dat mag"))
def _permitted(story: Story, police: Address, holder: Address) -> None:
    def permitted(scene: Scene) -> Scene:
        was, item = scene.manifest, scene.manifest.exact_items[0]
        fact = PermissionFact(
            id=message_id("toestemming van de politie"),
            provider=police,
            subject=item.subject,
            subject_category=item.subject_category,
            categories=(item.category,),
            holder=holder,
            phase=was.phase or Term(""),
            purpose=was.purpose or Term(""),
            until=NOW + timedelta(days=30),
        )
        return scene.message(**{"grounds.0.permission": fact.id}).known(permissions=(fact,))

    story.change(permitted)


@when("het besluit noemt het verslag van het overleg waarin het viel")
def _in_the_meeting(story: Story) -> None:
    story.message(**{"act.meeting": digest("overleg")})


@when("het bericht is verzegeld met een sleutel uit de aanmelding")
def _old_key(story: Story) -> None:
    story.change(
        lambda scene: scene.message(
            **{"sealed.recipients": tuple(case_key(where, "aanmelding").kid for where in scene.manifest.to)}
        )
    )


@when(words("het bericht zegt niet {field:Veld}"))
def _without(story: Story, field: tuple[str, str]) -> None:
    def without(scene: Scene) -> Scene:
        category, path = field
        index = next(at for at, item in enumerate(scene.manifest.items) if item.category == category)
        fields = tuple(row for row in scene.manifest.exact_items[index].fields if row.path != path)
        return scene.message(**{f"items.{index}.fields": fields})

    story.change(without)


@when(words("het besluit neemt gegevens mee {purpose:Doel}"))
def _keeps_for(story: Story, purpose: Term) -> None:
    story.message(**{"act.keep": (SOME_ITEM,), "act.keep_for": (purpose,)})


@when("het besluit neemt gegevens mee zonder te zeggen waarvoor")
def _keeps(story: Story) -> None:
    story.message(**{"act.keep": (SOME_ITEM,)})


# --- the verdict


@then("mag het bericht worden verstuurd")
def _allowed(story: Story) -> None:
    assert story.reasons() == ()


@then(parsers.re(r"wordt het bericht geweigerd op regel (?P<rules>.+)"))
def _refused(story: Story, rules: str) -> None:
    assert {reason.rule for reason in story.reasons()} == set(rules.replace(" en ", ", ").split(", "))


@then(parsers.re(r"leest de afzender: (?P<text>.+)"))
def _reads(story: Story, text: str) -> None:
    assert text in {reason.nl for reason in story.reasons()}
