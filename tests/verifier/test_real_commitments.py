"""The key commitments of two domains of 2026: by their certificates, the list of logs that comes along,
and the roots of this system.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from emblem.codec.record_text import decode_records
from emblem.model.evidence import Proof, Revocation
from emblem.model.target import Target
from emblem.model.time import parse_time
from emblem.model.verdict import ChainEntry, CommitmentState, Level, Verdict
from emblem.traceability.chain import CertificateChain, read_chain
from emblem.traceability.log_list import shipped_log_list
from emblem.traceability.summary import summarize
from emblem.traceability.web_pki import system_roots
from emblem.validation.trust import Trust
from emblem.verifier.commitments import CommitmentChecks, GivenCertificate
from emblem.verifier.given import judge_given
from emblem.verifier.settings import Settings

DATA = Path(__file__).parents[1] / "data"
TARGET = Target.parse("2a01:4f9:c010:d8e4::1")
AT = parse_time("2026-06-17T00:10:00Z")


def chain(host: str) -> CertificateChain:
    return read_chain(host, (DATA / "ct" / f"{host}.fullchain.pem").read_bytes())


EMBLEM, AUTHORITY = chain("emblem.felixlinker.de"), chain("auth.felixlinker.de")


def verdict(*chains: CertificateChain) -> Verdict:
    """The verdict on the published records, with these certificates at hand."""
    checks = CommitmentChecks(
        shipped_log_list(), system_roots(), tuple(GivenCertificate(one) for one in chains), fetches=False
    )
    entries = decode_records("records", (DATA / "adem-jws" / "emblem.felixlinker.de.txt").read_bytes())
    return judge_given(entries, TARGET, at=AT, settings=Settings(Trust(), commitments=lambda: checks))


def entry_of(judged: Verdict, issuer: str) -> ChainEntry:
    """The last key of an issuer on the path."""
    return [entry for entry in judged.sets[0].chain if str(entry.issuer) == issuer][-1]


def test_the_published_emblem_is_endorsed_by_its_authority_with_both_keys_committed() -> None:
    judged = verdict(EMBLEM, AUTHORITY)

    assert (judged.level, judged.commitment) == (Level.ENDORSED, CommitmentState.VERIFIED)
    assert [str(one) for one in judged.endorsed_by] == ["https://auth.felixlinker.de"]


def test_the_promises_of_every_log_on_the_list_hold_and_the_paths_lead_to_a_root_of_this_system() -> None:
    judged = verdict(EMBLEM, AUTHORITY)
    evidence = [one for entry in judged.sets[0].chain for one in entry.evidence]
    known = [one for one in evidence if one.log is not None]

    assert [one.log for one in known] == [
        "DigiCert 'Sphinx2026h1'",
        "Sectigo 'Tiger2026h1'",
        "Cloudflare 'Nimbus2026'",
    ]
    for one in known:
        assert one.proofs == (Proof.PROMISED,)
        assert summarize(one.path[-1]).subject.startswith("CN=ISRG Root X1")
        assert one.revocation is Revocation.UNKNOWN
    assert len(evidence) == 4, "one log is newer than the list"


def test_each_certificate_counts_for_its_own_organization_only() -> None:
    assert verdict(EMBLEM).level is Level.ORGANIZATIONAL
    assert verdict(AUTHORITY).commitment is CommitmentState.UNDETERMINED
    assert verdict().commitment is CommitmentState.UNDETERMINED


@pytest.mark.parametrize("host", [EMBLEM, AUTHORITY], ids=["emblem", "authority"])
def test_with_the_certificate_of_somebody_else_the_promise_is_none(host: CertificateChain) -> None:
    other = AUTHORITY if host is EMBLEM else EMBLEM
    mixed = replace(host, issuer=other.issuer)

    assert verdict(mixed).commitment is CommitmentState.UNDETERMINED
