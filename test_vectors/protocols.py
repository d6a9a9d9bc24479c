"""Two ways to ask a verifier: one run of a command a vector, or one process that answers line by line."""

from __future__ import annotations

import json
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from threading import Timer
from types import TracebackType
from typing import Any, Protocol

EXIT_CODES = {"protected": 0, "claimed": 6, "undetermined": 4, "rejected": 3}
"""The exit codes of ``emblem verify`` by status."""


_REFUSED = 2
"""The exit code where what was given cannot be judged at all."""


class VerifierError(Exception):
    """A verifier gave no verdict: it failed, took too long, or answered something else."""


class Verifier(Protocol):
    """Whatever answers a request with a verdict."""

    def judge(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """Answer one request.

        Raises:
            VerifierError: there is no verdict.
        """
        ...


class CommandVerifier:
    """Runs a command that takes the arguments of ``emblem verify``, once for each vector."""

    def __init__(self, command: Sequence[str], timeout: float) -> None:
        self._command = list(command)
        self._timeout = timeout

    def judge(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """Write the records and keys of a request into files, run the command, and read its one line."""
        with tempfile.TemporaryDirectory(prefix="vector-") as directory:
            arguments = command_arguments(request, Path(directory))
            try:
                done = subprocess.run(
                    [*self._command, *arguments], capture_output=True, timeout=self._timeout, check=False
                )
            except subprocess.TimeoutExpired as error:
                raise VerifierError(f"no answer within {self._timeout:g} seconds") from error
            except OSError as error:
                raise VerifierError(f"the command cannot be run: {error}") from error
        if "bundle" in request and done.returncode == _REFUSED and not done.stdout:
            return {"status": "refused", "level": "none"}
        verdict = _verdict(done.stdout, done.stderr)
        expected = EXIT_CODES.get(str(verdict.get("status")))
        if done.returncode != expected:
            raise VerifierError(f"status {verdict.get('status')!r} with exit code {done.returncode}, not {expected}")
        return verdict


class LinesVerifier:
    """Starts a command once; it gets a request a line, as JSON, and answers each with a verdict on one line."""

    def __init__(self, command: Sequence[str], timeout: float) -> None:
        self._timeout = timeout
        self._process = subprocess.Popen(list(command), stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def __enter__(self) -> LinesVerifier:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._process.stdin is not None
        with suppress(BrokenPipeError):
            self._process.stdin.close()
        try:
            self._process.wait(self._timeout)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        assert self._process.stdout is not None
        self._process.stdout.close()

    def judge(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """Send one line and read one; a process that does not answer in time is ended."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        timer = Timer(self._timeout, self._process.kill)
        timer.start()
        try:
            self._process.stdin.write(json.dumps(request).encode() + b"\n")
            self._process.stdin.flush()
            line = self._process.stdout.readline()
        except OSError as error:
            raise VerifierError("the command has ended") from error
        finally:
            timer.cancel()
        return _verdict(line, b"the command has ended")


def command_arguments(request: Mapping[str, Any], directory: Path) -> list[str]:
    """The arguments of ``emblem verify`` for a request; its records and keys are written into a directory."""
    records = directory / "records"
    if "bundle" in request:
        records.write_bytes(bytes.fromhex(request["bundle"]))
    else:
        records.write_text("".join(line + "\n" for line in request["records"]), encoding="utf-8")
    arguments = ["--records", str(records), "--at", request["at"], "--profile", request["profile"]]
    if "anchors" in request:
        anchors = directory / "anchors"
        anchors.write_text("\n".join(request["anchors"]), encoding="ascii")
        arguments += ["--anchors", str(anchors)]
    elif "bundle" in request:
        arguments += ["--dnssec", "skip"]
    for address in request.get("addresses", ()):
        arguments += ["--address", address]
    for number, trusted in enumerate(request["trust"]):
        key = directory / f"trusted-{number}"
        key.write_text(trusted["key"], encoding="utf-8")
        arguments += ["--trust", str(key)]
        if "organization" in trusted:
            arguments += ["--trust-as", trusted["organization"]]
    if "accept" in request:
        arguments += ["--accept", request["accept"]]
    return [*arguments, "--ct", "skip", "--json", "--", *([request["target"]] if "target" in request else [])]


def _verdict(output: bytes, complaint: bytes) -> dict[str, Any]:
    try:
        verdict = json.loads(output)
    except ValueError as error:
        told = (output or complaint).decode("utf-8", "replace").strip().splitlines()
        raise VerifierError(f"no verdict: {told[-1] if told else 'no output'}") from error
    if not isinstance(verdict, dict):
        raise VerifierError("no verdict: JSON that is no object")
    if "error" in verdict:
        raise VerifierError(str(verdict["error"]))
    return verdict
