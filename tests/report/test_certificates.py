"""How certificates are told: in the tree, in the text, and where a token is only looked at."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from emblem.codec.record_text import read_records
from emblem.model.certification import CertificationNeed, CertificationReport, CertificationResult
from emblem.model.verdict import Verdict
from emblem.report.inspection import inspect_records
from emblem.report.text import verdict_text
from emblem.report.trace import build_trace
from emblem.report.trace_node import Mark, NodeKind, TraceNode
from emblem.traceability.certification import certify
from emblem.traceability.dane import Association
from emblem.validation.trust import Trust
from emblem.validation.validate import validate
from emblem.verifier.certification import Certifier, DomainWord
from test_vectors.generator.certificates import LEAF
from test_vectors.generator.cwt.certificates import with_header
from tests.support.certified import AT, HOST, RECORDS, RECORDS_BELOW, RELIEF, TRUSTED


def judge(records: tuple[bytes, ...] = RECORDS, *, trust: bool = True, domain: bool = False) -> Verdict:
    given = Trust(certificates=(TRUSTED,) if trust else ())
    certifier = Certifier(given)
    if domain:
        certifier.tell({RELIEF: DomainWord((Association(3, 0, 0, LEAF.der),))}, [])
    return certifier.complete(lambda known: validate(records, target=HOST, at=AT, trust=given, certifications=known))


def certificates(verdict: Verdict) -> list[TraceNode]:
    def walk(node: TraceNode) -> Iterator[TraceNode]:
        yield node
        for child in node.children:
            yield from walk(child)

    return [node for node in walk(build_trace(verdict)) if node.kind is NodeKind.CERTIFICATE]


def texts(node: TraceNode, mark: Mark) -> str:
    return "; ".join(one.text for one in node.statements if one.mark is mark)


def test_each_certificate_stands_below_the_one_that_it_is_for_up_to_whom_you_trust() -> None:
    nodes = certificates(judge(RECORDS_BELOW))

    assert [node.title for node in nodes] == [
        "certificate of CN=Relief",
        "certificate of CN=Office of the Ministry",
        "certificate of CN=Ministry",
    ]
    assert "issued by CN=Office of the Ministry" in texts(nodes[0], Mark.PASSED)
    assert texts(nodes[2], Mark.PASSED).startswith("issued by itself; in force from 2027-01-30 12:00:00 UTC until ")
    assert "you trust it as one of https://ministry.example" in texts(nodes[2], Mark.PASSED)


def test_what_the_domain_says_is_told_in_tree_and_text() -> None:
    verdict = judge(trust=False, domain=True)

    assert "the domain of the issuer names it: its TLSA record 3 0 0" in texts(certificates(verdict)[0], Mark.PASSED)
    assert "key of issuer verified: its own domain names its certificate" in verdict_text(verdict)
    assert "by what its own domain says of certificates" in str(build_trace(verdict))


def test_what_leads_nowhere_is_told_as_not_known() -> None:
    (node,) = certificates(judge(trust=False))

    assert texts(node, Mark.NOT_CHECKED) == "it leads to no authority that you trust"


def test_what_nobody_has_checked_is_told_as_such() -> None:
    (node,) = certificates(validate(RECORDS, target=HOST, at=AT))

    assert node.title == "certificates that nobody has read"
    assert "was not checked" in texts(node, Mark.NOT_CHECKED)


def test_what_was_found_bad_is_told_as_failed() -> None:
    verdict = validate(RECORDS, target=HOST, at=AT)
    (need,) = verdict.needs
    assert isinstance(need, CertificationNeed)
    known = certify(replace(need, at=1.0), [])
    report = CertificationReport(0, CertificationResult.FAILED, known.detail, certificates=known.certificates)
    (one,) = verdict.sets

    (node,) = certificates(replace(verdict, sets=(replace(one, certifications=(report,)),)))

    assert "is valid only from" in texts(node, Mark.FAILED)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (b"garbage", "certificate 1: found"),
        ([LEAF.der], "unreadable: the header x5chain holds something else"),
    ],
)
def test_what_cannot_be_read_is_shown_as_such(value: object, said: str) -> None:
    (shown,) = inspect_records(read_records(with_header(value).hex() + "\n"))

    assert said in shown.words["certificate 1"]
