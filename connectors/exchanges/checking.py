"""What a recipient checks, in order; any failure stops it (wire.md). On bytes from the link, whoever brought them.

Decides whether a delivery may be filed, and says why not with a code that stays here: to the outside there is one
constant error. Pure but for the keys it is handed: what is known comes as :class:`Knowledge`, the time as ``now``. The
checks after opening are in :mod:`connectors.exchanges.opening`; filing is :mod:`connectors.exchanges.filing`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Literal

from connectors import CheckError
from connectors.exchanges import standing
from connectors.exchanges.house import House
from connectors.exchanges.mandates import check_mandate
from connectors.exchanges.opening import Opened, open_sealed
from connectors.exchanges.pages import Delivery, SourceText
from connectors.exchanges.rows import CaseRow, KnownRow, known_row
from keys import KeyRecordError, ProofError, SignatureFailedError, jws, proof
from keys.checkpoint import Checkpoint
from keys.jws import VerifyKey
from keys.merkle import body_leaf
from keys.sealing import HeldKey
from schemas.acts import Agreement, PhaseDecision
from schemas.canonical import digest_text
from schemas.entry import Body
from schemas.envelope import EnvelopeError, parse_manifest, parse_model
from schemas.facts import Facts
from schemas.gathering import FACT_KINDS, Source, gather
from schemas.ids import Address, CaseRef, Digest, Kid, MessageId
from schemas.manifest import MANIFEST_TYP, Manifest
from schemas.members import Members
from schemas.pack import Pack
from schemas.policy import Refused, decide
from schemas.strict import StrictError

Result = Literal["filed", "overtaken", "key_closed", "refused"]

_LAST = 2**62
AHEAD = timedelta(seconds=60)
"""How far another clock may be ahead of mine."""


class LaterError(CheckError):
    """Not now: my clock, or what I need to judge by, is not in order. The delivery stays where it is."""


@dataclass(frozen=True, slots=True)
class Knowledge:
    """What this connector knows when a delivery comes. ``head``: the page's checkpoint, which agrees with mine."""

    own: frozenset[Address]
    house: House
    head: Checkpoint
    known: KnownRow | None
    thread: Source | None
    sources: Mapping[Digest, KnownRow]
    """Messages of the case that were verified and proven before."""
    case: CaseRow | None
    """The case as it is known here today: its phase, and since when."""
    receive: Callable[[Kid], HeldKey | None]
    reply: Callable[[MessageId], HeldKey | None]


@dataclass(frozen=True, slots=True)
class Verified:
    """A message that is signed, in the ledger, and allowed then; nothing is opened yet."""

    text: str
    manifest: Manifest
    sha256: Digest
    key: VerifyKey
    address: Address
    body: Body
    index: int | None
    pack: Pack
    facts: Facts
    sources: tuple[KnownRow, ...]

    @property
    def row(self) -> KnownRow:
        """To remember it by."""
        return known_row(self.text, self.manifest, self.sha256, self.body.time, "in", self.index)


@dataclass(frozen=True, slots=True)
class Checked:
    """The end of the story. ``result``: ``filed``; ``overtaken`` (the case moved on) and ``key_closed``, nothing was
    opened; ``refused``: what came out was not as announced, ``failure`` says what."""

    verified: Verified
    result: Result
    opened: Opened | None = None
    failure: CheckError | None = None


@dataclass(frozen=True, slots=True)
class Replay:
    """The same message again: the stored receipt goes again, and nothing is opened."""

    id: MessageId


def check(delivery: Delivery, mine: Knowledge, now: datetime) -> Checked | Replay:
    """The whole story for a delivery with an envelope. Raises :class:`CheckError`."""
    if delivery.envelope is None:
        raise CheckError("geen_envelop")
    if delivery.too_large:
        raise CheckError("te_groot")
    text, sealed = delivery.envelope.manifest, delivery.envelope.sealed
    body = read_body(delivery.body)  #                                          1 limits and strict parse
    parsed = _parse(text)  #                                                    2 header: exactly alg, kid, typ
    key, signer = sender_key(parsed, mine.house, body.time)  #                  3 a key that counted at the entry's time
    manifest = check_signature(parsed, key)  #                                  4 signature
    address = check_addressed(manifest, signer, body, mine, now)  #             5 to me, this house and case, in time
    if mine.house.directory.forbidden_suite(manifest, body.time):  #              and in a suite that it may use
        raise CheckError("suite_niet_toegestaan")
    sha256 = digest_text(text)
    if check_replay(sha256, mine.known):  #                                     6 not known yet
        return Replay(manifest.id)
    check_reply(manifest, mine.thread)  #                                       7 it replies to what I know
    index = check_proof(delivery, manifest, sha256, body, mine)  #                8 in the ledger, under my history
    obeyed = delivery.proof is None
    sources = check_sources(delivery.sources, manifest.case, mine, obeyed)  #   9 the facts come from signed messages
    facts = check_facts(manifest, body, sources, mine, index)
    pack = mine.house.packs.get(manifest.pack)  #                              10 the pack of that day
    if pack is None:
        raise CheckError("pakket_onbekend")
    check_decision(pack, facts, manifest, body.time)  #                        11 decide again
    check_mandate(manifest, mine.house, body.time)
    verified = Verified(text, manifest, sha256, key, address, body, index, pack, facts, sources)
    if manifest.sealed is not None and (moved_on(verified, mine.case) or taken_back(verified, mine)):
        return Checked(verified, "overtaken")  #                               12 and once more with what I know today
    try:
        opened = open_sealed(
            verified, sealed, mine
        )  #                        13 digest, my key, open, one to one, values
    except CheckError as failure:
        if not failure.opened:
            raise
        return Checked(verified, "refused", failure=failure)
    return Checked(verified, "key_closed" if opened is None else "filed", opened)


def moved_on(verified: Verified, case: CaseRow | None) -> bool:
    """Whether the case is in a later phase than the message. Who was not told of a decision is behind, and learns of it
    from the sources of the message: that is nothing to turn a message away for."""
    if case is None or case.phase == verified.manifest.phase:
        return False
    then = verified.facts.case
    return then is None or then.phase != verified.manifest.phase or case.phase_since >= then.phase_since


def taken_back(verified: Verified, mine: Knowledge) -> bool:
    """Whether what a message brings in clear numbers was corrected, or its consent or agreement taken back, since its
    entry: what narrows is delivered first, so that may be known here before the message is."""
    rows = standing.in_order((*mine.sources.values(), *verified.sources))
    return standing.outruled(verified.pack, verified.facts, verified.manifest, rows, mine.thread, verified.body.time)


def read_body(text: str) -> Body:
    """The ledger's entry. Raises :class:`CheckError`."""
    try:
        return parse_model(Body, text.encode("utf-8"))
    except (StrictError, EnvelopeError, UnicodeEncodeError) as error:
        raise CheckError("vorm") from error


def _parse(text: str) -> jws.Parsed:
    try:
        return jws.parse(text, MANIFEST_TYP)
    except SignatureFailedError as error:
        raise CheckError("handtekening_vorm") from error


def sender_key(parsed: jws.Parsed, house: House, at: datetime) -> tuple[VerifyKey, Address]:
    """The key and its address, if it counted when the ledger took the message in."""
    try:
        return house.directory.signing_key(parsed.kid, at)
    except KeyRecordError as error:
        raise CheckError(error.code) from error


def check_signature(parsed: jws.Parsed, key: VerifyKey) -> Manifest:
    """The manifest, once the signature over the received bytes holds."""
    try:
        return parse_manifest(jws.verify(parsed, key))
    except SignatureFailedError as error:
        raise CheckError("handtekening_fout") from error
    except (StrictError, EnvelopeError) as error:
        raise CheckError("vorm") from error


def check_addressed(manifest: Manifest, signer: Address, body: Body, mine: Knowledge, now: datetime) -> Address:
    """To which of my addresses it is (the first of them; they share one file); signed by its sender, of this house and
    case, and neither old nor of tomorrow.

    Raises :class:`LaterError` where the ledger is ahead of my clock: the same message is in time when that goes right.
    """
    to_me = [address for address in manifest.to if address in mine.own]
    if manifest.sender != signer:
        raise CheckError("verkeerde_afzender")
    if not to_me:
        raise CheckError("niet_aan_mij")
    if manifest.house != mine.house.directory.house or body.house != manifest.house or body.case != manifest.case:
        raise CheckError("verkeerd_huis")
    if manifest.created - body.time > AHEAD:
        raise CheckError("te_vroeg")
    if body.time - now > AHEAD:
        raise LaterError("te_vroeg")
    if manifest.expires <= body.time or (manifest.expires <= now and not closes(manifest, mine.house)):
        raise CheckError("verlopen")
    return to_me[0]


def closes(manifest: Manifest, house: House) -> bool:
    """Whether obeying late is still right: what ends a phase, takes an agreement back or narrows gives nobody more."""
    if isinstance(manifest.act, PhaseDecision):
        return True
    if isinstance(manifest.act, Agreement):
        return manifest.act.decision != "akkoord"
    pack = house.packs.get(manifest.pack)
    kind = pack.kind.get(manifest.kind) if pack else None
    return kind is not None and kind.direction == "narrows"


def check_replay(sha256: Digest, known: KnownRow | None) -> bool:
    """True for the same message again. Another message under a known id is a finding."""
    if known is None or known.way == "seen":
        return False
    if known.sha256 != sha256:
        raise CheckError("nummer_hergebruikt")
    return True


def check_reply(manifest: Manifest, thread: Source | None) -> None:
    """Who replies, replies to a message that I have."""
    if manifest.reply_to is not None and (thread is None or thread.manifest.id != manifest.reply_to):
        raise CheckError("antwoord_op_onbekend")


def check_proof(delivery: Delivery, manifest: Manifest, sha256: Digest, body: Body, mine: Knowledge) -> int | None:
    """The index of the entry in the log. Only what narrows is obeyed before its proof; then it is None."""
    sealed = delivery.envelope.sealed if delivery.envelope else None
    if body.manifest_sha256 != sha256 or body.outcome != "allowed":
        raise CheckError("logregel_anders")
    if body.sealed_sha256 != (None if sealed is None else digest_text(sealed)):
        raise CheckError("logregel_anders")
    if delivery.proof is None:
        pack = mine.house.packs.get(manifest.pack)
        kind = pack.kind.get(manifest.kind) if pack else None
        if kind is None or kind.direction != "narrows":
            raise CheckError("bewijs_ontbreekt")
        return None
    return _in_its_time(proven(delivery.proof, delivery.body, mine.house, mine.head), body, mine.house)


def _in_its_time(index: int, body: Body, house: House) -> int:
    """The index, once the entry's time fits its place in the log."""
    if house.dated_back(index, body.time):
        raise CheckError("logregel_tijd")
    return index


def proven(proof_text: str, body: str, house: House, head: Checkpoint) -> int:
    """The index at which ``body`` stands in the tree of ``head``. Raises :class:`CheckError` (``bewijs``)."""
    try:
        under = proof.verify(proof_text, body_leaf(body.encode("utf-8")), house.directory.log_key, house.origin)
        index = proof.parse(proof_text).index
    except ProofError as error:
        raise CheckError("bewijs") from error
    if under != head:
        raise CheckError("bewijs")
    return index


def check_sources(
    texts: Sequence[SourceText], case: CaseRef | None, mine: Knowledge, obeyed: bool
) -> tuple[KnownRow, ...]:
    """The messages behind the facts: each signed, allowed, of this case, and in the ledger; in its order, each once.

    ``obeyed``: the message itself narrows and has no proof yet; then its sources need none either. Those without are
    under no checkpoint yet, so behind all others.
    """
    rows = tuple(_source(text, case, mine, obeyed) for text in texts)
    places = [_LAST if row.index is None else row.index for row in rows]
    if any(one > other or one == other != _LAST for one, other in pairwise(places)):
        raise CheckError("bronnen_volgorde")
    return rows


def _source(text: SourceText, case: CaseRef | None, mine: Knowledge, obeyed: bool) -> KnownRow:
    sha256 = digest_text(text.manifest)
    held = mine.sources.get(sha256)
    if held is not None and held.index is not None:
        return held
    body, parsed = read_body(text.body), _parse(text.manifest)
    key, signer = sender_key(parsed, mine.house, body.time)
    manifest = check_signature(parsed, key)
    fits = manifest.sender == signer and manifest.case == case and manifest.kind in FACT_KINDS
    if not fits or body.manifest_sha256 != sha256 or body.outcome != "allowed" or body.case != case:
        raise CheckError("bron_past_niet")
    if text.proof is None and not obeyed:
        raise CheckError("bewijs_ontbreekt")
    index = None
    if text.proof:
        index = _in_its_time(proven(text.proof, text.body, mine.house, mine.head), body, mine.house)
    check_mandate(manifest, mine.house, body.time)
    return known_row(text.manifest, manifest, sha256, body.time, "seen", index)


def check_facts(
    manifest: Manifest, body: Body, sources: Sequence[KnownRow], mine: Knowledge, index: int | None = None
) -> Facts:
    """The facts, gathered again from the verified sources; they must be those that the broker decided on.

    And every source must be one of which facts came: what bears on nothing here has no business to be remembered. What
    is held here from before the entry (``index``; None: it is under no checkpoint yet) must not tell otherwise: who
    hands over the sources could leave one out.
    """
    rows = [row.source for row in sources]
    brought = sorted(row.sha256 for row in sources)
    # Records of the entry's own second may have come just before it or just after.
    for before in (False, True):
        members = mine.house.members(body.time, before=before)
        gathered = gather(members, rows, manifest, mine.thread)
        if gathered.facts == body.facts:
            if brought != sorted(gathered.sources):
                raise CheckError("bron_past_niet")
            _nothing_left_out(members, manifest, gathered.facts, sources, mine, index)
            return gathered.facts
    raise CheckError("feiten_kloppen_niet")


def _nothing_left_out(
    members: Members,
    manifest: Manifest,
    facts: Facts,
    sources: Sequence[KnownRow],
    mine: Knowledge,
    index: int | None,
) -> None:
    """With what was proven to me to stand before the entry the facts are the same.

    Of a restriction I may hold the beginning and not the end, which went to others: that is looked at on filing.
    """
    end = mine.head.size if index is None else index
    held = [row for row in mine.sources.values() if row.index is not None and row.index < end]
    if {row.sha256 for row in held} <= {row.sha256 for row in sources}:
        return
    whole = gather(members, standing.in_order((*held, *sources)), manifest, mine.thread, bounded=False).facts
    if whole.model_copy(update={"restrictions": facts.restrictions}) != facts:
        raise CheckError("bron_weggelaten")


def check_decision(pack: Pack, facts: Facts, manifest: Manifest, at: datetime) -> None:
    """The same kernel on the same facts: what the broker allowed must be allowed here."""
    if isinstance(decide(pack, facts, manifest, at), Refused):
        raise CheckError("niet_toegestaan")
