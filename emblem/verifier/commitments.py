"""Whether keys are committed to organizations in Certificate Transparency (``specs/profile.md``, "Key commitments")."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

from emblem.codec.base64 import encode_base64
from emblem.errors import InputError, MalformedError
from emblem.model.evidence import CommitmentResult, LogEvidence, Proof, Revocation
from emblem.model.need import Commitment, CommitmentNeed
from emblem.model.reason import Reason, ReasonCode, Severity
from emblem.model.time import date_text, numeric_date
from emblem.model.token import LogEntry, NumericDate
from emblem.traceability.chain import CertificateChain, dns_names
from emblem.traceability.commitment import Binding, CertificateNames
from emblem.traceability.entries import TimestampedEntry, embedded_entries, final_entry
from emblem.traceability.log_list import OLDEST_LOG_LIST, Log, LogList, shipped_log_list
from emblem.traceability.logged import Certificate, LoggedCertificate
from emblem.traceability.revocation import (
    ListSignatures,
    RevocationFinding,
    RevocationList,
    judge_revocation,
    load_list,
    revocation_resources,
)
from emblem.traceability.sct import SignedTimestamp
from emblem.traceability.seen import SeenTreeHeads
from emblem.traceability.summary import was_valid
from emblem.traceability.web_pki import WebRoots, find_path, system_roots
from emblem.verifier.asking import Asking, fetch, together
from emblem.verifier.commitment_memory import CommitmentMemory
from emblem.verifier.log_entries import FoundEntry, Sources, look_up
from emblem.verifier.log_heads import Heads
from emblem.verifier.unsettled import UnsettledError, content_of

MOST_NEEDS = 16
"""Commitments of one target that are checked."""
MOST_ENTRIES = 8
"""Log entries of one endorsement that are looked up."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class GivenCertificate:
    """A certificate that is at hand, with its issuers; and timestamps for it that are not embedded in it."""

    chain: CertificateChain
    timestamps: tuple[SignedTimestamp, ...] = ()

    def entries(self) -> tuple[TimestampedEntry, ...]:
        """The log entries that its timestamps stand for; none of timestamps that are malformed or of other versions."""
        try:
            embedded = embedded_entries(self.chain)
        except MalformedError:
            embedded = ()
        known = tuple(one for one in embedded if isinstance(one, TimestampedEntry))
        return known + tuple(final_entry(self.chain, one) for one in self.timestamps)


@dataclass(frozen=True, slots=True)
class CommitmentChecks:
    """How commitments are checked.

    Args:
        logs: the logs that are known.
        roots: where certificates may lead.
        certificates: those at hand.
        revocation_lists: those at hand.
        seen: tree heads seen before; those found are added. None: there is nothing to compare with.
        fetches: whether logs are asked; else only what is at hand counts.
        memory: answers that need not be found out again; None where none is kept.
    """

    logs: LogList
    roots: WebRoots
    certificates: tuple[GivenCertificate, ...] = ()
    revocation_lists: tuple[RevocationList, ...] = ()
    seen: SeenTreeHeads | None = None
    fetches: bool = True
    memory: CommitmentMemory | None = None


def usual_checks(*, fetches: bool) -> CommitmentChecks:
    """Checks by the list of logs that comes with this package and the roots of the system; tree heads are compared
    with those that were seen by the same checks before.
    """
    return CommitmentChecks(
        shipped_log_list(), system_roots(), seen=SeenTreeHeads(), fetches=fetches, memory=CommitmentMemory()
    )


def check_commitments(
    needs: Iterable[CommitmentNeed], *, at: datetime, now: datetime, checks: CommitmentChecks
) -> Asking[dict[CommitmentNeed, Commitment]]:
    """Check commitments; only fetches.

    Args:
        needs: what validation asks for.
        at: the time as of which it is judged.
        now: the present.
        checks: logs, roots and evidence.

    Returns:
        An answer to each.
    """
    wanted, memory = tuple(dict.fromkeys(needs)), checks.memory
    known = {} if memory is None else {need: memory.recall(need, at=at, now=now) for need in wanted}
    answered = {need: answer for need, answer in known.items() if answer is not None}
    asked = [need for need in wanted if need not in answered]
    shared = _Shared(at, now, checks, Sources(Heads.since(checks.seen), now))
    named = [(need, tuple(dict.fromkeys(need.log))) for need in asked[:MOST_NEEDS]]
    checks_of_all = [_Check(need, one, shared).run() for need, entries in named for one in entries[:MOST_ENTRIES]]
    outcomes = iter((yield from together(checks_of_all)))
    found = {
        need: _conclude(len(entries), tuple(islice(outcomes, min(len(entries), MOST_ENTRIES))), shared)
        for need, entries in named
    }
    if memory is not None:
        for need, answer in found.items():
            memory.keep(need, answer, at=at, now=now)
    left = Commitment(CommitmentResult.UNDETERMINED, f"only {MOST_NEEDS} commitments of a target are checked")
    return answered | found | dict.fromkeys(asked[MOST_NEEDS:], left)


@dataclass(frozen=True, slots=True)
class _Shared:
    """What all that is checked together has in common."""

    at: datetime
    now: datetime
    checks: CommitmentChecks
    sources: Sources
    list_signatures: ListSignatures = field(default_factory=ListSignatures)


@dataclass(frozen=True, slots=True)
class _Outcome:
    evidence: LogEvidence
    remarks: tuple[Reason, ...]
    log_was_given: bool


def _conclude(named: int, found: Sequence[_Outcome], shared: _Shared) -> Commitment:
    """The answer to a need whose endorsement names so many entries, by those that were looked up."""
    logs = shared.checks.logs
    remarks = [remark for one in found for remark in one.remarks]
    if named > MOST_ENTRIES:
        message = f"the endorsement names {named} log entries; {MOST_ENTRIES} are looked up"
        remarks.append(Reason(ReasonCode.LOG_NOT_ASKED, Severity.WARNING, message))
    if logs.too_old(shared.now, OLDEST_LOG_LIST) and any(not one.log_was_given for one in found):
        date = date_text(numeric_date(logs.timestamp))
        message = f"the list of logs is of {date}: newer logs are missing, and what it says of others may be past"
        remarks.append(Reason(ReasonCode.LOGS_OUTDATED, Severity.WARNING, message))
    return _combine([one.evidence for one in found], remarks)


@dataclass(slots=True)
class _Check:
    """The check of one entry; collects what it finds on the way.

    ``proofs`` and ``found`` are fields of the evidence; ``found`` those of them that have become known, by their names.
    """

    need: CommitmentNeed
    entry: LogEntry
    shared: _Shared
    proofs: tuple[Proof, ...] = ()
    found: dict[str, Any] = field(default_factory=dict)
    remarks: list[Reason] = field(default_factory=list)

    def run(self) -> Asking[_Outcome]:
        log = self.shared.checks.logs.find(self.entry.log_id)
        code: ReasonCode | None = None
        try:
            if log is None:
                name = encode_base64(self.entry.log_id)
                raise UnsettledError(ReasonCode.LOG_UNKNOWN, f"the log {name} is on none of the lists at hand")
            self._note(log=log.description, operator=log.operator)
            self._check_log(log)
            logged_at = yield from self._settle(log)
            result, detail = CommitmentResult.VERIFIED, self._told(log, logged_at)
        except UnsettledError as error:
            result = CommitmentResult.FAILED if error.failed else CommitmentResult.UNDETERMINED
            code, detail = error.code, error.detail
        evidence = LogEvidence(self.entry, result, detail, code, proofs=self.proofs, **self.found)
        return _Outcome(evidence, tuple(self.remarks), log is not None and log.given)

    def _settle(self, log: Log) -> Asking[NumericDate]:
        """Find out all that has to hold; when the certificate was logged."""
        promise, given = self._given_promise(log)
        found = yield from self._look_up(log, promise)
        time = promise.timestamp.time if promise is not None else found.time if found is not None else 0
        logged_at = _as_datetime(time)
        date = numeric_date(logged_at)
        self._note(logged_at=date)
        self._check_log(log, logged_at)
        certificate = found.certificate if found is not None and found.certificate is not None else given
        assert certificate is not None, "what was looked up by hash alone is at hand"
        binding = Binding(self.need.key_identifier, self.need.organization)
        self._check_names(certificate, binding)
        path = self._check_path(certificate, binding, logged_at)
        if logged_at > self.shared.at:
            message = f"it was logged at {date_text(date)}, after the time that is asked about"
            raise UnsettledError(ReasonCode.LOG_ENTRY_LATER, message)
        yield from self._check_revocation(path)
        return date

    def _check_log(self, log: Log, at: datetime | None = None) -> None:
        why = log.distrust(at)
        if why is not None:
            raise UnsettledError(ReasonCode.LOG_DISTRUSTED, f"{log.description} does not count: {why}")

    def _given_promise(self, log: Log) -> tuple[TimestampedEntry | None, LoggedCertificate | None]:
        """The promise of the log for a certificate at hand, where the endorsement names its entry."""
        for given in self.shared.checks.certificates:
            for one in given.entries():
                if one.timestamp.log_id != log.log_id or not self._is_named(one):
                    continue
                if one.is_signed_by(log.key):
                    self.proofs = (Proof.PROMISED,)
                    chain = given.chain
                    return one, LoggedCertificate(chain.certificate, (chain.issuer, *chain.further))
                message = f"the timestamp in the certificate at hand is not one of {log.description} for it"
                self.remarks.append(Reason(ReasonCode.LOG_PROMISE_INVALID, Severity.WARNING, message))
        return None, None

    def _is_named(self, one: TimestampedEntry) -> bool:
        if self.entry.index is not None:
            return one.timestamp.leaf_index == self.entry.index
        return one.leaf_hash == self.entry.leaf_hash

    def _look_up(self, log: Log, promise: TimestampedEntry | None) -> Asking[FoundEntry | None]:
        """The entry in its log. Where the log cannot be asked, its promise alone has to do."""
        if not self.shared.checks.fetches:
            if promise is None:
                message = f"no evidence at hand has an entry of {log.description}, and it was not asked"
                raise UnsettledError(ReasonCode.LOG_NOT_ASKED, message)
            return None
        try:
            found = yield from look_up(log, self.entry, promise, self.shared.sources)
        except UnsettledError as error:
            if promise is None or error.failed:
                raise
            self.remarks.append(Reason(error.code, Severity.WARNING, error.detail))
            return None
        tree = found.head.head
        if found.head.doubt is not None:
            self.remarks.append(found.head.doubt)
        shown = (Proof.INCLUDED, Proof.CONSISTENT) if found.head.consistent else (Proof.INCLUDED,)
        self.proofs += shown
        self._note(tree_size=tree.size, tree_time=numeric_date(_as_datetime(tree.time)))
        return found

    def _check_names(self, certificate: LoggedCertificate, binding: Binding) -> None:
        try:
            names = CertificateNames(dns_names(certificate.certificate))
        except MalformedError as error:
            raise UnsettledError(ReasonCode.CERTIFICATE_NAMES_OTHER, str(error), failed=True) from error
        missing = names.missing(binding)
        if missing:
            message = f"the certificate does not commit {binding}: {'; '.join(map(str, missing))}"
            raise UnsettledError(ReasonCode.CERTIFICATE_NAMES_OTHER, message, failed=True)
        second = next(name for name in binding.organization_names if name in names.names)
        self._note(names=(binding.key_name, second))

    def _check_path(
        self, certificate: LoggedCertificate, binding: Binding, logged_at: datetime
    ) -> tuple[Certificate, ...]:
        roots = self.shared.checks.roots
        self._note(path=(certificate.encoded_of(certificate.certificate),))
        if not was_valid(certificate.certificate, logged_at):
            when = date_text(numeric_date(logged_at))
            message = f"the certificate was not valid when it was logged, at {when}"
            raise UnsettledError(ReasonCode.CERTIFICATE_NOT_VALID, message, failed=True)
        try:
            path = find_path(certificate, binding.key_name, logged_at, roots)
        except InputError as error:
            when = date_text(numeric_date(logged_at))
            message = f"the certificate has no path to one of {roots.name} as of {when}: {error.found}"
            raise UnsettledError(ReasonCode.CERTIFICATE_PATH_UNKNOWN, message) from error
        self._note(path=tuple(map(certificate.encoded_of, path)))
        return path

    def _check_revocation(self, path: Sequence[Certificate]) -> Asking[None]:
        certificate, issuer = path[0], path[min(1, len(path) - 1)]
        lists = list(self.shared.checks.revocation_lists)
        finding = self._judge_revocation(certificate, issuer, lists)
        troubles: list[str] = []
        if finding.state is Revocation.UNKNOWN and self.shared.checks.fetches:
            fetched = yield from fetch(revocation_resources(certificate))
            for one in fetched:
                try:
                    lists.append(load_list(one.resource.purpose, content_of(one)))
                except UnsettledError as error:
                    troubles.append(error.detail)
                except MalformedError as error:
                    troubles.append(str(error))
            finding = self._judge_revocation(certificate, issuer, lists)
        self._note(revocation=finding.state)
        if finding.state is Revocation.REVOKED:
            raise UnsettledError(ReasonCode.CERTIFICATE_REVOKED, finding.detail, failed=True)
        if finding.state is Revocation.UNKNOWN:
            message = f"whether the certificate was revoked is not known: {'; '.join([*troubles, finding.detail])}"
            self.remarks.append(Reason(ReasonCode.CERTIFICATE_REVOCATION_UNKNOWN, Severity.WARNING, message))

    def _judge_revocation(
        self, certificate: Certificate, issuer: Certificate, lists: Sequence[RevocationList]
    ) -> RevocationFinding:
        return judge_revocation(certificate, issuer, lists, self.shared.at, self.shared.list_signatures)

    def _told(self, log: Log, logged_at: NumericDate) -> str:
        shown = ", ".join(_TOLD[proof] for proof in self.proofs)
        return f"certificate logged at {date_text(logged_at)} in {log.description} ({shown})"

    def _note(self, **found: object) -> None:
        self.found.update(found)


_TOLD = {
    Proof.PROMISED: "promised",
    Proof.INCLUDED: "included",
    Proof.CONSISTENT: "consistent with what the log had shown before",
}


def _combine(evidence: Sequence[LogEvidence], remarks: Sequence[Reason]) -> Commitment:
    """The commitment by all entries: one that verifies suffices; it fails only where each of them does."""
    ranked = sorted(evidence, key=_merit)
    if not ranked:
        return Commitment(CommitmentResult.UNDETERMINED, "none of the logs named is of a kind known here")
    best = ranked[0]
    why = [Reason(one.code, Severity.WARNING, one.detail) for one in ranked if one.code is not None]
    each_once = tuple(dict.fromkeys([*why, *remarks]))
    return Commitment(best.result, best.detail, best.logged_at, tuple(ranked), each_once)


_ORDER = (CommitmentResult.VERIFIED, CommitmentResult.UNDETERMINED, CommitmentResult.FAILED)


def _merit(one: LogEvidence) -> tuple[int, int]:
    return _ORDER.index(one.result), -len(one.proofs)


def _as_datetime(milliseconds: int) -> datetime:
    """The time, or the last one there is."""
    try:
        return _EPOCH + timedelta(milliseconds=milliseconds)
    except OverflowError:
        return datetime.max.replace(tzinfo=UTC)
