"""The list of reasons: every code has its rule, its refusing test, its article and texts that say what to do."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from schemas.policy import RULES
from schemas.rules import outcomes
from schemas.rules.reason import CAUSES

TESTS = Path(__file__).parent / "rules"


def test_every_code_has_a_rule_and_every_rule_only_its_codes() -> None:
    declared = [code for rule in RULES for code in rule.codes] + list(outcomes.codes())
    assert set(declared) == set(CAUSES)
    assert all(rule.articles and rule.text and rule.name for rule in RULES)
    assert len({rule.name for rule in RULES}) == len(RULES)


def test_every_code_has_a_refusing_test() -> None:
    text = "".join(path.read_text(encoding="utf-8") for path in sorted(TESTS.glob("test_*.py")))
    assert [code for code in CAUSES if f'"{code}"' not in text] == []


@pytest.mark.parametrize("code", sorted(CAUSES))
def test_texts_tell_the_sender_what_to_do(code: str) -> None:
    cause = CAUSES[code]
    assert cause.nl != cause.en
    for text in (cause.nl, cause.en):
        assert text.endswith(".")
        assert 20 <= len(text) <= 160


def _ids(text: str) -> set[str]:
    """The ids of the tables of rules.md, with ranges like 16.6-7 and 7.2a-b written out."""
    found: set[str] = set()
    for line in text.splitlines():
        match = re.match(r"\| ([0-9B][^|]*?) \|", line)
        for name in re.split(r", ", match[1]) if match else ():
            found.add(name)
            whole = re.fullmatch(r"([0-9.]*?)([0-9]+|[a-z])-([0-9.]+|[a-z])", name)
            if whole:
                base, first, last = whole.groups()
                last = last.rpartition(".")[2]
                ends = range(ord(first), ord(last) + 1) if first.isalpha() else range(int(first), int(last) + 1)
                found |= {base + (chr(end) if first.isalpha() else str(end)) for end in ends}
    return found


def test_every_reason_cites_an_article_of_the_rules(shared: Path) -> None:
    ids = _ids((shared / "protocol" / "rules.md").read_text(encoding="utf-8"))
    known = {name for cause in CAUSES.values() for name in [cause.rule] if any(i.startswith(name) for i in ids)}
    assert {cause.rule for cause in CAUSES.values()} - known == set()
