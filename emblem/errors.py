"""Every error that Emblem raises on purpose.

Bad input raises a subclass of :class:`InputError`, which names the field, what was found and what was
expected. Inside validation nothing is raised: what is wrong becomes a reason of the verdict.
"""

from __future__ import annotations

_LONGEST_EXCERPT = 120


class EmblemError(Exception):
    """Base of all errors of this library: catching it catches every failure that is not a programming error."""


class InputError(EmblemError):
    """Something that was handed in is not what it must be.

    Args:
        field: what was looked at, in the terms of the format (``"claim exp"``, ``"host name"``).
        found: what stood there, as text; long values are shortened.
        expected: what would have been accepted.
    """

    def __init__(self, field: str, found: str, expected: str) -> None:
        self.field = field
        self.found = found if len(found) <= _LONGEST_EXCERPT else found[:_LONGEST_EXCERPT] + "…"
        self.expected = expected
        super().__init__(field, self.found, expected)

    def __str__(self) -> str:
        return f"{self.field}: found {self.found}, expected {self.expected}"


class MalformedError(InputError):
    """Bytes or text do not have the form that their format prescribes."""


class UnknownAlgorithmError(InputError):
    """A key or a token names a signature algorithm that this version does not know."""


class InvalidNameError(InputError):
    """A text is not a domain name, an address or an organization identifier."""


class KeyFileError(InputError):
    """A key file cannot be used: unreadable, of the wrong kind, or already there."""


class PassphraseError(KeyFileError):
    """A passphrase is missing or wrong."""


class HardwareError(EmblemError):
    """A hardware token cannot do what it should: it was removed, is locked, is full, or fails."""


class RequestError(InputError):
    """A request for an endorsement, or the answer to one, is not what it should be or does not belong here."""


class TrustError(InputError):
    """A trust store, or what is said to be trusted, cannot be used."""


class WorkspaceError(InputError):
    """A file of an organization's workspace cannot be used, or says something that cannot be."""


class ResolverError(InputError):
    """A resolver cannot be used as configured (not: a resolver that does not answer)."""


class UpdateError(EmblemError):
    """A zone cannot be read or changed: its name server is not found, does not answer, refuses, or is not believed."""


class CertificationError(EmblemError):
    """A certificate cannot be had, or not be logged: an authority or a log refuses, fails, or does not answer."""
