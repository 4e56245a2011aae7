"""What a party under secrecy says when it says nothing: always the same, whatever it knows and whoever decided (7.2a).

That somebody is known is secret itself. So "we do not know this person", "we refuse", "we would rather not say" and
"nobody looked in time" are one answer, word for word; both connectors hold an answer to it, before sealing and after
opening. The reason that a person gave stays in that party's own file.
"""

from __future__ import annotations

from schemas.acts import Finding
from schemas.asking_scope import exact_ground
from schemas.content import CeilingGround, Ground, Inner
from schemas.facts import PartyFact
from schemas.ids import FieldPath, Term
from schemas.manifest import Manifest
from schemas.pack import Pack
from schemas.rules.outcomes import SILENT
from schemas.rules.secrecy import needs_consent

TEXT = "Hierover zeggen wij niets (ja noch nee)."
"""The one explanation of an answer that says nothing. Part of the protocol: other words are a finding."""


def is_silent(pack: Pack, party: PartyFact | None, inner: Inner) -> bool:
    """Whether an answer is the silence of a party under secrecy, and so must be that of :func:`findings`."""
    return inner.outcome == SILENT and needs_consent(pack, party)


def findings(pack: Pack, clear: Manifest, inner: Inner, explanation: str | None) -> list[Finding]:
    """What in a silent answer tells more than silence, which is a function of the question and of nothing else.

    ``clear``: the answer as it is on the wire, whose grounds and necessity are those of the question's ceiling.
    """
    grounds = tuple(exact_ground(pack, ground) for ground in clear.grounds if _is_plain(ground))
    necessity = clear.necessity.code if clear.necessity else None
    told = (
        ("/toelichting", explanation != TEXT),
        ("/refusal", inner.refusal is not None),
        ("/items", bool(inner.items)),
        ("/grounds", inner.grounds != grounds),
        ("/necessity", inner.necessity.code != necessity),
    )
    return [Finding(path=FieldPath(path), code=Term("zwijgen_verraadt")) for path, wrong in told if wrong]


def _is_plain(ground: CeilingGround) -> bool:
    return not isinstance(ground, Ground)
