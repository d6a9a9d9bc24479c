"""COSE_Key: which maps are a public key for us, which are one that we do not know, which are none."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

import cbor2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from emblem.codec import cbor
from emblem.codec.cose_key import decode_key, encode_key, read_key
from emblem.errors import MalformedError, UnknownAlgorithmError
from emblem.keys.algorithms import ALGORITHMS, Algorithm, KeyKind
from emblem.keys.public import PublicKey, UnknownKey, identifier_text
from tests.codec.builders import SIGNER, cose_key, refusal, signer_on

KEY = SIGNER.public_key
ED25519 = {1: 1, 3: -8, -1: 6, -2: bytes(31) + b"\x09"}


def known(data: bytes) -> PublicKey:
    key = decode_key(data)
    assert isinstance(key, PublicKey)
    return key


def unknown(data: bytes) -> UnknownKey:
    key = decode_key(data)
    assert isinstance(key, UnknownKey)
    return key


# writing and reading


@pytest.mark.parametrize("algorithm", ALGORITHMS, ids=lambda algorithm: algorithm.name)
def test_a_key_is_read_as_it_was_written(algorithm: Algorithm) -> None:
    public = signer_on(algorithm.kind).public_key
    key = PublicKey.from_parameters(algorithm.kind, public.x, public.y, algorithm)

    assert decode_key(encode_key(key)) == key


def test_a_key_without_an_algorithm_is_written_with_the_usual_one() -> None:
    key = PublicKey.from_parameters(KeyKind.P256, KEY.x, KEY.y, None)

    assert known(encode_key(key)).algorithm == ALGORITHMS[0]


def test_a_key_is_written_with_its_public_parameters_and_algorithm_only() -> None:
    assert cbor2.loads(encode_key(KEY)) == {1: 2, 3: -7, -1: 1, -2: KEY.x, -3: KEY.y}
    assert set(cbor2.loads(encode_key(signer_on(KeyKind.ED25519).public_key))) == {1, 3, -1, -2}


def test_the_bytes_of_a_key_are_deterministic() -> None:
    assert encode_key(KEY) == bytes.fromhex("a5010203262001215820") + KEY.x + bytes.fromhex("225820") + (KEY.y or b"")


def test_the_published_example_of_rfc_9679_section_6_has_its_thumbprint_as_identifier() -> None:
    x = bytes.fromhex("65eda5a12577c2bae829437fe338701a10aaa375e1bb5b5de108de439c08551d")
    y = bytes.fromhex("1e52ed75701163f7f9e40ddf9f341b3dc9ba860af7e0ca7ca7e9eecd0084d19c")
    kid = bytes.fromhex("496bd8afadf307e5b08c64b0421bf9dc01528a344a43bda88fadd1669da253ec")

    assert known(cose_key({-2: x, -3: y, 2: kid})).cose_thumbprint == identifier_text(kid)


# parameters


@pytest.mark.parametrize("extra", [{2: b"anything"}, {5: b"iv"}, {"x": 1}, {99: [1, 2]}, {4: [2]}, {4: [1, 2]}])
def test_parameters_that_do_not_matter_are_ignored(extra: dict[Any, Any]) -> None:
    assert decode_key(cose_key(extra)) == KEY


def test_a_key_identifier_that_is_written_in_the_key_is_not_believed() -> None:
    assert known(cose_key({2: bytes(32)})).cose_thumbprint == KEY.cose_thumbprint


def test_a_private_key_is_refused_and_the_message_says_so() -> None:
    with pytest.raises(MalformedError, match="found a private key, expected public parameters only"):
        decode_key(cose_key({-4: bytes(32)}))


@pytest.mark.parametrize("operations", [[], [1], [10], ["verify"], 2, None, {2: 2}, [True], [2.0], b"\x02"])
def test_key_operations_must_contain_verify(operations: object) -> None:
    with pytest.raises(MalformedError, match=r"parameter 4 \(key_ops\): found .*, expected one that has verify"):
        decode_key(cose_key({4: operations}))


@pytest.mark.parametrize("key_type", [None, b"\x02", 2.0, True, [2]])
def test_a_key_type_must_be_an_integer_or_a_text(key_type: object) -> None:
    with pytest.raises(MalformedError, match=r"parameter 1 \(kty\)"):
        decode_key(cose_key({1: key_type}))


def test_a_missing_key_type_is_malformed() -> None:
    with pytest.raises(MalformedError, match=r"parameter 1 \(kty\): found null"):
        decode_key(cose_key(without=[1]))


@pytest.mark.parametrize("algorithm", [None, b"ES256", -7.0, False, [-7]])
def test_an_algorithm_must_be_an_integer_or_a_text(algorithm: object) -> None:
    with pytest.raises(MalformedError, match=r"parameter 3 \(alg\)"):
        decode_key(cose_key({3: algorithm}))


def test_a_key_without_an_algorithm_is_malformed() -> None:
    with pytest.raises(MalformedError, match=r"parameter 3 \(alg\): found null"):
        decode_key(cose_key(without=[3]))


@pytest.mark.parametrize("curve", [None, b"\x01", 1.0, True, [1]])
def test_a_curve_must_be_an_integer_or_a_text(curve: object) -> None:
    with pytest.raises(MalformedError, match=r"parameter -1 \(crv\)"):
        decode_key(cose_key({-1: curve}))


@pytest.mark.parametrize("x", [None, "x" * 32, 1, True, bytes(31), bytes(33), b""])
def test_the_x_coordinate_must_be_a_byte_string_of_full_length(x: object) -> None:
    with pytest.raises(MalformedError, match="x"):
        decode_key(cose_key({-2: x}))


@pytest.mark.parametrize("y", [None, "y" * 32, 1, bytes(31), bytes(33), b""])
def test_the_y_coordinate_must_be_a_byte_string_of_full_length_or_a_sign_bit(y: object) -> None:
    with pytest.raises(MalformedError, match="y"):
        decode_key(cose_key({-3: y}))


def test_a_point_that_is_not_on_the_curve_is_malformed() -> None:
    with pytest.raises(MalformedError, match="key point: found a point that is not on it"):
        decode_key(cose_key({-3: KEY.x}))


def test_a_compressed_point_is_the_same_key() -> None:
    assert KEY.y is not None

    assert decode_key(cose_key({-3: bool(KEY.y[-1] & 1)})) == KEY


def test_the_other_sign_bit_is_another_key() -> None:
    assert KEY.y is not None

    assert known(cose_key({-3: not KEY.y[-1] & 1})).cose_thumbprint != KEY.cose_thumbprint


@pytest.mark.parametrize("label", [b"\x03", False, None, 1.5])
def test_a_label_must_be_an_integer_or_a_text(label: object) -> None:
    with pytest.raises(MalformedError, match="COSE_Key label"):
        decode_key(cose_key({label: 0}))


# curves and algorithms that fit, do not fit, or are not known


@pytest.mark.parametrize(
    ("curve", "fitting"),
    [
        (KeyKind.P256, {-7, -9}),
        (KeyKind.P384, {-35, -51}),
        (KeyKind.P521, {-36, -52}),
        (KeyKind.ED25519, {-8, -19}),
    ],
)
def test_a_known_algorithm_of_another_curve_is_malformed(curve: KeyKind, fitting: set[int]) -> None:
    written = cbor2.loads(encode_key(signer_on(curve).public_key))
    for algorithm in ALGORITHMS:
        data = cbor2.dumps({**written, 3: algorithm.cose})
        if algorithm.cose in fitting:
            assert known(data).algorithm == algorithm
        else:
            assert isinstance(refusal(decode_key, data), MalformedError)


@pytest.mark.parametrize(("key_type", "curve"), [(1, 1), (1, 2), (1, 3), (2, 6)])
def test_a_curve_of_another_key_type_is_malformed(key_type: int, curve: int) -> None:
    with pytest.raises(MalformedError, match=rf"parameter -1 \(crv\): .* expected a curve of key type {key_type}"):
        decode_key(cose_key({1: key_type, -1: curve}))


@pytest.mark.parametrize("algorithm", [-47, -257, 0, 5, "ES256", "other"])
def test_a_key_in_an_unknown_algorithm_has_the_identifier_that_it_would_have_otherwise(
    algorithm: int | str,
) -> None:
    assert unknown(cose_key({3: algorithm})) == UnknownKey(KEY.cose_thumbprint, algorithm)


def test_a_compressed_point_in_an_unknown_algorithm_is_expanded_before_its_identifier_is_computed() -> None:
    assert KEY.y is not None

    key = unknown(cose_key({3: -47, -3: bool(KEY.y[-1] & 1)}))

    assert key.identifier == KEY.cose_thumbprint


def test_a_damaged_point_in_an_unknown_algorithm_is_malformed() -> None:
    with pytest.raises(MalformedError, match="key point"):
        decode_key(cose_key({3: -47, -3: KEY.x}))


@pytest.mark.parametrize("algorithm", [-8, -19, -53, -7])
def test_ed448_is_unknown_with_any_algorithm(algorithm: int) -> None:
    x = bytes(56) + b"\x01"
    parameters = {1: 1, -1: 7, -2: x}

    key = unknown(cbor2.dumps({**parameters, 3: algorithm}))

    assert key.identifier == identifier_text(sha256(cbor2.dumps(parameters, canonical=True)).digest())


def test_an_unknown_curve_is_unknown_and_its_identifier_is_computed() -> None:
    parameters = {1: 2, -1: 8, -2: bytes(32), -3: bytes(31) + b"\x01"}

    key = unknown(cbor2.dumps({**parameters, 3: -47}))

    assert key.identifier == identifier_text(sha256(cbor2.dumps(parameters, canonical=True)).digest())


def test_a_compressed_point_on_an_unknown_curve_has_no_identifier_that_we_can_compute() -> None:
    with pytest.raises(UnknownAlgorithmError, match="COSE_Key curve"):
        decode_key(cose_key({3: -47, -1: 8, -3: True}))


@pytest.mark.parametrize(
    "changes",
    [{1: 1, -1: 7, -2: None}, {1: 1, -1: 7, -2: "x"}, {-1: 8, -2: 1}, {-1: 8, -3: None}, {-1: 8, -3: "y"}],
)
def test_a_key_on_an_unknown_curve_still_needs_its_coordinates(changes: dict[int, object]) -> None:
    with pytest.raises(MalformedError, match=r"parameter -[23]"):
        decode_key(cose_key({3: -47, **changes}))


@pytest.mark.parametrize("key_type", [0, 3, 4, 5, 6, 8, -1, "OKP", "other"])
def test_a_key_of_an_unknown_type_is_unknown(key_type: int | str) -> None:
    with pytest.raises(UnknownAlgorithmError, match=r"^COSE_Key type: found"):
        decode_key(cose_key({1: key_type}))


# bytes


@pytest.mark.parametrize("data", [b"", b"\xa0", b"\x80", cose_key() + b"\0", cose_key()[:-1], b"\xbf\x01\x02\xff"])
def test_bytes_that_are_no_map_are_malformed(data: bytes) -> None:
    with pytest.raises(MalformedError):
        decode_key(data)


def test_a_repeated_parameter_is_malformed() -> None:
    data = b"\xa6" + cose_key()[1:] + b"\x03\x26"

    with pytest.raises(MalformedError, match="Duplicate"):
        decode_key(data)


@given(st.binary(max_size=100))
def test_random_bytes_raise_nothing_unforeseen(data: bytes) -> None:
    assert type(refusal(decode_key, data)) in (type(None), MalformedError, UnknownAlgorithmError)


values = st.one_of(
    st.none(), st.booleans(), st.integers(-100, 100), st.floats(), st.text(max_size=4), st.binary(max_size=4)
)


@given(st.dictionaries(st.sampled_from([1, 2, 3, 4, -1, -2, -3]), st.one_of(values, st.lists(values, max_size=3))))
def test_any_value_in_any_parameter_raises_nothing_unforeseen(changes: dict[int, object]) -> None:
    for start in (cbor2.loads(cose_key()), ED25519):
        error = refusal(read_key, {**start, **changes})
        assert type(error) in (type(None), MalformedError, UnknownAlgorithmError)


# the usual encoding, which is read without the general decoder


def read_in_general(data: bytes) -> PublicKey | UnknownKey:
    return read_key(cbor.take_map("COSE_Key", cbor.decode("COSE_Key", data)))


@pytest.mark.parametrize("algorithm", ALGORITHMS, ids=lambda algorithm: algorithm.name)
def test_a_key_in_the_usual_encoding_is_read_like_any_other(algorithm: Algorithm) -> None:
    public = signer_on(algorithm.kind).public_key
    data = encode_key(PublicKey.from_parameters(algorithm.kind, public.x, public.y, algorithm))

    assert decode_key(data) == read_in_general(data)


@pytest.mark.parametrize("algorithm", [one for one in ALGORITHMS if one.kind.curve], ids=lambda one: one.name)
def test_a_key_on_a_curve_as_we_write_it_is_read_without_the_general_decoder(
    algorithm: Algorithm, monkeypatch: pytest.MonkeyPatch
) -> None:
    public = signer_on(algorithm.kind).public_key
    key = PublicKey.from_parameters(algorithm.kind, public.x, public.y, algorithm)
    data = encode_key(key)
    monkeypatch.delattr(cbor, "decode")

    assert decode_key(data) == key


@pytest.mark.parametrize("kind", KeyKind)
def test_bytes_after_a_key_are_said_to_be_after_it(kind: KeyKind) -> None:
    error = refusal(decode_key, encode_key(signer_on(kind).public_key) + b"\0")

    assert str(error) == "COSE_Key: found 1 bytes after the item, expected nothing after it"


@given(st.sampled_from([KeyKind.P256, KeyKind.P384, KeyKind.P521, KeyKind.ED25519]), st.data())
def test_a_damaged_key_is_read_as_the_general_decoder_reads_it(kind: KeyKind, data: st.DataObject) -> None:
    whole = encode_key(signer_on(kind).public_key)
    position = data.draw(st.one_of(st.integers(0, 13), st.integers(0, len(whole) - 1)))
    byte = bytes([data.draw(st.integers(0, 255))])
    damaged = data.draw(
        st.sampled_from(
            [
                whole[:position] + byte + whole[position + 1 :],
                whole[:position] + byte + whole[position:],
                whole[:position] + whole[position + 1 :],
                whole[:position],
                whole + byte,
            ]
        )
    )

    refused = refusal(read_in_general, damaged)

    assert str(refusal(decode_key, damaged)) == str(refused)
    assert refused is not None or decode_key(damaged) == read_in_general(damaged)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"\x80", "COSE_Key: found an array of 0, expected a map"),
        (b"\xa1", "COSE_Key: found .*, expected one well-formed CBOR item"),
    ],
)
def test_what_is_no_map_is_said_to_be_no_key(data: bytes, said: str) -> None:
    with pytest.raises(MalformedError, match=f"^{said}$"):
        decode_key(data)


def test_a_label_that_is_none_is_named_wherever_it_stands() -> None:
    with pytest.raises(MalformedError, match=r"^COSE_Key label: found 3 bytes, expected an integer or a text$"):
        decode_key(cose_key({b"abc": 0}))


def test_another_label_in_the_place_of_the_second_coordinate_is_no_coordinate() -> None:
    head, between, y = cose_key().rpartition(bytes.fromhex("225820"))
    assert between

    with pytest.raises(MalformedError, match="private key"):
        decode_key(head + bytes.fromhex("235820") + y)


def test_a_curve_that_is_named_by_a_text_is_one_that_we_do_not_know() -> None:
    assert isinstance(decode_key(cose_key({-1: "P-999"})), UnknownKey)
