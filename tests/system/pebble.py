"""A real ACME authority for the system tests: Pebble, which validates for real, against a name server of the test's.

Its certificates bear no timestamps of logs. It forgets everything when it ends.
"""

import json
import os
import ssl
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.support.certificates import CertificateAuthority
from tests.system.servers import LOOPBACK, STOP_SECONDS, Endpoint, ServerError, free_port

READY_SECONDS = 20.0
_ENVIRONMENT = {"PEBBLE_VA_NOSLEEP": "1", "PEBBLE_WFE_NONCEREJECT": "0", "PEBBLE_AUTHZREUSE": "0"}


@dataclass(frozen=True, slots=True)
class Pebble:
    """A running authority.

    Attributes:
        directory: the URL of its ACME directory.
        ca_file: the root of its own TLS certificate.
        root: the root certificate to which those lead that it issues, in PEM.
    """

    directory: str
    ca_file: Path
    root: bytes


@contextmanager
def pebble(*, resolver: Endpoint, directory: Path, environment: Mapping[str, str] | None = None) -> Iterator[Pebble]:
    """Run Pebble until the context is left.

    Args:
        resolver: whom it asks to see challenges.
        directory: an empty directory of the test.
        environment: further variables that change what it does.

    Raises:
        ServerError: it is not installed, or does not answer; then the message ends with its log.
    """
    authority = CertificateAuthority(directory)
    own = authority.issue("localhost", LOOPBACK)
    acme, management = free_port(), free_port()
    configuration = directory / "pebble.json"
    settings = {
        "listenAddress": f"{LOOPBACK}:{acme}",
        "managementListenAddress": f"{LOOPBACK}:{management}",
        "certificate": str(own.certificate),
        "privateKey": str(own.key),
        "httpPort": free_port(),
        "tlsPort": free_port(),
        "ocspResponderURL": "",
        "externalAccountBindingRequired": False,
    }
    configuration.write_text(json.dumps({"pebble": settings}))
    log = directory / "pebble.log"
    with log.open("wb") as stream:
        try:
            process = subprocess.Popen(
                ["pebble", "-config", str(configuration), "-dnsserver", str(resolver)],
                stdin=subprocess.DEVNULL,
                stdout=stream,
                stderr=stream,
                env=os.environ | _ENVIRONMENT | dict(environment or {}),
            )
        except FileNotFoundError as error:
            raise ServerError("pebble is not installed: run ./dev test, or install the package pebble") from error
    try:
        root = _root(process, management, authority.root, log)
        yield Pebble(f"https://{LOOPBACK}:{acme}/dir", authority.root, root)
    finally:
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _root(process: subprocess.Popen[bytes], port: int, ca_file: Path, log: Path) -> bytes:
    """The root certificate, as soon as Pebble gives it."""
    context = ssl.create_default_context(cafile=ca_file)
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=context))
    deadline = time.monotonic() + READY_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        try:
            with opener.open(f"https://{LOOPBACK}:{port}/roots/0", timeout=READY_SECONDS) as answer:
                root: bytes = answer.read()
                return root
        except urllib.error.URLError:
            time.sleep(0.05)
    raise ServerError(f"pebble does not answer; its log:\n{log.read_text(errors='replace')}")
