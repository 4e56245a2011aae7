"""Puts a mutant in the place of code that is already imported, where that comes to the same as importing it.

It does when nothing changed but the inside of functions, and none of those ran while modules were imported and tests
collected. Then the test run can start once, and each mutant costs a fork and the tests up to the first that fails.
"""

from __future__ import annotations

import gc
import inspect
from collections.abc import Mapping, Set
from dataclasses import dataclass
from types import CodeType, FunctionType

from tests.mutation.mutants import ROOT, Module, Mutant

Function = tuple[str, str]
"""Path of a module and qualified name of a function in it."""

_PARTS = (
    *("co_code", "co_names", "co_varnames", "co_freevars", "co_cellvars", "co_flags", "co_exceptiontable"),
    *("co_argcount", "co_posonlyargcount", "co_kwonlyargcount", "co_name"),
)
"""All of a code object but its constants and its line numbers."""


def function_of(path: str, qualified: str) -> Function:
    """The outermost function of a frame: what is nested in it changes with it."""
    return path, qualified.partition(".<")[0]


def _nested(code: CodeType) -> list[CodeType]:
    return [constant for constant in code.co_consts if isinstance(constant, CodeType)]


def _own(code: CodeType) -> tuple[object, ...]:
    plain = [(type(each), each) for each in code.co_consts if not isinstance(each, CodeType)]
    return (*(getattr(code, part) for part in _PARTS), repr(plain), len(_nested(code)))


def _same(before: CodeType, after: CodeType) -> bool:
    pairs = zip(_nested(before), _nested(after), strict=False)
    return _own(before) == _own(after) and all(_same(old, new) for old, new in pairs)


def _is_function(code: CodeType) -> bool:
    return bool(code.co_flags & inspect.CO_OPTIMIZED)


def changed(before: CodeType, after: CodeType) -> list[tuple[CodeType, CodeType]] | None:
    """The outermost functions that differ, old and new; None where something outside every function does."""
    if _is_function(before):
        return [] if _same(before, after) else [(before, after)]
    if _own(before) != _own(after):
        return None
    found = []
    for old, new in zip(_nested(before), _nested(after), strict=True):
        inner = changed(old, new)
        if inner is None:
            return None
        found += inner
    return found


Place = tuple[str, str, int]


def _place(code: CodeType) -> Place:
    return code.co_filename, code.co_qualname, code.co_firstlineno


def live_functions() -> Mapping[Place, list[FunctionType]]:
    """Every imported function, by where its code stands."""
    found: dict[Place, list[FunctionType]] = {}
    for each in gc.get_objects():
        if type(each) is FunctionType:
            found.setdefault(_place(each.__code__), []).append(each)
    return found


@dataclass(frozen=True)
class Swap:
    """A mutant of which only functions changed: their old and new code."""

    mutant: Mutant
    pairs: tuple[tuple[CodeType, CodeType], ...]

    def fits(self, live: Mapping[Place, list[FunctionType]]) -> bool:
        """Whether each changed function is there."""
        return all(_place(old) in live for old, _ in self.pairs)

    def apply(self, live: Mapping[Place, list[FunctionType]]) -> None:
        """Give the functions their new code."""
        for old, new in self.pairs:
            for function in live[_place(old)]:
                function.__code__ = new


def compiled(source: str, path: str) -> CodeType:
    """A module as it would be imported."""
    return compile(source, str(ROOT / path), "exec", dont_inherit=True)


def swap_of(mutant: Mutant, module: Module, early: Set[Function]) -> Swap | None:
    """How to put a mutant in place; None where it must be imported. ``early``: what ran while tests were collected."""
    pairs = changed(compiled(module.source, mutant.path), compiled(mutant.source, mutant.path))
    if not pairs:
        return None
    for old, _ in pairs:
        if "<lambda>" in old.co_qualname or function_of(mutant.path, old.co_qualname) in early:
            return None
        if old.co_name.startswith("<"):
            return None
    return Swap(mutant, tuple(pairs))
