"""The records of a marked host: its emblem, the endorsements that lead to it, and the keys of all of them."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from emblem.codec.cose_key import encode_key
from emblem.errors import InputError
from emblem.issuance.token_files import SignedToken
from emblem.keys.public import PublicKey
from emblem.model.asset import NameAsset
from emblem.model.purpose import Purpose
from emblem.model.target import Target
from emblem.model.time import date_text, numeric_date
from emblem.model.token import Emblem, Endorsement, NumericDate
from emblem.model.verdict import Verdict
from emblem.validation.validate import validate

Signed = SignedToken[Emblem] | SignedToken[Endorsement]
EndorsementChain = tuple[SignedToken[Endorsement], ...]


@dataclass(frozen=True, slots=True)
class RecordSet:
    """What is published for one host: exactly one emblem, and what leads to it.

    ``endorsements`` are those of the emblem's own issuer, from the emblem up, then those by others.
    """

    host: Target
    emblem: SignedToken[Emblem]
    endorsements: EndorsementChain

    @property
    def tokens(self) -> tuple[Signed, ...]:
        """The emblem, then the endorsements."""
        return (self.emblem, *self.endorsements)

    @property
    def keys(self) -> tuple[PublicKey, ...]:
        """The key of each token, once."""
        return tuple({token.signing_key: token.key for token in self.tokens}.values())

    @property
    def records(self) -> tuple[bytes, ...]:
        """The data of all records: the tokens, then the keys."""
        return (*(token.data for token in self.tokens), *map(encode_key, self.keys))

    def judge(self, at: datetime) -> Verdict:
        """What a verifier who trusts nobody and checks no key commitment says of these records."""
        return validate(self.records, target=self.host, at=at)


def assemble(
    host: Target,
    emblem: SignedToken[Emblem],
    endorsements: Iterable[SignedToken[Endorsement]],
    *,
    at: datetime,
) -> RecordSet:
    """Choose, from all endorsements that an organization has, those that lead to an emblem.

    Keys and issuers are followed upward. Of several ways to the top one is taken, since a second one would make
    the set invalid: rather one that others endorse, then one that names a key commitment, then the newest.
    Renewed endorsements are taken in their latest form, those out of their period not at all.

    Raises:
        InputError: the emblem does not mark this host, or does not hold at this time.
    """
    now = numeric_date(at)
    claims = emblem.claims
    _check_emblem(host, emblem, now)
    usable = _latest(token for token in endorsements if token.holds(now) and _allows(token, claims.purposes))
    own = [token for token in usable if token.claims.issuer == token.claims.subject == claims.issuer]
    others = [token for token in usable if _counts_from_outside(token.claims, claims)]
    chains = (
        (chain, _endorsing(others, chain[-1].signing_key if chain else emblem.signing_key))
        for chain in _chains(emblem.signing_key, own, frozenset())
    )
    chain, external = max(chains, key=_preference)
    return RecordSet(host, emblem, chain + external)


def _check_emblem(host: Target, token: SignedToken[Emblem], now: NumericDate) -> None:
    names = [asset.name for asset in token.claims.assets if isinstance(asset, NameAsset)]
    if host.name not in names:
        raise InputError(f"emblem of {host}", f"one for {', '.join(names)}", f"one that marks {host.name}")
    if not token.holds(now):
        period = f"from {date_text(token.claims.not_before)} until {date_text(token.claims.expires)}"
        expected = "one that holds now: make a new one with 'emblem issue'"
        raise InputError(f"emblem of {host}", f"one that holds {period}", expected)


def _allows(token: SignedToken[Endorsement], purposes: Purpose) -> bool:
    allowed = token.claims.constraints.purposes
    return allowed is not None and purposes in allowed


def _counts_from_outside(endorsement: Endorsement, emblem: Emblem) -> bool:
    """Whether it can be one by another organization (``specs/profile.md``, the level ENDORSED)."""
    named = endorsement.issuer is not None and emblem.issuer is not None
    other = endorsement.issuer != emblem.issuer and endorsement.subject == emblem.issuer
    return named and other and endorsement.may_endorse


def _latest(endorsements: Iterable[SignedToken[Endorsement]]) -> EndorsementChain:
    """The newest of each group that differs in nothing but its period."""
    newest = {_link(token): token for token in sorted(endorsements, key=_age)}
    return tuple(newest.values())


def _link(token: SignedToken[Endorsement]) -> Hashable:
    claims = token.claims
    return token.signing_key, claims.key, claims.issuer, claims.subject, claims.may_endorse


def _age(token: SignedToken[Endorsement]) -> tuple[NumericDate, NumericDate]:
    return token.claims.not_before, token.claims.expires


def _endorsing(endorsements: Iterable[SignedToken[Endorsement]], identifier: str) -> EndorsementChain:
    return tuple(token for token in endorsements if token.claims.key == identifier)


def _chains(
    identifier: str, own: Sequence[SignedToken[Endorsement]], below: frozenset[str]
) -> Iterator[EndorsementChain]:
    """Every way from a key up to a key that its own issuer endorses no further, without going in a circle."""
    visited = below | {identifier}
    above = [
        token
        for token in _endorsing(own, identifier)
        if token.signing_key not in visited and (token.claims.may_endorse or not below)
    ]
    if not above:
        yield ()
    for token in above:
        for rest in _chains(token.signing_key, own, visited):
            yield token, *rest


def _preference(choice: tuple[EndorsementChain, EndorsementChain]) -> tuple[bool, bool, list[object]]:
    chain, external = choice
    committed = bool(chain) and chain[-1].claims.log is not None
    return bool(external), committed, list(map(_age, chain))
