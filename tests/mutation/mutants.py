"""The mutants of a module: one small change each, with its place and what it looks like.

Left out: annotations, imports, ``__all__``, docstrings, and the sentences for people in ``Cause``: they decide nothing.
Out too is what compiles to the same code as the original or as an earlier mutant.
"""

from __future__ import annotations

import marshal
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import libcst as cst
from libcst import matchers as m
from libcst.metadata import CodeRange, MetadataWrapper, PositionProvider

from tests.mutation.operators import operators

ROOT = Path(__file__).resolve().parents[2]
MODULE = "(module)"
_LEFT_OUT = (
    m.Annotation()
    | m.ImportFrom()
    | m.Import()
    | m.Assign(targets=[m.AssignTarget(target=m.Name("__all__"))])
    | m.If(test=m.Name("TYPE_CHECKING"))
    # mutmut leaves these alone too: a changed argument of theirs is an error at once
    | m.Call(func=m.Name("len") | m.Name("isinstance"))
)
_TAKEN_APART = (
    m.Yield(value=m.Tuple())
    | m.Return(value=m.Tuple())
    | m.Assign(targets=[m.AssignTarget(target=m.Tuple())], value=m.Tuple())
)
_CAUSE = m.Call(func=m.Name("Cause"))


@dataclass(frozen=True)
class Mutant:
    """One change. ``key`` stays the same as long as the changed lines and their function do."""

    path: str
    line: int
    function: str
    before: str
    after: str
    source: str
    count: int = 1

    @property
    def key(self) -> str:
        """``path::function: before => after``, with a number where the same change occurs twice in a function."""
        again = f" ({self.count})" if self.count > 1 else ""
        return f"{self.path}::{self.function}: {self.before} => {self.after}{again}"


@dataclass(frozen=True)
class _Change:
    line: int
    function: str
    node: cst.CSTNode
    changed: cst.CSTNode


class _Visitor(cst.CSTVisitor):
    """Walks one statement of a module and notes every change."""

    def __init__(self, ranges: Mapping[cst.CSTNode, CodeRange]) -> None:
        super().__init__()
        self.changes: list[_Change] = []
        self.sentences = 0
        self._ranges = ranges
        self._line = 0
        self._inside: list[str] = []
        self._whole: set[cst.CSTNode] = set()
        self._operators = operators()

    def on_visit(self, node: cst.CSTNode) -> bool:
        if m.matches(node, _LEFT_OUT):
            return False
        if isinstance(node, cst.ClassDef | cst.FunctionDef):
            self._inside.append(node.name.value)
        if node in self._ranges:
            self._line = self._ranges[node].start.line
        self._keep_whole(node)
        cause = m.matches(node, _CAUSE)
        if node not in self._whole and not cause:
            self._change(node)
        if cause:
            arguments = cst.ensure_type(node, cst.Call).args
            self.sentences += len(arguments) - 1
            arguments[0].visit(self)  # the article that it cites; what follows are sentences
        return not cause

    def on_leave(self, original_node: cst.CSTNode) -> None:
        if isinstance(original_node, cst.ClassDef | cst.FunctionDef):
            self._inside.pop()

    def _change(self, node: cst.CSTNode) -> None:
        function = ".".join(self._inside) or MODULE
        for kind, operator in self._operators:
            if isinstance(node, kind):
                self.changes += [_Change(self._line, function, node, changed) for changed in operator(node)]

    def _keep_whole(self, node: cst.CSTNode) -> None:
        """A tuple that is taken apart, or made to be, keeps its elements: one less is an error at once."""
        if isinstance(node, cst.For | cst.CompFor | cst.AssignTarget):
            self._whole.add(node.target)
        elif m.matches(node, _TAKEN_APART):
            self._whole.update(child for child in node.children if isinstance(child, cst.Tuple))


def _difference(before: str, after: str) -> tuple[str, str]:
    """The lines that differ, each side on one line."""
    old, new = before.splitlines(), after.splitlines()
    least = min(len(old), len(new))
    first = next((i for i in range(least) if old[i] != new[i]), least)
    last = 0
    while last < least - first and old[-1 - last] == new[-1 - last]:
        last += 1
    gone, come = (" ".join(line.strip() for line in rows[first : len(rows) - last]) for rows in (old, new))
    return gone, come


def _compiled(source: str, path: str) -> bytes | None:
    try:
        return marshal.dumps(compile(source, path, "exec", dont_inherit=True))
    except (SyntaxError, ValueError):
        return None


class Module:
    """A module to be changed; ``path`` is relative to the project."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.source = (ROOT / path).read_text(encoding="utf-8")
        wrapper = MetadataWrapper(cst.parse_module(self.source))
        self._module = wrapper.module
        self._parts = [self._module.code_for_node(part) for part in self._module.body]
        self._start = self.source.index("".join(self._parts)) if self._parts else 0
        self._visitors = [_Visitor(wrapper.resolve(PositionProvider)) for _ in self._parts]
        for part, visitor in zip(self._module.body, self._visitors, strict=True):
            part.visit(visitor)

    @property
    def sentences(self) -> int:
        """How many sentences for people stand here; they are not changed."""
        return sum(visitor.sentences for visitor in self._visitors)

    def mutants(self) -> Iterator[Mutant]:
        """Every mutant, in the order of the lines."""
        seen = {_compiled(self.source, self.path)}
        counted: dict[tuple[str, str, str], int] = {}
        for index, visitor in enumerate(self._visitors):
            for change in visitor.changes:
                text = self._changed(index, change)
                source = self.source[: self._start] + "".join([*self._parts[:index], text, *self._parts[index + 1 :]])
                compiled = _compiled(source, self.path)
                if compiled is None or compiled in seen:
                    continue
                seen.add(compiled)
                before, after = _difference(self._parts[index], text)
                place = (change.function, before, after)
                counted[place] = counted.get(place, 0) + 1
                yield Mutant(self.path, change.line, change.function, before, after, source, counted[place])

    def _changed(self, index: int, change: _Change) -> str:
        part = self._module.body[index]
        changed = change.changed if part is change.node else part.deep_replace(change.node, change.changed)
        assert isinstance(changed, cst.CSTNode)
        return self._module.code_for_node(changed)
