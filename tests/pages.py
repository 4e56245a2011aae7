"""Writes the pages that are made from the pack, its tests, the vectors and the attacks: ``make docs`` runs this module.

Each page is a function of the project alone, so that a test can say whether the one on disk is fresh.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from schemas.pack_questions import jurist_page
from tests.conftest import ROOT
from tests.examples import page as examples
from tests.examples.features import chapters
from tests.house import coverage
from tests.making import pack
from tests.stories import attack_page
from tests.vectors import page as vectors

RENEW = "make docs"
QUESTIONS = "docs/vragen-voor-de-jurist.md"
FIGURES = "coverage_of_rules.json"


def pages() -> Mapping[str, str]:
    """File -> what belongs in it."""
    text, _ = coverage.written(ROOT, pack().rules)
    return {
        coverage.PAGE: text,
        examples.PAGE: examples.page(chapters()),
        QUESTIONS: jurist_page(pack()),
        vectors.PAGE: vectors.text(),
        attack_page.PAGE: attack_page.page(),
    }


def write_figures() -> dict[str, object]:
    """``build/coverage_of_rules.json``, and what is in it."""
    found = coverage.figures(coverage.of_project(ROOT, pack().rules))
    (ROOT / "build").mkdir(exist_ok=True)
    (ROOT / "build" / FIGURES).write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n")
    return found


def main() -> None:
    """Write them all."""
    for file, text in pages().items():
        (ROOT / file).write_text(text, encoding="utf-8")
        print(file)
    write_figures()


if __name__ == "__main__":
    main()
