"""The folder for a machine without a network: what is in it, and that it installs from itself alone."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import zipfile
from importlib.metadata import Distribution, distribution
from pathlib import Path

import pytest

from wheelhouse.__main__ import HERE, build_own, main
from wheelhouse.house import WHEELS, write_house
from wheelhouse.lock import needed, reduced

LOCK = (HERE / "requirements.lock").read_text()


def test_what_is_needed_is_the_package_its_command_line_and_hardware_tokens() -> None:
    names = needed()

    assert {"cryptography", "cbor2", "dnspython", "click", "rich", "segno", "python-pkcs11"} <= names
    assert {"cffi", "markdown-it-py", "asn1crypto", "hpack"} <= names, "what these need in turn"
    assert not {"pytest", "acme", "pyarrow", "distributed", "digital-emblem"} & names


def test_the_lock_is_reduced_to_what_is_needed_with_every_hash() -> None:
    text = reduced(LOCK, {"certifi", "idna"})

    assert [line.split("==")[0] for line in text.splitlines() if "==" in line] == ["certifi", "idna"]
    assert text.count("--hash=sha256:") >= 2
    assert all(line in LOCK for line in text.splitlines())


def test_what_the_lock_does_not_have_is_named() -> None:
    with pytest.raises(ValueError, match="not in the lock: nonsense"):
        reduced(LOCK, {"certifi", "nonsense"})


def test_a_folder_that_is_there_is_left_alone(tmp_path: Path) -> None:
    assert main([str(tmp_path)]) == 2
    assert not list(tmp_path.iterdir())


def test_it_installs_without_a_network_and_refuses_a_wheel_that_was_changed(tmp_path: Path) -> None:
    """The wheels are packed from what is installed here: a test asks no index."""
    house = tmp_path / "house"
    wheels = house / WHEELS
    wheels.mkdir(parents=True)
    for name in needed():
        repack(distribution(name), wheels)
    build_own(wheels)
    write_house(house)

    installed = install(house, tmp_path / "emblem")
    assert installed.returncode == 0, installed.stderr
    assert installed.stdout.startswith("emblem ")
    emblem = tmp_path / "emblem" / "bin" / "emblem"
    made = subprocess.run(
        [emblem, "key", "new", "root", "--no-passphrase"], cwd=tmp_path, capture_output=True, text=True
    )
    assert made.returncode == 0, made.stderr
    assert (tmp_path / "keys" / "root.pem").exists()
    digest = hashlib.sha256((house / "requirements.txt").read_bytes()).hexdigest()
    assert digest in (house / "README.txt").read_text()

    (changed,) = wheels.glob("certifi-*.whl")
    with zipfile.ZipFile(changed, "a") as archive:
        archive.writestr("certifi/more.py", "")
    refused = install(house, tmp_path / "second")
    assert refused.returncode != 0
    assert "hash" in refused.stderr.lower()


def test_without_our_own_wheel_there_is_no_house(tmp_path: Path) -> None:
    (tmp_path / WHEELS).mkdir()

    with pytest.raises(ValueError, match="no wheel of digital-emblem"):
        write_house(tmp_path)


def install(house: Path, target: Path) -> subprocess.CompletedProcess[str]:
    environment = {
        "PATH": "/usr/bin:/bin",
        "PYTHON": sys.executable,
        "PIP_NO_CACHE_DIR": "1",
        "HOME": str(target.parent),
    }
    return subprocess.run(
        ["sh", house / "install.sh", target], env=environment, capture_output=True, text=True, timeout=120
    )


def repack(found: Distribution, wheels: Path) -> None:
    """A wheel of what is installed: its files, but for those that pip writes."""
    metadata = found.read_text("WHEEL") or ""
    tag = [line.removeprefix("Tag: ") for line in metadata.splitlines() if line.startswith("Tag: ")][-1]
    name = found.metadata["Name"].replace("-", "_").lower()
    with zipfile.ZipFile(wheels / f"{name}-{found.version}-{tag}.whl", "w") as archive:
        for file in found.files or ():
            path = Path(str(found.locate_file(file)))
            outside = ".." in file.parts or "__pycache__" in file.parts
            if not outside and path.name not in ("INSTALLER", "REQUESTED", "direct_url.json") and path.exists():
                archive.write(path, str(file))
