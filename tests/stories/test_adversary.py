"""Every attack, played against a house at work over real TLS: noticed, by whom it must be, by exactly what he sees.

The same list as ``make demo`` and ``docs/adversary.md``. Where there is one, the same course without the lie is played
first and must pass: what is noticed is the lie and not the course. One house for all, so this file runs in one worker.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections import Counter
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from deploy.demo.adversary.attack import Attack
from deploy.demo.adversary.ground import Ground
from deploy.demo.adversary.listing import ATTACKS
from deploy.demo.adversary.running import a_ground, play
from deploy.postgres_binaries import NoBinariesError, find_binaries
from tests.conftest import ROOT, absent
from tests.stories.adversary_ground import scene

pytestmark = [
    pytest.mark.slow,
    pytest.mark.postgres,
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.skipif(sys.platform != "linux", reason="the sandbox ends its programs as Linux does"),
]
PLAYED = sorted((one for one in ATTACKS if one.play), key=lambda one: one.last)
TWINS = [one for one in PLAYED if one.honest is not None]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def ground() -> AsyncIterator[Ground]:
    """A sandbox with a case in triage."""
    try:
        find_binaries()
    except NoBinariesError as error:
        absent(str(error))
    staged = scene()
    sandbox, case, subjects = await asyncio.to_thread(staged.__enter__)
    try:
        async with a_ground(sandbox, case, subjects) as made:
            yield made
    finally:
        await asyncio.to_thread(staged.__exit__, None, None, None)


@pytest.mark.parametrize("attack", TWINS, ids=lambda one: one.id)
async def test_without_the_lie_it_passes(ground: Ground, attack: Attack) -> None:
    assert (await play(ground, attack, lie=False)).seen == attack.honest


@pytest.mark.parametrize("attack", PLAYED, ids=lambda one: one.id)
async def test_it_is_noticed(ground: Ground, attack: Attack) -> None:
    assert (await play(ground, attack)).seen == attack.sees


async def test_the_running_programs_saw_nothing_but_findings(ground: Ground) -> None:
    """After all of it broker and connectors live, and no program wrote a traceback or failed in a round."""
    for file in sorted(ground.sandbox.logs.glob("*.log")):
        text = file.read_text(errors="replace")
        assert "Traceback" not in text, file.name
        events = Counter(json.loads(line).get("event") for line in text.splitlines() if line.startswith("{"))
        assert events["fault"] == events["delivery_failed"] == 0, file.name
    assert ground.sandbox.children["broker"].running
    figures = {
        "attacks": len(ATTACKS),
        "played_here": len(PLAYED),
        "with_a_twin": len(TWINS),
        "by_player": Counter(one.player for one in ATTACKS),
    }
    (ROOT / "build").mkdir(exist_ok=True)
    (ROOT / "build" / "adversary.json").write_text(json.dumps(figures, indent=1) + "\n")
