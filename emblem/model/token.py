"""Tokens and what they claim, independent of the format that carried them.

draft-linker-diem-adem-core-02 (CWT, our native format) and -00/-01 (JWS) say the same things in two encodings;
what only one of them can say is absent (None, or empty) in the other.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from emblem.model.asset import Asset
from emblem.model.organization import Organization
from emblem.model.purpose import NO_PURPOSE, Purpose
from emblem.model.sign import Sign
from emblem.model.value import quickly_made

NumericDate = int | float
"""Seconds since 1970-01-01T00:00:00Z, leap seconds not counted; always finite (RFC 7519, section 2)."""


class Format(StrEnum):
    """The encodings of tokens in the field."""

    CWT = "cwt"
    JWS = "jws"
    HTTPS = "https"


@dataclass(frozen=True, slots=True)
class LogEntry:
    """Where a certificate that commits a key stands in a Certificate Transparency log.

    ``log_id`` are the 32 bytes that name the log; then exactly one of ``leaf_hash`` (32 bytes, RFC 6962) and
    ``index`` (the leaf's number in a static log) is there.
    """

    log_id: bytes
    leaf_hash: bytes | None = None
    index: int | None = None


@dataclass(frozen=True, slots=True)
class Constraints:
    """What an endorsement allows the emblem to claim; None where it says nothing.

    An empty constraint allows nothing. ``window`` is the longest lifetime of an emblem in seconds.
    """

    purposes: Purpose | None = None
    assets: tuple[Asset, ...] | None = None
    channels: frozenset[str] | None = None
    window: NumericDate | None = None


@quickly_made
@dataclass(frozen=True, slots=True)
class Emblem:
    """The claims of a token that marks assets.

    ``purposes`` and ``channels`` are empty where nothing is claimed. ``sign_text`` is the claim ``sign`` as
    written where it is no value that we know, and None otherwise.
    """

    not_before: NumericDate
    expires: NumericDate
    assets: tuple[Asset, ...]
    issuer: Organization | None = None
    purposes: Purpose = NO_PURPOSE
    channels: frozenset[str] = frozenset()
    sign: Sign | None = None
    sign_text: str | None = None
    issued_at: NumericDate | None = None


@quickly_made
@dataclass(frozen=True, slots=True)
class Endorsement:
    """The claims of a token that vouches for a key.

    ``key`` is the identifier of the endorsed key. ``log`` is None where no commitment is named, and empty
    where none of those named is of a kind that we know.
    """

    not_before: NumericDate
    expires: NumericDate
    key: str
    may_endorse: bool
    issuer: Organization | None = None
    subject: Organization | None = None
    constraints: Constraints = Constraints()
    log: tuple[LogEntry, ...] | None = None
    issued_at: NumericDate | None = None


@dataclass(frozen=True, slots=True)
class UnknownVersion:
    """The claims of a token in a version that we do not know: its times, where they could be read."""

    version: str
    not_before: NumericDate | None = None
    expires: NumericDate | None = None


Claims = Emblem | Endorsement | UnknownVersion


@quickly_made
@dataclass(frozen=True, slots=True)
class Token:
    """A signed statement, its signature not yet checked.

    ``algorithm`` is what the protected header writes (a COSE number or a JOSE name). ``key_identifier`` is the
    identifier that the token gives for its verification key, in the kind of its format, or None where
    its key is of a type whose identifier we cannot compute. ``signed`` are the bytes under the signature.
    ``certificates`` are those in the header ``x5chain`` (RFC 9360), in DER, that of the key first; None where there is
    no such header, and empty where it holds something else.
    """

    format: Format
    algorithm: int | str
    key_identifier: str | None
    claims: Claims
    signed: bytes
    signature: bytes
    certificates: tuple[bytes, ...] | None = None


@dataclass(frozen=True, slots=True)
class Demonstration:
    """An emblem of the demonstration in the ``HTTPS`` record, its signature not yet checked.

    draft-steele-diem-architecture-demo. ``subject`` is its claim ``sub``, ``location`` where the resource is whose
    hash is signed; the other fields are as in :class:`Token`.
    """

    algorithm: int | str
    key_identifier: str | None
    subject: str | None
    location: str | None
    not_before: NumericDate | None
    expires: NumericDate | None
    signed: bytes
    signature: bytes
