"""`emblem verify` and key commitments: logs over real sockets, evidence at hand, and logs that misbehave."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from emblem.keys.signing import SoftwareSigner
from emblem.model.organization import Organization
from emblem.verifier.drivers import Verifier
from test_vectors.generator.commitments import pki
from test_vectors.generator.commitments.log import Reply, TransparencyLog
from tests.cli.conftest import Run
from tests.support.arrangement import HOSPITAL, MINISTRY, RELIEF, Arrangement, authority, chain, root, signing
from tests.support.commitments import AUTHORITY, entry_of, names
from tests.support.log_server import LogServer
from tests.support.naming import ihle_lines, serving

NOW = datetime.now(UTC).replace(microsecond=0)
DAY = timedelta(days=1)
PERIOD: dict[str, Any] = {"not_before": int((NOW - DAY).timestamp()), "expires": int((NOW + DAY).timestamp())}


@dataclass
class World:
    """Two logs and a list of the revoked, served, and the options that make them known."""

    server: LogServer
    folder: Path
    certificates: list[Any] = field(default_factory=list)

    @property
    def options(self) -> list[str]:
        """What makes the logs and the root known."""
        (self.folder / "roots.pem").write_text(pki.pem(AUTHORITY.root))
        known = ["--ct-roots", "roots.pem"]
        for label, log in self.server.logs.items():
            key = log.key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
            (self.folder / f"{label}.pem").write_bytes(key)
            known += ["--ct-log", f"{'static+' if log.static else ''}{log.address}={label}.pem"]
        return known

    def commit(self, organization: Organization, signer: SoftwareSigner, log: TransparencyLog) -> tuple[Any, ...]:
        """Have a certificate logged that commits a key; how an endorsement names the entry."""
        request = pki.Request(
            names(organization, signer), start=NOW - 10 * DAY, list_address=f"{self.server.address}/1.crl"
        )
        _, certificate = log.submit(request, AUTHORITY, NOW - 2 * DAY)
        self.certificates.append(certificate)
        entry = entry_of(log)
        log.fill(7)
        return (entry,)


@pytest.fixture
def world(folder: Path) -> Iterator[World]:
    """A log of each kind, with entries of others."""
    logs = [TransparencyLog("oak"), TransparencyLog("elm", static=True)]
    with LogServer(*logs) as server:
        for log in logs:
            log.time = round((NOW - timedelta(hours=1)).timestamp() * 1000)
            log.fill(5)
        server.files["/1.crl"] = pki.der(AUTHORITY.revoke(made=NOW - DAY, days=7))
        yield World(server, folder)


def emblem_of(world: World, log: str = "oak") -> Arrangement:
    """An emblem whose issuer's root key is committed in a log."""
    entries = world.commit(RELIEF, root, world.server.logs[log])
    return chain(root, signing, log=entries, **PERIOD).emblem(**PERIOD)


@contextmanager
def published(arrangement: Arrangement) -> Iterator[list[str]]:
    """A name server with these records, as options."""
    with serving(*ihle_lines(HOSPITAL, arrangement.records)) as server:
        yield [HOSPITAL, "--resolver", str(server.address), "--dnssec", "skip", "--json"]


def judged(run: Run, *arguments: str) -> dict[str, Any]:
    """The verdict."""
    verdict: dict[str, Any] = json.loads(run("verify", *arguments).stdout)
    return verdict


def codes(verdict: dict[str, Any]) -> set[str]:
    return {reason["code"] for reason in verdict["reasons"]}


@pytest.mark.parametrize("log", ["oak", "elm"])
def test_a_commitment_is_verified_in_the_log(run: Run, world: World, log: str) -> None:
    with published(emblem_of(world, log)) as live:
        verdict = judged(run, *live, *world.options)

    (evidence,) = verdict["sets"][0]["chain"][1]["evidence"]
    assert (verdict["status"], verdict["level"], verdict["commitment"]) == ("claimed", "organizational", "verified")
    assert (evidence["proofs"], evidence["revocation"]) == (["included"], "not-revoked")
    assert evidence["names"] == list(names())


def test_logs_may_stand_in_the_trust_store(run: Run, world: World) -> None:
    assert world.options
    log = world.server.logs["elm"]
    key = Path("elm.pem").read_text()
    Path("trust.toml").write_text(f'[[log]]\naddress = "static+{log.address}"\nkey = """\n{key}"""\n')
    with published(emblem_of(world, "elm")) as live:
        verdict = judged(run, *live, "--trust", "trust.toml", "--ct-roots", "roots.pem")

    assert verdict["commitment"] == "verified"


def test_the_trust_store_names_a_newer_list_of_logs(run: Run, world: World) -> None:
    assert world.options
    log = world.server.logs["oak"]
    listed = log.listed | {"url": log.address.replace("http:", "https:")}
    stamp = NOW.isoformat().replace("+00:00", "Z")
    operators = [{"name": "Nobody", "logs": [listed], "tiled_logs": []}]
    Path("log_list.json").write_text(json.dumps({"log_list_timestamp": stamp, "operators": operators}))
    Path("trust.toml").write_text('[logs]\nfile = "log_list.json"\n')
    arrangement = emblem_of(world)
    Path("chain.pem").write_text(pki.pem(world.certificates[0], AUTHORITY.certificate))
    known = ("--trust", "trust.toml", "--ct-roots", "roots.pem", "--ct-certificate", "chain.pem")
    with published(arrangement) as live:
        verdict = judged(run, *live, *known, "--ct", "evidence")

    assert verdict["commitment"] == "verified"
    assert "logs-outdated" not in codes(verdict)


def test_an_authority_whose_key_is_committed_in_another_log_endorses(run: Run, world: World) -> None:
    entries = world.commit(MINISTRY, authority, world.server.logs["elm"])
    with published(emblem_of(world).endorsed_by(authority, log=entries, **PERIOD)) as live:
        verdict = judged(run, *live, *world.options, "--accept", "endorsed")

    assert (verdict["status"], verdict["level"]) == ("protected", "endorsed")
    assert verdict["endorsed_by"] == [str(MINISTRY)]
    assert [bool(entry["evidence"]) for entry in verdict["sets"][0]["chain"]] == [False, True, True]


def test_skipped_checks_are_not_checked_and_no_log_is_asked(run: Run, world: World) -> None:
    with published(emblem_of(world)) as live:
        verdict = judged(run, *live, *world.options, "--ct", "skip")

    assert verdict["commitment"] == "not-checked"
    assert world.server.asked == []


def test_evidence_at_hand_suffices_without_the_log(run: Run, world: World) -> None:
    arrangement = emblem_of(world)
    chain_file = pki.pem(world.certificates[0], AUTHORITY.certificate)
    Path("chain.pem").write_text(chain_file)
    Path("list.crl").write_bytes(world.server.files["/1.crl"])
    given = ("--ct", "evidence", "--ct-certificate", "chain.pem", "--ct-crl", "list.crl")
    with published(arrangement) as live:
        verdict = judged(run, *live, *world.options, *given)

    (evidence,) = verdict["sets"][0]["chain"][1]["evidence"]
    assert (verdict["commitment"], evidence["proofs"]) == ("verified", ["promised"])
    assert world.server.asked == []


def test_records_are_judged_by_evidence_without_a_socket(run: Run, world: World) -> None:
    arrangement = emblem_of(world)
    Path("records").write_text("".join(f"{one.hex()}\n" for one in arrangement.records if isinstance(one, bytes)))
    Path("chain.pem").write_text(pki.pem(world.certificates[0], AUTHORITY.certificate))
    given = (HOSPITAL, "--records", "records", "--json", *world.options)

    assert judged(run, *given)["commitment"] == "undetermined"
    assert judged(run, *given, "--ct-certificate", "chain.pem")["commitment"] == "verified"
    assert world.server.asked == []


def test_a_timestamp_beside_the_certificate_is_evidence_too(run: Run, world: World) -> None:
    log = world.server.logs["oak"]
    request = pki.Request(names(), start=NOW - 10 * DAY)
    certificate = request.final(AUTHORITY)
    answer = log.take([pki.der(certificate)], round((NOW - DAY).timestamp() * 1000))
    arrangement = chain(root, signing, log=(entry_of(log),), **PERIOD).emblem(**PERIOD)
    Path("records").write_text("".join(f"{one.hex()}\n" for one in arrangement.records if isinstance(one, bytes)))
    Path("chain.pem").write_text(pki.pem(certificate, AUTHORITY.certificate))
    Path("answer.json").write_bytes(answer)
    given = ("--ct-certificate", "chain.pem", "--ct-sct", "answer.json")
    verdict = judged(run, HOSPITAL, "--records", "records", "--json", *world.options, *given)

    assert verdict["commitment"] == "verified"


def _wrong_proof(world: World) -> None:
    world.server.instead["get-proof"] = Reply(200, b'{"leaf_index": 3, "audit_path": []}')


def _other_entry(world: World) -> None:
    world.server.instead["get-entries"] = world.server.logs["oak"].answer("ct/v1/get-entries?start=1&end=1")


def _split_view(world: World) -> None:
    log = world.server.logs["oak"]
    log.entries[0], log.entries[1] = log.entries[1], log.entries[0]


def _rolled_back(world: World) -> None:
    world.server.logs["oak"].size = 8


def _broken_promise(world: World) -> None:
    log = world.server.logs["oak"]
    del log.entries[5]
    log.fill(1)


@pytest.mark.parametrize(
    ("cheat", "code"),
    [
        (_wrong_proof, "log-proof-wrong"),
        (_other_entry, "log-entry-wrong"),
        (_split_view, "log-split-view"),
        (_rolled_back, "log-rolled-back"),
        (_broken_promise, "log-promise-broken"),
    ],
    ids=["wrong proof", "another entry", "split view", "rolled back", "broken promise"],
)
def test_each_way_in_which_a_log_cheats_is_detected_with_a_reason_of_its_own(
    run: Run, world: World, cheat: Callable[[World], None], code: str
) -> None:
    arrangement = emblem_of(world)
    Path("chain.pem").write_text(pki.pem(world.certificates[0], AUTHORITY.certificate))
    needs_certificate = ("--ct-certificate", "chain.pem") if cheat is _broken_promise else ()
    with published(arrangement) as live:
        options = (*live, *world.options, "--ct-seen", "heads.json")
        before = judged(run, *options)
        cheat(world)
        if cheat is _broken_promise:
            Path("heads.json").unlink()
        after = judged(run, *options, *needs_certificate)

    assert before["commitment"] == "verified"
    assert after["status"] == "rejected"
    assert codes(after) >= {code, "commitment-failed"}


def test_an_entry_for_another_certificate_is_detected(run: Run, world: World) -> None:
    log = world.server.logs["elm"]
    wrong = pki.Request(names(MINISTRY, authority), start=NOW - 10 * DAY)
    log.submit(wrong, AUTHORITY, NOW - 2 * DAY)
    arrangement = chain(root, signing, log=(entry_of(log),), **PERIOD).emblem(**PERIOD)
    with published(arrangement) as live:
        verdict = judged(run, *live, *world.options)

    assert verdict["status"] == "rejected"
    assert codes(verdict) >= {"certificate-names-other", "commitment-failed"}


def test_tree_heads_are_kept_where_that_is_asked_for_and_compared_with(run: Run, world: World) -> None:
    with published(emblem_of(world)) as live:
        first = judged(run, *live, *world.options, "--ct-seen", "heads.json")
        world.server.logs["oak"].fill(3)
        second = judged(run, *live, *world.options, "--ct-seen", "heads.json")
        world.server.logs["oak"].size = 14
        third = judged(run, *live, *world.options, "--ct-seen", "heads.json")

    proofs = [verdict["sets"][0]["chain"][1]["evidence"][0]["proofs"] for verdict in (first, second)]
    assert proofs == [["included"], ["included", "consistent"]]
    assert third["status"] == "rejected"
    assert codes(third) >= {"log-rolled-back", "commitment-failed"}
    assert json.loads(Path("heads.json").read_text())["heads"][0]["tree_size"] == 16


def test_nothing_is_written_where_it_was_not_asked_for(run: Run, world: World) -> None:
    options = world.options
    with published(emblem_of(world)) as live:
        before = sorted(world.folder.iterdir())
        judged(run, *live, *options)

    assert sorted(world.folder.iterdir()) == before


@pytest.mark.parametrize(
    ("how", "code"),
    [
        ("silent", "log-timeout"),
        ("dripping", "log-timeout"),
        (Reply(302, b"", location="https://elsewhere.example/"), "log-redirected"),
        (Reply(200, bytes(3_000_000)), "log-answer-too-large"),
        (Reply(200, b"<html>"), "log-answer-malformed"),
        (Reply(500, b""), "log-unreachable"),
    ],
    ids=["silent", "dripping", "redirect", "megabytes", "nonsense", "error"],
)
def test_a_log_that_misbehaves_leaves_it_undetermined_in_bounded_time(
    run: Run, world: World, monkeypatch: pytest.MonkeyPatch, how: str | Reply, code: str
) -> None:
    defaults = Verifier.__init__.__kwdefaults__
    assert defaults is not None
    monkeypatch.setitem(defaults, "timeout", 1.0)
    world.server.instead["get-sth"] = how if isinstance(how, Reply) else getattr(world.server, how)
    with published(emblem_of(world)) as live:
        begun = time.monotonic()
        verdict = judged(run, *live, *world.options)
        elapsed = time.monotonic() - begun

    assert (verdict["status"], verdict["level"], verdict["commitment"]) == ("claimed", "signed", "undetermined")
    assert codes(verdict) >= {code, "commitment-undetermined"}
    assert elapsed < 5


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--covert", "--ct", "online", "--resolver", "tls://127.0.0.1"], "--covert contacts nobody"),
        (["--records", "x", "--ct", "online"], "opens no socket"),
        (["--ct-log", "https://log.example"], "--ct-log"),
        (["--ct-log", "ftp://log.example=key.pem"], "address of the log"),
        (["--ct-roots", "key.pem"], "root certificates"),
        (["--ct-certificate", "reversed.pem"], "the wrong order"),
        (["--ct-crl", "key.pem"], "revocation list"),
        (["--ct-sct", "key.pem"], "key.pem"),
        (["--ct-seen", "key.pem"], "key.pem"),
    ],
)
def test_what_cannot_be_used_is_named_before_anything_is_asked(
    run: Run, world: World, options: list[str], said: str
) -> None:
    assert world.options
    Path("key.pem").write_bytes(Path("oak.pem").read_bytes())
    Path("x").write_text("")
    certificate = pki.Request(names()).final(AUTHORITY)
    Path("reversed.pem").write_text(pki.pem(AUTHORITY.certificate, certificate))
    result = run("verify", HOSPITAL, *options)

    assert result.exit_code == 2
    assert said in result.stderr
