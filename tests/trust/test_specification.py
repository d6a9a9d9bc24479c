"""What ``specs/withdrawal.md`` prints is what a reader accepts and a writer writes."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import cbor2
import pytest
from cddl_verifier import Validator  # type: ignore[import-untyped]  # it ships no types

from emblem.codec.cose_key import decode_key
from emblem.codec.withdrawal import MEDIA_TYPE, Withdrawals, decode_withdrawals, sign_withdrawals
from emblem.errors import MalformedError
from emblem.keys.public import PublicKey
from emblem.trust.withdrawal_files import check_list, read_list
from emblem.validation.trust import TrustedKey
from tests.support.arrangement import MINISTRY, NOW, authority, root

TEXT = (Path(__file__).parents[2] / "specs" / "withdrawal.md").read_text()
KEY, LIST = (block.encode() for block in re.findall(r"(?:^    [0-9a-f]+\n)+", TEXT, re.MULTILINE))
STATED = Withdrawals(MINISTRY, NOW, frozenset([root.public_key.cose_thumbprint]), frozenset([bytes(range(32))]))


def test_the_list_in_the_specification_counts_under_the_key_beside_it() -> None:
    key = decode_key(bytes.fromhex("".join(KEY.decode().split())))

    assert isinstance(key, PublicKey)
    assert check_list(read_list("example", LIST), [TrustedKey(key, MINISTRY)], ()) == STATED
    assert root.public_key.cose_thumbprint in TEXT


def test_the_list_in_the_specification_is_what_is_written() -> None:
    assert sign_withdrawals(STATED, authority).hex() == "".join(LIST.decode().split())


def test_the_media_type_is_the_specified_one() -> None:
    assert f'16: "{MEDIA_TYPE}"' in TEXT


@pytest.fixture(scope="module")
def grammar(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The CDDL of the specification, in a validator that is not ours."""
    (text,) = re.findall(r"```cddl\n(.*?)```", TEXT, re.DOTALL)
    path = tmp_path_factory.mktemp("grammar") / "withdrawal.cddl"
    path.write_text(text)
    return Validator(path)


def is_read(data: bytes) -> bool:
    try:
        decode_withdrawals(data)
    except MalformedError:
        return False
    return True


@pytest.mark.parametrize("withdrawals", [STATED, Withdrawals(MINISTRY, 1.5)])
def test_what_is_written_conforms_to_the_grammar(grammar: Any, withdrawals: Withdrawals) -> None:
    assert grammar.validate(sign_withdrawals(withdrawals, authority), root_type="withdrawal-list").valid


@pytest.mark.parametrize(
    ("protected", "payload"),
    [
        ({1: "ES256"}, {}),
        ({4: bytes(31)}, {}),
        ({16: "application/adem"}, {}),
        ({3: 1}, {}),
        ({}, {"ver": 2}),
        ({}, {1: 1}),
        ({}, {6: "now"}),
        ({}, {"withdrawn": {}}),
        ({}, {"withdrawn": [{}]}),
        ({}, {"withdrawn": [{"key": bytes(32), "token": bytes(32)}]}),
        ({}, {"withdrawn": [{"serial": bytes(32)}]}),
        ({}, {"until": 1}),
    ],
)
def test_what_breaks_the_grammar_is_not_read(grammar: Any, protected: dict[Any, Any], payload: dict[Any, Any]) -> None:
    parts = cbor2.loads(sign_withdrawals(STATED, authority)).value
    headers, claims = (cbor2.loads(parts[index]) for index in (0, 2))
    changed = [cbor2.dumps(headers | protected), {}, cbor2.dumps(claims | payload), parts[3]]
    data = cbor2.dumps(cbor2.CBORTag(18, changed))

    assert not grammar.validate(data, root_type="withdrawal-list").valid
    assert not is_read(data)
