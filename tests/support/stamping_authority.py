"""A time stamping authority (RFC 3161) of the tests: OpenSSL makes its stamps, and it can be asked over HTTP."""

from __future__ import annotations

import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

_CONFIGURATION = """
[tsa]
default_tsa = stamps
[stamps]
dir = {directory}
serial = $dir/serial
signer_cert = $dir/signer.pem
signer_key = $dir/signer.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256, sha384, sha512
accuracy = secs:1
clock_precision_digits = 0
ordering = no
tsa_name = no
ess_cert_id_chain = no
ess_cert_id_alg = sha256
"""


@dataclass(frozen=True, slots=True)
class StampingAuthority:
    """An authority whose certificate a root issued; ``root`` and ``certificate`` are the two in PEM."""

    directory: Path
    root: bytes
    certificate: bytes

    @classmethod
    def make(cls, directory: Path, *, purpose: x509.ObjectIdentifier | None = None) -> StampingAuthority:
        """Make one in an empty directory; with another ``purpose`` its certificate is not for time stamps."""
        now = datetime.now(UTC) - timedelta(days=1)
        root_key, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
        root_name = _name(f"Root of {directory.name}")
        root = _builder(root_name, root_name, root_key.public_key(), now).add_extension(
            x509.BasicConstraints(ca=True, path_length=None), critical=True
        )
        usage = x509.ExtendedKeyUsage([purpose or ExtendedKeyUsageOID.TIME_STAMPING])
        signer = (
            _builder(_name("Stamps"), root_name, key.public_key(), now)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(usage, critical=True)
        )
        made = {
            "root.pem": _pem(root.sign(root_key, hashes.SHA256())),
            "signer.pem": _pem(signer.sign(root_key, hashes.SHA256())),
            "signer.key": key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            ),
            "serial": b"01\n",
            "configuration": _CONFIGURATION.format(directory=directory).encode(),
        }
        for name, data in made.items():
            (directory / name).write_bytes(data)
        return cls(directory, made["root.pem"], made["signer.pem"])

    def respond(self, request: bytes) -> bytes:
        """The TimeStampResp to a TimeStampReq, with the present time."""
        program = shutil.which("openssl")
        assert program is not None, "openssl is not installed: run ./dev test"
        (self.directory / "request").write_bytes(request)
        command = [program, "ts", "-reply", "-config", "configuration", "-queryfile", "request", "-out", "response"]
        subprocess.run(command, cwd=self.directory, check=True, capture_output=True)
        return (self.directory / "response").read_bytes()


@contextmanager
def answering(respond: Callable[[bytes], bytes], *, status: int = 200) -> Iterator[str]:
    """An HTTP server on loopback that answers what is posted to it; the URL at which it does."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = respond(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(status)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            del format, args

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/stamp"
        finally:
            server.shutdown()
            thread.join()


def der(certificate: bytes) -> bytes:
    """A certificate in PEM as DER."""
    return x509.load_pem_x509_certificate(certificate).public_bytes(serialization.Encoding.DER)


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, start: datetime
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + timedelta(days=3650))
    )


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)
