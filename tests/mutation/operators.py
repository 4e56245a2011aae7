"""What is changed: mutmut's operators, and those for which a kernel of rules asks besides.

Mutmut swaps operators and numbers, leaves out arguments and assigns None. Besides that: a condition that always or
never holds, half a condition, a filter or a statement or an element that is gone, ``any`` for ``all``, another pointer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import libcst as cst
from libcst import matchers as m
from mutmut.mutation.mutators import mutation_operators, operator_arg_removal, operator_string

__all__ = ["operators"]

Operator = tuple[type, Callable[[Any], Iterable[cst.CSTNode]]]

_SWAPS = {"any": "all", "all": "any", "min": "max", "max": "min"}


def _condition(node: cst.If) -> Iterator[cst.CSTNode]:
    """The condition always holds; it never holds."""
    for value in ("True", "False"):
        yield node.with_changes(test=cst.Name(value))


def _half(node: cst.BooleanOperation) -> Iterator[cst.CSTNode]:
    """One side of ``and`` and ``or`` is gone."""
    for side in (node.left, node.right):
        yield side.with_changes(lpar=[cst.LeftParen()], rpar=[cst.RightParen()])


def _filter(node: cst.CompFor) -> Iterator[cst.CSTNode]:
    """One ``if`` of a comprehension is gone."""
    for index in range(len(node.ifs)):
        yield node.with_changes(ifs=[*node.ifs[:index], *node.ifs[index + 1 :]])


def _statement(node: cst.SimpleStatementLine) -> Iterator[cst.CSTNode]:
    """A statement that says, gives or stops something is gone. Assignments are left to mutmut's operators."""
    gone = m.Expr(value=~(m.SimpleString() | m.ConcatenatedString())) | m.Return(value=~m.Name("None")) | m.Raise()
    if len(node.body) == 1 and m.matches(node.body[0], gone | m.Continue()):
        yield node.with_changes(body=[cst.Pass()])


def _element(node: cst.Tuple | cst.List | cst.Set) -> Iterator[cst.CSTNode]:
    """One element of a literal tuple, list or set is gone; the last one of a set stays, or it would be a dict."""
    if len(node.elements) < 2 and isinstance(node, cst.Set):
        return
    for index in range(len(node.elements)):
        rest: Sequence[cst.BaseElement] = [*node.elements[:index], *node.elements[index + 1 :]]
        if isinstance(node, cst.Tuple):
            if len(rest) == 1:
                rest = [rest[0].with_changes(comma=cst.Comma())]
            yield node.with_changes(
                elements=rest, lpar=node.lpar or [cst.LeftParen()], rpar=node.rpar or [cst.RightParen()]
            )
        else:
            yield node.with_changes(elements=rest)


def _pair(node: cst.Dict) -> Iterator[cst.CSTNode]:
    """One entry of a literal dict is gone."""
    for index in range(len(node.elements)):
        yield node.with_changes(elements=[*node.elements[:index], *node.elements[index + 1 :]])


def _swap(node: cst.Call) -> Iterator[cst.CSTNode]:
    """``any`` for ``all``, the least for the most."""
    if isinstance(node.func, cst.Name) and node.func.value in _SWAPS:
        yield node.with_changes(func=cst.Name(_SWAPS[node.func.value]))


def _text(node: cst.FormattedStringText) -> Iterator[cst.CSTNode]:
    """Another text between the values of an f-string."""
    yield node.with_changes(value=f"XX{node.value}")


def _string(node: cst.BaseString) -> Iterable[cst.BaseString]:
    """Mutmut's first variant: a code in capitals is no other mistake than another code."""
    return list(operator_string(node))[:1]


def _argument(node: cst.Call) -> Iterator[cst.CSTNode]:
    """Mutmut's: an argument is None, or gone. Not None for a literal: that is changed itself."""
    literal = m.SimpleString() | m.Integer() | m.Name("True") | m.Name("False")
    for changed in operator_arg_removal(node):
        pairs = zip(changed.args, node.args, strict=False)
        gone = len(changed.args) < len(node.args)
        if gone or not any(new is not old and m.matches(old.value, literal) for new, old in pairs):
            yield changed


_THEIRS_CHANGED = (operator_string, operator_arg_removal)


def operators() -> tuple[Operator, ...]:
    """Every operator with the kind of node that it changes."""
    theirs: list[Operator] = [(kind, change) for kind, change in mutation_operators if change not in _THEIRS_CHANGED]
    ours: list[Operator] = [
        (cst.BaseString, _string),
        (cst.Call, _argument),
        (cst.If, _condition),
        (cst.BooleanOperation, _half),
        (cst.CompFor, _filter),
        (cst.SimpleStatementLine, _statement),
        (cst.Tuple, _element),
        (cst.List, _element),
        (cst.Set, _element),
        (cst.Dict, _pair),
        (cst.Call, _swap),
        (cst.FormattedStringText, _text),
    ]
    return (*theirs, *ours)
