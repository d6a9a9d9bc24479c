"""Logs that a trust store names."""

from __future__ import annotations

from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from emblem.errors import TrustError
from emblem.traceability.log_list import decode_log_list
from emblem.trust.document import read_document
from emblem.trust.store import TrustStore
from emblem.validation.trust import TrustedLog
from test_vectors.generator.commitments.log import TransparencyLog
from tests.support.commitments import known, new_log
from tests.traceability.builders import ELM as ELM_OF_LISTS
from tests.traceability.builders import OAK as OAK_OF_LISTS
from tests.traceability.builders import log_list

OAK, ELM = new_log("oak"), new_log("elm", static=True)


def table(log: TransparencyLog = OAK, address: str = "https://oak.example/2027", **more: str) -> str:
    """A table of a store; without an address where it is empty."""
    pem = log.key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    fields = {"address": address, **more}
    lines = [f'{name} = "{text}"' for name, text in fields.items() if text]
    return "\n".join(["[[log]]", *lines, f'key = """\n{pem}"""']) + "\n"


def store(folder: Path, text: str) -> TrustStore:
    (folder / "trust.toml").write_text(text)
    return TrustStore.load(folder / "trust.toml")


def test_a_store_names_logs_of_both_kinds(tmp_path: Path) -> None:
    text = table(name="Oak", note="of the ministry") + table(ELM, "static+http://127.0.0.1:8080/elm")

    assert store(tmp_path, text).logs == (
        TrustedLog("https://oak.example/2027", OAK.spki),
        TrustedLog("static+http://127.0.0.1:8080/elm", ELM.spki),
    )


def test_the_logs_of_several_stores_add_up(tmp_path: Path) -> None:
    one, other = store(tmp_path, table()), store(tmp_path, table(ELM, "https://elm.example"))

    assert [log.key for log in TrustStore.merge([one, other, one]).logs] == [OAK.spki, ELM.spki]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (table(address=""), "address"),
        (table(address="ftp://oak.example"), "address"),
        ('[[log]]\naddress = "https://oak.example"\n', "key"),
        ('[[log]]\naddress = "https://oak.example"\nkey = "none"\n', "key"),
        (table() + table(address="https://elsewhere.example"), "given before"),
        (table(kind="static"), "kind"),
    ],
    ids=["no address", "no web address", "no key", "no PEM", "twice", "unknown field"],
)
def test_a_log_that_cannot_be_used_spoils_the_store(text: str, said: str) -> None:
    with pytest.raises(TrustError, match=said):
        read_document("trust.toml", text.encode())


# A list of logs

OLD = log_list(OAK_OF_LISTS.listed(), log_list_timestamp="2026-01-01T00:00:00Z")
NEW = log_list(OAK_OF_LISTS.listed(), ELM_OF_LISTS.listed(), log_list_timestamp="2026-02-01T00:00:00Z")


def naming(folder: Path, data: bytes, name: str = "trust") -> TrustStore:
    (folder / f"{name}.json").write_bytes(data)
    (folder / f"{name}.toml").write_text(f'[logs]\nfile = "{name}.json"\nnote = "of the spring"\n')
    return TrustStore.load(folder / f"{name}.toml")


def test_a_store_names_a_list_of_logs_that_stands_beside_it(tmp_path: Path) -> None:
    assert naming(tmp_path, NEW).log_list == NEW


def test_of_several_lists_the_newest_counts(tmp_path: Path) -> None:
    stores = [naming(tmp_path, data, name) for data, name in ((OLD, "old"), (NEW, "new"), (OLD, "older"))]

    assert TrustStore.merge(stores).log_list == NEW
    assert TrustStore.merge(stores[::-1]).log_list == NEW


@pytest.mark.parametrize("data", [b"{}", b"nonsense", None], ids=["no list", "no JSON", "no file"])
def test_a_list_that_cannot_be_read_spoils_the_store(tmp_path: Path, data: bytes | None) -> None:
    (tmp_path / "trust.toml").write_text('[logs]\nfile = "logs.json"\n')
    if data is not None:
        (tmp_path / "logs.json").write_bytes(data)

    with pytest.raises(TrustError, match="line 2"):
        TrustStore.load(tmp_path / "trust.toml")


def test_the_list_takes_the_place_of_an_older_one_and_leaves_the_logs_that_were_given() -> None:
    old, new = decode_log_list("old", OLD), decode_log_list("new", NEW)
    with_given = old.with_logs([known(OAK, given=True)])

    assert [log.description for log in with_given.newer(new).logs] == ["oak 2026", "elm 2026", "Test log oak"]
    assert new.newer(old) is new
