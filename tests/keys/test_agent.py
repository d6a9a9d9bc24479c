"""An agent signs for its own user, for a while, and for nothing else; and never shows a private key."""

from __future__ import annotations

import json
import os
import socket
import stat
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from emblem.errors import HardwareError
from emblem.keys.agent import client, holder
from emblem.keys.agent.client import AgentConnection, AgentSigner
from emblem.keys.agent.holder import MOST_CONNECTIONS, Agent
from emblem.keys.agent.messages import LARGEST_FRAME, AgentError, check_folder, receive, send, usual_socket
from emblem.keys.algorithms import ALGORITHMS, Algorithm
from emblem.keys.signing import Signer, SoftwareSigner
from tests.support.arrangement import root, signing

PREFIX = b"ours:"
MESSAGE = b"ours: a message"


@dataclass
class Clock:
    now: float = 1000.0

    def __call__(self) -> float:
        return self.now


@contextmanager
def serving(path: Path, *signers: Signer, clock: Clock | None = None) -> Iterator[Agent]:
    """An agent that serves until the context is left, an hour by its clock at the most."""
    agent = Agent(signers, 4600.0, PREFIX, clock or Clock())
    ready = threading.Event()
    thread = threading.Thread(target=agent.serve, args=(path,), kwargs={"ready": ready.set})
    thread.start()
    try:
        assert ready.wait(10)
        yield agent
    finally:
        agent.stop()
        thread.join(10)
        assert not thread.is_alive()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "run" / "agent"


def raw(path: Path, data: bytes) -> bytes:
    """What comes back for bytes, until the agent ends the connection or waits for more."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(10)
        connection.connect(str(path))
        try:
            connection.sendall(data)
            connection.shutdown(socket.SHUT_WR)
            return b"".join(iter(lambda: connection.recv(65536), b""))
        except (ConnectionResetError, BrokenPipeError):
            return b""


def ask(path: Path, question: object) -> dict[str, Any]:
    text = json.dumps(question).encode()
    answer = raw(path, struct.pack("!I", len(text)) + text)
    found: dict[str, Any] = json.loads(answer[4:])
    return found


@pytest.mark.parametrize("algorithm", ALGORITHMS, ids=lambda algorithm: algorithm.name)
def test_it_signs_as_the_key_itself_does(path: Path, algorithm: Algorithm) -> None:
    signer = SoftwareSigner.generate(algorithm)
    with serving(path, signer):
        connection = AgentConnection(path)
        key = connection.held().key(signer.public_key.cose_thumbprint)
        assert key == signer.public_key
        assert key.algorithm == algorithm

        signature = AgentSigner(connection, key).sign(MESSAGE)
        connection.close()

    assert signer.public_key.verify(signature, MESSAGE)


def test_it_says_what_it_holds_and_until_when(path: Path) -> None:
    with serving(path, root, signing):
        held = AgentConnection(path).held()

    assert held.until == 4600.0
    assert {key.cose_thumbprint for key in held.keys} == {
        root.public_key.cose_thumbprint,
        signing.public_key.cose_thumbprint,
    }
    assert held.key("nobody") is None


def test_many_signatures_go_over_one_connection_and_several_connections_at_once(path: Path) -> None:
    with serving(path, root):
        signers = [AgentSigner(AgentConnection(path), root.public_key) for _ in range(MOST_CONNECTIONS)]
        signatures = [signer.sign(MESSAGE) for _ in range(20) for signer in signers]

    assert all(root.public_key.verify(signature, MESSAGE) for signature in signatures)


def test_its_socket_is_for_its_user_alone_and_gone_afterwards(path: Path) -> None:
    with serving(path, root):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700

    assert not path.exists()


def test_another_user_is_not_served(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(path, root):
        monkeypatch.setattr(holder, "peer_user", lambda _: os.geteuid() + 1)

        assert raw(path, b"") == b""
        with pytest.raises(AgentError, match=r"ended|does not answer"):
            AgentConnection(path).held()


def test_an_agent_of_another_user_is_not_used(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(path, root):
        monkeypatch.setattr(client, "peer_user", lambda _: os.geteuid() + 1)

        with pytest.raises(AgentError, match="an agent of another user"):
            AgentConnection(path)


def test_a_folder_that_others_can_use_is_refused(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    with pytest.raises(AgentError, match="chmod 700"):
        Agent([root], 4600.0, PREFIX, Clock()).serve(tmp_path / "agent")
    link = tmp_path / "link"
    (tmp_path / "mine").mkdir(mode=0o700)
    link.symlink_to(tmp_path / "mine")
    with pytest.raises(AgentError, match="chmod 700"):
        check_folder(link)


def test_its_time_comes_to_an_end(path: Path) -> None:
    clock = Clock()
    with serving(path, root, clock=clock):
        connection = AgentConnection(path)
        connection.sign(root.public_key, MESSAGE)
        clock.now = 4600.0

        with pytest.raises(AgentError, match=r"its time is over|ended|does not answer"):
            connection.sign(root.public_key, MESSAGE)


def test_it_ends_when_it_is_told_to(path: Path) -> None:
    agent = Agent([root], 4600.0, PREFIX, Clock())
    ready = threading.Event()
    thread = threading.Thread(target=agent.serve, args=(path,), kwargs={"ready": ready.set})
    thread.start()
    assert ready.wait(10)

    AgentConnection(path).stop()

    thread.join(10)
    assert not thread.is_alive()
    assert not path.exists()


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ({"ask": "sign", "key": root.public_key.cose_thumbprint, "message": b"theirs".hex()}, "another kind"),
        ({"ask": "sign", "key": root.public_key.cose_thumbprint, "message": "xyz"}, "hexadecimal"),
        ({"ask": "sign", "key": signing.public_key.cose_thumbprint, "message": MESSAGE.hex()}, "does not hold the key"),
        ({"ask": "sign", "key": root.public_key.cose_thumbprint}, "something else"),
        ({"ask": "sign", "key": 5, "message": ""}, "something else"),
        ({"ask": "list", "more": 1}, "something else"),
        ({"ask": "export", "key": root.public_key.cose_thumbprint}, "something else"),
        ({}, "something else"),
    ],
)
def test_nothing_else_can_be_had_from_it(path: Path, question: object, said: str) -> None:
    with serving(path, root):
        assert said in ask(path, question)["error"]


@pytest.mark.parametrize(
    "data",
    [
        b"\x00",
        struct.pack("!I", LARGEST_FRAME + 1),
        struct.pack("!I", 100) + b"{}",
        struct.pack("!I", 2) + b"[]",
        struct.pack("!I", 3) + b"\xff\xff\xff",
        struct.pack("!I", 200_000) + b"[" * 200_000,
        b"\xff" * 5000,
    ],
)
def test_nonsense_is_not_answered_and_ends_that_connection_alone(path: Path, data: bytes) -> None:
    with serving(path, root):
        assert raw(path, data) == b""
        assert AgentConnection(path).held().keys


def test_a_key_that_fails_is_told(path: Path) -> None:
    class Removed:
        public_key = root.public_key

        def sign(self, message: bytes) -> bytes:
            raise HardwareError(f"hardware token 'desk': it was removed before {len(message)} bytes were signed")

    with serving(path, Removed()), pytest.raises(AgentError, match="the agent refuses: hardware token 'desk'"):
        AgentConnection(path).sign(root.public_key, MESSAGE)


def test_a_second_agent_is_refused_and_a_dead_ones_socket_is_taken(path: Path) -> None:
    with serving(path, root), pytest.raises(AgentError, match="an agent is there already"):
        Agent([root], 4600.0, PREFIX, Clock()).serve(path)
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(str(path))

    with serving(path, root):
        assert AgentConnection(path).held().keys


def test_what_is_no_socket_is_left_alone(path: Path) -> None:
    path.parent.mkdir(mode=0o700)
    path.mkdir()

    with pytest.raises((AgentError, OSError)):
        Agent([root], 4600.0, PREFIX, Clock()).serve(path)
    assert path.is_dir()


def test_without_an_agent_that_is_said(path: Path) -> None:
    with pytest.raises(AgentError, match="no agent"):
        AgentConnection(path)


@pytest.mark.parametrize(
    "answer",
    [
        {},
        {"keys": 5, "until": 5},
        {"keys": [], "until": "later"},
        {"keys": [5], "until": 5},
        {"keys": [{"pem": "nonsense", "algorithm": -7}], "until": 5},
        {"keys": [{"pem": root.public_key.to_pem(), "algorithm": -8}], "until": 5},
        {"keys": [{"pem": root.public_key.to_pem() * 2, "algorithm": -7}], "until": 5},
        {"error": "no"},
    ],
)
def test_an_agent_that_speaks_nonsense_is_not_believed(path: Path, answer: dict[str, Any]) -> None:
    with pretending(path, answer), pytest.raises(AgentError):
        AgentConnection(path).held()


@pytest.mark.parametrize("answer", [{}, {"signature": 5}, {"signature": "x"}, {"signature": "00" * 64}])
def test_a_signature_that_is_none_is_not_believed(path: Path, answer: dict[str, Any]) -> None:
    with pretending(path, answer), pytest.raises(AgentError, match="signature"):
        AgentConnection(path).sign(root.public_key, MESSAGE)


def test_what_is_too_large_is_not_sent(path: Path) -> None:
    with serving(path, root), pytest.raises(AgentError, match="at the most"):
        AgentConnection(path).sign(root.public_key, PREFIX + bytes(LARGEST_FRAME // 2))


def test_its_usual_place_is_one_of_this_user_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", "/run/user/5")
    assert usual_socket() == Path("/run/user/5/emblem/agent")
    monkeypatch.delenv("XDG_RUNTIME_DIR")
    assert usual_socket() == Path(f"/tmp/emblem-{os.geteuid()}/agent")


@contextmanager
def pretending(path: Path, answer: dict[str, Any]) -> Iterator[None]:
    """Something that answers one question, whatever it is."""
    path.parent.mkdir(mode=0o700)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))
        listener.listen()

        def serve() -> None:
            connection, _ = listener.accept()
            with connection:
                receive(connection)
                send(connection, answer)

        thread = threading.Thread(target=serve)
        thread.start()
        yield
        thread.join(10)
