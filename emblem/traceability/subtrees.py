"""Which DNS names a certificate and the authorities above it speak for (RFC 5280, section 4.2.1.10; RFC 9525)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from cryptography import x509

E = TypeVar("E", bound=x509.ExtensionType)


@dataclass(frozen=True, slots=True)
class Subtrees:
    """What an authority's certificate limits DNS names to; ``permitted`` is None where it permits all.

    A subtree holds a name and every name below it; the empty one, all names.
    """

    permitted: tuple[str, ...] | None
    excluded: tuple[str, ...]

    def permits(self, name: str) -> bool:
        """Whether a name (which may begin with a wildcard) is within what is permitted, and not excluded."""
        if any(_is_within(name, subtree) for subtree in self.excluded):
            return False
        return self.permitted is None or any(_is_within(name, subtree) for subtree in self.permitted)

    def names(self, name: str) -> bool:
        """Whether a name lies in a subtree that is named, rather than in none that is forbidden."""
        return self.permitted is not None and any(
            subtree != "" and _is_within(name, subtree) for subtree in self.permitted
        )


def read_subtrees(certificate: x509.Certificate) -> Subtrees:
    """The name constraints of an authority's certificate, as far as they are of DNS names."""
    constraints = find_extension(certificate, x509.NameConstraints)
    if constraints is None:
        return Subtrees(None, ())
    permitted = _names(constraints.permitted_subtrees or ())
    # Subtrees of other kinds of names say nothing of these (RFC 5280, section 4.2.1.10).
    return Subtrees(permitted or None, _names(constraints.excluded_subtrees or ()))


def dns_names(certificate: x509.Certificate) -> tuple[str, ...]:
    """The DNS names among the subject alternative names, in lower case."""
    names = find_extension(certificate, x509.SubjectAlternativeName)
    return () if names is None else tuple(name.lower() for name in names.get_values_for_type(x509.DNSName))


def is_covered(asset: str, names: Iterable[str], authorities: Sequence[Subtrees]) -> bool:
    """Whether a name that an emblem marks lies within a certificate's names, or within its authorities' subtrees.

    Args:
        asset: in normal form.
        names: of the certificate; ``*.example.org`` covers the names with one label in the place of the star.
        authorities: what each authority above it limits names to. One at least must name a subtree in which the asset
            lies, and none may forbid it.
    """
    if not all(one.permits(asset) for one in authorities):
        return False
    parent = asset.partition(".")[2]
    if any(name in (asset, f"*.{parent}") for name in names):
        return True
    return any(one.names(asset) for one in authorities)


def _is_within(name: str, subtree: str) -> bool:
    return not subtree or name == subtree or name.endswith(f".{subtree}")


def _names(subtrees: Iterable[x509.GeneralName]) -> tuple[str, ...]:
    # A leading dot is of URIs, and of old software, which means the same by it here.
    return tuple(one.value.lower().removeprefix(".") for one in subtrees if isinstance(one, x509.DNSName))


def find_extension(certificate: x509.Certificate, kind: type[E]) -> E | None:
    """The value of an extension of a certificate that was read wholly, or None where it is not there."""
    try:
        return certificate.extensions.get_extension_for_class(kind).value
    except x509.ExtensionNotFound:
        return None
