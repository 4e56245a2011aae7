"""A pack under another name: the start of a second house's own pack. Text in, text out; comments and readings stay.

Only the name, the version and the title differ; what a house wants otherwise it changes by hand, and checks.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import yaml

from schemas import canonical, yaml_text
from schemas.pack import Pack
from schemas.pack_rows import Label

_Node = tuple[yaml.ScalarNode, str]
"""A scalar of a file, and what comes in its place."""


def renamed(files: Mapping[str, str], source: Pack, name: str, version: str, label: Label) -> dict[str, str]:
    """The files of ``source`` with its id, version and label set anew; these must parse (:mod:`schemas.pack_yaml`)."""
    wanted: dict[str, str | Mapping[str, str]] = {
        "id": name,
        "version": version,
        "label": {"nl": label.nl, "en": label.en},
    }
    origin = f"# Begun as a copy of {source.id} {source.version}, digest {source.digest}.\n"
    changed = {}
    for file, whole in files.items():
        text = whole.removeprefix("\ufeff")  # it says nothing, and not every parser counts it
        spots = [] if "/" in file else list(_spots(text, wanted))
        changed[file] = (origin if file == "pack.yaml" else "") + _spliced(text, spots)
    return changed


def _spots(text: str, wanted: Mapping[str, str | Mapping[str, str]]) -> Iterator[_Node]:
    """The scalars at the top of a file that are named in ``wanted``."""
    root = yaml.compose(text, Loader=yaml_text.LOADER)
    for key, value in root.value if isinstance(root, yaml.MappingNode) else ():
        new = wanted.get(key.value)
        if isinstance(new, str) and isinstance(value, yaml.ScalarNode):
            yield value, new
        elif isinstance(new, Mapping) and isinstance(value, yaml.MappingNode):
            yield from ((inner, new[name.value]) for name, inner in value.value if name.value in new)


def _spliced(text: str, spots: list[_Node]) -> str:
    for node, new in sorted(spots, key=lambda spot: -spot[0].start_mark.index):
        # A JSON string is a YAML string, and may hold any character; a block scalar ends after its last line.
        written = canonical.encode(new).decode("utf-8") + ("\n" if node.style in {"|", ">"} else "")
        text = text[: node.start_mark.index] + written + text[node.end_mark.index :]
    return text
