"""Chains of any length, in any mix of algorithms, in both formats; as examples for properties."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from hypothesis import strategies as st

from emblem.keys.signing import SoftwareSigner
from emblem.model.token import Format
from emblem.validation.trust import Trust
from tests.support.arrangement import (
    CWT,
    FEDERATION,
    JWS,
    LOG,
    MINISTRY,
    RELIEF,
    AnyRecord,
    bare,
    bound,
    emblem_token,
    endorsement_token,
    key,
    key_record,
    trusting,
)

AUTHORITIES = (MINISTRY, FEDERATION)
ALGORITHMS = ("ES256", "ES256", "EdDSA", "ES384", "ES512")
POOL = tuple(key(f"{algorithm} {number}", algorithm) for number in range(3) for algorithm in dict.fromkeys(ALGORITHMS))


@dataclass(frozen=True, slots=True)
class Plan:
    """A set to be: the keys of the issuer from the emblem's up to the root, and the authorities above.

    ``changes`` are further claims by the place of the token: 0 is the emblem, 1 the endorsement of its key, and so on;
    then come the authorities' endorsements.
    """

    own: tuple[SoftwareSigner, ...]
    above: tuple[SoftwareSigner, ...] = ()
    changes: tuple[tuple[int, dict[str, Any]], ...] = ()

    @property
    def keys(self) -> tuple[SoftwareSigner, ...]:
        """Every key, from the emblem's up."""
        return self.own + self.above

    def changed(self, place: int, **claims: Any) -> Plan:
        """The same with other claims in one token."""
        return Plan(self.own, self.above, (*self.changes, (place, claims)))

    def tokens(self, form: Format) -> list[AnyRecord]:
        """The tokens, one for each key, in the order of the keys."""
        tokens = [emblem_token(self.own[0], form=form, **self._claims(0))]
        for place, (lower, upper) in enumerate(pairwise(self.own), 1):
            tokens.append(endorsement_token(upper, lower, form=form, **({"log": LOG} | self._claims(place))))
        for place, (signer, organization) in enumerate(zip(self.above, AUTHORITIES, strict=False), len(self.own)):
            usual = {"issuer": organization, "log": LOG}
            tokens.append(endorsement_token(signer, self.own[-1], form=form, **(usual | self._claims(place))))
        return tokens

    def records(self, form: Format = CWT) -> list[AnyRecord]:
        """The tokens and the keys."""
        return [*self.tokens(form), *(key_record(one, form) for one in self.keys)]

    def _claims(self, place: int) -> dict[str, Any]:
        return {name: value for where, claims in self.changes if where == place for name, value in claims.items()}


@st.composite
def plans(draw: st.DrawFn, shortest: int = 1, longest: int = 5, most_above: int = 2) -> Plan:
    """Sets that are good."""
    own = draw(st.integers(shortest, longest))
    above = draw(st.integers(0, most_above))
    keys = draw(st.permutations(POOL))
    return Plan(tuple(keys[:own]), tuple(keys[own : own + above]))


@st.composite
def trusts(draw: st.DrawFn, plan: Plan) -> Trust:
    """Trust in nobody, in a key of the plan, bare or bound to whose it is, or in a stranger."""
    place = draw(st.integers(-1, len(plan.keys)))
    if place < 0:
        return trusting()
    if place == len(plan.keys):
        return trusting(bare(key("a stranger")))
    organization = RELIEF if place < len(plan.own) else AUTHORITIES[place - len(plan.own)]
    return trusting(bound(plan.keys[place], organization) if draw(st.booleans()) else bare(plan.keys[place]))


forms = st.sampled_from([CWT, JWS])
