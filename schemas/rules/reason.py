"""What a rule says when it fails, and the marks by which rules are found for the coverage page.

A rule is a function with one of three marks: :func:`decides` for one that looks at the whole message,
:func:`decides_act` for one about a body, :func:`decides_item` for one about each item that goes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, get_args, get_type_hints

from schemas.acts import Act
from schemas.rules.causes import CAUSES as _CAUSES
from schemas.rules.causes_of_bodies import CAUSES_OF_BODIES
from schemas.rules.causes_of_cases import CAUSES_OF_CASES
from schemas.rules.causes_of_content import CAUSES_OF_CONTENT
from schemas.rules.matter import Matter, Piece

CAUSES = {**_CAUSES, **CAUSES_OF_CONTENT, **CAUSES_OF_BODIES, **CAUSES_OF_CASES}
"""Every code that the kernel can give."""


@dataclass(frozen=True, order=True)
class Reason:
    """One rule that failed: its id (the article), a stable code, a JSON pointer into the manifest, both texts."""

    rule: str
    code: str
    pointer: str
    nl: str
    en: str


@lru_cache(maxsize=4096)
def because(code: str, pointer: str = "", rule: str | None = None, who: tuple[str, str] | None = None) -> Reason:
    """The reason of a code at a place. ``rule`` where the article depends on the message (B4-1 to B4-4).

    ``who``: the organisations of the pack that the text names, in Dutch and in English.
    """
    cause = CAUSES[code]
    nl, en = (cause.nl.replace("{who}", who[0]), cause.en.replace("{who}", who[1])) if who else (cause.nl, cause.en)
    return Reason(rule or cause.rule, code, pointer, nl, en)


@dataclass(frozen=True)
class Rule:
    """One rule: what it is called, which codes it may give, and how it judges: no reason means that it passes.

    ``acts``: the bodies that it is about, empty for all messages; ``items``: it has nothing to say where nothing goes.
    ``cites``: the articles that it cites, where these are not just those of its codes but depend on the message.
    """

    name: str
    codes: tuple[str, ...]
    text: str
    judge: Callable[[Matter], Iterable[Reason]]
    acts: tuple[type[Act], ...] = ()
    items: bool = False
    cites: tuple[str, ...] = ()

    def bears_on(self, act: type[Act] | None, *, items: bool) -> bool:
        """Whether it can have something to say of a message with this body, and with or without items."""
        return (not self.acts or act in self.acts) and (items or not self.items)

    @property
    def articles(self) -> tuple[str, ...]:
        """The articles that its reasons cite, in the order of its codes."""
        return self.cites or tuple(dict.fromkeys(CAUSES[code].rule for code in self.codes))


def _text(judge: Callable[..., Any]) -> str:
    return (judge.__doc__ or "").strip()


def decides(
    *codes: str, items: bool = False, cites: tuple[str, ...] = ()
) -> Callable[[Callable[[Matter], Iterable[Reason]]], Rule]:
    """Make a function into a :class:`Rule` that gives these codes and no others. ``items``: only where items go."""

    def mark(judge: Callable[[Matter], Iterable[Reason]]) -> Rule:
        return Rule(judge.__name__, codes, _text(judge), judge, items=items, cites=cites)

    return mark


def decides_act(
    *codes: str, cites: tuple[str, ...] = ()
) -> Callable[[Callable[[Matter, Any], Iterable[Reason]]], Rule]:
    """The same for a rule about bodies: those that the annotation of its second argument names."""

    def mark(judge: Callable[[Matter, Any], Iterable[Reason]]) -> Rule:
        _, hint, _ = get_type_hints(judge).values()
        acts = get_args(hint) or (hint,)

        def on_act(matter: Matter) -> Iterable[Reason]:
            return judge(matter, matter.manifest.act) if isinstance(matter.manifest.act, acts) else ()

        return Rule(judge.__name__, codes, _text(judge), on_act, acts=acts, cites=cites)

    return mark


def decides_item(
    *codes: str, cites: tuple[str, ...] = ()
) -> Callable[[Callable[[Matter, Piece], Iterable[Reason]]], Rule]:
    """The same for a rule about each item that goes, or that is asked for."""

    def mark(judge: Callable[[Matter, Piece], Iterable[Reason]]) -> Rule:
        def on_each(matter: Matter) -> Iterable[Reason]:
            return [reason for piece in matter.pieces for reason in judge(matter, piece)]

        return Rule(judge.__name__, codes, _text(judge), on_each, items=True, cites=cites)

    return mark
