"""Addresses of encrypted resolvers as text, and the rule that resolvers are held to when they are made."""

from __future__ import annotations

from pathlib import Path

import pytest

from emblem.dns import (
    ANY_TRANSPORT,
    COVERT_TRANSPORT,
    AnyServer,
    HttpsName,
    HttpsServer,
    Method,
    ServerAddress,
    StubResolver,
    TlsServer,
    Transport,
    parse_resolver,
)
from emblem.errors import ResolverError
from tests.support.certificates import CertificateAuthority

ADDRESS = "192.0.2.1"
NAME = "dns.example.net"

READ: dict[str, AnyServer] = {
    "192.0.2.1": ServerAddress(ADDRESS, 53),
    " [2001:db8::1]:5353 ": ServerAddress("2001:db8::1", 5353),
    "tls://192.0.2.1": TlsServer(ServerAddress(ADDRESS, 853)),
    "tls://192.0.2.1:8853#dns.example.net": TlsServer(ServerAddress(ADDRESS, 8853), NAME),
    "tls://2001:db8::1#DNS.Example.NET": TlsServer(ServerAddress("2001:db8::1", 853), NAME),
    "TLS://[fe80::1%eth0]:853": TlsServer(ServerAddress("fe80::1%eth0", 853)),
    "https://192.0.2.1": HttpsServer(ServerAddress(ADDRESS, 443)),
    "https://192.0.2.1#dns.example.net": HttpsServer(ServerAddress(ADDRESS, 443), NAME),
    "https://192.0.2.1:8443/": HttpsServer(ServerAddress(ADDRESS, 8443), path="/"),
    "https://[2001:db8::1]/q#dns.example.net": HttpsServer(ServerAddress("2001:db8::1", 443), NAME, "/q"),
    "https+post://192.0.2.1/dns-query": HttpsServer(ServerAddress(ADDRESS, 443)),
    "https+get://192.0.2.1/dns-query": HttpsServer(ServerAddress(ADDRESS, 443), method=Method.GET),
    "https://dns.example.net/dns-query": HttpsName(NAME),
    "https+get://DNS.example.net:8443/a/b": HttpsName(NAME, 8443, "/a/b", Method.GET),
}


@pytest.mark.parametrize(("text", "server"), READ.items(), ids=READ)
def test_an_address_says_how_the_resolver_is_asked(text: str, server: AnyServer) -> None:
    assert parse_resolver(text) == server


@pytest.mark.parametrize("server", READ.values(), ids=str)
def test_an_address_is_written_so_that_it_can_be_read_again(server: AnyServer) -> None:
    assert parse_resolver(str(server)) == server


@pytest.mark.parametrize(
    "text",
    [
        "udp://192.0.2.1",
        "quic://192.0.2.1",
        "://192.0.2.1",
        "tls://",
        "tls://dns.example.net",
        "tls://192.0.2.1/dns-query",
        "tls://192.0.2.1#",
        "tls://192.0.2.1#192.0.2.1",
        "tls://192.0.2.1#dns.example.net.",
        "tls://192.0.2.1#-dns.example.net",
        "tls://192.0.2.1#dns..example",
        "tls://192.0.2.1#dns.exämple",
        "tls://192.0.2.1#" + "a." * 127 + "example",
        "tls://192.0.2.1:0",
        "tls://user@192.0.2.1",
        "https://",
        "https:///dns-query",
        "https://user@dns.example.net/dns-query",
        "https://user:password@192.0.2.1/dns-query",
        "https://192.0.2.1/dns-query?dns=AAAA",
        "https://192.0.2.1/dns-query{?dns}",
        "https://192.0.2.1/dns query",
        "https://192.0.2.1/dns-query\r\nhost: other",
        "https://192.0.2.1/" + "a" * 1024,
        "https://192.0.2.1/dns-query#",
        "https://192.0.2.256/dns-query",
        "https://dns.example.net:0/dns-query",
        "https://dns.example.net:99999/dns-query",
        "https://dns.example.net:٤٤٣/dns-query",
        "https://dns.example.net/dns-query#other.example.net",
        "http://192.0.2.1/dns-query",
    ],
)
def test_what_is_no_address_of_a_resolver_is_refused(text: str) -> None:
    with pytest.raises(ResolverError, match="resolver"):
        parse_resolver(text)


def test_a_name_for_tls_is_refused_with_the_reason() -> None:
    with pytest.raises(ResolverError, match=r"found 'dns\.example\.net', expected a literal .* not a name"):
        parse_resolver("tls://dns.example.net")


def test_a_path_with_a_template_is_refused_with_the_reason() -> None:
    with pytest.raises(ResolverError, match=r"expected a path as /dns-query, .* without \? and \{\?dns\}"):
        parse_resolver("https://192.0.2.1/dns-query{?dns}")


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("tls://192.0.2.1", "192.0.2.1"),
        ("tls://fe80::1%eth0", "fe80::1"),
        ("tls://192.0.2.1#dns.example.net", "dns.example.net"),
        ("https://[2001:db8::1]:8443/dns-query", "2001:db8::1"),
    ],
)
def test_the_certificate_must_be_for_the_name_or_else_for_the_address(text: str, name: str) -> None:
    server = parse_resolver(text)
    assert isinstance(server, TlsServer | HttpsServer)
    assert server.certified_name == name


@pytest.mark.parametrize(
    ("text", "authority"),
    [
        ("https://192.0.2.1/dns-query", "192.0.2.1"),
        ("https://[2001:db8::1]:8443/dns-query", "[2001:db8::1]:8443"),
        ("https://192.0.2.1:8443/dns-query#dns.example.net", "dns.example.net:8443"),
        ("https://192.0.2.1/dns-query#dns.example.net", "dns.example.net"),
    ],
)
def test_a_request_is_for_the_name_or_else_for_the_address(text: str, authority: str) -> None:
    server = parse_resolver(text)
    assert isinstance(server, HttpsServer)
    assert server.authority == authority


def test_a_server_known_by_name_can_be_put_at_addresses() -> None:
    assert [str(server) for server in HttpsName(NAME, 8443).at(["192.0.2.1", "2001:db8::1"])] == [
        "https://192.0.2.1:8443/dns-query#dns.example.net",
        "https://[2001:db8::1]:8443/dns-query#dns.example.net",
    ]


# What resolvers are held to when they are made


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("192.0.2.1", r"'?192\.0\.2\.1:53'?, expected an encrypted one .* in the clear"),
        ("https://dns.example.net/q", r"expected a literal address \(https://ADDRESS/q#dns\.example\.net\)"),
        ("https+get://192.0.2.1/dns-query", r"expected POST .* length"),
    ],
)
def test_a_covert_resolver_is_encrypted_at_a_literal_address_and_of_constant_length(text: str, problem: str) -> None:
    with pytest.raises(ResolverError, match=problem):
        StubResolver.configured(["tls://192.0.2.2", text], transport=COVERT_TRANSPORT)


def test_a_covert_resolver_is_never_one_of_the_system() -> None:
    with pytest.raises(ResolverError, match="not those of the system"):
        StubResolver.configured(transport=COVERT_TRANSPORT)


def test_what_covert_allows_can_be_made() -> None:
    texts = ["tls://192.0.2.1#dns.example.net", "tls://192.0.2.2", "https://192.0.2.3/dns-query#dns.example.net"]
    resolver = StubResolver.configured(texts, transport=COVERT_TRANSPORT)
    assert [server.transport for server in resolver.servers] == [Transport.TLS, Transport.TLS, Transport.HTTPS]


def test_without_a_rule_everything_is_allowed() -> None:
    ANY_TRANSPORT.check(READ.values())


def test_several_chosen_resolvers_have_to_agree_and_each_counts_once() -> None:
    resolver = StubResolver.configured(["192.0.2.1", "192.0.2.2", "192.0.2.1:53"])
    assert resolver.agreement
    assert resolver.servers == (ServerAddress("192.0.2.1"), ServerAddress("192.0.2.2"))


def test_one_chosen_resolver_needs_no_agreement() -> None:
    assert not StubResolver.configured(["192.0.2.1"]).agreement


# Root certificates


def test_a_file_of_root_certificates_is_read_when_the_resolver_is_made(tmp_path: Path) -> None:
    StubResolver.configured(["tls://192.0.2.1"], ca_file=CertificateAuthority(tmp_path).root)


def test_only_the_root_certificates_of_the_file_are_trusted(tmp_path: Path) -> None:
    from emblem.dns.tls import client_context

    (trusted,) = client_context("dot", CertificateAuthority(tmp_path).root).get_ca_certs()
    assert trusted["subject"] == ((("commonName", "Test authority"),),)


def test_a_missing_file_of_root_certificates_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ResolverError, match=r"resolver CA file: found .*none: No such file"):
        StubResolver.configured(["tls://192.0.2.1"], ca_file=tmp_path / "none")


@pytest.mark.parametrize(
    "content", ["", "no certificate", "-----BEGIN CERTIFICATE-----\nAA\n-----END CERTIFICATE-----\n"]
)
def test_a_file_without_certificates_is_an_error(tmp_path: Path, content: str) -> None:
    (tmp_path / "file").write_text(content)
    with pytest.raises(ResolverError, match=r"resolver CA file: found .*: no certificate"):
        StubResolver.configured(["tls://192.0.2.1"], ca_file=tmp_path / "file")


def test_root_certificates_that_no_resolver_needs_are_an_error(tmp_path: Path) -> None:
    with pytest.raises(ResolverError, match="no resolver is asked over TLS or HTTPS"):
        StubResolver.configured(["192.0.2.1"], ca_file=CertificateAuthority(tmp_path).root)


def test_the_environment_cannot_make_the_keys_of_a_connection_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from emblem.dns.tls import client_context

    monkeypatch.setenv("SSLKEYLOGFILE", str(tmp_path / "keys"))
    assert client_context("dot").keylog_filename is None
    assert not (tmp_path / "keys").exists()
