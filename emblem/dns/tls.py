"""TLS without I/O: octets of the server in, octets for the server out (RFC 8446; RFC 8310, section 5)."""

from __future__ import annotations

import ssl
from pathlib import Path

from emblem.dns.delivery import ConnectionLostError
from emblem.dns.message import Failure
from emblem.errors import ResolverError

_CHUNK = 65536


def client_context(protocol: str, ca_file: Path | None = None) -> ssl.SSLContext:
    """The rules for connections: TLS 1.2 or later, a valid certificate, no renegotiation.

    Made by hand, since :func:`ssl.create_default_context` writes the connection's keys to a file if the environment
    says so (``SSLKEYLOGFILE``).

    Args:
        protocol: what is spoken within (ALPN): ``dot`` or ``h2``.
        ca_file: root certificates in PEM that alone are trusted; left out, those of the system, or where it has none,
            those that certifi carries.

    Raises:
        ResolverError: the file cannot be used.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.options |= ssl.OP_NO_RENEGOTIATION
    context.hostname_checks_common_name = False
    context.set_alpn_protocols([protocol])
    if ca_file is not None:
        _load(context, ca_file)
    elif _system_has_roots():
        context.load_default_certs(ssl.Purpose.SERVER_AUTH)
    else:
        import certifi

        _load(context, Path(certifi.where()))
    return context


def _load(context: ssl.SSLContext, ca_file: Path) -> None:
    try:
        context.load_verify_locations(cafile=ca_file)
    except ssl.SSLError:
        raise ResolverError("resolver CA file", f"{ca_file}: no certificate", "root certificates in PEM") from None
    except OSError as error:
        raise ResolverError("resolver CA file", f"{ca_file}: {error.strerror}", "root certificates in PEM") from None


def _system_has_roots() -> bool:
    paths = ssl.get_default_verify_paths()
    if paths.cafile is not None:
        return True
    return paths.capath is not None and any(Path(paths.capath).iterdir())


class TlsStream:
    """A client's end of a TLS connection.

    Args:
        context: see :func:`client_context`.
        name: the host name or address that the certificate must be for.
    """

    def __init__(self, context: ssl.SSLContext, name: str) -> None:
        self._incoming = ssl.MemoryBIO()
        self._outgoing = ssl.MemoryBIO()
        self._tls = context.wrap_bio(self._incoming, self._outgoing, server_hostname=name)
        self._unsent = bytearray()
        self.established = False
        """The handshake is over, and the server is the one that was meant."""
        self.ended = False
        """The server sends nothing further."""
        self._shake_hands()

    @property
    def protocol(self) -> str | None:
        """What the server agreed to speak (ALPN); None before the handshake is over, or where it did not say."""
        return self._tls.selected_alpn_protocol() if self.established else None

    def write(self, data: bytes) -> None:
        """Takes octets for the server; before the handshake is over they wait."""
        self._unsent += data
        if self.established and self._unsent:
            self._tls.write(self._unsent)
            self._unsent.clear()

    def receive(self, data: bytes) -> bytes:
        """Takes encrypted octets of the server, and returns what they hold.

        Raises:
            ConnectionLostError: the certificate is not the server's, there is no handshake, or the octets were not
                written by the server.
        """
        self._incoming.write(data)
        if not self.established:
            self._shake_hands()
            if not self.established:
                return b""
            self.write(b"")
        received = bytearray()
        try:
            while not self.ended:
                chunk = self._tls.read(_CHUNK)
                received += chunk
                self.ended = not chunk
        except ssl.SSLWantReadError:
            pass
        except ssl.SSLZeroReturnError:
            self.ended = True
        except ssl.SSLError as error:
            raise ConnectionLostError(Failure.CUT_SHORT, f"TLS: {_text(error)}") from None
        return bytes(received)

    def data_to_send(self) -> bytes:
        """The encrypted octets that are to go out now; each is returned once."""
        return self._outgoing.read()

    def close(self) -> None:
        """Says that nothing further will be sent."""
        try:
            self._tls.unwrap()
        except ssl.SSLError:
            return  # The server has not said so yet, which is not waited for.

    def _shake_hands(self) -> None:
        try:
            self._tls.do_handshake()
        except ssl.SSLWantReadError:
            return
        except ssl.SSLCertVerificationError as error:
            raise ConnectionLostError(Failure.UNTRUSTED, f"certificate: {error.verify_message}") from None
        except ssl.SSLError as error:
            raise ConnectionLostError(Failure.HANDSHAKE_FAILED, f"TLS: {_text(error)}") from None
        self.established = True


def _text(error: ssl.SSLError) -> str:
    return (error.reason or type(error).__name__).replace("_", " ").lower()
