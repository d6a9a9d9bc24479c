"""SoftHSM 2 as a hardware token: real PKCS#11, in a folder of the test."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pkcs11
import pytest

PIN, WRONG_PIN = "correct-pin", "wrong-pin"
_SO_PIN = "the-officers-pin"
_PLACES = (
    "/usr/lib/softhsm/libsofthsm2.so",
    "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so",
    "/usr/lib/aarch64-linux-gnu/softhsm/libsofthsm2.so",
)
MODULE = next((place for place in _PLACES if os.path.exists(place)), _PLACES[0])  # noqa: PTH110
"""The library; where it is missing the tests fail, and ``./dev test`` installs it."""


@dataclass(frozen=True, slots=True)
class SoftHsm:
    """A SoftHSM with one token, ``desk``; ``environment`` is what a process needs in order to use it."""

    directory: Path
    environment: dict[str, str]

    def make_token(self, label: str) -> None:
        """Make a token, with the usual PIN."""
        subprocess.run(
            ["softhsm2-util", "--init-token", "--free", "--label", label, "--so-pin", _SO_PIN, "--pin", PIN],
            env=os.environ | self.environment,
            check=True,
            stdout=subprocess.DEVNULL,
        )
        self.forget()

    def forget(self) -> None:
        """Have this process load the library anew: it looks for tokens only when it is loaded."""
        pkcs11.unload(MODULE)


@contextmanager
def soft_hsm(directory: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SoftHsm]:
    """A SoftHSM for this process and those that it starts, with the token ``desk``."""
    tokens = directory / "tokens"
    tokens.mkdir(parents=True)
    configuration = directory / "softhsm2.conf"
    configuration.write_text(f"directories.tokendir = {tokens}\nobjectstore.backend = file\nlog.level = ERROR\n")
    environment = {"SOFTHSM2_CONF": str(configuration), "EMBLEM_PKCS11_MODULE": MODULE}
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    hsm = SoftHsm(directory, environment)
    hsm.make_token("desk")
    try:
        yield hsm
    finally:
        hsm.forget()
