"""Evidence bundles: everything that a verdict rests on, byte for byte as it was received (``specs/evidence.md``).

Only the form is read here. What the responses mean is found out anew by whoever judges a bundle; nothing that its maker
concluded is in it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, TypeVar

from emblem.codec import cbor
from emblem.errors import InputError, MalformedError
from emblem.model.value import quickly_made

SCHEMA = "emblem.evidence/1"
"""The form that is written, and the only one that is read."""

LARGEST_BUNDLE = 512 * 1024
"""Bytes of a bundle."""
MOST_QUESTIONS = 512
"""Questions of a bundle."""
MOST_RESPONSES = 16
"""Resolvers that answered one question."""
MOST_MESSAGES = 16
"""Messages that one resolver's answer consists of, where aliases were followed."""
MOST_FAILED_TRIES = 64
"""Tries that came to nothing, for one question and resolver."""
MOST_RESOURCES = 128
"""Resources that were fetched over HTTP."""
MOST_ANCHORS = 100
"""DNSSEC trust anchors that the maker of a bundle used."""
LARGEST_MESSAGE = 65535
"""Bytes of a DNS message."""
LARGEST_STAMP = 64 * 1024
"""Bytes of a time stamp."""
LONGEST_TEXT = 2000
"""Characters of a text."""

TRANSPORTS = ("udp", "tcp", "tls", "https")
"""How a DNS message can have travelled."""

_MARK = b"\x71" + SCHEMA.encode()
_BEGINNINGS = (b"\x83" + _MARK, b"\x84" + _MARK)
_DIGEST = 32
_LARGEST_TYPE = 65535
_LATEST = 253402300799
"""The last second of the year 9999."""
_LARGEST_STATUS = 999
# The members of each map, in the order in which the deterministic encoding has them; then those that may be missing.
_EVIDENCE = ("covert", "target", "anchors", "captured", "software", "questions", "resources")
_QUESTION = ("name", "type", "responses")
_RESPONSE, _RESPONSE_MAY = ("failed", "server", "failure", "messages", "transport"), frozenset({"failed", "failure"})
_FETCHED, _FETCHED_MAY = ("body", "status", "address", "encoding"), frozenset({"encoding"})
_NOT_FETCHED = ("address", "failure")
_CODE = re.compile(r"[a-z][a-z0-9-]{0,31}")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class KeptTry:
    """A try that came to nothing: whom, how, and the code of what happened."""

    server: str
    transport: str
    failure: str


@quickly_made
@dataclass(frozen=True, slots=True)
class KeptResponse:
    """What one resolver answered.

    Args:
        server: whom that was, as text.
        transport: how the last message travelled, one of :data:`TRANSPORTS`.
        messages: the DNS messages as received, in order; several where aliases were followed.
        failure: the code of what happened, where no usable message came in the end; else empty.
        failed_tries: what came to nothing before.
    """

    server: str
    transport: str
    messages: tuple[bytes, ...]
    failure: str = ""
    failed_tries: tuple[KeptTry, ...] = ()


@quickly_made
@dataclass(frozen=True, slots=True)
class KeptQuestion:
    """A question to the DNS, by its name in lower case and the number of its type, and each resolver's answer."""

    name: str
    type: int
    responses: tuple[KeptResponse, ...]


@quickly_made
@dataclass(frozen=True, slots=True)
class KeptResource:
    """What was fetched from an address over HTTP.

    Args:
        address: its URL.
        status: of the response; None where there was none.
        encoding: the Content-Encoding of the body; empty for none.
        body: as it was transmitted.
        failure: the code of what happened, where there was no response; else empty.
    """

    address: str
    status: int | None = None
    encoding: str = ""
    body: bytes = b""
    failure: str = ""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What was kept.

    Args:
        target: what was asked about, as its maker wrote it.
        captured: seconds since 1970 on its maker's clock. Nobody vouches for it.
        software: what made it.
        covert: only what ordinary software asks too was asked.
        questions: what was asked of the DNS, each question once.
        resources: what was fetched, each address once.
        anchors: the DNSSEC trust anchors that its maker used, as lines of a zone file: to be compared, never believed.
    """

    target: str
    captured: int
    software: str
    covert: bool
    questions: tuple[KeptQuestion, ...]
    resources: tuple[KeptResource, ...] = ()
    anchors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Bundle:
    """Evidence, the bytes that a time stamp is made over, and the time stamp (a TimeStampResp of RFC 3161), if any."""

    evidence: Evidence
    stamped: bytes
    stamp: bytes | None = None


def is_bundle(data: bytes) -> bool:
    """Whether a file is meant as a bundle, well-formed or not."""
    return data.startswith(_BEGINNINGS)


def encode_bundle(evidence: Evidence, stamp: bytes | None = None) -> bytes:
    """Write a bundle.

    Raises:
        InputError: it would be larger, or hold more of something, than a reader accepts.
    """
    content = cbor.encode(_write(evidence))
    head = [SCHEMA, sha256(_stamped(content)).digest(), content]
    data = cbor.encode(head if stamp is None else [*head, stamp])
    if len(data) > LARGEST_BUNDLE:
        expected = f"at most {LARGEST_BUNDLE}, so that everybody reads it"
        raise InputError("evidence bundle", f"{len(data)} bytes", expected)
    if decode_bundle("evidence bundle", data).evidence != evidence:
        raise MalformedError("evidence bundle", "something that is not read as it is written", "plain values")
    return data


def decode_bundle(field: str, data: bytes) -> Bundle:
    """Read a bundle.

    Args:
        field: what is read, for the errors.
        data: the bytes of the whole bundle.

    Raises:
        MalformedError: it is too large, cut short, damaged, in a version that we do not know, not in the one form in
            which it can be written, or there is anything in it that has no place there.
    """
    if len(data) > LARGEST_BUNDLE:
        raise MalformedError(field, f"{len(data)} bytes", f"an evidence bundle of at most {LARGEST_BUNDLE}")
    top = cbor.decode(field, data)
    if not isinstance(top, list) or len(top) not in (3, 4) or top[0] != SCHEMA:
        raise MalformedError(field, cbor.describe(top), f"an evidence bundle, {SCHEMA!r}")
    digest, content = top[1], top[2]
    if not isinstance(content, bytes) or not isinstance(digest, bytes):
        raise MalformedError(field, cbor.describe(content), "the digest of the evidence, and the evidence as bytes")
    stamped = _stamped(content)
    if digest != sha256(stamped).digest():
        raise MalformedError(field, "evidence that does not fit its digest: it was damaged or changed", "it unchanged")
    try:
        stamp = None if len(top) == 3 else _bytes("time stamp", top[3], LARGEST_STAMP)
        if cbor.encode(top) != data:
            raise _another_encoding()
        return Bundle(_read(content), stamped, stamp)
    except MalformedError as error:
        raise _within(field, error) from error


def _stamped(content: bytes) -> bytes:
    """What the digest, and a time stamp, is made over."""
    return cbor.encode([SCHEMA, content])


def _write(evidence: Evidence) -> dict[str, Any]:
    return {
        "target": evidence.target,
        "captured": evidence.captured,
        "software": evidence.software,
        "covert": evidence.covert,
        "questions": list(map(_write_question, evidence.questions)),
        "resources": list(map(_write_resource, evidence.resources)),
        "anchors": list(evidence.anchors),
    }


def _write_question(question: KeptQuestion) -> dict[str, Any]:
    return {
        "name": question.name,
        "type": question.type,
        "responses": list(map(_write_response, question.responses)),
    }


def _write_response(response: KeptResponse) -> dict[str, Any]:
    failed = [[one.server, one.transport, one.failure] for one in response.failed_tries]
    return {
        "server": response.server,
        "transport": response.transport,
        "messages": list(response.messages),
        **({"failure": response.failure} if response.failure else {}),
        **({"failed": failed} if failed else {}),
    }


def _write_resource(resource: KeptResource) -> dict[str, Any]:
    if resource.failure:
        return {"address": resource.address, "failure": resource.failure}
    encoding = {"encoding": resource.encoding} if resource.encoding else {}
    return {"address": resource.address, "status": resource.status, "body": resource.body, **encoding}


def _read(content: bytes) -> Evidence:
    evidence = cbor.take_map("evidence", cbor.decode("evidence", content))
    _check_members("evidence", evidence, _EVIDENCE)
    questions = _each("questions", evidence["questions"], MOST_QUESTIONS, _read_question)
    resources = _each("resources", evidence["resources"], MOST_RESOURCES, _read_resource)
    _check_unique("questions", [(one.name, one.type) for one in questions])
    _check_unique("resources", [one.address for one in resources])
    if not isinstance(evidence["covert"], bool):
        raise MalformedError("covert", cbor.describe(evidence["covert"]), "true or false")
    read = Evidence(
        target=_text("target", evidence["target"]),
        captured=_number("captured", evidence["captured"], _LATEST),
        software=_text("software", evidence["software"]),
        covert=evidence["covert"],
        questions=questions,
        resources=resources,
        anchors=_each("anchors", evidence["anchors"], MOST_ANCHORS, _read_anchor),
    )
    if cbor.encode_in_order(evidence) != content:
        raise _another_encoding()
    return read


def _read_question(item: object) -> KeptQuestion:
    members = cbor.take_map("question", item)
    _check_members("question", members, _QUESTION)
    number = _number("type", members["type"], _LARGEST_TYPE)
    responses = _each("responses", members["responses"], MOST_RESPONSES, _read_response)
    if not number or not responses:
        raise MalformedError("question", "type 0, or no response", "a question with a type, and what came of it")
    return KeptQuestion(_text("name", members["name"]), number, responses)


def _read_response(item: object) -> KeptResponse:
    members = cbor.take_map("response", item)
    _check_members("response", members, _RESPONSE, _RESPONSE_MAY)
    messages = _each("messages", members["messages"], MOST_MESSAGES, _read_message)
    failure = _code("failure", members["failure"]) if "failure" in members else ""
    if not messages and not failure:
        raise MalformedError("response", "neither a message nor a failure", "what came, or why nothing did")
    failed: tuple[KeptTry, ...] = ()
    if "failed" in members:
        failed = _each("failed", members["failed"], MOST_FAILED_TRIES, _read_try)
        if not failed:
            raise MalformedError("failed", "an array of 0", "no array, where there is nothing in it")
    server, transport = _text("server", members["server"]), _transport("transport", members["transport"])
    return KeptResponse(server, transport, messages, failure, failed)


def _read_try(item: object) -> KeptTry:
    if not isinstance(item, list | tuple) or len(item) != 3:
        raise MalformedError("try", cbor.describe(item), "server, transport and failure")
    server, transport, failure = item
    return KeptTry(_text("server", server), _transport("transport", transport), _code("failure", failure))


def _read_resource(item: object) -> KeptResource:
    members = cbor.take_map("resource", item)
    address = _text("address", members.get("address"))
    if "failure" in members:
        _check_members("resource", members, _NOT_FETCHED)
        return KeptResource(address, failure=_code("failure", members["failure"]))
    _check_members("resource", members, _FETCHED, _FETCHED_MAY)
    encoding = _text("encoding", members["encoding"]) if "encoding" in members else ""
    if "encoding" in members and not encoding:
        raise MalformedError("encoding", "an empty text", "no encoding, where there is none")
    status = _number("status", members["status"], _LARGEST_STATUS)
    return KeptResource(address, status, encoding, _bytes("body", members["body"], LARGEST_BUNDLE))


def _read_anchor(item: object) -> str:
    return _text("anchor", item)


def _read_message(item: object) -> bytes:
    message = _bytes("message", item, LARGEST_MESSAGE)
    if not message:
        raise MalformedError("message", "0 bytes", "a DNS message")
    return message


def _check_members(
    field: str, members: Mapping[Any, Any], order: tuple[str, ...], optional: frozenset[str] = frozenset()
) -> None:
    """Nothing unknown is passed over: what a bundle says and we do not understand could turn its meaning round."""
    expected = [name for name in order if name in members or name not in optional]
    if list(members) == expected:
        return
    if members.keys() == set(expected):
        raise _another_encoding()
    needed = ", ".join(map(repr, sorted(set(order) - optional)))
    raise MalformedError(field, cbor.describe_keys(members), f"exactly {needed}")


def _another_encoding() -> MalformedError:
    return MalformedError("encoding", "another one than the deterministic", "each bundle in one form only")


def _check_unique(field: str, keys: list[Any]) -> None:
    if len(set(keys)) != len(keys):
        raise MalformedError(field, "the same twice", "each once")


def _each(field: str, item: object, most: int, read: Callable[[object], T]) -> tuple[T, ...]:
    if not isinstance(item, list | tuple):
        raise MalformedError(field, cbor.describe(item), "an array")
    if len(item) > most:
        raise MalformedError(field, f"{len(item)} elements", f"at most {most}")
    elements: list[T] = []
    try:
        elements.extend(map(read, item))
    except MalformedError as error:
        raise _within(f"{field}[{len(elements)}]", error) from error
    return tuple(elements)


def _within(field: str, error: MalformedError) -> MalformedError:
    return MalformedError(f"{field}: {error.field}", error.found, error.expected)


def _text(field: str, item: object) -> str:
    if not isinstance(item, str) or len(item) > LONGEST_TEXT:
        raise MalformedError(field, cbor.describe(item), f"a text of at most {LONGEST_TEXT} characters")
    return item


def _code(field: str, item: object) -> str:
    if not isinstance(item, str) or not _CODE.fullmatch(item):
        raise MalformedError(field, cbor.describe(item), "a code such as 'timeout'")
    return item


def _transport(field: str, item: object) -> str:
    if not isinstance(item, str) or item not in TRANSPORTS:
        raise MalformedError(field, cbor.describe(item), f"one of {', '.join(TRANSPORTS)}")
    return item


def _number(field: str, item: object, largest: int) -> int:
    if type(item) is not int or not 0 <= item <= largest:
        raise MalformedError(field, cbor.describe(item), f"a whole number from 0 to {largest}")
    return item


def _bytes(field: str, item: object, largest: int) -> bytes:
    if not isinstance(item, bytes) or len(item) > largest:
        raise MalformedError(field, cbor.describe(item), f"at most {largest} bytes")
    return item
