"""The explanation of a verdict: a tree from the host up to those who answer for it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any
from xml.etree import ElementTree

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from emblem.codec.jwk import write_jwk
from emblem.model.evidence import CommitmentResult, LogEvidence, Proof, Revocation
from emblem.model.need import Commitment, CommitmentNeed
from emblem.model.purpose import Purpose
from emblem.model.sign import Sign
from emblem.model.token import Constraints
from emblem.model.verdict import Level, Verdict
from emblem.report.trace import build_trace
from emblem.report.trace_node import Mark, NodeKind, TraceNode
from emblem.report.trace_picture import trace_dot, trace_svg
from emblem.report.trace_text import LEGEND, trace_json, trace_text
from tests.support.arrangement import (
    AT,
    DAY,
    HOSPITAL,
    JWS,
    LOG,
    MINISTRY,
    NOW,
    answered,
    authority,
    bound,
    chain,
    emblem_token,
    identifier,
    in_set,
    judged,
    root,
    signing,
    stranger,
    trusting,
)
from tests.support.naming import ihle_lines, serving, verify_waiting
from tests.support.raw import jws_emblem_claims, jws_token, unknown_version

ENDORSED = chain(root, signing).emblem().endorsed_by(authority)
PROTECTED = ENDORSED.judged(trust=trusting(bound(authority, MINISTRY)))


def nodes(node: TraceNode) -> Iterator[TraceNode]:
    yield node
    for child in node.children:
        yield from nodes(child)


def statements(verdict: Verdict, mark: Mark) -> str:
    return "\n".join(one.text for node in nodes(build_trace(verdict)) for one in node.statements if one.mark is mark)


def test_the_way_leads_from_the_host_over_keys_and_endorsements_to_the_authority() -> None:
    kinds = [node.kind for node in nodes(build_trace(PROTECTED))]

    assert kinds == [
        NodeKind.HOST, NodeKind.SET, NodeKind.EMBLEM, NodeKind.KEY, NodeKind.ENDORSEMENT, NodeKind.KEY,
        NodeKind.AUTHORITY, NodeKind.KEY,
    ]  # fmt: skip


def test_what_was_checked_is_told_as_passed() -> None:
    passed = statements(PROTECTED, Mark.PASSED)

    for fact in (
        f"it names this host: {HOSPITAL}",
        f"genuine: what the holder of key {identifier(signing)[:8]}… signed, unchanged",
        "in force from 2027-02-28 12:00:00 UTC until 2027-03-07 12:00:00 UTC",
        "you trust this key as one of https://ministry.example",
        "an authority that you trust says so",
    ):
        assert fact in passed
    assert not statements(PROTECTED, Mark.FAILED)


def test_what_was_not_checked_is_told_as_such() -> None:
    assert "not looked up in a public register" in statements(ENDORSED.judged(), Mark.NOT_CHECKED)
    undetermined = answered(ENDORSED.judged(), CommitmentResult.UNDETERMINED)
    assert "could not be found out" in statements(ENDORSED.judged(commitments=undetermined), Mark.NOT_CHECKED)


def test_a_proven_commitment_is_told() -> None:
    verified = answered(ENDORSED.judged(), CommitmentResult.VERIFIED)

    assert "a public register of certificates proves it" in statements(
        ENDORSED.judged(commitments=verified), Mark.PASSED
    )


def test_another_asset_is_told_as_failed() -> None:
    assert f"it marks {HOSPITAL}, not other.example" in statements(ENDORSED.judged("other.example"), Mark.FAILED)


def test_addresses_that_are_not_known_are_told() -> None:
    arrangement = chain(signing, issuer=None, form=JWS).emblem("[192.0.2.1]")

    assert "whether that is this host is not known" in statements(arrangement.judged(), Mark.NOT_CHECKED)
    through = arrangement.judged(addresses=["192.0.2.1"])
    assert "the addresses of this name, not the name itself" in statements(through, Mark.PASSED)


def test_the_limits_of_an_endorsement_are_told() -> None:
    allowed = Constraints(assets=())
    arrangement = chain(root, signing, form=JWS, may_endorse=False).emblem()
    limited = chain(root, signing, form=JWS, constraints=allowed).emblem("no asset")

    assert "that key may not vouch for further keys" in statements(arrangement.judged(), Mark.NOTE)
    assert "allows marking: nothing" in statements(limited.judged(), Mark.PASSED)


def test_what_was_not_used_is_told_with_its_reason() -> None:
    dropped = [
        node
        for node in nodes(build_trace(judged(b"\xd8", emblem_token(stranger), unknown_version())))
        if node.kind is NodeKind.DROPPED
    ]

    assert [node.title for node in dropped] == [
        "not counted: something unreadable",
        "not counted: an emblem in the name of https://relief.example",
        "not counted: a statement of a kind that is not known here",
    ]
    assert all(node.statements for node in dropped)


def test_what_is_not_counted_because_it_was_found_bad_is_told_as_failed() -> None:
    later = ENDORSED.judged(at=AT + timedelta(days=30))

    assert "expired at 2027-03-07T12:00:00Z" in statements(later, Mark.FAILED)
    assert "there is no emblem in this set that counts" in statements(later, Mark.FAILED)


def test_what_is_not_counted_because_nobody_could_judge_it_is_told_as_not_known() -> None:
    assert "is not known here: the token cannot be judged" in statements(judged(unknown_version()), Mark.NOT_CHECKED)
    assert "is at hand" in statements(judged(emblem_token(signing)), Mark.NOT_CHECKED)


def test_an_endorsement_by_another_organization_is_told_with_what_it_waits_for() -> None:
    verdict = ENDORSED.judged()
    (unused,) = (node for node in nodes(build_trace(verdict)) if node.kind is NodeKind.DROPPED)

    assert unused.title == "not counted: an endorsement in the name of https://ministry.example"
    assert [one.text for one in unused.statements] == [
        f"it says that key {identifier(root)[:8]}… is one of https://relief.example",
        "it counts only once it is known whose that key is, which was not found out: see above",
    ]


def test_what_keeps_a_set_from_being_decided_is_told_as_not_known() -> None:
    verdict = chain(signing, issuer=None, form=JWS).emblem("[192.0.2.1]").judged()

    assert "Give every address" in statements(verdict, Mark.NOT_CHECKED)
    assert not statements(verdict, Mark.FAILED)


def test_what_the_emblem_says_of_itself_is_told_in_words() -> None:
    every = chain(signing, issuer=None).emblem(purposes=Purpose(31), sign=Sign.RED_CROSS).judged()

    said = statements(every, Mark.NOTE)
    assert "its sign: the red cross" in said
    for use in ("not to be attacked", "showing whose it is", "dams", "civil defence", "cultural property"):
        assert use in said


@pytest.mark.parametrize(
    ("asset", "told"),
    [
        ("*.hospital.example", "every host below hospital.example"),
        ("[192.0.2.1]", "the address 192.0.2.1"),
        ("[192.0.2.0/24]", "every address in 192.0.2.0/24"),
    ],
)
def test_what_is_marked_is_told_in_words(asset: str, told: str) -> None:
    arrangement = chain(signing, issuer=None, form=JWS).emblem(asset)

    assert told in statements(arrangement.judged("other.example", addresses=["203.0.113.1"]), Mark.FAILED)


def test_a_level_that_is_accepted_is_not_told_as_trust() -> None:
    commitments = answered(ENDORSED.judged(), CommitmentResult.VERIFIED)
    verdict = ENDORSED.judged(commitments=commitments, trust=trusting(accept=Level.ORGANIZATIONAL))

    assert "of a level that you accept" in build_trace(verdict).title


def test_each_set_is_told_with_its_place() -> None:
    verdict = judged(*in_set("a", *ENDORSED.records), *in_set("b", *ENDORSED.records))

    titles = [node.title for node in build_trace(verdict).children]

    place = f"DNS records of type TXT at {HOSPITAL}"
    assert titles == [f"{place}, set {name!r} (given to you): claimed" for name in "ab"]


def test_a_live_verdict_says_that_dnssec_was_not_checked() -> None:
    with serving(*ihle_lines(HOSPITAL, ENDORSED.records)) as server:
        verdict = verify_waiting(HOSPITAL, server.address, dnssec=False)

    assert "DNSSEC not checked" in statements(verdict, Mark.NOT_CHECKED)


def test_the_text_is_a_tree_within_its_width() -> None:
    lines = trace_text(build_trace(PROTECTED), width=90).splitlines()

    assert lines[0].startswith(f"PROTECTED: {HOSPITAL} carries a valid emblem")
    assert lines[-1] == LEGEND
    assert all(len(line) <= 90 for line in lines)
    assert any("✓" in line for line in lines)


def test_the_json_has_the_whole_tree() -> None:
    def count(node: dict[str, object]) -> int:
        children = node["children"]
        assert isinstance(children, list)
        return 1 + sum(map(count, children))

    tree = json.loads(trace_json(build_trace(PROTECTED)))

    assert count(tree) == len(list(nodes(build_trace(PROTECTED))))
    assert tree["kind"] == "host"


def test_the_graph_has_a_node_and_an_edge_for_each_step() -> None:
    graph = trace_dot(build_trace(PROTECTED))

    assert graph.startswith("digraph")
    assert graph.count("->") == len(list(nodes(build_trace(PROTECTED)))) - 1


HOSTILE = ['"', "\\", "<script>", "&amp;", "\n", "\x1b[2J", "\x00", "\u202e", "\ufffe", "]]>"]


@pytest.mark.parametrize("hostile", HOSTILE)
def test_what_comes_from_the_network_cannot_leave_its_place(hostile: str) -> None:
    token = jws_token(jws_emblem_claims(HOSPITAL, f"a{hostile}b", iss=None), jwk=write_jwk(signing.public_key))
    tree = build_trace(judged(token))

    assert all(line.isprintable() for line in trace_text(tree).split("\n"))
    assert all(line.isprintable() for line in trace_json(tree).split("\n"))
    assert all(line.isprintable() for line in trace_dot(tree).split("\n"))
    picture = ElementTree.fromstring(trace_svg(tree))
    assert {element.tag.rpartition("}")[2] for element in picture.iter()} <= {
        "svg", "g", "rect", "text", "tspan", "path", "line", "polyline", "title", "style", "desc",
    }  # fmt: skip


def test_a_picture_of_every_status_can_be_drawn() -> None:
    for verdict in (
        PROTECTED,
        ENDORSED.judged(),
        ENDORSED.judged("other.example"),
        judged(),
        judged(unknown_version()),
    ):
        assert ElementTree.fromstring(trace_svg(build_trace(verdict))).tag.endswith("svg")


# What logs have shown


def certificate(subject: str, issuer: str) -> bytes:
    """A certificate with these common names, in DER; its key and signature are anybody's."""

    def named(name: str) -> x509.Name:
        return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)] if name else [])

    private = ec.derive_private_key(7, ec.SECP256R1())
    builder = x509.CertificateBuilder(named(issuer), named(subject), private.public_key(), 7)
    builder = builder.not_valid_before(AT - timedelta(days=90)).not_valid_after(AT)
    return builder.sign(private, hashes.SHA256()).public_bytes(Encoding.DER)


def committed(**shown: Any) -> Verdict:
    """The verdict where the commitment of the root key is verified with this evidence."""
    certificates = tuple(
        certificate(subject, issuer) for subject, issuer in (("", "Issuer"), ("Issuer", "Root"), ("Root", "Root"))
    )
    usual: dict[str, Any] = {
        "log": "Oak",
        "operator": "Somebody",
        "proofs": (Proof.INCLUDED,),
        "tree_size": 34,
        "tree_time": NOW,
        "logged_at": NOW - DAY,
        "path": certificates,
        "names": ("key.adem-configuration.relief.example", "relief.example"),
        "revocation": Revocation.NOT_REVOKED,
    }
    evidence = LogEvidence(LOG[0], CommitmentResult.VERIFIED, "it is there", **(usual | shown))
    arrangement = chain(root, signing).emblem()
    (need,) = (one for one in arrangement.judged().needs if isinstance(one, CommitmentNeed))
    answer = Commitment(CommitmentResult.VERIFIED, "it is there", NOW - DAY, (evidence,))
    return arrangement.judged(commitments={need: answer})


def test_the_log_the_certificate_and_its_root_stand_under_the_key() -> None:
    found = [node for node in nodes(build_trace(committed())) if node.kind in (NodeKind.LOG, NodeKind.CERTIFICATE)]

    assert [node.title for node in found] == [
        "an entry in the public register Oak (run by Somebody)",
        "a certificate from CN=Issuer",
        "the authority CN=Issuer",
        "the root authority CN=Root",
    ]


@pytest.mark.parametrize(
    ("proofs", "passed", "open_"),
    [
        ((Proof.PROMISED,), ["promised:"], ["that it stands in the register was not proven"]),
        ((Proof.INCLUDED,), ["included:"], ["shows everybody the same was not checked"]),
        ((Proof.PROMISED, Proof.INCLUDED, Proof.CONSISTENT), ["promised:", "included:", "consistent:"], []),
    ],
    ids=["promised", "included", "all"],
)
def test_promised_included_and_consistent_are_told_apart(
    proofs: tuple[Proof, ...], passed: list[str], open_: list[str]
) -> None:
    verdict = committed(proofs=proofs)
    told, not_checked = statements(verdict, Mark.PASSED), statements(verdict, Mark.NOT_CHECKED)

    for word in ("promised:", "included:", "consistent:"):
        assert (word in told) is (word in passed)
    for sentence in open_:
        assert sentence in not_checked


@pytest.mark.parametrize(
    ("revocation", "mark"),
    [
        (Revocation.NOT_REVOKED, Mark.PASSED),
        (Revocation.REVOKED, Mark.FAILED),
        (Revocation.UNKNOWN, Mark.NOT_CHECKED),
    ],
)
def test_what_is_known_of_revocation_is_told(revocation: Revocation, mark: Mark) -> None:
    assert "taken back" in statements(committed(revocation=revocation), mark)


def test_a_certificate_without_a_way_to_a_root_says_so() -> None:
    only = committed().sets[0].chain[1].evidence[0].path[:1]

    assert "no way to a root" in statements(committed(path=only), Mark.NOT_CHECKED)


def test_an_entry_of_an_unknown_log_is_drawn_with_what_is_not_known() -> None:
    evidence = {"log": None, "operator": None, "proofs": (), "path": (), "logged_at": None}
    verdict = committed(**evidence)
    verdict = replace(
        verdict,
        sets=tuple(
            replace(
                one,
                chain=tuple(
                    replace(
                        entry,
                        evidence=tuple(replace(it, result=CommitmentResult.UNDETERMINED) for it in entry.evidence),
                    )
                    for entry in one.chain
                ),
            )
            for one in verdict.sets
        ),
    )
    (node,) = (one for one in nodes(build_trace(verdict)) if one.kind is NodeKind.LOG)

    assert node.title == "an entry in a public register"
    assert {one.mark for one in node.statements} == {Mark.NOT_CHECKED}


def test_pictures_show_the_log_with_a_border_of_what_is_not_known() -> None:
    whole = (Proof.PROMISED, Proof.INCLUDED, Proof.CONSISTENT)
    partly, wholly = trace_svg(build_trace(committed())), trace_svg(build_trace(committed(proofs=whole)))

    # A border, and the line on which the box hangs.
    assert partly.count("stroke-dasharray") == wholly.count("stroke-dasharray") + 2
    assert "public register Oak" in trace_dot(build_trace(committed()))
    ElementTree.fromstring(wholly)
