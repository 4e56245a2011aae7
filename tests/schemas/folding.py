"""A case told as sources, without deciding on them: what is folded must hold whatever was let through."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from schemas.facts import CaseFact, Facts, RosterFact
from schemas.gathering import Gathered, Source, gather
from schemas.ids import Address
from schemas.manifest import Manifest
from schemas.members import Members
from tests.making import (
    CASE,
    COLLEGE,
    CONSENT,
    HOUSE,
    HOUSE_ID,
    MANDATE,
    MELDER,
    NOW,
    OTHER_PACK,
    PARTY,
    case_key,
    digest,
    ground_of,
    item_of,
    manifest_of,
    message_id,
    pack_fact,
    party_fact,
    reference,
)

GGZ, GGD, POLICE, OM = PARTY["ggz"], PARTY["ggd"], PARTY["politie"], PARTY["om"]

MEMBERS = Members(
    house=HOUSE_ID,
    house_address=HOUSE,
    parties={who: party_fact(who) for who in (HOUSE, MELDER, *PARTY.values())},
    packs=(pack_fact(), pack_fact(digest=OTHER_PACK, since=NOW - timedelta(days=900), until=NOW - timedelta(days=400))),
)

PHASES = ("aanmelding", "triage", "casusoverleg", "afschaling")


@dataclass
class Told:
    """Accepted messages of a case, one minute apart."""

    sources: list[Source] = field(default_factory=list)
    now: datetime = NOW

    def tell(self, kind: str, sender: Address, act: dict[str, Any] | None = None, **members: Any) -> Source:
        """One more; to the house, or from it to the notifier, unless ``to`` says otherwise."""
        to = members.pop("to", (MELDER if sender == HOUSE else HOUSE,))
        acted = {} if act is None else {"act": act}
        number = {"id": message_id(f"{kind} {len(self.sources)}")}
        made = manifest_of(kind, sender, to, **(acted | number | members))
        source = Source(made, digest(f"{made.id} {len(self.sources)}"), self.now)
        self.sources.append(source)
        self.now += timedelta(minutes=1)
        return source

    def gathered(self, manifest: Manifest, thread: Source | None = None) -> Gathered:
        """What is known of ``manifest`` now; from its sources alone the same is known."""
        found = gather(MEMBERS, self.sources, manifest, thread)
        travelling = [source for source in self.sources if source.sha256 in found.sources]
        assert gather(MEMBERS, travelling, manifest, thread) == found
        return found

    def facts(self, manifest: Manifest, thread: Source | None = None) -> Facts:
        """Its facts."""
        return self.gathered(manifest, thread).facts

    def case(self, manifest: Manifest, thread: Source | None = None) -> CaseFact:
        """The case as far as it bears on ``manifest``."""
        case = self.facts(manifest, thread).case
        assert case is not None
        return case

    def rows(self, where: Address, manifest: Manifest, thread: Source | None = None) -> list[RosterFact]:
        """What ``manifest`` tells of the part of an address."""
        return [row for row in self.case(manifest, thread).roster if row.address == where]

    def decide(self, old: str, new: str, *, sender: Address = HOUSE, **members: Any) -> Source:
        """A phase decision of the house."""
        act = {
            "decision": f"in_{new}",
            "from": old,
            "to": new,
            "decided_on": date(2026, 3, 10),
            "reason": "overleg_nodig",
        }
        return self.tell("fase_besluit", sender, act | members, phase=old)

    def ask(self, *asked: Address, sender: Address = HOUSE) -> list[Source]:
        """The house brings in addresses; each gives its key."""
        found = [self.tell("sleutel_verzoek", sender, to=(who,)) for who in asked]
        for who in asked:
            self.give_key(who)
        return found

    def give_key(self, who: Address, phase: str = "casusoverleg") -> Source:
        """A key of ``who`` for a phase."""
        key = case_key(who, phase)
        public = {"kty": "AKP", "alg": "HPKE-10-KE", "pub": "AAAA"}
        row = {"kid": key.kid, "suite": "keten-pq", "pub": public, "phase": phase, "epoch": 0}
        row |= {"not_after": key.not_after, "canary": digest("kanarie")}
        return self.tell("sleutel", who, {"keys": [row]}, to=(MELDER if who == HOUSE else HOUSE,))

    def invite(self, *who: Address, sender: Address = HOUSE) -> Source:
        """The house admits to the case meeting."""
        act = {"admit": who, "agreement": message_id("besluit")}
        return self.tell("casus_uitnodiging", sender, act, to=tuple(w for w in who if w != sender) or (MELDER,))

    def leave(self, *who: Address, sender: Address = HOUSE) -> Source:
        """The house ends a part in the case, or ``sender`` does."""
        return self.tell("deelname_einde", sender, {"remove": who, "reason": "klaar"})

    def agree(self, sender: Address, holder: str, about: Iterable[str] = ("gegeven",), **choices: Any) -> Source:
        """``sender`` agrees, or another decision, to a use in the case meeting of the items called ``about``."""
        use = {"phase": "casusoverleg", "purpose": "plan_van_aanpak", "holder": holder}
        use |= {name: choices.pop(name) for name in ("phase", "purpose", "task") if name in choices}
        items = [
            {
                "item": reference(name),
                "subject": reference("betrokkene"),
                "subject_category": "betrokkene",
                "category": "gezondheid",
                "fields": ["/problematiek"],
                "given_for": "eerste_beeld",
            }
            | {name: choices.pop(name) for name in ("fields", "consent", "exception") if name in choices}
            for name in about
        ]
        act = {"items": items, "for": use, "until": NOW + timedelta(days=30), "decision": "akkoord"}
        return self.tell("akkoord", sender, act | choices)


def origins(provider: Address, *names: str) -> list[dict[str, str]]:
    """The items of a provider called so."""
    return [{"party": provider, "item": reference(name)} for name in names or ("gegeven",)]


def begun(phase: str = "casusoverleg", *asked: Address) -> Told:
    """A case that came as far as ``phase``; ``asked`` were brought in in triage."""
    told = Told()
    told.tell("aanmelding_start", MELDER, {"mandate": MANDATE}, phase="aanmelding")
    for index in range(PHASES.index(phase)):
        told.decide(PHASES[index], PHASES[index + 1])
        if index == 0:
            told.ask(*asked)
    return told


def passing(
    sender: Address = HOUSE,
    *to: Address,
    provider: Address = GGZ,
    names: Iterable[str] = ("gegeven",),
    ground: dict[str, Any] | None = None,
    **members: Any,
) -> Manifest:
    """A message by which ``sender`` passes on items of ``provider`` to ``to``."""
    to = to or (COLLEGE,)
    derived = members.pop("derived_from", ())
    items = tuple(
        item_of("gezondheid", ("problematiek",), "S", provider)
        | {
            "item": reference(f"nieuw {name}"),
            "origin": {"party": provider, "item": reference(name)},
            "derived_from": derived,
        }
        for name in names
    )
    sealed = {
        "sha256": digest("verzegeld"),
        "bucket": 4096,
        "suite": "keten-pq",
        "recipients": tuple(case_key(who, "casusoverleg").kid for who in to),
    }
    whole: dict[str, Any] = {
        "phase": "casusoverleg",
        "purpose": "plan_van_aanpak",
        "disclosure": "exact",
        "grounds": (ground_of(**(ground or {})),),
        "items": items,
        "necessity": {"code": "plan_maken", "commitment": digest("toelichting")},
        "sealed": sealed,
    }
    return manifest_of("inbreng", sender, to, **(whole | members))


def withdrawal(*items: dict[str, str]) -> dict[str, Any]:
    """A consent that was taken back, and what rested on it."""
    return {"items": items, "consent": CONSENT.ref, "from": date(2026, 3, 10)}


def permission(**members: Any) -> dict[str, Any]:
    """The police allow the GGD to pass on what it held."""
    whole = {
        "subject": reference("betrokkene"),
        "subject_category": "betrokkene",
        "categories": ["politiegegevens_art8"],
        "holder": GGD,
        "phase": "casusoverleg",
        "purpose": "plan_van_aanpak",
        "until": NOW + timedelta(days=30),
    }
    return whole | members


__all__ = [
    "CASE",
    "COLLEGE",
    "GGD",
    "GGZ",
    "HOUSE",
    "MELDER",
    "MEMBERS",
    "NOW",
    "OM",
    "PHASES",
    "POLICE",
    "Told",
    "begun",
    "origins",
    "passing",
    "permission",
    "withdrawal",
]
