"""The lines of the screen: who gave what about whom, on which basis, as the house's own register and file have it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from deploy.demo.acts import Acts
from deploy.demo.founding import Founded
from deploy.demo.steps import Given

HIDDEN = "medewerker_hulpverlening_gegevens"
"""The contact person of the answering party: not about P or Q."""

Line = Mapping[str, Any]


def provisions(
    acts: Acts,
    founded: Founded,
    case: str,
    subjects: Mapping[str, str],
    lines: Mapping[tuple[str, str], Line],
    consented: Collection[tuple[str, str]],
) -> list[Given]:
    """The notification, the questions, then a line per asked address and person. ``lines``: of the board.

    ``consented``: the (address, person) for which a consent was recorded; only the party's own register names it.
    """
    register = acts.get("huis", "register", case=case)
    items = acts.get("huis", "case", case=case)["items"]
    given = [_first(founded, register, "aanmelding", "in"), *_questions(founded, register)]
    for (address, subject), line in lines.items():
        who = next((name for name, one in subjects.items() if one == subject), "?")
        messages = {item["message"] for item in items if item["party"] == address and item["subject"] == subject}
        held = [item for item in items if item["message"] in messages and item["category"] != HIDDEN]
        row = next((row for row in register if row["message"] in messages), None)
        outcome = str(line["outcome"] or line["state"])
        basis = _basis(row) if row else ""
        if held and (address, subject) in consented:
            basis += ", with a recorded consent (7.2)"
        given.append(Given(founded.name_of(address), who, outcome, _what(held), basis))
    return given


def _questions(founded: Founded, register: Sequence[Line]) -> list[Given]:
    """All questions are alike but for the address: one line for them."""
    sent = [row for row in register if row["kind"] == "triagevraag" and row["way"] == "out"]
    asked = [row for row in sent if row["outcome"] == "allowed"]
    if not asked:
        return []
    who = f"{founded.name_of(asked[0]['from'])}, for {founded.name_of(asked[0]['on_behalf_of'])}"
    return [Given(who, "P, Q", f"asked, {len(asked)} times", _fields(asked[0]), _basis(asked[0]))]


def _first(founded: Founded, register: Sequence[Line], kind: str, way: str) -> Given:
    row = next(row for row in register if row["kind"] == kind and row["way"] == way)
    return Given(founded.name_of(row["from"]), "P, Q", kind, _fields(row), _basis(row))


def _what(items: Sequence[Line]) -> str:
    return "; ".join(f"{item['category']}: {', '.join(item['values'])}" for item in items)


def _fields(row: Line) -> str:
    found = {
        f"{item['category']} ({item['level']}): {', '.join(path[1:] for path in item['fields'])}": None
        for item in row["items"]
    }
    return "; ".join(found)


def _basis(row: Line) -> str:
    return ", ".join(dict.fromkeys(str(item["basis"]) for item in row["items"] if item["basis"]))
