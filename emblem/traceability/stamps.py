"""Time stamps of RFC 3161 over evidence: who says that it was there, and when."""

from __future__ import annotations

import hashlib
import warnings
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum, auto
from typing import TYPE_CHECKING

from emblem.errors import InputError, MalformedError
from emblem.model.display import excerpt
from emblem.model.time import date_text, numeric_date

if TYPE_CHECKING:
    from rfc3161_client import TimeStampResponse

LATEST_AHEAD = timedelta(minutes=5)
"""How far an authority's clock may be ahead of ours."""
LARGEST_RESPONSE = 64 * 1024
"""Bytes of an authority's response."""
LARGEST_AUTHORITIES = 256 * 1024
"""Bytes of the certificates that are believed."""

_FIELD = "time stamp"
_NOT_INSTALLED = "rfc3161-client is not installed, so that it cannot be checked: pip install 'digital-emblem[stamps]'"


class StampState(Enum):
    """What a time stamp is worth."""

    NONE = auto()
    """There is none."""
    TRUSTED = auto()
    """An authority that the verifier trusts says that the evidence was there by then."""
    UNTRUSTED = auto()
    """It is well-formed and fits; nobody whom the verifier trusts stands behind it."""
    INVALID = auto()
    """It is malformed, of something else, or its time has not come yet."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """A time stamp that was checked.

    Args:
        state: what it is worth.
        time: what it says, whatever that is worth; None where it says nothing.
        detail: in words: whose it is, or why it does not count.
    """

    state: StampState
    time: datetime | None = None
    detail: str = ""

    @property
    def time_text(self) -> str:
        """Its time as RFC 3339; empty where there is none."""
        return "" if self.time is None else date_text(numeric_date(self.time))


def read_stamp(stamp: bytes | None, message: bytes) -> Stamp:
    """What a time stamp says, and whether it is one of this message; nobody is trusted for it.

    Args:
        stamp: a TimeStampResp (RFC 3161, section 2.4.2) in DER; None where there is none.
        message: what it has to be of.
    """
    if stamp is None:
        return Stamp(StampState.NONE)
    try:
        response = _read(stamp)
    except ModuleNotFoundError:
        return Stamp(StampState.UNTRUSTED, detail=_NOT_INSTALLED)
    except InputError as error:
        return Stamp(StampState.INVALID, detail=str(error))
    time = response.tst_info.gen_time
    flaw = _flaw(response, message)
    if flaw:
        return Stamp(StampState.INVALID, time, flaw)
    return Stamp(StampState.UNTRUSTED, time, "you trust no authority for time stamps (--stamp-authority)")


def check_stamp(stamp: bytes | None, message: bytes, authorities: Sequence[bytes], *, now: datetime) -> Stamp:
    """What a time stamp is worth to a verifier.

    Args:
        stamp: a TimeStampResp (RFC 3161, section 2.4.2) in DER; None where there is none.
        message: what it has to be of.
        authorities: certificates in DER that the verifier trusts for this: of authorities, or of those above them.
        now: the present.
    """
    found = read_stamp(stamp, message)
    if found.time is None or found.state is not StampState.UNTRUSTED:
        return found
    if found.time > now + LATEST_AHEAD:
        return replace(found, state=StampState.INVALID, detail=f"its time {found.time_text} has not come yet")
    if not authorities:
        return found
    assert stamp is not None
    return _trusted(_read(stamp), message, authorities, found.time)


def read_stamp_authorities(field: str, data: bytes) -> tuple[bytes, ...]:
    """Read the certificates of those who are believed for time stamps, from PEM.

    They are the roots to which the certificates of stamping authorities lead: a stamp brings the rest along.

    Args:
        field: the name of the file, for the errors.
        data: what it holds.

    Returns:
        Each in DER.

    Raises:
        MalformedError: these are no certificates, or one is not a root.
    """
    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import Encoding

    from emblem.traceability.loading import MALFORMED

    expected = "certificates in PEM of the root above the time stamping authority"
    if len(data) > LARGEST_AUTHORITIES:
        raise MalformedError(field, f"{len(data)} bytes", f"at most {LARGEST_AUTHORITIES}")
    try:
        found = x509.load_pem_x509_certificates(data)
        others = [one.issuer.rfc4514_string() for one in found if one.issuer != one.subject]
    except MALFORMED as error:
        raise MalformedError(field, f"something else ({excerpt(error)})", expected) from None
    if others:
        raise MalformedError(field, f"a certificate that {excerpt(others[0])} issued", expected)
    return tuple(one.public_bytes(Encoding.DER) for one in found)


@dataclass(frozen=True, slots=True)
class StampRequest:
    """A TimeStampReq (RFC 3161, section 2.4.1) in DER, and the nonce in it."""

    data: bytes
    nonce: int | None


def make_request(message: bytes) -> StampRequest:
    """Ask for a time stamp of a message, with a nonce, and for the certificate of whoever makes it.

    Raises:
        ModuleNotFoundError: rfc3161-client is not installed.
    """
    from rfc3161_client import HashAlgorithm, TimestampRequestBuilder

    request = TimestampRequestBuilder().data(message).hash_algorithm(HashAlgorithm.SHA256).build()
    return StampRequest(request.as_bytes(), request.nonce)


def accept_response(response: bytes, request: StampRequest, message: bytes) -> datetime:
    """Take the response of an authority, if it is one to this request; who it is, is for verifiers to judge.

    Returns:
        The time that it says.

    Raises:
        InputError: it is malformed, a refusal, of something else, or to another request.
    """
    read = _read(response)
    flaw = _flaw(read, message)
    if not flaw and read.tst_info.nonce != request.nonce:
        flaw = "it is the answer to another request"
    if flaw:
        raise InputError(_FIELD, flaw, "a time stamp of this evidence")
    time: datetime = read.tst_info.gen_time
    return time


def _read(stamp: bytes) -> TimeStampResponse:
    from rfc3161_client import decode_timestamp_response

    if len(stamp) > LARGEST_RESPONSE:
        raise MalformedError(_FIELD, f"{len(stamp)} bytes", f"at most {LARGEST_RESPONSE}")
    try:
        response = decode_timestamp_response(stamp)
        granted = response.status == 0
        if granted:
            # Read here, where what is malformed is an error of the form: the library reads its parts when asked.
            _ = response.tst_info.gen_time, response.tst_info.nonce, response.tst_info.message_imprint.message
    except Exception as error:  # a foreign parser of hostile bytes: whatever it raises, they cannot be read
        raise MalformedError(_FIELD, f"bytes that cannot be read ({excerpt(error)})", "a TimeStampResp") from None
    if not granted:
        raise MalformedError(_FIELD, f"a refusal (status {response.status})", "a time stamp that was granted")
    return response


def _flaw(response: TimeStampResponse, message: bytes) -> str:
    """Why a stamp is not of a message; empty where it is."""
    imprint = response.tst_info.message_imprint
    algorithm = _HASHES.get(imprint.hash_algorithm.dotted_string)
    if algorithm is None:
        return f"it is made with the hash {imprint.hash_algorithm.dotted_string}, which is not accepted"
    if imprint.message != hashlib.new(algorithm, message).digest():
        return "it is of other evidence: something was changed since"
    return ""


_HASHES = {
    "2.16.840.1.101.3.4.2.1": "sha256",
    "2.16.840.1.101.3.4.2.2": "sha384",
    "2.16.840.1.101.3.4.2.3": "sha512",
}


def _trusted(response: TimeStampResponse, message: bytes, authorities: Sequence[bytes], time: datetime) -> Stamp:
    from cryptography import x509
    from rfc3161_client import VerificationError, VerifierBuilder

    try:
        # What the library finds odd it tells as a warning; here it is a flaw.
        with warnings.catch_warnings(action="error"):
            roots = [x509.load_der_x509_certificate(one) for one in authorities]
            VerifierBuilder(roots=roots).build().verify_message(response, message)
    except VerificationError as error:
        return Stamp(StampState.UNTRUSTED, time, f"no authority that you trust made it ({excerpt(error)})")
    except Exception as error:  # as above
        return Stamp(StampState.INVALID, time, f"it cannot be checked ({excerpt(error)})")
    return Stamp(StampState.TRUSTED, time, "an authority that you trust")
