"""Trust anchors: the keys that chains of trust begin with, of the root or of any other zone."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.resources import files
from typing import TypeVar

import dns.exception
import dns.name
import dns.rdata
import dns.rdataclass
from dns.rdatatype import RdataType

from emblem.dns.dnssec.policy import DIGEST_TYPES
from emblem.dns.dnssec.record_data import Dnskey, Ds, is_below, same
from emblem.dns.dnssec.records import name_text
from emblem.dns.dnssec.signatures import may_sign
from emblem.errors import MalformedError, TrustError

LARGEST_FILE = 65536
"""Characters of a file of trust anchors."""
MOST_ANCHORS = 100
"""Trust anchors of a file."""

_FIELD = "trust anchors"
_EXPECTED = "a line such as: . IN DS 20326 8 2 E06D…, or: example.org. IN DNSKEY 257 3 13 mdsswUyr…"
_CHUNK = 32
"""Characters of a key in base64 that stand together."""
_Record = TypeVar("_Record")


@dataclass(frozen=True, slots=True)
class ZoneAnchors:
    """The trust anchors of one zone. Any one of them suffices.

    Args:
        signers: those given as DS records.
        keys: those given as DNSKEY records.
    """

    signers: tuple[Ds, ...] = ()
    keys: tuple[Dnskey, ...] = ()


@dataclass(frozen=True, slots=True)
class TrustAnchors:
    """Trust anchors by the name of their zone."""

    zones: dict[dns.name.Name, ZoneAnchors]

    def of(self, zone: dns.name.Name) -> ZoneAnchors | None:
        """The trust anchors of a zone; None where it has none."""
        return next((anchors for name, anchors in self.zones.items() if same(name, zone)), None)

    def closest(self, name: dns.name.Name, *, above: bool = False) -> dns.name.Name | None:
        """The zone with anchors that is nearest to a name: the name itself or an ancestor of it.

        Args:
            name: where to begin.
            above: ancestors only, for what a parent says of the name.
        """
        enclosing = [zone for zone in self.zones if is_below(name, zone) and not (above and same(zone, name))]
        return max(enclosing, key=len, default=None)


def root_anchors() -> TrustAnchors:
    """The root's trust anchors, as they come with this package (``root-anchors.ds``, with their provenance)."""
    return parse_anchors(files("emblem.dns.dnssec").joinpath("root-anchors.ds").read_text("utf-8"))


def anchor_lines(anchors: TrustAnchors) -> tuple[str, ...]:
    """Trust anchors as lines that :func:`parse_anchors` reads, in a fixed order: equal anchors have equal lines."""
    return tuple(
        sorted(
            f"{zone.to_text()} IN {line}"
            for zone, one in anchors.zones.items()
            for line in (*map(_signer_line, one.signers), *map(_key_line, one.keys))
        )
    )


def parse_anchors(text: str) -> TrustAnchors:
    """Reads trust anchors from the lines of a zone file: DS and DNSKEY records with absolute names.

    Owner, optional TTL, optional class IN, type, data; each on one line. Empty lines and comments are passed over.

    Raises:
        MalformedError: a line is something else, or there are too many.
        TrustError: there is no anchor, or one that cannot be: a key that is revoked or not its zone's, an unknown
            digest.
    """
    if len(text) > LARGEST_FILE:
        raise MalformedError(_FIELD, f"{len(text)} characters", f"at most {LARGEST_FILE}")
    signers: dict[dns.name.Name, list[Ds]] = {}
    keys: dict[dns.name.Name, list[Dnskey]] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        content = line.partition(";")[0].split()
        if not content:
            continue
        zone, record = _parse_line(number, content)
        if isinstance(record, Ds):
            signers.setdefault(zone, []).append(record)
        else:
            keys.setdefault(zone, []).append(record)
    if not signers and not keys:
        raise TrustError(_FIELD, "none", _EXPECTED)
    count = sum(map(len, signers.values())) + sum(map(len, keys.values()))
    if count > MOST_ANCHORS:
        raise MalformedError(_FIELD, f"{count} records", f"at most {MOST_ANCHORS}")
    zones = signers.keys() | keys.keys()
    return TrustAnchors({zone: ZoneAnchors(_all(signers.get(zone)), _all(keys.get(zone))) for zone in zones})


def _all(records: Iterable[_Record] | None) -> tuple[_Record, ...]:
    return tuple(records or ())


def _parse_line(number: int, content: list[str]) -> tuple[dns.name.Name, Ds | Dnskey]:
    field = f"{_FIELD}, line {number}"
    owner, *rest = content
    if rest and rest[0].isdigit():
        rest = rest[1:]
    if rest and rest[0].upper() == "IN":
        rest = rest[1:]
    if len(rest) < 2 or rest[0].upper() not in ("DS", "DNSKEY"):
        raise MalformedError(field, repr(" ".join(content)), _EXPECTED)
    try:
        zone = dns.name.from_text(owner, origin=None).canonicalize()
        record = _read(dns.rdata.from_text(dns.rdataclass.IN, rest[0].upper(), " ".join(rest[1:])))
    except (dns.exception.DNSException, ValueError, UnicodeError) as error:
        raise MalformedError(field, f"{' '.join(content)!r} ({error})", _EXPECTED) from None
    if not zone.is_absolute():
        raise MalformedError(field, repr(owner), "an absolute name, with a dot at its end")
    if isinstance(record, Ds):
        _check_digest(field, record)
        return zone, record
    if may_sign(record):
        return zone, record
    raise TrustError(field, f"a key of {name_text(zone)} with flags {record.flags}", "a zone key, not revoked")


def _read(record: dns.rdata.Rdata) -> Ds | Dnskey:
    data = record.to_digestable()
    read = Ds.read(data) if record.rdtype == RdataType.DS else Dnskey.read(data)
    assert read is not None, "the library reads nothing that is none"
    return read


def _signer_line(record: Ds) -> str:
    return f"DS {record.key_tag} {record.algorithm} {record.digest_type} {record.digest.hex()}"


def _key_line(record: Dnskey) -> str:
    text = b64encode(record.key).decode()
    chunks = " ".join(text[position : position + _CHUNK] for position in range(0, len(text), _CHUNK))
    return f"DNSKEY {record.flags} {record.protocol} {record.algorithm} {chunks}"


def _check_digest(field: str, record: Ds) -> None:
    if record.digest_type not in DIGEST_TYPES:
        raise TrustError(field, f"digest type {record.digest_type}", "1 (SHA-1), 2 (SHA-256) or 4 (SHA-384)")
