"""The tree of a verdict as a picture: DOT for Graphviz, and SVG drawn here."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape

from emblem.model.display import printable
from emblem.report.trace_node import Mark, NodeKind, TraceNode
from emblem.report.trace_text import LEGEND

_COLOURS = {Mark.PASSED: "#2e7d32", Mark.FAILED: "#c62828", Mark.NOT_CHECKED: "#b26a00", Mark.NOTE: "#546e7a"}
_SIGNS = {Mark.PASSED: "✓", Mark.FAILED: "✗", Mark.NOT_CHECKED: "?", Mark.NOTE: "·"}
_FILLS = {
    NodeKind.HOST: "#e3f2fd",
    NodeKind.SET: "#f5f5f5",
    NodeKind.EMBLEM: "#ffebee",
    NodeKind.ENDORSEMENT: "#fff8e1",
    NodeKind.AUTHORITY: "#e8f5e9",
    NodeKind.KEY: "#ffffff",
    NodeKind.CERTIFICATE: "#ede7f6",
    NodeKind.DROPPED: "#eeeeee",
    NodeKind.LOG: "#ede7f6",
    NodeKind.CERTIFICATE: "#f3f7ff",
}
_CHARACTERS = 60
_BOX_WIDTH = 460
_LINE_HEIGHT = 18
_PADDING = 12
_GAP = 36
_MARGIN = 20


@dataclass(frozen=True, slots=True)
class _Line:
    text: str
    colour: str
    bold: bool = False


@dataclass(frozen=True, slots=True)
class _Box:
    """A node with its place: ``left`` and ``top`` in pixels, and the whole width that its children need."""

    node: TraceNode
    lines: tuple[_Line, ...]
    left: int
    top: int
    children: tuple[_Box, ...]

    @property
    def height(self) -> int:
        return len(self.lines) * _LINE_HEIGHT + 2 * _PADDING

    @property
    def centre(self) -> int:
        return self.left + _BOX_WIDTH // 2

    @property
    def bottom(self) -> int:
        return self.top + self.height


def trace_dot(root: TraceNode) -> str:
    """The tree in the DOT language of Graphviz, the host at the top."""
    numbered: list[tuple[TraceNode, int | None]] = []
    _number(root, None, numbered)
    lines = ["digraph emblem {", '  node [shape=box, style="rounded,filled", fontname="sans-serif"];']
    for number, (node, parent) in enumerate(numbered):
        label = "\\l".join(_dot_text(line.text) for line in _text_lines(node)) + "\\l"
        dashed = ',dashed"' if _is_doubtful(node) else '"'
        lines.append(f'  n{number} [label="{label}", fillcolor="{_FILLS[node.kind]}", style="rounded,filled{dashed}];')
        if parent is not None:
            lines.append(f"  n{parent} -> n{number};")
    return "\n".join([*lines, "}"])


def trace_svg(root: TraceNode) -> str:
    """The tree as an SVG picture that stands alone; what is doubtful has a dashed border."""
    box = _place(root, _MARGIN, _MARGIN)
    boxes = list(_flatten(box))
    width = max(one.left for one in boxes) + _BOX_WIDTH + _MARGIN
    legend = max(one.bottom for one in boxes) + _GAP
    height = legend + 2 * _LINE_HEIGHT
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}" font-family="sans-serif" font-size="13">',
        f"<title>{_xml(root.title)}</title>",
        f'<rect width="{width}" height="{height}" fill="#ffffff"/>',
    ]
    for one in boxes:
        parts.extend(_connector(one, child) for child in one.children)
    for one in boxes:
        parts.extend(_drawn(one))
    parts += [
        f'<text x="{_MARGIN}" y="{legend + number * _LINE_HEIGHT}" fill="#000000">{_xml(line)}</text>'
        for number, line in enumerate(_wrap(LEGEND, "", ""))
    ]
    return "\n".join([*parts, "</svg>"])


def _number(node: TraceNode, parent: int | None, numbered: list[tuple[TraceNode, int | None]]) -> None:
    number = len(numbered)
    numbered.append((node, parent))
    for child in node.children:
        _number(child, number, numbered)


def _text_lines(node: TraceNode) -> tuple[_Line, ...]:
    lines = [_Line(text, "#000000", bold=True) for text in _wrap(node.title, "", "")]
    for statement in node.statements:
        wrapped = _wrap(statement.text, f"{_SIGNS[statement.mark]} ", "   ")
        lines += [_Line(text, _COLOURS[statement.mark]) for text in wrapped]
    return tuple(lines)


def _wrap(text: str, first: str, rest: str) -> list[str]:
    return textwrap.wrap(printable(text), _CHARACTERS, initial_indent=first, subsequent_indent=rest)


def _place(node: TraceNode, left: int, top: int) -> _Box:
    lines = _text_lines(node)
    below = top + len(lines) * _LINE_HEIGHT + 2 * _PADDING + _GAP
    children: list[_Box] = []
    edge = left
    for child in node.children:
        placed = _place(child, edge, below)
        children.append(placed)
        edge = _right_edge(placed) + _MARGIN
    if children:
        left = (children[0].left + children[-1].left) // 2
    return _Box(node, lines, left, top, tuple(children))


def _right_edge(box: _Box) -> int:
    return max([box.left + _BOX_WIDTH, *map(_right_edge, box.children)])


def _flatten(box: _Box) -> Iterator[_Box]:
    yield box
    for child in box.children:
        yield from _flatten(child)


def _connector(upper: _Box, lower: _Box) -> str:
    middle = (upper.bottom + lower.top) // 2
    path = f"M{upper.centre} {upper.bottom} V{middle} H{lower.centre} V{lower.top}"
    return f'<path d="{path}" fill="none" stroke="#90a4ae" stroke-width="2"/>'


def _drawn(box: _Box) -> Iterator[str]:
    dashed = ' stroke-dasharray="6 4"' if _is_doubtful(box.node) else ""
    yield (
        f'<rect x="{box.left}" y="{box.top}" width="{_BOX_WIDTH}" height="{box.height}" rx="8" '
        f'fill="{_FILLS[box.node.kind]}" stroke="#607d8b"{dashed}/>'
    )
    for number, line in enumerate(box.lines):
        weight = ' font-weight="bold"' if line.bold else ""
        baseline = box.top + _PADDING + number * _LINE_HEIGHT + 13
        yield (
            f'<text x="{box.left + _PADDING}" y="{baseline}" fill="{line.colour}"{weight} '
            f'xml:space="preserve">{_xml(line.text)}</text>'
        )


def _is_doubtful(node: TraceNode) -> bool:
    marks = {statement.mark for statement in node.statements}
    return node.kind is NodeKind.DROPPED or Mark.NOT_CHECKED in marks or Mark.FAILED in marks


def _dot_text(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')


def _xml(text: str) -> str:
    return escape(printable(text))
