"""What the verifier was given out of band: keys, for whom they may speak, what is refused, and its policy."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from emblem.errors import InputError
from emblem.keys.public import PublicKey
from emblem.model.organization import Organization
from emblem.model.purpose import Purpose
from emblem.model.target import Target
from emblem.model.token import Format, NumericDate
from emblem.model.verdict import Level


class Occasion(NamedTuple):
    """What a trusted key is asked to stand behind: a target, at a time, for the purposes that an emblem claims."""

    target: Target
    now: NumericDate
    purposes: Purpose

    def is_below(self, suffixes: Iterable[str]) -> bool:
        """Whether the target's name is one of these domain names, or stands below it."""
        name = f".{self.target.name}"
        return any(name.endswith(f".{suffix}") for suffix in suffixes)


@dataclass(frozen=True, slots=True)
class Scope:
    """What a trusted key is trusted for; None where it is not limited.

    ``suffixes`` are domain names in normal form: the target's name (of an address its reverse name) must be
    one of them or stand below it. The times bound the trust itself, from ``not_before`` until before ``expires``.
    """

    purposes: Purpose | None = None
    suffixes: tuple[str, ...] | None = None
    not_before: NumericDate | None = None
    expires: NumericDate | None = None

    def includes(self, occasion: Occasion) -> bool:
        """Whether the trust reaches this far."""
        return self is UNLIMITED or (
            (self.purposes is None or not occasion.purposes & ~self.purposes)
            and (self.suffixes is None or occasion.is_below(self.suffixes))
            and (self.not_before is None or self.not_before <= occasion.now)
            and (self.expires is None or occasion.now < self.expires)
        )


UNLIMITED = Scope()
"""The scope of a key that is trusted for everything."""


@dataclass(frozen=True, slots=True)
class TrustedKey:
    """A key that the verifier was given.

    Bare (``organization`` is None) it counts only as a key of the emblem or of its own issuer's chain. Bound to
    an organization it counts only where that organization is the issuer of the token that it signs.
    """

    key: PublicKey
    organization: Organization | None = None
    scope: Scope = UNLIMITED


@dataclass(frozen=True, slots=True)
class TrustedCertificate:
    """The certificate of an authority, in DER: what leads to it is certified by ``organization``."""

    encoded: bytes
    organization: Organization
    scope: Scope = UNLIMITED


@dataclass(frozen=True, slots=True)
class Refusals:
    """What never counts, whoever signed it.

    Args:
        keys: identifiers, of either kind, of keys whose tokens are dropped.
        tokens: SHA-256 digests of the signed bytes of tokens that are dropped (another signature over the same
            bytes makes no other token).
        organizations: issuers whose tokens are dropped.
        withdrawn_keys: pairs of an issuer and a key identifier: endorsements of that key that the issuer gave and
            took back.
        withdrawn_tokens: pairs of an issuer and a token's digest.
    """

    keys: frozenset[str] = frozenset()
    tokens: frozenset[bytes] = frozenset()
    organizations: frozenset[Organization] = frozenset()
    withdrawn_keys: frozenset[tuple[Organization, str]] = frozenset()
    withdrawn_tokens: frozenset[tuple[Organization, bytes]] = frozenset()


NOTHING_REFUSED = Refusals()
"""No refusals."""


@dataclass(frozen=True, slots=True)
class Policy:
    """What a verifier asks beyond validity before it says ``protected``.

    A policy never turns a valid emblem into an invalid one: what does not meet it is ``claimed``.

    Args:
        accept: the level that suffices without a trusted key; None where none does.
        minimum_level: the level that is asked for even with a trusted key.
        required_authorities: at least one of them must endorse; empty where none need.
        formats: the formats that are accepted.
        clock_skew: seconds by which a token may be early or late.
        longest_lifetime: seconds that an emblem may hold from its start to its end.
        oldest_commitment: seconds since a key commitment was logged.
        require_dnssec: whether the DNS answers must have been authentic.

    Raises:
        InputError: ``accept`` is a level that anybody reaches.
    """

    accept: Level | None = None
    minimum_level: Level = Level.SIGNED
    required_authorities: frozenset[Organization] = frozenset()
    formats: frozenset[Format] = frozenset(Format)
    clock_skew: int = 0
    longest_lifetime: int | None = None
    oldest_commitment: int | None = None
    require_dnssec: bool = False

    def __post_init__(self) -> None:
        if self.accept in (Level.NONE, Level.SIGNED):
            expected = "organizational or endorsed: anybody can sign a flawless emblem"
            raise InputError("accept", self.accept.value, expected)


DEFAULT_POLICY = Policy()
"""Only a trusted key protects, and nothing else is asked."""


class Backing(NamedTuple):
    """The trusted keys by their identifier in a format, and the occasion on which they are asked."""

    given: Mapping[str, tuple[TrustedKey, ...]]
    occasion: Occasion

    def binds(self, identifier: str | None, organization: Organization | None) -> bool:
        """Whether this key was given as one of this organization."""
        if organization is None:
            return False
        for trusted in self._keys(identifier):
            if trusted.organization == organization and trusted.scope.includes(self.occasion):
                return True
        return False

    def binds_elsewhere(self, identifier: str | None, organization: Organization | None) -> bool:
        """Whether this key was given as one of this organization, but for other occasions only."""
        if organization is None or self.binds(identifier, organization):
            return False
        return any(trusted.organization == organization for trusted in self._keys(identifier))

    def counts(self, identifier: str | None, issuer: Organization | None) -> bool:
        """Whether this key makes a result trusted where it signed for this issuer in the emblem's own chain."""
        for trusted in self._keys(identifier):
            if trusted.organization in (None, issuer) and trusted.scope.includes(self.occasion):
                return True
        return False

    def _keys(self, identifier: str | None) -> tuple[TrustedKey, ...]:
        return self.given.get(identifier, ()) if identifier is not None else ()


@dataclass(frozen=True, slots=True)
class TrustedLog:
    """A log that is on no list: its address, with ``static+`` before that of a static one, and its key.

    ``key`` is a SubjectPublicKeyInfo in DER.
    """

    address: str
    key: bytes


@dataclass(frozen=True)
class Trust:
    """Everything that the verifier brings along: trusted keys, refusals, policy, trusted certificates.

    ``stamp_authorities`` are certificates (X.509, in DER) of those who are believed when they say by a time stamp that
    evidence was there, ``logs`` are logs of Certificate Transparency that are on no list, ``log_list`` is a list of
    logs in JSON; validation does not look at any of these.
    """

    keys: tuple[TrustedKey, ...] = ()
    refusals: Refusals = NOTHING_REFUSED
    policy: Policy = DEFAULT_POLICY
    stamp_authorities: tuple[bytes, ...] = ()
    certificates: tuple[TrustedCertificate, ...] = ()
    logs: tuple[TrustedLog, ...] = ()
    log_list: bytes | None = None

    def by_identifier(self, form: Format) -> Mapping[str, tuple[TrustedKey, ...]]:
        """The trusted keys by their identifier in a format."""
        return self._jws_keys if form is Format.JWS else self._cose_keys

    def backing(self, form: Format, occasion: Occasion) -> Backing:
        """What the trusted keys are worth for emblems of a format, on an occasion."""
        return Backing(self.by_identifier(form), occasion)

    @cached_property
    def _cose_keys(self) -> Mapping[str, tuple[TrustedKey, ...]]:
        return self._index(Format.CWT)

    @cached_property
    def _jws_keys(self) -> Mapping[str, tuple[TrustedKey, ...]]:
        return self._index(Format.JWS)

    def _index(self, form: Format) -> Mapping[str, tuple[TrustedKey, ...]]:
        index: dict[str, tuple[TrustedKey, ...]] = defaultdict(tuple)
        for trusted in self.keys:
            index[trusted.key.identifier(form)] += (trusted,)
        return dict(index)
