"""Emblem's own end of the protocol ``jsonl``: a vector a line on standard input, a verdict a line on standard output.

It is also the example for adapters of other verifiers.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from functools import reduce
from operator import or_
from typing import Any
from urllib.parse import parse_qsl

from emblem.codec.base64 import decode_base64
from emblem.codec.evidence import decode_bundle
from emblem.codec.record_text import read_records
from emblem.discovery.given import select_records
from emblem.dns.dnssec import ZoneCache, parse_anchors
from emblem.dns.exchange import Transmit
from emblem.dns.lookup import Lookup, RetryPolicy
from emblem.dns.message import Answer, Failure, Question, Transport
from emblem.dns.servers import ServerAddress
from emblem.errors import EmblemError, InputError
from emblem.model.organization import Organization
from emblem.model.purpose import NO_PURPOSE, PURPOSES
from emblem.model.target import Target, parse_given_address
from emblem.model.time import numeric_date
from emblem.model.verdict import Level, Verdict
from emblem.report.json import verdict_members
from emblem.traceability.chain import read_chain
from emblem.traceability.given_log import given_log
from emblem.traceability.log_key import LogKey
from emblem.traceability.log_list import LogList
from emblem.traceability.resources import Fetched, FetchFailure, Resource
from emblem.traceability.revocation import load_list
from emblem.traceability.seen import SCHEMA as TREE_HEADS
from emblem.traceability.seen import decode_seen
from emblem.traceability.stamps import read_stamp_authorities
from emblem.traceability.web_pki import given_roots
from emblem.trust.key_files import read_public_keys
from emblem.validation.procedure import Profile
from emblem.validation.trust import Policy, Scope, Trust, TrustedCertificate, TrustedKey
from emblem.verifier.asking import Ask, Fetch
from emblem.verifier.bundles import judge_bundle
from emblem.verifier.commitments import CommitmentChecks, GivenCertificate
from emblem.verifier.given import judge_given
from emblem.verifier.investigation import investigate, judge_records
from emblem.verifier.settings import Authentication, Settings
from test_vectors.replay import Replay

_RESOLVER = ServerAddress("192.0.2.53")
_LENGTH = 2
"""Octets before a message over TCP."""


def judge(request: Mapping[str, Any]) -> dict[str, Any]:
    """The verdict on a request, as its JSON members.

    Raises:
        EmblemError: a record line, a key, an anchor or the target cannot be read.
    """
    trust, profile = trust_of(request), Profile(request["profile"])
    if "bundle" in request:
        return _judge_bundle(request, trust, profile)
    if "dns" in request:
        return verdict_members(_discover(request, trust, profile))
    return verdict_members((_committed if "commitments" in request else _given)(request, trust, profile))


def trust_of(request: Mapping[str, Any]) -> Trust:
    """Whom the verifier of a request trusts, and its policy.

    Raises:
        EmblemError: a key cannot be read.
    """
    accept = request.get("accept")
    policy = Policy(accept=Level(accept) if accept else None, require_dnssec=request.get("require_dnssec", False))
    given: list[Mapping[str, Any]] = request["trust"]
    return Trust(
        tuple(key for trusted in given if "key" in trusted for key in _trusted_keys(trusted)),
        policy=policy,
        certificates=tuple(_trusted_certificate(trusted) for trusted in given if "certificate" in trusted),
    )


def main() -> int:
    """Answer every line until there is none."""
    for line in sys.stdin:
        try:
            answer = judge(json.loads(line))
        except EmblemError as error:
            answer = {"error": str(error)}
        print(json.dumps(answer), flush=True)
    return 0


def _given(request: Mapping[str, Any], trust: Trust, profile: Profile) -> Verdict:
    """The verdict on records."""
    return judge_given(
        read_records("".join(line + "\n" for line in request["records"])),
        Target.parse(request["target"]),
        at=datetime.fromisoformat(request["at"]),
        settings=Settings(trust, profile),
        addresses=map(parse_given_address, request.get("addresses", ())),
    )


def _judge_bundle(request: Mapping[str, Any], trust: Trust, profile: Profile) -> dict[str, Any]:
    """The verdict on an evidence bundle; one that is not as it must be is refused before it is judged."""
    anchors = request.get("anchors")
    authorities = "".join(request.get("stamp_authorities", ())).encode()
    if authorities:
        trust = replace(trust, stamp_authorities=read_stamp_authorities("stamp authorities", authorities))
    at = request.get("at")
    target = request.get("target")
    try:
        verdict = judge_bundle(
            decode_bundle("bundle", bytes.fromhex(request["bundle"])),
            None if target is None else Target.parse(target),
            at=None if at is None else datetime.fromisoformat(at),
            now=datetime.fromisoformat(request["now"]),
            settings=Settings(trust, profile),
            anchors=parse_anchors("\n".join(anchors)) if anchors else None,
        )
    except InputError:
        return {"status": "refused", "level": "none"}
    return verdict_members(verdict)


def _committed(request: Mapping[str, Any], trust: Trust, profile: Profile) -> Verdict:
    """The verdict on records, with everything fetched from what the vector says."""
    now = datetime.fromisoformat(request["now"])
    checks = commitment_checks(request["commitments"], now)
    exchanges = {_asked(one["address"]): one for one in request["commitments"]["http"]}
    selection = select_records(
        read_records("".join(line + "\n" for line in request["records"])), Target.parse(request["target"])
    )
    steps = judge_records(
        selection.records,
        Target.parse(request["target"]),
        at=datetime.fromisoformat(request["at"]),
        now=now,
        settings=Settings(trust, profile, commitments=lambda: checks),
    )
    fetched: tuple[Fetched, ...] | None = None
    while True:
        try:
            wanted = steps.send(fetched) if fetched is not None else next(steps)
        except StopIteration as finished:
            verdict: Verdict = finished.value
            return verdict
        assert isinstance(wanted, Fetch), "records are at hand"
        fetched = tuple(_fetched(one, exchanges.get(_asked(one.address))) for one in wanted.resources)


def commitment_checks(known: Mapping[str, Any], now: datetime) -> CommitmentChecks:
    """The logs, roots and evidence of a vector."""
    logs = (
        replace(
            given_log(
                ("static+" if log["kind"] == "static" else "") + log["address"],
                LogKey.decode("key of the log", decode_base64("key of the log", log["key"])),
            ),
            merge_delay=timedelta(seconds=log["merge_delay"]),
        )
        for log in known["logs"]
    )
    chains = (read_chain("certificates", text.encode()) for text in known.get("certificates", ()))
    seen = json.dumps({"schema": TREE_HEADS, "heads": known.get("seen", [])}).encode()
    return CommitmentChecks(
        LogList(now, tuple(logs)),
        given_roots("the roots of the vector", "".join(known["roots"]).encode()),
        tuple(map(GivenCertificate, chains)),
        tuple(load_list("revocation list", bytes.fromhex(one)) for one in known.get("lists", ())),
        decode_seen("tree heads", seen),
        known["mode"] == "online",
    )


def _fetched(resource: Resource, exchange: Mapping[str, Any] | None) -> Fetched:
    if exchange is None or "failure" in exchange:
        failure = FetchFailure(exchange["failure"] if exchange else "unreachable")
        return Fetched(resource, failure=failure, detail="so says the vector")
    return Fetched(resource, exchange["status"], bytes.fromhex(exchange["body"]), exchange.get("encoding", ""))


def _asked(address: str) -> tuple[str, frozenset[tuple[str, str]]]:
    """What an address asks for, however its query is written."""
    before, _, query = address.partition("?")
    return before, frozenset(parse_qsl(query, keep_blank_values=True))


def _discover(request: Mapping[str, Any], trust: Trust, profile: Profile) -> Verdict:
    """The verdict on a target, with every question answered by what the vector says."""
    anchors = request.get("anchors")
    authentication = Authentication(parse_anchors("\n".join(anchors)), ZoneCache()) if anchors else None
    resolver = Replay(request["dns"])
    investigation = investigate(
        Target.parse(request["target"]),
        at=datetime.fromisoformat(request["at"]),
        now=datetime.fromisoformat(request["now"]),
        settings=Settings(trust, profile, authentication, covert=request.get("covert", False)),
    )
    answers: tuple[Answer, ...] | None = None
    while True:
        try:
            asked = investigation.send(answers) if answers is not None else next(investigation)
        except StopIteration as finished:
            verdict: Verdict = finished.value
            return verdict
        assert isinstance(asked, Ask), "nothing is fetched where commitments are not checked"
        answers = tuple(look_up(question, resolver, dnssec=bool(anchors)) for question in asked.questions)


def look_up(question: Question, resolver: Replay, *, dnssec: bool) -> Answer:
    """What our resolver makes of the messages: which of them it takes, when it asks again, and how."""
    machine = Lookup(question, [_RESOLVER], deadline=1.0, policy=RetryPolicy(), dnssec=dnssec)
    step = machine.start(0.0)
    while not isinstance(step, Answer):
        if not isinstance(step, Transmit):
            step = machine.failed(Failure.TIMEOUT, "nothing else came", 0.0)
            continue
        over_tcp = step.transport is Transport.TCP
        response = resolver.respond(step.payload[_LENGTH:] if over_tcp else step.payload)
        if isinstance(response, str):
            step = machine.failed(Failure(response), "no response", 0.0)
        else:
            step = machine.received(len(response).to_bytes(_LENGTH) + response if over_tcp else response, 0.0)
    return step


def _trusted_keys(trusted: Mapping[str, Any]) -> list[TrustedKey]:
    organization = Organization.parse(trusted["organization"]) if "organization" in trusted else None
    scope = _scope(trusted.get("scope", {}))
    return [TrustedKey(key, organization, scope) for key in read_public_keys("trusted key", trusted["key"].encode())]


def _trusted_certificate(trusted: Mapping[str, Any]) -> TrustedCertificate:
    organization = Organization.parse(trusted["organization"])
    return TrustedCertificate(bytes.fromhex(trusted["certificate"]), organization, _scope(trusted.get("scope", {})))


def _scope(members: Mapping[str, Any]) -> Scope:
    purposes, suffixes = members.get("purposes"), members.get("suffixes")
    return Scope(
        None if purposes is None else reduce(or_, (PURPOSES[name] for name in purposes), NO_PURPOSE),
        None if suffixes is None else tuple(suffixes),
        *(
            numeric_date(datetime.fromisoformat(members[name])) if name in members else None
            for name in ("not_before", "expires")
        ),
    )


if __name__ == "__main__":
    sys.exit(main())
