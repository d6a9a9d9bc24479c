"""``python -m wheelhouse [DIRECTORY]``: fetch the locked wheels, build our own, and write what installs them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from wheelhouse.house import WHEELS, write_house
from wheelhouse.lock import needed, reduced

HERE = Path(__file__).parent.parent
_PIP = (sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", "--no-input")


def main(arguments: list[str]) -> int:
    """Make the folder; 2 if it is there already."""
    folder = Path(arguments[0] if arguments else "wheelhouse.out")
    if folder.exists():
        print(f"wheelhouse: {folder} is there already: name a new directory", file=sys.stderr)
        return 2
    wheels = folder / WHEELS
    wheels.mkdir(parents=True)
    with TemporaryDirectory() as temporary:
        requirements = Path(temporary) / "requirements.txt"
        requirements.write_text(reduced((HERE / "requirements.lock").read_text(), needed()))
        subprocess.run(
            [
                *_PIP,
                "download",
                "--require-hashes",
                "--only-binary",
                ":all:",
                "--no-deps",
                "-d",
                wheels,
                "-r",
                requirements,
            ],
            check=True,
        )
    build_own(wheels)
    write_house(folder)
    size = sum(wheel.stat().st_size for wheel in wheels.iterdir()) // 2**20
    print(f"{folder}: {len(list(wheels.iterdir()))} wheels, {size} MiB; copy it over and read README.txt in it")
    return 0


def build_own(wheels: Path) -> None:
    """Build the wheel of this checkout."""
    subprocess.run([*_PIP, "wheel", "--no-deps", "--no-build-isolation", "-w", wheels, HERE], check=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
