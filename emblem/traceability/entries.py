"""Entries of a log: what it hashes into its tree, and signs (RFC 6962, sections 3.2 and 3.4)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from emblem.model.token import LogEntry
from emblem.traceability.chain import CertificateChain
from emblem.traceability.log_key import LogKey
from emblem.traceability.merkle import leaf_hash
from emblem.traceability.sct import SignedTimestamp, UnknownTimestamp, decode_timestamp_list
from emblem.traceability.tls import vector

_VERSION_1_TIMESTAMPED_ENTRY = b"\x00\x00"
_FINAL_CERTIFICATE, _PRECERTIFICATE = b"\x00\x00", b"\x00\x01"


@dataclass(frozen=True, slots=True)
class FinalCertificate:
    """An entry of type ``x509_entry``: the certificate in DER."""

    encoded: bytes

    @property
    def signed_entry(self) -> bytes:
        """The type of the entry and the entry, as they are hashed and signed."""
        return _FINAL_CERTIFICATE + vector(3, self.encoded)


@dataclass(frozen=True, slots=True)
class Precertificate:
    """An entry of type ``precert_entry``.

    ``issuer_key_hash`` is the SHA-256 of the issuer's SubjectPublicKeyInfo, ``body`` the to-be-signed part without the
    timestamps, in DER.
    """

    issuer_key_hash: bytes
    body: bytes

    @property
    def signed_entry(self) -> bytes:
        """The type of the entry and the entry, as they are hashed and signed."""
        return _PRECERTIFICATE + self.issuer_key_hash + vector(3, self.body)


Entry = FinalCertificate | Precertificate
"""What a log includes."""


def merkle_tree_leaf(time: int, entry: Entry, extensions: bytes) -> bytes:
    """The MerkleTreeLeaf of an entry that was logged at a time, in milliseconds since 1970."""
    return _VERSION_1_TIMESTAMPED_ENTRY + time.to_bytes(8, "big") + entry.signed_entry + vector(2, extensions)


@dataclass(frozen=True)
class TimestampedEntry:
    """An entry and the timestamp under which a log promised to include it."""

    entry: Entry
    timestamp: SignedTimestamp

    @cached_property
    def leaf(self) -> bytes:
        """The MerkleTreeLeaf; byte for byte it is also what the log signs in the timestamp.

        The two structures begin alike, with the numbers 0 and 0: version 1 and the type of the leaf here, version 1 and
        the type of the signature there.
        """
        return merkle_tree_leaf(self.timestamp.time, self.entry, self.timestamp.extensions)

    @property
    def leaf_hash(self) -> bytes:
        """The hash of the leaf in the tree of the log, 32 bytes (RFC 6962, section 2.1)."""
        return leaf_hash(self.leaf)

    @property
    def log_entry(self) -> LogEntry:
        """Where the entry stands, as an endorsement says it: by index in a static log, by hash in another."""
        index = self.timestamp.leaf_index
        if index is not None:
            return LogEntry(self.timestamp.log_id, index=index)
        return LogEntry(self.timestamp.log_id, leaf_hash=self.leaf_hash)

    def is_signed_by(self, key: LogKey) -> bool:
        """Whether the timestamp is one of the log with this key, for this entry."""
        return self.timestamp.log_id == key.log_id and key.verify(self.timestamp.signature, self.leaf)


def embedded_entries(chain: CertificateChain) -> tuple[TimestampedEntry | UnknownTimestamp, ...]:
    """The entries that the timestamps embedded in a certificate stand for, in their order; none without timestamps.

    Raises:
        MalformedError: the timestamps are malformed.
    """
    encoded = chain.timestamp_list
    if encoded is None:
        return ()
    timestamps = decode_timestamp_list(encoded)
    entry = Precertificate(chain.issuer_key_hash, chain.without_timestamps)
    return tuple(one if isinstance(one, UnknownTimestamp) else TimestampedEntry(entry, one) for one in timestamps)


def final_entry(chain: CertificateChain, timestamp: SignedTimestamp) -> TimestampedEntry:
    """The entry that a timestamp stands for which a log gave for the final certificate, in answer to add-chain."""
    return TimestampedEntry(FinalCertificate(chain.encoded), timestamp)
