"""A trust store as a person keeps it, in TOML (``docs/trust.md``): what it says, with notes and places."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from datetime import datetime
from hashlib import sha256
from typing import Any

from emblem.codec.claims import key_identifier_bytes
from emblem.errors import InputError
from emblem.keys.public import PublicKey, identifier_text
from emblem.model.names import normalize_name
from emblem.model.organization import Organization
from emblem.model.purpose import NO_PURPOSE, PURPOSES, Purpose
from emblem.model.time import numeric_date
from emblem.traceability.given_log import STATIC_PREFIX, given_log
from emblem.traceability.log_key import LogKey
from emblem.traceability.log_list import LogKind
from emblem.traceability.stamps import read_stamp_authorities
from emblem.trust.fields import Fields, Source, describe
from emblem.trust.key_files import read_public_keys
from emblem.trust.places import Path
from emblem.trust.policy import POLICY_FIELDS, StatedPolicy, choose, read_policy
from emblem.validation.trust import Scope, TrustedCertificate, TrustedKey, TrustedLog

TABLES = ("policy", "authority", "refused", "withdrawals", "stamp-authority", "log", "logs")
"""The tables of a store."""

_PERIOD = ("valid-from", "valid-until")
_AUTHORITY = (
    *("organization", "name", "note", "provenance", "keys", "certificates", "purposes", "names"),
    *_PERIOD,
)
_KEY = ("key", "note", *_PERIOD)
_REFUSABLE = ("key", "token", "organization")
_DIGEST = re.compile(r"[0-9a-fA-F]{64}")
# JSON, which begins with a brace, has lines with brackets too.
_STORE_LINE = re.compile(
    rb"^[ \t]*(?:\[|[\"']?(?:policy|(?:stamp-)?authority|refused|withdrawals|logs?)[\"']?[ \t]*[.=])", re.MULTILINE
)


@dataclass(frozen=True, slots=True)
class Period:
    """A stretch of time, from ``start`` until before ``end``; None where it is open."""

    start: datetime | None = None
    end: datetime | None = None

    def within(self, other: Period) -> Period:
        """The stretch that both have in common; it may be empty."""
        starts = [time for time in (self.start, other.start) if time is not None]
        ends = [time for time in (self.end, other.end) if time is not None]
        return Period(max(starts, default=None), min(ends, default=None))

    @property
    def is_empty(self) -> bool:
        """Whether no time lies in it."""
        return self.start is not None and self.end is not None and self.start >= self.end


ALWAYS = Period()
"""All time."""


@dataclass(frozen=True, slots=True)
class KeyEntry:
    """One key of an authority; ``period`` further limits that of the authority. ``path`` is where it stands."""

    key: PublicKey
    period: Period = ALWAYS
    note: str | None = None
    path: Path = field(default=(), compare=False)


@dataclass(frozen=True, slots=True)
class Authority:
    """Keys and certificates that are trusted alike: for whom they speak, for what, and how they were come by.

    ``certificates`` are those of certification authorities (X.509), in DER: what leads to them is certified by the
    organization. Without ``organization`` keys are bare, and there are no certificates. ``purposes`` and ``names`` are
    None where they limit nothing.
    """

    organization: Organization | None
    keys: tuple[KeyEntry, ...]
    name: str | None = None
    note: str | None = None
    provenance: str | None = None
    purposes: Purpose | None = None
    names: tuple[str, ...] | None = None
    period: Period = ALWAYS
    path: Path = field(default=(), compare=False)
    certificates: tuple[bytes, ...] = ()

    @property
    def trusted_certificates(self) -> tuple[TrustedCertificate, ...]:
        """Its certificates as validation takes them."""
        if self.organization is None:
            return ()
        scope = self._scope(self.period)
        return tuple(TrustedCertificate(one, self.organization, scope) for one in self.certificates)

    @property
    def trusted_keys(self) -> tuple[TrustedKey, ...]:
        """Its keys as validation takes them."""
        return tuple(
            TrustedKey(entry.key, self.organization, self._scope(self.period.within(entry.period)))
            for entry in self.keys
        )

    def _scope(self, period: Period) -> Scope:
        start = None if period.start is None else numeric_date(period.start)
        end = None if period.end is None else numeric_date(period.end)
        return Scope(self.purposes, self.names, start, end)


@dataclass(frozen=True, slots=True)
class Refusal:
    """A key identifier, a token's digest or an organization that never counts. Exactly one of them is there."""

    key: str | None = None
    token: bytes | None = None
    organization: Organization | None = None
    note: str | None = None
    path: Path = field(default=(), compare=False)

    @classmethod
    def parse(cls, text: str) -> Refusal:
        """Recognize what is refused: a key identifier, the SHA-256 of a token in hexadecimal, or an organization.

        Raises:
            InputError: it is none of these.
        """
        if text.startswith("https:"):
            return cls(organization=Organization.parse(text))
        if _DIGEST.fullmatch(text):
            return cls(token=bytes.fromhex(text))
        try:
            written = identifier_text(key_identifier_bytes(text))
        except InputError:
            written = None
        # The last character has bits that stand for nothing; a key's own identifier never has them set.
        if written != text:
            expected = "a key identifier of 52 characters, a token's SHA-256 in hexadecimal, or https://ORG"
            raise InputError("what is refused", repr(text), expected)
        return cls(key=text)

    def refuses_same(self, other: Refusal) -> bool:
        """Whether another refusal is of the same thing, whatever its note says."""
        return replace(other, note=self.note) == self

    def concerns(self, authority: Authority, entry: KeyEntry) -> bool:
        """Whether this names a key, by either of its identifiers, or the organization that it is bound to."""
        if self.organization is not None:
            return self.organization == authority.organization
        return self.key in (entry.key.cose_thumbprint, entry.key.jwk_thumbprint)

    def __str__(self) -> str:
        return self.key or str(self.organization or "") or (self.token or b"").hex()


@dataclass(frozen=True, slots=True)
class ListReference:
    """A signed withdrawal list that stands in a file of its own."""

    file: str
    note: str | None = None
    path: Path = field(default=(), compare=False)


@dataclass(frozen=True, slots=True)
class StampAuthority:
    """Somebody who is believed when time stamps say that evidence was there; the root certificates in DER."""

    certificates: tuple[bytes, ...]
    name: str | None = None
    note: str | None = None
    path: Path = field(default=(), compare=False)

    @property
    def digests(self) -> tuple[str, ...]:
        """The SHA-256 of each certificate in hexadecimal, by which people compare them."""
        return tuple(sha256(one).hexdigest() for one in self.certificates)


@dataclass(frozen=True, slots=True)
class GivenLog:
    """A log of Certificate Transparency that is on no list: where it is, and its key."""

    address: str
    key: LogKey
    name: str | None = None
    note: str | None = None
    path: Path = field(default=(), compare=False)

    @property
    def trusted(self) -> TrustedLog:
        """The log as a verifier takes it."""
        return TrustedLog(self.address, self.key.encoded)


@dataclass(frozen=True, slots=True)
class Document:
    """Everything that a trust store says; withdrawal lists are named, not read."""

    source: Source = field(compare=False, repr=False)
    policy: StatedPolicy = field(default_factory=StatedPolicy)
    authorities: tuple[Authority, ...] = ()
    refusals: tuple[Refusal, ...] = ()
    lists: tuple[ListReference, ...] = ()
    stamp_authorities: tuple[StampAuthority, ...] = ()
    logs: tuple[GivenLog, ...] = ()
    log_list: ListReference | None = None


def is_store(data: bytes) -> bool:
    """Whether a file is meant as a store, well-formed or not; else it is one of keys."""
    data = data.removeprefix(b"\xef\xbb\xbf")
    return not data.lstrip().startswith(b"{") and _STORE_LINE.search(data) is not None


def read_document(name: str, data: bytes) -> Document:
    """Read a trust store.

    Args:
        name: the name of the file, for the errors.
        data: what it holds.

    Raises:
        TrustError: anything in it is wrong; it names the line and the column, and nothing of the file is used.
    """
    source = Source.decode(name, data)
    top = Fields(source, (), source.parse(), TABLES)
    policy = top.table("policy", POLICY_FIELDS)
    document = Document(
        source,
        StatedPolicy() if policy is None else read_policy(policy),
        tuple(map(_read_authority, top.tables("authority", _AUTHORITY))),
        tuple(map(_read_refusal, top.tables("refused", (*_REFUSABLE, "note")))),
        tuple(map(_read_list, top.tables("withdrawals", ("file", "note")))),
        tuple(map(_read_stamp_authority, top.tables("stamp-authority", ("certificate", "name", "note")))),
        tuple(map(_read_log, top.tables("log", ("address", "key", "name", "note")))),
        None if (logs := top.table("logs", ("file", "note"))) is None else _read_list(logs, "a list of logs"),
    )
    _check_logs(document)
    _check_names(document)
    _check_keys(document)
    return document


def _read_authority(table: Fields) -> Authority:
    authority = Authority(
        organization=table.read("organization", str, Organization.parse) if "organization" in table else None,
        keys=_read_keys(table),
        name=table.text("name"),
        note=table.text("note"),
        provenance=table.text("provenance"),
        purposes=_read_purposes(table),
        names=table.read_each("names", normalize_name) if "names" in table else None,
        period=_read_period(table),
        path=table.path,
        certificates=_read_certificates(table),
    )
    for entry in authority.keys:
        if authority.period.within(entry.period).is_empty:
            raise table.source.error(entry.path, "a period outside of its authority's", "one that lies within")
    return authority


def _read_keys(table: Fields) -> tuple[KeyEntry, ...]:
    if "keys" not in table and "certificates" in table:
        return ()
    return tuple(_read_key(table, path, value) for path, value in table.elements("keys"))


def _read_certificates(table: Fields) -> tuple[bytes, ...]:
    if "certificates" not in table:
        return ()
    if "organization" not in table:
        raise table.error("certificates", "certificates of nobody", "an organization that they speak for")
    certificates = table.read_each("certificates", _parse_certificate)
    if len(set(certificates)) < len(certificates):
        raise table.error("certificates", "one of them twice", "each once")
    return certificates


def _parse_certificate(text: str) -> bytes:
    # Most stores have none, and reading one takes a library that is slow to load.
    from emblem.traceability.certification import check_authority
    from emblem.traceability.chain import encoded_certificates

    encoded = encoded_certificates("certificate", text.encode())
    if len(encoded) != 1:
        raise InputError("certificate", f"{len(encoded)} certificates", "one; write each as an element of its own")
    check_authority("certificate", encoded[0])
    return encoded[0]


def _read_purposes(table: Fields) -> Purpose | None:
    if "purposes" not in table:
        return None
    purposes = NO_PURPOSE
    for purpose in table.read_each("purposes", lambda text: choose(text, PURPOSES)):
        purposes |= purpose
    return purposes


def _read_period(table: Fields) -> Period:
    period = Period(table.time("valid-from"), table.time("valid-until"))
    if period.is_empty:
        raise table.error("valid-until", str(period.end), f"a time after valid-from, {period.start}")
    return period


def _read_key(table: Fields, path: Path, value: Any) -> KeyEntry:
    if isinstance(value, dict):
        entry = Fields(table.source, path, value, _KEY)
        if "key" not in entry:
            raise entry.error("key", "nothing", "a public key as text")
        key = entry.read("key", str, _parse_key)
        return KeyEntry(key, _read_period(entry), entry.text("note"), path)
    if not isinstance(value, str):
        raise table.source.error(path, describe(value), "a public key as text, or a table with one")
    try:
        return KeyEntry(_parse_key(value), path=path)
    except InputError as error:
        raise table.source.error(path, error.found, error.expected) from error


def _parse_key(text: str) -> PublicKey:
    keys = read_public_keys("key", text.encode())
    if len(keys) != 1:
        raise InputError("key", f"{len(keys)} keys", "one; write each as an element of its own")
    return keys[0]


def _read_refusal(table: Fields) -> Refusal:
    named = [name for name in _REFUSABLE if name in table]
    if len(named) != 1:
        found = " and ".join(named) or "none of them"
        raise table.source.error(table.path, found, f"exactly one of {', '.join(_REFUSABLE)}")
    refusal = table.read(named[0], str, Refusal.parse)
    if getattr(refusal, named[0]) is None:
        raise table.error(named[0], repr(str(refusal)), _EXPECTED_REFUSALS[named[0]])
    return replace(refusal, note=table.text("note"), path=table.path)


_EXPECTED_REFUSALS = {
    "key": "a key identifier, 52 characters of lower-case base32",
    "token": "the SHA-256 of a token's signed bytes, 64 hexadecimal digits",
    "organization": "an organization identifier, https:// and a domain name",
}


def _read_list(table: Fields, what: str = "a signed withdrawal list") -> ListReference:
    file = table.text("file")
    if file is None:
        raise table.error("file", "nothing", f"the path of {what}")
    if "\0" in file:
        raise table.error("file", "a zero byte", f"the path of {what}")
    return ListReference(file, table.text("note"), table.path)


def _read_stamp_authority(table: Fields) -> StampAuthority:
    if "certificate" not in table:
        raise table.error("certificate", "nothing", "the root's certificate in PEM")
    certificates = table.read("certificate", str, lambda text: read_stamp_authorities("certificate", text.encode()))
    return StampAuthority(certificates, table.text("name"), table.text("note"), table.path)


def _read_log(table: Fields) -> GivenLog:
    for name, expected in (("address", "the address of the log"), ("key", "its public key in PEM")):
        if name not in table:
            raise table.error(name, "nothing", expected)
    key = table.read("key", str, lambda text: LogKey.from_pem("key", text.encode()))
    log = table.read("address", str, lambda text: given_log(text, key))
    prefix = STATIC_PREFIX if log.kind is LogKind.STATIC else ""
    return GivenLog(prefix + log.monitoring_address, key, table.text("name"), table.text("note"), table.path)


def _check_logs(document: Document) -> None:
    """A log is named by its key: two of one key would be one log in two places."""
    seen: dict[bytes, GivenLog] = {}
    for one in document.logs:
        if seen.setdefault(one.key.log_id, one) is not one:
            raise document.source.error((*one.path, "key"), "the key of a log that was given before", "each log once")


def _check_names(document: Document) -> None:
    """A name is what a person recognizes an authority by: it must not stand for two of them."""
    owners: dict[str, Authority] = {}
    for authority in document.authorities:
        if authority.name is None:
            continue
        first = owners.setdefault(authority.name.casefold(), authority)
        if first.organization != authority.organization:
            line = document.source.line(first.path)
            found = f"the name of another authority (line {line})"
            raise document.source.error((*authority.path, "name"), found, "a name of its own")


def _check_keys(document: Document) -> None:
    """A key that is given twice would be trusted for what either place says: a limit set in one would be none."""
    seen: dict[tuple[str, Organization | None], Path] = {}
    for authority in document.authorities:
        for entry in authority.keys:
            identity = (entry.key.cose_thumbprint, authority.organization)
            first = seen.setdefault(identity, entry.path)
            if first != entry.path:
                whose = authority.organization or "nobody by name"
                found = f"a key that was given for {whose} before (line {document.source.line(first)})"
                raise document.source.error(entry.path, found, "each key once for an organization")
