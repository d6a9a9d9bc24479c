"""The tree of a verdict as a picture: DOT for Graphviz, and SVG drawn here."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape

from emblem.model.display import printable
from emblem.report.trace_node import Mark, NodeKind, TraceNode
from emblem.report.trace_text import LEGEND

_INKS = {Mark.PASSED: "#37474f", Mark.FAILED: "#b71c1c", Mark.NOT_CHECKED: "#8a5000", Mark.NOTE: "#607d8b"}
"""The colours of statements."""
_SIGN_INKS = {Mark.PASSED: "#2e7d32", Mark.FAILED: "#c62828", Mark.NOT_CHECKED: "#ef8f00", Mark.NOTE: "#90a4ae"}
_SIGNS = {Mark.PASSED: "✓", Mark.FAILED: "✗", Mark.NOT_CHECKED: "?", Mark.NOTE: "·"}
_ACCENTS = {
    NodeKind.HOST: "#1565c0",
    NodeKind.SET: "#78909c",
    NodeKind.EMBLEM: "#d32f2f",
    NodeKind.ENDORSEMENT: "#f9a825",
    NodeKind.AUTHORITY: "#2e7d32",
    NodeKind.KEY: "#8d6e63",
    NodeKind.DROPPED: "#bdbdbd",
    NodeKind.LOG: "#5e35b1",
    NodeKind.CERTIFICATE: "#3949ab",
    NodeKind.ANSWERS: "#00838f",
    NodeKind.ZONE: "#26a69a",
}
_CAPTIONS = {
    NodeKind.HOST: "the question",
    NodeKind.SET: "what was found",
    NodeKind.EMBLEM: "emblem",
    NodeKind.ENDORSEMENT: "endorsement",
    NodeKind.AUTHORITY: "authority",
    NodeKind.KEY: "key",
    NodeKind.DROPPED: "not counted",
    NodeKind.LOG: "public register",
    NodeKind.CERTIFICATE: "certificate",
    NodeKind.ANSWERS: "the DNS",
    NodeKind.ZONE: "zone",
}
"""What kind of station a box is, in the small print above its title."""
_DASHES = "dashed: something there is not known, or bad"
_GOOD, _UNKNOWN, _BAD = "#cfd8dc", "#ef8f00", "#c62828"
"""The colours of borders."""
_INK, _FAINT, _GROUND = "#102027", "#78909c", "#f7f9fb"
_TITLE_CHARACTERS, _CHARACTERS = 52, 58
_BOX_WIDTH = 470
_CAPTION_HEIGHT, _TITLE_HEIGHT, _LINE_HEIGHT = 18, 19, 18
_STRIPE = 6
_INDENT = 18
_PADDING = 14
_GAP = 44
_MARGIN = 28


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of a statement; the first of one has the sign of its mark before it."""

    text: str
    mark: Mark
    first: bool


@dataclass(frozen=True, slots=True)
class _Box:
    """A node with its place: ``left`` and ``top`` in pixels."""

    node: TraceNode
    title: tuple[str, ...]
    lines: tuple[_Line, ...]
    left: int
    top: int
    children: tuple[_Box, ...]

    @property
    def height(self) -> int:
        return _height(self.title, self.lines)

    @property
    def centre(self) -> int:
        return self.left + _BOX_WIDTH // 2

    @property
    def bottom(self) -> int:
        return self.top + self.height


def trace_dot(root: TraceNode) -> str:
    """The tree in the DOT language of Graphviz, the host at the top; dashed is what was not checked, or is bad."""
    numbered: list[tuple[TraceNode, int | None]] = []
    _number(root, None, numbered)
    lines = [
        "digraph emblem {",
        '  node [shape=box, style="rounded,filled", fillcolor="#ffffff", fontname="sans-serif"];',
    ]
    for number, (node, parent) in enumerate(numbered):
        label = "\\l".join(map(_dot_text, _dot_lines(node))) + "\\l"
        worst = _worst(node)
        dashed = "" if worst is Mark.PASSED else ",dashed"
        colour = _ACCENTS[node.kind] if worst is Mark.PASSED else _border(worst)
        lines.append(f'  n{number} [label="{label}", color="{colour}", style="rounded,filled{dashed}"];')
        if parent is not None:
            lines.append(f"  n{parent} -> n{number}{' [style=dashed]' if dashed else ''};")
    return "\n".join([*lines, "}"])


def trace_svg(root: TraceNode) -> str:
    """The tree as an SVG picture that stands alone, the host at the top.

    What was not checked has a dashed border and hangs on a dashed line; what was found bad, red ones.
    """
    box = _place(root, _MARGIN, _MARGIN)
    boxes = list(_flatten(box))
    width = max(one.left for one in boxes) + _BOX_WIDTH + _MARGIN
    legend = max(one.bottom for one in boxes) + _GAP
    explained = textwrap.wrap(f"{LEGEND}; {_DASHES}", max(_CHARACTERS, (width - 2 * _MARGIN) // 7))
    height = legend + len(explained) * _LINE_HEIGHT + _MARGIN // 2
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}" font-family="Inter, Helvetica, Arial, DejaVu Sans, sans-serif" '
        'font-size="12.5">',
        f"<title>{_xml(root.title)}</title>",
        f'<rect width="{width}" height="{height}" fill="{_GROUND}"/>',
    ]
    for one in boxes:
        parts.extend(_connector(one, child) for child in one.children)
    for one in boxes:
        parts.extend(_drawn(one))
    parts += [
        f'<text x="{_MARGIN}" y="{legend + number * _LINE_HEIGHT}" fill="{_FAINT}">{_xml(line)}</text>'
        for number, line in enumerate(explained)
    ]
    return "\n".join([*parts, "</svg>"])


def _number(node: TraceNode, parent: int | None, numbered: list[tuple[TraceNode, int | None]]) -> None:
    number = len(numbered)
    numbered.append((node, parent))
    for child in node.children:
        _number(child, number, numbered)


def _dot_lines(node: TraceNode) -> Iterator[str]:
    yield from _title(node)
    for line in _lines(node):
        yield f"{_SIGNS[line.mark] if line.first else ' '} {line.text}"


def _title(node: TraceNode) -> tuple[str, ...]:
    return tuple(textwrap.wrap(printable(node.title), _TITLE_CHARACTERS))


def _lines(node: TraceNode) -> tuple[_Line, ...]:
    return tuple(
        _Line(text, statement.mark, number == 0)
        for statement in node.statements
        for number, text in enumerate(textwrap.wrap(printable(statement.text), _CHARACTERS))
    )


def _height(title: tuple[str, ...], lines: tuple[_Line, ...]) -> int:
    return _CAPTION_HEIGHT + len(title) * _TITLE_HEIGHT + len(lines) * _LINE_HEIGHT + 2 * _PADDING


def _place(node: TraceNode, left: int, top: int) -> _Box:
    title, lines = _title(node), _lines(node)
    below = top + _height(title, lines) + _GAP
    children: list[_Box] = []
    edge = left
    for child in node.children:
        placed = _place(child, edge, below)
        children.append(placed)
        edge = _right_edge(placed) + _MARGIN
    if children:
        left = (children[0].left + children[-1].left) // 2
    return _Box(node, title, lines, left, top, tuple(children))


def _right_edge(box: _Box) -> int:
    return max([box.left + _BOX_WIDTH, *map(_right_edge, box.children)])


def _flatten(box: _Box) -> Iterator[_Box]:
    yield box
    for child in box.children:
        yield from _flatten(child)


def _connector(upper: _Box, lower: _Box) -> str:
    middle = (upper.bottom + lower.top) // 2
    path = f"M{upper.centre} {upper.bottom} C{upper.centre} {middle} {lower.centre} {middle} {lower.centre} {lower.top}"
    worst = _worst(lower.node)
    dashed = "" if worst is Mark.PASSED else ' stroke-dasharray="6 5"'
    colour = "#90a4ae" if worst is Mark.PASSED else _border(worst)
    return f'<path d="{path}" fill="none" stroke="{colour}" stroke-width="2"{dashed}/>'


def _drawn(box: _Box) -> Iterator[str]:
    worst = _worst(box.node)
    dashed = "" if worst is Mark.PASSED else ' stroke-dasharray="6 5"'
    frame = f'x="{box.left}" y="{box.top}" width="{_BOX_WIDTH}" height="{box.height}" rx="10"'
    accent = _ACCENTS[box.node.kind]
    stripe = f"M{box.left + _STRIPE} {box.top + 10} V{box.bottom - 10}"
    yield f'<rect {frame} transform="translate(0 2)" fill="#000000" fill-opacity="0.06"/>'
    yield f'<rect {frame} fill="#ffffff" stroke="{_border(worst)}" stroke-width="1.5"{dashed}/>'
    yield f'<path d="{stripe}" stroke="{accent}" stroke-width="4" stroke-linecap="round" fill="none"/>'
    left, y = box.left + _PADDING + _STRIPE, box.top + _PADDING + 10
    caption = _CAPTIONS[box.node.kind].upper()
    yield (
        f'<text x="{left}" y="{y}" fill="{accent}" font-size="10" font-weight="bold" letter-spacing="1.2">'
        f"{_xml(caption)}</text>"
    )
    y += _CAPTION_HEIGHT
    for text in box.title:
        yield f'<text x="{left}" y="{y}" fill="{_INK}" font-size="13.5" font-weight="bold">{_xml(text)}</text>'
        y += _TITLE_HEIGHT
    for line in box.lines:
        if line.first:
            yield (
                f'<text x="{left}" y="{y}" fill="{_SIGN_INKS[line.mark]}" font-weight="bold">'
                f"{_xml(_SIGNS[line.mark])}</text>"
            )
        yield f'<text x="{left + _INDENT}" y="{y}" fill="{_INKS[line.mark]}">{_xml(line.text)}</text>'
        y += _LINE_HEIGHT


def _worst(node: TraceNode) -> Mark:
    """How a station is to be drawn: as bad, as not known, or as it should be."""
    marks = {statement.mark for statement in node.statements}
    if Mark.FAILED in marks:
        return Mark.FAILED
    return Mark.NOT_CHECKED if Mark.NOT_CHECKED in marks or node.kind is NodeKind.DROPPED else Mark.PASSED


def _border(worst: Mark) -> str:
    return {Mark.FAILED: _BAD, Mark.NOT_CHECKED: _UNKNOWN}.get(worst, _GOOD)


def _dot_text(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')


def _xml(text: str) -> str:
    return escape(printable(text))
