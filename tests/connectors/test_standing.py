"""The mark on what was filed stays, however much is said about other items of the same message."""

from __future__ import annotations

import pytest

from connectors.exchanges import standing
from schemas.gathering import gather
from schemas.gathering_size import MOST_SOURCES
from tests.making import COLLEGE, HOUSE, HOUSE_ID, reference
from tests.schemas.folding import GGZ, MEMBERS, begun, origins, passing


@pytest.mark.parametrize("words", [0, MOST_SOURCES + 1])
def test_nobody_hides_a_mark_by_saying_ever_more(words: int) -> None:
    told = begun("casusoverleg", GGZ, COLLEGE)
    told.tell("correctie", GGZ, {"items": origins(GGZ, "fout")})
    for number in range(words):
        told.agree(GGZ, COLLEGE, ["goed"], purpose=f"doel_{number}", decision="geen_akkoord")
    message = passing(HOUSE, COLLEGE, names=["goed", "fout"])
    assert gather(MEMBERS, told.sources, message).facts.too_much is (words > 0)
    assert standing.standing(HOUSE_ID, HOUSE, told.sources, message) == {reference("nieuw fout"): "onjuist"}
