"""Which of the records that were given belong to a target (``specs/profile.md``, "Records and sets")."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from emblem.codec.carriage import TEXT_LABEL
from emblem.model.record import Alias, Carriage, Record
from emblem.model.target import Target


@dataclass(frozen=True, slots=True)
class Selection:
    """The records of one target, and how many were left out because they stand at other names."""

    records: tuple[Record, ...]
    left_out: int
    other_owners: tuple[str, ...]


def select_records(entries: Iterable[Record | Alias], target: Target) -> Selection:
    """Choose the records at the target, below ``_emblem``, and where CNAME lines lead to from these.

    Records without an owner all count; TXT values among them count as TXT at the target.
    """
    entries = tuple(entries)
    owners = _owners({target.name, f"{TEXT_LABEL}.{target.name}"}, [one for one in entries if isinstance(one, Alias)])
    chosen: list[Record] = []
    others: list[str] = []
    for record in entries:
        if isinstance(record, Alias):
            continue
        if not record.owner:
            at_target = record.carriage is Carriage.TXT
            chosen.append(replace(record, owner=target.name) if at_target else record)
        elif record.owner in owners:
            chosen.append(record)
        else:
            others.append(record.owner)
    return Selection(tuple(chosen), len(others), tuple(dict.fromkeys(others)))


def _owners(names: set[str], aliases: list[Alias]) -> set[str]:
    reached = set(names)
    for _ in aliases:
        leading = {alias.target for alias in aliases if alias.owner in reached} - reached
        if not leading:
            break
        reached |= leading
    return reached
