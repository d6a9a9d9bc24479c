"""Logs that a trust store names."""

from __future__ import annotations

from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from emblem.errors import TrustError
from emblem.trust.document import read_document
from emblem.trust.store import TrustStore
from emblem.validation.trust import TrustedLog
from test_vectors.generator.commitments.log import TransparencyLog
from tests.support.commitments import new_log

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
