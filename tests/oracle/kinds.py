"""Messages: which kinds there are and what they say (wire.md), who sends them to whom (typed: no document has a table).

wire.md names kinds and the members of their acts; who sends, who receives and in which phases stands in its prose and
in rules.md, so that the rows below are typed from these, in their own words beside the pack's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from schemas.acts import ACTS
from schemas.pack import Pack
from tests.oracle.cells import Cells, Comparison, Flip, Key, Value
from tests.oracle.flipping import altered, replaced, toggled
from tests.oracle.markdown import Documents, codes, section, table
from tests.oracle.process import ENDS, PHASES

HOUSE = frozenset({"procesregie"})
PARTIES = frozenset({"melder", "gevraagd", "deelnemer"})
ALL_PHASES = frozenset(PHASES)
LATER = ALL_PHASES | {"afgewezen", "elders", "afgeschaald", "gearchiveerd"}
CARRYING = frozenset({"aanmelding", "triagevraag", "inbreng", "plan_van_aanpak", "actie"})


def phases(text: str) -> frozenset[str]:
    """Phases by name."""
    return frozenset(text.split())


@dataclass(frozen=True)
class Row:
    """Who sends a kind to whom, in which phases, with what, in answer to what, to how many, in which direction."""

    senders: frozenset[str]
    recipients: frozenset[str]
    phases: frozenset[str]
    items: str = "none"
    replies_to: frozenset[str] = field(default_factory=frozenset)
    reply: str = "none"
    most: int = 1
    narrows: bool = False


def _say(text: str) -> frozenset[str]:
    return frozenset(text.split())


KINDS: dict[str, Row] = {
    "aanmelding_start": Row(_say("partij"), HOUSE, phases("aanmelding")),
    "sleutel_verzoek": Row(HOUSE | PARTIES, _say("procesregie partij"), ALL_PHASES),
    "sleutel": Row(HOUSE | PARTIES, HOUSE | PARTIES, ALL_PHASES, "none", _say("sleutel_verzoek"), "optional"),
    "aanmelding": Row(_say("melder"), HOUSE, phases("aanmelding"), "exact"),
    "aanmelding_besluit": Row(HOUSE, _say("melder"), phases("aanmelding"), "none", _say("aanmelding"), "optional"),
    "triagevraag": Row(HOUSE, _say("gevraagd melder"), phases("triage"), "exact"),
    "triageantwoord": Row(_say("gevraagd melder"), HOUSE, phases("triage"), "ceiling", _say("triagevraag"), "required"),
    "casus_uitnodiging": Row(HOUSE, PARTIES, phases("casusoverleg")),
    "deelname_einde": Row(
        _say("procesregie deelnemer"),
        _say("procesregie deelnemer melder"),
        phases("casusoverleg afschaling"),
        most=30,
        narrows=True,
    ),
    "inbreng": Row(
        _say("procesregie deelnemer"),
        _say("procesregie deelnemer"),
        phases("casusoverleg afschaling"),
        "exact",
        most=30,
    ),
    "plan_van_aanpak": Row(HOUSE, _say("deelnemer"), phases("casusoverleg"), "exact", most=30),
    "actie": Row(HOUSE | PARTIES, HOUSE | PARTIES, phases("triage casusoverleg"), "exact"),
    "fase_besluit": Row(HOUSE, _say("melder deelnemer"), ALL_PHASES),
    "ontvangst": Row(
        HOUSE | PARTIES,
        HOUSE | PARTIES,
        ALL_PHASES | {"afgeschaald", "afgewezen", "elders"},
        "none",
        CARRYING | {"triageantwoord"},
        "required",
        narrows=True,
    ),
    "akkoord_verzoek": Row(_say("procesregie deelnemer"), PARTIES, ALL_PHASES),
    "akkoord": Row(
        PARTIES, _say("procesregie deelnemer"), ALL_PHASES, "none", _say("akkoord_verzoek"), "optional", most=2
    ),
    "toestemming_ingetrokken": Row(PARTIES, HOUSE | PARTIES, LATER, most=30, narrows=True),
    "correctie": Row(HOUSE | PARTIES, HOUSE | PARTIES, LATER, most=30, narrows=True),
    "beperking": Row(HOUSE | PARTIES, HOUSE | PARTIES, LATER, most=30, narrows=True),
    "beperking_einde": Row(HOUSE | PARTIES, HOUSE | PARTIES, LATER, most=30),
    "doorverstrekking_akkoord": Row(_say("politie"), HOUSE | PARTIES, ALL_PHASES, most=2),
    "vernietig_opdracht": Row(HOUSE, PARTIES, LATER | {ENDS[2]}, narrows=True),
    "vernietigd": Row(PARTIES, HOUSE, LATER | {ENDS[2]}, "none", _say("vernietig_opdracht"), "required", narrows=True),
    "geinformeerd": Row(PARTIES, HOUSE | {"deelnemer"}, ALL_PHASES, most=30),
    "minimalisatie_schending": Row(
        HOUSE | PARTIES,
        HOUSE | PARTIES,
        ALL_PHASES | {"afgeschaald", "afgewezen", "elders"},
        "none",
        CARRYING,
        "required",
        narrows=True,
    ),
    "termijn_besluit": Row(HOUSE, _say("melder deelnemer"), LATER, most=30),
}
"""Rows of the kinds, in the order of wire.md."""

RECORDS = (
    "partij_sleutel",
    "sleutel_intrekking",
    "toetreding",
    "uittreding",
    "pack_besluit",
    "artikel20_besluit",
    "getuigen_besluit",
)
"""Records of the log and no messages of a case: never in a pack."""


def _acts_of_document(texts: Documents) -> Cells:
    cells: dict[Key, Value] = {}
    for kinds, act in table(section(texts.wire, "## Kinds and their acts"), "kind").rows:
        for names, members in _paired(re.sub(r"\([^)]*\)", "", kinds), act):
            for name in names:
                cells[name, "is er"] = True
                cells |= {(name, "lid", member): True for member in members}
    return {key: value for key, value in cells.items() if key[0] not in {*RECORDS, "rights"}}


def _paired(kinds: str, act: str) -> Iterator[tuple[tuple[str, ...], tuple[str, ...]]]:
    """Kinds with the members of their act: one act for all of a row, or one for each, between semicolons.

    ``a -> b``: the act is that of ``b``; the asking ``a`` has none of its own, unless a row says it for both.
    """
    names = codes(kinds)
    bare = re.sub(r"\([^)]*\)|: \{[^}]*\}|: \[[^]]*\]|: [a-z_]+(?: / [a-z_]+)+|\bor ", "", act)
    acts = [tuple(re.findall(r"[a-z_0-9]+", part.split(":")[0])) for part in bare.split(";")]
    if "->" in kinds:
        yield names[:1], ()
        yield names[1:], acts[0]
    elif len(acts) == len(names):
        yield from (((name,), members) for name, members in zip(names, acts, strict=True))
    else:
        yield names, tuple(member for members in acts for member in members)


def _members(kind: str) -> frozenset[str]:
    model = ACTS.get(kind)
    fields = model.model_fields.items() if model else ()
    return frozenset(field.alias or name for name, field in fields)


def _acts_of_pack(pack: Pack) -> Cells:
    cells: dict[Key, Value] = {}
    for row in pack.kinds:
        cells[row.id, "is er"] = True
        cells |= {(row.id, "lid", name): True for name in _members(row.id)}
    return cells


def _acts_flips(pack: Pack) -> Iterator[Flip]:
    for row in pack.kinds:
        gone = frozenset({(row.id, "is er"), *((row.id, "lid", name) for name in _members(row.id))})
        yield Flip(gone, f"no {row.id}", replaced(pack, "kinds", row, ()))


ACT_TABLE = Comparison("soorten en acts (wire.md)", _acts_of_document, _acts_of_pack, _acts_flips)

FLAT = ("items", "reply", "most", "narrows", "purposes")
SETS = {"senders": "van", "recipients": "aan", "phases": "in", "replies_to": "op"}


def _kinds_of_document(texts: Documents) -> Cells:
    cells: dict[Key, Value] = {}
    for name, row in KINDS.items():
        cells[name, "items"], cells[name, "reply"] = row.items, row.reply
        cells[name, "most"], cells[name, "narrows"] = row.most, row.narrows
        cells[name, "purposes"] = "none" if row.items == "none" else "required"
        for member, word in SETS.items():
            cells |= {(name, word, value): True for value in getattr(row, member)}
    return cells


def _kinds_of_pack(pack: Pack) -> Cells:
    cells: dict[Key, Value] = {}
    for row in pack.kinds:
        cells[row.id, "items"], cells[row.id, "reply"] = row.items, row.reply
        cells[row.id, "most"], cells[row.id, "narrows"] = row.recipients_max, row.direction == "narrows"
        cells[row.id, "purposes"] = row.purposes
        for member, word in SETS.items():
            cells |= {(row.id, word, value): True for value in getattr(row, member)}
    return cells


def _kinds_flips(pack: Pack) -> Iterator[Flip]:
    functions = (*HOUSE, *PARTIES, "partij", "politie")
    choices = {"senders": functions, "recipients": functions, "phases": tuple(row.id for row in pack.phases)}
    choices["replies_to"] = tuple(row.id for row in pack.kinds)
    for row in pack.kinds:
        for member, word in SETS.items():
            for value in choices[member]:
                flipped = altered(pack, "kinds", row, **{member: toggled(getattr(row, member), value)})
                yield Flip(frozenset({(row.id, word, value)}), f"{row.id} {word} {value}", flipped)
        turned: dict[str, dict[str, object]] = {
            "items": {"items": "ceiling" if row.items != "ceiling" else "exact"},
            "reply": {"reply": "none" if row.reply != "none" else "required"},
            "most": {"recipients_max": row.recipients_max + 1},
            "narrows": {"direction": "widens" if row.direction == "narrows" else "narrows"},
            "purposes": {"purposes": "none" if row.purposes == "required" else "required"},
        }
        for name, members in turned.items():
            yield Flip(frozenset({(row.id, name)}), f"{name} of {row.id}", altered(pack, "kinds", row, **members))


KIND_TABLE = Comparison("soorten: wie, wanneer, wat", _kinds_of_document, _kinds_of_pack, _kinds_flips)
