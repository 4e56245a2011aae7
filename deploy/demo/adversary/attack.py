"""What an attack is: who plays, what is done, who must notice, and exactly what that one sees.

What is seen are codes: of a problem, of a reason, of a finding, of an audit. Nothing else counts as noticed.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from deploy.demo import DemoError

if TYPE_CHECKING:
    from deploy.demo.adversary.ground import Ground

Player = Literal["a party with its real keys", "a party with a changed connector", "the broker", "the network"]
Seen = tuple[str, ...]
Play = Callable[["Ground", bool], Awaitable[Seen]]
"""Plays the attack and gives what was seen, sorted; with ``False`` the same course without the lie."""


class AttackError(DemoError):
    """The attack could not be made, so it shows nothing."""


@dataclass(frozen=True, slots=True)
class Attack:
    """One attack. ``honest``: what is seen of the same course without the lie; None where there is no such course."""

    id: str
    threats: tuple[str, ...]
    """Rows of the threat table in SECURITY.md."""
    player: Player
    does: str
    notices: str
    """Who sees it."""
    sees: Seen
    play: Play | None
    honest: Seen | None = None
    shown: bool = False
    """Whether ``make demo`` plays it."""
    last: bool = False
    """Whether it takes away what others need: a connector, the right to be refused once more today."""
    elsewhere: str = ""
    """The test that plays it instead, where one case in triage is not enough."""


@dataclass(frozen=True, slots=True)
class Played:
    """What came of one."""

    attack: Attack
    seen: Seen

    @property
    def ok(self) -> bool:
        """Noticed, by exactly what must be seen."""
        return self.seen == self.attack.sees
