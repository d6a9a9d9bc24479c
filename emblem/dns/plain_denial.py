"""Recognizing plain denials without reading the whole message: a "no" that is certainly one, or nothing.

Whatever :func:`recognize_denial` recognizes, :func:`~emblem.dns.interpretation.interpret` takes for the same proper
denial, with nothing else in the message: a response to the question, not truncated, from an authority or with recursion
available, without an answer, the one record of its authority section the SOA of a zone that the name is in (RFC 2308,
section 2), and nothing beside it but OPT. There are others that it does not recognize: those are to be interpreted.
"""

from __future__ import annotations

from emblem.dns.message import Answer, Outcome, Question

_HEADER_SIZE = 12
_RESPONSE_BITS = 0xFA
"""Of the first octet of the flags: QR, the operation and TC; AA and RD are left out."""
_RESPONSE = 0x80
_AUTHORITATIVE = 0x04
_RECURSION_AVAILABLE = 0x80
_AUTHENTICATED_DATA = 0x20
_CODE = 0x0F
_OUTCOMES = {0: Outcome.NODATA, 3: Outcome.NXDOMAIN}
_ONE_AUTHORITY = b"\x00\x01\x00\x00\x00\x01\x00\x00"
_ONE_AUTHORITY_AND_OPT = b"\x00\x01\x00\x00\x00\x01\x00\x01"
_SOA_IN = b"\x00\x06\x00\x01"
_OPT = b"\x00\x00\x29"
_POINTER = 0xC0
_SMALLEST_AUTHORITY = 33  # The root as owner, the fixed fields, two names that are the root, and five numbers.
_FIXED_FIELDS = 10
_NUMBERS = 20
_OPT_SIZE = 11
_LONGEST_NAME = 255
_TYPE_AND_CLASS = 4


def recognize_denial(message: bytes, question: bytes) -> Outcome | None:
    """``NODATA`` or ``NXDOMAIN`` where a message plainly says so; None where it may say anything.

    Args:
        message: as received; its identifier is the caller's to compare.
        question: what was asked: the uncompressed name in lower case, type and class.
    """
    end = _HEADER_SIZE + len(question)
    if message[_HEADER_SIZE:end] != question or len(message) < end + _SMALLEST_AUTHORITY:
        return None
    high, low = message[2], message[3]
    if high & _RESPONSE_BITS != _RESPONSE or not (high & _AUTHORITATIVE or low & _RECURSION_AVAILABLE):
        return None
    counts = message[4:_HEADER_SIZE]
    if counts == _ONE_AUTHORITY_AND_OPT:
        after = _after_soa(message, end)
        if message[after : after + 3] != _OPT or len(message) < after + _OPT_SIZE or message[after + 5]:
            return None
        after += _OPT_SIZE + int.from_bytes(message[after + 9 : after + _OPT_SIZE])
    elif counts == _ONE_AUTHORITY:
        after = _after_soa(message, end)
    else:
        return None
    return _OUTCOMES.get(low & _CODE) if after == len(message) else None


def plain_answer(question: Question, message: bytes, outcome: Outcome, server: str) -> Answer:
    """The answer to a question from a message in which a plain denial was recognized: what reading it would give.

    Args:
        question: what was asked.
        message: as received.
        outcome: as recognized.
        server: whom to name as the source.
    """
    high, low = message[2], message[3]
    return Answer(
        question,
        outcome,
        final_name=question.name,
        authoritative=bool(high & _AUTHORITATIVE),
        recursion_available=bool(low & _RECURSION_AVAILABLE),
        authenticated_data=bool(low & _AUTHENTICATED_DATA),
        server=server,
        wire=message,
        response_code=low & _CODE,
    )


def _after_soa(message: bytes, position: int) -> int:
    """Where the SOA record of a zone that the name of the question is in ends; past the message, if it is none."""
    root = position - _TYPE_AND_CLASS - 1
    nowhere = len(message) + 1
    if message[position] == _POINTER:
        if not _begins_label(message, _HEADER_SIZE, message[position + 1], root):
            return nowhere
        position += 2
    elif message[position] == 0:
        position += 1
    else:
        return nowhere
    if message[position : position + 4] != _SOA_IN:
        return nowhere
    data = position + _FIXED_FIELDS
    end = data + int.from_bytes(message[position + 8 : data])
    if end > len(message) or end - data > 2 * _LONGEST_NAME + _NUMBERS or _after_names(message, data, root) != end:
        return nowhere
    return end


def _after_names(message: bytes, start: int, root: int) -> int:
    """Where the data of a SOA record ends, by the two names in it; -1 where these are not plainly names.

    A pointer may lead to a label of the question, or of the names here before it.
    """
    position = start
    octets = root  # More than any name that a pointer leads to can have.
    try:
        for _ in range(2):
            beginning = position
            while (length := message[position]) and length < _POINTER:
                if length > 63:
                    return -1
                position += 1 + length
            octets += position - beginning
            if length:
                target = (length - _POINTER) << 8 | message[position + 1]
                if not (
                    _begins_label(message, _HEADER_SIZE, target, root)
                    if target < start
                    else target < beginning and _begins_label(message, start, target, beginning)
                ):
                    return -1
                position += 1
            position += 1
    except IndexError:
        return -1
    return position + _NUMBERS if octets <= _LONGEST_NAME else -1


def _begins_label(message: bytes, position: int, target: int, last: int) -> bool:
    """Whether a label, or the root, of the name at a position begins at a target, which is not behind the last one."""
    if target > last:
        return False
    while position < target and (length := message[position]) < _POINTER:
        position += 1 + length
    return position == target
