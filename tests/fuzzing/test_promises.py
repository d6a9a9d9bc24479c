"""What the target of whole sets demands is demanded: a verifier that is broken does not get through."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import pytest

from emblem.validation import findings, levels, procedure, validate
from emblem.validation.matching import Match
from emblem.validation.screening import Screener
from emblem.validation.trust import Backing
from fuzzing.promises import rank
from fuzzing.record_sets import check_record_set
from fuzzing.replay import inputs
from fuzzing.target import BrokenPromiseError
from fuzzing.targets import TARGETS


def check_all(some: Iterable[bytes]) -> None:
    for data in some:
        check_record_set(data)


def always(value: Any) -> Callable[..., Any]:
    return lambda *_, **__: value


def last_emblem(emblems: Any, links: Any, question: Any) -> Any:
    """In the place of a search: the emblem that happens to be last, and no endorsement."""
    _, others = procedure._by_issuer(emblems[-1], links)
    return procedure._assess(emblems[-1], (), others, question, question.evidence.backing(emblems[-1])), ()


BROKEN: dict[str, tuple[Any, str, Callable[..., Any], str]] = {
    "times do not count": (Screener, "_check_period", always(None), "holds now"),
    "anybody may endorse": (procedure, "find_chain_fault", always(None), "allows the purposes"),
    "any authority will do": (levels._Assessment, "_may_vouch", always(True), "an authority endorses the top key"),
    "every key is trusted": (Backing, "counts", always(True), "trusted if it was given"),
    "nobody need be trusted": (findings, "suffices", always(True), "only a trusted key or a level that is accepted"),
    "every emblem names the target": (procedure, "match_target", always(Match.NAMED), "lists the target"),
    "the worst set counts": (validate, "_merit", lambda one: -rank(one.status), "its best set"),
    "robust does not search": (procedure, "_evaluate_robust", last_emblem, "robust is at least as good as draft"),
}


@pytest.mark.parametrize("rule", BROKEN)
def test_a_broken_verifier_does_not_get_through(rule: str, monkeypatch: pytest.MonkeyPatch) -> None:
    owner, name, replacement, promise = BROKEN[rule]
    monkeypatch.setattr(owner, name, replacement)

    with pytest.raises(BrokenPromiseError, match=promise):
        check_all(inputs(TARGETS["record_set"], count=300, seed=1))
