"""The assessment of an answer, along its chain of trust, without a network."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import dns.dnssec
import dns.name
import dns.rrset
import pytest

from emblem.dns import Answer, Failure, Outcome, interpret
from emblem.dns.dnssec import (
    DEFAULT_POLICY,
    Assessment,
    Denial,
    DenialKind,
    Evidence,
    Mechanism,
    Policy,
    Reason,
    State,
    ZoneAnchors,
    ZoneCache,
    answer_from,
    answers_from,
    assess,
    parse_anchors,
)
from emblem.dns.dnssec.delegation import named_keys
from emblem.dns.dnssec.policy import MOST_QUESTIONS, MOST_SIGNATURE_CHECKS
from emblem.dns.interpretation import failed_answer
from emblem.dns.lookup import join
from tests.dns.dnssec.world import (
    AT,
    DAY,
    NOW,
    World,
    Zone,
    ask,
    drive,
    key_of,
    key_record,
    records,
    respond,
    signer_of,
)

HOST = "host.example. A 192.0.2.1"
SOA = "example. SOA ns.example. hostmaster.example. 1 3600 600 86400 300"
NSEC = Mechanism.NSEC
NXDOMAIN = 3


def judged(assessment: Assessment) -> tuple[State, Reason]:
    return assessment.state, assessment.reason


# A chain from the root down


def test_a_record_signed_along_a_chain_from_the_root_is_secure(world: World) -> None:
    world.put("host.example", "A", world.example.sign(HOST))
    assessment = world.assess("host.example")
    assert judged(assessment) == (State.SECURE, Reason.VALIDATED)
    assert assessment.denial is None
    assert world.asked == [ask("example", "DS"), ask(".", "DNSKEY"), ask("example", "DNSKEY")]


def test_the_chain_names_every_zone_with_its_delegation_and_keys(world: World) -> None:
    world.put("host.example", "A", world.example.sign(HOST))
    root, example = world.assess("host.example").zones
    assert (root.zone, root.parent, root.state) == (".", None, State.SECURE)
    assert (example.zone, example.parent, example.state) == ("example", ".", State.SECURE)
    tag = world.example.key.key_id()
    assert [(signer.key_tag, signer.algorithm, signer.digest_type) for signer in example.signers] == [(tag, 13, 2)]
    assert [(key.key_tag, key.algorithm, key.flags, key.entry) for key in example.keys] == [(tag, 13, 257, True)]


def test_the_evidence_holds_every_response_and_the_answer_last(world: World) -> None:
    world.put("host.example", "A", world.example.sign(HOST))
    evidence = world.assess("host.example").evidence
    assert {one.question for one in evidence} == world.responses.keys()
    assert evidence[-1] == Evidence(ask("host.example"), (world.responses[ask("host.example")],))


def test_the_evidence_is_enough_to_judge_again(world: World) -> None:
    world.put("host.example", "A", world.example.sign(HOST))
    first = world.assess("host.example")
    steps = assess(answer_from(first.evidence[-1]), at=AT, anchors=world.anchors)
    assert drive(steps, answers_from(first.evidence)) == first


def test_the_evidence_tells_the_answer_from_the_chain_where_both_have_one_question(world: World) -> None:
    keys, _ = world.example.keys(Zone("example.").key)
    forged = respond(ask("example", "DNSKEY"), [keys, world.example.keys()[1]])
    first = world.assess("example", "DNSKEY", answer=interpret(ask("example", "DNSKEY"), forged))
    assert judged(first) == (State.BOGUS, Reason.SIGNATURE_INVALID)
    steps = assess(answer_from(first.evidence[-1]), at=AT, anchors=world.anchors)
    assert drive(steps, answers_from(first.evidence)) == first


def test_evidence_without_a_response_is_no_answer() -> None:
    assert answer_from(Evidence(ask("host.example"), ())).failure is Failure.UNREACHABLE


def test_names_between_two_zones_cost_no_question(world: World) -> None:
    deep = Zone("a.b.c.example.")
    world.put("a.b.c.example", "DS", world.example.sign(deep.ds))
    world.put("a.b.c.example", "DNSKEY", deep.keys())
    world.put("host.a.b.c.example", "A", deep.sign("host.a.b.c.example. A 192.0.2.1"))
    assert world.assess("host.a.b.c.example").state is State.SECURE
    assert len(world.asked) == 5


def test_a_zone_can_have_a_signing_key_beside_the_one_that_is_named(world: World) -> None:
    signing = Zone("example.", flags=256)
    world.put("example", "DNSKEY", world.example.keys(signing.key))
    world.put("host.example", "A", signing.sign(HOST))
    assert world.assess("host.example").state is State.SECURE


def test_the_named_key_must_sign_the_key_set_itself(world: World) -> None:
    signing = Zone("example.", flags=256)
    both, _ = world.example.keys(signing.key)
    world.put("example", "DNSKEY", [both, signing.signature(both)])
    world.put("host.example", "A", world.example.sign(HOST))
    assert judged(world.assess("host.example")) == (State.BOGUS, Reason.KEY_MISSING)


def test_a_revoked_key_leads_nowhere(world: World) -> None:
    revoked = Zone("example.", flags=257 | 128)
    world.put("example", "DS", world.root.sign(revoked.ds))
    world.put("example", "DNSKEY", revoked.keys())
    world.put("host.example", "A", revoked.sign(HOST))
    assert judged(world.assess("host.example")) == (State.BOGUS, Reason.DELEGATION_MISMATCH)


def test_a_revoked_key_signs_no_data(world: World) -> None:
    revoked = Zone("example.", flags=256 | 128)
    world.put("example", "DNSKEY", world.example.keys(revoked.key))
    world.put("host.example", "A", revoked.sign(HOST))
    assert judged(world.assess("host.example")) == (State.BOGUS, Reason.KEY_MISSING)


def test_ds_records_must_be_signed_by_the_parent_and_not_by_the_zone(world: World) -> None:
    world.put("example", "DS", world.example.sign(world.example.ds))
    world.put("host.example", "A", world.example.sign(HOST))
    assert world.assess("host.example").state is State.BOGUS


def test_a_signer_that_no_zone_begins_at_is_bogus(world: World) -> None:
    fake = Zone("host.example.")
    world.put("host.example", "A", fake.sign(HOST))
    world.put("host.example", "DS", (), world.example.sign("host.example. NSEC i.example. A RRSIG NSEC", SOA))
    world.put("host.example", "DNSKEY", fake.keys())
    assert judged(world.assess("host.example")) == (State.BOGUS, Reason.SIGNER_INVALID)


def test_a_signer_that_is_not_above_the_records_is_bogus(world: World) -> None:
    world.put("host.example", "A", Zone("other.").sign(HOST))
    world.put("host.example", "DS", (), world.example.sign("host.example. NSEC i.example. A RRSIG NSEC", SOA))
    assert judged(world.assess("host.example")) == (State.BOGUS, Reason.SIGNATURE_MISSING)


def test_the_nearest_signer_is_asked_for(world: World) -> None:
    found, signature = world.example.sign(HOST)
    by_the_root = Zone(".").signature(found)
    world.put("host.example", "A", [found, dns.rrset.from_rdata(found.name, 300, by_the_root[0], signature[0])])
    assert world.assess("host.example").state is State.SECURE


def test_a_name_asked_for_its_ds_is_judged_by_its_parent(world: World) -> None:
    """The chain gets the right records, the answer those that the zone itself made up."""
    fake = respond(ask("example", "DS"), world.example.sign(f"example. DS {Zone('example.').signer()}"))
    found = world.assess("example", "DS", answer=interpret(ask("example", "DS"), fake))
    assert judged(found) == (State.BOGUS, Reason.SIGNATURE_MISSING)

    none = world.example.sign("example. NSEC a.example. A RRSIG NSEC", SOA)
    fake = respond(ask("example", "DS"), (), none)
    found = world.assess("example", "DS", answer=interpret(ask("example", "DS"), fake))
    assert judged(found) == (State.BOGUS, Reason.DENIAL_MISSING)


def test_the_roots_own_ds_records_are_denied_by_the_root(world: World) -> None:
    world.put(".", "DS", (), world.root.sign(". NSEC example. NS SOA RRSIG NSEC DNSKEY", ". SOA a. b. 1 1 1 1 1"))
    assert world.assess(".", "DS").denial == Denial(DenialKind.NODATA, NSEC)


def test_ds_records_made_from_a_wildcard_lead_nowhere(world: World) -> None:
    sub = Zone("sub.example.")
    world.put("sub.example", "DS", world.example.expand(f"*.example. DS {sub.signer()}", "sub.example."))
    world.put("sub.example", "DNSKEY", sub.keys())
    world.put("host.sub.example", "A", sub.sign("host.sub.example. A 192.0.2.1"))
    assert judged(world.assess("host.sub.example")) == (State.BOGUS, Reason.WILDCARD_UNPROVEN)


def test_of_keys_with_one_tag_the_fifth_is_not_compared_with_the_ds_records(world: World) -> None:
    genuine = key_of(world.example.key)
    swapped = [genuine.key[2 * turn :] + genuine.key[: 2 * turn] for turn in range(1, 6)]
    others = [key_of(key_record(each, flags=257)) for each in swapped]
    name, trusted = world.example.name, ZoneAnchors(signers=(signer_of(world.example.signer()),))
    assert named_keys(name, [*others[:3], genuine], trusted) == [genuine]
    assert named_keys(name, [*others[:4], genuine], trusted) == []


def test_of_ds_records_with_one_tag_the_ninth_is_not_compared(world: World) -> None:
    right = signer_of(world.example.signer())
    wrong = [right._replace(digest=bytes((number,)) * 32) for number in range(9)]
    name, key = world.example.name, key_of(world.example.key)
    assert named_keys(name, [key], ZoneAnchors(signers=(*wrong[:7], right))) == [key]
    assert named_keys(name, [key], ZoneAnchors(signers=(*wrong[:8], right))) == []


# Algorithms and digests


@pytest.mark.parametrize("algorithm", [5, 7])
def test_sha1_signatures_make_a_zone_insecure_unless_the_policy_accepts_them(world: World, algorithm: int) -> None:
    old = Zone("old.", algorithm=algorithm)
    world.put("old", "DS", world.root.sign(old.ds))
    world.put("old", "DNSKEY", old.keys())
    world.put("host.old", "A", old.sign("host.old. A 192.0.2.1"))
    assert judged(world.assess("host.old")) == (State.INSECURE, Reason.UNSUPPORTED_ALGORITHM)
    accepting = Policy(algorithms=DEFAULT_POLICY.algorithms | {algorithm})
    assert world.assess("host.old", policy=accepting).state is State.SECURE


def test_a_digest_that_is_not_accepted_makes_a_zone_insecure(world: World) -> None:
    world.put("example", "DS", world.root.sign(f"example. DS {world.example.signer('SHA1')}"))
    world.put("host.example", "A", world.example.sign(HOST))
    without_sha1 = Policy(digests=frozenset({2}))
    assert world.assess("host.example").state is State.SECURE
    found = world.assess("host.example", policy=without_sha1)
    assert judged(found) == (State.INSECURE, Reason.UNSUPPORTED_DIGEST)


def test_sha1_does_not_count_beside_another_digest_of_the_algorithm(world: World) -> None:
    tag = world.example.key.key_id()
    wrong = f"example. DS {tag} 13 2 {'ab' * 32}"
    world.put("example", "DS", world.root.sign(f"example. DS {world.example.signer('SHA1')}", wrong))
    world.put("host.example", "A", world.example.sign(HOST))
    assert judged(world.assess("host.example")) == (State.BOGUS, Reason.DELEGATION_MISMATCH)


def test_a_zone_whose_named_keys_have_no_accepted_size_is_insecure(world: World) -> None:
    weak = Zone("weak.", algorithm=8)
    weak.key = key_record(weak.key.key[:100], algorithm=8, flags=257)
    world.put("weak", "DS", world.root.sign(weak.ds))
    world.put("weak", "DNSKEY", [dns.rrset.from_rdata("weak.", 300, weak.key)])
    world.put("host.weak", "A", weak.sign("host.weak. A 192.0.2.1"))
    assert judged(world.assess("host.weak")) == (State.INSECURE, Reason.UNSUPPORTED_KEY)


# Unsigned zones


def test_a_zone_that_the_parent_proves_to_be_unsigned_is_insecure(world: World) -> None:
    world.put("sub.example", "DS", (), world.example.sign("sub.example. NSEC t.example. NS RRSIG NSEC", SOA))
    world.put("host.sub.example", "A", records("host.sub.example. A 192.0.2.1"))
    assert judged(world.assess("host.sub.example")) == (State.INSECURE, Reason.UNSIGNED_DELEGATION)


def test_what_is_below_an_unsigned_zone_is_insecure_too(world: World) -> None:
    world.put("sub.example", "DS", (), world.example.sign("sub.example. NSEC t.example. NS RRSIG NSEC", SOA))
    island = Zone("island.sub.example.")
    world.put("island.sub.example", "DS", records(island.ds))
    world.put("host.island.sub.example", "A", island.sign("host.island.sub.example. A 192.0.2.1"))
    assert judged(world.assess("host.island.sub.example")) == (State.INSECURE, Reason.UNSIGNED_DELEGATION)


def test_an_unsigned_record_in_a_signed_zone_is_bogus(world: World) -> None:
    world.put("host.example", "A", records(HOST))
    world.put("host.example", "DS", (), world.example.sign("host.example. NSEC i.example. A RRSIG NSEC", SOA))
    assert judged(world.assess("host.example")) == (State.BOGUS, Reason.SIGNATURE_MISSING)


def test_an_unsigned_record_at_a_name_that_does_not_exist_is_bogus(world: World) -> None:
    proof = world.example.sign("example. NSEC z.example. NS SOA RRSIG NSEC DNSKEY", SOA)
    world.put("a.b.c.example", "A", records("a.b.c.example. A 192.0.2.1"))
    world.put("c.example", "DS", (), proof, NXDOMAIN)
    assert judged(world.assess("a.b.c.example")) == (State.BOGUS, Reason.SIGNATURE_MISSING)
    assert ask("b.c.example", "DS") not in world.asked, "nothing can begin below a name that does not exist"


def test_names_inside_a_zone_are_passed_on_the_way_to_an_unsigned_one(world: World) -> None:
    between = world.example.sign("a.example. NSEC sub.b.example. A RRSIG NSEC", SOA)
    world.put("b.example", "DS", (), between)
    world.put("sub.b.example", "DS", (), world.example.sign("sub.b.example. NSEC z.example. NS RRSIG NSEC", SOA))
    world.put("host.sub.b.example", "A", records("host.sub.b.example. A 192.0.2.1"))
    found = world.assess("host.sub.b.example")
    assert judged(found) == (State.INSECURE, Reason.UNSIGNED_DELEGATION)
    assert ask("b.example", "DS") in {one.question for one in found.evidence}


def test_a_delegation_stripped_of_its_proof_is_bogus(world: World) -> None:
    world.put("sub.example", "DS", (), records(SOA))
    world.put("host.sub.example", "A", records("host.sub.example. A 192.0.2.1"))
    assert judged(world.assess("host.sub.example")) == (State.BOGUS, Reason.DENIAL_INCOMPLETE)


def test_the_record_of_another_name_proves_no_unsigned_delegation(world: World) -> None:
    world.put("sub.example", "DS", (), world.example.sign("other.example. NSEC p.example. NS RRSIG NSEC", SOA))
    world.put("host.sub.example", "A", records("host.sub.example. A 192.0.2.1"))
    assert judged(world.assess("host.sub.example")) == (State.BOGUS, Reason.DENIAL_INCOMPLETE)


def test_a_name_inside_is_judged_once_however_often_it_is_passed(world: World) -> None:
    world.put("b.example", "DS", (), world.example.sign("a.example. NSEC sub.b.example. A RRSIG NSEC", SOA))
    world.put("sub.b.example", "DS", (), world.example.sign("sub.b.example. NSEC z.example. NS RRSIG NSEC", SOA))
    one = records("host.sub.b.example. A 192.0.2.1")
    two = [*records("alias.sub.b.example. CNAME host.sub.b.example."), *one]
    world.put("host.sub.b.example", "A", one)
    world.put("alias.sub.b.example", "A", two)
    single, double = world.assess("host.sub.b.example"), world.assess("alias.sub.b.example")
    assert single.state is double.state is State.INSECURE
    assert single.signature_checks == double.signature_checks


# Denial


def test_no_such_type(world: World) -> None:
    world.put("host.example", "TXT", (), world.example.sign("host.example. NSEC i.example. A RRSIG NSEC", SOA))
    found = world.assess("host.example", "TXT")
    assert (found.state, found.denial) == (State.SECURE, Denial(DenialKind.NODATA, NSEC))


def test_no_such_name(world: World) -> None:
    gap = "example. NSEC z.example. NS SOA RRSIG NSEC DNSKEY"
    world.put("none.example", "A", (), world.example.sign(gap, SOA), NXDOMAIN)
    found = world.assess("none.example")
    assert (found.state, found.denial) == (State.SECURE, Denial(DenialKind.NXDOMAIN, NSEC))
    assert found.denial is not None
    assert found.denial.name_denied


def test_a_response_code_that_says_more_than_is_proven_is_bogus(world: World) -> None:
    proof = world.example.sign("host.example. NSEC i.example. A RRSIG NSEC", SOA)
    world.put("host.example", "TXT", (), proof, NXDOMAIN)
    assert judged(world.assess("host.example", "TXT")) == (State.BOGUS, Reason.RESPONSE_CODE)


def test_a_response_code_that_says_less_than_is_proven_is_bogus_too(world: World) -> None:
    world.put("none.example", "A", (), world.example.sign("example. NSEC z.example. NS SOA RRSIG NSEC", SOA))
    assert judged(world.assess("none.example")) == (State.BOGUS, Reason.RESPONSE_CODE)


@pytest.mark.parametrize("code", [0, NXDOMAIN])
def test_a_compact_denial_proves_that_there_is_no_name_with_either_code(world: World, code: int) -> None:
    proof = world.example.sign("none.example. NSEC \\000.none.example. RRSIG NSEC TYPE128", SOA)
    world.put("none.example", "A", (), proof, code)
    found = world.assess("none.example")
    assert (found.state, found.denial) == (State.SECURE, Denial(DenialKind.COMPACT_NXDOMAIN, NSEC))


def test_a_denial_without_proof_is_bogus(world: World) -> None:
    world.put("host.example", "TXT", (), records(SOA))
    world.put("host.example", "DS", (), world.example.sign("host.example. NSEC i.example. A RRSIG NSEC", SOA))
    assert judged(world.assess("host.example", "TXT")) == (State.BOGUS, Reason.DENIAL_MISSING)


def test_an_empty_response_that_is_no_denial_is_judged_all_the_same(world: World) -> None:
    world.put("host.example", "TXT")
    world.put("host.example", "DS", (), world.example.sign("host.example. NSEC i.example. A RRSIG NSEC", SOA))
    assert judged(world.assess("host.example", "TXT")) == (State.BOGUS, Reason.DENIAL_MISSING)


def test_a_denial_by_an_expired_signature_says_so(world: World) -> None:
    line = "host.example. NSEC i.example. A RRSIG NSEC"
    stale = world.example.sign(line, inception=NOW - 9 * DAY, expiration=NOW - DAY)
    world.put("host.example", "TXT", (), [*stale, *records(SOA)])
    assert judged(world.assess("host.example", "TXT")) == (State.BOGUS, Reason.SIGNATURE_EXPIRED)


def test_the_parents_record_of_a_delegation_denies_no_type_of_the_child(world: World) -> None:
    world.put("example", "TXT", (), world.root.sign("example. NSEC f. NS DS RRSIG NSEC", SOA))
    assert judged(world.assess("example", "TXT")) == (State.BOGUS, Reason.DENIAL_INCOMPLETE)


def test_the_childs_record_denies_no_ds(world: World) -> None:
    proof = world.example.sign("example. NSEC a.example. NS SOA RRSIG NSEC DNSKEY", SOA)
    world.put("example", "DS", (), proof)
    assert world.assess("example", "DS").state is State.BOGUS


def test_a_record_of_denial_made_from_a_wildcard_proves_nothing(world: World) -> None:
    expanded = world.example.expand("*.example. NSEC z.example. RRSIG NSEC", "host.example.")
    world.put("host.example", "TXT", (), [*expanded, *records(SOA)])
    assert judged(world.assess("host.example", "TXT")) == (State.BOGUS, Reason.DENIAL_INCOMPLETE)


def hashed(name: str, after: str, types: str, *, flags: int = 0, iterations: int = 0) -> str:
    """The NSEC3 record of a name in ``example``, up to the one of another."""
    owner, following = (dns.dnssec.nsec3_hash(each, b"", iterations, 1).lower() for each in (name, after))
    return f"{owner}.example. NSEC3 1 {flags} {iterations} - {following} {types}"


APEX = "NS SOA RRSIG DNSKEY NSEC3PARAM"


def test_no_such_name_by_nsec3(world: World) -> None:
    world.put("none.example", "A", (), world.example.sign(hashed("example.", "example.", APEX), SOA), NXDOMAIN)
    found = world.assess("none.example")
    assert (found.state, found.denial) == (State.SECURE, Denial(DenialKind.NXDOMAIN, Mechanism.NSEC3))


def test_no_such_name_in_an_opt_out_span_is_insecure(world: World) -> None:
    proof = world.example.sign(hashed("example.", "example.", APEX, flags=1), SOA)
    for code in (0, NXDOMAIN):
        world.put("none.example", "A", (), proof, code)
        found = world.assess("none.example")
        assert judged(found) == (State.INSECURE, Reason.OPT_OUT)
        assert found.denial == Denial(DenialKind.NXDOMAIN, Mechanism.NSEC3, opt_out=True)


def test_a_zone_in_an_opt_out_span_is_unsigned(world: World) -> None:
    world.put("sub.example", "DS", (), world.example.sign(hashed("example.", "example.", APEX, flags=1), SOA))
    world.put("host.sub.example", "A", records("host.sub.example. A 192.0.2.1"))
    assert judged(world.assess("host.sub.example")) == (State.INSECURE, Reason.OPT_OUT)


def test_a_wildcard_answer_beside_an_opt_out_span_is_insecure(world: World) -> None:
    expanded = world.example.expand("*.example. A 192.0.2.9", "any.example.")
    for flags, state in ((1, State.INSECURE), (0, State.SECURE)):
        proof = world.example.sign(hashed("example.", "example.", APEX, flags=flags))
        world.put("any.example", "A", expanded, proof)
        assert world.assess("any.example").state is state


def test_more_than_150_iterations_are_insecure_once_the_record_itself_is_verified(world: World) -> None:
    line = hashed("example.", "example.", APEX, iterations=151)
    world.put("none.example", "A", (), world.example.sign(line, SOA), NXDOMAIN)
    assert judged(world.assess("none.example")) == (State.INSECURE, Reason.TOO_MANY_ITERATIONS)

    forged = [*records(line), world.example.sign(line.replace(" 151 ", " 1 "))[1], *records(SOA)]
    world.put("none.example", "A", (), forged, NXDOMAIN)
    assert judged(world.assess("none.example")) == (State.BOGUS, Reason.SIGNATURE_INVALID)


def test_an_nsec3_record_counts_only_right_below_the_zones_name(world: World) -> None:
    line = hashed("example.", "example.", APEX).replace(".example. NSEC3", ".sub.example. NSEC3")
    world.put("none.example", "A", (), world.example.sign(line, SOA), NXDOMAIN)
    assert judged(world.assess("none.example")) == (State.BOGUS, Reason.DENIAL_INCOMPLETE)


# Wildcards


def test_a_wildcard_answer_with_the_proof_that_nothing_is_closer_is_secure(world: World) -> None:
    expanded = world.example.expand("*.example. A 192.0.2.9", "any.example.")
    world.put("any.example", "A", expanded, world.example.sign("*.example. NSEC host.example. A RRSIG NSEC"))
    assert world.assess("any.example").state is State.SECURE


def test_a_wildcard_answer_without_that_proof_is_bogus(world: World) -> None:
    world.put("host.example", "A", world.example.expand("*.example. A 192.0.2.9", "host.example."))
    assert judged(world.assess("host.example")) == (State.BOGUS, Reason.WILDCARD_UNPROVEN)


def test_a_wildcard_answer_for_a_name_that_exists_is_bogus(world: World) -> None:
    expanded = world.example.expand("*.example. A 192.0.2.9", "host.example.")
    world.put("host.example", "A", expanded, world.example.sign("*.example. NSEC host.example. A RRSIG NSEC"))
    assert judged(world.assess("host.example")) == (State.BOGUS, Reason.WILDCARD_UNPROVEN)


def test_the_wildcard_itself_can_be_asked_for(world: World) -> None:
    world.put("*.example", "A", world.example.sign("*.example. A 192.0.2.9"))
    assert world.assess("*.example").state is State.SECURE


# Aliases


def test_every_link_of_an_alias_chain_must_be_signed(world: World) -> None:
    good = world.example.sign("alias.example. CNAME host.example.", HOST)
    world.put("alias.example", "A", good)
    assert world.assess("alias.example").state is State.SECURE

    unsigned = [*records("alias.example. CNAME host.example."), *world.example.sign(HOST)]
    world.put("alias.example", "A", unsigned)
    world.put("alias.example", "DS", world.example.sign("alias.example. CNAME host.example."))
    assert judged(world.assess("alias.example")) == (State.BOGUS, Reason.SIGNATURE_MISSING)


def test_an_alias_into_an_unsigned_zone_is_insecure(world: World) -> None:
    alias = world.example.sign("alias.example. CNAME host.other.")
    world.put("alias.example", "A", [*alias, *records("host.other. A 192.0.2.1")])
    world.put("other", "DS", (), world.root.sign("other. NSEC p. NS RRSIG NSEC", ". SOA a. b. 1 1 1 1 1"))
    assert judged(world.assess("alias.example")) == (State.INSECURE, Reason.UNSIGNED_DELEGATION)


def test_an_alias_out_of_an_unsigned_zone_is_insecure_however_well_signed_its_target_is(world: World) -> None:
    alias = records("alias.other. CNAME host.example.")
    world.put("alias.other", "A", [*alias, *world.example.sign(HOST)])
    world.put("other", "DS", (), world.root.sign("other. NSEC p. NS RRSIG NSEC", ". SOA a. b. 1 1 1 1 1"))
    assert judged(world.assess("alias.other")) == (State.INSECURE, Reason.UNSIGNED_DELEGATION)


def test_an_alias_from_an_unsigned_zone_to_a_forged_record_is_bogus(world: World) -> None:
    forged = [*records(HOST), world.example.sign("host.example. A 192.0.2.66")[1]]
    world.put("alias.other", "A", [*records("alias.other. CNAME host.example."), *forged])
    world.put("other", "DS", (), world.root.sign("other. NSEC p. NS RRSIG NSEC", ". SOA a. b. 1 1 1 1 1"))
    assert judged(world.assess("alias.other")) == (State.BOGUS, Reason.SIGNATURE_INVALID)


def test_the_alias_that_a_dname_makes_needs_no_signature(world: World) -> None:
    moved = world.example.sign("old.example. DNAME example.")
    made = records("host.old.example. CNAME host.example.")
    world.put("host.old.example", "A", [*moved, *made, *world.example.sign(HOST)])
    assert world.assess("host.old.example").state is State.SECURE


def test_a_denial_at_the_end_of_aliases_is_of_that_name(world: World) -> None:
    alias = world.example.sign("alias.example. CNAME host.example.")
    proof = world.example.sign("host.example. NSEC i.example. A RRSIG NSEC", SOA)
    world.put("alias.example", "TXT", alias, proof)
    found = world.assess("alias.example", "TXT")
    assert (found.state, found.denial) == (State.SECURE, Denial(DenialKind.NODATA, NSEC))


def test_aliases_that_lead_through_several_responses_are_judged_in_each(world: World) -> None:
    first = respond(ask("alias.example"), world.example.sign("alias.example. CNAME host.example."))
    for last, state in ((world.example.sign(HOST), State.SECURE), (records(HOST), State.BOGUS)):
        second = respond(ask("host.example"), last)
        known = interpret(ask("alias.example"), first)
        answer = join(known, interpret(ask("host.example"), second))
        world.put("host.example", "DS", (), world.example.sign("host.example. NSEC i.example. A RRSIG NSEC", SOA))
        found = world.assess("alias.example", answer=answer)
        assert found.state is state
        assert found.evidence[-1] == Evidence(ask("alias.example"), (first, second))
        assert answer_from(found.evidence[-1]).records == answer.records


def test_a_dname_is_no_alias_of_its_own_name(world: World) -> None:
    dname = world.example.sign("old.example. DNAME example.")
    proof = world.example.sign("old.example. NSEC z.example. DNAME RRSIG NSEC", SOA)
    world.put("old.example", "DNAME", dname)
    assert world.assess("old.example", "DNAME").state is State.SECURE
    world.put("old.example", "TXT", dname, proof)
    assert world.assess("old.example", "TXT").denial == Denial(DenialKind.NODATA, NSEC)


def test_nothing_more_is_asked_once_a_response_is_bogus(world: World) -> None:
    forged = [*records("alias.example. CNAME host.other."), world.example.sign("alias.example. CNAME x.other.")[1]]
    first = respond(ask("alias.example"), forged)
    second = respond(ask("host.other"), records("host.other. A 192.0.2.1"))
    answer = join(interpret(ask("alias.example"), first), interpret(ask("host.other"), second))
    found = world.assess("alias.example", answer=answer)
    assert judged(found) == (State.BOGUS, Reason.SIGNATURE_INVALID)
    assert ask("other", "DS") not in world.asked


# What cannot be judged


def test_without_a_trust_anchor_above_nothing_is_known(world: World) -> None:
    world.put("host.example", "A", world.example.sign(HOST))
    other = parse_anchors(f"other. DS {world.example.signer()}")
    assert judged(world.assess("host.example", anchors=other)) == (State.INDETERMINATE, Reason.NO_TRUST_ANCHOR)


def test_an_anchor_below_the_root_makes_an_island_secure(world: World) -> None:
    world.put("host.example", "A", world.example.sign(HOST))
    anchors = parse_anchors(f"example. DNSKEY {world.example.key}")
    assert world.assess("host.example", anchors=anchors).state is State.SECURE
    assert world.asked == [ask("example", "DNSKEY")]


def test_the_nearest_anchor_counts_and_not_the_parents_word(world: World) -> None:
    world.put("host.example", "A", world.example.sign(HOST))
    wrong = parse_anchors(f". DS {world.root.signer()}\nexample. DS {Zone('example.').signer()}")
    assert judged(world.assess("host.example", anchors=wrong)) == (State.BOGUS, Reason.DELEGATION_MISMATCH)


def test_a_zone_above_the_nearest_anchor_cannot_sign_for_it(world: World) -> None:
    world.put("host.example", "A", world.root.sign(HOST))
    world.put("host.example", "DS", (), world.example.sign("host.example. NSEC i.example. A RRSIG NSEC", SOA))
    both = parse_anchors(f". DS {world.root.signer()}\nexample. DS {world.example.signer()}")
    assert judged(world.assess("host.example", anchors=both)) == (State.BOGUS, Reason.SIGNATURE_MISSING)


def test_an_anchor_of_an_algorithm_that_is_not_accepted_makes_everything_insecure(world: World) -> None:
    world.put("host.example", "A", world.example.sign(HOST))
    narrow = Policy(algorithms=frozenset({8}))
    assert judged(world.assess("host.example", policy=narrow)) == (State.INSECURE, Reason.UNSUPPORTED_ALGORITHM)


def test_a_wrong_root_key_is_bogus(world: World) -> None:
    world.put("host.example", "A", world.example.sign(HOST))
    wrong = parse_anchors(f". DS {Zone('.').signer()}")
    assert judged(world.assess("host.example", anchors=wrong)) == (State.BOGUS, Reason.DELEGATION_MISMATCH)


@pytest.mark.parametrize("missing", [(".", "DNSKEY"), ("example", "DS"), ("example", "DNSKEY")])
def test_a_chain_question_without_answer_leaves_it_open(world: World, missing: tuple[str, str]) -> None:
    world.put("host.example", "A", world.example.sign(HOST))
    del world.responses[ask(*missing)]
    found = world.assess("host.example")
    assert judged(found) == (State.INDETERMINATE, Reason.UNAVAILABLE)
    assert "no response in time" in found.detail


def test_a_resolver_that_gives_no_signatures_at_all_is_named(world: World) -> None:
    world.put(".", "DNSKEY", world.root.keys()[:1])
    world.put("host.example", "A", records(HOST))
    assert judged(world.assess("host.example")) == (State.INDETERMINATE, Reason.RESOLVER_WITHOUT_DNSSEC)


def test_an_answer_that_failed_is_not_judged(world: World) -> None:
    failed = failed_answer(ask("host.example"), Failure.TIMEOUT, "no response in time")
    found = world.assess("host.example", answer=failed)
    assert judged(found) == (State.INDETERMINATE, Reason.ANSWER_FAILED)
    assert found.evidence == ()


@pytest.mark.parametrize("record_type", ["RRSIG", "ANY", "AXFR", "OPT"])
def test_what_is_not_signed_as_a_set_is_not_judged(world: World, record_type: str) -> None:
    world.put("host.example", record_type, world.example.sign(HOST))
    assert judged(world.assess("host.example", record_type)) == (State.INDETERMINATE, Reason.NOT_SUPPORTED)


def test_a_chain_that_takes_too_many_questions_is_given_up(world: World) -> None:
    name = ".".join(["a"] * 100) + ".example"
    world.put(name, "A", records(f"{name}. A 192.0.2.1"))
    for depth in range(1, 101):
        below = ".".join(["a"] * depth) + ".example"
        world.put(below, "DS", (), world.example.sign(f"{below}. NSEC z.example. A RRSIG NSEC", SOA))
    assert judged(world.assess(name)) == (State.INDETERMINATE, Reason.TOO_MANY_QUESTIONS)
    assert len(world.asked) == MOST_QUESTIONS


def test_an_answer_with_a_record_that_its_signature_cannot_cover_is_bogus(world: World) -> None:
    """An NSEC record whose data is none: what cannot be read must not slip past the signature of the rest."""
    proof = world.example.sign("host.example. NSEC i.example. A RRSIG NSEC")
    world.put("host.example", "NSEC", proof)
    assert world.assess("host.example", "NSEC").state is State.SECURE
    garbage = dns.rrset.from_text("host.example.", 300, "IN", "TYPE65280", "\\# 2 3f01")
    wire = bytearray(respond(ask("host.example", "NSEC"), [*proof, garbage]))
    position = wire.rindex(b"\xff\x00")
    wire[position : position + 2] = b"\x00\x2f"
    world.responses[ask("host.example", "NSEC")] = bytes(wire)
    world.put("host.example", "DS", (), [*proof, *records(SOA)])
    assert judged(world.assess("host.example", "NSEC")) == (State.BOGUS, Reason.SIGNATURE_MISSING)


def test_an_answer_that_says_more_than_can_be_read_is_bogus(world: World) -> None:
    proof = world.example.sign("host.example. NSEC i.example. A RRSIG NSEC", SOA)
    world.put("host.example", "TXT", (), proof)
    answer = world.answer(ask("host.example", "TXT"))
    other = replace(answer, outcome=Outcome.FOUND)
    assert judged(world.assess("host.example", "TXT", answer=other)) == (State.BOGUS, Reason.SIGNATURE_MISSING)


# Time, work and memory


def test_the_time_is_the_one_that_is_passed_in(world: World) -> None:
    world.put("host.example", "A", world.example.sign(HOST))
    assert world.assess("host.example", at=AT + timedelta(days=2)).reason is Reason.SIGNATURE_EXPIRED
    assert world.assess("host.example", at=AT - timedelta(days=2)).reason is Reason.SIGNATURE_NOT_YET_VALID


def test_a_cache_saves_the_questions_but_not_the_evidence(world: World) -> None:
    world.put("host.example", "A", world.example.sign(HOST))
    cache = ZoneCache()
    first = world.assess("host.example", cache=cache)
    second = world.assess("host.example", cache=cache)
    assert world.asked == []
    assert (second.zones, set(second.evidence)) == (first.zones, set(first.evidence))


def test_a_cache_remembers_unsigned_zones(world: World) -> None:
    world.put("sub.example", "DS", (), world.example.sign("sub.example. NSEC t.example. NS RRSIG NSEC", SOA))
    world.put("host.sub.example", "A", records("host.sub.example. A 192.0.2.1"))
    cache = ZoneCache()
    first = world.assess("host.sub.example", cache=cache)
    second = world.assess("host.sub.example", cache=cache)
    assert world.asked == []
    assert (second.state, set(second.evidence)) == (first.state, set(first.evidence))


def test_a_cache_forgets_when_the_time_of_records_is_over(world: World) -> None:
    world.put("host.example", "A", world.example.sign(HOST))
    cache = ZoneCache()
    world.assess("host.example", cache=cache)
    for at in (AT + timedelta(seconds=301), AT - timedelta(seconds=1)):
        world.assess("host.example", cache=cache, at=at)
        assert ask("example", "DNSKEY") in world.asked


def test_a_zone_is_not_remembered_for_longer_than_its_parent(world: World) -> None:
    keys = world.root.keys()
    for found in keys:
        found.ttl = 10
    world.put(".", "DNSKEY", keys)
    world.put("host.example", "A", world.example.sign(HOST))
    cache = ZoneCache()
    world.assess("host.example", cache=cache)
    world.assess("host.example", cache=cache, at=AT + timedelta(seconds=11))
    assert ask("example", "DNSKEY") in world.asked


def test_a_cache_does_not_remember_failures(world: World) -> None:
    world.put("example", "DNSKEY", Zone("example.").keys())
    world.put("host.example", "A", world.example.sign(HOST))
    cache = ZoneCache()
    assert world.assess("host.example", cache=cache).state is State.BOGUS
    world.put("example", "DNSKEY", world.example.keys())
    assert world.assess("host.example", cache=cache).state is State.SECURE


def test_a_cache_is_bounded(world: World) -> None:
    world.put("host.example", "A", world.example.sign(HOST))
    cache = ZoneCache(most_zones=1)
    world.assess("host.example", cache=cache)
    assert len(cache) == 1
    assert cache.get(dns.name.from_text("example."), NOW) is not None
    assert cache.get(dns.name.root, NOW) is None


def test_sixteen_signatures_are_checked_for_a_response_whatever_it_holds(world: World) -> None:
    found, signature = world.example.sign(HOST)
    bad = [signature[0].replace(signature=bytes((number,)) * 64) for number in range(1, 101)]
    world.put("host.example", "A", [found, dns.rrset.from_rdata(found.name, 300, *bad)])
    assessment = world.assess("host.example")
    assert judged(assessment) == (State.BOGUS, Reason.TOO_MANY_CHECKS)
    chain = 3
    assert assessment.signature_checks == MOST_SIGNATURE_CHECKS + chain


def test_an_answer_without_any_response_is_not_judged(world: World) -> None:
    answer = Answer(ask("host.example"), Outcome.NODATA)
    assert judged(world.assess("host.example", answer=answer)) == (State.INDETERMINATE, Reason.ANSWER_FAILED)
