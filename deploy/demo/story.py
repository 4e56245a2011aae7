"""The play: one case, two persons P and Q, from aanmelding to the filled triage (protocol 1.18, 1.19).

Decides who does what, when, and what must come of it; every act is made by :mod:`deploy.demo.acts`. P is known to the
police, to mental health care and to addiction care; Q is one of several at the police and known to the prosecutor.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from http import HTTPStatus
from typing import Any

from deploy.demo.acts import BY, REFUSED, Acts, Said, together
from deploy.demo.adversary.forging import Forger
from deploy.demo.adversary.posting import over_ask
from deploy.demo.adversary.running import play_shown
from deploy.demo.adversary.thief import Thief
from deploy.demo.forms import ASKING, DECLINING, DESK, EXPLAINED, TEXTS, write_form
from deploy.demo.founding import ASKED
from deploy.demo.provisions import provisions
from deploy.demo.sandbox import Sandbox
from deploy.demo.steps import Course, Refused, Tried
from deploy.demo.tables import Cast
from schemas.ids import Address, format_instant

__all__ = ["TEXTS", "tell"]

NEVER = datetime.max.replace(tzinfo=UTC)
DESK_SECONDS, DESK_FACTOR = 8, 2.0
"""Between the first question and the moment of answering: time for the desks, more on a slow machine."""
LATE_SECONDS, LATE_FACTOR = 5, 0.7
"""After that moment a question counts as not answered; a sandbox spreads answers over two seconds."""
PEOPLE = ("P", "Q")
EXPECTED: Mapping[tuple[str, str, str], str] = {
    ("politie", "politie", "P"): "bekend",
    ("politie", "politie", "Q"): "meervoudige_treffer",
    ("om", "om", "P"): "niet_bekend",
    ("om", "om", "Q"): "geweigerd",
    ("ggz", "ggz", "P"): "bekend",
    ("ggz", "ggz", "Q"): "geen_uitspraak",
    ("reclassering", "reclassering", "P"): "geen_uitspraak",
    ("reclassering", "reclassering", "Q"): "geen_uitspraak",
    ("verslavingszorg", "ggz", "P"): "bekend",
    ("verslavingszorg", "ggz", "Q"): "geen_uitspraak",
    ("verslavingszorg", "reclassering", "P"): "geen_uitspraak",
    ("verslavingszorg", "reclassering", "Q"): "geen_uitspraak",
    ("rvdk", "rvdk", "P"): "niet_beantwoord",
    ("rvdk", "rvdk", "Q"): "niet_beantwoord",
}
"""What must be on the wire, per party, function and person; ``niet_beantwoord`` is the state of the board."""
FORCED = "the same, signed with the house's real key and posted past its connector"
UNKNOWN, NEVER_SAYS = "regel:onbekend_mag_vanzelf", "regel:nooit_uitspraak_in_triage"
DECIDERS: Mapping[tuple[str, str], str] = {
    ("politie", "politie"): BY,
    ("om", "om"): f"{BY}; {UNKNOWN}",
    ("ggz", "ggz"): f"{BY}; {UNKNOWN}",
    ("reclassering", "reclassering"): NEVER_SAYS,
    ("verslavingszorg", "ggz"): f"{BY}; {UNKNOWN}",
    ("verslavingszorg", "reclassering"): NEVER_SAYS,
}
"""Who decides at each address: a person at the desk, or a dated rule that the party made."""
AUDITORS = ("huis", "emmen", "politie", "ggz")
NOTICED = {"huis": ("vermelding_niet_van_ons",)}
"""What an audit must find: the question that asked too much went under the house's key, beside its connector."""


@dataclass
class Case:
    """What is known of the case so far; ids only."""

    id: str = ""
    subjects: dict[str, str] = field(default_factory=dict)
    consented: set[tuple[str, str]] = field(default_factory=set)
    """(address, person) for which a consent was recorded."""
    answer_at: datetime = NEVER
    expires: datetime = NEVER


def tell(sandbox: Sandbox, cast: Cast, course: Course, say: Callable[[str], None]) -> None:
    """Play all of it; ``course`` grows. Raises :class:`deploy.demo.DemoError` where it cannot go on."""
    Play(sandbox, cast, course, say).run()


class Play:
    """One telling."""

    def __init__(self, sandbox: Sandbox, cast: Cast, course: Course, say: Callable[[str], None]) -> None:
        """Nothing has happened yet."""
        self._sandbox, self._cast, self._course, self._say = sandbox, cast, course, say
        self._acts = Acts(sandbox)
        self._case = Case()
        self._asked = {
            (role.key, function): sandbox.founded.address(role.key, function)
            for role in ASKED
            for function in role.functions
        }

    def run(self) -> None:
        """In this order."""
        self._notify()
        self._to_triage()
        self._ask()
        together([self._over_ask, self._desks])
        self._answers()
        self._audits()
        self._attacks()

    def _notify(self) -> None:
        self._say("gemeente Emmen opens a case about P and Q")
        form = write_form(self._sandbox.party_folder("emmen") / "aanmelding.yaml", self._cast)
        said = self._acts.type("emmen", "notify", str(form))
        self._course.must("aanmelding", "emmen", "sent", _outcome(said), said.rules)
        self._case.id = str(said.data["case"])
        self._case.subjects = dict(zip(PEOPLE, map(str, said.data["subjects"]), strict=True))

    def _to_triage(self) -> None:
        self._say("the procesregisseur reads it and takes it to triage")
        case = self._case.id
        filed = self._acts.until(lambda: self._acts.filed(case), "the notification at the house")
        self._course.must("aanmelding.ontvangen", "huis", "filed", filed)
        what = ("--to", "triage", "--reason", "criteria_voldaan", "--keep", "personalia,adresgegevens", "--yes")
        said = self._acts.type("huis", "decide", "--case", case, *what)
        self._course.must("besluit.triage", "huis", "sent", _outcome(said), said.rules)

    def _ask(self) -> None:
        self._say("the house asks seven addresses about both")
        now = datetime.now(UTC).replace(microsecond=0)
        slow = self._sandbox.start_seconds
        self._case.answer_at = now + timedelta(seconds=round(max(DESK_SECONDS, DESK_FACTOR * slow)))
        self._case.expires = self._case.answer_at + timedelta(seconds=round(max(LATE_SECONDS, LATE_FACTOR * slow)))
        for who in PEOPLE:
            said = self._put(who, list(self._asked.values()))
            rows = {row["address"]: row for row in said.data or ()}
            for (key, function), address in self._asked.items():
                one = Said(said.code, rows.get(str(address)), said.error)
                self._course.must(f"vraag.{key}.{function}.{who.lower()}", "huis", "sent", _outcome(one), one.rules)
            if who == "P":
                self._stop_one()

    def _stop_one(self) -> None:
        """Its key for the case is in, or it could not have been asked; from here on it is away."""
        child = self._sandbox.children["rvdk"]
        child.stop()
        self._course.must("rvdk.gestopt", "rvdk", "stopped", "running" if child.running else "stopped")

    def _put(self, who: str, to: Sequence[Address], *more: str) -> Said:
        """A question about one person to some addresses."""
        about = ("--case", self._case.id, "--person", str(PEOPLE.index(who) + 1))
        asked = [part for address in to for part in ("--of", str(address))]
        when = ("--answer-at", format_instant(self._case.answer_at), "--expires", format_instant(self._case.expires))
        return self._acts.type("huis", "ask", *about, *asked, *when, *more, explanation=ASKING)

    def _over_ask(self) -> None:
        """The same question too much, twice: at the house's own connector, and past it."""
        address = self._asked["om", "om"]
        said = self._put("P", [address], "--categories", "justitiele_gegevens")
        row = said.data[0] if said.data else {}
        at_home = said.code == REFUSED and row.get("outcome") == "refused" and row.get("at_home")
        outcome = "refused_at_home" if at_home else _outcome(said)
        self._course.add("overvraag.thuis", "huis", "refused_at_home", outcome, said.rules)
        what = "asking the prosecutor for criminal records in triage"
        self._course.refused += [Refused(what, "at home", rule, text) for rule, text in said.reasons]
        reply, recorded = over_ask(Forger(Thief(self._sandbox, "huis"), self._case.id, address))
        rules = [rule for rule, _, _ in reply.reasons]
        forced = "geweigerd" if reply.status == HTTPStatus.FORBIDDEN and rules else f"{reply.status} {reply.code}"
        self._course.add("overvraag.afgedwongen", "broker", "geweigerd", forced, rules)
        self._course.add("overvraag.in_logboek", "broker", "refused", recorded, rules)
        self._course.refused += [Refused(FORCED, "by the broker", rule, text) for rule, _, text in reply.reasons]

    def _desks(self) -> None:
        self._say("desks look at what their own systems found, and decide")
        desks: list[Callable[[], None]] = [
            self._police_one,
            self._police_several,
            self._prosecutor,
            partial(self._care, "ggz"),
            partial(self._care, "verslavingszorg"),
        ]
        together(desks)

    def _question(self, key: str, function: str, who: str) -> Mapping[str, Any]:
        """The question about that person at that address, once it came in and was looked up."""
        person = self._cast.p if who == "P" else self._cast.q
        address = str(self._asked[key, function])
        return self._acts.until(
            lambda: self._acts.question(key, address, person.geslachtsnaam), f"the question about {who} at {key}"
        )

    def _police_one(self) -> None:
        question = self._question("politie", "politie", "P")
        self._course.add("bureau.politie.p.gevonden", "politie", "een", str(question["match"]))
        self._decided("bureau.politie.p", "politie", self._approve("politie", question))

    def _police_several(self) -> None:
        question = self._question("politie", "politie", "Q")
        self._course.add("bureau.politie.q.gevonden", "politie", "meer", str(question["match"]))
        outcome = ("--outcome", "meervoudige_treffer", "--by", BY)
        said = self._acts.type(
            "politie", "desk", "conclude", str(question["id"]), *outcome, explanation=EXPLAINED["politie_meer"]
        )
        self._decided("bureau.politie.q", "politie", said)

    def _prosecutor(self) -> None:
        question = self._question("om", "om", "Q")
        code = ("--code", DECLINING, "--by", BY)
        said = self._acts.type("om", "desk", "decline", str(question["id"]), *code, explanation=EXPLAINED["om"])
        self._decided("bureau.om.q", "om", said)

    def _care(self, key: str) -> None:
        """Under secrecy: first without consent, which must fail; then with one that was recorded."""
        question = self._question(key, "ggz", "P")
        without = self._approve(key, question)
        self._course.add(f"bureau.{key}.p.zonder_toestemming", key, "not_accepted", without.outcome)
        consent = self._acts.consent(key, str(question["id"]))
        self._course.must(f"bureau.{key}.p.toestemming", key, "done", consent.outcome)
        self._case.consented.add((str(self._asked[key, "ggz"]), self._case.subjects["P"]))
        self._decided(f"bureau.{key}.p", key, self._approve(key, question, "--consent", str(consent.data["consent"])))

    def _approve(self, key: str, question: Mapping[str, Any], *more: str) -> Said:
        return self._acts.approve(key, str(question["id"]), EXPLAINED[key], DESK[key], *more)

    def _decided(self, step: str, key: str, said: Said) -> None:
        self._course.must(step, key, "done", said.outcome if said.code == 0 else f"{said.outcome}: {said.error}")

    def _answers(self) -> None:
        wait = (self._case.expires - datetime.now(UTC)).total_seconds() + 0.5
        self._say(f"all answers leave together; {max(wait, 0):.0f} s until the case counts them")
        time.sleep(max(wait, 0))
        board = self._acts.get("huis", "board", case=self._case.id)
        lines = {(line["address"], line["subject"]): line for line in board}
        for (key, function), expected in DECIDERS.items():
            said = self._acts.deciders(key, str(self._asked[key, function]))
            self._course.add(f"besloten.{key}.{function}", key, expected, said)
        for (key, function, who), expected in EXPECTED.items():
            line = lines.get((str(self._asked[key, function]), self._case.subjects[who]), {})
            outcome = str(line.get("outcome") or line.get("state") or "not_asked")
            self._course.add(f"antwoord.{key}.{function}.{who.lower()}", key, expected, outcome)
        order = [(str(self._asked[key, function]), self._case.subjects[who]) for key, function, who in EXPECTED]
        ordered = {place: lines[place] for place in order if place in lines}
        self._course.given += provisions(
            self._acts, self._sandbox.founded, self._case.id, self._case.subjects, ordered, self._case.consented
        )

    def _audits(self) -> None:
        self._say("four parties verify the ledger by themselves")
        work = [partial(self._acts.audit, key, NOTICED.get(key, ())) for key in AUDITORS]
        for key, audit in zip(AUDITORS, together(work), strict=True):
            self._course.audits.append(audit)
            whole = "; ".join(NOTICED.get(key, ())) or "whole"
            said = "; ".join(audit.problems) or "whole"
            self._course.add(f"audit.{key}", key, whole, said if audit.ok or audit.problems else "not")

    def _attacks(self) -> None:
        """After the audits: what is played here is in the ledger, and the parties whose keys it used would find it."""
        for played in play_shown(self._sandbox, self._case.id, self._case.subjects, self._say):
            attack, seen = played.attack, "; ".join(played.seen)
            self._course.add(f"aanval.{attack.id}", attack.player, "; ".join(attack.sees), seen)
            self._course.tried.append(Tried(attack.player, attack.does, attack.notices, seen, played.ok))


def _outcome(said: Said) -> str:
    """What became of a message; where it was not even tried, why."""
    return said.outcome if said.code == 0 else f"{said.outcome}: {said.error}"
