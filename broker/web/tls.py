"""The TLS end of the broker: 1.3 only, the client's certificate asked for, only the named authorities trusted.

Decides what a connection must be before a byte of HTTP is read. A client without a certificate may connect (the
description of the interface is public); one with a certificate of an unknown authority may not. Which authorities a
house trusts is its genesis's; :mod:`broker.web.identity` looks again per house.
"""

from __future__ import annotations

import ssl
from collections.abc import Iterable
from pathlib import Path

from broker import BrokerError
from schemas.records import Frozen


class Tls(Frozen):
    """Files in PEM: the server's chain, its key, and authorities beside those of the houses."""

    certificate: Path
    key: Path
    client_authorities: Path | None = None


class TlsError(BrokerError):
    """A certificate, key or authority that cannot be used; the text names the file."""


def server_context(settings: Tls, authorities: Iterable[bytes] = ()) -> ssl.SSLContext:
    """The context to listen with; ``authorities`` (DER) are those of the houses. Raises :class:`TlsError`."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.verify_mode = ssl.CERT_OPTIONAL
    # An authority may itself be issued by another (PKIoverheid's issuing CAs): trust ends where it is named.
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN | ssl.VERIFY_X509_STRICT
    # No resumption: every connection shows its certificate again.
    context.num_tickets = 0
    context.set_alpn_protocols(["http/1.1"])
    try:
        context.load_cert_chain(settings.certificate, settings.key)
    except (OSError, ssl.SSLError) as error:
        raise TlsError(f"cannot use {settings.certificate} with {settings.key}: {_why(error)}") from error
    if settings.client_authorities is not None:
        try:
            context.load_verify_locations(cafile=settings.client_authorities)
        except (OSError, ssl.SSLError) as error:
            raise TlsError(f"cannot use the authorities in {settings.client_authorities}: {_why(error)}") from error
    trust(context, authorities)
    return context


def trust(context: ssl.SSLContext, authorities: Iterable[bytes]) -> None:
    """Add authorities (DER) to a context that may be in use: a house was made. Raises :class:`TlsError`."""
    for der in authorities:
        try:
            context.load_verify_locations(cadata=der)
        except (ssl.SSLError, ValueError) as error:
            raise TlsError("an authority in a genesis is no certificate") from error


def _why(error: OSError) -> str:
    return error.strerror or type(error).__name__
