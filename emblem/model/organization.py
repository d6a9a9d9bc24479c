"""Organization identifiers: ``https://`` and a host name (draft-linker-diem-adem-core-02, "Organizations")."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from emblem.errors import InvalidNameError
from emblem.model.names import is_host_name

_SCHEME = "https://"


@dataclass(frozen=True, slots=True, order=True)
class Organization:
    """An organization, identified by a domain name that it controls.

    ``host`` is a lower-case fully qualified domain name of at least two labels, in A-labels, without a
    trailing dot; it is not an address.
    """

    host: str

    @classmethod
    def parse(cls, text: str) -> Organization:
        """Read an identifier such as ``https://redcross.org.uk``.

        Raises:
            InvalidNameError: there is anything but ``https://`` and a lower-case host name.
        """
        return parse_organization(text)

    def __eq__(self, other: object) -> bool:
        return self is other or (isinstance(other, Organization) and self.host == other.host)

    def __str__(self) -> str:
        return _SCHEME + self.host


@lru_cache(maxsize=256)
def parse_organization(text: str) -> Organization:
    """Read an identifier, as :meth:`Organization.parse` does.

    The last results are kept: every token of a set names one of the same two or three organizations.
    """
    host = text[len(_SCHEME) :]
    if not text.startswith(_SCHEME) or not is_host_name(host):
        raise InvalidNameError(
            "organization identifier",
            repr(text),
            "https:// and a lower-case domain name of two labels or more, nothing after it",
        )
    return Organization(host)
