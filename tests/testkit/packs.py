"""Broken files of a protocol pack, each small: what its reader refuses before it looks at any rule.

Packs that are well written and do not hold together stand under ``tests/schemas/broken``.
"""

from __future__ import annotations

from collections.abc import Iterator

from tests.testkit.case import Case, written

CODE = "pakket_vorm"
_GOOD = "id: proef\nphases:\n  - id: aanmelding\n    article: B2\n"
_CATEGORY = "id: personalia\nlabel: {nl: Personalia, en: Personal details}\n"


def packs() -> Iterator[Case]:
    """Bytes: a JSON object of file names and texts, as ``GET packs/{digest}`` gives them; ``at``: file and line."""
    valid = Case("pack", "valid-section", "A file with two sections", written({"pack.yaml": _GOOD}))
    yield valid
    listed = "categories: [personalia]\n"
    two = {"pack.yaml": _GOOD + listed, "categories/personalia.yaml": _CATEGORY}
    yield Case("pack", "valid-category", "A pack with a category of its own file", written(two))
    for name, what, text, line in _TEXTS:
        yield Case("pack", name, what, written({"pack.yaml": text}), CODE, f"pack.yaml:{line}", base=valid.name)
    for name, what, files, at in (
        ("file-climbs", "A file outside the folder", {"../pack.yaml": _GOOD}, "../pack.yaml:1"),
        ("file-absolute", "A file from the root", {"/pack.yaml": _GOOD}, "/pack.yaml:1"),
        ("file-capital", "A file name in capitals", {"Pack.yaml": _GOOD}, "Pack.yaml:1"),
        ("file-yml", "A file with another ending", {"pack.yml": _GOOD}, "pack.yml:1"),
        ("file-deep", "A file two folders deep", {"categories/a/b.yaml": _GOOD}, "categories/a/b.yaml:1"),
        ("file-folder", "A file in another folder", {"rules/a.yaml": _GOOD}, "rules/a.yaml:1"),
        ("section-twice", "A section in two files", {"a.yaml": _GOOD, "b.yaml": "phases: []\n"}, "b.yaml:1"),
        ("category-missing", "A category without its file", {"pack.yaml": _GOOD + listed}, "pack.yaml:5"),
        ("category-unlisted", "A file of no category", two | {"categories/b.yaml": "id: b\n"}, "categories/b.yaml:1"),
        (
            "category-other",
            "A category under another id",
            two | {"categories/personalia.yaml": "id: x\n"},
            "categories/personalia.yaml:1",
        ),
    ):
        yield Case("pack", name, what, written(files), CODE, at, base=valid.name)
    many = {f"f{n}.yaml": "" for n in range(201)}
    yield Case("pack", "files-201", "Two hundred and one files", written(many), CODE, "pack.yaml:1", base=valid.name)


_TEXTS: tuple[tuple[str, str, str, int], ...] = (
    ("empty", "An empty file", "", 1),
    ("comment-alone", "A file of comments", "# niets\n", 2),
    ("list", "A list where sections belong", "- id: proef\n", 1),
    ("text", "A text where sections belong", "proef\n", 1),
    ("tab", "A tab", "id: proef\nphases:\n\t- id: a\n", 3),
    ("key-twice", "A key twice", "id: proef\nid: ander\n", 2),
    ("key-twice-inside", "A key twice, inside", _GOOD + "    id: triage\n", 5),
    ("anchor", "An anchor", "id: &a proef\n", 1),
    ("alias", "An alias to nothing", "id: *a\n", 1),
    ("merge-key", "A merge key", "id: proef\nphases:\n  - <<: *a\n", 3),
    ("tag", "A tag", "id: !!str proef\n", 1),
    ("tag-python", "A tag that would build an object", "id: !!python/object/apply:os.system [x]\n", 1),
    ("directive", "A directive", "%YAML 1.2\n---\nid: proef\n", 1),
    ("two-documents", "A second document", _GOOD + "---\nid: b\n", 5),
    ("no-value", "A key without a value", "id: proef\nphases:\n", 2),
    ("tilde", "A tilde for nothing", "id: ~\n", 1),
    ("key-list", "A list as a key", "id: proef\n[a, b]: c\n", 2),
    ("quote-open", "A quote that is not closed", 'id: "proef\n', 2),
    ("bracket-open", "A bracket that is not closed", "id: proef\nphases: [a, b\n", 3),
    ("indent", "Indented otherwise than before", "phases:\n    - id: a\n  - id: b\n", 3),
    ("nfd", "An accent in two characters", "id: proef\nversion: cafe\u0301\n", 2),
    ("control", "A control character", "id: pro\u0007ef\n", 1),
    ("section-unknown", "A section that nobody knows", "id: proef\nfases: []\n", 2),
    ("deep", "Seventeen levels", "phases: " + "[" * 17 + "a" + "]" * 17 + "\n", 1),
    ("categories-text", "Categories that are no list", "id: proef\ncategories: personalia\n", 2),
    ("groups", "A group without rows", "id: proef\nphases:\n  - default: {end: true}\n", 3),
)
