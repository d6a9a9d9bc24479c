"""``pkcs11:`` URIs (RFC 7512): read strictly, written the same way every time, and never with a PIN."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emblem.errors import KeyFileError
from emblem.keys.token_uri import TokenUri

texts = st.none() | st.text(max_size=20).filter(lambda text: text.isprintable())
uris = st.builds(
    TokenUri,
    token=texts,
    manufacturer=texts,
    model=texts,
    serial=texts,
    library_manufacturer=texts,
    library_description=texts,
    library_version=st.sampled_from([None, "2", "2.40"]),
    slot_manufacturer=texts,
    slot_description=texts,
    slot_id=st.none() | st.integers(0, 2**32 - 1).map(str),
    object=texts,
    id=st.none() | st.binary(max_size=20),
    type=st.sampled_from([None, "private", "public"]),
    module_path=st.sampled_from([None, "/usr/lib/softhsm/libsofthsm2.so", "/o d/é&;?#.so"]),
)


@given(uris)
def test_what_is_written_is_read_back(uri: TokenUri) -> None:
    assert TokenUri.parse(str(uri)) == uri


def test_attributes_are_decoded() -> None:
    uri = TokenUri.parse("pkcs11:token=The%20desk;object=root;id=%01%ff?module-path=/usr/lib/p11.so")

    assert uri == TokenUri(token="The desk", object="root", id=b"\x01\xff", module_path="/usr/lib/p11.so")


def test_the_examples_of_rfc_7512_section_3_without_pins_are_read() -> None:
    for text in (
        "pkcs11:",
        "pkcs11:object=my-pubkey;type=public",
        "pkcs11:token=The%20Software%20PKCS%2311%20Softtoken;manufacturer=Snake%20Oil,%20Inc.;model=1.0;"
        "object=my-certificate;type=cert;id=%69%95%3E%5C%F4%BD%EC%91;serial=",
        "pkcs11:slot-description=Sun%20Metaslot",
        "pkcs11:library-manufacturer=Snake%20Oil,%20Inc.;library-description=Soft%20Token%20Library;"
        "library-version=1.23",
    ):
        assert str(TokenUri.parse(text)).startswith("pkcs11:")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("file:root.pem", "expected pkcs11: and attributes"),
        ("PKCS11:token=desk", "expected pkcs11: and attributes"),
        ("pkcs11:token=desk;token=desk", "found token twice"),
        ("pkcs11:token=desk;colour=red", "found the attribute 'colour'"),
        ("pkcs11:x-vendor=1", "found the attribute 'x-vendor'"),
        ("pkcs11:token", "attribute token: found ''"),
        ("pkcs11:token=the desk", "percent-encoded"),
        ("pkcs11:token=%2", "percent-encoded"),
        ("pkcs11:token=%ff", "expected UTF-8"),
        ("pkcs11:token=désk", "percent-encoded"),
        ("pkcs11:token=desk;", "found the attribute ''"),
        ("pkcs11:token=desk?", "found the attribute ''"),
        ("pkcs11:slot-id=one", "expected a number"),
        ("pkcs11:type=secret", "expected one of private"),
        ("pkcs11:library-version=new", "expected a version"),
        ("pkcs11:module-path=/lib/x.so", "found the attribute 'module-path'"),
        ("pkcs11:token=desk?token=desk", "found the attribute 'token'"),
        ("pkcs11:token=desk?module-path=x.so", "expected the whole path"),
        ("pkcs11:token=desk?module-name=x", "found the attribute 'module-name'"),
        ("pkcs11:token=" + "x" * 3000, "characters, expected 2048"),
    ],
)
def test_anything_else_is_refused_by_name(text: str, said: str) -> None:
    with pytest.raises(KeyFileError) as refusal:
        TokenUri.parse(text)

    assert said in str(refusal.value)


@pytest.mark.parametrize("text", ["pkcs11:token=desk?pin-value=1234", "pkcs11:token=desk?pin-source=file:/1234"])
def test_a_pin_is_refused_and_not_repeated(text: str) -> None:
    with pytest.raises(KeyFileError) as refusal:
        TokenUri.parse(text)

    assert "no PIN" in str(refusal.value)
    assert "1234" not in str(refusal.value)
