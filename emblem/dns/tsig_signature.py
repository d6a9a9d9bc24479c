"""Messages signed with shared keys, without I/O: requests going out, responses coming in (RFC 8945)."""

from __future__ import annotations

import hmac
import struct
from dataclasses import dataclass

from emblem.dns.names import encode_labels, encode_name
from emblem.dns.query import HEADER
from emblem.dns.tsig import TsigKey
from emblem.dns.wire import name_in
from emblem.errors import MalformedError, UpdateError

TSIG_TYPE = 250
LARGEST_SIGNATURE = 640
"""Octets of the largest TSIG record that we add to a message: a key's name, and a code of SHA-512."""
MOST_UNSIGNED = 99
"""Messages of a transfer in a row that need no signature (section 5.3.1)."""

_FUDGE = 300
_CLASS_ANY = 255
_RECORD = struct.Struct("!HHIH")
_QUESTION_SIZE = 4
_POINTER = 0xC0
_CODE_LENGTH = struct.Struct("!H")
_IDENTIFIER = struct.Struct("!H")
_ERROR_AND_OTHER = struct.Struct("!HH")
_TIME_OCTETS = 6
_BAD_SIGNATURE, _BAD_KEY, _BAD_TIME = 16, 17, 18


@dataclass(frozen=True, slots=True)
class SignedMessage:
    """A request as it goes out, and the code by which its response is bound to it."""

    wire: bytes
    code: bytes


@dataclass(frozen=True, slots=True)
class _Signature:
    """The data of a TSIG record (section 4.2); ``time`` in seconds since 1970."""

    algorithm: bytes
    time: int
    fudge: int
    code: bytes
    original_identifier: int
    error: int
    other: bytes

    @property
    def timers(self) -> bytes:
        return self.time.to_bytes(_TIME_OCTETS) + struct.pack("!H", self.fudge)

    @property
    def data(self) -> bytes:
        code = _CODE_LENGTH.pack(len(self.code)) + self.code
        tail = _ERROR_AND_OTHER.pack(self.error, len(self.other)) + self.other
        return self.algorithm + self.timers + code + _IDENTIFIER.pack(self.original_identifier) + tail

    def variables(self, key: TsigKey) -> bytes:
        """What is signed beside the message (section 4.3.3)."""
        name = encode_name(key.name) + struct.pack("!HI", _CLASS_ANY, 0)
        return name + self.algorithm + self.timers + _ERROR_AND_OTHER.pack(self.error, len(self.other)) + self.other


def sign_message(message: bytes, key: TsigKey, now: float) -> SignedMessage:
    """Adds a TSIG record to a request.

    Args:
        message: a whole message without one.
        key: what signs.
        now: seconds since 1970.
    """
    (identifier,) = _IDENTIFIER.unpack_from(message)
    unsigned = _Signature(encode_name(key.algorithm), int(now), _FUDGE, b"", identifier, 0, b"")
    code = _code(key, message + unsigned.variables(key))
    data = _Signature(unsigned.algorithm, unsigned.time, _FUDGE, code, identifier, 0, b"").data
    record = encode_name(key.name) + _RECORD.pack(TSIG_TYPE, _CLASS_ANY, 0, len(data)) + data
    return SignedMessage(_with_additional(message, 1) + record, code)


class SignatureCheck:
    """Checks the response to a signed request, or the several messages of one that is a transfer.

    Args:
        key: what signed the request.
        code: of the request.
        server: whom errors name.
    """

    def __init__(self, key: TsigKey, code: bytes, server: str) -> None:
        self._key = key
        self._previous = code
        self._server = server
        self._signed_before = False
        self._unsigned: list[bytes] = []

    @property
    def complete(self) -> bool:
        """The last message that was checked bore a signature, and so vouched for all before it."""
        return not self._unsigned

    def check(self, message: bytes, now: float) -> None:
        """Checks the next message.

        Args:
            message: as received.
            now: seconds since 1970.

        Raises:
            UpdateError: it is not signed, not by whom it should be, or at another time; or it says that the request
                was not signed as it should be.
        """
        try:
            start = _signature_start(message)
            signature = None if start is None else _read_signature(message, start)
        except MalformedError as error:
            raise UpdateError(f"{self._server}: {error}") from None
        if start is None or signature is None:
            self._pass_over(message)
            return
        self._check_error(signature)
        identifier = _IDENTIFIER.pack(signature.original_identifier)
        bare = identifier + _with_additional(message[:start], -1)[len(identifier) :]
        beside = signature.timers if self._signed_before else signature.variables(self._key)
        previous = _CODE_LENGTH.pack(len(self._previous)) + self._previous
        expected = _code(self._key, previous + b"".join(self._unsigned) + bare + beside)
        if signature.algorithm != encode_name(self._key.algorithm) or not hmac.compare_digest(expected, signature.code):
            raise UpdateError(
                f"{self._server}: its response is not signed with TSIG key {self._key.name}: not believed"
            )
        if abs(signature.time - now) > signature.fudge:
            raise UpdateError(_clock_text(signature.time - int(now), self._server))
        self._previous, self._signed_before = signature.code, True
        self._unsigned.clear()

    def _pass_over(self, message: bytes) -> None:
        if not self._signed_before:
            code = message[3] & 0x0F
            said = f"response code {code}" if code else "a response"
            raise UpdateError(
                f"{self._server}: {said} without a signature, though it was asked with TSIG key {self._key.name}: "
                "not believed"
            )
        self._unsigned.append(message)
        if len(self._unsigned) > MOST_UNSIGNED:
            raise UpdateError(f"{self._server}: {len(self._unsigned)} messages without a signature")

    def _check_error(self, signature: _Signature) -> None:
        """Raises what the server says is wrong with our signature. It cannot sign that; believed, it only fails us."""
        key = f"{self._server}: TSIG key {self._key.name} ({self._key.algorithm})"
        if signature.error == _BAD_KEY:
            raise UpdateError(f"{key}: the server does not know it: check name and algorithm on both sides (BADKEY)")
        if signature.error == _BAD_SIGNATURE:
            raise UpdateError(f"{key}: the server has another secret under this name (BADSIG)")
        if signature.error == _BAD_TIME and len(signature.other) == _TIME_OCTETS:
            raise UpdateError(_clock_text(int.from_bytes(signature.other) - signature.time, self._server))
        if signature.error:
            raise UpdateError(f"{key}: the server reports TSIG error {signature.error}")


def _code(key: TsigKey, data: bytes) -> bytes:
    return hmac.digest(key.secret, data, key.algorithm.removeprefix("hmac-"))


def _with_additional(message: bytes, more: int) -> bytes:
    """The message with another number of additional records in its header."""
    *others, additional = HEADER.unpack_from(message)
    return HEADER.pack(*others, additional + more) + message[HEADER.size :]


def _clock_text(difference: int, server: str) -> str:
    direction = "ahead of" if difference > 0 else "behind"
    return (
        f"{server}: its clock is {abs(difference)} seconds {direction} this one, {_FUDGE} are allowed: set the clocks "
        "right (BADTIME)"
    )


def _signature_start(message: bytes) -> int | None:
    """Where the TSIG record begins, which is the last one; None without one."""
    try:
        _, _, questions, *counts = HEADER.unpack_from(message)
        position = HEADER.size
        for _ in range(questions):
            position = _after_name(message, position) + _QUESTION_SIZE
        start, record_type = position, 0
        for _ in range(sum(counts)):
            start = position
            position = _after_name(message, start)
            record_type, _, _, length = _RECORD.unpack_from(message, position)
            position += _RECORD.size + length
    except (struct.error, IndexError):
        raise MalformedError("DNS message", f"its end at octet {len(message)}", "more records") from None
    if position != len(message):
        raise MalformedError("DNS message", f"{len(message)} octets", f"{position}")
    return start if record_type == TSIG_TYPE and counts[-1] else None


def _after_name(message: bytes, position: int) -> int:
    while (length := message[position]) != 0:
        if length >= _POINTER:
            return position + 2
        position += 1 + length
    return position + 1


def _read_signature(message: bytes, start: int) -> _Signature:
    data = message[_after_name(message, start) + _RECORD.size :]
    algorithm = encode_labels(name_in(data))
    try:
        position = len(algorithm)
        time = int.from_bytes(data[position : position + _TIME_OCTETS])
        fudge, size = struct.unpack_from("!HH", data, position + _TIME_OCTETS)
        position += _TIME_OCTETS + 4
        code = data[position : position + size]
        identifier, error, other = struct.unpack_from("!HHH", data, position + size)
    except struct.error:
        raise MalformedError("TSIG record", f"{len(data)} octets", "more") from None
    end = position + size + 6 + other
    if end != len(data):
        raise MalformedError("TSIG record", f"{len(data)} octets", f"{end}")
    return _Signature(algorithm, time, fudge, code, identifier, error, data[end - other :])
