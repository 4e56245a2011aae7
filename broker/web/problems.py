"""The one place that renders an error: ``application/problem+json`` (RFC 9457) from the closed list of codes.

Decides the language by ``Accept-Language`` (Dutch unless English is asked first) and when to come back. Which code
it is, is decided where the fault was seen (:class:`broker.problem.ProblemError`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Annotated, Final

from aiohttp import web
from pydantic import Field

from broker.web.headers import secure
from schemas.problems import PROBLEMS
from schemas.records import Frozen

MEDIA_TYPE: Final = "application/problem+json"
RETRY_SECONDS: Final = {"te_veel": 5, "even_niet": 2}
CODE: Final = web.ResponseKey("code", str)
"""The code of an answer that is a problem, for the log line."""

_BY_STATUS: Final = {
    400: "geen_http",
    401: "geen_certificaat",
    404: "niet_gevonden",
    405: "methode",
    408: "te_traag",
    413: "te_groot",
    415: "soort_inhoud",
    417: "soort_inhoud",
    429: "te_veel",
    503: "even_niet",
}


class ReasonView(Frozen):
    """One rule that did not allow the message."""

    rule: Annotated[str, Field(description="Artikel van het protocol, bijvoorbeeld 6.4d.")]
    code: Annotated[str, Field(description="Vaste code van de reden.")]
    pointer: Annotated[str, Field(description="Plaats in het manifest (JSON Pointer).")]
    nl: Annotated[str, Field(description="Wat er niet mag en wat u kunt doen.")]
    en: Annotated[str, Field(description="Hetzelfde in het Engels.")]


class Problem(Frozen):
    """An error as RFC 9457 has it."""

    type: Annotated[str, Field(description="URI van de soort fout.")]
    title: Annotated[str, Field(description="De fout in enkele woorden.")]
    status: Annotated[int, Field(ge=400, le=599, description="De HTTP-status.")]
    detail: Annotated[str, Field(description="Wat er is en wat u kunt doen.")]
    code: Annotated[str, Field(description="Vaste code uit de gesloten lijst.")]
    pointer: Annotated[str | None, Field(description="Plaats van de fout in wat u stuurde (JSON Pointer).")] = None


class Refusal(Problem):
    """A message that the protocol does not allow: every reason, and the receipt of its entry in the ledger."""

    reasons: Annotated[tuple[ReasonView, ...], Field(description="Alle redenen, in vaste volgorde.")]
    receipt: Annotated[str, Field(description="Ontvangstbewijs van de makelaar (JWS, keten-receipt+jws).")]


def code_of_status(status: int) -> str:
    """The code for an error that aiohttp itself found."""
    return _BY_STATUS.get(status, "geen_http" if status < 500 else "storing")


def prefers_english(headers: Mapping[str, str]) -> bool:
    """Whether English stands before Dutch in ``Accept-Language`` (quality values aside)."""
    for part in headers.get("Accept-Language", "").lower().split(","):
        language = part.split(";")[0].strip()[:2]
        if language in ("nl", "en"):
            return language == "en"
    return False


def problem(
    code: str,
    headers: Mapping[str, str],
    pointer: str | None = None,
    reasons: Sequence[Mapping[str, str]] | None = None,
    receipt: str | None = None,
) -> web.Response:
    """The answer for ``code``; ``headers`` are those of the request. ``reasons`` and ``receipt``: of a refusal."""
    known = PROBLEMS[code]
    english = prefers_english(headers)
    text = known.en if english else known.nl
    body: dict[str, object] = {
        "type": f"urn:ketenbroker:probleem:{code}",
        "title": text.split(". ")[0].rstrip("."),
        "status": known.status,
        "detail": text,
        "code": code,
    }
    if pointer:
        body["pointer"] = pointer
    if reasons is not None:
        body["reasons"] = reasons
    if receipt is not None:
        body["receipt"] = receipt
    response = web.Response(
        status=known.status,
        body=json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode(),
        headers={"Content-Type": MEDIA_TYPE, "Content-Language": "en" if english else "nl"},
    )
    if code in RETRY_SECONDS:
        response.headers["Retry-After"] = str(RETRY_SECONDS[code])
    response[CODE] = code
    secure(response)
    return response
