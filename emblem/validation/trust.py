"""What the verifier was given out of band: keys, and for whom they may speak."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from emblem.keys.public import PublicKey
from emblem.model.organization import Organization
from emblem.model.token import Format
from emblem.model.verdict import Level


@dataclass(frozen=True, slots=True)
class TrustedKey:
    """A key that the verifier was given.

    Bare (``organization`` is None) it counts only as a key of the emblem or of its own issuer's chain. Bound to
    an organization it counts only where that organization is the issuer of the token that it signs.
    """

    key: PublicKey
    organization: Organization | None = None


@dataclass(frozen=True)
class Trust:
    """Everything that the verifier trusts: keys, and the level that suffices without any.

    ``accept`` is ``organizational`` or ``endorsed``, or None where only a trusted key protects.
    """

    keys: tuple[TrustedKey, ...] = ()
    accept: Level | None = None

    def by_identifier(self, form: Format) -> Mapping[str, tuple[TrustedKey, ...]]:
        """The trusted keys by their identifier in a format."""
        return self._jws_keys if form is Format.JWS else self._cose_keys

    def is_bare(self, identifier: str | None, form: Format) -> bool:
        """Whether this key was given without an organization."""
        found = self.by_identifier(form).get(identifier or "", ())
        return any(trusted.organization is None for trusted in found)

    def binds(self, identifier: str | None, organization: Organization | None, form: Format) -> bool:
        """Whether this key was given as one of this organization."""
        found = self.by_identifier(form).get(identifier or "", ())
        return organization is not None and any(trusted.organization == organization for trusted in found)

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
