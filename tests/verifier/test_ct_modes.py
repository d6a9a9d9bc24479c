"""How a program says how key commitments are checked; both drivers do the same, with logs over real sockets."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from emblem.model.need import CommitmentResult
from emblem.model.verdict import CommitmentState, Level
from emblem.traceability.log_list import LogList
from emblem.traceability.seen import SeenTreeHeads
from emblem.verifier.commitments import CommitmentChecks
from emblem.verifier.drivers import Verifier, _commitments
from test_vectors.generator.commitments import pki
from test_vectors.generator.commitments.log import TransparencyLog
from tests.support.arrangement import AT, HOSPITAL, MINISTRY, RELIEF, authority, chain, root, signing
from tests.support.commitments import AUTHORITY, HEAD_TIME, LOGGED, entry_of, known, names, roots
from tests.support.log_server import LogServer
from tests.support.naming import Verify, ihle_lines, serving, verify_concurrently, verify_waiting


@pytest.fixture(params=[verify_waiting, verify_concurrently], ids=["waiting", "concurrent"])
def verify(request: pytest.FixtureRequest) -> Verify:
    """Both drivers of the verifier, one after the other."""
    driver: Verify = request.param
    return driver


@pytest.fixture
def server() -> Iterator[LogServer]:
    """A log of each kind, with the certificates that commit the issuer's and the authority's root key."""
    oak, elm = TransparencyLog("oak", time=HEAD_TIME), TransparencyLog("elm", static=True, time=HEAD_TIME)
    with LogServer(oak, elm) as running:
        for log, organization, signer in ((oak, RELIEF, root), (elm, MINISTRY, authority)):
            log.fill(3)
            request = pki.Request(names(organization, signer), list_address=f"{running.address}/1.crl")
            log.submit(request, AUTHORITY, LOGGED)
        running.files["/1.crl"] = pki.der(AUTHORITY.revoke())
        yield running


def lines(server: LogServer) -> list[str]:
    """The zone of a host whose emblem both stand behind."""
    own, theirs = (entry_of(server.logs[label]) for label in ("oak", "elm"))
    arrangement = chain(root, signing, log=(own,)).emblem().endorsed_by(authority, log=(theirs,))
    return ihle_lines(HOSPITAL, arrangement.records)


def checks(server: LogServer) -> CommitmentChecks:
    """The logs of the test, and its root."""
    logs = tuple(known(log, given=True, address=log.address) for log in server.logs.values())
    return CommitmentChecks(LogList(AT - timedelta(days=1), logs), roots(), seen=SeenTreeHeads())


def test_logs_are_asked_by_checks_of_ones_own(verify: Verify, server: LogServer) -> None:
    own = checks(server)
    with serving(*lines(server)) as dns:
        verdict = verify(HOSPITAL, dns.address, ct=own)

    assert (verdict.level, verdict.commitment) == (Level.ENDORSED, CommitmentState.VERIFIED)
    assert [one.result for entry in verdict.sets[0].chain for one in entry.evidence] == [CommitmentResult.VERIFIED] * 2
    assert own.seen is not None
    assert len(own.seen.heads) == 2


def test_checks_may_be_made_when_they_are_needed(verify: Verify, server: LogServer) -> None:
    with serving(*lines(server)) as dns:
        verdict = verify(HOSPITAL, dns.address, ct=lambda: checks(server))

    assert verdict.level is Level.ENDORSED


@pytest.mark.parametrize(
    ("mode", "state"),
    [("skip", CommitmentState.NOT_CHECKED), ("evidence", CommitmentState.UNDETERMINED)],
)
def test_other_modes_ask_no_log(verify: Verify, server: LogServer, mode: str, state: CommitmentState) -> None:
    with serving(*lines(server)) as dns:
        verdict = verify(HOSPITAL, dns.address, ct=mode)

    assert (verdict.level, verdict.commitment) == (Level.SIGNED, state)
    assert server.asked == []


def test_only_what_is_at_hand_counts_where_nothing_may_be_fetched(verify: Verify, server: LogServer) -> None:
    with serving(*lines(server)) as dns:
        verdict = verify(HOSPITAL, dns.address, ct=replace(checks(server), fetches=False))

    assert verdict.commitment is CommitmentState.UNDETERMINED
    assert server.asked == []


def test_a_mode_that_there_is_not_is_refused() -> None:
    with pytest.raises(ValueError, match="nonsense"):
        Verifier(resolvers=["127.0.0.1"], ct="nonsense")


def test_who_looks_covertly_never_asks_a_log(server: LogServer) -> None:
    usual, own = _commitments(None, covert=True), _commitments(checks(server), covert=True)
    openly = _commitments(None, covert=False)

    assert usual is not None
    assert own is not None
    assert openly is not None
    assert (usual().fetches, own().fetches, openly().fetches) == (False, False, True)
