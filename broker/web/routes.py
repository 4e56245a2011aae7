"""One table row per route: from it the route is registered, its request read, and its page in OpenAPI made.

So nothing is served that is not documented. The rows stand with what they serve (``*/api.py``). Here too: reading
path, query and body of a request into closed models, each failure one code and a place.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Final, Literal, TypeVar

from aiohttp import web
from pydantic import BaseModel, BeforeValidator, Field, TypeAdapter, ValidationError

from broker.problem import ProblemError
from broker.web.identity import CALLER, Caller
from broker.web.limits import LIMITS
from schemas import strict
from schemas.ids import HouseId, Identifier, IdError
from schemas.records import Frozen

PREFIX: Final = "/v1"
HOUSE: Final = "/houses/{house}"
JSON: Final = "application/json"

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
M = TypeVar("M", bound=Frozen)
Id = TypeVar("Id", bound=Identifier)


def _digits(value: object) -> object:
    if isinstance(value, str) and re.fullmatch(r"[0-9]{1,16}", value) is None:
        raise ValueError("digits only")
    return value


Number = Annotated[int, BeforeValidator(_digits), Field(ge=0, lt=strict.INTEGER_LIMIT)]
"""A whole number in a query string: digits and nothing else."""


@dataclass(frozen=True)
class Reply:
    """One way in which a route answers well: status, Dutch description, what is in it."""

    status: int
    nl: str
    model: Any = None
    """A pydantic model or another type that pydantic knows; ``None`` with another media type."""
    media_type: str = JSON


@dataclass(frozen=True)
class Route:
    """One operation. ``path`` stands below ``/v1``, written as aiohttp has it; ``problems``: codes beside the usual."""

    method: Literal["GET", "POST"]
    path: str
    name: str
    tag: str
    nl: str
    en: str
    handler: Handler
    replies: tuple[Reply, ...]
    problems: tuple[str, ...] = ()
    query: type[Frozen] | None = None
    body: type[BaseModel] | None = None
    headers: tuple[tuple[str, str], ...] = ()
    """Request headers that mean something here, with what they do (Dutch)."""
    public: bool = False

    @property
    def template(self) -> str:
        """The path as OpenAPI writes it: no patterns."""
        return re.sub(r"\{(\w+):[^}]*\}", r"{\1}", self.path)

    @property
    def parameters(self) -> tuple[str, ...]:
        """The names in the path."""
        return tuple(re.findall(r"\{(\w+)", self.path))


Table = tuple[Route, ...]
TABLE: Final = web.AppKey("table", dict[str, Route])
CLOCK: Final[web.AppKey[Callable[[], datetime]]] = web.AppKey("clock")


def register(application: web.Application, table: Iterable[Route]) -> None:
    """Put the routes of the table, and only those, on the application."""
    application[TABLE] = rows = {}
    for route in table:
        application.router.add_route(route.method, PREFIX + route.path, route.handler, name=route.name)
        rows[route.name] = route


def route_of(request: web.Request) -> Route | None:
    """The row behind a request; ``None`` for what is not served."""
    name = request.match_info.route.name
    return request.app[TABLE].get(name) if name else None


def caller_of(request: web.Request) -> Caller:
    """Who calls; the middleware put it there."""
    return request[CALLER]


def path_id(request: web.Request, name: str, form: type[Id], code: str) -> Id:
    """The id at ``name`` in the path. Raises :class:`ProblemError` with ``code``."""
    try:
        return form(request.match_info[name])
    except IdError as error:
        raise ProblemError(code) from error


def house_of(request: web.Request) -> HouseId:
    """The house in the path. Raises :class:`ProblemError` ``huis_onbekend``."""
    return path_id(request, "house", HouseId, "huis_onbekend")


def read_query(request: web.Request, model: type[M]) -> M:
    """The query string as a closed model. Raises :class:`ProblemError` ``vraag_vorm``."""
    given = dict(request.query)
    if len(given) != len(request.query.items()):  # a name twice
        raise ProblemError("vraag_vorm")
    return _validated(model, given)


async def read_body(request: web.Request, limit: int) -> bytes:
    """The bytes of the body, in time and within ``limit``. Raises :class:`ProblemError`."""
    if request.content_type != JSON:
        raise ProblemError("soort_inhoud")
    if (request.content_length or 0) > limit:
        raise ProblemError("te_groot")
    pieces: list[bytes] = []
    size = 0
    try:
        async with asyncio.timeout(request.app[LIMITS].body_seconds):
            async for piece in request.content.iter_any():
                size += len(piece)
                if size > limit:
                    raise ProblemError("te_groot")
                pieces.append(piece)
    except TimeoutError as error:
        raise ProblemError("te_traag") from error
    except web.RequestPayloadError as error:
        raise ProblemError("geen_http") from error
    return b"".join(pieces)


async def read_model(request: web.Request, model: type[M]) -> M:
    """A small JSON body as a closed model. Raises :class:`ProblemError`."""
    data = await read_body(request, request.app[LIMITS].query_bytes)
    try:
        value = strict.parse_object(data, request.app[LIMITS].query_bytes)
    except strict.StrictError as error:
        raise ProblemError(error.code) from error
    return _validated(model, value)


def _validated(model: type[M], value: object) -> M:
    try:
        return model.model_validate(value)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        parts = list(first["loc"])
        if first["type"] == "extra_forbidden":
            parts = parts[:-1]  # the name is the caller's, not ours
        raise ProblemError("vraag_vorm", "".join(f"/{part}" for part in parts)) from None


def json_answer(value: object, kind: Any, status: int = 200) -> web.Response:
    """``value`` as JSON, written once by the model's own serialiser."""
    return web.Response(status=status, body=_adapter(kind).dump_json(value, by_alias=True), content_type=JSON)


_ADAPTERS: dict[Any, TypeAdapter[Any]] = {}


def _adapter(kind: Any) -> TypeAdapter[Any]:
    if kind not in _ADAPTERS:
        _ADAPTERS[kind] = TypeAdapter(kind)
    return _ADAPTERS[kind]
