"""The tree of a verdict as text and as JSON."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from typing import Any

from emblem.model.display import printable
from emblem.report.json import visible_json
from emblem.report.trace_node import Mark, TraceNode

LEGEND = "✓ checked and found good, ✗ checked and found bad, ? not known, · for your information"
"""What the signs before the statements mean."""

_SIGNS = {Mark.PASSED: "✓", Mark.FAILED: "✗", Mark.NOT_CHECKED: "?", Mark.NOTE: "·"}


def trace_text(root: TraceNode, *, width: int = 100) -> str:
    """The tree as lines of text, and below it what the signs mean."""
    return "\n".join(printable(line) for line in (*_lines(root, "", "", width), "", LEGEND))


def trace_json(root: TraceNode) -> str:
    """The tree as one JSON object: kind, title, statements with their mark, children."""
    return visible_json(_members(root), indent=2)


def _lines(node: TraceNode, first: str, rest: str, width: int) -> Iterator[str]:
    yield from _wrapped(node.title, first, rest, width)
    below = rest + ("│  " if node.children else "   ")
    for statement in node.statements:
        yield from _wrapped(statement.text, f"{below}{_SIGNS[statement.mark]} ", below + "  ", width)
    for position, child in enumerate(node.children, 1):
        last = position == len(node.children)
        yield from _lines(child, rest + ("└─ " if last else "├─ "), rest + ("   " if last else "│  "), width)


def _wrapped(text: str, first: str, rest: str, width: int) -> Iterator[str]:
    yield from textwrap.wrap(
        text,
        max(width, len(first) + 40),
        initial_indent=first,
        subsequent_indent=rest,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _members(node: TraceNode) -> dict[str, Any]:
    return {
        "kind": node.kind.value,
        "title": node.title,
        "statements": [{"mark": one.mark.value, "text": one.text} for one in node.statements],
        "children": [_members(child) for child in node.children],
    }
