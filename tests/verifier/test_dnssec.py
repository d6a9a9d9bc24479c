"""What DNSSEC says of the answers, in the verdict: a signed world without a network, whole and damaged."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from emblem.codec.carriage import IHLE_TYPE, IHLE_TYPES, write_text
from emblem.codec.record_text import quote_strings, write_generic
from emblem.dns import Failure, Question, RecordType
from emblem.dns.dnssec import ZoneCache
from emblem.dns.interpretation import failed_answer
from emblem.model.reason import Reason, Severity
from emblem.model.target import Target
from emblem.model.verdict import DnssecState, Status, Verdict
from emblem.validation.trust import Trust
from emblem.verifier.asking import Ask
from emblem.verifier.investigation import investigate
from emblem.verifier.settings import Authentication, Settings
from tests.dns.dnssec.world import AT, DAY, NOW, Sets, World, Zone
from tests.support.arrangement import HOSPITAL, JWS, AnyRecord, bare, chain, codes, root, signing, trusting

BELOW = "_emblem." + HOSPITAL
ADDRESS, REVERSE = "192.0.2.1", "1.2.0.192.in-addr.arpa"
PERIOD: dict[str, Any] = {"not_before": NOW - DAY, "expires": NOW + DAY}
MARKED = chain(root, signing, **PERIOD).emblem(**PERIOD).records
OF_ANOTHER = chain(root, signing, **PERIOD).emblem("other.example", **PERIOD).records
OF_ITS_ADDRESS = chain(root, signing, form=JWS, **PERIOD).emblem(f"[{ADDRESS}]", **PERIOD).records
TRUST = trusting(bare(root))
STRICT = trusting(bare(root), require_dnssec=True)

SOA = "example. SOA ns.example. hostmaster.example. 1 60 60 60 60"
AT_HOST = f"{HOSPITAL}. NSEC i.example. A RRSIG NSEC"
"""The host has an address and nothing else; nothing is below it."""
AROUND = "example. NSEC i.example. SOA RRSIG NSEC"
"""There is no host, and no wildcard."""
TYPES = (*IHLE_TYPES, RecordType.TXT)
CARRIAGES = [*((HOSPITAL, number) for number in TYPES), (BELOW, RecordType.TXT)]
FURTHER = (HOSPITAL, RecordType.HTTPS)
EXPIRED: dict[str, Any] = {"inception": NOW - 9 * DAY, "expiration": NOW - 8 * DAY}


class Laboratory(World):
    """The signed zone ``example``, and a verifier that asks it. A host that is not published has no emblem.

    Args:
        signed: whether the zone is; else the root proves that it is not.
        damage: arguments of :meth:`Zone.sign` for the records that are published.
    """

    def __init__(self, *, signed: bool = True, **damage: Any) -> None:
        super().__init__()
        self._damage = damage
        self._signed = signed
        if not signed:
            proof = self.root.sign("example. NSEC f. NS RRSIG NSEC", ". SOA a. b. 1 1 1 1 1")
            self.put("example", "DS", (), proof)
        for name, number in (*CARRIAGES, FURTHER):
            self.deny(name, number)
        self.put(HOSPITAL, "DS", (), self.example.sign(SOA, AT_HOST))
        self.put(BELOW, "DS", (), self.example.sign(SOA, AT_HOST), 3)

    def made(self, *lines: str) -> Sets:
        """The sets that the lines make, as this zone has them."""
        sets = self.example.sign(*lines, **self._damage)
        return sets if self._signed else sets[::2]

    def deny(self, name: str, number: int) -> None:
        """There is the host, but no such record."""
        self.put(name, f"TYPE{number}", (), self.made(SOA, AT_HOST), 0 if name == HOSPITAL else 3)

    def deny_name(self) -> None:
        """There is no host."""
        for name, number in (*CARRIAGES, FURTHER):
            self.put(name, f"TYPE{number}", (), self.made(SOA, AROUND), 3)

    def publish(self, records: Sequence[AnyRecord], number: int = IHLE_TYPE, name: str = HOSPITAL) -> None:
        """There are these records."""
        if number == RecordType.TXT:
            values = (write_text(one) if isinstance(one, bytes) else one for one in records)
            lines = [f"{name}. TXT {quote_strings(value.encode())}" for value in values]
        else:
            lines = [f"{name}. TYPE{number} {write_generic(one)}" for one in records if isinstance(one, bytes)]
        self.put(name, f"TYPE{number}", self.made(*lines))

    def forge(self, name: str, number: int) -> None:
        """A denial is made up on the way."""
        self.put(name, f"TYPE{number}", (), self.example.sign(SOA)[:1], 0 if name == HOSPITAL else 3)

    def lose(self, name: str, number: int) -> None:
        """An answer does not arrive."""
        self.responses.pop(Question(name, number), None)

    def verify(self, target: str = HOSPITAL, *, trust: Trust = TRUST, lost: Sequence[Question] = ()) -> Verdict:
        """The verdict, with every question asked of this world."""
        self.asked = []
        settings = Settings(trust, authentication=Authentication(self.anchors, ZoneCache()))
        steps = investigate(Target.parse(target), at=AT, now=AT, settings=settings)
        request = next(steps)
        while True:
            assert isinstance(request, Ask)
            self.asked += request.questions
            answers = tuple(
                failed_answer(one, Failure.TIMEOUT, "no response in time") if one in lost else self.answer(one)
                for one in request.questions
            )
            try:
                request = steps.send(answers)
            except StopIteration as finished:
                verdict: Verdict = finished.value
                return verdict


def reason(verdict: Verdict, code: str) -> Reason:
    (found,) = (one for one in verdict.reasons if one.code == code)
    return found


def secure() -> Laboratory:
    return Laboratory()


def insecure() -> Laboratory:
    return Laboratory(signed=False)


def bogus() -> Laboratory:
    return Laboratory(**EXPIRED)


def indeterminate() -> Laboratory:
    laboratory = Laboratory()
    laboratory.lose(".", 48)
    return laboratory


WORLDS = {
    DnssecState.SECURE: secure,
    DnssecState.INSECURE: insecure,
    DnssecState.BOGUS: bogus,
    DnssecState.INDETERMINATE: indeterminate,
}


# The state of what was found


@pytest.mark.parametrize("state", WORLDS)
@pytest.mark.parametrize(("name", "number"), CARRIAGES)
def test_the_state_of_the_answer_with_the_emblem_is_told(state: DnssecState, name: str, number: int) -> None:
    laboratory = WORLDS[state]()
    laboratory.publish(MARKED, number, name)
    verdict = laboratory.verify()

    assert (verdict.status, verdict.dnssec) == (Status.PROTECTED, state)
    assert ("dnssec-bogus" in codes(verdict)) is (state is DnssecState.BOGUS)


def test_a_valid_emblem_in_bogus_answers_stands_with_a_warning() -> None:
    laboratory = bogus()
    laboratory.publish(MARKED)
    for trust, status in ((TRUST, Status.PROTECTED), (trusting(), Status.CLAIMED)):
        verdict = laboratory.verify(trust=trust)
        assert verdict.status is status
        assert reason(verdict, "dnssec-bogus").severity is Severity.WARNING
        assert "expired" in reason(verdict, "dnssec-bogus").message


@pytest.mark.parametrize(
    ("state", "status"),
    [
        (DnssecState.SECURE, Status.PROTECTED),
        (DnssecState.INSECURE, Status.CLAIMED),
        (DnssecState.BOGUS, Status.UNDETERMINED),
        (DnssecState.INDETERMINATE, Status.CLAIMED),
    ],
)
def test_a_policy_that_requires_dnssec_lets_only_secure_answers_protect(state: DnssecState, status: Status) -> None:
    laboratory = WORLDS[state]()
    laboratory.publish(MARKED)
    verdict = laboratory.verify(trust=STRICT)

    assert (verdict.status, verdict.dnssec) == (status, state)
    assert ("policy-dnssec" in codes(verdict)) is (status is Status.CLAIMED)


def test_only_the_answer_that_the_emblem_came_in_counts() -> None:
    laboratory = secure()
    laboratory.publish(MARKED)
    laboratory.forge(HOSPITAL, RecordType.TXT)
    verdict = laboratory.verify(trust=STRICT)

    assert (verdict.status, verdict.dnssec) == (Status.PROTECTED, DnssecState.SECURE)


def test_what_is_rejected_in_bogus_answers_is_undetermined() -> None:
    for laboratory, status in ((secure(), Status.REJECTED), (bogus(), Status.UNDETERMINED)):
        laboratory.publish(OF_ANOTHER)
        verdict = laboratory.verify()
        assert verdict.status is status
        assert "asset-mismatch" in codes(verdict)


def test_what_is_rejected_beside_a_forged_denial_is_undetermined() -> None:
    laboratory = secure()
    laboratory.publish(OF_ANOTHER)
    laboratory.forge(BELOW, RecordType.TXT)
    verdict = laboratory.verify()

    assert (verdict.status, verdict.dnssec) == (Status.UNDETERMINED, DnssecState.BOGUS)
    assert reason(verdict, "dnssec-bogus").severity is Severity.ERROR


# The kinds of "no"


def test_an_authentic_absence_says_how_it_is_proven() -> None:
    verdict = secure().verify()

    assert (verdict.status, verdict.dnssec) == (Status.UNMARKED, DnssecState.SECURE)
    assert codes(verdict) == {"discovery-denied", "denial-authentic"}
    assert reason(verdict, "denial-authentic").message == "the denial is authentic: nodata by nsec, nxdomain by nsec"


def test_an_authentic_denial_of_the_name_says_so() -> None:
    laboratory = secure()
    laboratory.deny_name()
    verdict = laboratory.verify()

    assert (verdict.status, verdict.dnssec) == (Status.UNMARKED, DnssecState.SECURE)
    assert codes(verdict) == {"discovery-name-denied", "denial-authentic"}
    assert reason(verdict, "denial-authentic").message == "the denial is authentic: nxdomain by nsec"


@pytest.mark.parametrize(
    ("state", "why"), [(DnssecState.INSECURE, "without DS"), (DnssecState.INDETERMINATE, "no response in time")]
)
def test_an_absence_that_is_not_authenticated_says_why(state: DnssecState, why: str) -> None:
    verdict = WORLDS[state]().verify()

    assert (verdict.status, verdict.dnssec) == (Status.UNMARKED, state)
    assert codes(verdict) == {"discovery-denied", "denial-unauthenticated"}
    assert reason(verdict, "denial-unauthenticated").severity is Severity.WARNING
    assert why in reason(verdict, "denial-unauthenticated").message


@pytest.mark.parametrize(("name", "number"), CARRIAGES)
def test_one_bogus_denial_forbids_the_no(name: str, number: int) -> None:
    laboratory = secure()
    laboratory.forge(name, number)
    verdict = laboratory.verify()

    assert (verdict.status, verdict.dnssec) == (Status.UNDETERMINED, DnssecState.BOGUS)
    assert reason(verdict, "dnssec-bogus").severity is Severity.ERROR


def test_a_bogus_denial_of_the_name_forbids_the_no() -> None:
    laboratory = bogus()
    laboratory.deny_name()

    assert laboratory.verify().status is Status.UNDETERMINED


def test_records_of_others_must_be_authentic_too() -> None:
    for laboratory, status in ((secure(), Status.UNMARKED), (bogus(), Status.UNDETERMINED)):
        laboratory.publish(["v=spf1 -all"], RecordType.TXT)
        assert laboratory.verify().status is status


def test_a_question_that_may_only_find_more_forbids_nothing() -> None:
    laboratory = secure()
    laboratory.forge(*FURTHER)
    verdict = laboratory.verify()

    assert (verdict.status, verdict.dnssec) == (Status.UNMARKED, DnssecState.SECURE)


def test_what_was_lost_leaves_an_authentic_denial_of_the_name_as_it_is() -> None:
    laboratory = secure()
    laboratory.deny_name()
    verdict = laboratory.verify(lost=[Question(*CARRIAGES[1]), Question(*CARRIAGES[3])])

    assert (verdict.status, verdict.dnssec) == (Status.UNMARKED, DnssecState.SECURE)


# Addresses


def with_addresses(laboratory: Laboratory, *, signed: bool = True) -> Laboratory:
    """The host has an address, which leads back to it."""
    a = laboratory.made(f"{HOSPITAL}. A {ADDRESS}")
    laboratory.put(HOSPITAL, "A", a if signed else a[:1])
    laboratory.deny(HOSPITAL, RecordType.AAAA)
    reverse = Zone("in-addr.arpa.")
    laboratory.put("in-addr.arpa", "DS", laboratory.root.sign(reverse.ds))
    laboratory.put("in-addr.arpa", "DNSKEY", reverse.keys())
    denial = reverse.sign("in-addr.arpa. SOA a. b. 1 1 1 1 1", f"{REVERSE}. NSEC in-addr.arpa. PTR RRSIG NSEC")
    for question in (*((REVERSE, number) for number in TYPES), ("_emblem." + REVERSE, RecordType.TXT)):
        laboratory.put(question[0], f"TYPE{question[1]}", (), denial, 0 if question[0] == REVERSE else 3)
    laboratory.put(REVERSE, "PTR", reverse.sign(f"{REVERSE}. PTR {HOSPITAL}."))
    return laboratory


def test_addresses_that_a_verdict_rests_on_must_be_authentic_too() -> None:
    for signed, state in ((True, DnssecState.SECURE), (False, DnssecState.BOGUS)):
        laboratory = with_addresses(secure(), signed=signed)
        laboratory.publish(OF_ITS_ADDRESS, RecordType.TXT)
        verdict = laboratory.verify()
        assert (verdict.status, verdict.dnssec) == (Status.CLAIMED, state)


def test_forged_addresses_reject_nothing() -> None:
    laboratory = with_addresses(secure())
    laboratory.publish(OF_ITS_ADDRESS, RecordType.TXT)
    other = laboratory.made(f"{HOSPITAL}. A 192.0.2.2")
    for answer, status in ((other, Status.REJECTED), (other[:1], Status.UNDETERMINED)):
        laboratory.put(HOSPITAL, "A", answer)
        assert laboratory.verify().status is status


def test_the_way_from_an_address_to_a_marked_name_must_be_authentic_too() -> None:
    laboratory = with_addresses(secure())
    laboratory.publish(MARKED)
    verdict = laboratory.verify(ADDRESS)
    assert (verdict.status, verdict.dnssec) == (Status.CLAIMED, DnssecState.SECURE)

    laboratory = with_addresses(secure(), signed=False)
    laboratory.publish(MARKED)
    verdict = laboratory.verify(ADDRESS)
    assert (verdict.status, verdict.dnssec) == (Status.CLAIMED, DnssecState.BOGUS)
    assert reason(verdict, "dnssec-bogus").severity is Severity.WARNING


def test_a_forged_way_to_other_names_makes_no_address_unmarked() -> None:
    laboratory = with_addresses(secure())
    laboratory.publish(MARKED)
    for answer, status in (
        (laboratory.made(f"{HOSPITAL}. A 192.0.2.2"), Status.UNMARKED),
        (laboratory.made(f"{HOSPITAL}. A 192.0.2.2")[:1], Status.UNDETERMINED),
    ):
        laboratory.put(HOSPITAL, "A", answer)
        assert laboratory.verify(ADDRESS).status is status


# What it costs


@pytest.mark.parametrize("state", WORLDS)
def test_no_question_is_asked_twice(state: DnssecState) -> None:
    laboratory = WORLDS[state]()
    laboratory.verify()

    assert len(laboratory.asked) == len(set(laboratory.asked))


def test_what_is_remembered_of_zones_is_not_asked_again() -> None:
    laboratory = secure()
    laboratory.verify()
    chain_questions = [one for one in laboratory.asked if one.type in (RecordType.DS, 48)]

    assert set(chain_questions) == {Question(".", 48), Question("example", RecordType.DS), Question("example", 48)}
