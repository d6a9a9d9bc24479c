"""Key files are written wholly or not at all, never overwritten, and readable by their owner alone."""

from __future__ import annotations

import errno
import os
import stat
import subprocess
from pathlib import Path
from typing import NoReturn

import pytest

from emblem.errors import InputError, KeyFileError, PassphraseError
from emblem.keys import files
from emblem.keys.algorithms import Algorithm, KeyKind, default_algorithm
from emblem.keys.files import (
    LARGEST_KEY_FILE,
    LONGEST_PASSPHRASE,
    KeyPair,
    is_exposed,
    read_file,
    read_signer,
    replace_file,
    write_key_pair,
    write_new_file,
)
from emblem.keys.listing import PrivateHalf, list_keys
from emblem.keys.pem import read_public_keys
from emblem.keys.signing import SoftwareSigner

PASSPHRASE = b"correct horse battery staple"
SIGNER = SoftwareSigner.generate(default_algorithm(KeyKind.P256))


def unasked() -> NoReturn:
    raise AssertionError("a passphrase was asked for")


def written(directory: Path, passphrase: bytes | None = None, signer: SoftwareSigner = SIGNER) -> KeyPair:
    pair = KeyPair.named(directory, "root")
    write_key_pair(pair, signer, passphrase)
    return pair


@pytest.mark.parametrize("algorithm", list(map(default_algorithm, KeyKind)), ids=lambda algorithm: algorithm.name)
def test_an_encrypted_key_comes_back_with_its_passphrase(tmp_path: Path, algorithm: Algorithm) -> None:
    signer = SoftwareSigner.generate(algorithm)

    pair = written(tmp_path, PASSPHRASE, signer)

    assert read_signer(pair.private, lambda: PASSPHRASE).public_key == signer.public_key


def test_a_key_that_is_not_encrypted_asks_for_no_passphrase(tmp_path: Path) -> None:
    pair = written(tmp_path)

    assert read_signer(pair.private, unasked).public_key == SIGNER.public_key


def test_openssl_reads_an_encrypted_key(tmp_path: Path) -> None:
    pair = written(tmp_path, PASSPHRASE)

    command = ["openssl", "pkey", "-in", str(pair.private), "-passin", "stdin", "-pubout"]
    printed = subprocess.run(command, input=PASSPHRASE, capture_output=True, check=True)

    assert printed.stdout.decode() == SIGNER.public_key.to_pem()


def test_an_encrypted_key_shows_neither_the_key_nor_the_passphrase(tmp_path: Path) -> None:
    text = written(tmp_path, PASSPHRASE).private.read_bytes()

    assert text.startswith(b"-----BEGIN ENCRYPTED PRIVATE KEY-----\n")
    assert PASSPHRASE not in text


@pytest.mark.parametrize("attempt", range(3))
def test_a_wrong_passphrase_is_refused(tmp_path: Path, attempt: int) -> None:
    pair = written(tmp_path, PASSPHRASE)

    with pytest.raises(PassphraseError, match="a wrong passphrase"):
        read_signer(pair.private, lambda: f"wrong {attempt}".encode())


@pytest.mark.parametrize("passphrase", [b"", b"x" * (LONGEST_PASSPHRASE + 1)], ids=["empty", "too long"])
def test_a_passphrase_that_protects_nothing_or_cannot_be_used_is_refused(tmp_path: Path, passphrase: bytes) -> None:
    with pytest.raises(PassphraseError):
        written(tmp_path, passphrase)

    assert not list(tmp_path.iterdir())


def test_the_private_half_is_for_its_owner_alone_and_so_is_a_new_folder(tmp_path: Path) -> None:
    pair = written(tmp_path / "keys")

    assert stat.S_IMODE(pair.private.stat().st_mode) == 0o600
    assert stat.S_IMODE(pair.private.parent.stat().st_mode) == 0o700
    assert not is_exposed(pair.private)


def test_a_private_key_that_others_may_read_is_exposed(tmp_path: Path) -> None:
    pair = written(tmp_path)
    pair.private.chmod(0o640)

    assert is_exposed(pair.private)


def test_the_public_half_stands_next_to_the_private_one(tmp_path: Path) -> None:
    pair = written(tmp_path, PASSPHRASE)

    (key,) = read_public_keys("key", pair.public.read_bytes())

    assert pair.public == tmp_path / "root.pub.pem"
    assert key.cose_thumbprint == SIGNER.public_key.cose_thumbprint
    assert KeyPair.of_private(pair.private) == pair


@pytest.mark.parametrize("name", ["root.pem", "root.pub.pem"])
def test_no_half_of_a_key_is_overwritten(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("precious")

    with pytest.raises(KeyFileError, match="already there"):
        written(tmp_path)

    assert [path.name for path in tmp_path.iterdir()] == [name]
    assert (tmp_path / name).read_text() == "precious"


def test_a_key_is_not_written_through_a_link_that_leads_nowhere(tmp_path: Path) -> None:
    (tmp_path / "root.pem").symlink_to(tmp_path / "elsewhere")

    with pytest.raises(KeyFileError, match="already there"):
        written(tmp_path)

    assert not (tmp_path / "elsewhere").exists()


@pytest.mark.parametrize("name", ["", ".", "..", "a/b", "../a", "a b", "-a", "a.pem", "a.pub", "ä", "a" * 101, "a\n"])
def test_a_name_that_does_not_make_two_files_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(KeyFileError, match="key name"):
        KeyPair.named(tmp_path, name)


def disk_full(descriptor: int) -> NoReturn:
    assert descriptor >= 0
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_a_full_disk_leaves_nothing_half_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "fsync", disk_full)

    with pytest.raises(OSError, match="No space left"):
        written(tmp_path)

    assert not list(tmp_path.iterdir())


def test_without_its_public_half_a_private_key_is_not_left_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse_public(path: Path, data: bytes, mode: int) -> None:
        if path.name.endswith(".pub.pem"):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        write_new_file(path, data, mode)

    monkeypatch.setattr(files, "write_new_file", refuse_public)

    with pytest.raises(OSError, match="No space left"):
        written(tmp_path)

    assert not list(tmp_path.iterdir())


def test_a_replaced_file_keeps_its_old_content_when_the_new_one_cannot_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "token"
    replace_file(path, b"old", 0o644)
    monkeypatch.setattr(os, "fsync", disk_full)

    with pytest.raises(OSError, match="No space left"):
        replace_file(path, b"new", 0o644)

    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_cannot_take_the_place_of_a_folder(tmp_path: Path) -> None:
    (tmp_path / "token").mkdir()

    with pytest.raises(OSError, match="directory"):
        replace_file(tmp_path / "token", b"new", 0o644)

    assert [path.name for path in tmp_path.iterdir()] == ["token"]


def test_a_file_of_the_largest_size_is_read_and_a_larger_one_is_not(tmp_path: Path) -> None:
    path = tmp_path / "key"
    path.write_bytes(b"x" * LARGEST_KEY_FILE)

    assert len(read_file(path, LARGEST_KEY_FILE)) == LARGEST_KEY_FILE
    with pytest.raises(InputError, match="more than"):
        read_file(path, LARGEST_KEY_FILE - 1)


@pytest.mark.parametrize("name", ["missing", "."], ids=["missing", "folder"])
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, name: str) -> None:
    with pytest.raises(InputError, match=r"found (no such file|is a directory)"):
        read_file(tmp_path / name, LARGEST_KEY_FILE)


def test_a_listing_says_what_is_known_of_each_key_without_a_passphrase(tmp_path: Path) -> None:
    for name, passphrase in (("encrypted", PASSPHRASE), ("plain", None), ("public", None), ("private", PASSPHRASE)):
        write_key_pair(KeyPair.named(tmp_path, name), SIGNER, passphrase)
    (tmp_path / "public.pem").unlink()
    (tmp_path / "private.pub.pem").unlink()
    (tmp_path / "plain.pub.pem").unlink()
    (tmp_path / "broken.pem").write_text("no key")
    (tmp_path / "notes.txt").write_text("not looked at")

    listed = {key.name: key for key in list_keys(tmp_path)}

    assert {name: key.private for name, key in listed.items()} == {
        "broken": PrivateHalf.UNREADABLE,
        "encrypted": PrivateHalf.ENCRYPTED,
        "plain": PrivateHalf.PLAIN,
        "private": PrivateHalf.ENCRYPTED,
        "public": PrivateHalf.ELSEWHERE,
    }
    assert {name for name, key in listed.items() if key.public is None} == {"broken", "private"}
    assert "no private key" in listed["broken"].problem
