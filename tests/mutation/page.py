"""docs/mutation.md: the score, how it is measured, and every survivor with the reason why."""

from __future__ import annotations

from collections.abc import Mapping

from tests.mutation.mutants import ROOT
from tests.mutation.record import GOAL, Record

PAGE = ROOT / "docs" / "mutation.md"

_TOP = """\
# Mutation testing of the kernel

Written by `make mutate`; do not edit by hand.

Would a test notice if a rule were a little different? Each mutant is the kernel with one small change: a comparison
turned round, half a condition left out, a reason not given, a rule gone from the list. The tests of the kernel run
against it, and should fail. A mutant that passes them all has survived: a hole in the tests, or a change that does
nothing.

**Score: {score:.1f} % of {mutants} mutants killed** (goal {goal:.0f} %); {survived} survived, all explained below.
What behaves the same as the original is counted as a survivor too: nothing is subtracted.

## How to run it

    make mutate                                      everything, long: tens of minutes on two cores
    make mutate MUTATE_ARGS="schemas/rules/basis.py" one module
    make mutate MUTATE_ARGS="--again"                only what survived last time, and what changed since
    make mutate MUTATE_ARGS="--list basis"           the mutants of a module, without running them

The counts go to `build/mutation.json`. It fails below the goal, and when a survivor is not explained in
`tests/mutation/survivors.yaml`. After a change of a rule: `--again`, then a test for what survives, or a reason.

## How it is measured

* Under test: `schemas/policy.py` and `schemas/rules/`. Tests: {tests}, those that `tests/mutation/running.py` selects.
* Operators: those of mutmut {mutmut} (operators, numbers, strings, arguments, assignments, keywords), and ours besides:
  a condition that always or never holds, one side of `and`/`or` gone, a filter of a comprehension gone, a statement
  gone, an element of a literal gone, `any` for `all`, another text inside an f-string (`tests/mutation/operators.py`).
  Of strings one variant, not three; a literal argument is changed, not also replaced by None: fewer that say the same.
* Mutmut makes, loads and judges its mutants by a copy of each function and skips every decorated one. Here each rule is
  one, and constants and the list of rules matter as much; so its operators are used and not its runner: every mutant
  is the whole module, imported in a fork in place of the file. cosmic-ray changes all of a module as well, but starts
  the tests from nothing for each mutant, and has no operators for strings, arguments and statements.
* The examples of hypothesis are the same every time, so the score is too. All tests count; the likely ones run first.
* Left out: annotations, imports, `__all__`, docstrings, the arguments of `len` and `isinstance`, and the
  {sentences} sentences for people in `causes*.py`, which decide nothing; tests check their form. The articles and codes
  there are changed as all else.
* {by_import} mutants could not be imported at all, {by_time} ran out of time; both count as killed.
"""


def _table(rows: list[tuple[str, ...]]) -> str:
    head, *rest = rows
    lines = [head, tuple("---" for _ in head), *rest]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines) + "\n"


def _code(text: str) -> str:
    """A piece of code in a cell of a table."""
    text = text.replace("|", "\\|")
    return f"`` {text} ``" if "`" in text else f"`{text}`" if text else "(nothing)"


def survivors_table(why: Mapping[str, str], survived: tuple[str, ...]) -> str:
    """Every survivor, with its place, its change and the reason."""
    rows: list[tuple[str, ...]] = [("place", "is", "would be", "why it may survive")]
    for key in survived:
        place, _, change = key.partition(": ")
        before, _, after = change.partition(" => ")
        path, _, function = place.partition("::")
        name = path.removeprefix("schemas/").removesuffix(".py").replace("/", ".")
        rows.append((f"{name} {function}", _code(before), _code(after), why.get(key, "**not looked at yet**")))
    return _table(rows)


def render(record: Record, why: Mapping[str, str]) -> str:
    """The page of a run."""
    outcomes = record.outcomes
    top = _TOP.format(
        score=record.score,
        mutants=record.mutants,
        goal=GOAL,
        survived=len(record.survived),
        tests=record.tests,
        mutmut=record.versions["mutmut"],
        sentences=sum(outcome.sentences for outcome in outcomes.values()),
        by_import=sum(outcome.by_import for outcome in outcomes.values()),
        by_time=sum(outcome.by_time for outcome in outcomes.values()),
    )
    rows: list[tuple[str, ...]] = [("module", "mutants", "killed", "survived", "score")]
    for path, outcome in outcomes.items():
        score = f"{100.0 * outcome.killed / outcome.mutants:.1f} %" if outcome.mutants else "-"
        rows.append((f"`{path}`", str(outcome.mutants), str(outcome.killed), str(len(outcome.survived)), score))
    return f"{top}\n## Per module\n\n{_table(rows)}\n## Survivors\n\n{survivors_table(why, record.survived)}"
