"""The door: bytes in, an answer out. What needs no state is looked at here, before the queue; one numbered story.

Decides form, signature, sender, house, time window and that the sealed part is the one announced. Leaves to the
committer what others did meanwhile, and to the kernel whether the protocol allows it. A key, term or mandate that no
longer counts does not end the story here: the same bytes get the answer they got when it did, and only the committer
knows of them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Final

from broker.exchanges.committer import Committer
from broker.exchanges.mandates import check_mandate
from broker.exchanges.message import Answer, Message
from broker.parties.directories import Directories, HouseView
from broker.problem import ProblemError
from keys import KeyRecordError, SealError, SignatureFailedError, binding, jws
from keys.jws import Parsed
from schemas import canonical
from schemas.envelope import Envelope, EnvelopeError, parse_envelope, parse_manifest
from schemas.ids import Address, HouseId, Oin, PackDigest
from schemas.manifest import MANIFEST_TYP, Manifest
from schemas.pack import Pack
from schemas.pack_rows import Kind
from schemas.strict import StrictError

__all__ = ["Answer", "Intake"]

AHEAD: Final = timedelta(seconds=60)
"""How far a sender's clock may be ahead."""


class Intake:
    """The door of every house of this broker."""

    def __init__(
        self,
        directories: Directories,
        packs: Mapping[PackDigest, Pack],
        committers: Mapping[HouseId, Committer],
        clock: Callable[[], datetime],
    ) -> None:
        self._directories = directories
        self._packs = packs
        self._committers = committers
        self._clock = clock

    async def submit(self, house: HouseId, caller: Oin, data: bytes) -> Answer:
        """Take one message from the party ``caller``: allowed or refused, both with a receipt.

        Raises :class:`ProblemError` for everything that is not a matter of the protocol.
        """
        committer = self._committers.get(house)
        if committer is None:
            raise ProblemError("huis_onbekend")
        now = self._clock()
        envelope = _read_envelope(data)  # 1
        parsed = _parse_signature(envelope)  # 2
        view, signer, late = await self._verify(house, parsed, now)  # 3, 4
        manifest = _read_manifest(parsed, late)  # 5
        _check_sender(manifest, house, caller, signer)  # 6
        pack, kind = self._pack_of(manifest)
        late = late or _check_window(manifest, kind, now)  # 7
        _check_sealed(manifest, envelope)  # 8
        late = late or _check_mandate(manifest, view, now)
        message = Message(
            manifest=manifest,
            text=envelope.manifest,
            sha256=canonical.digest_text(envelope.manifest),
            sealed=envelope.sealed,
            kid=parsed.kid,
            pack=pack,
            late=late,
        )
        return await committer.submit(message)  # 9

    async def _verify(
        self, house: HouseId, parsed: Parsed, now: datetime
    ) -> tuple[HouseView, Address, ProblemError | None]:
        """The signer, and why its key does not count now. A key that is not known may be newer than what we hold."""
        view = await self._directories.get(house)
        late = _why_not(view, parsed, now)
        if late is not None:
            view = await self._directories.refresh(house)
            late = _why_not(view, parsed, now)
        try:
            key, signer = view.directory.recorded_key(parsed.kid)
            jws.verify(parsed, key)
        except KeyRecordError as error:
            raise ProblemError(error.code) from error
        except SignatureFailedError as error:
            raise ProblemError("handtekening_fout") from error
        return view, signer, late

    def _pack_of(self, manifest: Manifest) -> tuple[Pack, Kind]:
        pack = self._packs.get(manifest.pack)
        if pack is None:
            raise ProblemError("pakket_onbekend", "/pack")
        kind = pack.kind.get(manifest.kind)
        if kind is None or manifest.act is None:
            raise ProblemError("soort_onbekend", "/kind")
        return pack, kind


def _why_not(view: HouseView, parsed: Parsed, now: datetime) -> ProblemError | None:
    try:
        view.directory.signing_key(parsed.kid, now)
    except KeyRecordError as error:
        return ProblemError(error.code)
    return None


def _read_envelope(data: bytes) -> Envelope:
    try:
        envelope = parse_envelope(data)
    except StrictError as error:
        raise ProblemError(error.code) from error
    except EnvelopeError as error:
        raise ProblemError(error.code, error.pointer) from error
    if envelope.also:
        # No key record names a second algorithm yet; what nobody can verify is not carried.
        raise ProblemError("bericht_vorm", "/also")
    return envelope


def _parse_signature(envelope: Envelope) -> Parsed:
    try:
        return jws.parse(envelope.manifest, MANIFEST_TYP)
    except SignatureFailedError as error:
        raise ProblemError("handtekening_vorm", "/manifest") from error


def _read_manifest(parsed: Parsed, late: ProblemError | None) -> Manifest:
    """What no manifest is, was never accepted: under a key that counts no longer, only that is said."""
    try:
        return parse_manifest(parsed.payload)
    except StrictError as error:
        raise late or ProblemError(error.code) from error
    except EnvelopeError as error:
        raise late or ProblemError(error.code, error.pointer) from error


def _check_sender(manifest: Manifest, house: HouseId, caller: Oin, signer: Address) -> None:
    if manifest.house != house:
        raise ProblemError("verkeerd_huis", "/house")
    if manifest.sender != signer or signer.oin != caller:
        raise ProblemError("verkeerde_afzender", "/from")


def _check_window(manifest: Manifest, kind: Kind, now: datetime) -> ProblemError | None:
    """Raises for what no clock changes; gives back that the term has passed."""
    if manifest.created > now + AHEAD:
        raise ProblemError("te_vroeg", "/created")
    if manifest.expires - manifest.created > timedelta(seconds=kind.seconds_max):
        raise ProblemError("te_lang_geldig", "/expires")
    return ProblemError("verlopen", "/expires") if now >= manifest.expires else None


def _check_mandate(manifest: Manifest, view: HouseView, now: datetime) -> ProblemError | None:
    """The mandate may be signed by a key that counted when the message was accepted, and no longer does."""
    try:
        check_mandate(manifest, view.directory, view.members.house_address, now)
    except ProblemError as error:
        return error
    return None


def _check_sealed(manifest: Manifest, envelope: Envelope) -> None:
    try:
        binding.read_announced(manifest, envelope.sealed)
    except SealError as error:
        raise ProblemError("verzegeling_fout", "/sealed") from error
