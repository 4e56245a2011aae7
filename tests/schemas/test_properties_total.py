"""The kernel is total: on anything that parses it answers, the same each time, in bytes too."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schemas import canonical
from schemas.content import Inner
from schemas.facts import Facts
from schemas.manifest import Manifest
from schemas.policy import Allowed, Decision, Refused, decide, decide_inner
from tests.conftest import ROOT, examples
from tests.making import ANSWER_TIME, NOW, pack
from tests.schemas.drawing import drawn, facts, manifests
from tests.schemas.scenes import MORE_SCENES, SCENES, opened
from tests.schemas.test_properties_less import broken

MOMENTS = (NOW, ANSWER_TIME)
CHECKS = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large, HealthCheck.large_base_example]


def said(decision: Decision) -> bytes:
    """A decision as canonical bytes: of a refusal every reason, of an allowance every effect."""
    if isinstance(decision, Allowed):
        return canonical.encode({"effects": [[effect.what, effect.value] for effect in decision.effects]})
    rows = [[r.rule, r.code, r.pointer, r.nl, r.en] for r in decision.reasons]
    return canonical.encode({"reasons": rows})


@settings(derandomize=True, database=None, deadline=None, suppress_health_check=CHECKS)
@given(manifests(), facts(), st.sampled_from(MOMENTS))
def test_every_message_that_parses_gets_an_answer(manifest: Manifest, known: Facts, now: datetime) -> None:
    first = decide(pack(), known, manifest, now)
    assert isinstance(first, Allowed) or first.reasons
    assert said(decide(pack(), known, manifest, now)) == said(first)


@settings(max_examples=examples(40), derandomize=True, database=None, deadline=None, suppress_health_check=CHECKS)
@given(manifests(), facts(), drawn(Inner), st.sampled_from(MOMENTS))
def test_every_sealed_half_that_parses_gets_an_answer(
    manifest: Manifest, known: Facts, inner: Inner, now: datetime
) -> None:
    first = decide_inner(pack(), known, manifest, inner, now)
    assert isinstance(first, Allowed) or first.reasons
    assert said(decide_inner(pack(), known, manifest, inner, now)) == said(first)


def all_said() -> str:
    """The digest of what the kernel says of every scene, as it is and with several things wrong at once."""
    scenes = [make() for make in (*SCENES.values(), *MORE_SCENES.values(), opened)]
    decisions = [scene.decide() for scene in scenes] + [broken(scene).decide() for scene in scenes]
    several = [row for row in decisions if isinstance(row, Refused) and len(row.reasons) > 2]
    assert len(several) > 10
    return canonical.digest(b"\n".join(map(said, decisions)))


@pytest.mark.parametrize("seed", ["1", pytest.param("77", marks=pytest.mark.slow)])
def test_the_same_bytes_in_another_process_with_another_hash(seed: str) -> None:
    program = "from tests.schemas.test_properties_total import all_said; print(all_said())"
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env={**os.environ, "PYTHONHASHSEED": seed},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert done.stdout.strip() == all_said()
