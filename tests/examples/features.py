"""The examples as they are written: read from the feature files, for the page and for the checks on them.

What they mean is decided elsewhere: pytest-bdd tells them step by step (:mod:`tests.examples.telling.test_examples`).
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gherkin.parser import Parser

from tests.conftest import ROOT

FOLDER = ROOT / "schemas/packs/zvh-protocol-2019/examples"
MAY, MAY_NOT = "toegestaan", "geweigerd"

Step = tuple[str, str]
"""The word that it begins with, and the rest."""


@dataclass(frozen=True)
class Example:
    """One scenario: its tags, the steps before the verdict with those of the background, and the verdict."""

    name: str
    heading: str
    file: str
    tags: tuple[str, ...]
    situation: tuple[Step, ...]
    verdict: tuple[Step, ...]

    @property
    def rules(self) -> tuple[str, ...]:
        """The rules that it is an example of."""
        return tuple(tag.removeprefix("regel-") for tag in self.tags if tag.startswith("regel-"))

    @property
    def allowed(self) -> bool:
        """Whether it says that the message may go."""
        return MAY in self.tags

    @property
    def cited(self) -> tuple[str, ...]:
        """The rules that its verdict names."""
        said = [text.partition("geweigerd op regel ")[2] for _, text in self.verdict]
        return tuple(rule for text in said if text for rule in text.replace(" en ", ", ").split(", "))


@dataclass(frozen=True)
class Heading:
    """A ``Regel`` of a feature and its examples."""

    name: str
    examples: tuple[Example, ...]

    @property
    def rules(self) -> tuple[str, ...]:
        """The ids between the brackets at the end of its name."""
        return tuple(self.name.rpartition("(")[2].removesuffix(")").split(", "))


@dataclass(frozen=True)
class Chapter:
    """One feature file."""

    file: str
    name: str
    about: str
    headings: tuple[Heading, ...]

    @property
    def examples(self) -> tuple[Example, ...]:
        """All of it."""
        return tuple(example for heading in self.headings for example in heading.examples)


def _steps(node: dict[str, Any]) -> tuple[Step, ...]:
    return tuple((step["keyword"].strip(), step["text"]) for step in node["steps"])


def _example(node: dict[str, Any], file: str, heading: str, before: tuple[Step, ...]) -> Example:
    steps = _steps(node)
    at = next((index for index, (word, _) in enumerate(steps) if word == "Dan"), len(steps))
    tags = tuple(tag["name"].removeprefix("@") for tag in node["tags"])
    return Example(node["name"], heading, file, tags, (*before, *steps[:at]), steps[at:])


def _heading(node: dict[str, Any], file: str, before: tuple[Step, ...]) -> Heading:
    for child in node["children"]:
        before += _steps(child["background"]) if "background" in child else ()
    found = [child["scenario"] for child in node["children"] if "scenario" in child]
    return Heading(node["name"], tuple(_example(one, file, node["name"], before) for one in found))


def chapter(path: Path) -> Chapter:
    """One file. Examples outside a ``Regel`` are none: raises ValueError."""
    document: Any = Parser().parse(path.read_text(encoding="utf-8"))
    feature = document["feature"]
    before: tuple[Step, ...] = ()
    headings: list[Heading] = []
    for child in feature["children"]:
        if "scenario" in child:
            raise ValueError(f"{path.name}: {child['scenario']['name']} stands under no Regel")
        before += _steps(child["background"]) if "background" in child else ()
        headings += [_heading(child["rule"], path.name, before)] if "rule" in child else []
    about = " ".join(line.strip() for line in feature["description"].splitlines())
    return Chapter(path.name, feature["name"], about, tuple(headings))


def chapters(folder: Path = FOLDER) -> tuple[Chapter, ...]:
    """All files, in the order of their names."""
    return tuple(chapter(path) for path in sorted(folder.glob("*.feature")))


def differences(one: Example, other: Example) -> int:
    """In how many steps the situations of two examples differ: a step more, a step less, or another step."""
    before, after = [text for _, text in one.situation], [text for _, text in other.situation]
    codes = difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
    return sum(max(i2 - i1, j2 - j1) for tag, i1, i2, j1, j2 in codes if tag != "equal")


def twin(example: Example, others: tuple[Example, ...]) -> Example | None:
    """The allowed example under the same heading that differs from a refused one in one step."""
    return next(
        (
            other
            for other in others
            if other.allowed and set(other.rules) & set(example.rules) and differences(example, other) == 1
        ),
        None,
    )
