"""What an algorithm costs in DNS bytes: a host's records, asked for over the real sockets of our name server."""

from __future__ import annotations

import socket
import struct
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from emblem.codec.carriage import IHLE_TYPE, TXT_TYPE, write_text
from emblem.codec.cose_key import encode_key
from emblem.codec.cwt import sign_token
from emblem.codec.record_text import quote_strings, write_generic
from emblem.dns import Question, RecordType, ServerAddress, StubResolver, encode_query
from emblem.dns.query import FLAG_TRUNCATED
from emblem.keys.algorithms import ALGORITHMS
from emblem.keys.signing import SoftwareSigner
from emblem.model.asset import NameAsset
from emblem.model.limits import LARGEST_RECORD
from emblem.model.organization import Organization
from emblem.model.purpose import Purpose
from emblem.model.sign import Sign
from emblem.model.target import Target
from emblem.model.token import Constraints, Emblem, Endorsement, LogEntry
from emblem.model.verdict import Status
from emblem.server import NameServer, Zone
from emblem.validation.trust import Trust, TrustedKey
from emblem.validation.validate import validate

HOST = "hospital.example.org"
ALGORITHMS_COMPARED: tuple[tuple[str, ...], ...] = (
    ("ES256",),
    ("ES512",),
    ("EdDSA",),
    ("ML-DSA-44",),
    ("ML-DSA-65",),
    ("ML-DSA-87",),
    ("ES256", "ES256", "ML-DSA-44"),
    ("ES256", "ML-DSA-44", "ML-DSA-44"),
)
"""The algorithms of the emblem's key, its issuer's root key and the authority's; one alone is that of all three."""

_NOW = 1_800_000_000
_TEXT_OWNER = f"_emblem.{HOST}"
_PATIENCE = 5.0


@dataclass(frozen=True, slots=True)
class RecordSizes:
    """Bytes of record data, and of the messages that carry a whole set.

    ``messages`` are the responses over TCP to questions for ``IHLE`` and for TXT; ``truncated`` are the questions whose
    response over UDP, of at most 1232 bytes, had TC set: an address, ``IHLE``, TXT.
    """

    key: int
    emblem: int
    endorsement: int
    whole_set: int
    messages: tuple[int, int]
    truncated: tuple[bool, bool, bool]


@dataclass(frozen=True, slots=True)
class Published:
    """The records of a host, and the key that makes them trusted."""

    records: tuple[bytes, ...]
    authority: TrustedKey


def publish(names: Sequence[str]) -> Published:
    """Three tokens (an emblem, its issuer's root endorsement, an authority's) and their keys."""
    known = {algorithm.name: algorithm for algorithm in ALGORITHMS}
    chosen = tuple(names) if len(names) > 1 else (names[0],) * 3
    signing, root, authority = (SoftwareSigner.generate(known[name]) for name in chosen)
    organization, endorser = Organization("example.org"), Organization("authority.example")
    start, end = _NOW - 1000, _NOW + 1000
    log = (LogEntry(bytes(32), leaf_hash=bytes(32)),)
    allowed = Constraints(purposes=Purpose.PROTECTIVE)
    assets = (NameAsset(HOST, HOST),)
    tokens = (
        sign_token(Emblem(start, end, assets, organization, Purpose.PROTECTIVE, sign=Sign.RED_CROSS), signing),
        sign_token(
            Endorsement(start, end, _identifier(signing), False, organization, organization, allowed, log), root
        ),
        sign_token(Endorsement(start, end, _identifier(root), True, endorser, organization, allowed, log), authority),
    )
    keys = tuple(encode_key(signer.public_key) for signer in (signing, root, authority))
    return Published((*tokens, *keys), TrustedKey(authority.public_key, endorser))


def measure(published: Published) -> RecordSizes:
    """Serve the records, ask for them, and judge what arrives: a set that does not arrive whole measures nothing."""
    with NameServer(_zone(published.records)) as server:
        questions = (
            Question(HOST, RecordType.A),
            Question(HOST, IHLE_TYPE),
            Question(_TEXT_OWNER, TXT_TYPE),
        )
        truncated = tuple(_is_truncated(_ask_udp(server.address, question)) for question in questions)
        messages = tuple(len(_ask_tcp(server.address, question)) for question in questions[1:])
        _check(server.address, published)
    data = published.records
    assert max(map(len, data)) <= LARGEST_RECORD
    return RecordSizes(
        key=len(data[3]),
        emblem=len(data[0]),
        endorsement=len(data[1]),
        whole_set=sum(map(len, data)),
        messages=(messages[0], messages[1]),
        truncated=(truncated[0], truncated[1], truncated[2]),
    )


def main() -> None:
    """Print the table."""
    print(
        "Record data of one host: three tokens and three keys. UDP: does the response fit into 1232 bytes (else TCP)?"
    )
    print(
        f"{'emblem, root, authority':<30} {'key':>5} {'emblem':>7} {'endorse':>8} {'set':>6} "
        f"{'IHLE msg':>9} {'TXT msg':>8}  UDP: A, IHLE, TXT"
    )
    for names in ALGORITHMS_COMPARED:
        sizes = measure(publish(names))
        fits = ", ".join("TCP" if cut else "fits" for cut in sizes.truncated)
        print(
            f"{', '.join(names):<30} {sizes.key:5} {sizes.emblem:7} {sizes.endorsement:8} {sizes.whole_set:6} "
            f"{sizes.messages[0]:9} {sizes.messages[1]:8}  {fits}"
        )


def _zone(records: Sequence[bytes]) -> Zone:
    lines = ["$ORIGIN example.org.", "$TTL 3600", f"{HOST}. A 192.0.2.1"]
    for data in records:
        lines.append(f"{HOST}. TYPE{IHLE_TYPE} {write_generic(data)}")
        lines.append(f"{_TEXT_OWNER}. TXT {quote_strings(write_text(data).encode())}")
    return Zone.parse("\n".join(lines) + "\n")


def _check(address: ServerAddress, published: Published) -> None:
    """Ask as the verifier does, and judge: everything arrived, and the host is protected."""
    resolver = StubResolver([address])
    answer = resolver.ask(Question(HOST, IHLE_TYPE), time.monotonic() + _PATIENCE)
    received = [record.data for record in answer.records]
    assert sorted(received) == sorted(published.records)
    verdict = validate(
        received,
        target=Target.parse(HOST),
        at=datetime.fromtimestamp(_NOW, UTC),
        trust=Trust((published.authority,)),
    )
    assert verdict.status is Status.PROTECTED


def _ask_udp(address: ServerAddress, question: Question) -> bytes:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.settimeout(_PATIENCE)
        client.sendto(encode_query(question, 1), (address.host, address.port))
        return client.recv(65535)


def _ask_tcp(address: ServerAddress, question: Question) -> bytes:
    query = encode_query(question, 1)
    with socket.create_connection((address.host, address.port), timeout=_PATIENCE) as client:
        client.sendall(struct.pack("!H", len(query)) + query)
        with client.makefile("rb") as stream:
            (length,) = struct.unpack("!H", stream.read(2))
            return stream.read(length)


def _is_truncated(message: bytes) -> bool:
    (flags,) = struct.unpack_from("!H", message, 2)
    return bool(flags & FLAG_TRUNCATED)


def _identifier(signer: SoftwareSigner) -> str:
    return signer.public_key.cose_thumbprint


if __name__ == "__main__":
    main()
