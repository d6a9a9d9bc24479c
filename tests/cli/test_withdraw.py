"""An authority's workspace: what it gives is listed, what it takes back is published, and trust stores read that."""

from __future__ import annotations

import resource
from pathlib import Path

import pytest
from click.testing import Result

from emblem.codec.carried import Carried, read_carried
from emblem.codec.request import read_answer
from emblem.issuance.given import read_given
from emblem.issuance.token_files import read_endorsement_file
from emblem.issuance.withdrawing import read_published
from emblem.issuance.workspace.ledger import Ledger
from emblem.keys.files import read_signer
from tests.cli.conftest import Run, Start, one_line
from tests.support.killing import killed_after

RELIEF, OTHER, MINISTRY = "https://relief.example", "https://other.example", "https://ministry.example"


@pytest.fixture(autouse=True)
def desk(run: Run, folder: Path) -> Path:
    """A workspace of the authority, with its key; and a root key of somebody else in ``theirs``."""
    assert run("init", "--organization", MINISTRY, "--sign", "none").exit_code == 0
    assert run("key", "new", "authority", "--no-passphrase").exit_code == 0
    with (folder / "emblem.toml").open("a") as settings:
        settings.write('\n[[key]]\nname = "authority"\nrole = "authority"\nlocation = "keys/authority.pem"\n')
    for name in ("root", "second"):
        assert run("key", "new", name, "--no-passphrase", "--directory", "theirs").exit_code == 0
    return folder


def asked(run: Run, *, key: str = "root", issuer: str = RELIEF, valid: str = "365d") -> str:
    path = f"requests/{key}-to-ministry.example.request"
    Path(path).unlink(missing_ok=True)
    result = run("request", "--key", f"theirs/{key}.pem", "--issuer", issuer, "--to", MINISTRY, "--valid", valid)
    assert result.exit_code == 0, result.stderr
    return path


def give(run: Run, request: str, output: str = "answer") -> Result:
    Path(output).unlink(missing_ok=True)
    return run("endorse", "--request", request, "-o", output, "--yes")


def identifier(key: str) -> str:
    return read_signer(Path("theirs") / f"{key}.pem", bytes).public_key.cose_thumbprint


def withdraw(run: Run, *arguments: str) -> Result:
    return run("withdraw", "--yes", *arguments)


def test_the_workspace_says_who_endorses_and_with_which_key_and_lists_it(run: Run) -> None:
    result = give(run, asked(run))

    (one,) = read_given(Path("given")).given
    assert (result.exit_code, result.stderr) == (0, "")
    assert (str(one.endorsement.issuer), str(one.endorsement.subject)) == (MINISTRY, RELIEF)
    assert one.request is not None


def test_an_endorsement_by_options_is_listed_too(run: Run) -> None:
    result = run("endorse", "--subject", RELIEF, "--endorsed-key", "theirs/root.pub.pem", "--purpose", "protective",
                 "--may-endorse", "-o", "out.emblem")  # fmt: skip

    assert (result.exit_code, result.stderr) == (0, "")
    (one,) = read_given(Path("given")).given
    assert one.token == read_endorsement_file(Path("out.emblem")).data


def test_the_same_request_again_gives_the_same_endorsement_and_is_listed_once(run: Run) -> None:
    request = asked(run)
    give(run, request)
    first = Path("answer").read_bytes()

    again = give(run, request)

    assert again.exit_code == 0
    assert "the same endorsement is written again" in one_line(again.stderr)
    assert len(read_given(Path("given")).given) == 1
    assert run("accept", "answer").exit_code == 2  # our folder keys has no such key
    assert first.splitlines()[:6] == Path("answer").read_bytes().splitlines()[:6]


def test_what_was_given_before_is_shown(run: Run) -> None:
    give(run, asked(run))

    result = give(run, asked(run, key="second"))

    assert f"given before:             {identifier('root')}, until" in result.stdout
    assert "(holds)" in result.stdout


def test_a_key_that_was_endorsed_as_another_organizations_is_refused(run: Run) -> None:
    give(run, asked(run))

    result = give(run, asked(run, issuer=OTHER))

    assert result.exit_code == 2
    assert f"found one by {OTHER}, expected one by {RELIEF}, as whose the key" in one_line(result.stderr)
    assert len(read_given(Path("given")).given) == 1


def test_a_withdrawn_key_is_not_endorsed_again(run: Run) -> None:
    give(run, asked(run))
    withdraw(run, "--subject", RELIEF)

    result = give(run, asked(run, valid="10d"))

    assert result.exit_code == 2
    assert "which was withdrawn" in one_line(result.stderr)


def test_what_is_taken_back_is_shown_listed_and_published(run: Run) -> None:
    give(run, asked(run))

    result = withdraw(run, "--subject", RELIEF, "--reason", "stolen")

    published = read_published(Path("withdrawals"))
    (entry,) = read_given(Path("given")).withdrawn
    assert (result.exit_code, result.stderr) == (0, "")
    assert f"takes back: {identifier('root')} of {RELIEF}, given" in result.stdout
    assert (entry.key, entry.reason) == (identifier("root"), "stolen")
    assert published is not None
    assert published.keys == {identifier("root")}
    assert b"stolen" not in Path("withdrawals").read_bytes()


def test_a_trust_store_acts_on_what_was_published(run: Run) -> None:
    give(run, asked(run))
    for name in ("root", "second"):
        (Path("keys") / f"{name}.pub.pem").write_bytes((Path("theirs") / f"{name}.pub.pem").read_bytes())
    run("accept", "answer", "--issuer", RELIEF)
    run("issue", "a.relief.example", "--key", "theirs/second.pem", "--issuer", RELIEF, "--sign", "red-cross")
    run("endorse", "--key", "theirs/root.pem", "--issuer", RELIEF, "--subject", RELIEF, "--endorsed-key",
        "theirs/second.pub.pem", "--purpose", "protective", "-o", "endorsements/second.emblem")  # fmt: skip
    Path("zone").write_text(run("records", "a.relief.example").stdout)
    Path("trust.toml").write_text(
        f'[[authority]]\norganization = "{MINISTRY}"\nkeys = ["""\n{Path("keys/authority.pub.pem").read_text()}"""]\n'
    )
    verify = ("verify", "a.relief.example", "--records", "zone", "--trust", "trust.toml")
    before = run(*verify)
    withdraw(run, "--subject", RELIEF)
    with Path("trust.toml").open("a") as store:
        store.write('\n[[withdrawals]]\nfile = "withdrawals"\n')

    after = run(*verify)

    assert before.exit_code == 0, before.output
    assert after.exit_code in (3, 6), after.output
    assert "withdr" in after.output


def test_one_endorsement_alone_can_be_taken_back(run: Run) -> None:
    for number in (1, 2):
        run("endorse", "--subject", RELIEF, "--endorsed-key", "theirs/root.pub.pem", "--purpose", "protective",
            "--may-endorse", "--valid", f"{number}d", "-o", f"{number}.emblem")  # fmt: skip

    assert withdraw(run, "--endorsement", "1.emblem").exit_code == 0

    listed = read_given(Path("given"))
    assert [listed.stands(one) for one in listed.given] == [False, True]
    published = read_published(Path("withdrawals"))
    assert published is not None
    assert published.tokens == {listed.given[0].digest}


def test_what_is_taken_back_stays_so_in_every_later_list(run: Run) -> None:
    for key in ("root", "second"):
        give(run, asked(run, key=key))
        withdraw(run, "--key-identifier", identifier(key))
    withdraw(run, "--key-identifier", identifier("root"))
    Path("given").unlink()

    assert withdraw(run).exit_code == 0

    published = read_published(Path("withdrawals"))
    assert published is not None
    assert published.keys == {identifier("root"), identifier("second")}


def test_a_key_that_was_never_given_is_withdrawn_with_a_warning(run: Run) -> None:
    result = withdraw(run, "--key-identifier", identifier("root"))

    assert result.exit_code == 0
    assert "not in the file 'given'" in one_line(result.stderr)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--subject", OTHER), "to whom nothing was given"),
        (("--key-identifier", "abc"), "52 characters"),
        (("--endorsement", "missing"), "no such file"),
        (("--endorsement", "others.emblem"), "found an endorsement by https://relief.example"),
    ],
)
def test_what_cannot_be_taken_back_is_one_line_and_changes_nothing(
    run: Run, arguments: tuple[str, ...], said: str
) -> None:
    give(run, asked(run))
    run("endorse", "--key", "theirs/root.pem", "--issuer", RELIEF, "--subject", RELIEF, "--endorsed-key",
        "theirs/second.pub.pem", "--purpose", "protective", "-o", "others.emblem")  # fmt: skip
    before = Path("given").read_bytes()

    result = withdraw(run, *arguments)

    assert result.exit_code == 2
    assert said in one_line(result.stderr)
    assert Path("given").read_bytes() == before
    assert not Path("withdrawals").exists()


def test_without_a_yes_nothing_is_taken_back(run: Run) -> None:
    give(run, asked(run))

    result = run("withdraw", "--subject", RELIEF)

    assert result.exit_code == 2
    assert "add --yes" in one_line(result.stderr)
    assert read_given(Path("given")).withdrawn == ()


def test_a_published_list_of_somebody_else_is_not_overwritten(run: Run) -> None:
    withdraw(run)
    settings = Path("emblem.toml").read_text()
    Path("emblem.toml").write_text(settings.replace(MINISTRY, OTHER))

    result = withdraw(run)

    assert result.exit_code == 2
    assert f"one of {MINISTRY}, expected one of {OTHER}" in one_line(result.stderr)


def test_a_damaged_list_is_told_and_left_alone(run: Run) -> None:
    give(run, asked(run))
    with Path("given").open("a") as file:
        file.write("nonsense\n")
    before = Path("given").read_bytes()

    results = [give(run, asked(run, key="second")), withdraw(run)]

    for result in results:
        assert result.exit_code == 2
        assert "given, line 2: found a damaged line" in one_line(result.stderr)
    assert Path("given").read_bytes() == before
    assert not Path("answer").exists()


@pytest.mark.parametrize("command", ["endorse", "withdraw"])
@pytest.mark.parametrize("full", ["at once", "when the list is to grow"])
def test_a_full_disk_is_one_line_and_nothing_is_handed_out(run: Run, start: Start, command: str, full: str) -> None:
    give(run, asked(run))
    request = asked(run, key="second")
    before = tree()
    arguments = {
        "endorse": ("endorse", "--request", request, "-o", "second.answer", "--yes"),
        "withdraw": ("withdraw", "--subject", RELIEF, "--yes"),
    }[command]
    # To the process the disk is full once a file would become larger than this.
    size = 300 if full == "at once" else Path("given").stat().st_size

    process = start(*arguments, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size)))
    _, said = process.communicate(timeout=60)

    assert process.returncode == 1
    assert "file too large" in one_line(said.decode()).lower()
    assert tree() == before
    again = run(*arguments)
    assert again.exit_code == 0, again.output


def test_whatever_is_killed_at_any_moment_is_finished_by_doing_it_again(run: Run) -> None:
    for name in ("root", "second"):
        Path("keys", f"{name}.pub.pem").write_bytes(Path("theirs", f"{name}.pub.pem").read_bytes())
    request = asked(run)
    moments = dict.fromkeys(("endorse", "accept", "withdraw"), 0)
    commands = {
        "endorse": ("endorse", "--request", request, "-o", "answer", "--yes"),
        "accept": ("accept", "answer", "--issuer", RELIEF),
        "withdraw": ("withdraw", "--subject", RELIEF, "--yes"),
    }
    for name, command in commands.items():
        start = saved()
        while True:
            moments[name] += 1
            killed = killed_after(moments[name], *command)
            if killed and not (name == "endorse" and Path("answer").exists()):
                again = run(*command)
                assert again.exit_code == 0, again.output
            assert finished(name)
            assert Ledger(Path("ledger")).check().faults == ()
            if not killed:
                break
            restore(start)
    assert min(moments.values()) > 6


def finished(name: str) -> bool:
    """Whether what a command is to do is done, once and wholly."""
    listed = read_given(Path("given"))
    filed = list(Path("endorsements").glob("*.emblem"))
    if name == "endorse":
        (one,) = listed.given
        return read_answer(read_carried("", Carried.ANSWER, Path("answer").read_bytes())).token == one.token
    if name == "accept":
        return len(filed) == 1 and not list(Path("requests").glob("*.request"))
    published = read_published(Path("withdrawals"))
    return len(listed.withdrawn) == 1 and published is not None and len(published.keys) == 1


def saved() -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in Path().rglob("*") if path.is_file()}


def restore(files: dict[Path, bytes]) -> None:
    """Put the folder back to what it was."""
    for path in [path for path in Path().rglob("*") if path.is_file()]:
        path.unlink()
    for path, data in files.items():
        path.write_bytes(data)


def tree() -> dict[str, bytes]:
    """What is in the folder, but for the ledger: that may say what was begun."""
    files = (path for path in sorted(Path().rglob("*")) if path.is_file() and path.name not in ("ledger", ".lock"))
    return {str(path): path.read_bytes() for path in files}
