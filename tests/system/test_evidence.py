"""Evidence of a whole chain, from real servers: captured, everything switched off, and judged again."""

import asyncio
import json
import socket
import time
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from emblem_cli.application import application

from emblem.codec.cose_key import encode_key
from emblem.codec.evidence import decode_bundle, encode_bundle
from emblem.dns.dnssec import parse_anchors
from emblem.model.verdict import DnssecState, Level, Status, Verdict
from emblem.validation.trust import Trust
from emblem.verifier.bundles import judge_bundle
from emblem.verifier.capture import Captured
from emblem.verifier.drivers import AsyncVerifier, Verifier
from emblem.verifier.settings import Settings
from emblem.verifier.stamping import request_stamp
from tests.support.arrangement import MINISTRY, authority, bound, chain, codes, root, signing, trusting
from tests.support.naming import ihle_lines, txt_lines
from tests.support.stamping_authority import StampingAuthority, answering, der
from tests.system.signed_zones import Zone, serving
from tests.system.unbound import resolving

NOW = int(time.time())
PERIOD: dict[str, Any] = {"not_before": NOW - 3600, "expires": NOW + 86400}
SIGNED, HASHED, UNSIGNED = "signed.example", "hashed.example", "unsigned.example"
TRUST = trusting(bound(authority, MINISTRY))
DNSSEC = {SIGNED: DnssecState.SECURE, HASHED: DnssecState.SECURE, UNSIGNED: DnssecState.INSECURE}
HOSTS = ("ihle", "txt", "alias", "plain", "nobody")


def lines(zone: str) -> str:
    """Hosts with an endorsed emblem as IHLE and as TXT, an alias of one, and one without an emblem."""

    def endorsed(*assets: str) -> Any:
        made = chain(root, signing, **PERIOD).emblem(*assets, **PERIOD)
        return made.endorsed_by(authority, MINISTRY, **PERIOD).records

    native, text, alias = (f"{name}.{zone}" for name in ("ihle", "txt", "alias"))
    return "\n".join(
        [
            *ihle_lines(native, endorsed(native, alias)),
            *txt_lines(text, endorsed(text)),
            "alias CNAME ihle",
            "plain A 192.0.2.1",
        ]
    )


ZONES = (
    Zone(SIGNED, lines(SIGNED)),
    Zone(HASHED, lines(HASHED), signing=("-3", "aabb", "-H", "0")),
    Zone(UNSIGNED, lines(UNSIGNED), signed=False),
)


@dataclass(frozen=True, slots=True)
class Kept:
    """What was captured while the servers ran, by target; the trust anchor; a bundle with a stamp, and whose it is."""

    captures: dict[str, Captured]
    anchor: str
    stamped: bytes
    stamp_root: bytes


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Kept:
    """Everything captured, of which half by either verifier; no server runs any more."""
    places = [tmp_path_factory.mktemp(name) for name in ("zones", "resolver")]
    targets = [f"{host}.{zone.name}" for zone in ZONES for host in HOSTS]
    with (
        serving(ZONES, places[0]) as tree,
        resolving(tree.authority, zones=tree.zones, anchor=tree.anchor, directory=places[1]) as resolver,
    ):
        how: dict[str, Any] = {"resolvers": [str(resolver)], "anchors": parse_anchors(tree.anchor)}

        async def capture(target: str) -> Captured:
            async with AsyncVerifier(TRUST, **how) as verifier:
                return await verifier.capture(target)

        captures = {target: Verifier(TRUST, **how).capture(target) for target in targets[::2]}
        captures |= {target: asyncio.run(capture(target)) for target in targets[1::2]}
    evidence = captures[f"ihle.{SIGNED}"].evidence
    stamping = StampingAuthority.make(tmp_path_factory.mktemp("stamping"))
    with answering(stamping.respond) as address:
        stamp, _ = request_stamp(address, decode_bundle("bundle", encode_bundle(evidence)).stamped)
    return Kept(captures, tree.anchor, encode_bundle(evidence, stamp), stamping.root)


@pytest.fixture
def folder(tmp_path: Path, kept: Kept, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the authority's key and the anchors, where no socket can be opened."""
    (tmp_path / "authority.hex").write_text(encode_key(authority.public_key).hex())
    (tmp_path / "anchors").write_text(kept.anchor)

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a socket was opened")

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(socket, "socket", refuse)
    return tmp_path


def verify(*arguments: str) -> dict[str, Any]:
    result = CliRunner().invoke(application, ["verify", "--json", "--anchors", "anchors", *arguments])
    verdict: dict[str, Any] = json.loads(result.output)
    return verdict


@pytest.mark.parametrize("zone", DNSSEC)
@pytest.mark.parametrize("host", ["ihle", "txt", "alias"])
def test_the_captured_bundle_gives_the_same_verdict(kept: Kept, folder: Path, zone: str, host: str) -> None:
    captured = kept.captures[f"{host}.{zone}"]
    (folder / "evidence").write_bytes(encode_bundle(captured.evidence))
    again = verify("--records", "evidence", "--trust", "authority.hex", "--trust-as", str(MINISTRY))

    live = captured.verdict
    assert (live.status, live.level, live.dnssec) == (Status.PROTECTED, Level.ENDORSED, DNSSEC[zone])
    assert (again["status"], again["level"], again["dnssec"]) == ("protected", "endorsed", DNSSEC[zone].value)
    assert again["endorsed_by"] == [str(MINISTRY)]
    assert [one["owner"] for one in again["sets"]] == [one.owner for one in live.sets]


@pytest.mark.parametrize("zone", DNSSEC)
@pytest.mark.parametrize("host", ["plain", "nobody"])
def test_a_proof_that_there_was_nothing_is_kept_and_is_no_no(kept: Kept, folder: Path, zone: str, host: str) -> None:
    captured = kept.captures[f"{host}.{zone}"]
    (folder / "evidence").write_bytes(encode_bundle(captured.evidence))
    again = verify("--records", "evidence")

    assert (captured.verdict.status, captured.verdict.dnssec) == (Status.UNMARKED, DNSSEC[zone])
    assert (again["status"], again["dnssec"]) == ("undetermined", DNSSEC[zone].value)
    said = {reason["code"] for reason in again["reasons"]}
    assert {"evidence-absence", "denial-authentic" if zone is not UNSIGNED else "denial-unauthenticated"} <= said


def test_a_stamped_bundle_gives_the_same_verdict_ten_years_later_to_who_believes_the_stamp(kept: Kept) -> None:
    live = kept.captures[f"ihle.{SIGNED}"].verdict
    believing = replace(TRUST, stamp_authorities=(der(kept.stamp_root),))
    later = datetime.now(UTC) + timedelta(days=3650)

    def judged(trust: Trust, **more: Any) -> Verdict:
        bundle = decode_bundle("bundle", kept.stamped)
        return judge_bundle(bundle, now=later, settings=Settings(trust), anchors=parse_anchors(kept.anchor), **more)

    again = judged(believing)
    assert "evidence-stamped" in codes(again)
    assert (again.status, again.level, again.dnssec) == (live.status, live.level, live.dnssec)
    assert abs(again.at - live.at) < timedelta(minutes=5)

    unbelieving = judged(TRUST)
    assert {"evidence-stamp-untrusted", "evidence-time-unconfirmed", "token-expired"} <= codes(unbelieving)
    assert (unbelieving.status, unbelieving.dnssec) == (Status.REJECTED, DnssecState.INDETERMINATE)

    at = judged(believing, at=live.at + timedelta(hours=1))
    assert (at.status, at.dnssec) == (Status.PROTECTED, DnssecState.SECURE)


def test_a_verifier_judges_what_it_captured(kept: Kept) -> None:
    captured = kept.captures[f"ihle.{SIGNED}"]
    verifier = Verifier(TRUST, resolvers=["127.0.0.1:1"], anchors=parse_anchors(kept.anchor))

    for target in (None, f"ihle.{SIGNED}"):
        again = verifier.judge(captured.bundle, target)
        assert (again.status, again.dnssec) == (captured.verdict.status, captured.verdict.dnssec)
    assert verifier.judge(captured.bundle, "elsewhere.example").status is Status.UNDETERMINED


def test_a_stamp_of_other_evidence_does_not_count(kept: Kept) -> None:
    stamp = decode_bundle("bundle", kept.stamped).stamp
    moved = encode_bundle(kept.captures[f"txt.{SIGNED}"].evidence, stamp)
    believing = replace(TRUST, stamp_authorities=(der(kept.stamp_root),))
    again = judge_bundle(
        decode_bundle("bundle", moved),
        now=datetime.now(UTC),
        settings=Settings(believing),
        anchors=parse_anchors(kept.anchor),
    )

    assert "evidence-stamp-invalid" in codes(again)
    assert again.status is Status.PROTECTED


def test_a_bundle_of_a_whole_chain_is_small(kept: Kept) -> None:
    assert max(len(encode_bundle(one.evidence)) for one in kept.captures.values()) < 20_000
