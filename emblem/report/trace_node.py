"""The tree that explains a verdict, as values: stations, and what was checked at each."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Mark(StrEnum):
    """What a statement in the tree rests on."""

    PASSED = "passed"
    FAILED = "failed"
    NOT_CHECKED = "not-checked"
    NOTE = "note"


class NodeKind(StrEnum):
    """What a node of the tree stands for."""

    HOST = "host"
    SET = "set"
    EMBLEM = "emblem"
    ENDORSEMENT = "endorsement"
    AUTHORITY = "authority"
    KEY = "key"
    DROPPED = "dropped"
    LOG = "log"
    CERTIFICATE = "certificate"
    ANSWERS = "answers"
    ZONE = "zone"


@dataclass(frozen=True, slots=True)
class Statement:
    """One thing that was checked, or could not be, in a sentence."""

    mark: Mark
    text: str


@dataclass(frozen=True, slots=True)
class TraceNode:
    """One station between the host and those who answer for it; ``children`` are what it rests on."""

    kind: NodeKind
    title: str
    statements: tuple[Statement, ...] = ()
    children: tuple[TraceNode, ...] = ()
