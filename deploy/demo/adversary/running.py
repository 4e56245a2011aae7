"""The one runner: plays attacks one after the other on one ground, in which each leaves the others what they need."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager

import structlog

from deploy.demo.acts import Acts
from deploy.demo.adversary.attack import Attack, AttackError, Played
from deploy.demo.adversary.front import open_front
from deploy.demo.adversary.ground import Ground
from deploy.demo.adversary.listing import ATTACKS
from deploy.demo.sandbox import Sandbox

SHOWN = tuple(one for one in ATTACKS if one.shown)
"""What `make demo` plays."""


@asynccontextmanager
async def a_ground(sandbox: Sandbox, case: str, subjects: Mapping[str, str]) -> AsyncIterator[Ground]:
    """The sandbox with a lying door beside the real one. ``subjects``: P and Q of the case."""
    async with open_front(sandbox) as front:
        yield Ground(sandbox, Acts(sandbox), front, case, subjects)


def play_shown(sandbox: Sandbox, case: str, subjects: Mapping[str, str], say: Callable[[str], None]) -> list[Played]:
    """Those of the demo, in the order of the list; their programs keep silent on the terminal."""

    async def run() -> list[Played]:
        async with a_ground(sandbox, case, subjects) as ground:
            await ground.wait_for_nobody()
            played = []
            for attack in SHOWN:
                say(f"somebody tries to break it: {attack.does}")
                played.append(await play(ground, attack))
            return played

    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    try:
        return asyncio.run(run())
    finally:
        structlog.reset_defaults()


async def play(ground: Ground, attack: Attack, *, lie: bool = True) -> Played:
    """Play one; what could not be made shows nothing and says so."""
    if attack.play is None:
        raise ValueError(f"{attack.id} is played by {attack.elsewhere}")
    try:
        return Played(attack, await attack.play(ground, lie))
    except AttackError as error:
        return Played(attack, (f"not played: {error}",))
