"""A case as a participant may see it, and what may be asked in it, over HTTP."""

from __future__ import annotations

from typing import Final

from aiohttp import web

from broker.cases.store import Cases, CaseView
from broker.problem import ProblemError
from broker.web.routes import HOUSE, Reply, Route, Table, caller_of, house_of, json_answer, path_id
from schemas.ids import CaseRef

CASES: Final = web.AppKey("cases", Cases)


async def case(request: web.Request) -> web.StreamResponse:
    """``GET cases/{case}``."""
    house, caller = house_of(request), caller_of(request)
    asked = path_id(request, "case", CaseRef, "casus_onbekend")
    view = await request.app[CASES].case_view(house, asked, caller.oin)
    if view is None:
        raise ProblemError("casus_onbekend")
    return json_answer(view, CaseView)


TABLE: Table = (
    Route(
        method="GET",
        path=f"{HOUSE}/cases/{{case}}",
        name="readCase",
        tag="casussen",
        nl="Stand, deelnemers en levende sleutels van een casus, voor wie eraan deelneemt.",
        en="State, roster and live keys of a case, for those who take part in it.",
        handler=case,
        replies=(Reply(200, "De casus, voor zover die de aanroeper aangaat.", CaseView),),
        problems=("casus_onbekend",),
    ),
)
