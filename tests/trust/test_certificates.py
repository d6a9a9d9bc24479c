"""Certificates of authorities in a trust store: read wholly or refused with their place, changed, listed."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from emblem.errors import TrustError
from emblem.trust.document import Document
from emblem.trust.editing import add_authority, remove_keys
from emblem.trust.listing import store_members
from emblem.trust.store import TrustStore
from test_vectors.generator.certificates import LEAF, OFFICE, PKI
from tests.support.arrangement import authority, root
from tests.support.certified import MINISTRY, RELIEF, STORE, TRUSTED
from tests.trust.builders import authority_text, cose, read


def test_a_certificate_speaks_for_its_organization_within_the_scope_of_its_table() -> None:
    store = TrustStore.of_document(read(STORE), Path())
    limited = TrustStore.of_document(read(STORE + 'names = ["relief.example"]\n'), Path())

    assert store.certificates == (TRUSTED,)
    assert limited.certificates[0].scope.suffixes == ("relief.example",)
    assert TrustStore.merge([store, store]).certificates == (TRUSTED,)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            STORE.replace(f'organization = "{MINISTRY}"\n', ""),
            "line 4, column 16: certificates: found certificates of nobody",
        ),
        (STORE.replace(PKI.pem, LEAF.pem), "line 5, column 17: certificates: found it is not that of an authority"),
        (STORE.replace(PKI.pem, PKI.pem + OFFICE.pem), "found 2 certificates, expected one"),
        (STORE.replace("-----END", "x-----END"), "that are none, expected X.509 certificates in PEM"),
        (STORE.replace("certificates = [", f"certificates = ['''{PKI.pem}''',"), "found one of them twice"),
        (STORE + "keys = []\n", "keys: found an empty array"),
        ("[[authority]]\ncertificates = []\n", "certificates: found certificates of nobody"),
        (f'[[authority]]\norganization = "{MINISTRY}"\ncertificates = []\n', "certificates: found an empty array"),
        (f'[[authority]]\norganization = "{MINISTRY}"\ncertificates = [1]\n', "certificates: found the value 1"),
    ],
)
def test_a_store_with_anything_wrong_is_refused_whole_and_says_where(text: str, said: str) -> None:
    with pytest.raises(TrustError) as refusal:
        read(text)

    assert said in str(refusal.value)


def test_what_is_added_is_what_is_read() -> None:
    (given,) = read(STORE).authorities

    changed = add_authority(read("[policy]\n"), given)

    assert changed.authorities == (given,)
    assert f"# SHA-256 {hashlib.sha256(PKI.der).hexdigest()}" in changed.source.text


def test_json_names_certificates_by_their_digest() -> None:
    (listed,) = store_members(read(STORE), [])["authorities"]

    assert listed["certificates"] == [hashlib.sha256(PKI.der).hexdigest()]


def remove(document: Document, organization: object) -> Document:
    return remove_keys(
        document,
        lambda authority, _: authority.organization == organization,
        organization,  # type: ignore[arg-type]
    )


def test_certificates_go_with_their_organization_and_only_with_it() -> None:
    text = authority_text(authority, organization=RELIEF) + STORE

    assert [one.organization for one in remove(read(text), MINISTRY).authorities] == [RELIEF]
    assert [one.organization for one in remove(read(text), RELIEF).authorities] == [MINISTRY]


def test_a_key_beside_certificates_is_taken_out_by_a_person() -> None:
    text = STORE + f'keys = ["{cose(root)}"]\n'

    with pytest.raises(TrustError, match="a layout that only you can change"):
        remove_keys(read(text), lambda *_: True)
