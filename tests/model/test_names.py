"""Domain names have one form in which they are compared."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emblem.errors import InvalidNameError
from emblem.model.names import display_name, is_domain_name, is_host_name, normalize_name

LABEL_OF_63 = "a" * 63
NAME_OF_253 = ".".join([LABEL_OF_63] * 3 + ["a" * 61])


@pytest.mark.parametrize(
    ("written", "normal"),
    [
        ("hospital.example.org", "hospital.example.org"),
        ("Hospital.EXAMPLE.org", "hospital.example.org"),
        ("hospital.example.org.", "hospital.example.org"),
        ("localhost", "localhost"),
        ("_emblem.hospital.example.org", "_emblem.hospital.example.org"),
        ("a-b.1-2.example", "a-b.1-2.example"),
        ("1.0.0.127.in-addr.arpa", "1.0.0.127.in-addr.arpa"),
        ("krankenhaus.bücher.example", "krankenhaus.xn--bcher-kva.example"),
        ("BÜCHER.example", "xn--bcher-kva.example"),
        ("xn--bcher-kva.example", "xn--bcher-kva.example"),
        ("XN--BCHER-KVA.example", "xn--bcher-kva.example"),
        ("straße.example", "xn--strae-oqa.example"),
        ("bücher。example", "xn--bcher-kva.example"),
        ("bücher.example.", "xn--bcher-kva.example"),
        ("\uff45xample.org", "example.org"),
        (LABEL_OF_63 + ".org", LABEL_OF_63 + ".org"),
        (NAME_OF_253, NAME_OF_253),
        (NAME_OF_253 + ".", NAME_OF_253),
    ],
)
def test_a_domain_name_is_brought_into_normal_form(written: str, normal: str) -> None:
    assert normalize_name(written) == normal


@pytest.mark.parametrize(
    "text",
    [
        "",
        ".",
        "..",
        "example..org",
        ".example.org",
        "example.org..",
        "example .org",
        " example.org",
        "example.org\n",
        "example.org\x00",
        "-example.org",
        "example-.org",
        "exam+ple.org",
        "*.example.org",
        "[example.org]",
        "example.org:53",
        "https://example.org",
        "a" * 64 + ".org",
        NAME_OF_253 + "a",
        "a" * 10_000,
        "é" * 64 + ".org",
        "☃.example",
        "a\u200db.example",
        "\u0301a.example",
        "xn--bücher.example",
        "\ud800.example",
    ],
)
def test_anything_else_is_no_domain_name(text: str) -> None:
    with pytest.raises(InvalidNameError) as caught:
        normalize_name(text)

    assert "\n" not in str(caught.value)


def test_why_a_unicode_name_is_none_is_said() -> None:
    with pytest.raises(InvalidNameError, match="U\\+2603"):
        normalize_name("☃.example")


@given(st.text())
def test_normalizing_twice_changes_nothing(text: str) -> None:
    try:
        name = normalize_name(text)
    except InvalidNameError:
        return

    assert normalize_name(name) == name
    assert normalize_name(name.upper() + ".") == name
    assert is_domain_name(name)


@pytest.mark.parametrize("name", ["example", "a.b", "_dns.example", NAME_OF_253])
def test_a_name_in_normal_form_is_recognized(name: str) -> None:
    assert is_domain_name(name)


@pytest.mark.parametrize("name", ["", "Example", "example.", "a b", "exämple", NAME_OF_253 + "a"])
def test_a_name_in_another_form_is_not_taken_for_one(name: str) -> None:
    assert not is_domain_name(name)


@pytest.mark.parametrize("name", ["redcross.org", "a.b.c.d", "1.example", "x-1.example2", NAME_OF_253])
def test_a_fully_qualified_host_name_is_recognized(name: str) -> None:
    assert is_host_name(name)


@pytest.mark.parametrize(
    "name",
    [
        "org",
        "",
        "redcross.org.",
        "Redcross.org",
        "_emblem.redcross.org",
        "192.0.2.1",
        "example.123",
        "-a.org",
        "a..org",
        "[2001:db8::1]",
        NAME_OF_253 + "a",
    ],
)
def test_anything_else_is_no_host_name(name: str) -> None:
    assert not is_host_name(name)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("example.org", "example.org"),
        ("xn--bcher-kva.example", "bücher.example"),
        ("xn--99999999.example", "xn--99999999.example"),
        ("xn--.example", "xn--.example"),
    ],
)
def test_a_name_is_shown_with_its_unicode_labels_where_it_has_valid_ones(name: str, shown: str) -> None:
    assert display_name(name) == shown


@given(st.from_regex(r"xn--[a-z0-9-]{0,20}", fullmatch=True))
def test_whatever_a_hostile_label_decodes_to_can_be_shown(label: str) -> None:
    assert display_name(f"{label}.example").endswith(".example")
