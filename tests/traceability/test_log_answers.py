"""What logs answer about an entry, and the tiles of static ones: read, damaged, and where they stand."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emblem.errors import InputError, MalformedError
from emblem.traceability.given_log import given_log
from emblem.traceability.log_answers import decode_consistency, decode_entry, decode_inclusion, inclusion_resource
from emblem.traceability.log_key import LogKey
from emblem.traceability.log_list import LogKind
from emblem.traceability.logged import decode_logged_entry, recover_certificate, skip_tile_entry, take_tile_entry
from emblem.traceability.static_log import Tile, data_resource, decode_tile_entry, full, tiles_for
from emblem.traceability.tls import TlsReader
from test_vectors.generator.commitments import pki
from test_vectors.generator.commitments.log import vector
from tests.support.commitments import AUTHORITY, LOGGED, known, new_log, request

OAK, ELM = new_log(), new_log("elm", static=True)
for _log in (OAK, ELM):
    _log.submit(request(), AUTHORITY, LOGGED)
    _log.submit(request(), AUTHORITY, LOGGED, final=True)
HASH = b64encode(bytes(32)).decode()
KEY = LogKey.decode("key", OAK.spki)


def answer(**members: object) -> bytes:
    return json.dumps(members).encode()


def test_the_hash_in_an_address_is_escaped() -> None:
    address = inclusion_resource(known(OAK), b"\xfb\xff" + bytes(30), 5).address

    assert address == (
        "https://oak.example/2027/ct/v1/get-proof-by-hash"
        "?hash=%2B%2F8AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA%3D&tree_size=5"
    )


@pytest.mark.parametrize(
    "data",
    [
        answer(leaf_index=0),
        answer(leaf_index=0, audit_path=None),
        answer(leaf_index=0, audit_path=[7]),
        answer(leaf_index=0, audit_path=["AAAA"]),
        answer(leaf_index=0, audit_path=[HASH] * 65),
        answer(leaf_index=-1, audit_path=[]),
        answer(leaf_index="0", audit_path=[]),
    ],
)
def test_an_inclusion_proof_that_is_something_else_is_malformed(data: bytes) -> None:
    with pytest.raises(MalformedError, match="proof"):
        decode_inclusion("proof", data)


def test_a_proof_may_be_empty() -> None:
    assert decode_inclusion("proof", answer(leaf_index=0, audit_path=[])).path == ()
    assert decode_consistency("proof", answer(consistency=[HASH])) == (bytes(32),)


@pytest.mark.parametrize(
    "data",
    [
        answer(),
        answer(entries={}),
        answer(entries=[]),
        answer(entries=[{}, {}]),
        answer(entries=[7]),
        answer(entries=[{"leaf_input": "AAAA", "extra_data": "AAAA"}]),
        answer(entries=[{"leaf_input": b64encode(OAK.entries[-1].leaf).decode(), "extra_data": "AAAAAA=="}]),
    ],
)
def test_an_answer_that_is_not_one_entry_is_malformed(data: bytes) -> None:
    with pytest.raises(MalformedError):
        decode_entry("entry", data)


@pytest.mark.parametrize("index", [-1, -2], ids=["final", "precertificate"])
def test_an_entry_has_the_hash_that_its_log_gives_it(index: int) -> None:
    dynamic, static = OAK.entries[index], ELM.entries[index]

    assert decode_logged_entry("entry", dynamic.leaf, dynamic.extra_data).leaf_hash == OAK.hash_of(index)
    assert take_tile_entry("tile", TlsReader("tile", static.tile_leaf)).leaf_hash == ELM.hash_of(index)


@pytest.mark.parametrize(
    ("leaf", "said"),
    [
        (b"\1" + OAK.entries[-1].leaf[1:], "version 1"),
        (b"\0\1" + OAK.entries[-1].leaf[2:], "type 1"),
        (OAK.entries[-1].leaf[:10] + b"\0\7" + OAK.entries[-1].leaf[12:], "type 7"),
        (OAK.entries[-1].leaf + b"\0", "after the end"),
        (OAK.entries[-1].leaf[:-1], "bytes"),
    ],
    ids=["version", "kind of leaf", "kind of entry", "too long", "too short"],
)
def test_a_leaf_that_is_something_else_is_malformed(leaf: bytes, said: str) -> None:
    with pytest.raises(MalformedError, match=said):
        decode_logged_entry("entry", leaf, OAK.entries[-1].extra_data)


def test_a_chain_without_end_is_not_read() -> None:
    many = vector(3, b"".join([vector(3, b"x")] * 11))

    with pytest.raises(MalformedError, match="more than 10 issuers"):
        decode_logged_entry("entry", OAK.entries[-1].leaf, many)


@given(st.binary(max_size=200))
def test_whatever_comes_is_an_entry_or_malformed(data: bytes) -> None:
    with pytest.raises(MalformedError):
        decode_logged_entry("entry", data, data)
    with pytest.raises(MalformedError):
        decode_entry("entry", data)


@pytest.mark.parametrize("index", [-1, -2], ids=["final", "precertificate"])
def test_the_certificate_of_an_entry_is_recovered(index: int) -> None:
    entry = OAK.entries[index]
    logged = decode_logged_entry("entry", entry.leaf, entry.extra_data)
    recovered = recover_certificate("entry", logged, logged.issuers)

    assert pki.der(recovered.certificate) == entry.submitted
    assert recovered.issuers == AUTHORITY.chain


@pytest.mark.parametrize(
    ("submitted", "issuers", "said"),
    [
        (b"nonsense", AUTHORITY.chain, "X.509"),
        (pki.der(request().final(AUTHORITY)), AUTHORITY.chain, "poison"),
        (pki.der(request(serial=9).precertificate(AUTHORITY)), AUTHORITY.chain, "another one"),
        (None, AUTHORITY.chain[1:], "none with the key"),
        (None, (), "none with the key"),
    ],
    ids=["no certificate", "the final one", "another", "only the root", "no issuer"],
)
def test_a_precertificate_must_be_that_of_its_entry(
    submitted: bytes | None, issuers: tuple[object, ...], said: str
) -> None:
    entry = OAK.entries[-2]
    logged = decode_logged_entry("entry", entry.leaf, entry.extra_data)
    above = tuple(pki.der(one) for one in issuers)  # type: ignore[arg-type]  # certificates, all of them

    with pytest.raises(MalformedError, match=said):
        recover_certificate("entry", replace(logged, submitted=submitted or logged.submitted), above)


# Tiles


@pytest.mark.parametrize(
    ("index", "size", "path"),
    [
        (0, 1, "tile/data/000.p/1"),
        (255, 256, "tile/data/000"),
        (256, 70_000, "tile/data/001"),
        (69_999, 70_000, "tile/data/273.p/112"),
        (1234067 * 256, 2**40, "tile/data/x001/x234/067"),
    ],
)
def test_a_tile_of_entries_stands_where_the_specification_says(index: int, size: int, path: str) -> None:
    assert data_resource(known(ELM), index, size).address == f"{ELM.address}/{path}"


def test_the_tiles_of_a_tree_are_those_of_the_specification() -> None:
    nodes = [(0, 69_999), (8, 272), (16, 0)]

    assert tiles_for(nodes, 70_000) == (Tile(0, 273, 112), Tile(1, 1, 17), Tile(2, 0, 1))
    assert full(Tile(0, 273, 112)).path == "tile/0/273"


def test_a_tile_that_ends_before_the_entry_is_malformed() -> None:
    with pytest.raises(MalformedError, match="tile"):
        decode_tile_entry("tile", ELM.entries[0].tile_leaf, 1)


@pytest.mark.parametrize("index", [-1, -2], ids=["final", "precertificate"])
def test_an_entry_that_nobody_asked_for_is_read_as_strictly(index: int) -> None:
    leaf = ELM.entries[index].tile_leaf

    for place in range(len(leaf)):
        for bit in (0x01, 0x80):
            data = leaf[:place] + bytes([leaf[place] ^ bit]) + leaf[place + 1 :] + ELM.entries[0].tile_leaf
            assert _left_by(skip_tile_entry, data) == _left_by(take_tile_entry, data)


def _left_by(read: Callable[[str, TlsReader], object], data: bytes) -> int | str:
    """How much is left of a tile after its first entry, or what is wrong with that."""
    reader = TlsReader("tile", data)
    try:
        read("tile", reader)
    except MalformedError as error:
        return str(error)
    return reader.left


# Logs that are given


def test_a_log_that_is_given_says_how_it_is_read() -> None:
    assert given_log("https://oak.example/2027", KEY).kind is LogKind.RFC_6962
    assert given_log("static+http://127.0.0.1:80/elm", KEY).kind is LogKind.STATIC


@pytest.mark.parametrize(
    "address", ["", "oak.example", "ftp://oak.example", "https://", "https://a:b", "https://a?b", "https://[a"]
)
def test_an_address_that_is_none_of_a_log_is_refused(address: str) -> None:
    with pytest.raises(InputError, match="address of the log"):
        given_log(address, KEY)
