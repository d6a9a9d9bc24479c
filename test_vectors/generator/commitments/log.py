"""A transparency log, of RFC 6962 and static, as a function from paths to replies; and the ways in which it can cheat.

Its trees are hashed as the definition says, without a thought for speed.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import struct
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import parse_qs, urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from test_vectors.generator.commitments.pki import Authority, Request, der, key_of, spki

WIDTH = 256


@dataclass(frozen=True, slots=True)
class Reply:
    """What a server answers; ``encoding`` is its Content-Encoding, ``location`` where a redirect points."""

    status: int
    body: bytes
    encoding: str = ""
    location: str = ""


NOT_FOUND = Reply(404, b'{"error_message": "not found"}')


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry: its time in milliseconds, its type and content as they are signed, and what was submitted with it."""

    time: int
    signed: bytes
    extensions: bytes
    submitted: bytes
    issuers: tuple[bytes, ...]

    @property
    def leaf(self) -> bytes:
        """The MerkleTreeLeaf."""
        return struct.pack(">BBQ", 0, 0, self.time) + self.signed + vector(2, self.extensions)

    @property
    def is_final(self) -> bool:
        """Whether it is one of a final certificate."""
        return self.signed.startswith(b"\0\0")

    @property
    def extra_data(self) -> bytes:
        """What get-entries gives along."""
        above = vector(3, b"".join(vector(3, one) for one in self.issuers))
        return above if self.is_final else vector(3, self.submitted) + above

    @property
    def tile_leaf(self) -> bytes:
        """The entry as it stands in a data tile."""
        submitted = b"" if self.is_final else vector(3, self.submitted)
        prints = b"".join(hashlib.sha256(one).digest() for one in self.issuers)
        return self.leaf[2:] + submitted + vector(2, prints)


@dataclass
class TransparencyLog:
    """A log, which does what it should; who wants it to cheat changes what is in it, or puts another in its place.

    Args:
        label: its name, from which its key comes.
        static: whether it is read as tiles.
        address: the prefix of its URLs.
        entries: what it includes.
        time: that of its tree heads, in milliseconds.
        size: how many entries it shows; None: all.
        merge_delay: seconds within which it includes what it promised.
    """

    label: str
    static: bool = False
    address: str = ""
    entries: list[Entry] = field(default_factory=list)
    time: int = 0
    size: int | None = None
    merge_delay: int = 86400

    @property
    def key(self) -> ec.EllipticCurvePrivateKey:
        """Its key pair."""
        return key_of(f"log {self.label}")

    @property
    def spki(self) -> bytes:
        """Its public key."""
        return spki(self.key.public_key())

    @property
    def log_id(self) -> bytes:
        """The hash that names it."""
        return hashlib.sha256(self.spki).digest()

    def fill(self, count: int) -> None:
        """Include entries of nobody."""
        for number in range(count):
            encoded = f"{self.label} {len(self.entries)} {number}".encode()
            index = _leaf_index(len(self.entries)) if self.static else b""
            self.entries.append(Entry(1000, b"\0\0" + vector(3, encoded), index, encoded, ()))

    def submit(
        self, request: Request, authority: Authority, at: datetime, *, include: bool = True, final: bool = False
    ) -> tuple[bytes, x509.Certificate]:
        """Take a certificate: as a precertificate, or final; the timestamp and the certificate that is then issued."""
        time = round(at.timestamp() * 1000)
        logged = request.final(authority) if final else request.precertificate(authority)
        if final:
            signed = b"\0\0" + vector(3, der(logged))
        else:
            issuer = hashlib.sha256(spki(key_of(authority.label).public_key())).digest()
            signed = b"\0\1" + issuer + vector(3, request.final(authority).tbs_certificate_bytes)
        extensions = _leaf_index(len(self.entries)) if self.static else b""
        entry = Entry(time, signed, extensions, der(logged), tuple(map(der, authority.chain)))
        timestamp = self.promise(entry)
        if include:
            self.entries.append(entry)
        return timestamp, logged if final else request.final(authority, timestamp_list(timestamp))

    def take(self, chain: Sequence[bytes], time: int) -> bytes:
        """Include the first certificate of a chain (DER), at a time in milliseconds: the answer to add-chain."""
        extensions = _leaf_index(len(self.entries)) if self.static else b""
        entry = Entry(time, b"\0\0" + vector(3, chain[0]), extensions, chain[0], tuple(chain[1:]))
        self.entries.append(entry)
        return _json(
            sct_version=0,
            id=_base64(self.log_id),
            timestamp=time,
            extensions=_base64(extensions),
            signature=_base64(self.sign(entry.leaf)),
        )

    def promise(self, entry: Entry) -> bytes:
        """The SignedCertificateTimestamp for an entry."""
        signature = self.sign(entry.leaf)
        return b"\0" + self.log_id + struct.pack(">Q", entry.time) + vector(2, entry.extensions) + signature

    def sign(self, message: bytes) -> bytes:
        """A DigitallySigned."""
        return b"\4\3" + vector(2, self.key.sign(message, ec.ECDSA(hashes.SHA256(), deterministic_signing=True)))

    def entry_document(self, index: int) -> dict[str, object]:
        """How an endorsement in the older format names an entry."""
        document: dict[str, object] = {"ver": "static" if self.static else "v1", "id": _base64(self.log_id)}
        return document | ({"index": index} if self.static else {"hash": _base64(self.hash_of(index))})

    def hash_of(self, index: int) -> bytes:
        """The leaf hash of an entry."""
        return _leaf_hash(self.entries[index].leaf)

    @property
    def listed(self) -> dict[str, object]:
        """Its entry in a log list."""
        addresses = {"submission_url": self.address, "monitoring_url": self.address}
        return {
            "description": f"Test log {self.label}",
            "log_id": _base64(self.log_id),
            "key": _base64(self.spki),
            "mmd": self.merge_delay,
            **(addresses if self.static else {"url": self.address}),
        }

    @property
    def tree_size(self) -> int:
        """How many entries it shows."""
        return len(self.entries) if self.size is None else self.size

    def answer(self, target: str) -> Reply:
        """What it answers to GET of a path and query below its prefix (both without the leading slash)."""
        return self._answer_static(target) if self.static else self._answer_dynamic(target)

    def tree_head(self, size: int | None = None, root: bytes | None = None, time: int | None = None) -> bytes:
        """An answer to get-sth."""
        size = self.tree_size if size is None else size
        root = root or tree_hash(self.hashes[:size])
        time = self.time if time is None else time
        signature = self.sign(struct.pack(">BBQQ", 0, 1, time, size) + root)
        return _json(
            tree_size=size,
            timestamp=time,
            sha256_root_hash=_base64(root),
            tree_head_signature=_base64(signature),
        )

    def checkpoint(self, size: int | None = None, root: bytes | None = None, time: int | None = None) -> bytes:
        """The signed note of a static log."""
        size = self.tree_size if size is None else size
        root = root or tree_hash(self.hashes[:size])
        time = self.time if time is None else time
        origin = self.address.partition("://")[2].rstrip("/")
        signature = struct.pack(">Q", time) + self.sign(struct.pack(">BBQQ", 0, 1, time, size) + root)
        key_hash = hashlib.sha256(origin.encode() + b"\n\x05" + self.log_id).digest()[:4]
        note = f"{origin}\n{size}\n{_base64(root)}\n\n\u2014 {origin} {_base64(key_hash + signature)}\n"
        return (note + "\u2014 witness.example/one AAAAAAAA\n").encode()

    @property
    def hashes(self) -> list[bytes]:
        """The leaf hashes of all entries."""
        return [_leaf_hash(entry.leaf) for entry in self.entries]

    def _answer_dynamic(self, target: str) -> Reply:
        parts = urlsplit(target)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        shown = self.hashes[: self.tree_size]
        if parts.path == "ct/v1/get-sth":
            return Reply(200, self.tree_head())
        if parts.path == "ct/v1/get-proof-by-hash":
            size = int(query["tree_size"])
            wanted = next((n for n, one in enumerate(shown[:size]) if _base64(one) == query["hash"]), None)
            if wanted is None:
                return NOT_FOUND
            path = [_base64(one) for one in inclusion(wanted, shown[:size])]
            return Reply(200, _json(leaf_index=wanted, audit_path=path))
        if parts.path == "ct/v1/get-sth-consistency":
            first, second = int(query["first"]), int(query["second"])
            proof = consistency(first, self.hashes[:second])
            return Reply(200, _json(consistency=[_base64(one) for one in proof]))
        if parts.path == "ct/v1/get-entries":
            entry = self.entries[int(query["start"])]
            one = {"leaf_input": _base64(entry.leaf), "extra_data": _base64(entry.extra_data)}
            return Reply(200, _json(entries=[one]))
        return NOT_FOUND

    def _answer_static(self, target: str) -> Reply:
        if target == "checkpoint":
            return Reply(200, self.checkpoint())
        kind, _, rest = target.partition("/")
        if kind == "issuer":
            known = {hashlib.sha256(one).hexdigest(): one for entry in self.entries for one in entry.issuers}
            return Reply(200, known[rest]) if rest in known else NOT_FOUND
        if kind != "tile":
            return NOT_FOUND
        level, _, where = rest.partition("/")
        path, _, width_text = where.partition(".p/")
        number = int("".join(part.removeprefix("x") for part in path.split("/")))
        width = int(width_text or WIDTH)
        if level == "data":
            entries = self.entries[number * WIDTH : number * WIDTH + width]
            return Reply(200, gzip.compress(b"".join(one.tile_leaf for one in entries), mtime=0), "gzip")
        span = WIDTH ** int(level)
        starts = [(number * WIDTH + place) * span for place in range(width)]
        return Reply(200, b"".join(tree_hash(self.hashes[start : start + span]) for start in starts))


def tree_hash(leaves: Sequence[bytes]) -> bytes:
    """MTH over leaf hashes (RFC 6962, section 2.1)."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    middle = _split(len(leaves))
    return hashlib.sha256(b"\1" + tree_hash(leaves[:middle]) + tree_hash(leaves[middle:])).digest()


def inclusion(index: int, leaves: Sequence[bytes]) -> list[bytes]:
    """PATH (RFC 6962, section 2.1.1)."""
    if len(leaves) == 1:
        return []
    middle = _split(len(leaves))
    if index < middle:
        return [*inclusion(index, leaves[:middle]), tree_hash(leaves[middle:])]
    return [*inclusion(index - middle, leaves[middle:]), tree_hash(leaves[:middle])]


def consistency(first: int, leaves: Sequence[bytes], whole: bool = True) -> list[bytes]:
    """PROOF (RFC 6962, section 2.1.2)."""
    if first == len(leaves):
        return [] if whole else [tree_hash(leaves)]
    middle = _split(len(leaves))
    if first <= middle:
        return [*consistency(first, leaves[:middle], whole), tree_hash(leaves[middle:])]
    return [*consistency(first - middle, leaves[middle:], False), tree_hash(leaves[:middle])]


def vector(size: int, data: bytes) -> bytes:
    """A vector with its length before it."""
    return len(data).to_bytes(size) + data


def timestamp_list(*timestamps: bytes) -> bytes:
    """A SignedCertificateTimestampList."""
    return vector(2, b"".join(vector(2, one) for one in timestamps))


def _leaf_hash(leaf: bytes) -> bytes:
    return hashlib.sha256(b"\0" + leaf).digest()


def _leaf_index(index: int) -> bytes:
    return b"\0\0\5" + index.to_bytes(5)


def _split(size: int) -> int:
    return 1 << (size - 1).bit_length() - 1


def _json(**members: object) -> bytes:
    return json.dumps(members).encode()


def _base64(data: bytes) -> str:
    return b64encode(data).decode()
