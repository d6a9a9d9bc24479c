"""Strict JSON (RFC 8259): no repeated member, no NaN or Infinity, bounded depth, no lone surrogates."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from typing import Any, NoReturn

from emblem.errors import MalformedError
from emblem.model.limits import DEEPEST_NESTING


def decode_object(field: str, data: bytes) -> Mapping[str, Any]:
    """Decode UTF-8 bytes that must be one JSON object.

    Raises:
        MalformedError: they are anything else.
    """
    return take_object(field, decode(field, data))


def decode(field: str, data: bytes) -> Any:
    """Decode UTF-8 bytes that must be one JSON value.

    Raises:
        MalformedError: they are anything else.
    """
    try:
        text = data.decode("utf-8")
        value = _DECODER.decode(text)
        # Half a surrogate pair is no UTF-8: only an escape can make one.
        if "\\" in text:
            json.dumps(value, ensure_ascii=False).encode("utf-8")
    except (ValueError, RecursionError) as error:
        raise MalformedError(field, str(error), "JSON in UTF-8 without repeated members") from error
    return value


def take_object(field: str, value: object) -> Mapping[str, Any]:
    """The value, if it is an object that does not nest too deep.

    Raises:
        MalformedError: it is something else.
    """
    if not isinstance(value, dict):
        raise MalformedError(field, type(value).__name__, "a JSON object")
    if _depth(value) > DEEPEST_NESTING:
        raise MalformedError(field, "deeper nesting", f"{DEEPEST_NESTING} levels at the most")
    return value


def _unrepeated(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a repeated member")
    return members


def _refuse_constant(text: str) -> NoReturn:
    raise ValueError(text)


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(f"the number {text}")
    return value


_DECODER = json.JSONDecoder(
    object_pairs_hook=_unrepeated,
    parse_constant=_refuse_constant,
    parse_float=_finite,
)


def _depth(value: object) -> int:
    """How many containers stand within each other, an empty one as much as any other."""
    level, depth = [value], 0
    while containers := [item for item in level if isinstance(item, dict | list)]:
        level = [item for container in containers for item in _members(container)]
        depth += 1
    return depth


def _members(container: dict[str, Any] | list[Any]) -> Iterable[Any]:
    return container.values() if isinstance(container, dict) else container
