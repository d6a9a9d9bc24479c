"""Requests, answers and withdrawal lists, shown without an officer having to act on them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from emblem.codec.carried import Carried, write_parts
from emblem.codec.withdrawal import Withdrawals, sign_withdrawals
from emblem.errors import InputError
from emblem.issuance.requests import answer_request, answer_text, ask, draw_up_answer, request_text
from emblem.model.purpose import Purpose
from emblem.report.paper_inspection import inspect_paper, is_paper
from tests.support.arrangement import AT, MINISTRY, NOW, RELIEF, emblem_token, key, key_record, root, signing

ASKED = ask(root, issuer=RELIEF, audience=MINISTRY, purposes=Purpose.PROTECTIVE, may_endorse=True,
            lifetime=timedelta(days=365), at=AT)  # fmt: skip
ANSWER = answer_request(ASKED, draw_up_answer(ASKED.request, start=AT), key("authority"), AT)
WITHDRAWN = Withdrawals(MINISTRY, NOW, frozenset({root.public_key.cose_thumbprint}), frozenset({bytes(32)}))
LIST = sign_withdrawals(WITHDRAWN, key("authority"))


@pytest.mark.parametrize("text", [request_text(ASKED), "\n".join(write_parts(Carried.REQUEST, ASKED.data))])
def test_a_request_is_shown_in_either_form(text: str) -> None:
    shown = inspect_paper("file", text.encode())

    assert is_paper(text.encode())
    assert shown.title == "request"
    assert shown.words["request"] == "https://relief.example asks https://ministry.example to endorse a key"
    assert shown.members["key_identifier"] == root.public_key.cose_thumbprint
    assert shown.members["digest"] == ASKED.digest.hex()


def test_an_answer_is_shown_with_what_it_states() -> None:
    shown = inspect_paper("file", answer_text(ANSWER).encode())

    assert shown.title == "answer"
    assert shown.words["statement"] == "https://ministry.example states that a key belongs to https://relief.example"
    assert shown.members["request"] == ASKED.digest.hex()
    assert shown.members["token"] == ANSWER.token.hex()


def test_a_withdrawal_list_is_shown_with_all_that_it_takes_back() -> None:
    text = b"# a list\n\n" + LIST.hex().encode() + b"\n"

    shown = inspect_paper("file", text)

    assert is_paper(text)
    assert shown.title == "withdrawal list"
    assert (shown.words["key 1"], shown.words["token 1"]) == (root.public_key.cose_thumbprint, "00" * 32)
    assert shown.members["keys"] == [root.public_key.cose_thumbprint]


def test_records_and_keys_are_none_of_these() -> None:
    for record in (emblem_token(signing), key_record(signing)):
        assert isinstance(record, bytes)
        assert not is_paper(record.hex().encode())
    assert not is_paper(root.public_key.to_pem().encode())
    assert not is_paper(b"")


def test_what_is_damaged_is_told() -> None:
    with pytest.raises(InputError):
        inspect_paper("file", request_text(ASKED).encode()[:300])
    with pytest.raises(InputError):
        inspect_paper("file", LIST.hex().encode()[:-2])
