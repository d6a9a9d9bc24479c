"""Which keys a certificate commits to which organizations, by its names alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from emblem.codec.claims import KEY_IDENTIFIER_LENGTH, check_key_identifier
from emblem.errors import InputError
from emblem.model.display import printable
from emblem.model.organization import Organization

_LABEL = "adem-configuration"


@dataclass(frozen=True, slots=True, order=True)
class Binding:
    """A root key and the organization that it would be committed to.

    ``key_identifier`` is the identifier of the key in the format of the tokens that it signs, as text.
    """

    key_identifier: str
    organization: Organization

    @property
    def key_name(self) -> str:
        """The name that stands for the key."""
        return f"{self.key_identifier}.{_LABEL}.{self.organization.host}"

    @property
    def organization_names(self) -> tuple[str, str]:
        """The names that stand for the organization, of which one suffices: that of the drafts, that of the field."""
        return f"{_LABEL}.{self.organization.host}", self.organization.host

    def __str__(self) -> str:
        return f"{self.key_identifier} to {self.organization}"


@dataclass(frozen=True, slots=True)
class MissingName:
    """A name that a certificate would need, but lacks.

    ``expected`` are the names of which one would suffice. ``nearest`` is a name of the certificate that does not count,
    though another use of certificates would let it: written in other case, or a wildcard; None where there is none.
    """

    expected: tuple[str, ...]
    nearest: str | None

    def __str__(self) -> str:
        text = f"no name {' or '.join(self.expected)}"
        if self.nearest is None:
            return text
        why = "a wildcard does not count" if self.nearest.startswith("*.") else "it must be written in lower case"
        return f"{text}; {printable(self.nearest)} is there, but {why}"


@dataclass(frozen=True)
class CertificateNames:
    """The DNS names of a certificate, as they are written there."""

    names: tuple[str, ...]

    @property
    def bindings(self) -> tuple[Binding, ...]:
        """The bindings that hold, each once, in the order of the names that stand for keys."""
        return tuple(binding for binding in self.candidates if not self.missing(binding))

    @property
    def candidates(self) -> tuple[Binding, ...]:
        """What somebody meant to bind: every binding for whose key there is a name, in whatever case."""
        return tuple(dict.fromkeys(self._read_candidates()))

    def missing(self, binding: Binding) -> tuple[MissingName, ...]:
        """What the certificate lacks for a binding; nothing where it holds.

        A name counts if it is there literally: byte for byte, and not by way of a wildcard.
        """
        required = ((binding.key_name,), binding.organization_names)
        return tuple(
            MissingName(expected, self._nearest(expected))
            for expected in required
            if self._literal.isdisjoint(expected)
        )

    @cached_property
    def _literal(self) -> frozenset[str]:
        return frozenset(self.names)

    @cached_property
    def _by_folded(self) -> Mapping[str, str]:
        return {name.lower(): name for name in self.names}

    def _nearest(self, expected: tuple[str, ...]) -> str | None:
        wildcards = [f"*.{name.partition('.')[2]}" for name in expected]
        return next((self._by_folded[name] for name in (*expected, *wildcards) if name in self._by_folded), None)

    def _read_candidates(self) -> Iterator[Binding]:
        for name in self._by_folded:
            identifier, _, rest = name.partition(".")
            label, _, host = rest.partition(".")
            if label != _LABEL or len(identifier) != KEY_IDENTIFIER_LENGTH:
                continue
            try:
                yield Binding(check_key_identifier("key identifier", identifier), Organization.parse(f"https://{host}"))
            except InputError:
                # A name like any other, that stands for no key.
                continue
