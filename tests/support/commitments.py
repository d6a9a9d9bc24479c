"""Keys committed in logs of our own, by certificates of an authority of our own, and checked without a socket.

The time of everything is that of :mod:`tests.support.arrangement`: certificates are logged forty days before it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from cryptography import x509

from emblem.keys.signing import SoftwareSigner
from emblem.model.need import Commitment, CommitmentNeed
from emblem.model.organization import Organization
from emblem.model.token import Format, LogEntry
from emblem.traceability.chain import CertificateChain
from emblem.traceability.log_key import LogKey
from emblem.traceability.log_list import Log, LogKind, LogList, LogPurpose
from emblem.traceability.resources import Fetched, FetchFailure, Resource
from emblem.traceability.sct import SignedTimestamp, decode_timestamp
from emblem.traceability.seen import SeenTreeHeads
from emblem.traceability.tree_head import TreeHead, decode_checkpoint, decode_tree_head
from emblem.traceability.web_pki import WebRoots, given_roots
from emblem.verifier.asking import Fetch, Request, Response
from emblem.verifier.commitments import CommitmentChecks, GivenCertificate, check_commitments
from test_vectors.generator.commitments import pki
from test_vectors.generator.commitments.log import Reply, TransparencyLog
from tests.support.arrangement import AT, RELIEF, identifier, root

T = TypeVar("T")

LOGGED = AT - timedelta(days=40)
"""When certificates are logged."""
HEAD_TIME = round((AT - timedelta(hours=1)).timestamp() * 1000)
"""The time of tree heads."""
AUTHORITY = pki.Authority.top("Test root").below("Test authority")
LIST_ADDRESS = "http://lists.example/1.crl"
NO_LIST = AUTHORITY.revoke()
"""A revocation list that names nobody."""


def names(
    organization: Organization = RELIEF, signer: SoftwareSigner = root, form: Format = Format.CWT
) -> tuple[str, str]:
    """The names that commit a key to an organization."""
    return f"{identifier(signer, form)}.adem-configuration.{organization.host}", organization.host


def request(*more: str, organization: Organization = RELIEF, **changes: object) -> pki.Request:
    """A certificate that commits the root key, with further names."""
    return pki.Request((*names(organization), *more), list_address=LIST_ADDRESS).but(**changes)


def new_log(label: str = "oak", *, static: bool = False, entries: int = 20) -> TransparencyLog:
    """A log with entries of others."""
    log = TransparencyLog(label, static, f"https://{label}.example/2027", time=HEAD_TIME)
    log.fill(entries)
    return log


def known(log: TransparencyLog, *, given: bool = False, address: str | None = None) -> Log:
    """A log as a verifier knows it."""
    where = address or log.address
    return Log(
        description=f"Test log {log.label}",
        operator="Nobody",
        kind=LogKind.STATIC if log.static else LogKind.RFC_6962,
        purpose=LogPurpose.PRODUCTION,
        key=LogKey.decode("key", log.spki),
        submission_address=where,
        monitoring_address=where,
        merge_delay=timedelta(seconds=log.merge_delay),
        state=None,
        state_since=None,
        expiries=None,
        given=given,
    )


@dataclass
class Web:
    """What is there to be fetched: logs, revocation lists, and whatever a test puts in the place of an answer."""

    logs: list[TransparencyLog] = field(default_factory=list)
    lists: dict[str, x509.CertificateRevocationList] = field(default_factory=lambda: {LIST_ADDRESS: NO_LIST})
    instead: dict[str, Reply | FetchFailure | Callable[[str], Reply]] = field(default_factory=dict)
    """By a part of the address: the reply, no reply, or what makes one of the address below the log's prefix."""
    asked: list[str] = field(default_factory=list)

    def fetch(self, resource: Resource) -> Fetched:
        """What comes back."""
        self.asked.append(resource.address)
        _ = resource.host
        reply = self._reply(resource.address)
        if isinstance(reply, FetchFailure):
            return Fetched(resource, failure=reply, detail=f"the test says {reply}")
        if len(reply.body) > resource.largest:
            return Fetched(resource, failure=FetchFailure.TOO_LARGE, detail="too large")
        return Fetched(resource, reply.status, reply.body, reply.encoding)

    def _reply(self, address: str) -> Reply | FetchFailure:
        log = next((one for one in self.logs if address.startswith(one.address + "/")), None)
        below = address.removeprefix(log.address + "/") if log else address
        for part, instead in self.instead.items():
            if part in address:
                return instead(below) if callable(instead) else instead
        if log is not None:
            return log.answer(below)
        if address in self.lists:
            return Reply(200, pki.der(self.lists[address]))
        return FetchFailure.UNREACHABLE


def drive(steps: Generator[Request, Response, T], fetch: Callable[[Resource], Fetched]) -> T:
    """Run something that only fetches."""
    response: Response | None = None
    while True:
        try:
            wanted = steps.send(response) if response is not None else next(steps)
        except StopIteration as finished:
            result: T = finished.value
            return result
        assert isinstance(wanted, Fetch)
        response = tuple(fetch(one) for one in wanted.resources)


def roots() -> WebRoots:
    """The root of the test's own authority."""
    return given_roots("the roots of the test", pki.pem(AUTHORITY.root).encode())


def entry_of(log: TransparencyLog, index: int = -1) -> LogEntry:
    """How an endorsement names an entry."""
    at = index % len(log.entries)
    return LogEntry(log.log_id, index=at) if log.static else LogEntry(log.log_id, leaf_hash=log.hash_of(at))


def need(*entries: LogEntry, organization: Organization = RELIEF) -> CommitmentNeed:
    """What validation asks of the root key."""
    return CommitmentNeed(Format.CWT, identifier(root), organization, entries)


def given(certificate: x509.Certificate, *timestamps: bytes) -> GivenCertificate:
    """A certificate at hand, with timestamps beside it."""
    read = tuple(one for one in map(decode_timestamp, timestamps) if isinstance(one, SignedTimestamp))
    return GivenCertificate(CertificateChain(certificate, AUTHORITY.certificate), read)


def head_of(log: TransparencyLog, **how: object) -> TreeHead:
    """A tree head of a log, as it was seen before."""
    if log.static:
        return decode_checkpoint("checkpoint", log.checkpoint(**how), log.log_id, log.address)  # type: ignore[arg-type]
    return decode_tree_head("tree head", log.tree_head(**how), log.log_id)  # type: ignore[arg-type]


def check(
    web: Web,
    wanted: CommitmentNeed,
    *,
    at: datetime = AT,
    fetches: bool = True,
    certificates: tuple[GivenCertificate, ...] = (),
    lists: tuple[x509.CertificateRevocationList, ...] = (),
    seen: SeenTreeHeads | None = None,
    logs: LogList | None = None,
    trusted: WebRoots | None = None,
) -> Commitment:
    """The answer to a need."""
    checks = CommitmentChecks(
        logs or LogList(AT - timedelta(days=1), tuple(map(known, web.logs))),
        trusted or roots(),
        certificates,
        lists,
        seen,
        fetches,
    )
    return drive(check_commitments([wanted], at=at, now=AT, checks=checks), web.fetch)[wanted]


def milliseconds(at: datetime) -> int:
    """A time as logs have it."""
    return round(at.astimezone(UTC).timestamp() * 1000)


def fingerprint(certificate: x509.Certificate) -> bytes:
    """The SHA-256 of a certificate."""
    return hashlib.sha256(pki.der(certificate)).digest()
