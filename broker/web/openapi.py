"""The description of the interface: OpenAPI 3.1 made from the table of routes and the models that the code uses.

Nothing is written twice: paths, parameters, bodies, answers and errors come from :mod:`broker.web.routes` rows and
pydantic. Follows the NL GOV API Design Rules 2.1 (``standards.md`` 3): Dutch descriptions, ``API-Version`` on every
answer, problem+json for every error, a contact, the major version in the server's address.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Final

from aiohttp import web
from pydantic import Field, TypeAdapter

from broker.web.headers import API_VERSION
from broker.web.problems import MEDIA_TYPE, Problem, Refusal
from broker.web.routes import JSON, PREFIX, Handler, Reply, Route, Table
from schemas.ids import CaseRef, HouseId, PackDigest
from schemas.problems import PROBLEMS
from schemas.records import Frozen

_REF: Final = "#/components/schemas/{model}"
_ALWAYS: Final = ("storing", "te_veel", "even_niet")
_PATH: Final[dict[str, tuple[str, str]]] = {
    "house": ("Het huis.", HouseId.form.pattern),
    "case": ("De casus.", CaseRef.form.pattern),
    "digest": ("SHA-256 van het protocolpakket, base64url.", PackDigest.form.pattern),
    "level": ("Laag in de boom, 0 is die van de bladen.", "[0-9]|[1-5][0-9]|6[0-3]"),
    "index": (
        "Plaats in de laag zoals C2SP tlog-tiles die schrijft, bijvoorbeeld x001/234 of 007.p/12.",
        r"(x[0-9]{3}/){0,6}[0-9]{3}(\.p/[1-9][0-9]{0,2})?",
    ),
}
"""What stands in a path: what it is, and its form."""


class Contact(Frozen):
    """Whom to write to about this interface; the operator's."""

    name: str = Field(default="Beheer Ketenbroker", min_length=1)
    url: str = Field(default="https://ketenbroker.example/contact", pattern=r"^https://")
    email: str = Field(default="beheer@ketenbroker.example", pattern=r"^[^@\s]+@[^@\s]+$")


def document(table: Iterable[Route], contact: Contact, server: str) -> dict[str, Any]:
    """The OpenAPI document; ``server`` is the public address without ``/v1`` (``https://host[:port]``)."""
    rows = tuple(table)
    schemas, refs = _schemas(rows)
    paths: dict[str, dict[str, Any]] = {}
    for route in rows:
        paths.setdefault(route.template, {})[route.method.lower()] = _operation(route, refs)
    tags = sorted({route.tag for route in rows})
    return {
        "openapi": "3.1.0",
        "jsonSchemaDialect": "https://spec.openapis.org/oas/3.1/dialect/base",
        "info": {
            "title": "Ketenbroker",
            "version": API_VERSION,
            "summary": "Zo weinig mogelijk uitwisselen rond één persoon, en alles verantwoorden.",
            "description": _INTRODUCTION,
            "contact": contact.model_dump(),
            "license": {"name": "EUPL-1.2", "identifier": "EUPL-1.2"},
        },
        "servers": [{"url": server.rstrip("/") + PREFIX, "description": "Deze makelaar"}],
        "security": [{"clientCertificate": []}],
        "tags": [{"name": tag} for tag in tags],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "headers": {"ApiVersion": _header("Volledige versie van deze interface.", API_VERSION)},
            "securitySchemes": {
                "clientCertificate": {
                    "type": "mutualTLS",
                    "description": "TLS 1.3 met het certificaat van de organisatie; OIN in Subject.serialNumber.",
                }
            },
        },
    }


_INTRODUCTION: Final = (
    "Een partij levert hier verzegelde berichten af, haalt de berichten op die voor haar zijn, en controleert het "
    "logboek. De makelaar leest niets van de inhoud.\n\n"
    "Iedere aanroep gebeurt met TLS 1.3 en een cliëntcertificaat; alleen deze beschrijving is openbaar. Iedere fout is "
    "`application/problem+json` met een vaste `code`. Grenzen: kop 8 KiB per veld en 64 velden, bericht 2 MiB, geen "
    "`Content-Encoding`, 30 seconden voor kop en inhoud. Bij 429 en 503 staat in `Retry-After` wanneer het weer kan."
)


def _header(description: str, example: str) -> dict[str, Any]:
    return {"description": description, "schema": {"type": "string", "examples": [example]}}


def _models(route: Route) -> Iterable[Any]:
    if route.body is not None:
        yield route.body
    yield from (reply.model for reply in route.replies if reply.model is not None)


def _schemas(table: Table) -> tuple[dict[str, Any], dict[Any, dict[str, Any]]]:
    kinds = list(dict.fromkeys([Problem, Refusal, *(model for route in table for model in _models(route))]))
    refs, definitions = TypeAdapter.json_schemas(
        [(kind, "validation", TypeAdapter(kind)) for kind in kinds], ref_template=_REF
    )
    schemas = definitions.get("$defs", {})
    for schema in schemas.values():
        schema.pop("description", None)  # the docstring of a class is for developers, and in English
    return dict(sorted(schemas.items())), {kind: refs[(kind, "validation")] for kind in kinds}


def _operation(route: Route, refs: dict[Any, dict[str, Any]]) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": route.name,
        "tags": [route.tag],
        "summary": route.nl,
        "description": f"{route.nl}\n\nEN: {route.en}",
        "parameters": [*_path_parameters(route), *_query_parameters(route), *_header_parameters(route)],
        "responses": {str(reply.status): _reply(reply, refs) for reply in route.replies} | _problems(route, refs),
    }
    if route.public:
        operation["security"] = []
    if route.body is not None:
        operation["requestBody"] = {"required": True, "content": {JSON: {"schema": refs[route.body]}}}
    return operation


def _path_parameters(route: Route) -> list[dict[str, Any]]:
    parameters = []
    for name in route.parameters:
        description, form = _PATH[name]
        schema = {"type": "string", "pattern": f"^({form})$"}
        parameters.append({"name": name, "in": "path", "required": True, "description": description, "schema": schema})
    return parameters


def _query_parameters(route: Route) -> list[dict[str, Any]]:
    if route.query is None:
        return []
    shape = TypeAdapter(route.query).json_schema()
    parameters = []
    for name, schema in shape["properties"].items():
        description = schema.pop("description", "")
        schema.pop("title", None)
        required = name in shape.get("required", ())
        parameters.append(
            {"name": name, "in": "query", "required": required, "description": description, "schema": schema}
        )
    return parameters


def _header_parameters(route: Route) -> list[dict[str, Any]]:
    text = {"type": "string"}
    return [{"name": name, "in": "header", "description": nl, "schema": text} for name, nl in route.headers]


def _reply(reply: Reply, refs: dict[Any, dict[str, Any]]) -> dict[str, Any]:
    schema = refs[reply.model] if reply.model is not None else {"type": "string"}
    content = (
        {reply.media_type: {"schema": schema}}
        if reply.media_type == JSON or reply.model is not None
        else {
            reply.media_type: {} if reply.media_type == "application/octet-stream" else {"schema": {"type": "string"}}
        }
    )
    return {
        "description": reply.nl,
        "headers": {"API-Version": {"$ref": "#/components/headers/ApiVersion"}},
        "content": content,
    }


def codes_of(route: Route) -> tuple[str, ...]:
    """Every code that a route can answer with."""
    codes = [*route.problems, *_ALWAYS]
    if not route.public:
        codes.append("geen_certificaat")
    if "house" in route.parameters:
        codes += ["huis_onbekend", "geen_toetreding"]
    if route.query is not None:
        codes.append("vraag_vorm")
    if route.body is not None:
        codes += ["soort_inhoud", "te_groot", "te_traag", "geen_json"]
    codes += ["geen_http"]
    return tuple(dict.fromkeys(codes))


def _problems(route: Route, refs: dict[Any, dict[str, Any]]) -> dict[str, Any]:
    by_status: dict[int, list[str]] = {}
    for code in codes_of(route):
        by_status.setdefault(PROBLEMS[code].status, []).append(code)
    answers: dict[str, Any] = {}
    for status, codes in sorted(by_status.items()):
        forms = [refs[model] for model in (Refusal, Problem) if (model is Refusal) <= ("geweigerd" in codes)]
        lines = "\n".join(f"* `{code}`: {PROBLEMS[code].nl}" for code in codes)
        headers: dict[str, Any] = {"API-Version": {"$ref": "#/components/headers/ApiVersion"}}
        if status in (429, 503):
            headers["Retry-After"] = _header("Na hoeveel seconden het weer kan.", "5")
        answers[str(status)] = {
            "description": lines,
            "headers": headers,
            "content": {MEDIA_TYPE: {"schema": forms[0] if len(forms) == 1 else {"anyOf": forms}}},
        }
    return answers


def openapi_route(page: Callable[[web.Request], bytes]) -> Route:
    """The public route that serves the document; ``page`` gives its bytes."""

    async def describe(request: web.Request) -> web.Response:
        headers = {"Access-Control-Allow-Origin": "*"}
        return web.Response(body=page(request), content_type=JSON, headers=headers)

    handler: Handler = describe
    return Route(
        method="GET",
        path="/openapi.json",
        name="describe",
        tag="beschrijving",
        nl="Deze beschrijving.",
        en="This description.",
        handler=handler,
        replies=(Reply(200, "De beschrijving in OpenAPI 3.1.", dict[str, object]),),
        public=True,
    )
