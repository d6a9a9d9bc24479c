"""Keys are found in files of keys and of records, told apart by their identifiers, and shown with what they signed."""

from __future__ import annotations

from pathlib import Path

import pytest

from emblem.codec import cbor
from emblem.codec.cose_key import encode_key
from emblem.errors import EmblemError, InputError
from emblem.trust.importing import FoundKey, choose_keys, find_importable
from tests.support.arrangement import JWS, MINISTRY, RELIEF, authority, chain, root, signing, stranger
from tests.trust.builders import cose

DATA = Path(__file__).parent.parent / "data" / "adem-jws"
FOUND = (FoundKey(root.public_key), FoundKey(signing.public_key))


def hexadecimal(*records: bytes | str) -> bytes:
    return "\n".join(one if isinstance(one, str) else one.hex() for one in records).encode()


def test_a_file_of_keys_gives_its_keys() -> None:
    (found,) = find_importable("file", authority.public_key.to_pem().encode())

    assert found.key.cose_thumbprint == authority.public_key.cose_thumbprint
    assert found.signed == ()


@pytest.mark.parametrize("form", ["cwt", JWS])
def test_records_give_their_keys_with_what_these_signed(form: JWS) -> None:  # type: ignore[valid-type]
    arrangement = chain(root, signing, form=form).emblem().endorsed_by(authority, MINISTRY)

    found = find_importable("file", hexadecimal(*arrangement.records))

    assert {one.key: one.signed for one in found} == {
        root.public_key: (f"{RELIEF} states that a key belongs to {RELIEF}",),
        signing.public_key: (f"{RELIEF} marks hospital.example",),
        authority.public_key: (f"{MINISTRY} states that a key belongs to {RELIEF}",),
    }


def test_a_token_that_does_not_hold_under_the_key_it_names_says_nothing() -> None:
    token, *_ = chain(signing).emblem().records
    assert isinstance(token, bytes)
    forged = token[:-1] + bytes([token[-1] ^ 1])

    found = find_importable("file", hexadecimal(forged, encode_key(signing.public_key)))

    assert found == (FoundKey(signing.public_key),)


def test_the_records_of_the_wild_give_the_key_of_the_authority() -> None:
    found = find_importable("file", (DATA / "emblem.felixlinker.de.txt").read_bytes())

    endorsed = "https://auth.felixlinker.de states that a key belongs to https://emblem.felixlinker.de"
    (one,) = (one for one in found if endorsed in one.signed)
    assert one.key.jwk_thumbprint == "6d4ym5gslavhmz7u44x7mv4ycjzxhweslioeujuutnom5hp7hpnq"
    assert len(found) == 3


def test_keys_that_tokens_carry_are_found() -> None:
    found = find_importable("file", (DATA / "emblem.redcross.org.uk.txt").read_bytes())

    assert [one.signed != () for one in found] == [True] * len(found)


@pytest.mark.parametrize(
    ("data", "match"),
    [
        (b"", "no public key"),
        (b"\xff\xfe", "file"),
        (b"nothing of ours", "no public key"),
        (
            cbor.encode({**cbor.decode("key", encode_key(root.public_key)), -4: bytes(32)}).hex().encode(),
            "a private key",
        ),
        (cose(root).replace("0326", "03390100").encode(), "only keys in algorithms that are not known here .-257"),
        (b'{"kty": "EC", "d": ""}', "a private key"),
    ],
)
def test_a_file_without_a_key_that_could_be_trusted_is_refused(data: bytes, match: str) -> None:
    with pytest.raises(EmblemError, match=match):
        find_importable("file", data)


# choosing


def test_the_only_key_needs_no_choice() -> None:
    assert choose_keys("file", FOUND[:1], []) == FOUND[:1]


def test_of_several_keys_those_with_the_identifiers_are_chosen_in_the_order_of_the_file() -> None:
    assert choose_keys("file", FOUND, [signing.public_key.cose_thumbprint]) == FOUND[1:]
    assert choose_keys("file", FOUND, [signing.public_key.jwk_thumbprint, root.public_key.cose_thumbprint]) == FOUND


def test_of_several_keys_none_is_chosen_by_itself() -> None:
    with pytest.raises(InputError, match="file: found 2 keys, expected a choice among them with --key-identifier"):
        choose_keys("file", FOUND, [])


def test_an_identifier_that_no_key_has_is_an_error() -> None:
    with pytest.raises(InputError, match=f"found no key {stranger.public_key.cose_thumbprint}, expected one of"):
        choose_keys("file", FOUND, [signing.public_key.cose_thumbprint, stranger.public_key.cose_thumbprint])
