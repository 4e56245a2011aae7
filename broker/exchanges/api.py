"""The door over HTTP: hand in a message, wait for one's own. Bytes through; what they mean is the stories' business.

``POST messages`` hands the received bytes to :class:`broker.exchanges.intake.Intake` untouched, ``GET inbox`` writes
one page of :class:`broker.exchanges.delivery.Delivery` as it is.
"""

from __future__ import annotations

import re
from typing import Annotated, Final, Literal

from aiohttp import web
from pydantic import Field

from broker.exchanges.delivery import Delivery, Page
from broker.exchanges.intake import Answer, Intake
from broker.web.limits import LIMITS, WAITING
from broker.web.middlewares import ENTRY
from broker.web.polls import POLLS
from broker.web.problems import problem
from broker.web.routes import (
    HOUSE,
    Number,
    Reply,
    Route,
    Table,
    caller_of,
    house_of,
    json_answer,
    read_body,
    read_query,
)
from schemas.envelope import Envelope
from schemas.ids import HouseId
from schemas.records import Frozen

INTAKE: Final = web.AppKey("intake", Intake)
DELIVERY: Final = web.AppKey("delivery", Delivery)

LONGEST_WAIT: Final = 20
"""Seconds that a sender may wait for a proof."""
LONGEST_POLL: Final = 30
"""Seconds that an inbox may be waited on."""
_WAIT: Final = re.compile(r"(?:^|,)\s*wait\s*=\s*\"?([0-9]{1,4})\"?\s*(?:$|[,;])", re.IGNORECASE)


class Accepted(Frozen):
    """The message is on record; the proof follows in the inbox."""

    receipt: Annotated[str, Field(description="Ontvangstbewijs van de makelaar (JWS, keten-receipt+jws).")]
    outcome: Annotated[Literal["allowed"], Field(description="Het protocol staat dit bericht toe.")]


class Proven(Accepted):
    """The same, and the proof came in time."""

    proof: Annotated[str, Field(description="Bewijs dat de vermelding in het logboek staat (C2SP tlog-proof).")]


class InboxQuery(Frozen):
    """Where the caller's cursor and checkpoint stand, and how long it waits."""

    after: Annotated[Number, Field(description="Hoogste nummer dat u veilig hebt; alles tot en met mag weg.")] = 0
    since: Annotated[Number, Field(description="Grootte van het laatste logboek dat u hebt gecontroleerd.")] = 0
    wait: Annotated[Number, Field(le=LONGEST_POLL, description="Zoveel seconden wachten als er niets is.")] = 0


async def submit(request: web.Request) -> web.StreamResponse:
    """``POST messages``."""
    house, caller = house_of(request), caller_of(request)
    data = await read_body(request, request.app[LIMITS].body_bytes)
    with request.app[WAITING].place():
        answer = await request.app[INTAKE].submit(house, caller.oin, data)
    response = await _answer(request, house, answer)
    response[ENTRY] = answer.entry
    return response


async def _answer(request: web.Request, house: HouseId, answer: Answer) -> web.Response:
    if answer.outcome == "refused":
        reasons = [
            {"rule": r.rule, "code": r.code, "pointer": r.pointer, "nl": r.nl, "en": r.en} for r in answer.reasons
        ]
        return problem("geweigerd", request.headers, reasons=reasons, receipt=answer.receipt)
    wait = preferred_wait(request)
    if wait:
        proof = await request.app[DELIVERY].proof(house, answer.entry, wait)
        if proof is not None:
            proven = Proven(receipt=answer.receipt, outcome="allowed", proof=proof)
            response = json_answer(proven, Proven, status=201)
            response.headers["Preference-Applied"] = f"wait={wait}"
            return response
    return json_answer(Accepted(receipt=answer.receipt, outcome="allowed"), Accepted, status=202)


def preferred_wait(request: web.Request) -> int:
    """Seconds in ``Prefer: wait=N`` (RFC 7240), at most :data:`LONGEST_WAIT`; 0 where there is none."""
    found = _WAIT.search(",".join(request.headers.getall("Prefer", ())))
    return min(int(found[1]), LONGEST_WAIT) if found else 0


async def inbox(request: web.Request) -> web.StreamResponse:
    """``GET inbox``."""
    house, caller = house_of(request), caller_of(request)
    query = read_query(request, InboxQuery)
    with request.app[POLLS].waiting():
        page = await request.app[DELIVERY].inbox(house, caller.oin, query.after, query.since, float(query.wait))
    return json_answer(page, Page)


DOOR_PROBLEMS: Final = (
    "geweigerd",
    "geen_object",
    "dubbel_lid",
    "getal",
    "tekst",
    "base64",
    "te_diep",
    "bericht_vorm",
    "manifest_vorm",
    "soort_onbekend",
    "handtekening_vorm",
    "handtekening_fout",
    "sleutel_onbekend",
    "sleutel_verlopen",
    "sleutel_ingetrokken",
    "verkeerde_afzender",
    "verkeerd_huis",
    "te_vroeg",
    "verlopen",
    "te_lang_geldig",
    "nummer_hergebruikt",
    "verzegeling_fout",
    "suite_niet_toegestaan",
    "pakket_onbekend",
    "mandaat_fout",
)

TABLE: Table = (
    Route(
        method="POST",
        path=f"{HOUSE}/messages",
        name="submitMessage",
        tag="berichten",
        nl="Een ondertekend en verzegeld bericht afleveren. Dezelfde bytes nog eens geeft hetzelfde antwoord.",
        en="Hand in a signed and sealed message. The same bytes again give the same answer. `Prefer: wait=N` waits "
        "at most 20 seconds for the proof.",
        handler=submit,
        replies=(
            Reply(201, "Vastgelegd, met bewijs (alleen na `Prefer: wait=N`).", Proven),
            Reply(202, "Vastgelegd; het bewijs volgt in de postbus.", Accepted),
        ),
        problems=DOOR_PROBLEMS,
        headers=(("Prefer", f"`wait=N`: zoveel seconden (ten hoogste {LONGEST_WAIT}) op het bewijs wachten."),),
        body=Envelope,
    ),
    Route(
        method="GET",
        path=f"{HOUSE}/inbox",
        name="readInbox",
        tag="berichten",
        nl="De berichten en bewijzen voor de aanroepende partij, vanaf een nummer.",
        en="Messages and proofs for the calling party, after a number.",
        handler=inbox,
        replies=(Reply(200, "Eén bladzijde, met bewijzen tegen één controlepunt.", Page),),
        query=InboxQuery,
    ),
)
