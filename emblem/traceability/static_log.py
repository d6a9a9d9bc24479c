"""Static logs: the tree and the entries as tiles that are fetched like files (C2SP static-ct-api)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from emblem.errors import MalformedError
from emblem.model.display import excerpt
from emblem.traceability.log_list import Log
from emblem.traceability.logged import LoggedEntry, skip_tile_entry, take_tile_entry
from emblem.traceability.merkle import HASH_LENGTH, Node, node_hash
from emblem.traceability.resources import Resource
from emblem.traceability.tls import TlsReader
from emblem.traceability.tree_head import LARGEST_TREE_HEAD

TILE_WIDTH = 256
"""Hashes or entries of a full tile."""
LARGEST_DATA_TILE = 16 * 1024 * 1024
"""Bytes of a tile of entries, decompressed: 256 certificates of some thousand names each."""
LARGEST_ISSUER = 64 * 1024
"""Bytes of an issuer's certificate."""

_TILE_HEIGHT = 8
_COMPRESSION = 1024
"""Bytes by which compression may make hashes longer, which it cannot make shorter."""


@dataclass(frozen=True, slots=True, order=True)
class Tile:
    """A tile of hashes: its level, its number within the level, and how many hashes it has."""

    level: int
    number: int
    width: int

    @property
    def path(self) -> str:
        """Where it stands below the prefix of the log."""
        return f"tile/{self.level}/{_number_path(self.number, self.width)}"


def checkpoint_resource(log: Log) -> Resource:
    """The latest signed tree head of a log."""
    return _resource(log, "checkpoint", LARGEST_TREE_HEAD, "checkpoint")


def tile_resource(log: Log, tile: Tile) -> Resource:
    """A tile of hashes."""
    return _resource(log, tile.path, tile.width * HASH_LENGTH + _COMPRESSION, "hash tile")


def full(tile: Tile) -> Tile:
    """The same tile as it is once it has filled up: a log may then no longer have the partial one."""
    return replace(tile, width=TILE_WIDTH)


def data_resource(log: Log, index: int, size: int) -> Resource:
    """The tile with an entry, in the tree of a size."""
    number = index // TILE_WIDTH
    width = min(TILE_WIDTH, size - number * TILE_WIDTH)
    return _resource(log, f"tile/data/{_number_path(number, width)}", LARGEST_DATA_TILE, "tile of entries")


def issuer_resource(log: Log, fingerprint: bytes) -> Resource:
    """The certificate of an issuer, by its SHA-256."""
    return _resource(log, f"issuer/{fingerprint.hex()}", LARGEST_ISSUER, "certificate of an issuer")


def tiles_for(nodes: Iterable[Node], size: int) -> tuple[Tile, ...]:
    """The tiles of which the hashes of complete subtrees can be computed, in the tree of a size; each once."""
    return tuple(dict.fromkeys(_tile_of(node, size)[0] for node in nodes))


def subtree_hash(node: Node, size: int, tiles: Mapping[Tile, bytes]) -> bytes:
    """The hash of a complete subtree, from the tile in which it stands.

    Args:
        node: the subtree.
        size: that of the tree.
        tiles: what the tiles of :func:`tiles_for` hold, each of its full length.
    """
    tile, start, count = _tile_of(node, size)
    data = tiles[tile]
    hashes = [data[HASH_LENGTH * place : HASH_LENGTH * (place + 1)] for place in range(start, start + count)]
    while len(hashes) > 1:
        hashes = [node_hash(left, right) for left, right in zip(hashes[::2], hashes[1::2], strict=True)]
    return hashes[0]


def check_tile(field: str, tile: Tile, data: bytes) -> bytes:
    """What a tile of hashes holds, if it has its length.

    Raises:
        MalformedError: it has another.
    """
    if len(data) != tile.width * HASH_LENGTH:
        raise MalformedError(field, f"{len(data)} bytes", f"{tile.width} hashes of {HASH_LENGTH} bytes")
    return data


def decode_tile_entry(field: str, data: bytes, index: int) -> LoggedEntry:
    """The entry of an index from the tile in which it stands; what comes after it there is not looked at.

    Raises:
        MalformedError: the tile is malformed, or ends before.
    """
    reader = TlsReader(field, data)
    for _ in range(index % TILE_WIDTH):
        skip_tile_entry(field, reader)
    return take_tile_entry(field, reader)


def _tile_of(node: Node, size: int) -> tuple[Tile, int, int]:
    """The tile in which a complete subtree stands, and of which hashes there it is made: the first and how many."""
    height, number = node
    level, above = divmod(height, _TILE_HEIGHT)
    first, count = number << above, 1 << above
    tile = first // TILE_WIDTH
    width = min(TILE_WIDTH, (size >> _TILE_HEIGHT * level) - tile * TILE_WIDTH)
    return Tile(level, tile, width), first % TILE_WIDTH, count


def _number_path(number: int, width: int) -> str:
    groups = [f"{number % 1000:03}"]
    while number := number // 1000:
        groups.insert(0, f"x{number % 1000:03}")
    path = "/".join(groups)
    return path if width == TILE_WIDTH else f"{path}.p/{width}"


def _resource(log: Log, path: str, largest: int, what: str) -> Resource:
    address = f"{log.monitoring_address.rstrip('/')}/{path}"
    return Resource(address, largest, f"{what} of the log {excerpt(log.description)}", log.given)
