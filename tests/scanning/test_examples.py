"""The examples of the documentation do what they say, against a real name server and real sockets."""

from __future__ import annotations

import socket
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

from tests.support.arrangement import bare, root
from tests.support.naming import ihle_lines, serving
from tests.support.scanning import records

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"
MARKED, UNMARKED, CLOSED = "127.0.9.2", "127.0.9.3", "127.0.9.4"
REVERSE = "2.9.0.127.in-addr.arpa"
ZONE = ("@ SOA ns hostmaster 1 60 60 60 60", *ihle_lines(REVERSE, records(REVERSE)))
HOSTS = "".join(f"{host}\n" for host in (MARKED, UNMARKED, CLOSED))


def run(name: str, *arguments: str, given: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(EXAMPLES / name), *arguments]
    return subprocess.run(command, input=given, capture_output=True, text=True, timeout=60, check=True)


def listening(host: str, port: int = 0) -> socket.socket:
    listener = socket.create_server((host, port))
    listener.setblocking(False)
    return listener


def test_the_careful_scanner_finds_open_ports_and_touches_nothing_that_is_marked(tmp_path: Path) -> None:
    key = tmp_path / "root.pem"
    key.write_text(bare(root).key.to_pem())
    with ExitStack() as stack:
        server = stack.enter_context(serving(reverse=ZONE))
        open_one = stack.enter_context(listening(UNMARKED))
        port = open_one.getsockname()[1]
        marked_one = stack.enter_context(listening(MARKED, port))
        options = ("--port", str(port), "--trust", str(key), "--resolver", str(server.address))
        output = run("careful_scanner.py", *options, given=HOSTS).stdout
        accepted, _ = open_one.accept()
        accepted.close()
        touched = True
        try:
            marked_one.accept()
        except BlockingIOError:
            touched = False

    assert sorted(output.splitlines()) == [f"{MARKED} is left alone: protected", f"{UNMARKED} is open"]
    assert not touched


def test_the_list_of_exclusions_has_what_is_marked() -> None:
    with serving(reverse=ZONE) as server:
        result = run("exclusions.py", "--resolver", str(server.address), given=HOSTS)

    assert result.stdout.split() == [MARKED]
    assert "3 targets" in result.stderr
