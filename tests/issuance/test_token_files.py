"""A token file holds one token and the key that verifies it, for people and for programs."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from emblem.codec.cose_key import encode_key
from emblem.codec.record_text import read_records
from emblem.errors import InputError, KeyFileError
from emblem.issuance.token_files import (
    LARGEST_TOKEN_FILE,
    emblem_path,
    read_emblem_file,
    read_endorsement_file,
    write_token_file,
)
from emblem.issuance.tokens import endorse, issue
from emblem.model.purpose import Purpose
from emblem.model.target import Target
from emblem.model.verdict import Status
from emblem.validation.validate import validate
from tests.support.arrangement import AT, RELIEF, root, signing, stranger

END = AT + timedelta(days=1)
TOKEN = issue(["www.relief.example"], signer=signing, sign=None, not_before=AT, expires=END, issuer=None)
ENDORSEMENT = endorse(
    signing.public_key,
    signer=root,
    issuer=RELIEF,
    subject=RELIEF,
    purposes=Purpose.PROTECTIVE,
    may_endorse=False,
    not_before=AT,
    expires=END,
)
KEY = encode_key(signing.public_key)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "www.relief.example.emblem"


def hexadecimal(*records: bytes) -> str:
    return "\n".join(record.hex() for record in records)


def test_an_emblem_comes_back_with_its_key(path: Path) -> None:
    write_token_file(path, TOKEN, signing.public_key, replace=False)

    read = read_emblem_file(path)

    assert (read.data, read.key) == (TOKEN, signing.public_key)
    assert read.claims.assets[0].text == "www.relief.example"


def test_an_endorsement_comes_back_with_its_key(path: Path) -> None:
    write_token_file(path, ENDORSEMENT, root.public_key, replace=False)

    assert read_endorsement_file(path).claims.key == signing.public_key.cose_thumbprint


def test_people_read_what_the_token_states(path: Path) -> None:
    write_token_file(path, TOKEN, signing.public_key, replace=False)

    lines = path.read_text().splitlines()

    assert lines[0] == "# statement: nobody by name marks www.relief.example"
    assert [line for line in lines if not line.startswith("# ")] == [TOKEN.hex(), KEY.hex()]


def test_whatever_reads_records_reads_a_token_file(path: Path) -> None:
    write_token_file(path, TOKEN, signing.public_key, replace=False)

    records: Any = read_records(path.read_text())

    assert validate(records, target="www.relief.example", at=AT).status is Status.CLAIMED


def test_a_renewal_takes_the_place_of_the_older_token(path: Path) -> None:
    write_token_file(path, ENDORSEMENT, root.public_key, replace=True)
    write_token_file(path, TOKEN, signing.public_key, replace=True)

    assert read_emblem_file(path).data == TOKEN


def test_unless_told_so_no_file_is_replaced(path: Path) -> None:
    path.write_text("precious")

    with pytest.raises(KeyFileError, match="already there"):
        write_token_file(path, TOKEN, signing.public_key, replace=False)

    assert path.read_text() == "precious"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "# only comments",
        hexadecimal(TOKEN),
        hexadecimal(KEY),
        hexadecimal(TOKEN, TOKEN, KEY),
        hexadecimal(TOKEN, KEY, encode_key(stranger.public_key)),
        hexadecimal(TOKEN, encode_key(stranger.public_key)),
        hexadecimal(TOKEN[:-1] + bytes([TOKEN[-1] ^ 1]), KEY),
        hexadecimal(TOKEN[:-1], KEY),
        hexadecimal(ENDORSEMENT, encode_key(root.public_key)),
        "\0",
        "x" * (LARGEST_TOKEN_FILE + 1),
    ],
    ids=[
        "empty",
        "comments",
        "no key",
        "no token",
        "two tokens",
        "two keys",
        "another key",
        "forged",
        "cut short",
        "an endorsement",
        "zero byte",
        "too large",
    ],
)
def test_anything_but_one_emblem_and_its_key_is_refused(path: Path, text: str) -> None:
    path.write_text(text)

    with pytest.raises(InputError):
        read_emblem_file(path)


def test_an_emblem_is_no_endorsement(path: Path) -> None:
    write_token_file(path, TOKEN, signing.public_key, replace=False)

    with pytest.raises(InputError, match="found an emblem, expected an endorsement"):
        read_endorsement_file(path)


@pytest.mark.parametrize(
    ("host", "name"),
    [("WWW.Relief.Example.", "www.relief.example.emblem"), ("192.0.2.1", "1.2.0.192.in-addr.arpa.emblem")],
)
def test_a_file_is_named_after_what_is_marked(tmp_path: Path, host: str, name: str) -> None:
    assert emblem_path(tmp_path, Target.parse(host)) == tmp_path / name


def test_a_name_that_is_too_long_for_a_file_is_refused(tmp_path: Path) -> None:
    longest = ".".join(["a" * 61] * 4)

    assert len(emblem_path(tmp_path, Target.parse(longest)).name) == 254
    with pytest.raises(InputError, match="248 at the most"):
        emblem_path(tmp_path, Target.parse(longest + ".bc"))
