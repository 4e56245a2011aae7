"""Which way a change goes: the rules for one member, and that the table knows every member of every row."""

from __future__ import annotations

from typing import Any

import pytest

from schemas import pack_rows, pack_weights
from schemas.pack_weights import APPEARS, MEMBERS
from schemas.records import Frozen

OWN_WORDS = {"id", "name", "use", "label", "article", "reading", "reason", "fields", "parts", "amount", "unit"}
"""Members that :mod:`schemas.pack_diff_rows` words itself, or that say where a row comes from."""
TABLES = {"CeilingRow", "Absence", "ProviderRow", "Label", "Row", "Named", "Indexed", "Frozen"}


def rows() -> list[type[Frozen]]:
    """The models of rows."""
    found = [one for one in vars(pack_rows).values() if isinstance(one, type) and issubclass(one, Frozen)]
    return [one for one in found if one.__name__ not in TABLES]


@pytest.mark.parametrize("model", rows(), ids=lambda model: model.__name__)
def test_every_member_has_words(model: type[Frozen]) -> None:
    named = {member for name, member in MEMBERS if name == model.__name__}
    assert named == model.model_fields.keys() - OWN_WORDS, "a member without words, or words without a member"
    assert model.__name__ in APPEARS or model.__name__ == "Limits"


@pytest.mark.parametrize(
    ("rule", "old", "new", "weight"),
    [
        ("grows", ("a",), ("a", "b"), "ruimer"),
        ("grows", ("a", "b"), ("b",), "strenger"),
        ("grows", ("a",), ("b",), "anders"),
        ("grows", ("a", "b"), ("b", "a"), "anders"),
        ("shrinks", ("a",), ("a", "b"), "strenger"),
        ("narrows", (), ("a",), "strenger"),
        ("narrows", ("a",), (), "ruimer"),
        ("narrows", ("a",), ("a", "b"), "ruimer"),
        ("more", 1, 2, "ruimer"),
        ("more", 2, 1, "strenger"),
        ("more", None, 1, "strenger"),
        ("more", 1, None, "ruimer"),
        ("less", 1, 2, "strenger"),
        ("less", None, 2, "strenger"),
        ("less", 2, None, "ruimer"),
        ("opens", False, True, "ruimer"),
        ("opens", True, False, "strenger"),
        ("closes", True, False, "ruimer"),
        ("closes", False, True, "strenger"),
        ("conditions", {}, {"a": ("x",)}, "strenger"),
        ("conditions", {"a": ("x",)}, {}, "ruimer"),
        ("conditions", {"a": ("x",)}, {"a": ("x", "y")}, "ruimer"),
        ("conditions", {"a": ("x",)}, {"b": ("x",)}, "anders"),
        ("choices", {}, {"a": ("x",)}, "strenger"),
        ("choices", {"a": ("x",)}, {}, "ruimer"),
        ("choices", {"a": ("x",)}, {"a": ("x",), "b": ("x",)}, "ruimer"),
        ("choices", {"a": ("x",), "b": ("y",)}, {"a": ("x",)}, "strenger"),
        ("level", "I", "D", "ruimer"),
        ("level", "D", "B", "strenger"),
        ("field_level", "I", "D", "strenger"),
        ("neither", "I", "D", "anders"),
    ],
)
def test_directions(rule: str, old: Any, new: Any, weight: str) -> None:
    assert getattr(pack_weights, rule)(old, new) == weight


@pytest.mark.parametrize(
    ("member", "old", "new", "weight"),
    [
        (("Kind", "reply"), "optional", "required", "strenger"),
        (("Kind", "reply"), "optional", "none", "anders"),
        (("FieldRow", "type"), "enum", "text", "ruimer"),
        (("FieldRow", "type"), "text", "enum", "strenger"),
        (("FieldRow", "type"), "day", "enum", "anders"),
        (("Purpose", "counts_as"), None, "plan", "ruimer"),
        (("Purpose", "counts_as"), "plan", None, "strenger"),
    ],
)
def test_directions_of_members(member: tuple[str, str], old: Any, new: Any, weight: str) -> None:
    assert MEMBERS[member].weigh(old, new) == weight
