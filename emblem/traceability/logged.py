"""Entries as logs give them back: what was included, and the certificates that were submitted with it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from emblem.errors import MalformedError
from emblem.model.value import derived
from emblem.traceability.chain import MOST_CERTIFICATES, issuer_key_hash, without_poison
from emblem.traceability.entries import Entry, FinalCertificate, Precertificate, merkle_tree_leaf
from emblem.traceability.loading import MALFORMED
from emblem.traceability.merkle import leaf_hash
from emblem.traceability.tls import TlsReader

Certificate = x509.Certificate
"""A certificate that was read, nothing of it checked."""

_X509_ENTRY, _PRECERT_ENTRY = 0, 1
_TIME_LENGTH, _KEY_HASH_LENGTH, _FINGERPRINT_LENGTH = 8, 32, 32


@dataclass(frozen=True)
class LoggedEntry:
    """An entry of a log.

    ``time`` is when it was logged, in milliseconds since 1970, ``extensions`` what the log added. ``submitted`` is the
    certificate in DER, for a precertificate that of the precertificate: the tree says nothing of it. ``issuers`` are
    those of the certificates above it that the log gave along, in DER; ``fingerprints`` the SHA-256 of those that it
    only names, as static logs do.
    """

    time: int
    entry: Entry
    extensions: bytes
    submitted: bytes
    issuers: tuple[bytes, ...] = ()
    fingerprints: tuple[bytes, ...] = ()

    @cached_property
    def leaf_hash(self) -> bytes:
        """The hash of the entry in the tree."""
        return leaf_hash(merkle_tree_leaf(self.time, self.entry, self.extensions))


@dataclass(frozen=True, slots=True)
class LoggedCertificate:
    """A certificate as it was logged, final or a precertificate, and those of its issuers that are at hand.

    Nothing is checked but that they belong to the entry. ``encoded`` is the DER of those that were just read.
    """

    certificate: x509.Certificate
    issuers: tuple[x509.Certificate, ...]
    encoded: Mapping[x509.Certificate, bytes] = field(default_factory=dict, compare=False)

    def encoded_of(self, one: x509.Certificate) -> bytes:
        """The DER of a certificate, of these or a root; for the library it is much work to write that."""
        return self.encoded.get(one) or one.public_bytes(Encoding.DER)


def decode_logged_entry(field: str, leaf: bytes, extra: bytes) -> LoggedEntry:
    """Read an entry of a log of RFC 6962 (section 4.6).

    Args:
        field: what it is, for the errors.
        leaf: the MerkleTreeLeaf.
        extra: the certificates that were submitted.

    Raises:
        MalformedError: either is malformed.
    """
    reader = TlsReader(f"{field}: leaf", leaf)
    if (version := reader.take_number(1)) or (kind := reader.take_number(1)):
        raise MalformedError(f"{field}: leaf", f"version {version}" if version else f"type {kind}", "0 and 0")
    time, entry, extensions = _take_timestamped_entry(f"{field}: leaf", reader)
    reader.end()
    further = TlsReader(f"{field}: certificates", extra)
    submitted = entry.encoded if isinstance(entry, FinalCertificate) else further.take_vector(3, shortest=1)
    above = TlsReader(f"{field}: issuers", further.take_vector(3))
    further.end()
    issuers: list[bytes] = []
    while above.left:
        issuers.append(above.take_vector(3, shortest=1))
        if len(issuers) > MOST_CERTIFICATES:
            raise _too_many(field)
    return LoggedEntry(time, entry, extensions, submitted, tuple(issuers))


def take_tile_entry(field: str, reader: TlsReader) -> LoggedEntry:
    """Read the next entry of a data tile (C2SP static-ct-api, "Log entries").

    Raises:
        MalformedError: it is malformed.
    """
    time, entry, extensions = _take_timestamped_entry(field, reader)
    submitted = entry.encoded if isinstance(entry, FinalCertificate) else reader.take_vector(3, shortest=1)
    above = reader.take_vector(2)
    _check_fingerprints(field, len(above))
    prints = tuple(above[at : at + _FINGERPRINT_LENGTH] for at in range(0, len(above), _FINGERPRINT_LENGTH))
    return LoggedEntry(time, entry, extensions, submitted, (), prints)


def skip_tile_entry(field: str, reader: TlsReader) -> None:
    """Pass over the next entry of a data tile, which nobody asked for; errors as in :func:`take_tile_entry`."""
    reader.skip(_TIME_LENGTH)
    kind = reader.take_number(2)
    if kind == _PRECERT_ENTRY:
        reader.skip(_KEY_HASH_LENGTH)
    elif kind != _X509_ENTRY:
        raise _unknown_kind(field, kind)
    reader.skip_vector(3, shortest=1)
    reader.skip_vector(2)
    if kind == _PRECERT_ENTRY:
        reader.skip_vector(3, shortest=1)
    _check_fingerprints(field, reader.skip_vector(2))


class Issuer:
    """The certificate of an issuer, and the hash of its key, once that was asked for."""

    def __init__(self, certificate: x509.Certificate) -> None:
        self.certificate = certificate

    @derived
    def key_hash(self) -> bytes:
        """As :func:`emblem.traceability.chain.issuer_key_hash`, errors too."""
        return issuer_key_hash(self.certificate)


class Issuers:
    """Issuers whose certificates were read: entries of many logs, and of many certificates, come with the same."""

    def __init__(self) -> None:
        self._known: dict[bytes, Issuer] = {}

    def read(self, field: str, data: bytes) -> Issuer:
        """The issuer of a certificate in DER.

        Raises:
            MalformedError: it is none.
        """
        known = self._known.get(data)
        if known is None:
            known = self._known[data] = Issuer(_load(field, data))
        return known


def recover_certificate(
    field: str, logged: LoggedEntry, issuers: tuple[bytes, ...], known: Issuers | None = None
) -> LoggedCertificate:
    """The certificate of an entry.

    Of a precertificate the tree holds the to-be-signed part without the poison, and the key of its issuer: that the
    certificate which came along is the same is checked here.

    Args:
        field: what the entry is, for the errors.
        logged: the entry.
        issuers: the certificates above it in DER; the order is no matter.
        known: those that were read already; these are added.

    Raises:
        MalformedError: these are no certificates, or the one that came along is not that of the entry.
    """
    certificate = _load(f"{field}: certificate", logged.submitted)
    known = known or Issuers()
    above = [known.read(f"{field}: certificate of issuer", one) for one in issuers]
    if isinstance(logged.entry, Precertificate):
        if without_poison(certificate) != logged.entry.body:
            raise MalformedError(f"{field}: precertificate", "another one", "that of which the entry is")
        if not any(one.key_hash == logged.entry.issuer_key_hash for one in above):
            raise MalformedError(f"{field}: issuers", "none with the key that the entry names", "the issuer's")
    certificates = tuple([one.certificate for one in above])
    encoded = {certificate: logged.submitted, **dict(zip(certificates, issuers, strict=True))}
    return LoggedCertificate(certificate, certificates, encoded)


def fingerprint(certificate: bytes) -> bytes:
    """The SHA-256 of a certificate in DER."""
    return hashlib.sha256(certificate).digest()


def _take_timestamped_entry(field: str, reader: TlsReader) -> tuple[int, Entry, bytes]:
    time = reader.take_number(_TIME_LENGTH)
    kind = reader.take_number(2)
    if kind == _X509_ENTRY:
        entry: Entry = FinalCertificate(reader.take_vector(3, shortest=1))
    elif kind == _PRECERT_ENTRY:
        entry = Precertificate(reader.take(_KEY_HASH_LENGTH), reader.take_vector(3, shortest=1))
    else:
        raise _unknown_kind(field, kind)
    return time, entry, reader.take_vector(2)


def _unknown_kind(field: str, kind: int) -> MalformedError:
    return MalformedError(field, f"an entry of type {kind}", "a certificate or a precertificate")


def _check_fingerprints(field: str, length: int) -> None:
    """Make sure that so many bytes are whole fingerprints, and not too many."""
    if beyond := length % _FINGERPRINT_LENGTH:
        found = f"{beyond} bytes at offset {length - beyond}"
        raise MalformedError(f"{field}: issuers", found, f"{_FINGERPRINT_LENGTH} bytes")
    if length > MOST_CERTIFICATES * _FINGERPRINT_LENGTH:
        raise _too_many(field)


def _too_many(field: str) -> MalformedError:
    return MalformedError(field, f"more than {MOST_CERTIFICATES} issuers", f"{MOST_CERTIFICATES} at the most")


def _load(field: str, data: bytes) -> x509.Certificate:
    """A certificate; the library reads most of one only when it is asked, so it is asked here."""
    try:
        certificate = x509.load_der_x509_certificate(data)
        _ = certificate.signature_hash_algorithm, certificate.not_valid_before_utc, certificate.not_valid_after_utc
    except MALFORMED as error:
        raise MalformedError(field, f"{len(data)} bytes that are none", "an X.509 certificate in DER") from error
    return certificate
