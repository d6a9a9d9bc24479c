"""Strict CBOR (RFC 8949): one item, nothing after it, no tag but those named, nothing of indefinite length."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from functools import partial
from io import BytesIO
from typing import Any, NoReturn

import cbor2

from emblem.errors import MalformedError
from emblem.model.limits import DEEPEST_NESTING

Tagged = cbor2.CBORTag
_MAPS = (dict, cbor2.frozendict)
_CONTAINERS = (*_MAPS, list, tuple, cbor2.CBORTag)

_ACTED_ON_BY_LIBRARY = (
    *(0, 1, 2, 3, 4, 5, 25, 28, 29, 30, 35, 36, 37, 52, 54),
    *(100, 256, 258, 260, 261, 1004, 43000, 55799),
)


def decode(field: str, data: bytes, tags: Collection[int] = ()) -> Any:
    """Decode exactly one CBOR item.

    Args:
        field: what is decoded, for the error.
        data: the bytes; the item must end where they end.
        tags: the tag numbers that may occur; they come back as :data:`Tagged`.

    Raises:
        MalformedError: the bytes are anything else, repeat a key in a map, nest deeper than
            :data:`emblem.model.limits.DEEPEST_NESTING`, or use a tag that is not named.
    """
    stream = BytesIO(data)
    try:
        item = _decode(stream, tags)
    except (cbor2.CBORError, ValueError, TypeError, OverflowError, RecursionError, MemoryError) as error:
        raise MalformedError(field, _root_cause(error), "one well-formed CBOR item") from error
    if stream.tell() != len(data):
        raise MalformedError(field, f"{len(data) - stream.tell()} bytes after the item", "nothing after it")
    return item


def encode(item: Any) -> bytes:
    """Encode deterministically (RFC 8949, section 4.2.1).

    The library sorts map keys by length first; for the keys that our formats use this is the same order.
    """
    return cbor2.dumps(item, canonical=True)


def encode_in_order(item: Any) -> bytes:
    """Encode as :func:`encode` does, but each map in the order in which it is, which takes a third of the time."""
    return cbor2.dumps(item)


def take_map(field: str, item: object) -> Mapping[Any, Any]:
    """The item, if it is a map.

    Raises:
        MalformedError: it is something else.
    """
    if not isinstance(item, _MAPS):
        raise MalformedError(field, describe(item), "a map")
    return item


def describe(item: object) -> str:
    """What an item is, for an error: its type, and its value where that is short."""
    if item is None:
        return "null"
    if isinstance(item, bytes):
        return f"{len(item)} bytes"
    if isinstance(item, _MAPS):
        return "a map"
    if isinstance(item, list | tuple):
        return f"an array of {len(item)}"
    if isinstance(item, cbor2.CBORTag):
        return f"tag {item.tag}"
    if isinstance(item, bool):
        return "true" if item else "false"
    if isinstance(item, str):
        return f"the text {item!r}"
    return f"the number {item}" if isinstance(item, int | float) else repr(item)


def describe_keys(item: Mapping[Any, Any]) -> str:
    """The keys of a map, for an error."""
    return ", ".join(map(repr, item)) or "none"


def _decode(stream: BytesIO, tags: Collection[int]) -> Any:
    tag_hook = partial(_keep_named, tags) if tags else _refuse_tag
    try:
        return _strict_decoder(stream, tag_hook=tag_hook).decode()
    except cbor2.CBORError:
        # The library lets empty containers pass a level deeper than it is told to go. Nothing usual goes that deep, so
        # only here, where something might, are the containers themselves counted.
        stream.seek(0)
        item = _strict_decoder(stream, tag_hook=tag_hook, max_depth=DEEPEST_NESTING).decode()
    if _depth(item) > DEEPEST_NESTING:
        raise ValueError("deeper nesting")
    return item


def _depth(item: object) -> int:
    """How many containers stand within each other, an empty one as much as any other."""
    level, depth = [item], 0
    while containers := [item for item in level if isinstance(item, _CONTAINERS)]:
        level = [item for container in containers for item in _members(container)]
        depth += 1
    return depth


def _members(container: Any) -> Iterable[object]:
    if isinstance(container, cbor2.CBORTag):
        return (container.value,)
    return (*container, *container.values()) if isinstance(container, _MAPS) else container


def _refuse(*_: object) -> NoReturn:
    raise ValueError("a tag that has no place here")


def _keep_named(tags: Collection[int], tag: cbor2.CBORTag, immutable: bool) -> cbor2.CBORTag:
    return tag if tag.tag in tags else _refuse_tag(tag, immutable)


def _refuse_tag(tag: cbor2.CBORTag, immutable: bool) -> NoReturn:
    del immutable
    raise ValueError(f"tag {tag.tag}")


_strict_decoder = partial(
    cbor2.CBORDecoder,
    semantic_decoders=dict.fromkeys(_ACTED_ON_BY_LIBRARY, _refuse),
    max_depth=DEEPEST_NESTING - 1,
    allow_indefinite=False,
    allow_duplicate_keys=False,
)


def _root_cause(error: BaseException) -> str:
    while error.__cause__ is not None:
        error = error.__cause__
    return str(error) or type(error).__name__
