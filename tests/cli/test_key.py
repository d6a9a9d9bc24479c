"""`emblem key`: made, listed, shown and taken over, and never overwritten."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import mldsa

from emblem.codec.base64 import encode_base64url
from emblem.codec.cose_key import encode_key
from emblem.codec.jwk import write_jwk
from emblem.keys.algorithms import KeyKind, default_algorithm
from emblem.keys.files import read_signer
from emblem.keys.pem import write_private_key
from emblem.keys.signing import SoftwareSigner
from tests.cli.conftest import Run, descriptor, one_line
from tests.support.arrangement import chain, root, signing

REAL_RECORDS = Path(__file__).parent.parent / "data" / "adem-jws" / "emblem.redcross.org.uk.txt"
TOP_KEY = "mqjg67h4wpughnrdgxwfx2cwlwzr6qmyimknm7jfh7cjscbhgqdq"


def identifier_of(path: Path, passphrase: str = "") -> str:
    return read_signer(path, passphrase.encode).public_key.cose_thumbprint


@pytest.mark.parametrize("algorithm", [default_algorithm(kind).name for kind in KeyKind])
def test_a_new_key_is_in_two_files(run: Run, folder: Path, algorithm: str) -> None:
    with descriptor("correct horse\n") as number:
        result = run("key", "new", "root", "--algorithm", algorithm, "--passphrase-fd", number)

    signer = read_signer(folder / "keys" / "root.pem", lambda: b"correct horse")
    assert result.exit_code == 0
    assert signer.public_key.algorithm is not None
    assert signer.public_key.algorithm.name == algorithm
    assert (folder / "keys" / "root.pub.pem").read_text() == signer.public_key.to_pem()
    assert result.stdout.splitlines() == [
        "private key:     keys/root.pem (encrypted)",
        "public key:      keys/root.pub.pem",
        f"key identifier:  {signer.public_key.cose_thumbprint}",
    ]


def test_without_support_in_the_library_no_ml_dsa_key_is_made(
    run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unsupported(_: bytes) -> None:
        raise UnsupportedAlgorithm("ML-DSA-65 is not supported by this backend.")

    monkeypatch.setattr(mldsa.MLDSA65PrivateKey, "from_seed_bytes", unsupported)

    result = run("key", "new", "root", "--algorithm", "ML-DSA-65", "--no-passphrase")

    assert result.exit_code == 2
    assert "OpenSSL 3.5" in one_line(result.stderr)
    assert not (folder / "keys").exists()


def test_a_passphrase_is_never_shown(run: Run, folder: Path) -> None:
    with descriptor("correct horse\n") as number:
        made = run("key", "new", "root", "--passphrase-fd", number)
    with descriptor("battery staple\n") as number:
        refused = run("--verbose", "issue", "a.example", "--key", "keys/root.pem", "--sign", "none",
                      "--issuer", "https://relief.example", "--passphrase-fd", number)  # fmt: skip

    assert refused.exit_code == 2
    assert "a wrong passphrase" in refused.stderr
    for said in (made.output, refused.output, *(path.read_text() for path in (folder / "keys").iterdir())):
        assert "correct horse" not in said
        assert "battery staple" not in said


@pytest.mark.parametrize("text", ["", "\n", "x" * 2000], ids=["nothing", "an empty line", "too long"])
def test_a_passphrase_that_cannot_be_used_makes_no_key(run: Run, folder: Path, text: str) -> None:
    with descriptor(text) as number:
        result = run("key", "new", "root", "--passphrase-fd", number)

    assert result.exit_code == 2
    assert "passphrase" in one_line(result.stderr)
    assert not list(folder.rglob("*.pem"))


def test_a_file_descriptor_that_is_not_open_is_said_to_be_that(run: Run) -> None:
    result = run("key", "new", "root", "--passphrase-fd", "987")

    assert result.exit_code == 2
    assert "987: Bad file descriptor" in one_line(result.stderr)


@pytest.mark.parametrize("command", [("new",), ("import", "old.pem")], ids=["new", "import"])
def test_a_key_is_never_overwritten(run: Run, folder: Path, command: tuple[str, ...]) -> None:
    (folder / "old.pem").write_bytes(write_private_key(signing, None))
    run("key", "new", "root", "--no-passphrase")
    before = identifier_of(folder / "keys" / "root.pem")

    result = run("key", *command, "root", "--no-passphrase")

    assert result.exit_code == 2
    assert "already there" in one_line(result.stderr)
    assert identifier_of(folder / "keys" / "root.pem") == before


def test_keys_go_where_they_are_told_to(run: Run, folder: Path) -> None:
    assert run("key", "new", "root", "--no-passphrase", "--directory", "a/b").exit_code == 0
    assert (folder / "a" / "b" / "root.pem").exists()


def test_a_folder_that_cannot_be_made_is_one_line(run: Run, folder: Path) -> None:
    (folder / "keys").write_text("a file")

    result = run("key", "new", "root", "--no-passphrase")

    assert result.exit_code == 1
    assert one_line(result.stderr) == "emblem: keys: File exists"


def test_an_encrypted_pem_is_taken_over_under_a_new_passphrase(run: Run, folder: Path) -> None:
    (folder / "old.pem").write_bytes(write_private_key(signing, b"old"))

    with descriptor("old\nnew\n") as number:
        result = run("key", "import", "old.pem", "signing", "--passphrase-fd", number)

    assert result.exit_code == 0
    assert identifier_of(folder / "keys" / "signing.pem", "new") == signing.public_key.cose_thumbprint


def test_a_private_jwk_is_taken_over_from_standard_input(run: Run, folder: Path) -> None:
    signer = SoftwareSigner.generate(default_algorithm(KeyKind.ED25519))
    value = encode_base64url(signer.private.private_bytes_raw())  # type: ignore[union-attr]  # the curve says which
    jwk = json.dumps({**write_jwk(signer.public_key), "d": value})

    result = run("key", "import", "-", "signing", "--no-passphrase", input=jwk)

    assert result.exit_code == 0
    assert identifier_of(folder / "keys" / "signing.pem") == signer.public_key.cose_thumbprint


def test_a_public_key_is_not_taken_over(run: Run, folder: Path) -> None:
    (folder / "old.pem").write_text(signing.public_key.to_pem())

    result = run("key", "import", "old.pem", "signing", "--no-passphrase")

    assert result.exit_code == 2
    assert "found a public key, expected a private key" in one_line(result.stderr)


def test_a_list_has_every_key_by_name(run: Run) -> None:
    run("key", "new", "signing", "--no-passphrase")
    with descriptor("correct horse\n") as number:
        run("key", "new", "root", "--passphrase-fd", number)

    header, first, second = run("key", "list").stdout.splitlines()

    assert header.split("  ")[0] == "name"
    assert first.split()[:3] == ["root", "encrypted", "ES256"]
    assert second.split()[:4] == ["signing", "not", "encrypted", "ES256"]


def test_a_list_as_json_has_one_key_a_line(run: Run, folder: Path) -> None:
    run("key", "new", "root", "--no-passphrase")
    (folder / "keys" / "broken.pem").write_text("")

    broken, listed = map(json.loads, run("key", "list", "--json").stdout.splitlines())

    assert (broken["name"], broken["private_key"]) == ("broken", "unreadable")
    assert "no private key" in broken["problem"]
    assert (listed["name"], listed["private_key"], listed["problem"]) == ("root", "not encrypted", "")
    assert listed["key_identifier"] == identifier_of(folder / "keys" / "root.pem")


def test_a_key_without_its_public_half_is_listed_with_how_to_see_it(run: Run) -> None:
    with descriptor("correct horse\n") as number:
        run("key", "new", "root", "--passphrase-fd", number)
    Path("keys/root.pub.pem").unlink()

    assert "'emblem key show' asks for its passphrase" in run("key", "list").stdout


def test_an_empty_folder_has_no_keys(run: Run, folder: Path) -> None:
    assert one_line(run("key", "list", str(folder)).stdout) == f"no keys in {folder}"


def test_a_folder_that_is_not_there_is_said_to_be_missing(run: Run) -> None:
    result = run("key", "list", "nowhere")

    assert result.exit_code == 2
    assert "no such folder" in one_line(result.stderr)


def test_of_a_private_key_the_public_half_is_shown_without_its_passphrase(run: Run) -> None:
    with descriptor("correct horse\n") as number:
        run("key", "new", "root", "--passphrase-fd", number)

    result = run("key", "show", "keys/root.pem", "--format", "pem")

    assert result.exit_code == 0
    assert result.stdout == Path("keys/root.pub.pem").read_text()


def test_without_the_public_half_the_passphrase_is_needed(run: Run) -> None:
    with descriptor("correct horse\n") as number:
        run("key", "new", "root", "--passphrase-fd", number)
    public = Path("keys/root.pub.pem").read_text()
    Path("keys/root.pub.pem").unlink()

    with descriptor("correct horse\n") as number:
        result = run("key", "show", "keys/root.pem", "--format", "pem", "--passphrase-fd", number)

    assert (result.exit_code, result.stdout) == (0, public)


def test_every_form_of_a_key_is_that_key(run: Run, folder: Path) -> None:
    key = signing.public_key
    (folder / "key.hex").write_text(encode_key(key).hex())

    shown = {form: run("key", "show", "key.hex", "--format", form).stdout for form in
             ("text", "pem", "jwk", "cose", "identifier", "json")}  # fmt: skip

    assert shown["pem"] == key.to_pem()
    assert json.loads(shown["jwk"]) == write_jwk(key)
    assert shown["cose"] == encode_key(key).hex() + "\n"
    assert shown["identifier"] == key.cose_thumbprint + "\n"
    assert json.loads(shown["json"]) == {
        "algorithm": "ES256",
        "key_identifier": key.cose_thumbprint,
        "jwk_key_identifier": key.jwk_thumbprint,
        "cose_key": encode_key(key).hex(),
        "jwk": write_jwk(key),
        "pem": key.to_pem(),
    }
    for part in (key.cose_thumbprint, key.jwk_thumbprint, shown["pem"], shown["jwk"], shown["cose"]):
        assert part.strip() in shown["text"]


@pytest.mark.parametrize("form", ["pem", "jwk", "cose"])
def test_what_is_shown_can_be_read_again(run: Run, folder: Path, form: str) -> None:
    (folder / "key").write_text(run("key", "show", "-", "--format", form, input=signing.public_key.to_pem()).stdout)

    again = run("key", "show", "key", "--format", "identifier")

    assert one_line(again.stdout) == signing.public_key.cose_thumbprint


def test_one_key_of_a_record_file_is_chosen_by_its_identifier_of_either_kind(run: Run, folder: Path) -> None:
    records = chain(root, signing).emblem().records
    (folder / "records").write_text("\n".join(record.hex() for record in records if isinstance(record, bytes)))

    for identifier in (root.public_key.cose_thumbprint, root.public_key.jwk_thumbprint):
        result = run("key", "show", "records", "--key-identifier", identifier, "--format", "pem")
        assert result.stdout == root.public_key.to_pem()


def test_the_top_key_of_real_records_is_written_for_those_who_trust_it(run: Run) -> None:
    result = run("key", "show", "--key-identifier", TOP_KEY, str(REAL_RECORDS), "--format", "pem")

    assert result.exit_code == 0
    assert result.stdout.startswith("-----BEGIN PUBLIC KEY-----")


def test_an_identifier_that_no_key_has_is_wrong_use(run: Run, folder: Path) -> None:
    (folder / "key").write_text(signing.public_key.to_pem())

    result = run("key", "show", "key", "--key-identifier", "nobody")

    assert result.exit_code == 2
    assert "no key 'nobody'" in one_line(result.stderr)


def test_a_key_in_an_algorithm_that_nobody_knows_is_named_and_not_written(run: Run, folder: Path) -> None:
    jwk = json.dumps({**write_jwk(signing.public_key), "alg": "ES999"})
    (folder / "records").write_text(f"adem-key={jwk}\n")

    assert "ES999 (not known)" in run("key", "show", "records").stdout
    assert len(one_line(run("key", "show", "records", "--format", "identifier").stdout)) == 52
    assert json.loads(run("key", "show", "records", "--json").stdout)["algorithm"] == "ES999"
    refused = run("key", "show", "records", "--format", "pem")
    assert refused.exit_code == 2
    assert "ES999" in one_line(refused.stderr)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "no such file"),
        (b"", "no public key"),
        (b"\xff\xfe", "no text"),
        (b"x" * (8 * 1024 * 1024 + 1), "more than"),
        (b'{"kty":"EC"}', "alg"),
    ],
    ids=["missing", "empty", "random bytes", "too large", "no algorithm"],
)
def test_a_file_that_holds_no_key_is_one_line(run: Run, folder: Path, content: bytes | None, said: str) -> None:
    if content is not None:
        (folder / "key").write_bytes(content)

    result = run("key", "show", "key")

    assert result.exit_code == 2
    assert said in one_line(result.stderr)
