"""Queries as bytes, and which messages answer them (RFC 1035, section 4; RFC 5452; RFC 6891)."""

from __future__ import annotations

import struct

from emblem.dns.message import Question, RecordType, ResponseCode
from emblem.dns.names import encode_name

HEADER = struct.Struct("!6H")

UDP_PAYLOAD = 1232
"""Octets of a response that we accept over UDP: what crosses every network unfragmented."""

PADDING_BLOCK = 128
"""Octets of which a padded query is a multiple (RFC 8467, section 4.1)."""

FLAG_RESPONSE = 0x8000
FLAG_AUTHORITATIVE = 0x0400
FLAG_TRUNCATED = 0x0200
FLAG_RECURSION_DESIRED = 0x0100
FLAG_RECURSION_AVAILABLE = 0x0080
FLAG_AUTHENTICATED_DATA = 0x0020
FLAG_CHECKING_DISABLED = 0x0010
_FLAG_DNSSEC_OK = 0x8000
_OPCODE = 0x7800

_CLASS_IN = 1
_QUESTION = struct.Struct("!HH")
_OPTION_HEADER = struct.Struct("!HHIH")
_OPTION = struct.Struct("!HH")
_PADDING = 12
_ERRORS_WITHOUT_QUESTION = frozenset(
    {ResponseCode.FORMERR, ResponseCode.SERVFAIL, ResponseCode.NOTIMP, ResponseCode.REFUSED}
)


def encode_query(
    question: Question, identifier: int, *, edns: bool = True, dnssec: bool = False, padded: bool = False
) -> bytes:
    """A query with recursion desired, and AD: the resolver is to say whether it validated (RFC 6840).

    Args:
        identifier: 0 to 65535; must be unpredictable where the transport does not authenticate the server.
        edns: with an OPT record that allows responses of 1232 octets over UDP.
        dnssec: with DO and CD: the signatures too, and also what the resolver holds for bogus, since it is judged here
            (RFC 4035, section 3.2). DO needs EDNS.
        padded: filled up to a multiple of 128 octets (RFC 7830), so that an encrypted query does not give away the
            length of the name. Needs EDNS.
    """
    flags = FLAG_RECURSION_DESIRED | FLAG_AUTHENTICATED_DATA | (FLAG_CHECKING_DISABLED if dnssec else 0)
    header = HEADER.pack(identifier, flags, 1, 0, 0, int(edns))
    message = header + encode_name(question.name) + _QUESTION.pack(question.type, _CLASS_IN)
    if not edns:
        return message
    extended = _FLAG_DNSSEC_OK if dnssec else 0
    options = _padding(len(message) + 1 + _OPTION_HEADER.size) if padded else b""
    return message + b"\x00" + _OPTION_HEADER.pack(RecordType.OPT, UDP_PAYLOAD, extended, len(options)) + options


def _padding(length: int) -> bytes:
    """The option that fills up a message of this length."""
    missing = -(length + _OPTION.size) % PADDING_BLOCK
    return _OPTION.pack(_PADDING, missing) + bytes(missing)


def answers(question: Question, identifier: int | None, message: bytes) -> bool:
    """Whether a message is a response to this question and identifier (``None``: to any), whatever it says.

    Some servers leave the question out of an error response; such an error counts, since nothing but a
    failure can follow from it.
    """
    if len(message) < HEADER.size:
        return False
    found, flags, questions, *_ = HEADER.unpack_from(message)
    if identifier not in (None, found) or not flags & FLAG_RESPONSE or flags & _OPCODE:
        return False
    if questions == 0:
        return flags & 0x000F in _ERRORS_WITHOUT_QUESTION
    asked = encode_name(question.name)
    end = HEADER.size + len(asked) + _QUESTION.size
    # The first name of a message has nothing before it that it could be compressed against.
    return (
        questions == 1
        and message[HEADER.size : end - _QUESTION.size].lower() == asked
        and message[end - _QUESTION.size : end] == _QUESTION.pack(question.type, _CLASS_IN)
    )


def end_of_question(question: Question) -> int:
    """Where the records begin in a message with this question."""
    return HEADER.size + len(encode_name(question.name)) + _QUESTION.size
