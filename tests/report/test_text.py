"""The verdict as text for a person who has to decide."""

from __future__ import annotations

from dataclasses import replace

import pytest

from emblem.codec.jwk import write_jwk
from emblem.model.evidence import CommitmentResult, LogEvidence, Proof
from emblem.model.need import Commitment, CommitmentNeed
from emblem.model.sign import Sign
from emblem.model.verdict import Discovery, DnssecState, Verdict
from emblem.report.text import DNSSEC_STATES, target_text, verdict_text
from tests.support.arrangement import (
    HOSPITAL,
    LOG,
    MINISTRY,
    RELIEF,
    answered,
    authority,
    bare,
    bound,
    chain,
    emblem_token,
    judged,
    root,
    signing,
    trusting,
)
from tests.support.naming import ihle_lines, serving, verify_waiting
from tests.support.raw import jws_emblem_claims, jws_token, unknown_version

OWN = chain(root, signing).emblem(sign=Sign.RED_CRYSTAL)


def first_lines(verdict: Verdict) -> tuple[str, str]:
    first, second, *_ = verdict_text(verdict).splitlines()
    return first, second.strip()


def test_the_status_comes_first_then_what_it_means() -> None:
    unmarked, meaning = "", ""
    with serving() as server:
        unmarked, meaning = first_lines(verify_waiting(HOSPITAL, server.address))

    assert unmarked == "hospital.example: UNMARKED"
    assert "does not mean that the host is not protected" in meaning
    assert first_lines(OWN.judged(trust=trusting(bare(root))))[0] == "hospital.example: PROTECTED"
    claimed, meaning = first_lines(OWN.judged())
    assert claimed == "hospital.example: CLAIMED"
    assert "Treat it as marked" in meaning
    assert first_lines(judged(unknown_version())) == (
        "hospital.example: UNDETERMINED",
        "It could not be established whether this host is marked. This is not a no.",
    )
    assert first_lines(judged(emblem_token(signing)))[0] == "hospital.example: REJECTED"


def test_it_says_what_the_emblem_says_and_who_stands_behind_it() -> None:
    text = verdict_text(OWN.endorsed_by(authority).judged(trust=trusting(bound(authority, MINISTRY))))

    for fact in (
        "red-crystal, protective",
        "https://relief.example",
        "https://ministry.example",
        "2027-02-28T12:00:00Z to 2027-03-07T12:00:00Z",
        "vouched for by an authority you trust",
    ):
        assert fact in text


@pytest.mark.parametrize(
    ("result", "words"),
    [
        (CommitmentResult.VERIFIED, "verified in a public log"),
        (CommitmentResult.UNDETERMINED, "could not be found out"),
        (None, "not checked"),
    ],
)
def test_it_says_what_is_known_of_the_issuers_key(result: CommitmentResult | None, words: str) -> None:
    commitments = {} if result is None else answered(OWN.judged(), result)

    (line,) = (
        line for line in verdict_text(OWN.judged(commitments=commitments)).splitlines() if "key of issuer" in line
    )

    assert line.endswith(words)


def test_it_says_what_the_log_has_shown() -> None:
    shown = LogEvidence(
        LOG[0], CommitmentResult.VERIFIED, "it is there", proofs=(Proof.INCLUDED, Proof.CONSISTENT), log="Oak"
    )
    (need,) = (one for one in OWN.judged().needs if isinstance(one, CommitmentNeed))
    answer = Commitment(CommitmentResult.VERIFIED, "it is there", 0, (shown,))

    text = verdict_text(OWN.judged(commitments={need: answer}))

    assert "key of issuer verified in a public log (included, consistent)" in text


def test_a_bound_key_is_said_to_be_the_readers_own_doing() -> None:
    assert "bound by you" in verdict_text(OWN.judged(trust=trusting(bound(root, RELIEF))))


def test_without_an_issuer_nothing_is_said_of_its_key() -> None:
    assert "key of issuer" not in verdict_text(chain(signing, issuer=None).emblem().judged())


def test_what_went_well_is_said_only_when_asked() -> None:
    verdict = OWN.judged(trust=trusting(bare(root)))

    assert "[trusted-key]" not in verdict_text(verdict)
    assert "[trusted-key]" in verdict_text(verdict, verbose=True)


def test_a_live_verdict_says_that_dnssec_was_not_checked_and_when_asked_what_was_asked() -> None:
    with serving(*ihle_lines(HOSPITAL, OWN.records)) as server:
        verdict = verify_waiting(HOSPITAL, server.address, dnssec=False)

    assert "DNSSEC        not checked" in verdict_text(verdict)
    assert "asked 127." not in verdict_text(verdict)
    assert f"for {HOSPITAL} TYPE65297: found" in verdict_text(verdict, verbose=True)


@pytest.mark.parametrize("state", list(DnssecState))
def test_a_live_verdict_says_what_dnssec_says_of_the_answers(state: DnssecState) -> None:
    verdict = replace(OWN.judged(), discovery=Discovery(), dnssec=state)

    assert f"DNSSEC        {DNSSEC_STATES[state]}" in verdict_text(verdict)


def test_a_reason_names_its_token_and_its_code() -> None:
    assert "(token 0) [token-malformed]" in verdict_text(judged(b"\xd8"))


@pytest.mark.parametrize("hostile", ["\n", "\x1b[2J", "\u202e", "\x9b2J", "\u2028", "\x00"])
def test_what_comes_from_the_network_cannot_change_how_it_is_shown(hostile: str) -> None:
    token = jws_token(jws_emblem_claims(HOSPITAL, f"a{hostile}b", iss=None), jwk=write_jwk(signing.public_key))

    text = verdict_text(judged(token), verbose=True)

    assert all(line.isprintable() for line in text.split("\n"))
    assert f"a\\u{{{ord(hostile[0]):x}}}" in text


def test_a_name_is_shown_with_its_unicode_form() -> None:
    assert target_text("xn--bcher-kva.example") == "xn--bcher-kva.example (bücher.example)"
    assert target_text("hospital.example") == "hospital.example"


@pytest.mark.parametrize(
    "name", ["xn--", "xn--a.example", "xn--" + "a" * 16000, "xn--" + "9" * 60, "xn--\u00fc", "xn--a-\x00"]
)
def test_a_name_that_only_looks_like_an_a_label_is_shown_as_it_is(name: str) -> None:
    assert target_text(name) == name
