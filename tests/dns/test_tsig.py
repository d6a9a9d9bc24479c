"""Keys shared with a name server: read from a file or a line, strong enough, and never shown."""

from __future__ import annotations

from base64 import b64encode

import pytest

from emblem.dns.tsig import TsigAlgorithm, TsigKey
from emblem.errors import InputError

SECRET = b"a secret of thirty-two octets ok"
ENCODED = b64encode(SECRET).decode()
KEY = TsigKey("update.example", TsigAlgorithm.HMAC_SHA256, SECRET)


@pytest.mark.parametrize("algorithm", list(TsigAlgorithm))
def test_a_line_names_key_algorithm_and_secret(algorithm: TsigAlgorithm) -> None:
    assert TsigKey.parse("X", f"Update.Example.:{algorithm.upper()}:{ENCODED}\n") == TsigKey(
        "update.example", algorithm, SECRET
    )


@pytest.mark.parametrize(
    "text",
    [
        f'key "update.example" {{\n\talgorithm hmac-sha256;\n\tsecret "{ENCODED}";\n}};\n',
        f'// a comment\nkey update.example. {{ secret "{ENCODED}"; # one\n algorithm hmac-sha256; }}; /* a\nlast */',
        f"key update.example{{algorithm HMAC-SHA256;secret {ENCODED};}};",
    ],
)
def test_a_file_is_read_as_bind_reads_it(text: str) -> None:
    assert TsigKey.parse_file("X", text.encode()) == KEY


def test_slashes_in_a_secret_are_no_comment() -> None:
    secret = bytes.fromhex("fff0") + bytes([255] * 16)
    encoded = b64encode(secret).decode()
    text = f'key k {{ algorithm hmac-sha256; secret "{encoded}"; }};'

    assert "//" in encoded
    assert TsigKey.parse_file("X", text.encode()).secret == secret


@pytest.mark.parametrize("algorithm", ["hmac-md5", "hmac-md5.sig-alg.reg.int", "hmac-sha1", "hmac-sha224", "none"])
def test_weak_algorithms_are_refused(algorithm: str) -> None:
    with pytest.raises(InputError, match="expected hmac-sha256, hmac-sha384, hmac-sha512"):
        TsigKey.parse("X", f"k:{algorithm}:{ENCODED}")


@pytest.mark.parametrize(
    "text",
    [
        "",
        ENCODED,
        f"k:{ENCODED}",
        f"k:hmac-sha256:{ENCODED}:",
        f"k:hmac-sha256:*{ENCODED}",
        "k:hmac-sha256:c2hvcnQ=",
        f"k..k:hmac-sha256:{ENCODED}",
    ],
)
def test_a_line_that_is_no_key_is_refused_without_showing_it(text: str) -> None:
    with pytest.raises(InputError) as raised:
        TsigKey.parse("X", text)

    assert ENCODED not in str(raised.value)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\xff",
        ENCODED,
        "key k { };",
        f'key k {{ secret "{ENCODED}"; }};',
        f'key k {{ algorithm hmac-sha256; secret "{ENCODED}; }};',
        f'key k {{ algorithm hmac-sha256; secret "{ENCODED}"; }}',
        f'key k {{ algorithm hmac-sha256; secret "{ENCODED}"; secret "{ENCODED}"; }};',
        f'key k {{ algorithm hmac-sha256; secret "{ENCODED}" }};',
        f'key k {{ algorithm hmac-sha256; secret "{ENCODED}"; }}; key l {{ }};',
    ],
)
def test_a_file_that_is_no_key_is_refused_without_showing_it(text: str) -> None:
    with pytest.raises(InputError) as raised:
        TsigKey.parse_file("X", text.encode("latin-1"))

    assert ENCODED not in str(raised.value)


def test_a_key_does_not_show_its_secret() -> None:
    assert "secret" not in repr(KEY)
    assert ENCODED not in repr(KEY)
