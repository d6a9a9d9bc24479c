"""Whether keys are committed to organizations in Certificate Transparency (``specs/profile.md``, "Key commitments")."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from emblem.codec.base64 import encode_base64
from emblem.errors import InputError, MalformedError
from emblem.model.evidence import CommitmentResult, LogEvidence, Proof, Revocation
from emblem.model.need import Commitment, CommitmentNeed
from emblem.model.reason import Reason, ReasonCode, Severity
from emblem.model.time import date_text, numeric_date
from emblem.model.token import LogEntry
from emblem.traceability.chain import CertificateChain, dns_names
from emblem.traceability.commitment import Binding, CertificateNames
from emblem.traceability.entries import TimestampedEntry, embedded_entries, final_entry
from emblem.traceability.log_list import OLDEST_LOG_LIST, Log, LogList, shipped_log_list
from emblem.traceability.logged import Certificate, LoggedCertificate
from emblem.traceability.revocation import RevocationList, judge_revocation, load_list, revocation_resources
from emblem.traceability.sct import SignedTimestamp
from emblem.traceability.seen import SeenTreeHeads
from emblem.traceability.summary import summarize, was_valid
from emblem.traceability.web_pki import WebRoots, find_path, system_roots
from emblem.verifier.asking import Asking, fetch, together
from emblem.verifier.commitment_memory import CommitmentMemory
from emblem.verifier.log_entries import FoundEntry, look_up
from emblem.verifier.log_heads import Heads
from emblem.verifier.unsettled import UnsettledError, content_of

MOST_NEEDS = 16
"""Commitments of one target that are checked."""
MOST_ENTRIES = 8
"""Log entries of one endorsement that are looked up."""

_MILLISECONDS = 1000


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
    heads = Heads.since(checks.seen)
    answers = yield from together([_check(need, at, now, checks, heads) for need in asked[:MOST_NEEDS]])
    found = dict(zip(asked, answers, strict=False))
    if memory is not None:
        for need, answer in found.items():
            memory.keep(need, answer, at=at, now=now)
    left = Commitment(CommitmentResult.UNDETERMINED, f"only {MOST_NEEDS} commitments of a target are checked")
    return answered | found | dict.fromkeys(asked[MOST_NEEDS:], left)


def _check(
    need: CommitmentNeed, at: datetime, now: datetime, checks: CommitmentChecks, heads: Heads
) -> Asking[Commitment]:
    entries = tuple(dict.fromkeys(need.log))
    found = yield from together([_Check(need, entry, at, now, checks, heads).run() for entry in entries[:MOST_ENTRIES]])
    remarks = [remark for one in found for remark in one.remarks]
    if len(entries) > MOST_ENTRIES:
        message = f"the endorsement names {len(entries)} log entries; {MOST_ENTRIES} are looked up"
        remarks.append(Reason(ReasonCode.LOG_NOT_ASKED, Severity.WARNING, message))
    if checks.logs.too_old(now, OLDEST_LOG_LIST) and any(not one.log_was_given for one in found):
        date = date_text(numeric_date(checks.logs.timestamp))
        message = f"the list of logs is of {date}: newer logs are missing, and what it says of others may be past"
        remarks.append(Reason(ReasonCode.LOGS_OUTDATED, Severity.WARNING, message))
    return _combine([one.evidence for one in found], remarks)


@dataclass(frozen=True, slots=True)
class _Outcome:
    evidence: LogEvidence
    remarks: tuple[Reason, ...]
    log_was_given: bool


@dataclass
class _Check:
    """The check of one entry; collects what it finds on the way."""

    need: CommitmentNeed
    entry: LogEntry
    at: datetime
    now: datetime
    checks: CommitmentChecks
    heads: Heads
    evidence: LogEvidence = field(init=False)
    remarks: list[Reason] = field(default_factory=list)

    def run(self) -> Asking[_Outcome]:
        self.evidence = LogEvidence(self.entry, CommitmentResult.UNDETERMINED, "")
        log = self.checks.logs.find(self.entry.log_id)
        try:
            if log is None:
                name = encode_base64(self.entry.log_id)
                raise UnsettledError(ReasonCode.LOG_UNKNOWN, f"the log {name} is on none of the lists at hand")
            self._note(log=log.description, operator=log.operator)
            self._check_log(log)
            yield from self._settle(log)
        except UnsettledError as error:
            result = CommitmentResult.FAILED if error.failed else CommitmentResult.UNDETERMINED
            self._note(result=result, code=error.code, detail=error.detail)
        return _Outcome(self.evidence, tuple(self.remarks), log is not None and log.given)

    def _settle(self, log: Log) -> Asking[None]:
        promise, given = self._given_promise(log)
        found = yield from self._found(log, promise)
        time = promise.timestamp.time if promise is not None else found.time if found is not None else 0
        logged_at = _as_datetime(time)
        self._note(logged_at=numeric_date(logged_at))
        self._check_log(log, logged_at)
        certificate = found.certificate if found is not None and found.certificate is not None else given
        assert certificate is not None, "what was looked up by hash alone is at hand"
        self._check_names(certificate)
        path = self._check_path(certificate, logged_at)
        if logged_at > self.at:
            message = f"it was logged at {date_text(numeric_date(logged_at))}, after the time that is asked about"
            raise UnsettledError(ReasonCode.LOG_ENTRY_LATER, message)
        yield from self._check_revocation(path)
        self._note(result=CommitmentResult.VERIFIED, detail=self._told(log))

    def _check_log(self, log: Log, at: datetime | None = None) -> None:
        why = log.distrust(at)
        if why is not None:
            raise UnsettledError(ReasonCode.LOG_DISTRUSTED, f"{log.description} does not count: {why}")

    def _given_promise(self, log: Log) -> tuple[TimestampedEntry | None, LoggedCertificate | None]:
        """The promise of the log for a certificate at hand, where the endorsement names its entry."""
        for given in self.checks.certificates:
            for one in given.entries():
                if one.timestamp.log_id != log.log_id or not self._is_named(one):
                    continue
                if one.is_signed_by(log.key):
                    self._note(proofs=(Proof.PROMISED,))
                    chain = given.chain
                    return one, LoggedCertificate(chain.certificate, (chain.issuer, *chain.further))
                message = f"the timestamp in the certificate at hand is not one of {log.description} for it"
                self.remarks.append(Reason(ReasonCode.LOG_PROMISE_INVALID, Severity.WARNING, message))
        return None, None

    def _is_named(self, one: TimestampedEntry) -> bool:
        if self.entry.index is not None:
            return one.timestamp.leaf_index == self.entry.index
        return one.leaf_hash == self.entry.leaf_hash

    def _found(self, log: Log, promise: TimestampedEntry | None) -> Asking[FoundEntry | None]:
        """The entry in its log. Where the log cannot be asked, its promise alone has to do."""
        if not self.checks.fetches:
            if promise is None:
                message = f"no evidence at hand has an entry of {log.description}, and it was not asked"
                raise UnsettledError(ReasonCode.LOG_NOT_ASKED, message)
            return None
        try:
            found = yield from look_up(log, self.entry, promise, self.heads, self.now)
        except UnsettledError as error:
            if promise is None or error.failed:
                raise
            self.remarks.append(Reason(error.code, Severity.WARNING, error.detail))
            return None
        tree = found.head.head
        if found.head.doubt is not None:
            self.remarks.append(found.head.doubt)
        shown = (Proof.INCLUDED, Proof.CONSISTENT) if found.head.consistent else (Proof.INCLUDED,)
        time = numeric_date(_as_datetime(tree.time))
        self._note(proofs=(*self.evidence.proofs, *shown), tree_size=tree.size, tree_time=time)
        return found

    def _check_names(self, certificate: LoggedCertificate) -> None:
        binding = Binding(self.need.key_identifier, self.need.organization)
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

    def _check_path(self, certificate: LoggedCertificate, logged_at: datetime) -> tuple[Certificate, ...]:
        self._note(path=(summarize(certificate.certificate),))
        when = date_text(numeric_date(logged_at))
        if not was_valid(certificate.certificate, logged_at):
            message = f"the certificate was not valid when it was logged, at {when}"
            raise UnsettledError(ReasonCode.CERTIFICATE_NOT_VALID, message, failed=True)
        name = Binding(self.need.key_identifier, self.need.organization).key_name
        try:
            path = find_path(certificate, name, logged_at, self.checks.roots)
        except InputError as error:
            message = f"the certificate has no path to one of {self.checks.roots.name} as of {when}: {error.found}"
            raise UnsettledError(ReasonCode.CERTIFICATE_PATH_UNKNOWN, message) from error
        self._note(path=tuple(map(summarize, path)))
        return path

    def _check_revocation(self, path: Sequence[Certificate]) -> Asking[None]:
        certificate, issuer = path[0], path[min(1, len(path) - 1)]
        lists = list(self.checks.revocation_lists)
        finding = judge_revocation(certificate, issuer, lists, self.at)
        troubles: list[str] = []
        if finding.state is Revocation.UNKNOWN and self.checks.fetches:
            fetched = yield from fetch(revocation_resources(certificate))
            for one in fetched:
                try:
                    lists.append(load_list(one.resource.purpose, content_of(one)))
                except UnsettledError as error:
                    troubles.append(error.detail)
                except MalformedError as error:
                    troubles.append(str(error))
            finding = judge_revocation(certificate, issuer, lists, self.at)
        self._note(revocation=finding.state)
        if finding.state is Revocation.REVOKED:
            raise UnsettledError(ReasonCode.CERTIFICATE_REVOKED, finding.detail, failed=True)
        if finding.state is Revocation.UNKNOWN:
            message = f"whether the certificate was revoked is not known: {'; '.join([*troubles, finding.detail])}"
            self.remarks.append(Reason(ReasonCode.CERTIFICATE_REVOCATION_UNKNOWN, Severity.WARNING, message))

    def _told(self, log: Log) -> str:
        assert self.evidence.logged_at is not None, "what is verified was logged"
        what = {
            Proof.PROMISED: "promised",
            Proof.INCLUDED: "included",
            Proof.CONSISTENT: "consistent with what the log had shown before",
        }
        shown = ", ".join(text for proof, text in what.items() if proof in self.evidence.proofs)
        return f"certificate logged at {date_text(self.evidence.logged_at)} in {log.description} ({shown})"

    def _note(self, **found: object) -> None:
        self.evidence = replace(self.evidence, **found)  # type: ignore[arg-type]  # names of its own fields


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
        return datetime.fromtimestamp(0, UTC) + timedelta(milliseconds=milliseconds)
    except OverflowError:
        return datetime.max.replace(tzinfo=UTC)
