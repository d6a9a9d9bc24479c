"""What a verifier can fetch in a vector of commitments, and the vector itself."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from cryptography import x509

from test_vectors.generator.commitments import pki
from test_vectors.generator.commitments.log import WIDTH, Reply, TransparencyLog
from test_vectors.generator.cwt.tokens import endorsement_claims, issued, root_endorsement, sign
from test_vectors.generator.encoding import base32_lower, hexadecimal
from test_vectors.generator.keys import AUTHORITY, EMBLEM, ROOT, Key
from test_vectors.generator.vector import AT, AUTH, NOW, ORG, TARGET, Document, Topic, Trusted

Instead = str | Reply | Callable[[str], Reply]
"""In the place of an answer: no response and why, a reply, or what makes one of the path below the log's prefix."""

JUDGED = datetime.fromtimestamp(NOW, UTC)
LOGGED = JUDGED - timedelta(days=40)
"""When certificates are logged."""
HEAD = JUDGED - timedelta(hours=1)
"""The time of tree heads."""
LISTS = "http://lists.example/1.crl"
ISSUER = pki.Authority.top("Root of the vectors").below("Authority of the vectors")
HOST, AUTHORITY_HOST = ORG.removeprefix("https://"), AUTH.removeprefix("https://")


def milliseconds(at: datetime) -> int:
    """A time as logs have it."""
    return round(at.timestamp() * 1000)


def key_name(key: Key = ROOT, host: str = HOST) -> str:
    """The name that stands for a key of an organization."""
    return f"{base32_lower(key.kid)}.adem-configuration.{host}"


def request(*names: str, **changes: object) -> pki.Request:
    """A certificate for these names, or for those that commit the root key."""
    return pki.Request(names or (key_name(), HOST), list_address=LISTS).but(**changes)


def new_log(name: str, *, static: bool, entries: int = 11) -> TransparencyLog:
    """A log with entries of others."""
    log = TransparencyLog(name, static, f"https://{name}.example/2027", time=milliseconds(HEAD))
    log.fill(entries)
    return log


def place_of(log: TransparencyLog, index: int) -> Document:
    """How an endorsement names an entry."""
    return {"id": log.log_id} | ({"index": index} if log.static else {"hash": log.hash_of(index)})


@dataclass
class World:
    """What there is: logs, lists, and what else a verifier has at hand.

    ``places`` are the entries that the root's endorsement names; ``extra`` are further records, ``extra_places`` the
    entries that those name; ``instead`` replaces answers, by a part of the address.
    """

    logs: list[TransparencyLog] = field(default_factory=list)
    places: list[Document] = field(default_factory=list)
    lists: Mapping[str, x509.CertificateRevocationList] = field(default_factory=lambda: {LISTS: ISSUER.revoke()})
    instead: dict[str, Instead] = field(default_factory=dict)
    certificates: list[str] = field(default_factory=list)
    lists_at_hand: list[x509.CertificateRevocationList] = field(default_factory=list)
    seen: list[Document] = field(default_factory=list)
    unknown: bool = False
    roots: tuple[x509.Certificate, ...] = (ISSUER.root,)
    online: bool = True
    extra: list[bytes] = field(default_factory=list)
    extra_places: list[Document] = field(default_factory=list)

    @property
    def document(self) -> Document:
        """As the vector writes it."""
        document: Document = {
            "logs": [] if self.unknown else [_log_document(log) for log in self.logs],
            "roots": [pki.pem(root) for root in self.roots],
            "mode": "online" if self.online else "evidence",
            "http": list(self._exchanges()) if self.online else [],
        }
        optional = {
            "certificates": self.certificates,
            "lists": [pki.der(one).hex() for one in self.lists_at_hand],
            "seen": self.seen,
        }
        return document | {name: value for name, value in optional.items() if value}

    def _exchanges(self) -> Iterator[Document]:
        for log in self.logs:
            for path in _paths(log, [*self.places, *self.extra_places], self.seen):
                yield self._exchange(f"{log.address}/{path}", path, log.answer)
        for address, one in self.lists.items():
            yield self._exchange(address, address, lambda _, one=one: Reply(200, pki.der(one)))

    def _exchange(self, address: str, path: str, answer: Callable[[str], Reply]) -> Document:
        instead = next((one for part, one in self.instead.items() if part in address), None)
        if isinstance(instead, str):
            return {"address": address, "failure": instead}
        reply = instead if isinstance(instead, Reply) else (instead or answer)(path)
        document: Document = {"address": address, "status": reply.status, "body": reply.body.hex()}
        return document | ({"encoding": reply.encoding} if reply.encoding else {})


def _log_document(log: TransparencyLog) -> Document:
    return {
        "name": log.label,
        "kind": "static" if log.static else "rfc6962",
        "key": b64encode(log.spki).decode(),
        "address": log.address,
        "merge_delay": log.merge_delay,
    }


def _paths(log: TransparencyLog, places: Sequence[Document], seen: Sequence[Document]) -> Iterator[str]:
    """Everything that a verifier may ask a log in a vector."""
    size = log.tree_size
    if log.static:
        yield "checkpoint"
        sizes = [head["tree_size"] for head in seen]
        for shown in {size: None} | {one: None for one in sizes if isinstance(one, int) and one > size}:
            level, count = 0, shown
            while count:
                for number in range((count + WIDTH - 1) // WIDTH):
                    yield f"tile/{level}/{_tile(number, min(WIDTH, count - number * WIDTH))}"
                level, count = level + 1, count // WIDTH
        indices = [one["index"] for one in places if one["id"] == log.log_id]
        tiles = {index // WIDTH for index in indices if isinstance(index, int) and index < size}
        for number in sorted(tiles):
            yield f"tile/data/{_tile(number, min(WIDTH, size - number * WIDTH))}"
        for certificate in ISSUER.chain:
            yield f"issuer/{certificate.fingerprint(pki.hashes.SHA256()).hex()}"
        return
    yield "ct/v1/get-sth"
    for one in places:
        hashed = one.get("hash")
        if one["id"] != log.log_id or not isinstance(hashed, bytes):
            continue
        encoded = b64encode(hashed).decode().replace("+", "%2B").replace("/", "%2F").replace("=", "%3D")
        yield f"ct/v1/get-proof-by-hash?hash={encoded}&tree_size={size}"
        if hashed in log.hashes:
            index = log.hashes.index(hashed)
            yield f"ct/v1/get-entries?start={index}&end={index}"
    for head in seen:
        earlier = head["tree_size"]
        if head["log_id"] == b64encode(log.log_id).decode() and isinstance(earlier, int) and earlier != size:
            yield f"ct/v1/get-sth-consistency?first={min(earlier, size)}&second={max(earlier, size)}"


def _tile(number: int, width: int) -> str:
    assert number < 1000, "vectors have small logs"
    return f"{number:03}" + ("" if width == WIDTH else f".p/{width}")


def records(places: Sequence[Document], *more: bytes) -> list[str]:
    """An emblem, the root's endorsement that names log entries, their keys, and further records."""
    own = [EMBLEM.record, ROOT.record, issued(), root_endorsement(log=list(places))]
    return hexadecimal([*own, *more])


def by_authority(places: Sequence[Document]) -> list[bytes]:
    """An authority's endorsement of the root that names log entries, and its key."""
    claims = endorsement_claims(ROOT, issuer=AUTH, subject=ORG, end=True)
    return [sign(AUTHORITY, claims, log=list(places)), AUTHORITY.record]


@dataclass
class CommitmentTopic(Topic):
    """One file of vectors of commitments."""

    def check(
        self,
        slug: str,
        title: str,
        world: World,
        expect: Document,
        *,
        at: str = AT,
        trust: Sequence[Trusted] = (),
        accept: str | None = None,
    ) -> None:
        """Add a vector."""
        vector: Document = {
            "id": f"{self.format}-{self.name}-{slug}",
            "title": title,
            "format": self.format,
            "section": "profile: Key commitments",
            "records": records(world.places, *world.extra),
            "target": TARGET,
            "at": at,
            "now": AT,
            "trust": [one.document for one in trust],
        }
        if accept is not None:
            vector["accept"] = accept
        self.vectors.append(vector | {"commitments": world.document, "expect": expect})


def committed(log: TransparencyLog, more: int = 6, *, final: bool = False, **changes: object) -> World:
    """A log in which the certificate stands that commits the root key, and entries of others after it."""
    log.submit(request(**changes), ISSUER, LOGGED, final=final)
    place = place_of(log, len(log.entries) - 1)
    log.fill(more)
    return World([log], [place])


def with_entry(log: TransparencyLog, index: int, **changes: object) -> None:
    """Change an entry of a log."""
    log.entries[index] = replace(log.entries[index], **changes)  # type: ignore[arg-type]  # names of its own fields
