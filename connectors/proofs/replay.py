"""One entry of one's own, from its bytes alone: the leaf, the manifest, its signature, and the decision made again.

Decides nothing new: the same kernel on the facts in the body, with the pack that the manifest names
(ledger-and-keys.md: "the audit replays a decision from body, manifest and pack alone").
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pydantic import ValidationError

from connectors.proofs.report import Problem
from keys import KeyRecordError, SignatureFailedError, jws
from keys.identity import Directory
from keys.merkle import body_leaf
from schemas import strict
from schemas.canonical import digest_text
from schemas.entry import Body
from schemas.envelope import EnvelopeError, parse_manifest, parse_model
from schemas.ids import PackDigest
from schemas.manifest import MANIFEST_TYP, Manifest
from schemas.pack import Pack
from schemas.policy import Refused, decide

NO_MANIFEST = "geweigerde berichten: de broker bewaart hun manifest niet, dus hun uitkomst is niet na te rekenen"
NO_PACK = "vermeldingen onder een protocolpakket dat hier niet is"


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry as the broker serves it: claims, until they were checked."""

    index: int
    body: str
    manifest: str | None


@dataclass(frozen=True, slots=True)
class Replayed:
    """What came of one entry. ``body`` None: unreadable. ``decided``: the decision was made again."""

    index: int
    body: Body | None
    decided: bool = False
    problems: tuple[Problem, ...] = ()
    unchecked: str | None = None


def replay(
    entry: Entry, leaves: Sequence[bytes], directory: Directory, packs: Mapping[PackDigest, Pack], own: str | None
) -> Replayed:
    """Check one entry. ``own``: my own copy of the manifest, for a refusal, of which the broker keeps none."""
    if leaves[entry.index] != body_leaf(entry.body.encode("utf-8")):
        return Replayed(entry.index, None, problems=(Problem("vermelding_anders", entry.index),))
    try:
        body = parse_model(Body, entry.body.encode("utf-8"))
    except (strict.StrictError, EnvelopeError):
        return Replayed(entry.index, None, problems=(Problem("vermelding_onleesbaar", entry.index),))
    if body.outcome == "recorded":
        return Replayed(entry.index, body)
    text = entry.manifest or own
    if text is None or body.facts is None:
        return Replayed(entry.index, body, unchecked=NO_MANIFEST)
    if digest_text(text) != body.manifest_sha256:
        return Replayed(entry.index, body, problems=(Problem("manifest_anders", entry.index),))
    manifest = _signed(text, body, directory)
    if manifest is None:
        return Replayed(entry.index, body, problems=(Problem("handtekening_fout", entry.index),))
    return _decided(entry.index, body, manifest, packs)


def _signed(text: str, body: Body, directory: Directory) -> Manifest | None:
    """The manifest, signed by a key of its sender that counted at the entry's time."""
    try:
        parsed = jws.parse(text, MANIFEST_TYP)
        key, signer = directory.signing_key(parsed.kid, body.time)
        manifest = parse_manifest(jws.verify(parsed, key))
    except (SignatureFailedError, KeyRecordError, strict.StrictError, EnvelopeError, ValidationError):
        return None
    return manifest if manifest.sender == signer and manifest.house == body.house else None


def _decided(index: int, body: Body, manifest: Manifest, packs: Mapping[PackDigest, Pack]) -> Replayed:
    pack = packs.get(manifest.pack)
    if pack is None or body.facts is None:
        return Replayed(index, body, unchecked=NO_PACK)
    decision = decide(pack, body.facts, manifest, body.time)
    reasons = {(reason.rule, reason.code) for reason in decision.reasons} if isinstance(decision, Refused) else set()
    said = {(mark.rule, str(mark.code)) for mark in body.reasons}
    if reasons == said and isinstance(decision, Refused) == (body.outcome == "refused"):
        return Replayed(index, body, decided=True)
    return Replayed(index, body, decided=True, problems=(Problem("besluit_onterecht", index),))
