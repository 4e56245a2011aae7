"""What happens around every handler, in this order: account for it, admit it, identify who calls.

``account`` renders every error, puts the headers on every answer, writes the one log line and the figures.
``admit`` turns away what is too much or encoded. ``identify`` answers 401 to all but public routes, also where there
is no route, so that nothing but the public description is visible without a certificate.
"""

from __future__ import annotations

from typing import Final

import structlog
from aiohttp import web
from aiohttp.typedefs import Handler

from broker.database import DatabaseError
from broker.logs import log_fault
from broker.problem import ProblemError
from broker.web.connections import Connection
from broker.web.headers import secure
from broker.web.identity import CALLER, TRUST
from broker.web.metrics import METRICS
from broker.web.problems import CODE, code_of_status, problem
from broker.web.routes import CLOCK, house_of, route_of
from broker.web.security_log import SECURITY

_LOG = structlog.get_logger("broker.requests")

ENTRY: Final = web.ResponseKey("entry", str)
"""The ledger entry that an answer is about, for the log line."""
RECORDED: Final = frozenset({"geweigerd"})
"""Codes of answers that stand in the ledger, and so not in the security log."""
CLOSING: Final = frozenset({"te_groot", "te_traag", "geen_certificaat"})
"""After these the connection is not used again: a body may still be under way, or nobody is known on it."""


def _connection(request: web.Request) -> Connection:
    protocol = request.protocol
    if not isinstance(protocol, Connection):
        raise TypeError("the broker serves its own connections only")
    return protocol


async def _answer(request: web.Request, handler: Handler) -> web.StreamResponse:
    try:
        return await handler(request)
    except ProblemError as error:
        return _problem(request, error.code, error.pointer)
    except web.HTTPException as error:
        allow = error.headers.get("Allow")
        response = _problem(request, code_of_status(error.status), None)
        if allow:
            response.headers["Allow"] = allow
        return response
    except DatabaseError as error:
        log_fault("weather", error, route=_template(request))
        return _problem(request, "even_niet", None)
    except ConnectionError:
        raise
    except Exception as error:
        log_fault("fault", error, route=_template(request))
        return _problem(request, "storing", None)


def _problem(request: web.Request, code: str, pointer: str | None) -> web.Response:
    response = problem(code, request.headers, pointer)
    if code in CLOSING:
        response.force_close()
    return response


def _template(request: web.Request) -> str:
    route = route_of(request)
    return route.template if route else "-"


@web.middleware
async def account(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Render errors, put the headers on, log one line, count."""
    connection = _connection(request)
    loop_time = connection.clock
    started = loop_time()
    connection.begin()
    try:
        response = await _answer(request, handler)
    finally:
        connection.end()
    secure(response)
    seconds = loop_time() - started
    oin = connection.caller.oin if connection.caller else None
    template, code = _template(request), response.get(CODE)
    method = request.method if template != "-" or request.method in ("GET", "POST") else "other"
    request.app[METRICS].request(method, template, response.status, seconds)
    if code is not None and code not in RECORDED:
        request.app[SECURITY].count(code, oin)
    _LOG.info(
        "request",
        method=method,
        route=template,
        status=response.status,
        ms=round(seconds * 1000, 1),
        oin=oin,
        entry=response.get(ENTRY),
        code=code,
    )
    return response


@web.middleware
async def admit(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turn away what is one too many, and every ``Content-Encoding``: a small body must not become a large one."""
    crowded = _connection(request).crowded
    if crowded is not None:
        response = problem(crowded, request.headers)
        response.force_close()
        return response
    if "Content-Encoding" in request.headers:
        raise ProblemError("soort_inhoud")
    return await handler(request)


@web.middleware
async def identify(request: web.Request, handler: Handler) -> web.StreamResponse:
    """The one middleware that lets nobody pass without a certificate, valid now and for this house."""
    route = route_of(request)
    if route is not None and route.public:
        return await handler(request)
    caller = _connection(request).caller
    if caller is None:
        raise ProblemError("geen_certificaat")
    request[CALLER] = caller
    if "house" in request.match_info:
        await request.app[TRUST].check(house_of(request), caller, request.app[CLOCK]())
    return await handler(request)
