"""The fuzz targets over the corpus and near it, without an engine: the same inputs in every run."""

from __future__ import annotations

from collections import Counter
from itertools import islice
from random import Random

import pytest

from emblem.model.verdict import Status
from emblem.validation.procedure import Profile
from fuzzing.byte_mutation import mutate_bytes, words
from fuzzing.corpus import read_corpus
from fuzzing.replay import inputs
from fuzzing.requests import read_request
from fuzzing.target import LONGEST_INPUT, Target
from fuzzing.targets import TARGETS

SEED = 1
COUNTS = {"log_answer": 1500, "record_set": 1000}
USUAL_COUNT = 3000


@pytest.mark.parametrize("target", TARGETS.values(), ids=lambda target: target.name)
def test_nothing_is_found_in_the_corpus_and_near_it(target: Target) -> None:
    for data in inputs(target, count=COUNTS.get(target.name, USUAL_COUNT), seed=SEED):
        try:
            target.check(data)
        except Exception as error:
            error.add_note(f"the input: {data!r}")
            raise


@pytest.mark.parametrize("target", TARGETS.values(), ids=lambda target: target.name)
def test_the_same_seed_gives_the_same_inputs(target: Target) -> None:
    some = list(inputs(target, count=20, seed=SEED))

    assert list(inputs(target, count=20, seed=SEED)) == some
    assert list(inputs(target, count=20, seed=SEED + 1)) != some


@pytest.mark.parametrize("name", TARGETS)
def test_the_corpus_is_small_and_has_every_input_once(name: str) -> None:
    corpus = read_corpus(name)

    assert corpus
    assert len(set(corpus)) == len(corpus)
    assert max(map(len, corpus)) <= LONGEST_INPUT
    assert sum(map(len, corpus)) < 400_000


def test_every_word_of_the_dictionary_is_read() -> None:
    assert b"\xd8\x3d\xd2" in words()
    assert b'"alg":"ES256"' in words()
    assert all(words())


def test_a_changed_input_is_never_longer_than_the_longest() -> None:
    random = Random(SEED)

    assert all(len(mutate_bytes(bytes(LONGEST_INPUT), random)) <= LONGEST_INPUT for _ in range(100))


def test_changed_record_sets_get_past_the_signatures_to_every_status() -> None:
    requests = map(read_request, inputs(TARGETS["record_set"], count=400, seed=SEED))
    changed = islice(requests, len(read_corpus("record_set")), None)
    statuses = Counter(request.judged(Profile.ROBUST).status for request in changed if request is not None)

    assert statuses.total() > 350
    for status in (Status.PROTECTED, Status.CLAIMED, Status.UNDETERMINED, Status.REJECTED):
        assert statuses[status] > 5
