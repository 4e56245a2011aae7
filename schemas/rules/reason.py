"""What a rule says when it fails, and the mark by which rules are found for the coverage page."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from schemas.rules.causes import CAUSES as _CAUSES
from schemas.rules.causes_of_bodies import CAUSES_OF_BODIES
from schemas.rules.causes_of_content import CAUSES_OF_CONTENT
from schemas.rules.matter import Matter

CAUSES = {**_CAUSES, **CAUSES_OF_CONTENT, **CAUSES_OF_BODIES}
"""Every code that the kernel can give."""


@dataclass(frozen=True, order=True)
class Reason:
    """One rule that failed: its id (the article), a stable code, a JSON pointer into the manifest, both texts."""

    rule: str
    code: str
    pointer: str
    nl: str
    en: str


def because(code: str, pointer: str = "", rule: str | None = None, who: tuple[str, str] | None = None) -> Reason:
    """The reason of a code at a place. ``rule`` where the article depends on the message (B4-1 to B4-4).

    ``who``: the organisations of the pack that the text names, in Dutch and in English.
    """
    cause = CAUSES[code]
    nl, en = (cause.nl.replace("{who}", who[0]), cause.en.replace("{who}", who[1])) if who else (cause.nl, cause.en)
    return Reason(rule or cause.rule, code, pointer, nl, en)


@dataclass(frozen=True)
class Rule:
    """One rule: what it is called, which codes it may give, and how it judges."""

    name: str
    codes: tuple[str, ...]
    text: str
    judge: Callable[[Matter], Iterable[Reason]]

    def __call__(self, matter: Matter) -> list[Reason]:
        """Every reason that this rule has against the message; none means that it passes."""
        return list(self.judge(matter))

    @property
    def articles(self) -> tuple[str, ...]:
        """The articles that its reasons cite, in the order of its codes."""
        return tuple(dict.fromkeys(CAUSES[code].rule for code in self.codes))


def decides(*codes: str) -> Callable[[Callable[[Matter], Iterable[Reason]]], Rule]:
    """Make a function into a :class:`Rule` that gives these codes and no others."""

    def mark(judge: Callable[[Matter], Iterable[Reason]]) -> Rule:
        return Rule(judge.__name__, codes, (judge.__doc__ or "").strip(), judge)

    return mark
