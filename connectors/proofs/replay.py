"""One entry of one's own, from its bytes alone: the manifest, its signature, and the decision made again.

Decides nothing new: the same kernel on the facts in the body, with the pack that the manifest names
(ledger-and-keys.md: "the audit replays a decision from body, manifest and pack alone"). Whether these facts are those
of the log is decided in :mod:`connectors.proofs.regathering`, whether the body is its leaf's in ``audit``.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from connectors.proofs.report import Problem
from keys import KeyRecordError, SignatureFailedError, jws
from keys.identity import Directory, parse_record
from keys.merkle import body_leaf
from schemas import strict
from schemas.acts import Start
from schemas.canonical import digest_text
from schemas.entry import UNKNOWN, About, Body
from schemas.envelope import EnvelopeError, parse_manifest, parse_model
from schemas.ids import Address, Oin, PackDigest
from schemas.manifest import MANIFEST_TYP, Manifest
from schemas.members import Members
from schemas.pack import Pack
from schemas.policy import Allowed, Refused, decide
from schemas.records import Record, SignedRecord
from schemas.rules.causes import CAUSES

AHEAD: Final = timedelta(seconds=60)
"""How far two clocks may be apart."""
NO_MANIFEST: Final = "geen_manifest"
NO_PACK: Final = "geen_pakket"
OF_ANOTHER: Final = "casus_van_ander"
ERASED: Final = "gewist"
EXPIRED: Final = "verlopen"
WITHDRAWN: Final = "ingetrokken"
MORE_REFUSED: Final = "more_refused"
_ENDS: Final = frozenset({ERASED, EXPIRED, WITHDRAWN})
"""Of a sealed text: confirmed by all, its term passed, its phase was closed."""
_KEYS: Final = frozenset({"sleutel_onbekend", "sleutel_ingetrokken", "sleutel_verlopen"})
_TAKEN: Final = "casus_bestaat"


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry as the broker serves it: claims, until they were checked."""

    index: int
    body: str
    manifest: str | None

    @property
    def leaf(self) -> bytes:
        """What must stand in the tree at its index."""
        return body_leaf(self.body.encode("utf-8", "surrogatepass"))


@dataclass(frozen=True)
class House:
    """The house as its verified records say: whose keys count when, who belongs to it, which packs it decides by."""

    directory: Directory
    packs: Mapping[PackDigest, Pack] = field(repr=False)
    party: Oin
    """Whose audit this is."""
    records: tuple[tuple[Record, datetime], ...] = field(repr=False)
    _times: tuple[datetime, ...] = field(repr=False)
    """At which anything changed, in order."""
    _members: dict[int, Members] = field(default_factory=dict, repr=False)

    @classmethod
    def of(cls, rows: Iterable[tuple[SignedRecord, datetime]], packs: Mapping[PackDigest, Pack], party: Oin) -> House:
        """Raises :class:`KeyRecordError` for records that are not vouched for."""
        signed = tuple(rows)
        directory = Directory.of(signed)
        records = tuple((parse_record(one).record, time) for one, time in signed)
        return cls(directory, packs, party, records, tuple(sorted({time for _, time in signed})))

    def members(self, at: datetime, *, before: bool) -> Members:
        """The members at an entry's time; with ``before`` without the records of that very second."""
        known = bisect_left(self._times, at) if before else bisect_right(self._times, at)
        if known not in self._members:
            last = self._times[known - 1] if known else None
            held = [row for row, time in self.records[1:] if last is not None and time <= last]
            self._members[known] = Members.of([self.records[0][0], *held])
        return self._members[known]

    def mine(self, address: Address) -> bool:
        """Whether this is an address of the party."""
        return address.oin == self.party


@dataclass(frozen=True, slots=True)
class Judged:
    """What came of one entry. ``body`` None: unreadable; ``manifest`` None: there is none that counts."""

    body: Body | None = None
    manifest: Manifest | None = None
    decided: bool = False
    problems: tuple[Problem, ...] = ()
    unchecked: tuple[str, ...] = ()

    def and_found(self, problems: Sequence[Problem]) -> Judged:
        """With more that is wrong."""
        return Judged(self.body, self.manifest, self.decided, (*self.problems, *problems), self.unchecked)


def judge(entry: Entry, house: House, own: str | None, now: datetime) -> Judged:
    """Check one entry. ``own``: my own copy of the manifest, for a refusal, of which the broker keeps none."""
    index = entry.index
    try:
        body = parse_model(Body, entry.body.encode("utf-8"))
    except (strict.StrictError, EnvelopeError, UnicodeEncodeError):
        return Judged(problems=(Problem("vermelding_onleesbaar", index),))
    wrong = [] if body.house == house.directory.house else [Problem("vermelding_onleesbaar", index, "house")]
    if body.time > now + AHEAD or body.time < house.directory.genesis.created - AHEAD:
        wrong.append(Problem("tijd_onjuist", index))
    if body.outcome == "recorded":
        return Judged(body, problems=(*wrong, *_event(index, body, house)))
    if body.event is not None or (body.about is not None and body.outcome == "allowed"):
        wrong.append(Problem("vermelding_onleesbaar", index, "event"))
    text = entry.manifest or own
    if body.facts is None or body.manifest_sha256 is None:
        return Judged(body, problems=(*wrong, Problem("vermelding_onleesbaar", index, "facts")))
    if text is None:
        if body.outcome == "allowed":
            wrong.append(Problem("manifest_anders", index))
        elif body.about is None or not house.mine(body.about.sender):
            wrong.append(Problem("vermelding_van_ander", index))
        return Judged(body, problems=tuple(wrong), unchecked=(NO_MANIFEST,) if not wrong else ())
    if digest_text(text) != body.manifest_sha256:
        return Judged(body, problems=(*wrong, Problem("manifest_anders", index)))
    read = _signed(text, body.time, house.directory)
    if isinstance(read, str):
        return Judged(body, problems=(*wrong, Problem(read, index)))
    wrong += _fits(index, body, read, house)
    return _decided(index, body, read, house).and_found(wrong)


def _event(index: int, body: Body, house: House) -> Iterator[Problem]:
    """What the broker does itself: one of four things, of a sealed text, or of who was refused too often."""
    said = body.reasons or body.facts is not None or body.manifest_sha256 is not None
    if body.event == MORE_REFUSED:
        formed = body.about is not None and body.case is None and body.sealed_sha256 is None
    else:
        formed = body.event in _ENDS and body.about is None and body.sealed_sha256 is not None
    if said or not formed:
        yield Problem("vermelding_onleesbaar", index, "event")
    elif body.about is not None and not house.mine(body.about.sender):
        yield Problem("vermelding_van_ander", index)


def _signed(text: str, at: datetime, directory: Directory) -> Manifest | str:
    """The manifest, signed by a key of its sender that counted at the entry's time; else the code of what is wrong."""
    try:
        parsed = jws.parse(text, MANIFEST_TYP)
        try:
            key, signer = directory.signing_key(parsed.kid, at)
        except KeyRecordError as error:
            # A revocation of the entry's own second may have come just after it.
            if error.code != "sleutel_ingetrokken":
                raise
            key, signer = directory.signing_key(parsed.kid, at - timedelta(seconds=1))
        covered, _, signature = text.rpartition(".")
        # The header was narrowed by the parse; the bare primitive is twice as fast as a library for all of JOSE.
        key.verify_bytes(strict.decode_base64url(signature), covered.encode("ascii"))
        manifest = parse_manifest(parsed.payload)
    except KeyRecordError as error:
        return error.code if error.code in _KEYS else "handtekening_fout"
    except SignatureFailedError:
        return "handtekening_fout"
    except (strict.StrictError, EnvelopeError):
        return "manifest_anders"
    return manifest if manifest.sender == signer else "handtekening_fout"


def _fits(index: int, body: Body, manifest: Manifest, house: House) -> Iterator[Problem]:
    """What the body says of its message beside the decision."""
    sealed = manifest.sealed.sha256 if manifest.sealed else None
    # Of a case that nobody opened, or that its sender is outside of, a refusal tells nothing.
    untold = body.outcome == "refused" and manifest.case is not None and body.case == UNKNOWN
    case = body.case if untold else manifest.case
    about = (body.house, body.case, body.sealed_sha256)
    if about != (manifest.house, case, sealed) or not _is_about(body.about, manifest):
        yield Problem("manifest_anders", index)
    named = (manifest.sender, *manifest.to) if body.outcome == "allowed" else (manifest.sender,)
    if not any(house.mine(address) for address in named):
        yield Problem("vermelding_van_ander", index)
    if manifest.created > body.time + AHEAD or manifest.expires <= body.time:
        yield Problem("tijd_onjuist", index)


def _places(said: Allowed | Refused | Body) -> set[tuple[str, str, str]]:
    """Rules, codes and where; of many places the log names some."""
    marks = said.reasons if isinstance(said, Refused | Body) else ()
    return {(mark.rule, str(mark.code), str(mark.pointer)) for mark in marks}


def _is_about(about: About | None, manifest: Manifest) -> bool:
    """What a refusal says of its message is so, or not told."""
    if about is None:
        return True
    said = (about.kind, about.phase, about.purpose, *about.to)
    sent = (manifest.kind, manifest.phase, manifest.purpose, *manifest.to)
    return (
        about.sender == manifest.sender
        and len(said) == len(sent)
        and all(one in {UNKNOWN, other} for one, other in zip(said, sent, strict=True))
    )


def _decided(index: int, body: Body, manifest: Manifest, house: House) -> Judged:
    pack = house.packs.get(manifest.pack)
    if body.facts is None:
        return Judged(body, manifest)
    if body.outcome == "allowed" and manifest.pack not in house.directory.packs():
        return Judged(body, manifest, problems=(Problem("pakket_onbekend", index),))
    if pack is None:
        return Judged(body, manifest, unchecked=(NO_PACK,))
    decision = decide(pack, body.facts, manifest, body.time)
    reasons = {(reason.rule, reason.code) for reason in decision.reasons} if isinstance(decision, Refused) else set()
    said = {(mark.rule, str(mark.code)) for mark in body.reasons}
    refused = body.outcome == "refused"
    if reasons == said and bool(reasons) == refused and _places(decision) >= _places(body):
        return Judged(body, manifest, decided=True)
    if refused and not reasons and isinstance(manifest.act, Start) and {code for _, code in said} == {_TAKEN}:
        # That a case is there already is not told to who is outside it: its facts say nothing of that case.
        return Judged(body, manifest, unchecked=(OF_ANOTHER,))
    code = "redenen_anders" if refused and reasons else "weigering_onterecht" if refused else "besluit_onterecht"
    # What the log says is the broker's to choose: only the names that the rules have are printed.
    named = {
        f"{rule} {name}" if name in CAUSES or (rule, name) in reasons else "onbekend" for rule, name in reasons ^ said
    }
    what = "; ".join(sorted(named))[:200]
    return Judged(body, manifest, decided=True, problems=(Problem(code, index, what or None),))
