"""The folder itself: the wheels are there already, the rest is written from them."""

from __future__ import annotations

import hashlib
import platform
import sys
from pathlib import Path

from packaging.utils import parse_wheel_filename

from wheelhouse.lock import DISTRIBUTION, EXTRAS

WHEELS = "wheels"

_README = """\
Emblem, to be installed on a machine without a network
======================================================

Made for {system} with Python {version}; the machine needs that, with its venv module (Debian: python3-venv).
Copy this whole folder there, then, in it:

    sh install.sh DIRECTORY          (such as /opt/emblem; it must not be there yet)
    DIRECTORY/bin/emblem --help

Every wheel is checked against the digest in requirements.txt. To check the folder itself, compare

    {digest}

with the output of `sha256sum requirements.txt` there, having carried it over by another way. This is how a root key
works offline: requests come on a stick or as QR codes, `emblem endorse --request` answers them (docs/endorsements.md).
"""
_SCRIPT = """\
#!/bin/sh
# Installs Emblem from this folder alone; nothing is asked of a network.
set -eu
if [ $# -ne 1 ]; then
  echo "usage: sh install.sh DIRECTORY" >&2
  exit 2
fi
if [ -e "$1" ]; then
  echo "install.sh: $1 is there already: name a new directory" >&2
  exit 2
fi
here=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd)
"${PYTHON:-python3}" -m venv "$1"
"$1/bin/python" -m pip --quiet --disable-pip-version-check --no-input install --no-index --only-binary :all: \\
  --require-hashes --find-links "$here/wheels" -r "$here/requirements.txt"
"$1/bin/emblem" --version
"""


def write_house(folder: Path) -> None:
    """Write what makes a folder of wheels installable: ``requirements.txt``, ``install.sh``, ``README.txt``.

    Raises:
        ValueError: our own wheel is not among them, or a wheel has a name that none has.
    """
    lines = []
    for wheel in sorted((folder / WHEELS).glob("*.whl")):
        name, version, _, _ = parse_wheel_filename(wheel.name)
        what = f"{name}[{','.join(EXTRAS)}]" if name == DISTRIBUTION else name
        lines.append(f"{what}=={version} --hash=sha256:{hashlib.sha256(wheel.read_bytes()).hexdigest()}\n")
    if not any(line.startswith(DISTRIBUTION) for line in lines):
        raise ValueError(f"no wheel of {DISTRIBUTION} in {folder / WHEELS}")
    requirements = "".join(lines)
    (folder / "requirements.txt").write_text(requirements)
    (folder / "install.sh").write_text(_SCRIPT)
    readme = _README.format(
        system=f"{platform.system()} ({platform.machine()})",
        version=".".join(map(str, sys.version_info[:2])),
        digest=hashlib.sha256(requirements.encode()).hexdigest(),
    )
    (folder / "README.txt").write_text(readme)
