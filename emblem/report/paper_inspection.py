"""What officers exchange, in readable form: requests, answers, withdrawal lists.

Nothing is judged but the signatures without which a request or an answer is none.
"""

from __future__ import annotations

import re

from emblem.codec.carried import Carried, read_carried
from emblem.codec.request import read_answer, read_request
from emblem.codec.statement import request_statement, statement
from emblem.codec.withdrawal import SignedWithdrawals
from emblem.model.time import date_text
from emblem.report.inspection import Inspected
from emblem.trust.withdrawal_files import read_list

_MARK = re.compile(rb"^[ \t]*(?:-----BEGIN EMBLEM |EMBLEM-)(REQUEST|ANSWER)", re.MULTILINE)
_LIST = re.compile(rb"\A(?:[ \t]*(?:#[^\n]*)?\r?\n)*[ \t]*d2845", re.IGNORECASE)
"""How a list begins in hexadecimal: tag 18, an array of four, a byte string; a token has tag 61 before that."""


def is_paper(data: bytes) -> bool:
    """Whether a file is a text of a request or an answer, or a withdrawal list."""
    return _MARK.search(data) is not None or _LIST.match(data) is not None


def inspect_paper(field: str, data: bytes) -> Inspected:
    """Look at a request, an answer or a withdrawal list.

    Raises:
        InputError: it is none, or damaged.
    """
    mark = _MARK.search(data)
    if mark is None:
        return _inspect_list(read_list(field, data))
    kind = Carried(mark[1].decode())
    carried = read_carried(field, kind, data)
    return _inspect_request(carried) if kind is Carried.REQUEST else _inspect_answer(carried)


def _inspect_request(data: bytes) -> Inspected:
    asked = read_request(data)
    request = asked.request
    members = {
        "kind": "request",
        "issuer": str(request.issuer),
        "audience": str(request.audience),
        "key_identifier": request.key.cose_thumbprint,
        "purposes": list(request.purposes.slugs),
        "may_endorse": request.may_endorse,
        "lifetime": request.lifetime,
        "issued_at": date_text(request.issued_at),
        "digest": asked.digest.hex(),
    }
    return Inspected("request", {**request_statement(request), "digest": asked.digest.hex()}, members)


def _inspect_answer(data: bytes) -> Inspected:
    answer = read_answer(data)
    words = {
        **statement(answer.endorsement),
        "signing key": answer.key.cose_thumbprint,
        "answers the request": answer.request.hex(),
        "made": date_text(answer.issued_at),
    }
    members = {
        "kind": "answer",
        "key_identifier": answer.endorsement.key,
        "signing_key": answer.key.cose_thumbprint,
        "request": answer.request.hex(),
        "issued_at": date_text(answer.issued_at),
        "token": answer.token.hex(),
    }
    return Inspected("answer", words, members)


def _inspect_list(signed: SignedWithdrawals) -> Inspected:
    listed = signed.withdrawals
    keys, tokens = sorted(listed.keys), sorted(token.hex() for token in listed.tokens)
    words = {
        "statement": f"{listed.issuer} takes back what it stated of {len(keys)} keys and of {len(tokens)} tokens",
        "signing key": signed.key_identifier,
        "made": date_text(listed.issued_at),
        **{f"key {number}": key for number, key in enumerate(keys, 1)},
        **{f"token {number}": token for number, token in enumerate(tokens, 1)},
    }
    members = {
        "kind": "withdrawals",
        "issuer": str(listed.issuer),
        "issued_at": date_text(listed.issued_at),
        "signing_key": signed.key_identifier,
        "keys": keys,
        "tokens": tokens,
    }
    return Inspected("withdrawal list", words, members)
