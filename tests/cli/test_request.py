"""`emblem request`, `endorse --request`, `accept`: from the one who asks to the one who answers, and back."""

from __future__ import annotations

import os
import pty
import subprocess
from pathlib import Path

import pytest
from click.testing import Result

from emblem.codec.carried import Carried, read_carried, write_armored
from emblem.codec.request import read_answer, read_request, sign_answer
from emblem.issuance.token_files import read_endorsement_file
from emblem.keys.files import read_signer
from tests.cli.conftest import Run, Start, one_line

RELIEF, MINISTRY = "https://relief.example", "https://ministry.example"
REQUEST = "requests/root-to-ministry.example.request"
ANSWER = "root-to-ministry.example.answer"
pytestmark = pytest.mark.usefixtures("keys")


def request(run: Run, *arguments: str, key: str = "keys/root.pem", to: str = MINISTRY) -> Result:
    return run("request", "--key", key, "--issuer", RELIEF, "--to", to, *arguments)


def answer(run: Run, *arguments: str, file: str = REQUEST, issuer: str = MINISTRY) -> Result:
    return run("endorse", "--request", file, "--key", "keys/authority.pem", "--issuer", issuer, "-o", ANSWER, "--yes",
               *arguments)  # fmt: skip


def test_a_request_goes_out_is_answered_and_filed(run: Run, keys: Path, folder: Path) -> None:
    asked, answered = request(run), answer(run)
    accepted = run("accept", ANSWER)

    root = read_signer(keys / "root.pem", bytes).public_key
    filed = read_endorsement_file(folder / "endorsements" / "root-by-ministry.example.emblem")
    assert [(result.exit_code, result.stderr) for result in (asked, answered, accepted)] == [(0, "")] * 3
    assert (filed.claims.key, str(filed.claims.subject), str(filed.claims.issuer)) == (
        root.cose_thumbprint,
        RELIEF,
        MINISTRY,
    )
    assert filed.claims.may_endorse
    assert not (folder / REQUEST).exists()
    assert (folder / "requests" / "answered" / Path(REQUEST).name).exists()


def test_the_request_says_in_words_what_is_asked_and_holds_a_proof(run: Run, keys: Path, folder: Path) -> None:
    result = request(run, "--purpose", "protective", "--purpose", "indicative", "--valid", "30d")

    root = read_signer(keys / "root.pem", bytes).public_key
    text = (folder / REQUEST).read_text()
    asked = read_request(read_carried(REQUEST, Carried.REQUEST, text.encode())).request
    assert asked.key.cose_thumbprint == root.cose_thumbprint
    assert text.splitlines()[:6] == [
        f"request: {RELIEF} asks {MINISTRY} to endorse a key",
        f"key identifier: {root.cose_thumbprint}",
        "algorithm: ES256",
        "may endorse further keys: yes",
        "purposes: protective, indicative",
        "for: 30 days",
    ]
    assert f"key identifier:           {root.cose_thumbprint}" in result.stdout


def test_the_officer_is_shown_what_they_would_state(run: Run, keys: Path) -> None:
    request(run, "--valid", "30d")

    result = answer(run, "--not-before", "2027-01-01T00:00:00Z")

    root = read_signer(keys / "root.pem", bytes).public_key.cose_thumbprint
    shown = result.stdout.split("You would state:\n")
    assert f"{RELIEF} asks {MINISTRY} to endorse a key" in shown[0]
    assert "whoever asks has the private key" in shown[0]
    assert [line.split(":", 1)[1].strip() for line in shown[1].splitlines()[:6]] == [
        f"{MINISTRY} states that a key belongs to {RELIEF}",
        root,
        "yes",
        "protective",
        "none named",
        "from 2027-01-01T00:00:00Z until 2027-01-31T00:00:00Z",
    ]


def test_without_a_yes_nothing_is_signed(run: Run, folder: Path) -> None:
    request(run)

    result = run("endorse", "--request", REQUEST, "--key", "keys/authority.pem", "--issuer", MINISTRY, "-o", ANSWER)

    assert result.exit_code == 2
    assert "add --yes" in one_line(result.stderr)
    assert not (folder / ANSWER).exists()


@pytest.mark.parametrize(("typed", "written"), [("y\n", True), ("n\n", False), ("\n", False)])
def test_a_person_is_asked_on_a_terminal(run: Run, start: Start, folder: Path, typed: str, written: bool) -> None:
    request(run)
    ours, theirs = pty.openpty()
    process = start("endorse", "--request", REQUEST, "--key", "keys/authority.pem", "--issuer", MINISTRY, "-o", ANSWER,
                    stdin=theirs)  # fmt: skip
    os.close(theirs)
    os.write(ours, typed.encode())

    _, said = process.communicate(timeout=30)
    os.close(ours)

    assert "Is that what you mean to state?" in said.decode()
    assert (folder / ANSWER).exists() == written
    assert process.returncode == (0 if written else 1)


def test_less_may_be_granted_than_was_asked_and_is_told(run: Run) -> None:
    request(run, "--purpose", "protective", "--purpose", "indicative", "--valid", "30d")
    assert answer(run, "--purpose", "protective", "--valid", "10d").exit_code == 0

    accepted = run("accept", ANSWER)

    assert accepted.exit_code == 0
    assert "asked for the purposes protective, indicative, granted: protective" in accepted.stderr
    assert "asked for 30 days, granted: 10 days" in accepted.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--purpose", "civil-defence"), "civil-defence, expected of what was asked: protective"),
        (("--valid", "366d"), "366 days, expected what was asked, 365 days, or less"),
        (("--subject", RELIEF), "--subject does not go with --request"),
        (("--endorsed-key", "keys/root.pub.pem"), "--endorsed-key does not go with --request"),
        (("--may-endorse",), "--may-endorse does not go with --request"),
    ],
)
def test_more_than_was_asked_is_refused(run: Run, folder: Path, arguments: tuple[str, ...], said: str) -> None:
    request(run)

    result = answer(run, *arguments)

    assert result.exit_code == 2
    assert said in one_line(result.stderr)
    assert not (folder / ANSWER).exists()


def test_a_request_to_another_organization_is_refused(run: Run, folder: Path) -> None:
    request(run)

    result = answer(run, issuer="https://federation.example")

    assert result.exit_code == 2
    assert f"found one to {MINISTRY}, expected one to https://federation.example" in one_line(result.stderr)
    assert not (folder / ANSWER).exists()


def test_a_second_request_for_the_same_is_refused_while_the_first_waits(run: Run) -> None:
    request(run)

    result = request(run)

    assert result.exit_code == 2
    assert "a request that was made already" in one_line(result.stderr)


def test_an_answer_is_not_written_over_a_file(run: Run, folder: Path) -> None:
    request(run)
    (folder / ANSWER).write_text("precious")

    result = answer(run)

    assert result.exit_code == 2
    assert "already there" in one_line(result.stderr)
    assert (folder / ANSWER).read_text() == "precious"


def test_an_answer_has_its_place_beside_the_request_unless_told_otherwise(run: Run, folder: Path) -> None:
    request(run)

    run("endorse", "--request", REQUEST, "--key", "keys/authority.pem", "--issuer", MINISTRY, "--yes")

    assert (folder / "requests" / ANSWER).exists()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "found none, expected a request"),
        ("-----BEGIN EMBLEM REQUEST-----\nabcd\n", "no -----END"),
        ("-----BEGIN EMBLEM REQUEST-----\n\n-----END EMBLEM REQUEST-----\n", "request"),
        ("-----BEGIN EMBLEM REQUEST-----\nAAAA\n-----END EMBLEM REQUEST-----\n", "request"),
    ],
)
def test_a_request_that_cannot_be_read_is_one_line(run: Run, folder: Path, text: str, said: str) -> None:
    (folder / "bad").write_text(text)

    result = answer(run, file="bad")

    assert result.exit_code == 2
    assert said in one_line(result.stderr)
    assert not (folder / ANSWER).exists()


def test_a_request_that_was_changed_on_its_way_is_refused(run: Run, folder: Path) -> None:
    request(run)
    text = (folder / REQUEST).read_text()
    data = bytearray(read_carried(REQUEST, Carried.REQUEST, text.encode()))
    data[data.index(b"relief")] ^= 1
    (folder / REQUEST).write_text(write_armored(Carried.REQUEST, [], bytes(data)))

    result = answer(run)

    assert result.exit_code == 2
    assert "a signature that does not hold" in one_line(result.stderr)


def test_a_replayed_answer_is_told_and_changes_nothing(run: Run, folder: Path) -> None:
    request(run)
    answer(run)
    run("accept", ANSWER)
    before = tree(folder)

    again = run("accept", ANSWER)
    assert again.exit_code == 0
    assert "filed before as:          endorsements/root-by-ministry.example.emblem" in again.stdout
    assert tree(folder) == before

    (folder / "endorsements" / "root-by-ministry.example.emblem").unlink()
    replayed = run("accept", ANSWER)
    assert replayed.exit_code == 2
    assert "one that was filed before" in one_line(replayed.stderr)
    assert not list((folder / "endorsements").iterdir())


def test_an_answer_that_was_changed_is_refused(run: Run, folder: Path) -> None:
    request(run)
    answer(run)
    data = bytearray(read_carried(ANSWER, Carried.ANSWER, (folder / ANSWER).read_bytes()))
    data[data.index(b"relief")] ^= 1
    (folder / ANSWER).write_text(write_armored(Carried.ANSWER, [], bytes(data)))

    result = run("accept", ANSWER)

    assert result.exit_code == 2
    assert "a signature that does not hold" in one_line(result.stderr)
    assert not (folder / "endorsements").exists()
    assert (folder / REQUEST).exists()


def test_an_expired_answer_is_refused(run: Run, folder: Path) -> None:
    request(run)
    answer(run, "--not-before", "2020-01-01T00:00:00Z")

    result = run("accept", ANSWER)

    assert result.exit_code == 2
    assert "one that expired at 2020-12-31" in one_line(result.stderr)
    assert not (folder / "endorsements").exists()


def test_an_answer_to_a_request_that_is_not_here_is_refused(run: Run, folder: Path) -> None:
    request(run)
    answer(run)
    (folder / REQUEST).unlink()

    result = run("accept", ANSWER)

    assert result.exit_code == 2
    assert "a request that is not here" in one_line(result.stderr)


def test_an_answer_for_a_key_that_is_not_here_is_refused(run: Run, keys: Path, folder: Path) -> None:
    request(run)
    answer(run)
    for file in ("root.pem", "root.pub.pem"):
        (keys / file).unlink()

    result = run("accept", ANSWER)

    assert result.exit_code == 2
    assert "one of the keys that are here" in one_line(result.stderr)
    assert not (folder / "endorsements").exists()


def test_an_answer_that_endorses_something_else_than_was_asked_is_refused(run: Run, keys: Path, folder: Path) -> None:
    request(run)
    request(run, key="keys/signing.pem")
    answer(run)
    other = read_request(
        read_carried("", Carried.REQUEST, (folder / "requests" / "signing-to-ministry.example.request").read_bytes())
    )
    token = read_answer(read_carried("", Carried.ANSWER, (folder / ANSWER).read_bytes())).token
    crossed = sign_answer(other.digest, 5, token, read_signer(keys / "authority.pem", bytes))
    (folder / "crossed").write_text(write_armored(Carried.ANSWER, [], crossed.data))

    result = run("accept", "crossed")

    assert result.exit_code == 2
    assert "answer: endorsed key" in one_line(result.stderr)


def test_the_wrong_kind_of_file_is_told(run: Run) -> None:
    request(run)
    answer(run)

    assert "found a request, expected an answer" in one_line(run("accept", REQUEST).stderr)
    assert "found an answer, expected a request" in one_line(answer(run, "-o", "x", file=ANSWER).stderr)


def test_an_organization_asks_its_own_offline_root(run: Run, keys: Path, folder: Path) -> None:
    asked = request(run, key="keys/signing.pem", to=RELIEF)
    answered = run("endorse", "--request", "requests/signing-to-relief.example.request", "--key", "keys/root.pem",
                   "--issuer", RELIEF, "-o", ANSWER, "--yes")  # fmt: skip
    (keys / "root.pem").unlink()

    accepted = run("accept", ANSWER)

    assert [result.exit_code for result in (asked, answered, accepted)] == [0, 0, 0]
    filed = read_endorsement_file(folder / "endorsements" / "signing-by-itself.emblem").claims
    assert (filed.issuer, filed.may_endorse) == (filed.subject, False)


def test_an_own_endorsement_by_a_key_that_is_not_known_here_is_refused(run: Run, keys: Path, folder: Path) -> None:
    request(run, key="keys/signing.pem", to=RELIEF)
    run("endorse", "--request", "requests/signing-to-relief.example.request", "--key", "keys/root.pem",
        "--issuer", RELIEF, "-o", ANSWER, "--yes")  # fmt: skip
    for file in ("root.pem", "root.pub.pem"):
        (keys / file).unlink()

    result = run("accept", ANSWER)

    assert result.exit_code == 2
    assert "which is not known here" in one_line(result.stderr)
    assert not (folder / "endorsements").exists()


def test_another_key_of_the_authority_than_before_is_warned_of(run: Run) -> None:
    request(run)
    answer(run)
    run("accept", ANSWER)
    request(run)
    run("key", "new", "other", "--no-passphrase")
    run("endorse", "--request", REQUEST, "--key", "keys/other.pem", "--issuer", MINISTRY, "-o", "second", "--yes")

    accepted = run("accept", "second")

    assert accepted.exit_code == 0
    assert "signed with another key than before" in one_line(accepted.stderr)
    assert "root-by-ministry.example-2.emblem" in accepted.stdout


def test_an_endorsement_without_a_request_is_checked_and_filed(run: Run, folder: Path) -> None:
    given = ("endorse", "--key", "keys/authority.pem", "--issuer", MINISTRY, "--endorsed-key", "keys/root.pub.pem",
             "--purpose", "protective", "--may-endorse")  # fmt: skip
    run(*given, "--subject", RELIEF, "-o", "good.emblem")
    run(*given, "--subject", "https://other.example", "-o", "other.emblem")
    run(*given, "--subject", RELIEF, "--not-before", "2020-01-01T00:00:00Z", "-o", "old.emblem")

    assert run("accept", "good.emblem", "--issuer", RELIEF).exit_code == 0
    assert "one for https://other.example" in one_line(run("accept", "other.emblem", "--issuer", RELIEF).stderr)
    assert "expired" in one_line(run("accept", "old.emblem", "--issuer", RELIEF).stderr)
    assert [path.name for path in (folder / "endorsements").iterdir()] == ["root-by-ministry.example.emblem"]
    assert "filed before as:" in run("accept", "good.emblem", "--issuer", RELIEF).stdout


def test_requests_and_answers_travel_as_codes_and_come_back_as_text(run: Run, folder: Path) -> None:
    shown = request(run, "--qr", "--png", "ask.png")
    assert shown.exit_code == 0

    texts = scanned(folder / "ask.png")
    (folder / "scanned").write_text("\n".join(texts))

    assert texts == scanned_from_screen(shown.stdout, folder)
    assert answer(run, "--png", "reply.png", file="scanned").exit_code == 0
    (folder / "reply").write_text("\n".join(scanned(*sorted(folder.glob("reply*.png")))))
    assert run("accept", "reply").exit_code == 0


def test_what_is_too_large_for_one_code_goes_in_parts(run: Run, folder: Path) -> None:
    run("key", "new", "large", "--algorithm", "ML-DSA-44", "--no-passphrase")
    shown = request(run, "--qr", "--png", "ask.png", key="keys/large.pem")

    parts = scanned_from_screen(shown.stdout, folder)

    assert len(parts) > 5
    assert max(map(len, shown.stdout.split("part 1 of ")[1].splitlines())) <= 80
    assert f"part 1 of {len(parts)}:" in shown.stdout
    assert len(list(folder.glob("ask-*.png"))) == len(parts)
    (folder / "scanned").write_text("\n".join(reversed(parts)))
    assert answer(run, file="scanned").exit_code == 0


def test_codes_are_not_written_over_a_file(run: Run, folder: Path) -> None:
    (folder / "ask.png").write_text("precious")

    result = request(run, "--png", "ask.png")

    assert result.exit_code == 2
    assert (folder / "ask.png").read_text() == "precious"
    assert not (folder / "requests").exists()


def scanned(*pictures: Path) -> list[str]:
    """The texts of pictures of codes, as a program that is not ours reads them."""
    command = ["zbarimg", "--quiet", "--raw", "-Sdisable", "-Sqrcode.enable", *map(str, pictures)]
    return subprocess.run(command, capture_output=True, check=True, text=True).stdout.split()


def scanned_from_screen(shown: str, folder: Path) -> list[str]:
    """The texts of the codes that were drawn on the terminal, photographed."""
    drawings: list[list[str]] = []
    for line in shown.splitlines():
        if line.startswith("part "):
            drawings.append([])
        elif drawings:
            drawings[-1].append(line)
    pictures = []
    for number, drawing in enumerate(drawings):
        rows = [half_row(line, half) for line in drawing for half in (0, 1)]
        scale = 4
        pixels = [" ".join(bit for bit in row for _ in range(scale)) for row in rows for _ in range(scale)]
        picture = folder / f"screen-{number}.pbm"
        picture.write_text(f"P1\n{len(rows[0]) * scale} {len(rows) * scale}\n" + "\n".join(pixels) + "\n")
        pictures.append(picture)
    return [text for picture in pictures for text in scanned(picture)]


def half_row(line: str, half: int) -> str:
    dark = "▀█" if half == 0 else "▄█"
    return "".join("1" if character in dark else "0" for character in line)


def tree(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_keys_and_organizations_must_be_said_where_no_workspace_says_them(run: Run) -> None:
    assert "--issuer" in one_line(run("request", "--key", "keys/root.pem", "--to", MINISTRY).stderr)
    assert "--key" in one_line(run("request", "--issuer", RELIEF, "--to", MINISTRY).stderr)
    request(run)
    assert "--issuer" in one_line(run("endorse", "--request", REQUEST, "--key", "keys/authority.pem").stderr)
