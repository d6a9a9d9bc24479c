"""Whatever a resolver sends: an assessment ends in a state, in bounded work, and calls nothing secure that is not."""

from __future__ import annotations

from collections.abc import Callable

import dns.name
import dns.rdatatype
import dns.rrset
from hypothesis import given
from hypothesis import strategies as st

from emblem.dns import Failure, Question, interpret
from emblem.dns.dnssec import State
from emblem.dns.dnssec.policy import MOST_QUESTIONS, MOST_SIGNATURE_CHECKS
from tests.dns.dnssec.world import Sets, World, ask, key_record, records, respond

HOST = "host.example. TXT one"
SOA = "example. SOA ns.example. hostmaster.example. 1 3600 600 86400 300"


def signed_world() -> World:
    """A world in which an answer, a wildcard answer, an alias and two denials are secure."""
    world = World()
    example = world.example
    world.put("host.example", "TXT", example.sign(HOST))
    gap = example.sign("*.example. NSEC host.example. TXT RRSIG NSEC")
    world.put("any.example", "TXT", example.expand("*.example. TXT two", "any.example."), gap)
    world.put("alias.example", "TXT", example.sign("alias.example. CNAME host.example.", HOST))
    world.put("host.example", "A", (), example.sign("host.example. NSEC i.example. TXT RRSIG NSEC", SOA))
    proof = example.sign(
        "host.example. NSEC z.example. TXT RRSIG NSEC", "example. NSEC *.z.example. SOA NS RRSIG NSEC", SOA
    )
    world.put("none.example", "TXT", (), proof, 3)
    return world


WORLD = signed_world()
GENUINE = dict(WORLD.responses)
SECURE_QUESTIONS = [
    ask("host.example", "TXT"),
    ask("any.example", "TXT"),
    ask("alias.example", "TXT"),
    ask("host.example", "A"),
    ask("none.example", "TXT"),
]


def assess_with(question: Question, responses: dict[Question, bytes]) -> State:
    """The state of an answer in the signed world with some responses replaced; checks that the work is bounded."""
    WORLD.responses = {**GENUINE, **responses}
    found = WORLD.assess(question.name, dns.rdatatype.to_text(dns.rdatatype.RdataType.make(question.type)))
    assert len(WORLD.asked) <= MOST_QUESTIONS
    assert found.signature_checks <= MOST_SIGNATURE_CHECKS * (len(WORLD.asked) + 1)
    return found.state


def test_the_signed_world_is_secure() -> None:
    assert [assess_with(question, {}) for question in SECURE_QUESTIONS] == [State.SECURE] * len(SECURE_QUESTIONS)


@given(
    question=st.sampled_from(SECURE_QUESTIONS),
    changed=st.sampled_from(sorted(GENUINE, key=str)),
    junk=st.binary(max_size=600),
)
def test_octets_at_random_are_survived(question: Question, changed: Question, junk: bytes) -> None:
    header = GENUINE[changed][:12]
    for wire in (junk, header + junk, GENUINE[changed][: len(junk)], GENUINE[changed] + junk):
        assess_with(question, {changed: wire})


@given(question=st.sampled_from(SECURE_QUESTIONS), data=st.data())
def test_no_changed_octet_of_an_answer_is_called_secure_with_other_content(
    question: Question, data: st.DataObject
) -> None:
    wire = bytearray(GENUINE[question])
    position = data.draw(st.integers(0, len(wire) - 1))
    wire[position] ^= data.draw(st.integers(1, 255))
    genuine, found = interpret(question, GENUINE[question]), interpret(question, bytes(wire))
    if assess_with(question, {question: bytes(wire)}) is State.SECURE:
        # The SOA record of a denial is not part of its proof; without it the answer is none.
        assert found.outcome is genuine.outcome or found.failure is Failure.IMPROPER_DENIAL
        assert [(each.owner, each.type, each.data) for each in found.records] == [
            (each.owner, each.type, each.data) for each in genuine.records
        ]
        assert (found.aliases, found.final_name) == (genuine.aliases, genuine.final_name)


@given(question=st.sampled_from(SECURE_QUESTIONS), changed=st.sampled_from(sorted(GENUINE, key=str)), data=st.data())
def test_a_changed_octet_of_the_chain_is_survived(question: Question, changed: Question, data: st.DataObject) -> None:
    wire = bytearray(GENUINE[changed])
    for _ in range(data.draw(st.integers(1, 4))):
        wire[data.draw(st.integers(0, len(wire) - 1))] = data.draw(st.integers(0, 255))
    assess_with(question, {changed: bytes(wire)})


LINES = st.sampled_from(
    [
        HOST,
        "host.example. A 192.0.2.1",
        "host.example. CNAME alias.example.",
        "alias.example. CNAME host.example.",
        "example. DNAME other.",
        "host.example. NSEC i.example. A RRSIG NSEC",
        "none.example. NSEC \\000.none.example. RRSIG NSEC TYPE128",
        "example. NSEC example. NS SOA RRSIG NSEC",
        "example. NSEC host.example. NS DS RRSIG NSEC",
        "0p9mhaveqvm6t7vbl5lop2u3t2rp3tom.example. NSEC3 1 1 150 aabb 2t7b4g4vsa5smi47k61mv5bv1a22bojr A RRSIG",
        "t644ebqk9bibcna874givr6joj62mlhv.example. NSEC3 1 0 65535 - 0p9mhaveqvm6t7vbl5lop2u3t2rp3tom",
        "example. DS 1 13 2 " + "ab" * 32,
        "host.example. DS 1 100 100 00",
        SOA,
        "example. DNSKEY 257 3 13 " + "A" * 86 + "==",
        "host.example. RRSIG TXT 13 2 300 20260701000000 20260501000000 1 example. AAAA",
        "host.example. RRSIG TXT 13 0 300 20260701000000 20260501000000 1 . AAAA",
    ]
)


@st.composite
def some_sets(draw: st.DrawFn) -> Sets:
    """Sets of records that mean something to DNSSEC: signed by the root, by ``example``, or by nobody."""
    made: Sets = []
    for line in draw(st.lists(LINES, max_size=8)):
        signer = draw(st.sampled_from([None, WORLD.root, WORLD.example]))
        made += records(line) if signer is None or " RRSIG " in line else signer.sign(line)
    return made


@given(
    question=st.sampled_from(SECURE_QUESTIONS),
    changed=st.lists(
        st.tuples(
            st.sampled_from([*sorted(GENUINE, key=str), ask("host.example", "DS"), ask("none.example", "DS")]),
            some_sets(),
            some_sets(),
            st.sampled_from([0, 2, 3]),
        ),
        max_size=4,
    ),
)
def test_records_at_random_are_survived(question: Question, changed: list[tuple[Question, Sets, Sets, int]]) -> None:
    assess_with(question, {where: respond(where, first, second, code) for where, first, second, code in changed})


def test_a_thousand_keys_of_one_tag_cost_four_checks() -> None:
    """KeyTrap (CVE-2023-50387): keys of one tag, and signatures that name them all."""
    genuine = WORLD.example.key
    pairs = [genuine.key[position : position + 2] for position in range(0, 64, 2)]
    turned = [b"".join(pairs[turn:] + pairs[:turn]) for turn in range(1, 32)]
    swapped = [each[32:34] + each[2:32] + each[0:2] + each[34:] for each in turned]
    others = [key_record(each, flags=genuine.flags) for each in (*turned, *swapped)]
    assert {other.key_id() for other in others} == {genuine.key_id()}
    found, signature = WORLD.example.sign(HOST)
    bad = [signature[0].replace(signature=number.to_bytes(64)) for number in range(1, 500)]
    responses = {
        ask("example", "DNSKEY"): respond(ask("example", "DNSKEY"), WORLD.example.keys(*others)),
        ask("host.example", "TXT"): respond(
            ask("host.example", "TXT"), [found, dns.rrset.from_rdata(found.name, 300, *bad)]
        ),
    }
    assert assess_with(ask("host.example", "TXT"), responses) is State.BOGUS


def every(count: int, line: Callable[[int], str]) -> Sets:
    return WORLD.example.sign(*(line(number) for number in range(count)))


def test_hundreds_of_signed_records_of_denial_cost_sixteen_checks() -> None:
    question = ask("none.example", "TXT")
    proof = every(200, lambda number: f"n{number}.example. NSEC n{number}a.example. A RRSIG NSEC")
    assert assess_with(question, {question: respond(question, (), [*proof, *records(SOA)], 3)}) is State.BOGUS


def test_a_name_of_many_labels_is_hashed_in_bounded_work() -> None:
    """CVE-2023-50868: every ancestor of a long name is hashed, with 150 iterations each."""
    name = ".".join(["a"] * 120) + ".example"
    question = ask(name, "TXT")
    line = "0p9mhaveqvm6t7vbl5lop2u3t2rp3tom.example. NSEC3 1 0 150 aabb 2t7b4g4vsa5smi47k61mv5bv1a22bojr A RRSIG"
    proof = WORLD.example.sign(line, SOA)
    assert assess_with(question, {question: respond(question, (), proof, 3)}) is State.BOGUS
