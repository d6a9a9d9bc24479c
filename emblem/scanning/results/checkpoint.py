"""How far a scan has come, on disk: what is done, which input it was, and how much of each output is good."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from emblem.codec.strict_json import decode_object
from emblem.errors import InputError, MalformedError
from emblem.keys.files import read_file
from emblem.scanning.completed import Completed
from emblem.scanning.results.files import whole_file
from emblem.scanning.targets.fingerprint import Mark

SCHEMA = "emblem.scan-checkpoint/1"
LARGEST_CHECKPOINT = 32 * 1024 * 1024
"""Bytes of a checkpoint."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A point that a scan can be resumed from.

    Args:
        plan: what makes it the same scan: options as texts. ``resume`` compares them.
        seed: of the order, where it does not follow the lists.
        done: the tasks whose findings are in the outputs.
        marks: fingerprints of the input.
        positions: of each output, up to where it is good.
        statuses: how many of the findings have each status.
    """

    plan: Mapping[str, str]
    seed: int | None
    done: Completed
    marks: tuple[Mark, ...]
    positions: tuple[int, ...]
    statuses: Mapping[str, int]

    def save(self, path: Path) -> None:
        """Put it on disk; at any moment there is this one or the one before."""
        members = {
            "schema": SCHEMA,
            "plan": dict(self.plan),
            "seed": self.seed,
            "done": self.done.members(),
            "marks": self.marks,
            "positions": self.positions,
            "statuses": dict(self.statuses),
        }
        with whole_file(path) as file:
            file.write(json.dumps(members).encode("ascii"))

    @classmethod
    def load(cls, path: Path) -> Checkpoint:
        """Read what :meth:`save` wrote.

        Raises:
            InputError: it cannot be read, or is no checkpoint.
        """
        members = decode_object(f"checkpoint {path}", read_file(path, LARGEST_CHECKPOINT))
        try:
            return cls._of(members)
        except (KeyError, TypeError, ValueError) as error:
            raise _unusable(path, str(error)) from error

    @classmethod
    def _of(cls, members: Mapping[str, Any]) -> Checkpoint:
        if members["schema"] != SCHEMA:
            raise ValueError(f"schema {members['schema']!r}")
        seed = members["seed"]
        return cls(
            plan={str(name): str(value) for name, value in members["plan"].items()},
            seed=None if seed is None else int(seed),
            done=Completed.from_members(**members["done"]),
            marks=tuple((int(number), str(digest)) for number, digest in members["marks"]),
            positions=tuple(map(int, members["positions"])),
            statuses={str(name): int(value) for name, value in members["statuses"].items()},
        )

    def check_plan(self, plan: Mapping[str, str]) -> None:
        """Refuse to resume another scan.

        Raises:
            InputError: an option is not what it was.
        """
        for name in {**self.plan, **plan}:
            before, now = self.plan.get(name, "nothing"), plan.get(name, "nothing")
            if before != now:
                raise InputError(name, now, f"{before}, as in the scan that is to be resumed")


def _unusable(path: Path, found: str) -> MalformedError:
    return MalformedError(f"checkpoint {path}", found, "what a scan of this version wrote")
