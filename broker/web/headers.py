"""The headers that stand on every answer, errors of the framework included (NL GOV API Design Rules 2.1).

``/core/version-header``, ``/core/transport/security-headers``. Nothing here may be cached, framed or sniffed.
"""

from __future__ import annotations

from typing import Final

from aiohttp import web

API_VERSION: Final = "1.0.0"
"""The version of the interface (semver), not that of the program."""

ALWAYS: Final = {
    "API-Version": API_VERSION,
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Server": "ketenbroker",
}


def secure(response: web.StreamResponse) -> None:
    """Put the headers on an answer that was not sent yet."""
    response.headers.update(ALWAYS)
