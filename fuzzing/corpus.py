"""The corpus in the repository: for each target a file with an input a line, and how it is kept small."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from pathlib import Path
from types import FrameType
from typing import Any

from fuzzing.target import Target

HERE = Path(__file__).parent / "corpus"
_OURS = f"{Path(__file__).parent.parent / 'emblem'}/"
_LONGEST_KEPT = 8 * 1024
_Edge = tuple[str, int, int]


def read_corpus(name: str) -> list[bytes]:
    """The inputs of a target, as the repository has them."""
    lines = (HERE / f"{name}.txt").read_text(encoding="ascii").splitlines()
    return [json.loads(line).encode("latin-1") for line in lines]


def write_corpus(name: str, inputs: Iterable[bytes]) -> None:
    """Keep these inputs: a line each, as a JSON text whose characters are the bytes, so that a change can be read."""
    lines = sorted(json.dumps(data.decode("latin-1")) for data in inputs)
    (HERE / f"{name}.txt").write_text("".join(line + "\n" for line in lines), encoding="ascii")


def distill(target: Target, inputs: Iterable[bytes]) -> list[bytes]:
    """The inputs, the shortest first, that go from one line of our source to another as none before them does.

    Long ones are left out: what they reach, the vectors on limits reach.
    """
    seen: set[_Edge] = set()
    kept: list[bytes] = []
    short = {data for data in inputs if len(data) <= _LONGEST_KEPT}
    for data in sorted(short, key=lambda data: (len(data), data)):
        edges = _edges(target, data)
        if not edges <= seen:
            seen |= edges
            kept.append(data)
    return kept


def _edges(target: Target, data: bytes) -> set[_Edge]:
    """Which lines follow each other in our source while an input is checked."""
    edges: set[_Edge] = set()

    def enter(frame: FrameType, event: str, argument: object) -> Any:
        del event, argument
        file = frame.f_code.co_filename
        if not file.startswith(_OURS):
            return None
        previous = 0

        def step(frame: FrameType, event: str, argument: object) -> Any:
            nonlocal previous
            del argument
            if event == "line":
                edges.add((file, previous, frame.f_lineno))
                previous = frame.f_lineno
            return step

        return step

    sys.settrace(enter)
    try:
        target.check(data)
    finally:
        sys.settrace(None)
    return edges
