"""A zone of very many names, of which a few are marked with sets of three tokens, a third of these in each carriage."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from emblem.codec.carriage import IHLE_TYPE, write_text
from emblem.codec.cose_key import encode_key
from emblem.codec.cwt import sign_token
from emblem.codec.record_text import quote_strings, write_generic
from emblem.keys.algorithms import ALGORITHMS
from emblem.keys.signing import SoftwareSigner
from emblem.model.asset import NameAsset
from emblem.model.organization import Organization
from emblem.model.purpose import Purpose
from emblem.model.sign import Sign
from emblem.model.token import Constraints, Emblem, Endorsement, LogEntry

ORIGIN = "scan.example"
ENDORSER = Organization("authority.example")
ONE_IN = 100
"""One name in so many is marked."""

_HEAD = f"$ORIGIN {ORIGIN}.\n$TTL 300\n@ SOA ns1 hostmaster 1 3600 600 86400 300\n@ NS ns1\nns1 A 127.0.0.1\n"
_ISSUER = Organization("relief.example")
_DAY = 86400


@dataclass(frozen=True, slots=True)
class MarkedZone:
    """The zone, and the file with the authority's key."""

    text: str
    key_file: Path


def name_of(number: int) -> str:
    """A name of the zone."""
    return f"h{number:06d}.{ORIGIN}"


def missing_name(number: int) -> str:
    """A name that does not exist."""
    return f"n{number:06d}.{ORIGIN}"


def is_marked(number: int) -> bool:
    """Whether the name with this number is marked."""
    return number % ONE_IN == 0


def make_zone(names: int, directory: Path) -> MarkedZone:
    """Make the zone: one organization signs all emblems, so the endorsements and keys are the same everywhere."""
    es256 = next(one for one in ALGORITHMS if one.name == "ES256")
    signing, root, authority = (SoftwareSigner.generate(es256) for _ in range(3))
    start = int(time.time()) - _DAY
    end = start + 30 * _DAY
    allowed = Constraints(purposes=Purpose.PROTECTIVE)
    log = (LogEntry(bytes(32), leaf_hash=bytes(32)),)

    def endorsement(by: SoftwareSigner, of: SoftwareSigner, issuer: Organization, may_endorse: bool) -> bytes:
        identifier = of.public_key.cose_thumbprint
        return sign_token(Endorsement(start, end, identifier, may_endorse, issuer, _ISSUER, allowed, log), by)

    shared = (
        endorsement(root, signing, _ISSUER, False),
        endorsement(authority, root, ENDORSER, True),
        *(encode_key(signer.public_key) for signer in (signing, root, authority)),
    )

    def records(number: int) -> Iterator[str]:
        name = name_of(number)
        asset = (NameAsset(name, name),)
        emblem = sign_token(Emblem(start, end, asset, _ISSUER, Purpose.PROTECTIVE, sign=Sign.RED_CROSS), signing)
        owner, as_text = ((f"{name}.", False), (f"{name}.", True), (f"_emblem.{name}.", True))[number // ONE_IN % 3]
        for data in (emblem, *shared):
            text = f"TXT {quote_strings(write_text(data).encode())}" if as_text else _ihle(data)
            yield f"{owner} {text}"

    lines = [_HEAD]
    for number in range(names):
        lines.append(f"h{number:06d} A 192.0.2.1\n")
        if is_marked(number):
            lines.extend(f"{line}\n" for line in records(number))
    key_file = directory / "authority.pem"
    key_file.write_text(authority.public_key.to_pem())
    return MarkedZone("".join(lines), key_file)


def _ihle(data: bytes) -> str:
    return f"TYPE{IHLE_TYPE} {write_generic(data)}"
