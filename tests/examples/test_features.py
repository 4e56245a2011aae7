"""What the examples must be as a whole: both kinds for each rule of the kernel, and a twin for each refusal."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.examples.conftest import pytest_bdd_apply_tag
from tests.examples.features import MAY, MAY_NOT, Example, chapter, chapters, differences, twin
from tests.making import pack

ALL = [example for part in chapters() for example in part.examples]
REFUSED = [example for example in ALL if not example.allowed]


def _name(example: Example) -> str:
    return f"{example.file}: {example.name}"


def test_every_rule_of_the_kernel_has_an_example_that_goes_and_one_that_does_not() -> None:
    sides = {(rule, example.allowed) for example in ALL for rule in example.rules}
    kernel = [row.id for row in pack().rules if "K" in row.where]
    assert len(kernel) > 50
    assert [(rule, side) for rule in kernel for side in (True, False) if (rule, side) not in sides] == []


def _decides(cited: str) -> set[str]:
    """The rule that is cited, and those that are decided through it."""
    row = pack().rule[cited]
    return {row.id} | {other.id for other in pack().rules if {row.id, *row.cites} & set(other.through)}


@pytest.mark.parametrize("example", ALL, ids=_name)
def test_an_example_has_the_tags_of_its_rule_and_of_its_verdict(example: Example) -> None:
    assert example.rules
    assert set(example.rules) <= {row.id for row in pack().rules}
    assert sorted(set(example.tags) - {f"regel-{rule}" for rule in example.rules}) == (
        [MAY] if example.allowed else [MAY_NOT]
    )
    assert bool(example.cited) != example.allowed


@pytest.mark.parametrize("example", REFUSED, ids=_name)
def test_a_refusal_cites_the_rule_of_its_tag_and_says_what_to_do(example: Example) -> None:
    assert {rule for cited in example.cited for rule in _decides(cited)} >= set(example.rules)
    assert [text for _, text in example.verdict if text.startswith("leest de afzender: ")]


@pytest.mark.parametrize("example", REFUSED, ids=_name)
def test_a_refusal_has_a_twin_that_goes_and_differs_in_one_step(example: Example) -> None:
    others = tuple(other for other in ALL if (other.file, other.heading) == (example.file, example.heading))
    assert twin(example, others), "no allowed example under the same heading differs in just one step"


def test_headings_name_the_rules_of_their_examples() -> None:
    for part in chapters():
        for heading in part.headings:
            assert set(heading.rules) == {rule for example in heading.examples for rule in example.rules}, heading.name


def test_names_are_sentences_said_once() -> None:
    names = [example.name for example in ALL]
    assert len(set(names)) == len(names)
    assert min(len(name.split()) for name in names) > 3


def test_the_number_of_steps_that_differ() -> None:
    one, other = ALL[0], ALL[1]
    assert differences(one, one) == 0
    assert differences(one, other) == differences(other, one) == 1


FEATURE = """# language: nl
Functionaliteit: Iets
  Over iets.
  {0}
    Scenario: Los
      Gegeven iets
      Dan mag het bericht worden verstuurd
"""


def test_an_example_stands_under_a_rule(tmp_path: Path) -> None:
    path = tmp_path / "iets.feature"
    path.write_text(FEATURE.format("Regel: Iets (1.18)"))
    assert chapter(path).headings[0].rules == ("1.18",)
    path.write_text(FEATURE.format(""))
    with pytest.raises(ValueError, match="stands under no Regel"):
        chapter(path)


def test_other_tags_are_refused() -> None:
    with pytest.raises(ValueError, match="unknown tag"):
        pytest_bdd_apply_tag("regels-7.1", test_other_tags_are_refused)
