"""The log over HTTP: checkpoint and tiles as C2SP tlog-tiles has them, and the entries in which the caller takes part.

Tiles hold hashes only and are for every party of the house; bodies and manifests are scoped by
:mod:`broker.ledger.reading`.
"""

from __future__ import annotations

from typing import Annotated, Final

from aiohttp import web
from pydantic import Field, StrictInt

from broker.ledger.reading import EntryView, Reading
from broker.problem import ProblemError
from broker.web.routes import HOUSE, Reply, Route, Table, caller_of, house_of, json_answer, read_model
from keys import ProofError
from keys.tiles import Tile
from schemas.records import Frozen
from schemas.strict import INTEGER_LIMIT

READING: Final = web.AppKey("reading", Reading)
OCTETS: Final = "application/octet-stream"
MOST_ENTRIES: Final = 256

Place = Annotated[StrictInt, Field(ge=0, lt=INTEGER_LIMIT)]


class EntriesQuery(Frozen):
    """Which entries: those named, or the next ones from an index on."""

    indices: Annotated[tuple[Place, ...] | None, Field(max_length=MOST_ENTRIES, description="Deze vermeldingen.")] = (
        None
    )
    after: Annotated[
        StrictInt, Field(ge=-1, lt=INTEGER_LIMIT, description="De vermeldingen na deze plaats in het logboek.")
    ] = -1
    limit: Annotated[StrictInt, Field(ge=1, le=MOST_ENTRIES, description="Hoeveel ten hoogste.")] = 100


class Entries(Frozen):
    """Entries in ledger order."""

    entries: Annotated[tuple[EntryView, ...], Field(description="Vermeldingen, in de volgorde van het logboek.")]


async def checkpoint(request: web.Request) -> web.StreamResponse:
    """``GET log/checkpoint``."""
    text = await request.app[READING].checkpoint(house_of(request))
    return web.Response(text=text, content_type="text/plain")


def _tile(request: web.Request, level: str) -> Tile:
    try:
        return Tile.parse(f"tile/{level}/{request.match_info['index']}")
    except ProofError as error:
        raise ProblemError("niet_gevonden") from error


async def tile(request: web.Request) -> web.StreamResponse:
    """``GET log/tile/{level}/{index}``."""
    asked = _tile(request, request.match_info["level"])
    if asked.level is None:
        raise ProblemError("niet_gevonden")
    data = await request.app[READING].tile(house_of(request), asked.level, asked.index, asked.width)
    return web.Response(body=data, content_type=OCTETS)


async def bundle(request: web.Request) -> web.StreamResponse:
    """``GET log/tile/entries/{index}``."""
    asked = _tile(request, "entries")
    data = await request.app[READING].bundle(house_of(request), asked.index, asked.width)
    return web.Response(body=data, content_type=OCTETS)


async def entries(request: web.Request) -> web.StreamResponse:
    """``POST log/_entries``."""
    house, caller = house_of(request), caller_of(request)
    query = await read_model(request, EntriesQuery)
    reading = request.app[READING]
    found = await reading.entries(house, caller.oin, query.after, query.limit, query.indices)
    return json_answer(Entries(entries=tuple(found)), Entries)


TABLE: Table = (
    Route(
        method="GET",
        path=f"{HOUSE}/log/checkpoint",
        name="readCheckpoint",
        tag="logboek",
        nl="Het laatste ondertekende controlepunt van het logboek.",
        en="The latest signed checkpoint of the log (C2SP tlog-checkpoint).",
        handler=checkpoint,
        replies=(Reply(200, "Controlepunt (C2SP tlog-checkpoint).", media_type="text/plain"),),
        problems=("niet_gevonden",),
    ),
    Route(
        method="GET",
        path=f"{HOUSE}/log/tile/entries/{{index:.+}}",
        name="readEntryBundle",
        tag="logboek",
        nl="De bladen van het logboek, per 256.",
        en="The leaves of the log, 256 at a time (C2SP tlog-tiles).",
        handler=bundle,
        replies=(Reply(200, "Bladen, elk met zijn lengte ervoor.", media_type=OCTETS),),
        problems=("niet_gevonden",),
    ),
    Route(
        method="GET",
        path=f"{HOUSE}/log/tile/{{level}}/{{index:.+}}",
        name="readTile",
        tag="logboek",
        nl="Een tegel met hashes van het logboek.",
        en="A tile of hashes of the log (C2SP tlog-tiles).",
        handler=tile,
        replies=(Reply(200, "Hashes van 32 bytes, achter elkaar.", media_type=OCTETS),),
        problems=("niet_gevonden",),
    ),
    Route(
        method="POST",
        path=f"{HOUSE}/log/_entries",
        name="readEntries",
        tag="logboek",
        nl="De vermeldingen waarin de aanroepende partij deelneemt, met hun manifest.",
        en="The entries in which the caller takes part, with their manifests.",
        handler=entries,
        replies=(Reply(200, "Vermeldingen, in de volgorde van het logboek.", Entries),),
        problems=("vraag_vorm", "geen_object", "dubbel_lid", "getal", "tekst", "te_diep"),
        body=EntriesQuery,
    ),
)
