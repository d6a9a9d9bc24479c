"""Bundles with what logs, authorities for certificates and revocation lists said, and verifiers who know other logs."""

from __future__ import annotations

from dataclasses import replace

from emblem.codec.evidence import LARGEST_BUNDLE, Evidence, KeptResource, decode_bundle, encode_bundle
from emblem.model.target import Target
from emblem.model.verdict import CommitmentState, Level, Status, Verdict
from emblem.traceability.log_list import LogList
from emblem.traceability.web_pki import given_roots
from emblem.validation.trust import Trust
from emblem.verifier.asking import Ask, Response
from emblem.verifier.bundles import judge_bundle
from emblem.verifier.capture import Captured, investigate_recorded
from emblem.verifier.commitments import CommitmentChecks
from emblem.verifier.settings import Settings
from test_vectors.adapter import look_up
from test_vectors.generator.commitments import pki
from test_vectors.generator.commitments.log import Reply, TransparencyLog
from test_vectors.generator.discovery.messages import HTTPS, IHLE, Question, found, ihle, nodata
from test_vectors.generator.discovery.world import questions as questions_at
from test_vectors.replay import Replay
from tests.support.arrangement import (
    AT,
    HOSPITAL,
    MINISTRY,
    NOBODY,
    authority,
    bound,
    chain,
    root,
    signing,
    trusting,
)
from tests.support.commitments import (
    AUTHORITY,
    LIST_ADDRESS,
    LOGGED,
    Web,
    entry_of,
    known,
    names,
    new_log,
    request,
    roots,
)

TARGET = Target.parse(HOSPITAL)
ENDORSED_SUFFICES = trusting(accept=Level.ENDORSED)


def new_world(label: str) -> tuple[TransparencyLog, tuple[bytes, ...]]:
    """A log in which the roots of an organization and of an authority are committed, and a host's records."""
    log = new_log(label)
    log.submit(request(*names(MINISTRY, authority)), AUTHORITY, LOGGED)
    entry = entry_of(log)
    log.fill(5)
    made = chain(root, signing, log=(entry,)).emblem(HOSPITAL).endorsed_by(authority, MINISTRY, log=(entry,))
    return log, tuple(one for one in made.records if isinstance(one, bytes))


LOG, RECORDS = new_world("oak")


def checks(*logs: TransparencyLog) -> CommitmentChecks:
    """Those of a verifier who knows these logs."""
    return CommitmentChecks(LogList(AT, tuple(map(known, logs))), roots())


def captured(web: Web, known_to_maker: CommitmentChecks, trust: Trust = NOBODY) -> Captured:
    """What somebody captures, who knows these logs and trusts these keys."""
    listed = []
    for asked in (*questions_at(HOSPITAL), Question(HOSPITAL, HTTPS)):
        records = (ihle(HOSPITAL, data) for data in RECORDS)
        message = found(asked, *records) if asked.type == IHLE else nodata(asked, HOSPITAL)
        listed.append({"question": {"name": asked.name, "type": asked.type}, "responses": [message.hex()]})
    resolver = Replay(listed)
    steps = investigate_recorded(TARGET, now=AT, settings=Settings(trust, commitments=lambda: known_to_maker))
    response: Response | None = None
    while True:
        try:
            request = steps.send(response) if response is not None else next(steps)
        except StopIteration as finished:
            result: Captured = finished.value
            return result
        if isinstance(request, Ask):
            response = tuple(look_up(question, resolver, dnssec=False) for question in request.questions)
        else:
            response = tuple(map(web.fetch, request.resources))


def judged(evidence: Evidence, known_to_us: CommitmentChecks | None, trust: Trust = ENDORSED_SUFFICES) -> Verdict:
    """What a verifier says of it who knows these logs, and to whom the level suffices."""
    settings = Settings(trust, commitments=None if known_to_us is None else lambda: known_to_us)
    bundle = decode_bundle("bundle", encode_bundle(evidence))
    return judge_bundle(bundle, now=AT, settings=settings, anchors=None)


def test_what_logs_said_is_kept_and_proves_the_same_again() -> None:
    web = Web([LOG])
    found_now = captured(web, checks(LOG), ENDORSED_SUFFICES)
    asked = list(web.asked)
    again = judged(found_now.evidence, checks(LOG))

    assert (found_now.verdict.status, found_now.verdict.commitment) == (Status.PROTECTED, CommitmentState.VERIFIED)
    assert (again.status, again.level, again.commitment) == (Status.PROTECTED, Level.ENDORSED, CommitmentState.VERIFIED)
    assert again.sets == found_now.verdict.sets
    assert web.asked == asked


def test_what_the_capturer_did_not_need_is_kept_for_who_needs_it() -> None:
    bound_by_capturer = captured(Web([LOG]), checks(LOG), trusting(bound(authority, MINISTRY)))

    assert bound_by_capturer.verdict.commitment is CommitmentState.VOUCHED
    assert judged(bound_by_capturer.evidence, checks(LOG)).commitment is CommitmentState.VERIFIED


def test_a_log_of_an_adversarys_own_is_known_to_nobody_else() -> None:
    forged = captured(Web([LOG]), checks(LOG), ENDORSED_SUFFICES)
    again = judged(forged.evidence, checks(new_log("elm")))

    assert forged.verdict.status is Status.PROTECTED
    assert again.status is Status.CLAIMED
    assert again.level is Level.SIGNED
    assert "log-unknown" in {code for entry in again.sets[0].chain for one in entry.evidence for code in [one.code]}


def test_an_authority_for_certificates_of_an_adversarys_own_is_none() -> None:
    forged = captured(Web([LOG]), checks(LOG), ENDORSED_SUFFICES)
    other = given_roots("other roots", pki.pem(pki.Authority.top("Other root").root).encode())
    again = judged(forged.evidence, replace(checks(LOG), roots=other))

    assert again.status is Status.CLAIMED
    assert again.level is Level.SIGNED


def test_commitments_are_left_out_where_that_is_wanted() -> None:
    again = judged(captured(Web([LOG]), checks(LOG)).evidence, None)

    assert (again.status, again.commitment) == (Status.CLAIMED, CommitmentState.NOT_CHECKED)


def test_a_resource_that_is_left_out_is_not_known() -> None:
    evidence = captured(Web([LOG]), checks(LOG)).evidence
    for number, resource in enumerate(evidence.resources):
        rest = (*evidence.resources[:number], *evidence.resources[number + 1 :])
        again = judged(replace(evidence, resources=rest), checks(LOG))

        assert again.status is (Status.PROTECTED if resource.address == LIST_ADDRESS else Status.CLAIMED)


def test_a_resource_that_was_changed_proves_nothing() -> None:
    evidence = captured(Web([LOG]), checks(LOG)).evidence
    for number, resource in enumerate(evidence.resources):
        changed = replace(resource, body=resource.body.replace(b"A", b"B").replace(b"\x01", b"\x02"))
        resources = (*evidence.resources[:number], changed, *evidence.resources[number + 1 :])
        again = judged(replace(evidence, resources=resources), checks(LOG))

        assert changed != resource
        assert again.status is not Status.PROTECTED or resource.address == LIST_ADDRESS


def test_what_makes_a_bundle_too_large_is_left_out_and_told() -> None:
    web = Web([LOG], instead={LIST_ADDRESS: Reply(200, bytes(LARGEST_BUNDLE))})
    found_now = captured(web, checks(LOG))
    kept = {one.address: one for one in found_now.evidence.resources}

    assert found_now.left_out == (LIST_ADDRESS,)
    assert kept[LIST_ADDRESS] == KeptResource(LIST_ADDRESS, failure="too-large")
    assert judged(found_now.evidence, checks(LOG)).commitment is CommitmentState.VERIFIED
