"""Who takes part and under which agreement, over HTTP: the vouched records of a house, a pack, what it lets one ask.

All of it is public among the parties of a house; each checks the signatures and the digest itself. What may be asked
is read from the pack in force (:mod:`schemas.asking_scope`); the message that asks is decided in any case.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Final, Literal

from aiohttp import web
from pydantic import Field

from broker.ledger.reading import Reading, RecordView
from broker.parties.directories import Directories
from broker.parties.packs import Packs
from broker.problem import ProblemError
from broker.web.routes import CLOCK, HOUSE, Reply, Route, Table, house_of, json_answer, path_id, read_model
from schemas.asking_scope import may_ask
from schemas.ids import Address, CaseRef, PackDigest, Term
from schemas.records import Frozen

DIRECTORIES: Final = web.AppKey("directories", Directories)
RECORDS: Final = web.AppKey("records", Reading)
PACKS: Final = web.AppKey("packs", Packs)


class DirectoryView(Frozen):
    """The records of a house in ledger order, and the checkpoint under which they stand."""

    records: Annotated[tuple[RecordView, ...], Field(description="De ondertekende akten van het huis.")]
    checkpoint: Annotated[str, Field(description="Controlepunt waaronder zij staan.")]


class PackFiles(Frozen):
    """The text of each file of a pack."""

    files: Annotated[dict[str, str], Field(description="Bestandsnaam en tekst.")]


class AllowedQuery(Frozen):
    """In which phase, for what, of whom."""

    case: Annotated[CaseRef | None, Field(description="De casus, als die er al is; nu zonder invloed.")] = None
    phase: Annotated[Term, Field(description="De fase.")]
    purpose: Annotated[Term, Field(description="Het doel.")]
    recipient: Annotated[Address, Field(description="Aan wie gevraagd wordt.")]


class AllowedRow(Frozen):
    """One category about persons of one category, and at most which fields."""

    category: Annotated[Term, Field(description="Categorie van gegevens.")]
    subject_category: Annotated[Term, Field(description="Categorie van personen.")]
    level: Annotated[str, Field(description="Hoogste niveau.")]
    fields: Annotated[tuple[Term, ...], Field(description="Velden die mogen.")]
    provider: Annotated[Literal["usual", "limited"], Field(description="Gewoonlijk, of alleen in de eigen rol.")]
    basis: Annotated[Term, Field(description="Grondslag van wie antwoordt.")]
    regime: Annotated[Term, Field(description="Wettelijk regime.")]
    consent: Annotated[bool, Field(description="Of toestemming of een uitzondering nodig is.")]


class AllowedView(Frozen):
    """What may be asked; nothing where the list is empty."""

    pack: Annotated[PackDigest, Field(description="Het pakket dat nu geldt.")]
    allowed: Annotated[tuple[AllowedRow, ...], Field(description="Wat er ten hoogste gevraagd mag worden.")]


async def allowed(request: web.Request) -> web.StreamResponse:
    """``POST questions/_allowed``."""
    house, now = house_of(request), request.app[CLOCK]()
    query = await read_model(request, AllowedQuery)
    members = (await request.app[DIRECTORIES].get(house)).members
    in_force = [fact.digest for fact in members.packs if fact.since <= now and (not fact.until or now < fact.until)]
    pack = next((found for d in in_force if (found := request.app[PACKS].by_digest.get(d))), None)
    if pack is None:
        raise ProblemError("pakket_onbekend")
    party = members.parties.get(query.recipient)
    here = party is not None and party.since <= now and (party.left is None or now < party.left)
    rows = may_ask(pack, query.recipient.function, query.phase, query.purpose) if here else ()
    view = AllowedView(pack=pack.digest, allowed=tuple(AllowedRow.model_validate(asdict(row)) for row in rows))
    return json_answer(view, AllowedView)


async def directory(request: web.Request) -> web.StreamResponse:
    """``GET directory``."""
    house, reading = house_of(request), request.app[RECORDS]
    view = DirectoryView(records=tuple(await reading.records(house)), checkpoint=await reading.checkpoint(house))
    return json_answer(view, DirectoryView)


async def pack(request: web.Request) -> web.StreamResponse:
    """``GET packs/{digest}``."""
    digest = path_id(request, "digest", PackDigest, "pakket_onbekend")
    files = request.app[PACKS].files.get(digest)
    if files is None:
        raise ProblemError("pakket_onbekend")
    return json_answer(PackFiles(files=dict(files)), PackFiles)


TABLE: Table = (
    Route(
        method="GET",
        path=f"{HOUSE}/directory",
        name="readDirectory",
        tag="partijen",
        nl="De akten van het huis: toetredingen, sleutels, pakketten.",
        en="The records of the house: accessions, keys, packs.",
        handler=directory,
        replies=(Reply(200, "Alle akten, in de volgorde van het logboek.", DirectoryView),),
    ),
    Route(
        method="GET",
        path=f"{HOUSE}/packs/{{digest}}",
        name="readPack",
        tag="partijen",
        nl="De bestanden van een protocolpakket.",
        en="The files of a protocol pack.",
        handler=pack,
        replies=(Reply(200, "De bestanden; hun digest is die in het adres.", PackFiles),),
        problems=("pakket_onbekend",),
    ),
    Route(
        method="POST",
        path=f"{HOUSE}/questions/_allowed",
        name="readAllowed",
        tag="partijen",
        nl="Wat er in een fase en voor een doel ten hoogste aan een partij gevraagd mag worden.",
        en="What a party may be asked at most, in a phase and for a purpose.",
        handler=allowed,
        replies=(Reply(200, "Categorieën en velden volgens het geldende pakket.", AllowedView),),
        problems=("pakket_onbekend", "vraag_vorm", "geen_object", "dubbel_lid", "getal", "tekst", "te_diep"),
        body=AllowedQuery,
    ),
)
