"""Who holds more of a case than was brought comes to the same facts: so a recipient finds out what was left out."""

from __future__ import annotations

from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.gathering import gather
from schemas.manifest import Manifest
from tests.conftest import examples
from tests.schemas.folding import MEMBERS
from tests.schemas.test_gathering_properties import Move, _told, cases, messages


@settings(max_examples=examples(150), deadline=None)
@given(cases, messages, st.randoms(use_true_random=False))
def test_what_bears_on_nothing_changes_nothing(moves: list[Move], message: Manifest, chance: Random) -> None:
    """But for a restriction: one that ended travels with nothing, and its end may have gone to others."""
    told = _told(moves)
    whole = gather(MEMBERS, told.sources, message)
    held = [source for source in told.sources if source.sha256 in whole.sources or chance.random() < 0.5]
    mine = gather(MEMBERS, held, message)
    same = mine.facts.model_copy(update={"restrictions": whole.facts.restrictions})
    assert same == whole.facts
    assert set(whole.facts.restrictions) <= set(mine.facts.restrictions)
