"""What officers exchange: requests, answers, their text, and references to keys in hardware tokens."""

from __future__ import annotations

from contextlib import suppress

from emblem.codec.carried import Carried, read_carried, write_armored, write_parts
from emblem.codec.request import read_answer, read_request
from emblem.errors import InputError, MalformedError
from emblem.issuance.requests import answer_text, request_text
from emblem.keys.files import find_key_reference
from emblem.keys.token_uri import TokenUri
from fuzzing.target import Target, require


def check_request(data: bytes) -> None:
    """A request or an answer: what was read is shown as a text from which the same is read."""
    with suppress(InputError):
        asked = read_request(data)
        again = read_carried("text", Carried.REQUEST, request_text(asked).encode())
        require(read_request(again) == asked, "a request is read from its text")
    with suppress(InputError):
        answer = read_answer(data)
        again = read_carried("text", Carried.ANSWER, answer_text(answer).encode())
        require(read_answer(again) == answer, "an answer is read from its text")


def check_carried(data: bytes) -> None:
    """A text of a request or an answer, or a reference to a key: read or refused, and written again."""
    for kind in Carried:
        with suppress(MalformedError):
            found = read_carried("text", kind, data)
            for text in (write_armored(kind, [], found), "\n".join(write_parts(kind, found))):
                require(
                    not found or read_carried("text", kind, text.encode()) == found, "what was read is written again"
                )
    with suppress(InputError):
        uri = find_key_reference("text", data)
        require(uri is None or TokenUri.parse(str(uri)) == uri, "a URI is written as it was read")


TARGETS = (Target("request", check_request), Target("carried", check_carried))
"""The papers."""
