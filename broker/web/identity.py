"""Who calls: the OIN in the ``Subject.serialNumber`` of the client certificate, as PKIoverheid has it.

Decides twice. Per connection: TLS accepted the certificate and it names one OIN. Per house and request: one of *that
house's* authorities issued it, it is valid now, and the OIN is or was a party of the house; else the authority of one
house could speak for parties of another, and any organisation of the country read along. Whether the OIN may act is
for intake (it must be the signer's party) and for the stories behind each route.
"""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from aiohttp import web

from broker.problem import ProblemError
from keys import CertificateError, pki
from schemas.ids import HouseId, Oin

Authorities = Callable[[HouseId, Oin], Awaitable[Sequence[bytes]]]
"""The authorities (DER) that a house names in its genesis, for a party of it.

Raises :class:`ProblemError`: ``huis_onbekend``, ``geen_toetreding``.
"""

_REMEMBER: Final = timedelta(minutes=1)
_MOST_REMEMBERED: Final = 4096


@dataclass(frozen=True, slots=True)
class Caller:
    """The party behind a connection: its OIN and its certificate (DER)."""

    oin: Oin
    certificate: bytes = field(repr=False)
    fingerprint: bytes = field(repr=False)


CALLER: Final = web.RequestKey("caller", Caller)
"""On every request that passed, but those for public routes."""


def caller_of_certificate(der: bytes | None) -> Caller | None:
    """The caller; ``None`` without a certificate or with one that names no OIN."""
    if not der:
        return None
    try:
        return Caller(pki.oin_of(der), der, hashlib.sha256(der).digest())
    except CertificateError:
        return None


class Trust:
    """Checks a caller against the authorities of a house; a good answer is remembered for a minute."""

    def __init__(self, authorities: Authorities) -> None:
        self._authorities = authorities
        self._good: dict[tuple[HouseId, bytes], datetime] = {}

    async def check(self, house: HouseId, caller: Caller, now: datetime) -> None:
        """Raises :class:`ProblemError`: ``huis_onbekend``, ``geen_toetreding`` or ``geen_certificaat``."""
        mark = (house, caller.fingerprint)
        until = self._good.get(mark)
        if until is not None and now < until:
            return
        authorities = await self._authorities(house, caller.oin)
        try:
            pki.verify_chain(caller.certificate, authorities, now, "client")
        except CertificateError as error:
            raise ProblemError("geen_certificaat") from error
        if len(self._good) >= _MOST_REMEMBERED:
            self._good.clear()
        self._good[mark] = now + _REMEMBER


TRUST: Final = web.AppKey("trust", Trust)
