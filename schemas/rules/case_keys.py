"""What is sealed is sealed to keys that can be destroyed, and only to those who are to read it (12, 11.2)."""

from __future__ import annotations

from collections.abc import Iterator

from schemas.acts import Keys, Receipt
from schemas.rules.matter import Matter
from schemas.rules.reason import Reason, because, decides, decides_act


@decides("sleutel_ontbreekt")
def sealed_to_case_keys(matter: Matter) -> Iterator[Reason]:
    """12: sealed to the live case key of each recipient, in their order; only a receipt answers to a reply key."""
    manifest, case = matter.manifest, matter.facts.case
    if manifest.sealed is None or isinstance(manifest.act, Receipt):
        return
    live = {
        (key.address, key.kid)
        for key in (case.keys if case else ())
        if key.phase == manifest.phase and matter.now < key.not_after
    }
    for index, (address, kid) in enumerate(zip(manifest.to, manifest.sealed.recipients, strict=True)):
        if (address, kid) not in live:
            yield because("sleutel_ontbreekt", f"/sealed/recipients/{index}")


@decides_act("sleutel_fase", "sleutel_verlopen", "sleutel_dubbel")
def published_keys(matter: Matter, act: Keys) -> Iterator[Reason]:
    """11.2: a case key is for one phase, this one, and for a while."""
    for index, key in enumerate(act.keys):
        if key.phase != matter.manifest.phase:
            yield because("sleutel_fase", f"/act/keys/{index}/phase")
        if key.not_after <= matter.now:
            yield because("sleutel_verlopen", f"/act/keys/{index}/not_after")
        if key.kid in {other.kid for other in act.keys[:index]}:
            yield because("sleutel_dubbel", f"/act/keys/{index}/kid")
