"""The files of a pack to a :class:`schemas.pack.Pack`: merge, expand groups, validate, check, digest. Pure.

A pack is a set of files. Those at the top each hold some sections of the pack, each section in one file; ``categories``
lists ids, and for each there is one file ``categories/<id>.yaml``. A list may hold groups (``default`` and ``rows``):
the members of ``default`` count for each row that does not have them itself.

The digest is SHA-256 over RFC 8785 of the merged and expanded data, all scalars as text: layout, comments, groups and
the division into files do not count, every word that means something does.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from schemas import canonical, pack_check
from schemas.ids import PackDigest
from schemas.pack import Pack, PackError
from schemas.yaml_model import nearest, together, validate
from schemas.yaml_text import Data, Document, Path, Place, YamlError, load

FILES_LIMIT = 200
_FILE = re.compile(r"(?:categories/)?[a-z0-9][a-z0-9_-]{0,60}\.yaml")
_FOLDER = "categories/"
_SECTIONS = frozenset(Pack.model_fields) - {"digest"}
_GROUP = {"default", "rows"}


def parse(files: Mapping[str, str]) -> Pack:
    """The pack that these files (name relative to the pack's folder -> text) hold.

    Raises :class:`PackError`; its ``others`` are what more is wrong, in the order of file and line.
    """
    try:
        whole = merge(files)
        digest = PackDigest(canonical.digest(canonical.encode(whole.data)))
        document = Document({**whole.data, "digest": digest}, whole.places)
        found = validate(Pack, document)
        if wrong := pack_check.check(found):
            raise together(document.error(path, text) for path, text in wrong)
    except YamlError as error:
        raise PackError(error.file, error.line, error.text, error.others) from error
    return found


def merge(files: Mapping[str, str]) -> Merged:
    """All files as one, groups written out: what the digest is over. Raises :class:`YamlError`."""
    if len(files) > FILES_LIMIT:
        raise YamlError("pack.yaml", 1, f"more than {FILES_LIMIT} files; put several sections in one file")
    for name in files:
        if _FILE.fullmatch(name) is None:
            raise YamlError(name, 1, "no name for a file of a pack; use name.yaml or categories/name.yaml")
    documents = {name: _read(text, name) for name, text in sorted(files.items())}
    merged = Merged()
    for name, document in documents.items():
        if not name.startswith(_FOLDER):
            merged.add_sections(document)
    merged.add_categories({n: d for n, d in documents.items() if n.startswith(_FOLDER)})
    return merged


class Merged:
    """Sections and categories, with their places."""

    def __init__(self) -> None:
        self.data: dict[str, Data] = {}
        self.places: dict[Path, Place] = {(): Place("pack.yaml", 1)}

    def add_sections(self, document: Document) -> None:
        """The sections of one file; each may stand in one file only."""
        if not isinstance(document.data, dict):
            raise document.error((), "sections are expected here, such as `phases:`")
        for section, value in document.data.items():
            if section not in _SECTIONS:
                raise document.error((section,), f"`{section}`: unknown section; {nearest(section, _SECTIONS)}")
            if section in self.data:
                other = self.places[(section,)]
                raise document.error((section,), f"`{section}` stands already in {other.file}, line {other.line}")
            self.data[section] = value
        self._take_places(document, ())

    def add_categories(self, documents: Mapping[str, Document]) -> None:
        """Put the file of each category in the place of its id."""
        listed = self.data.get("categories", [])
        if not isinstance(listed, list) or not all(isinstance(id_, str) for id_ in listed):
            raise self._error(("categories",), "`categories` is a list of ids, one for each file under categories/")
        rows: list[Data] = []
        left = dict(documents)
        for index, id_ in enumerate(listed):
            document = left.pop(f"{_FOLDER}{id_}.yaml", None)
            if document is None:
                names = [name.removeprefix(_FOLDER).removesuffix(".yaml") for name in left]
                raise self._error(("categories", index), f"no file for category `{id_}`; {nearest(str(id_), names)}")
            if not isinstance(document.data, dict) or document.data.get("id") != id_:
                raise document.error(("id",), f"`id` must be that of the file, `{id_}`")
            rows.append(document.data)
            self._take_places(document, ("categories", index))
        for document in left.values():
            raise document.error((), "this category is not in the list `categories`; add its id there")
        self.data["categories"] = rows

    def _take_places(self, document: Document, under: Path) -> None:
        """Where each value of a file stands, now that it stands ``under`` a path of the whole."""
        self.places |= {(*under, *path): place for path, place in document.places.items() if under or path}

    def _error(self, path: Path, text: str) -> YamlError:
        return Document(self.data, self.places).error(path, text)


def _read(text: str, name: str) -> Document:
    """One file with every group written out, each value with the place where it really stands."""
    document = load(text, name)
    places: dict[Path, Place] = {}
    return Document(_expand(document.data, document, (), places, ()), places)


def _expand(value: Data, source: Document, old: Path, places: dict[Path, Place], new: Path) -> Data:
    places[new] = source.place_of(old)
    if isinstance(value, str):
        return value
    if isinstance(value, dict):
        return {k: _expand(inner, source, (*old, k), places, (*new, k)) for k, inner in value.items()}
    rows: list[Data] = []
    for index, element in enumerate(value):
        if isinstance(element, dict) and element.keys() & _GROUP:
            default, group = _group(element, source, (*old, index))
            for number, row in enumerate(group):
                here = (*new, len(rows))
                given = _expand(row, source, (*old, index, "rows", number), places, here)
                base = (*old, index, "default")
                rest = {k: v for k, v in default.items() if k not in row}
                taken = {k: _expand(v, source, (*base, k), places, (*here, k)) for k, v in rest.items()}
                rows.append(taken | given if isinstance(given, dict) else given)
        else:
            rows.append(_expand(element, source, (*old, index), places, (*new, len(rows))))
    return rows


def _group(element: dict[str, Data], source: Document, path: Path) -> tuple[dict[str, Data], list[dict[str, Data]]]:
    """The two halves of a group."""
    for key in sorted(element.keys() - _GROUP) or sorted(_GROUP - element.keys()):
        raise source.error((*path, key), f"`{key}`: a group has `default` and `rows`, and nothing else")
    default, rows = element["default"], element["rows"]
    if not isinstance(default, dict):
        raise source.error((*path, "default"), "`default` holds members, such as `article:`")
    if not isinstance(rows, list) or not rows:
        raise source.error((*path, "rows"), "`rows` is a list of at least one row")
    members = [row for row in rows if isinstance(row, dict)]
    if len(members) != len(rows):
        raise source.error((*path, "rows"), "each of `rows` holds members, such as `id:`")
    return default, members
