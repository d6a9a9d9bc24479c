"""Bundles in which something was changed, and bundles made from nothing: neither is believed in anything else."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

import pytest

from emblem.codec.evidence import decode_bundle, encode_bundle
from emblem.errors import InputError, MalformedError
from emblem.model.verdict import Status, Verdict
from emblem.traceability.stamps import make_request
from emblem.verifier.settings import Settings
from tests.support.arrangement import MINISTRY, authority, bound, codes, trusting
from tests.support.captures import VECTORS, bundle_of, captured, content_of, judged, sealed
from tests.support.stamping_authority import StampingAuthority

SMALL, LARGE = "discovery-carriages-found-ihle", "discovery-dnssec-secure-found"
FOREIGN = trusting(bound(authority, MINISTRY))
RANDOM_CHANGES = 1000


def said(verdict: Verdict) -> tuple[object, ...]:
    """What a verdict says of its target, apart from why."""
    return (
        verdict.target,
        verdict.level,
        verdict.sign,
        verdict.purposes,
        verdict.issuer,
        verdict.endorsed_by,
        verdict.assets,
        verdict.not_before,
        verdict.expires,
        verdict.format,
        verdict.at,
    )


def each_byte(data: bytes) -> Iterator[bytes]:
    """The data with each byte changed, one at a time, each in another way."""
    random = Random(1)
    for place in range(len(data)):
        yield data[:place] + bytes([data[place] ^ random.randrange(1, 256)]) + data[place + 1 :]


def some_bytes(data: bytes) -> Iterator[bytes]:
    """The data with one byte changed, at random places."""
    random = Random(2)
    for _ in range(RANDOM_CHANGES):
        place = random.randrange(len(data))
        yield data[:place] + bytes([data[place] ^ random.randrange(1, 256)]) + data[place + 1 :]


def outcomes(name: str, bundles: Iterator[bytes]) -> tuple[int, int]:
    """How many bundles were refused, and how many judged; fails where one is believed and says something else."""
    original = said(judged(bundle_of(name), name))
    refused = read = 0
    for data in bundles:
        try:
            verdict = judged(data, name)
        except InputError:
            refused += 1
            continue
        read += 1
        assert verdict.status is not Status.PROTECTED or said(verdict) == original
    return refused, read


@pytest.mark.parametrize("name", [SMALL, LARGE])
def test_what_is_changed_is_protected_as_it_stands(name: str) -> None:
    assert judged(bundle_of(name), name).status is Status.PROTECTED


@pytest.mark.parametrize("name", [SMALL, LARGE])
def test_a_bundle_with_any_byte_changed_is_refused(name: str) -> None:
    for data in each_byte(bundle_of(name)):
        with pytest.raises(MalformedError):
            decode_bundle("bundle", data)


def test_no_byte_of_a_small_bundle_can_be_changed_to_say_something_else_by_who_repairs_its_digest() -> None:
    refused, read = outcomes(SMALL, map(sealed, each_byte(content_of(bundle_of(SMALL)))))

    assert refused > 50
    assert read > 500


def test_nor_any_of_a_thousand_at_random_of_a_large_one() -> None:
    refused, read = outcomes(LARGE, map(sealed, some_bytes(content_of(bundle_of(LARGE)))))

    assert refused > 10
    assert read > 500


@pytest.mark.parametrize("length", range(0, 2000, 97))
def test_a_bundle_cut_short_is_refused(length: int) -> None:
    with pytest.raises(MalformedError):
        decode_bundle("bundle", bundle_of(LARGE)[:length])


def mixed(first: str, second: str) -> bytes:
    """A bundle with the answers of two."""
    one, other = captured(first).evidence, captured(second).evidence
    known = {(question.name, question.type) for question in one.questions}
    added = tuple(question for question in other.questions if (question.name, question.type) not in known)
    return encode_bundle(replace(one, questions=one.questions + added))


def test_answers_of_one_bundle_put_into_another_do_not_help() -> None:
    first, second = "discovery-dnssec-secure-denied", "discovery-dnssec-secure-found"

    assert judged(mixed(first, second), first).status is Status.UNDETERMINED


def backdated(data: bytes) -> bytes:
    evidence = decode_bundle("bundle", data).evidence
    return encode_bundle(replace(evidence, captured=evidence.captured - 86400 * 365))


@pytest.mark.parametrize("forge", [lambda data: data, backdated], ids=["as-it-is", "backdated"])
@pytest.mark.parametrize("name", [SMALL, LARGE, "discovery-dnssec-secure-text"])
def test_a_bundle_made_from_nothing_is_claimed_at_most(
    name: str, forge: Callable[[bytes], bytes], tmp_path: Path
) -> None:
    """Somebody has a zone, an authority, anchors and a clock of his own: everything in the bundle fits together."""
    own = StampingAuthority.make(tmp_path)
    data = forge(bundle_of(name))
    stamp = own.respond(make_request(decode_bundle("bundle", data).stamped).data)
    forged = encode_bundle(decode_bundle("bundle", data).evidence, stamp)
    now = datetime.fromisoformat(VECTORS[name]["now"])

    for at in (None, now, now - timedelta(hours=1)):
        verdict = judged(forged, name, settings=Settings(FOREIGN), at=at)

        assert verdict.status is not Status.PROTECTED
        assert not verdict.trusted
        assert "evidence-stamp-untrusted" in codes(verdict)
