"""The ground on which all attacks are played: the sandbox of the demo, played up to the questions and no further.

Nobody answers before the tests are over; child protection is away with a question waiting, the prosecutor is away
after it gave its key, so that what is asked of it in attacks wakes nobody.
"""

from __future__ import annotations

import random
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from deploy.demo.acts import Acts
from deploy.demo.adversary.attack import AttackError
from deploy.demo.forms import ASKING, write_form
from deploy.demo.made_up import write_made_up
from deploy.demo.people import read_population
from deploy.demo.processes import Programs
from deploy.demo.sandbox import Sandbox
from deploy.demo.tables import Cast, write_tables
from schemas.ids import format_instant

STOPPED = ("rvdk", "om")
ASKED = ("rvdk", "om", "politie", "reclassering")
LIMITS = {"header_seconds": "5", "body_seconds": "5"}
"""So that slow connections do not take half a minute each."""
Scene = tuple[Sandbox, str, Mapping[str, str]]


@contextmanager
def scene() -> Iterator[Scene]:
    """The sandbox, the case in triage, and its two persons."""
    sandbox = Sandbox(Programs(), LIMITS)
    try:
        yield _played(sandbox)
    finally:
        sandbox.stop()
        shutil.rmtree(sandbox.base, ignore_errors=True)


def _played(sandbox: Sandbox) -> Scene:
    chance = random.Random(4)
    file = sandbox.base / "people.csv"
    write_made_up(file, chance)
    people = read_population(file, made_up=True, chance=chance)
    cast = Cast(people.unique[0], people.ambiguous[0])
    sandbox.start(file, lambda _: None)
    write_tables({key: party.folder for key, party in sandbox.founded.parties.items()}, people, cast, chance)
    acts = Acts(sandbox)
    form = write_form(sandbox.party_folder("emmen") / "aanmelding.yaml", cast)
    notified = acts.type("emmen", "notify", str(form))
    _must(notified.code == 0, notified.error)
    case = str(notified.data["case"])
    acts.until(lambda: acts.filed(case), "the notification at the house")
    what = ("--to", "triage", "--reason", "criteria_voldaan", "--keep", "personalia,adresgegevens", "--yes")
    decided = acts.type("huis", "decide", "--case", case, *what)
    _must(decided.code == 0, decided.error)
    answer_at = datetime.now(UTC).replace(microsecond=0) + timedelta(hours=2)
    of = [str(sandbox.founded.address(key)) for key in ASKED]
    asking = {"case": case, "person": "1", "explanation": ASKING, "answer_at": format_instant(answer_at)}
    first = acts.ask("huis", "ask", of=of, **asking)
    _must(first.code == 0 and {row["outcome"] for row in first.data} == {"sent"}, first.error)
    for key in STOPPED:
        sandbox.children[key].stop()
    second = acts.ask("huis", "ask", of=[of[0]], **{**asking, "person": "2"})
    _must(second.code == 0 and second.data[0]["outcome"] == "sent", second.error)
    return sandbox, case, dict(zip("PQ", map(str, notified.data["subjects"]), strict=True))


def _must(done: bool, why: str) -> None:
    if not done:
        raise AttackError(f"the ground could not be made: {why}")
