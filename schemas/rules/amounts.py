"""How much one message may lean on: no more than every recipient and auditor can read (12).

Measured where facts are made (:mod:`schemas.gathering_size`). Of such a message nothing else is judged, as what is
known of it was left out.
"""

from __future__ import annotations

from collections.abc import Iterator

from schemas.rules.matter import Matter
from schemas.rules.reason import Reason, because, decides


@decides("te_veel_tegelijk")
def readable_by_all(matter: Matter) -> Iterator[Reason]:
    """12: what a message rests on arrives whole at every recipient; one about too much at once is split."""
    if matter.facts.too_much:
        yield because("te_veel_tegelijk")
