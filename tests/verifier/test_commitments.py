"""Key commitments against logs of both kinds that do what they should, and logs that do not."""

from __future__ import annotations

import gzip
import json
from base64 import b64encode
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from cryptography import x509

from emblem.model.evidence import CommitmentResult, Proof, Revocation
from emblem.model.need import Commitment
from emblem.model.reason import ReasonCode
from emblem.model.token import LogEntry
from emblem.traceability.log_list import LogList, LogPurpose, LogState
from emblem.traceability.resources import FetchFailure
from emblem.traceability.seen import SeenTreeHeads
from emblem.traceability.summary import summarize
from emblem.traceability.web_pki import given_roots
from emblem.verifier.commitments import MOST_ENTRIES
from test_vectors.generator.commitments import pki
from test_vectors.generator.commitments.log import Reply, TransparencyLog, vector
from tests.support.arrangement import AT, MINISTRY, RELIEF
from tests.support.commitments import (
    AUTHORITY,
    HEAD_TIME,
    LIST_ADDRESS,
    LOGGED,
    Web,
    check,
    entry_of,
    given,
    head_of,
    known,
    milliseconds,
    names,
    need,
    new_log,
    request,
)

VERIFIED, FAILED, UNDETERMINED = CommitmentResult.VERIFIED, CommitmentResult.FAILED, CommitmentResult.UNDETERMINED
DAY = timedelta(days=1)


@pytest.fixture(params=[False, True], ids=["RFC 6962", "static"])
def log(request: pytest.FixtureRequest) -> TransparencyLog:
    """A log of either kind, with entries of others."""
    return new_log("elm" if request.param else "oak", static=request.param)


def committed(log: TransparencyLog, *, more: int = 13, final: bool = False, **changes: Any) -> TransparencyLog:
    """The log, with the certificate that commits the root key, and entries of others after it."""
    log.submit(request(**changes), AUTHORITY, LOGGED, final=final)
    log.fill(more)
    return log


def place(log: TransparencyLog, more: int = 13) -> LogEntry:
    """How the endorsement names the entry of :func:`committed`."""
    return entry_of(log, len(log.entries) - 1 - more)


def checked(log: TransparencyLog, web: Web | None = None, more: int = 13, **how: Any) -> Commitment:
    """The commitment by the entry of :func:`committed`."""
    return check(web or Web([log]), need(place(log, more)), **how)


def decided(commitment: Commitment) -> tuple[CommitmentResult, ReasonCode | None]:
    """The result and what decided it."""
    return commitment.result, commitment.evidence[0].code


def remarked(commitment: Commitment) -> set[str]:
    return {reason.code.value for reason in commitment.remarks}


def changed(reply: Reply, **members: object) -> Reply:
    """A reply in JSON with members changed."""
    return replace(reply, body=json.dumps(json.loads(reply.body) | members).encode())


# What verifies


@pytest.mark.parametrize("final", [False, True], ids=["precertificate", "final certificate"])
def test_an_entry_that_is_in_the_tree_of_its_log_verifies(log: TransparencyLog, final: bool) -> None:
    commitment = checked(committed(log, final=final))

    (evidence,) = commitment.evidence
    assert decided(commitment) == (VERIFIED, None)
    assert evidence.proofs == (Proof.INCLUDED,)
    assert commitment.logged_at == int(LOGGED.timestamp())
    assert evidence.tree_size == 34
    assert evidence.names == names()
    assert [summarize(one).subject for one in evidence.path[1:]] == ["CN=Test authority", "CN=Test root"]
    assert evidence.revocation is Revocation.NOT_REVOKED
    assert not commitment.remarks


@pytest.mark.parametrize(("before", "more"), [(0, 0), (255, 0), (255, 1), (256, 300), (511, 2), (700, 100)])
def test_entries_are_found_wherever_the_tiles_of_a_static_log_end(before: int, more: int) -> None:
    log = new_log("elm", static=True, entries=before)

    assert checked(committed(log, more=more), more=more).result is VERIFIED


def test_the_tile_of_another_level_is_taken_where_a_subtree_is_complete() -> None:
    log = committed(new_log("elm", static=True, entries=600), more=0)
    web = Web([log])
    checked(log, web, more=0)

    assert "https://elm.example/2027/tile/1/000.p/2" in web.asked


def test_a_full_tile_takes_the_place_of_a_partial_one_that_is_gone() -> None:
    log = committed(new_log("elm", static=True))
    before = log.checkpoint()
    log.fill(300)
    web = Web([log], instead={"checkpoint": Reply(200, before), ".p/34": Reply(404, b"")})
    seen = SeenTreeHeads([head_of(log, size=12, time=HEAD_TIME - 1000)])

    commitment = checked(log, web, more=313, seen=seen)

    assert commitment.evidence[0].proofs == (Proof.INCLUDED, Proof.CONSISTENT)
    assert "https://elm.example/2027/tile/data/000" in web.asked


def test_the_name_of_the_drafts_counts_like_that_of_the_field(log: TransparencyLog) -> None:
    first, _ = names()
    drafts = f"adem-configuration.{RELIEF.host}"
    commitment = checked(committed(log, names=(drafts, first)))

    assert commitment.evidence[0].names == (first, drafts)


def test_a_certificate_of_a_thousand_names_is_read(log: TransparencyLog) -> None:
    many = tuple(f"host-{number}.relief.example" for number in range(1000))

    assert checked(committed(log, names=(*many, *names()))).result is VERIFIED


def test_a_timestamp_in_a_certificate_at_hand_is_a_promise(log: TransparencyLog) -> None:
    _, certificate = log.submit(request(), AUTHORITY, LOGGED)
    commitment = check(Web([log]), need(entry_of(log)), certificates=(given(certificate),))

    assert commitment.evidence[0].proofs == (Proof.PROMISED, Proof.INCLUDED)


def test_a_timestamp_beside_a_final_certificate_is_a_promise_too(log: TransparencyLog) -> None:
    timestamp, certificate = log.submit(request(), AUTHORITY, LOGGED, final=True)
    commitment = check(Web([log]), need(entry_of(log)), certificates=(given(certificate, timestamp),))

    assert commitment.evidence[0].proofs == (Proof.PROMISED, Proof.INCLUDED)


def test_a_promise_suffices_where_nothing_may_be_fetched(log: TransparencyLog) -> None:
    _, certificate = log.submit(request(), AUTHORITY, LOGGED)
    web = Web([log])
    commitment = check(
        web, need(entry_of(log)), certificates=(given(certificate),), fetches=False, lists=(AUTHORITY.revoke(),)
    )

    assert commitment.result is VERIFIED
    assert commitment.evidence[0].proofs == (Proof.PROMISED,)
    assert commitment.evidence[0].revocation is Revocation.NOT_REVOKED
    assert web.asked == []


def test_a_promise_stands_where_the_log_cannot_be_reached_and_that_is_said(log: TransparencyLog) -> None:
    _, certificate = log.submit(request(), AUTHORITY, LOGGED)
    web = Web([log], instead={log.label: FetchFailure.TIMEOUT})
    commitment = check(web, need(entry_of(log)), certificates=(given(certificate),))

    assert commitment.evidence[0].proofs == (Proof.PROMISED,)
    assert remarked(commitment) == {"log-timeout"}


def test_a_tree_that_continues_the_one_seen_before_is_consistent(log: TransparencyLog) -> None:
    seen = SeenTreeHeads([head_of(log, time=HEAD_TIME - 1000)])
    commitment = checked(committed(log), seen=seen)

    assert commitment.evidence[0].proofs == (Proof.INCLUDED, Proof.CONSISTENT)


def test_the_tree_that_was_found_is_remembered_for_the_next_time(log: TransparencyLog) -> None:
    seen = SeenTreeHeads()
    first = checked(committed(log), seen=seen)
    second = checked(log, seen=seen)

    assert first.evidence[0].proofs == (Proof.INCLUDED,)
    assert second.evidence[0].proofs == (Proof.INCLUDED, Proof.CONSISTENT)
    assert [head.size for head in seen.heads] == [34]


def test_entries_that_are_checked_together_are_compared_with_the_same() -> None:
    log = committed(committed(new_log("elm", static=True)))
    commitment = check(Web([log]), need(place(log), entry_of(log, 20)), seen=SeenTreeHeads())

    assert [one.proofs for one in commitment.evidence] == [(Proof.INCLUDED,), (Proof.INCLUDED,)]


def test_an_older_tree_than_the_one_seen_is_no_lie_where_its_time_is_older_too(log: TransparencyLog) -> None:
    committed(log)
    seen = SeenTreeHeads([head_of(log)])
    log.size, log.time = 30, HEAD_TIME - 1000

    assert checked(log, seen=seen).evidence[0].proofs == (Proof.INCLUDED, Proof.CONSISTENT)


def test_a_tree_head_in_memory_that_the_log_did_not_sign_is_not_compared_with(log: TransparencyLog) -> None:
    forged = replace(head_of(log), root=bytes(32))

    assert checked(committed(log), seen=SeenTreeHeads([forged])).evidence[0].proofs == (Proof.INCLUDED,)


def test_one_entry_that_verifies_suffices_and_the_failure_of_another_is_a_warning() -> None:
    good, bad = committed(new_log("oak")), committed(new_log("ash"))
    web = Web(
        [good, bad],
        instead={"ash.example/2027/ct/v1/get-proof": changed(Reply(200, b"{}"), leaf_index=1, audit_path=[])},
    )
    commitment = check(web, need(place(bad), place(good)))

    assert decided(commitment) == (VERIFIED, None)
    assert [(one.code.value, one.severity.value) for one in commitment.remarks] == [("log-proof-wrong", "warning")]


# Logs that cheat


def test_a_wrong_inclusion_proof_fails(log: TransparencyLog) -> None:
    committed(log)
    if log.static:
        other = new_log(log.label, static=True, entries=40)
        web = Web([log], instead={"tile/0/": other.answer})
    else:
        web = Web([log], instead={"get-proof": lambda below: changed(log.answer(below), leaf_index=3)})

    assert decided(checked(log, web)) == (FAILED, ReasonCode.LOG_PROOF_WRONG)


def test_two_trees_of_the_same_size_are_a_split_view(log: TransparencyLog) -> None:
    committed(log)
    elsewhere = new_log(log.label, static=log.static, entries=34)
    elsewhere.entries.reverse()
    seen = SeenTreeHeads([head_of(elsewhere)])
    commitment = checked(log, seen=seen)

    assert decided(commitment) == (FAILED, ReasonCode.LOG_SPLIT_VIEW)
    assert [head.root for head in seen.heads] == [head_of(elsewhere).root], "what was seen stays"


def test_a_tree_that_does_not_continue_the_one_seen_before_is_a_split_view(log: TransparencyLog) -> None:
    committed(log)
    elsewhere = new_log(log.label, static=log.static, entries=9)
    elsewhere.entries.reverse()
    seen = SeenTreeHeads([head_of(elsewhere, time=HEAD_TIME - 1)])

    assert decided(checked(log, seen=seen)) == (FAILED, ReasonCode.LOG_SPLIT_VIEW)


def test_a_tree_that_lost_entries_later_is_rolled_back(log: TransparencyLog) -> None:
    committed(log)
    seen = SeenTreeHeads([head_of(log, time=HEAD_TIME - 1000)])
    log.size = 30

    assert decided(checked(log, seen=seen)) == (FAILED, ReasonCode.LOG_ROLLED_BACK)


def test_a_promise_that_was_not_kept_in_time_fails(log: TransparencyLog) -> None:
    _, certificate = log.submit(request(), AUTHORITY, LOGGED)
    entry = entry_of(log)
    log.entries.pop()
    commitment = check(Web([log]), need(entry), certificates=(given(certificate),))

    assert decided(commitment) == (FAILED, ReasonCode.LOG_PROMISE_BROKEN)


def test_a_static_log_with_another_entry_where_it_had_promised_one_has_broken_its_promise() -> None:
    log = new_log("elm", static=True)
    _, certificate = log.submit(request(), AUTHORITY, LOGGED)
    log.entries.pop()
    log.submit(request(serial=8), AUTHORITY, LOGGED)
    commitment = check(Web([log]), need(entry_of(log)), certificates=(given(certificate),))

    assert decided(commitment) == (FAILED, ReasonCode.LOG_PROMISE_BROKEN)


def test_a_promise_that_the_log_still_has_time_to_keep_stands(log: TransparencyLog) -> None:
    _, certificate = log.submit(request(start=AT - 2 * DAY), AUTHORITY, AT - timedelta(hours=2))
    entry = entry_of(log)
    log.entries.pop()
    commitment = check(Web([log]), need(entry), certificates=(given(certificate),))

    assert commitment.result is VERIFIED
    assert commitment.evidence[0].proofs == (Proof.PROMISED,)
    assert remarked(commitment) == {"log-entry-missing"}


def test_an_entry_for_another_certificate_fails(log: TransparencyLog) -> None:
    committed(log, names=names(MINISTRY))

    assert decided(checked(log)) == (FAILED, ReasonCode.CERTIFICATE_NAMES_OTHER)


def test_a_log_that_gives_another_entry_than_it_has_proven_fails() -> None:
    log = committed(new_log())
    web = Web([log], instead={"get-entries": log.answer("ct/v1/get-entries?start=3&end=3")})

    assert decided(checked(log, web)) == (FAILED, ReasonCode.LOG_ENTRY_WRONG)


def test_an_entry_of_a_static_log_that_says_it_stands_elsewhere_fails() -> None:
    log = committed(new_log("elm", static=True))
    log.entries[20] = replace(log.entries[20], extensions=b"\0\0\5" + (21).to_bytes(5))

    assert decided(checked(log)) == (FAILED, ReasonCode.LOG_ENTRY_WRONG)


def test_where_consistency_cannot_be_found_out_it_is_said_and_what_was_seen_stays() -> None:
    log = new_log()
    before = head_of(log, time=HEAD_TIME - 1000)
    seen = SeenTreeHeads([before])
    commitment = checked(committed(log), Web([log], instead={"consistency": FetchFailure.NOT_AT_HAND}), seen=seen)

    assert commitment.evidence[0].proofs == (Proof.INCLUDED,)
    assert remarked(commitment) == {"log-not-asked"}
    assert seen.heads == (before,)


# Names


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda first, second: (first[:-1] + "x", second), "no name"),
        (lambda first, second: (first.replace("a", "b", 1), second), "no name"),
        (lambda first, second: (first.upper(), second), "lower case"),
        (lambda _, second: (f"*.adem-configuration.{second}", second), "wildcard"),
        (lambda first, _: (first,), "no name"),
        (lambda _, second: (second,), "no name"),
    ],
    ids=["other organization", "one letter of the key", "capitals", "wildcard", "no second name", "no key"],
)
def test_a_name_that_is_not_there_literally_fails_and_is_named(
    log: TransparencyLog, change: Callable[[str, str], tuple[str, ...]], said: str
) -> None:
    commitment = checked(committed(log, names=change(*names())))

    assert decided(commitment) == (FAILED, ReasonCode.CERTIFICATE_NAMES_OTHER)
    assert said in commitment.detail


# The certificate


def test_a_certificate_that_was_not_valid_when_it_was_logged_fails(log: TransparencyLog) -> None:
    commitment = checked(committed(log, start=LOGGED - 20 * DAY, days=10))

    assert decided(commitment) == (FAILED, ReasonCode.CERTIFICATE_NOT_VALID)


def test_a_certificate_that_has_expired_since_still_commits_but_no_list_tells_of_it(log: TransparencyLog) -> None:
    commitment = checked(committed(log, start=LOGGED - 5 * DAY, days=10))

    assert commitment.result is VERIFIED
    assert remarked(commitment) == {"certificate-revocation-unknown"}


def test_a_certificate_of_an_unknown_root_is_undetermined(log: TransparencyLog) -> None:
    stranger = given_roots("other roots", pki.pem(pki.Authority.top("Stranger").root).encode())

    assert decided(checked(committed(log), trusted=stranger)) == (UNDETERMINED, ReasonCode.CERTIFICATE_PATH_UNKNOWN)


def test_a_certificate_for_other_uses_than_servers_is_none_of_the_web(log: TransparencyLog) -> None:
    commitment = checked(committed(log, usage=x509.ObjectIdentifier("1.3.6.1.5.5.7.3.4")))

    assert decided(commitment) == (UNDETERMINED, ReasonCode.CERTIFICATE_PATH_UNKNOWN)


def test_issuers_in_any_order_make_a_path(log: TransparencyLog) -> None:
    committed(log)
    log.entries[20] = replace(log.entries[20], issuers=log.entries[20].issuers[::-1])

    assert checked(log).result is VERIFIED


def test_an_entry_logged_after_the_time_that_is_asked_about_says_nothing_of_it(log: TransparencyLog) -> None:
    commitment = checked(committed(log), at=LOGGED - DAY)

    assert decided(commitment) == (UNDETERMINED, ReasonCode.LOG_ENTRY_LATER)


# Revocation


def test_a_revoked_certificate_fails(log: TransparencyLog) -> None:
    web = Web([log], {LIST_ADDRESS: AUTHORITY.revoke(7)})

    assert decided(checked(committed(log), web)) == (FAILED, ReasonCode.CERTIFICATE_REVOKED)


def test_a_list_at_hand_counts_like_a_fetched_one(log: TransparencyLog) -> None:
    web = Web([log])
    commitment = checked(committed(log), web, lists=(AUTHORITY.revoke(7),))

    assert decided(commitment) == (FAILED, ReasonCode.CERTIFICATE_REVOKED)
    assert LIST_ADDRESS not in web.asked


def test_a_certificate_that_is_revoked_later_is_not_revoked_yet(log: TransparencyLog) -> None:
    web = Web([log], {LIST_ADDRESS: AUTHORITY.revoke(7, revoked=AT - DAY)})
    commitment = checked(committed(log), web, at=AT - 2 * DAY)

    assert commitment.evidence[0].revocation is Revocation.NOT_REVOKED


def _scope(**of: Any) -> tuple[x509.IssuingDistributionPoint, bool]:
    usual: dict[str, Any] = {
        "full_name": None,
        "relative_name": None,
        "only_contains_user_certs": False,
        "only_contains_ca_certs": False,
        "only_some_reasons": None,
        "indirect_crl": False,
        "only_contains_attribute_certs": False,
    }
    return x509.IssuingDistributionPoint(**(usual | of)), True


@pytest.mark.parametrize(
    "wrong",
    [
        {"signed_by": "somebody else"},
        {"days": 1},
        {"extensions": [_scope(only_contains_ca_certs=True)]},
        {"extensions": [_scope(full_name=[x509.UniformResourceIdentifier("http://lists.example/2.crl")])]},
        {"extensions": [(x509.DeltaCRLIndicator(1), True)]},
    ],
    ids=["not signed by the authority", "too old", "of authorities only", "of another point", "of changes only"],
)
def test_a_list_that_does_not_count_leaves_revocation_unknown(log: TransparencyLog, wrong: dict[str, Any]) -> None:
    web = Web([log], {LIST_ADDRESS: AUTHORITY.revoke(**wrong)})
    commitment = checked(committed(log), web)

    assert commitment.result is VERIFIED
    assert commitment.evidence[0].revocation is Revocation.UNKNOWN
    assert remarked(commitment) == {"certificate-revocation-unknown"}


def test_a_list_of_this_point_counts(log: TransparencyLog) -> None:
    scope = _scope(full_name=[x509.UniformResourceIdentifier(LIST_ADDRESS)], only_contains_user_certs=True)
    web = Web([log], {LIST_ADDRESS: AUTHORITY.revoke(extensions=[scope])})

    assert checked(committed(log), web).evidence[0].revocation is Revocation.NOT_REVOKED


@pytest.mark.parametrize("reply", [FetchFailure.TIMEOUT, Reply(404, b""), Reply(200, b"nonsense")])
def test_a_list_that_cannot_be_had_is_a_warning(log: TransparencyLog, reply: Reply | FetchFailure) -> None:
    commitment = checked(committed(log), Web([log], instead={LIST_ADDRESS: reply}))

    assert commitment.result is VERIFIED
    assert remarked(commitment) == {"certificate-revocation-unknown"}


# What cannot be found out


def test_a_log_that_nobody_knows_is_undetermined_and_nobody_is_asked(log: TransparencyLog) -> None:
    web = Web([log])
    commitment = checked(committed(log), web, logs=LogList(AT, ()))

    assert decided(commitment) == (UNDETERMINED, ReasonCode.LOG_UNKNOWN)
    assert web.asked == []


@pytest.mark.parametrize(
    "state",
    [
        {"purpose": LogPurpose.TEST},
        {"state": LogState.REJECTED, "state_since": AT - DAY},
        {"state": LogState.RETIRED, "state_since": LOGGED},
    ],
    ids=["for tests", "rejected", "retired before"],
)
def test_a_log_that_the_list_does_not_rely_on_is_undetermined(log: TransparencyLog, state: dict[str, Any]) -> None:
    logs = LogList(AT, (replace(known(log), **state),))

    assert decided(checked(committed(log), logs=logs)) == (UNDETERMINED, ReasonCode.LOG_DISTRUSTED)


@pytest.mark.parametrize("state", [LogState.PENDING, LogState.QUALIFIED, LogState.READ_ONLY, LogState.RETIRED])
def test_a_log_counts_that_was_retired_after_the_certificate_was_logged(log: TransparencyLog, state: LogState) -> None:
    logs = LogList(AT, (replace(known(log), state=state, state_since=LOGGED + DAY),))

    assert checked(committed(log), logs=logs).result is VERIFIED


def test_an_entry_that_the_log_does_not_have_and_has_not_promised_is_undetermined(log: TransparencyLog) -> None:
    committed(log)
    entry = LogEntry(log.log_id, index=99) if log.static else LogEntry(log.log_id, leaf_hash=bytes(32))

    assert decided(check(Web([log]), need(entry))) == (UNDETERMINED, ReasonCode.LOG_ENTRY_MISSING)


def test_without_evidence_and_without_asking_nothing_is_known(log: TransparencyLog) -> None:
    commitment = checked(committed(log), fetches=False)

    assert decided(commitment) == (UNDETERMINED, ReasonCode.LOG_NOT_ASKED)


@pytest.mark.parametrize("what", ["get-sth", "get-proof", "get-entries", "checkpoint", "tile/0", "tile/data", "issuer"])
@pytest.mark.parametrize(
    ("reply", "code"),
    [
        (FetchFailure.TIMEOUT, ReasonCode.LOG_TIMEOUT),
        (FetchFailure.UNREACHABLE, ReasonCode.LOG_UNREACHABLE),
        (FetchFailure.REDIRECTED, ReasonCode.LOG_REDIRECTED),
        (FetchFailure.NO_HTTP, ReasonCode.LOG_ANSWER_MALFORMED),
        (Reply(200, bytes(20_000_000)), ReasonCode.LOG_ANSWER_TOO_LARGE),
        (Reply(200, b"nonsense"), ReasonCode.LOG_ANSWER_MALFORMED),
        (Reply(200, b""), ReasonCode.LOG_ANSWER_MALFORMED),
        (Reply(200, b"[]"), ReasonCode.LOG_ANSWER_MALFORMED),
        (Reply(200, b'{"a":' * 500), ReasonCode.LOG_ANSWER_MALFORMED),
        (Reply(200, gzip.compress(bytes(20_000_000)), "gzip"), ReasonCode.LOG_ANSWER_MALFORMED),
        (Reply(503, b"busy"), ReasonCode.LOG_UNREACHABLE),
    ],
    ids=[
        *("slow", "unreachable", "redirect", "no HTTP", "megabytes", "nonsense", "empty", "array", "deep", "bomb"),
        "status 503",
    ],
)
def test_a_log_that_does_not_answer_properly_leaves_it_undetermined_with_the_reason(
    what: str, reply: Reply | FetchFailure, code: ReasonCode
) -> None:
    log = committed(new_log(static=not what.startswith("get-")))

    if what == "tile/0" and isinstance(reply, Reply) and len(reply.body) > 34 * 32 + 1024:
        code = ReasonCode.LOG_ANSWER_TOO_LARGE
    assert decided(checked(log, Web([log], instead={what: reply}))) == (UNDETERMINED, code)


def test_a_tree_head_that_the_log_did_not_sign_is_undetermined(log: TransparencyLog) -> None:
    committed(log)
    if log.static:
        signed = log.checkpoint()
        forged = Reply(200, signed.replace(b"\n34\n", b"\n35\n"))
    else:
        forged = changed(log.answer("ct/v1/get-sth"), tree_size=35)

    web = Web([log], instead={"checkpoint" if log.static else "get-sth": forged})
    assert decided(checked(log, web)) == (UNDETERMINED, ReasonCode.LOG_HEAD_UNSIGNED)


def test_the_checkpoint_of_another_log_is_nonsense() -> None:
    log, other = committed(new_log("elm", static=True)), new_log("fir", static=True)
    web = Web([log], instead={"checkpoint": Reply(200, other.checkpoint())})

    assert decided(checked(log, web)) == (UNDETERMINED, ReasonCode.LOG_ANSWER_MALFORMED)


def test_a_tree_head_of_the_future_is_nonsense(log: TransparencyLog) -> None:
    log.time = milliseconds(AT + DAY)

    assert decided(checked(committed(log))) == (UNDETERMINED, ReasonCode.LOG_ANSWER_MALFORMED)


def test_a_precertificate_that_does_not_belong_to_the_entry_is_nonsense(log: TransparencyLog) -> None:
    committed(log)
    other = pki.der(request(serial=9).precertificate(AUTHORITY))
    if log.static:
        log.entries[20] = replace(log.entries[20], submitted=other)
        web = Web([log])
    else:
        extra = vector(3, other) + vector(3, b"".join(vector(3, one) for one in log.entries[20].issuers))
        real = json.loads(log.answer("ct/v1/get-entries?start=20&end=20").body)["entries"][0]
        answer = {"entries": [real | {"extra_data": b64encode(extra).decode()}]}
        web = Web([log], instead={"get-entries": Reply(200, json.dumps(answer).encode())})

    assert decided(checked(log, web)) == (UNDETERMINED, ReasonCode.LOG_ANSWER_MALFORMED)


def test_an_issuer_that_is_not_the_one_that_was_named_is_nonsense() -> None:
    log = committed(new_log("elm", static=True))
    web = Web([log], instead={"issuer/": Reply(200, pki.der(pki.Authority.top("Stranger").root))})

    assert decided(checked(log, web)) == (UNDETERMINED, ReasonCode.LOG_ANSWER_MALFORMED)


def test_a_timestamp_of_nobody_in_a_certificate_at_hand_is_no_promise() -> None:
    log, liar = new_log(), new_log("liar")
    log.submit(request(), AUTHORITY, LOGGED)
    real = log.entries[-1]
    forged = b"\0" + log.log_id + liar.promise(real)[33:]
    with_forged = request().final(AUTHORITY, vector(2, vector(2, forged)))
    commitment = check(Web([log]), need(entry_of(log)), certificates=(given(with_forged),), fetches=False)

    assert decided(commitment) == (UNDETERMINED, ReasonCode.LOG_NOT_ASKED)
    assert "log-promise-invalid" in remarked(commitment)


def test_failure_beside_what_is_not_known_is_not_known() -> None:
    cheat, silent = committed(new_log("ash"), names=names(MINISTRY)), committed(new_log("oak"))
    web = Web([cheat, silent], instead={"oak": FetchFailure.UNREACHABLE})
    commitment = check(web, need(place(cheat), place(silent)))

    assert commitment.result is UNDETERMINED
    assert remarked(commitment) == {"log-unreachable", "certificate-names-other"}


def test_an_old_list_of_logs_is_a_warning_where_the_log_is_from_it(log: TransparencyLog) -> None:
    committed(log)
    old = LogList(AT - 100 * DAY, (known(log),))
    given_log = LogList(AT - 100 * DAY, (known(log, given=True),))

    assert remarked(checked(log, logs=old)) == {"logs-outdated"}
    assert remarked(checked(log, logs=given_log)) == set()


def test_only_so_many_entries_are_looked_up() -> None:
    logs = [committed(new_log(f"log{number}")) for number in range(MOST_ENTRIES + 2)]
    web = Web(logs)
    commitment = check(web, need(*map(place, logs)))

    assert commitment.result is VERIFIED
    assert len(commitment.evidence) == MOST_ENTRIES
    assert "log-not-asked" in remarked(commitment)


def test_each_resource_is_fetched_once_for_all_entries_of_a_log() -> None:
    log = committed(new_log("elm", static=True))
    web = Web([log])
    check(web, need(place(log), entry_of(log, 3)))

    assert web.asked.count("https://elm.example/2027/checkpoint") == 1
