"""The one runner: plays attacks one after the other on one ground, in which each leaves the others what they need."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from deploy.demo.acts import Acts
from deploy.demo.adversary.attack import Attack, AttackError, Played
from deploy.demo.adversary.front import open_front
from deploy.demo.adversary.ground import Ground
from deploy.demo.sandbox import Sandbox


@asynccontextmanager
async def a_ground(sandbox: Sandbox, case: str, subjects: Mapping[str, str]) -> AsyncIterator[Ground]:
    """The sandbox with a lying door beside the real one. ``subjects``: P and Q of the case."""
    async with open_front(sandbox) as front:
        yield Ground(sandbox, Acts(sandbox), front, case, subjects)


async def play(ground: Ground, attack: Attack, *, lie: bool = True) -> Played:
    """Play one; what could not be made shows nothing and says so."""
    if attack.play is None:
        raise ValueError(f"{attack.id} is played by {attack.elsewhere}")
    try:
        return Played(attack, await attack.play(ground, lie))
    except AttackError as error:
        return Played(attack, (f"not played: {error}",))
