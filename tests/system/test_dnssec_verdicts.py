"""DNSSEC in verdicts, through real servers: BIND with zones that are signed, unsigned or damaged, Unbound before it."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from emblem.dns.dnssec import TrustAnchors, parse_anchors
from emblem.model.verdict import DnssecState, Status, Verdict
from emblem.verifier.drivers import Verifier
from tests.support.arrangement import JWS, bare, chain, codes, root, signing, trusting
from tests.support.naming import ihle_lines, txt_lines
from tests.system.signed_zones import Zone, serving
from tests.system.unbound import resolving

NOW = int(time.time())
PERIOD: dict[str, Any] = {"not_before": NOW - 3600, "expires": NOW + 86400}
ADDRESS = "192.0.2.1"
SECURE, INSECURE, BOGUS = DnssecState.SECURE, DnssecState.INSECURE, DnssecState.BOGUS
PROTECTED, CLAIMED, UNMARKED, UNDETERMINED = Status.PROTECTED, Status.CLAIMED, Status.UNMARKED, Status.UNDETERMINED
EXPIRED = ("-s", "20200101000000", "-e", "20200201000000")
STATES = {"signed": SECURE, "hashed": SECURE, "unsigned": INSECURE, "expired": BOGUS}
PROOFS = {"signed": "nodata by nsec, nxdomain by nsec", "hashed": "nodata by nsec3, nxdomain by nsec3"}
TRUST = trusting(bare(root))
STRICT = trusting(bare(root), require_dnssec=True)

Verify = Callable[..., Verdict]


def lines(zone: str) -> str:
    """Hosts with an emblem as IHLE and in a TXT record, one whose address is marked, and one without an emblem."""

    def emblem(*assets: str, **more: Any) -> Any:
        return chain(root, signing, **more, **PERIOD).emblem(*assets, **PERIOD).records

    native, text, of_address = f"ihle.{zone}", f"txt.{zone}", f"address.{zone}"
    return "\n".join(
        [
            *ihle_lines(native, emblem(native)),
            *txt_lines(text, emblem(text)),
            *txt_lines(of_address, emblem(f"[{ADDRESS}]", form=JWS)),
            f"address A {ADDRESS}",
            f"plain A {ADDRESS}",
        ]
    )


ZONES = (
    Zone("signed.example", lines("signed.example")),
    Zone("hashed.example", lines("hashed.example"), signing=("-3", "aabb", "-H", "0")),
    Zone("unsigned.example", lines("unsigned.example"), signed=False),
    Zone("expired.example", lines("expired.example"), signing=EXPIRED),
)


@pytest.fixture(scope="module")
def verify(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Verify]:
    """The verdict on a target, asked of Unbound."""
    places: list[Path] = [tmp_path_factory.mktemp(name) for name in ("zones", "resolver")]
    with (
        serving(ZONES, places[0]) as tree,
        resolving(tree.authority, zones=tree.zones, anchor=tree.anchor, directory=places[1]) as resolver,
    ):
        anchors: TrustAnchors = parse_anchors(tree.anchor)

        def verify(target: str, **more: Any) -> Verdict:
            trust = more.pop("trust", TRUST)
            return Verifier(trust, resolvers=[str(resolver)], anchors=anchors, **more).verify(target)

        yield verify


@pytest.mark.parametrize("zone", STATES)
@pytest.mark.parametrize("host", ["ihle", "txt"])
def test_an_emblem_stands_and_the_state_of_its_answer_is_told(verify: Verify, zone: str, host: str) -> None:
    verdict = verify(f"{host}.{zone}.example")

    assert (verdict.status, verdict.dnssec) == (PROTECTED, STATES[zone])
    assert ("dnssec-bogus" in codes(verdict)) is (STATES[zone] is BOGUS)


@pytest.mark.parametrize("zone", STATES)
def test_a_policy_that_requires_dnssec_takes_only_authentic_answers(verify: Verify, zone: str) -> None:
    expected = {SECURE: PROTECTED, INSECURE: CLAIMED, BOGUS: UNDETERMINED}

    assert verify(f"ihle.{zone}.example", trust=STRICT).status is expected[STATES[zone]]


@pytest.mark.parametrize("zone", STATES)
def test_the_kind_of_a_no_is_told_and_a_bogus_one_is_none(verify: Verify, zone: str) -> None:
    for host, code in (("plain", "discovery-denied"), ("nobody", "discovery-name-denied")):
        verdict = verify(f"{host}.{zone}.example")
        kind = {SECURE: "denial-authentic", INSECURE: "denial-unauthenticated", BOGUS: "dnssec-bogus"}[STATES[zone]]

        assert verdict.dnssec is STATES[zone]
        assert verdict.status is (UNDETERMINED if STATES[zone] is BOGUS else UNMARKED)
        assert codes(verdict) == {code, kind}


@pytest.mark.parametrize("zone", PROOFS)
def test_an_authentic_no_says_by_what_it_is_proven(verify: Verify, zone: str) -> None:
    for host, kinds in (("plain", PROOFS[zone]), ("nobody", PROOFS[zone].split(", ")[1])):
        (proof,) = (one for one in verify(f"{host}.{zone}.example").reasons if one.code == "denial-authentic")
        assert proof.message == f"the denial is authentic: {kinds}"


@pytest.mark.parametrize("zone", STATES)
def test_addresses_that_a_verdict_rests_on_are_checked_too(verify: Verify, zone: str) -> None:
    verdict = verify(f"address.{zone}.example")

    assert (verdict.status, verdict.dnssec) == (CLAIMED, STATES[zone])


def test_nothing_is_checked_where_that_is_not_wanted(verify: Verify) -> None:
    verdict = verify("ihle.signed.example", dnssec=False)

    assert (verdict.status, verdict.dnssec) == (PROTECTED, DnssecState.NOT_CHECKED)
