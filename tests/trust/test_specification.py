"""What ``specs/withdrawal.md`` prints is what a reader accepts and a writer writes."""

from __future__ import annotations

import re
from pathlib import Path

from emblem.codec.cose_key import decode_key
from emblem.codec.withdrawal import MEDIA_TYPE, Withdrawals, sign_withdrawals
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
