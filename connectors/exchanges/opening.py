"""The checks on what is sealed: digest, shape, my live key, opening, and that what is inside is what was announced.

Under ``exact`` each disclosure goes with one digest of the manifest; under ``ceiling`` with one of the inner JWS, which
is decided on as if it stood in clear. A failure from the opening on is ``opened=True``: the sender hears of it (exact)
or finds it sealed in the receipt (ceiling). Nothing opened outlives a failure.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from connectors import CheckError
from connectors.exchanges import standing
from connectors.exchanges.contents import (
    Content,
    Values,
    check_disclosures,
    facts_inside,
    find_faults,
    read_explanation,
)
from keys import KeyRecordError, SealError, SignatureFailedError, jws
from keys.binding import Context, Sealed, read_announced, sealed_digest
from keys.sealing import Plaintext, open_, open_members
from keys.suites import PublicKey, public_key, suite_of
from schemas.acts import Finding
from schemas.content import AkpPublic, EcPublic, Inner
from schemas.envelope import EnvelopeError, parse_model
from schemas.ids import ItemRef
from schemas.manifest import INNER_TYP, Manifest
from schemas.policy import Refused, as_exact, decide_inner
from schemas.strict import StrictError

if TYPE_CHECKING:
    from connectors.exchanges.checking import Knowledge, Verified
    from connectors.exchanges.house import House


class InnerError(CheckError):
    """A ceiling answer that does not hold, but whose signed inner part says to which key findings are sealed."""

    def __init__(self, failure: CheckError, reply_key: AkpPublic | EcPublic) -> None:
        super().__init__(failure.code, failure.path, opened=True)
        self.reply_key = reply_key


RECEIPT = "ontvangst"


@dataclass(frozen=True, slots=True)
class Opened:
    """What was inside. ``exact``: the manifest as it stands without a ceiling; ``findings``: of a receipt."""

    exact: Manifest
    values: Mapping[ItemRef, Values] = field(default_factory=dict, repr=False)
    explanation: str | None = field(default=None, repr=False)
    inner: Inner | None = None
    findings: tuple[Finding, ...] = ()


def context_of(manifest: Manifest) -> Context:
    """What the sealed part of a manifest is bound to."""
    return Context(manifest.case, manifest.house, manifest.id, manifest.sender, manifest.phase)


def open_sealed(verified: Verified, sealed: str | None, mine: Knowledge) -> Opened | None:
    """What is inside and holds. None where my key is closed. Raises :class:`CheckError`."""
    manifest = verified.manifest
    try:
        parsed = read_announced(manifest, sealed)
    except SealError as error:
        raise CheckError("verzegeling_fout") from error
    if manifest.sealed is None or parsed is None:
        return Opened(manifest)
    kid = manifest.sealed.recipients[manifest.to.index(verified.address)]
    if manifest.kind == RECEIPT:
        return _open_receipt(verified, parsed, mine)
    key = mine.receive(kid)
    if key is None:
        return None
    try:
        plaintext = open_(parsed, key, verified.address, context_of(manifest), manifest.sealed.bucket)
    except SealError as error:
        raise CheckError("opent_niet") from error
    if manifest.disclosure == "ceiling":
        return _open_ceiling(verified, plaintext, mine)
    content = check_content(verified, manifest, plaintext)
    return Opened(manifest, content.values, content.explanation)


def _open_receipt(verified: Verified, sealed: Sealed, mine: Knowledge) -> Opened | None:
    manifest = verified.manifest
    key = mine.reply(manifest.reply_to) if manifest.reply_to else None
    if key is None or manifest.sealed is None:
        return None
    try:
        members = open_members(sealed, key, verified.address, context_of(manifest), manifest.sealed.bucket)
        rows = members.pop("findings", None)
        if members or not isinstance(rows, list):
            raise CheckError("bevindingen_vorm", opened=True)
        return Opened(manifest, findings=tuple(Finding.model_validate(row) for row in rows))
    except SealError as error:
        raise CheckError("opent_niet") from error
    except ValueError as error:
        raise CheckError("bevindingen_vorm", opened=True) from error


def check_content(verified: Verified, exact: Manifest, plaintext: Plaintext, inner: Inner | None = None) -> Content:
    """What is inside, once it is what was announced and may be there: the check that its sender ran before sealing.

    Raises :class:`CheckError` with the first thing that is wrong.
    """
    content = Content(check_disclosures(exact, plaintext), read_explanation(exact, plaintext))
    sender = verified.facts.party(verified.manifest.sender)
    for _, found in find_faults(verified.pack, verified.manifest, exact, content, inner, sender):
        raise CheckError(found.code, found.path, opened=True)
    return content


def _open_ceiling(verified: Verified, plaintext: Plaintext, mine: Knowledge) -> Opened:
    inner = _read_inner(verified, plaintext)
    if reply_key(verified, inner.reply_key, mine.house) is None:  # whom nothing can be told, nothing is filed of
        raise CheckError("binnenste_fout", opened=True)
    try:
        exact = check_inner_decision(verified, inner, mine)
        content = check_content(verified, exact, plaintext, inner)
        return Opened(exact, content.values, content.explanation, inner)
    except CheckError as failure:
        raise InnerError(failure, inner.reply_key) from failure


def _read_inner(verified: Verified, plaintext: Plaintext) -> Inner:
    if plaintext.inner is None or sealed_digest(plaintext.inner) != verified.manifest.inner_digest:
        raise CheckError("binnenste_fout", opened=True)
    try:
        inner = parse_model(Inner, jws.verify(jws.parse(plaintext.inner, INNER_TYP), verified.key))
    except (SignatureFailedError, StrictError, EnvelopeError) as error:
        raise CheckError("binnenste_fout", opened=True) from error
    if inner.id != verified.manifest.id:
        raise CheckError("binnenste_fout", opened=True)
    return inner


def reply_key(verified: Verified, named: AkpPublic | EcPublic, house: House) -> PublicKey | None:
    """The key that findings about an answer are sealed to; None for one that nobody may use, or not between us two."""
    try:
        public = public_key(named.model_dump())
    except KeyRecordError:
        return None
    to, me = verified.manifest.sender, verified.address
    return public if house.directory.allows_suite(suite_of(public), me, [to], verified.body.time) else None


def check_inner_decision(verified: Verified, inner: Inner, mine: Knowledge) -> Manifest:
    """What the broker could not decide, decided here: consent, outcome, exact categories, inside the ceiling; and what
    was decided about the sealed items before the entry, as far as it is known here; then with what came since."""
    manifest, at = verified.manifest, verified.body.time
    known = (*mine.sources.values(), *verified.sources)
    before = standing.in_order(row for row in known if row.time <= at)
    facts = facts_inside(verified.facts, before, manifest, inner)
    exact = as_exact(manifest, inner)
    if exact is None or isinstance(decide_inner(verified.pack, facts, manifest, inner, at), Refused):
        raise CheckError("niet_toegestaan", opened=True)
    if standing.outruled(verified.pack, facts, exact, standing.in_order(known), mine.thread, at, inner):
        raise CheckError("overtaken", opened=True)  # sealed to its sender: in clear it would tell what is inside
    return exact
