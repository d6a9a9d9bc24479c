"""Handing a certificate chain to a log of Certificate Transparency (add-chain, RFC 6962, section 4.1)."""

from __future__ import annotations

import json
import ssl
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from emblem.codec.base64 import encode_base64
from emblem.errors import CertificationError, InputError, MalformedError
from emblem.keys.files import read_file
from emblem.traceability.chain import CertificateChain
from emblem.traceability.entries import final_entry
from emblem.traceability.given_log import STATIC_PREFIX
from emblem.traceability.log_key import LogKey
from emblem.traceability.log_list import LogList
from emblem.traceability.sct import LARGEST_ANSWER, decode_answer

_LARGEST_KEY_FILE = 64 * 1024
_LONGEST_SAID = 200
_SECONDS = 60.0
_LOOPBACK = ("127.0.0.1", "::1", "localhost")


@dataclass(frozen=True, slots=True)
class LogAddress:
    """A log that takes chains.

    Args:
        name: for people.
        address: the prefix of its URLs for writing.
        key: signs what it promises; None: not known, and then the promise is not checked.
    """

    name: str
    address: str
    key: LogKey | None

    @classmethod
    def parse(cls, text: str, logs: LogList) -> LogAddress:
        """A log as it is named to a command.

        Args:
            text: the description or name (base64) of a log on the list; or an address; or ``ADDRESS=FILE``, the file
                holding the log's public key in PEM. A static log's address may have the prefix that marks it.
            logs: the list.

        Raises:
            InputError: there is no such log, or the address cannot be one.
        """
        if "://" not in text:
            for log in logs.logs:
                if text in (log.description, encode_base64(log.log_id)):
                    return cls(log.description, log.submission_address, log.key)
            raise InputError("log", repr(text), "one on the list of logs, by its description; or its https:// address")
        address, equals, file = text.partition("=")
        address = address.removeprefix(STATIC_PREFIX)
        key = LogKey.from_pem(file, read_file(Path(file), _LARGEST_KEY_FILE)) if equals else None
        split = urlsplit(address)
        if split.scheme != "https" and not (split.scheme == "http" and split.hostname in _LOOPBACK):
            raise InputError("log", repr(text), "an address that begins with https://")
        if key is None:
            key = next(
                (log.key for log in logs.logs if log.submission_address.rstrip("/") == address.rstrip("/")), None
            )
        return cls(address, address, key)


def submit(chain: CertificateChain, encoded: Sequence[bytes], log: LogAddress, *, ca_file: Path | None) -> bytes:
    """Hand a chain to a log, and check what it promises as far as its key is known.

    Args:
        chain: the certificate and its issuer's.
        encoded: all certificates up to the root, which may be left out, in DER.
        log: where.
        ca_file: certificates in PEM to which the log's TLS certificate may lead, beside those of the system.

    Returns:
        The log's answer, as it came.

    Raises:
        CertificationError: it does not answer, refuses, or promises something else.
    """
    body = json.dumps({"chain": [encode_base64(one) for one in encoded]}).encode()
    answer = _post(f"{log.address.rstrip('/')}/ct/v1/add-chain", body, log, ca_file)
    try:
        timestamp = decode_answer(f"{log.name}: answer to add-chain", answer)
    except MalformedError as error:
        raise CertificationError(str(error)) from error
    if log.key is not None:
        if timestamp.log_id != log.key.log_id:
            raise CertificationError(f"{log.name}: its answer is in the name of another log")
        if not final_entry(chain, timestamp).is_signed_by(log.key):
            raise CertificationError(f"{log.name}: what it promises is not signed with its key, for this certificate")
    return answer


def _post(url: str, body: bytes, log: LogAddress, ca_file: Path | None) -> bytes:
    import httpx

    end = time.monotonic() + _SECONDS
    context = ssl.create_default_context()
    if ca_file is not None:
        context.load_verify_locations(ca_file)
    headers = {"content-type": "application/json", "accept-encoding": "identity"}
    answer = bytearray()
    try:
        with (
            httpx.Client(verify=context, timeout=_SECONDS, follow_redirects=False) as client,
            client.stream("POST", url, content=body, headers=headers) as response,
        ):
            for part in response.iter_raw():
                answer += part
                if len(answer) > LARGEST_ANSWER:
                    raise CertificationError(f"{log.name}: an answer of more than {LARGEST_ANSWER} bytes")
                if time.monotonic() > end:
                    raise CertificationError(f"{log.name}: an answer that does not end within {_SECONDS:.0f} seconds")
            if response.status_code != httpx.codes.OK:
                said = answer[:_LONGEST_SAID].decode("utf-8", "replace")
                raise CertificationError(f"{log.name}: it does not take the chain: HTTP {response.status_code} {said}")
    except httpx.HTTPError as error:
        raise CertificationError(f"{log.name}: no answer: {error or type(error).__name__}") from error
    return bytes(answer)
