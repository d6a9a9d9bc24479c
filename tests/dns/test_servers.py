"""Addresses of resolvers."""

from __future__ import annotations

from pathlib import Path

import pytest

from emblem.dns import ServerAddress, system_resolvers
from emblem.errors import ResolverError


@pytest.mark.parametrize(
    ("text", "host", "port"),
    [
        ("192.0.2.1", "192.0.2.1", 53),
        (" 192.0.2.1:5353 ", "192.0.2.1", 5353),
        ("2001:db8::1", "2001:db8::1", 53),
        ("[2001:db8::1]", "2001:db8::1", 53),
        ("[2001:db8::1]:853", "2001:db8::1", 853),
        ("fe80::1%eth0", "fe80::1%eth0", 53),
    ],
)
def test_an_address_is_read_with_or_without_a_port(text: str, host: str, port: int) -> None:
    assert ServerAddress.parse(text) == ServerAddress(host, port)


@pytest.mark.parametrize(
    ("address", "text"),
    [(ServerAddress("192.0.2.1"), "192.0.2.1:53"), (ServerAddress("::1", 5353), "[::1]:5353")],
)
def test_an_address_is_written_so_that_it_can_be_read_again(address: ServerAddress, text: str) -> None:
    assert str(address) == text
    assert ServerAddress.parse(text) == address


@pytest.mark.parametrize(
    "text",
    [
        "",
        "192.0.2.1:",
        "192.0.2.1:x",
        "192.0.2.1:0",
        "192.0.2.1:65536",
        "192.0.2.1:-1",
        "192.0.2.1:٥٣",
        "192.0.2.256",
        "[2001:db8::1",
        "[2001:db8::1]53",
        "[2001:db8::1]:",
        "[]:53",
        "fe80::1%ä",
        "fe80::1%" + "x" * 100,
    ],
)
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(ResolverError, match="resolver"):
        ServerAddress.parse(text)


def test_a_name_is_refused_with_the_reason() -> None:
    with pytest.raises(ResolverError, match=r"found 'dns\.example\.org', expected a literal .* not a name"):
        ServerAddress.parse("dns.example.org:53")


def written(directory: Path, text: str) -> Path:
    path = directory / "resolv.conf"
    path.write_text(text)
    return path


def test_the_system_configuration_names_servers_in_order(tmp_path: Path) -> None:
    path = written(tmp_path, "# first\nsearch example.org\nnameserver 192.0.2.1\n nameserver\t2001:db8::1  # second\n")
    assert system_resolvers(path) == (ServerAddress("192.0.2.1"), ServerAddress("2001:db8::1"))


def test_lines_that_cannot_be_used_are_passed_over(tmp_path: Path) -> None:
    path = written(tmp_path, "nameserver\nnameserver localhost\n;nameserver 192.0.2.9\nnameserver 192.0.2.1\n")
    assert system_resolvers(path) == (ServerAddress("192.0.2.1"),)


def test_the_first_three_servers_count(tmp_path: Path) -> None:
    path = written(tmp_path, "".join(f"nameserver 192.0.2.{number}\n" for number in range(1, 6)))
    assert [server.host for server in system_resolvers(path)] == ["192.0.2.1", "192.0.2.2", "192.0.2.3"]


@pytest.mark.parametrize("text", ["", "search example.org\n", "nameserver localhost\n", "\xff\x00"])
def test_a_configuration_without_a_server_is_an_error(tmp_path: Path, text: str) -> None:
    with pytest.raises(ResolverError, match="without a usable nameserver line"):
        system_resolvers(written(tmp_path, text))


def test_a_missing_configuration_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ResolverError, match="No such file"):
        system_resolvers(tmp_path / "none")


def test_no_more_than_64_kilobytes_of_a_configuration_are_read(tmp_path: Path) -> None:
    path = written(tmp_path, "#" * 65536 + "\nnameserver 192.0.2.1\n")
    with pytest.raises(ResolverError, match="without a usable nameserver line"):
        system_resolvers(path)
