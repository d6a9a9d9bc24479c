"""Organization identifiers: ``https://`` and a host name (draft-linker-diem-adem-core-02, "Organizations")."""

from __future__ import annotations

from dataclasses import dataclass

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
        host = text[len(_SCHEME) :]
        if not text.startswith(_SCHEME) or not is_host_name(host):
            raise InvalidNameError(
                "organization identifier",
                repr(text),
                "https:// and a lower-case domain name of two labels or more, nothing after it",
            )
        return cls(host)

    def __str__(self) -> str:
        return _SCHEME + self.host
