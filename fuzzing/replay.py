"""Without an engine: the corpus, and changes to it that a seed determines."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from fuzzing.byte_mutation import mutate_bytes
from fuzzing.corpus import read_corpus
from fuzzing.target import Target

_MOST_CHANGES = 3


def inputs(target: Target, *, count: int, seed: int) -> Iterator[bytes]:
    """Every input of the corpus, and then changed ones, ``count`` of them; the same seed gives the same ones."""
    corpus = read_corpus(target.name)
    yield from corpus
    random = Random(f"{seed} {target.name}")
    mutate = target.mutate or mutate_bytes
    for _ in range(count):
        data = random.choice(corpus)
        for _ in range(random.randint(1, _MOST_CHANGES)):
            data = mutate(data, random)
        yield data
