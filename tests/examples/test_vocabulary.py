"""The vocabulary of the examples is no larger than they are: every sentence and word is used, and means one thing."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from pytest_bdd import parsers

from schemas.ids import Term
from tests.examples.features import chapters
from tests.examples.messages import Given, known_of, provision
from tests.examples.story import Story
from tests.examples.words import CATEGORIES, FIELDS, PARTIES, PERSONS, PHASES, PURPOSES, TYPES
from tests.making import HOUSE, MELDER, PARTY, PERSON, a_notification, case_fact, pack
from tests.schemas.scene import Scene

FOLDER = Path(__file__).parent
FILES = (FOLDER / "conftest.py", FOLDER / "telling" / "conftest.py", FOLDER / "telling" / "test_examples.py")
KINDS = {"Gegeven": "given", "Als": "when", "Dan": "then"}
Sentence = tuple[str, str, parsers.StepParser]
"""What it begins with, the pattern as it is written, and what reads it."""


def _sentences() -> list[Sentence]:
    return [
        (ast.unparse(node.func), *_reads(node.args[0]))
        for path in FILES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and ast.unparse(node.func) in KINDS.values()
    ]


def _reads(said: ast.expr) -> tuple[str, parsers.StepParser]:
    if not isinstance(said, ast.Call):
        pattern = ast.literal_eval(said)
        return pattern, parsers.string(pattern)
    pattern = ast.literal_eval(said.args[0])
    if ast.unparse(said.func) == "words":
        return pattern, parsers.parse(pattern, extra_types=dict(TYPES))
    return pattern, parsers.re(pattern)


def _steps() -> set[tuple[str, str]]:
    """Every step of the examples: given, when or then, and its text."""
    found = set()
    for part in chapters():
        for example in part.examples:
            kind = "given"
            for word, text in (*example.situation, *example.verdict):
                kind = KINDS.get(word, kind)
                found.add((kind, text))
    return found


SENTENCES = _sentences()
STEPS = _steps()


def test_every_sentence_is_used() -> None:
    unused = [
        pattern
        for kind, pattern, reads in SENTENCES
        if not any(kind == step and reads.is_matching(text) for step, text in STEPS)
    ]
    assert unused == []


def test_every_step_is_one_sentence_and_no_other() -> None:
    fits = {
        (step, text): [pattern for kind, pattern, reads in SENTENCES if kind == step and reads.is_matching(text)]
        for step, text in STEPS
    }
    assert {text: found for (_, text), found in fits.items() if len(found) != 1} == {}


def test_every_word_is_used() -> None:
    said = " ".join(text for _, text in STEPS)
    words = [*PARTIES, *PERSONS, *CATEGORIES, *PHASES, *PURPOSES, *FIELDS]
    assert [word for word in words if not re.search(rf"\b{re.escape(word)}\b", said)] == []


def test_every_word_is_of_the_pack() -> None:
    assert {address.function for address in PARTIES.values()} <= {*pack().capacity, HOUSE.function}
    assert {category for _, category in PERSONS.values()} == {row.id for row in pack().subject_categories}
    assert set(CATEGORIES.values()) <= set(pack().category)
    assert {phase for phase in PHASES.values() if not pack().phase[phase].end} == set(PHASES.values())
    assert set(PURPOSES.values()) <= set(pack().purpose)
    assert all(path[1:] in pack().category[category].by_name for category, path in FIELDS.values())


def _scene() -> Scene:
    manifest = a_notification()
    return Scene(manifest, known_of(manifest, case_fact("aanmelding")))


def test_a_step_that_changes_nothing_fails() -> None:
    story = Story(phase=Term("aanmelding"))
    story.known(informed=_scene().facts.informed)
    with pytest.raises(AssertionError, match="verandert niets"):
        story.send(_scene())


def test_a_step_that_is_not_so_fails() -> None:
    story = Story()
    story.send(_scene())
    with pytest.raises(AssertionError, match="niet zo"):
        story.must(lambda scene: scene.facts.case is None)


def test_an_example_has_one_message() -> None:
    story = Story()
    story.send(_scene())
    with pytest.raises(AssertionError, match="één bericht"):
        story.send(_scene())
    with pytest.raises(AssertionError, match="nog geen bericht"):
        Story().decide()


def test_a_message_is_as_the_pack_wants_it() -> None:
    """The builder makes what the kernel allows, for each category that a party may give in the meeting."""
    tried = 0
    for category, capacity in sorted(pack().provider):
        given = [Given(category, person) for person in PERSONS.values()]
        sender = PARTY[capacity]
        for thing in given:
            row = pack().ceiling.get(("casusoverleg", "inbreng", category, thing.person[1]))
            if row is None or category == "bericht" or (row.providers and capacity not in row.providers):
                continue
            manifest = provision("inbreng", "casusoverleg", "plan_van_aanpak", sender, (HOUSE,), [thing])
            scene = Scene(manifest, known_of(manifest, case_fact("casusoverleg", taking_part=[sender, MELDER])))
            assert scene.reasons() == [], (category, capacity, thing.person[1])
            tried += 1
    assert tried > 100
    assert PERSONS["de betrokkene"][0] == PERSON
