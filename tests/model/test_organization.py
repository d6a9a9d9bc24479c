"""An organization is https:// and a fully qualified host name, nothing else."""

from __future__ import annotations

import pytest

from emblem.errors import InvalidNameError
from emblem.model.organization import Organization


@pytest.mark.parametrize(
    "text", ["https://redcross.org.uk", "https://a.b", "https://xn--bcher-kva.example", "https://1.a"]
)
def test_an_identifier_is_read_and_written_back(text: str) -> None:
    assert str(Organization.parse(text)) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "redcross.org.uk",
        "https://",
        "http://redcross.org.uk",
        "HTTPS://redcross.org.uk",
        "https://Redcross.org.uk",
        "https://redcross.org.uk.",
        "https://redcross.org.uk/",
        "https://redcross.org.uk:443",
        "https://user@redcross.org.uk",
        "https://redcross.org.uk?",
        "https://redcross.org.uk#",
        "https://uk",
        "https://192.0.2.1",
        "https://[2001:db8::1]",
        "https://bücher.example",
        "https://_emblem.redcross.org.uk",
        "https://redcross.org.uk\n",
        " https://redcross.org.uk",
        "https://" + "a." * 127 + "org",
    ],
)
def test_anything_else_is_no_identifier(text: str) -> None:
    with pytest.raises(InvalidNameError, match="organization identifier"):
        Organization.parse(text)


def test_organizations_sort_by_their_host() -> None:
    assert sorted([Organization("b.example"), Organization("a.example")])[0].host == "a.example"
