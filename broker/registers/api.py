"""The register of provisions over HTTP, scoped to the caller: codes only, searched by POST so no address holds one.

Which rows a party may see is :mod:`broker.registers.provisions`'s.
"""

from __future__ import annotations

from typing import Annotated, Final

from aiohttp import web
from pydantic import Field

from broker.registers.provisions import Filters, Provision, Provisions
from broker.web.routes import HOUSE, Reply, Route, Table, caller_of, house_of, json_answer, read_model
from schemas.records import Frozen

PROVISIONS: Final = web.AppKey("provisions", Provisions)


class ProvisionsFound(Frozen):
    """Rows in ledger order."""

    provisions: Annotated[tuple[Provision, ...], Field(description="Verstrekkingen, in de volgorde van het logboek.")]


async def search(request: web.Request) -> web.StreamResponse:
    """``POST provisions/_search``."""
    house, caller = house_of(request), caller_of(request)
    filters = await read_model(request, Filters)
    rows = await request.app[PROVISIONS].search(house, caller.oin, filters)
    return json_answer(ProvisionsFound(provisions=tuple(rows)), ProvisionsFound)


TABLE: Table = (
    Route(
        method="POST",
        path=f"{HOUSE}/provisions/_search",
        name="searchProvisions",
        tag="registers",
        nl="Zoeken in het register van verstrekkingen waaraan de aanroepende partij deelnam.",
        en="Search the register of provisions in which the caller took part.",
        handler=search,
        replies=(Reply(200, "De gevonden verstrekkingen, in codes.", ProvisionsFound),),
        problems=("vraag_vorm", "geen_object", "dubbel_lid", "getal", "tekst", "te_diep"),
        body=Filters,
    ),
)
